"""What happens around a record in Salesforce: tasks, events, e-mails and notes, in Companion's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from companion.connectors import agreed, hypertext, in_text
from companion.connectors.base import Upsert
from companion.connectors.salesforce import marks
from companion.connectors.salesforce.cursor import instant
from companion.connectors.salesforce.mapping import Known, lines, link, owner, text, versioned
from companion.connectors.salesforce.session import KEY
from companion.connectors.salesforce.wire import Row
from companion.domain.records import FIELDS, LINKS, Kind, Value

TASK, EVENT, EMAIL, NOTE = "Task", "Event", "EmailMessage", "ContentNote"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    TASK: (
        "Subject", "WhoId", "WhatId", "AccountId", "ActivityDate", "Status", "IsClosed", "CompletedDateTime",
        "TaskSubtype", "CallType", "CallDurationInSeconds", "CallDisposition", "CallObject", "Description",
    ),
    EVENT: (
        "Subject", "WhoId", "WhatId", "AccountId", "StartDateTime", "EndDateTime", "IsAllDayEvent", "ActivityDate",
        "Location", "Description",
    ),
    EMAIL: (
        "Subject", "TextBody", "HtmlBody", "FromAddress", "ToAddress", "Incoming", "MessageDate", "RelatedToId",
        "ActivityId", "MessageIdentifier",
    ),
    NOTE: ("Title", "ContentSize", "TextPreview"),
}  # fmt: skip
UNTOLD: Final = ("what", "at", "direction", "outcome", "duration_s", "due_at", "promise")
"""What a log may hold that Salesforce may have no field for: it is told in the first line of the text."""

DISPOSITIONS: Final[Mapping[str, str]] = {
    "connected": "Connected",
    "no_answer": "No answer",
    "voicemail": "Left voicemail",
    "busy": "Busy",
    "wrong_number": "Wrong number",
}
"""How an outcome reads in the call result, a free text, where the team agreed on nothing else."""
_HEARD: Final = {words.casefold(): code for code, words in DISPOSITIONS.items()} | {
    "left message": "voicemail", "voicemail": "voicemail", "left voice mail": "voicemail", "noanswer": "no_answer",
}  # fmt: skip


def disposition(code: str, known: Known) -> str:
    """The call result to write."""
    return known.field_map.outcome_there(code) or DISPOSITIONS.get(code) or code.replace("_", " ").capitalize()


def outcome(words: str | None, known: Known) -> str | None:
    """Our code of a call result."""
    if words is None:
        return None
    agreed_on = known.field_map.outcome_here(words)
    return agreed_on or _HEARD.get(words.casefold()) or words.casefold().replace(" ", "_")[:60]


def day_of(at: int, zone: str) -> str:
    """The day of an instant where the rep is: Salesforce's tasks have no hour."""
    try:
        there: dt.tzinfo = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        there = dt.UTC
    return dt.datetime.fromtimestamp(at, there).date().isoformat()


def task(row: Row, known: Known) -> Upsert:
    """A task: a call, an e-mail or a note that was logged, or a next step."""
    body, op_id = marks.op_of(row, TASK, lines(row, "Description"))
    body, facts = in_text.taken(body)
    what = {"Call": "call", "Email": "email"}.get(str(row.get("TaskSubtype") or ""), "task")
    done = row.get("IsClosed") is True
    if facts.get("what") == "note" and what == "task":
        what = "note"
    fields: dict[str, Value] = {
        "what": what,
        "subject": text(row, "Subject"),
        "body": body,
        "done": done,
        "outcome": outcome(text(row, "CallDisposition"), known),
        "done_at": instant(row.get("CompletedDateTime")) if done else None,
    }
    if what == "task":
        fields |= {"at": instant(row.get("CreatedDate")), "due_on": text(row, "ActivityDate")}
    else:
        fields["at"] = facts.get("at") or _noon(text(row, "ActivityDate")) or instant(row.get("CreatedDate"))
        fields["direction"] = {"Inbound": "in", "Outbound": "out"}.get(str(row.get("CallType") or "")) or (
            "out" if what == "email" else None
        )
    if what == "call" and row.get("CallDurationInSeconds") is not None:
        fields["duration_s"] = agreed.here("duration_s", row["CallDurationInSeconds"])
    fields |= _facts(facts, fields)
    if what == "task" and not _same_day(fields.get("due_at"), fields.get("due_on"), known.zone):
        fields["due_at"] = None
    return _made(
        row, fields, _place(row), op_id, {"Status": text(row, "Status") if what == "task" and not done else None}
    )


def event(row: Row, known: Known) -> Upsert:
    """An event of the calendar: a meeting."""
    body, op_id = marks.op_of(row, EVENT, lines(row, "Description"))
    body, facts = in_text.taken(body)
    start, end = instant(row.get("StartDateTime")), instant(row.get("EndDateTime"))
    if start is None:
        start = _noon(text(row, "ActivityDate"))
    length = end - start if start is not None and end is not None else None
    fields: dict[str, Value] = {
        "what": "meeting",
        "direction": None,
        "subject": text(row, "Subject"),
        "body": body,
        "at": start,
        "ends_at": end,
        "duration_s": length or None,
        "done": end is not None and end <= known.now,
        "outcome": None,
    }
    fields |= _facts(facts, fields)
    links = _place(row)
    made = _made(row, fields, links, op_id, {"Where": text(row, "Location")})
    guests = tuple((each, "") for each in people_of(row, "EventRelations") if each != links["person"])
    return versioned(row, replace(made, people=guests)) if guests else made


def email(row: Row, _: Known) -> Upsert:
    """An e-mail that Salesforce keeps as one."""
    body = lines(row, "TextBody")
    if body is None and isinstance(row.get("HtmlBody"), str):
        body = hypertext.plain(row["HtmlBody"]).body
    body, op_id = marks.op_of(row, EMAIL, body)
    body, facts = in_text.taken(body)
    at = instant(row.get("MessageDate")) or instant(row.get("CreatedDate"))
    fields: dict[str, Value] = {
        "what": "email",
        "direction": "in" if row.get("Incoming") is True else "out",
        "subject": text(row, "Subject"),
        "body": body,
        "at": at,
        "done": True,
        "done_at": at,
    }
    fields |= _facts(facts, fields)
    related = link(row, "RelatedToId")
    people = people_of(row, "EmailMessageRelations")
    links = _linked(next(iter(people), None), related, None)
    links["owner"] = None if row.get("Incoming") is True else link(row, "CreatedById")
    extra = {"From": text(row, "FromAddress"), "To": text(row, "ToAddress")}
    return _made(row, fields, links, op_id, extra)


def note(row: Row, known: Known, html: str | None, linked: list[str]) -> Upsert:
    """A note. `html` is its contents, None where only the preview was read; `linked` are the records it hangs on.

    Its version says nothing of its contents, which a list of notes does not tell.
    """
    whole = hypertext.plain(html).body if html is not None else (lines(row, "TextPreview") or "")
    body, op_id = marks.op_of(row, NOTE, whole)
    body, facts = in_text.taken(body)
    title = text(row, "Title")
    fields: dict[str, Value] = {
        "what": "note",
        "direction": None,
        "subject": title if title and not (body or "").startswith(title.rstrip("…")) else None,
        "at": instant(row.get("CreatedDate")),
        "done": True,
        "done_at": instant(row.get("CreatedDate")),
    }
    fields |= _facts(facts, fields)
    first = {prefix: next((each for each in linked if each.startswith(prefix)), None) for prefix in _PREFIXES}
    links = _linked(first["003"] or first["00Q"], first["006"] or first["001"], first["001"])
    links["owner"] = owner(row)
    by_list = versioned(row, Upsert(Kind.ACTIVITY, str(row["Id"]), "", {"count": row.get("ContentSize")}, links))
    return replace(by_list, fields={**fields, "body": body}, op_id=op_id)


_PREFIXES: Final = ("003", "00Q", "006", "001")


def _facts(facts: Mapping[str, Value], fields: Mapping[str, Value]) -> dict[str, Value]:
    """What the text tells of the activity, where no field has told it."""
    return {
        name: value
        for name, value in facts.items()
        if name in FIELDS[Kind.ACTIVITY] and name != "what" and (name == "at" or fields.get(name) is None)
    }


def _place(row: Row) -> dict[str, str | None]:
    links = _linked(link(row, "WhoId"), link(row, "WhatId"), link(row, "AccountId"))
    links["owner"] = owner(row)
    return links


def _linked(who: str | None, what: str | None, account: str | None) -> dict[str, str | None]:
    """Whom and what it is about, as links of ours. A lead is a person and a deal at once."""
    who = who if who is not None and who.startswith(("003", "00Q")) else None
    deal = what if what is not None and what.startswith("006") else None
    firm = what if what is not None and what.startswith("001") else None
    return {
        "person": who,
        "deal": deal or (who if who is not None and who.startswith("00Q") else None),
        "company": firm or account,
    }


def people_of(row: Row, children: str) -> list[str]:
    """The contacts and leads among the records that stand beside an event or an e-mail."""
    told = row.get(children)
    rows = told.get("records") if isinstance(told, dict) else None
    found = [str(each.get("RelationId") or "") for each in rows or [] if isinstance(each, dict)]
    return sorted({each for each in found if each.startswith(("003", "00Q"))})


def _noon(day: str | None) -> int | None:
    """Of a log that has only a day, the middle of it: no zone makes another day of that."""
    try:
        return None if day is None else int(dt.datetime.fromisoformat(f"{day[:10]}T12:00:00+00:00").timestamp())
    except ValueError:
        return None


def _same_day(at: Value, day: Value, zone: str) -> bool:
    return isinstance(at, int) and day_of(at, zone) == day


def _made(
    row: Row, fields: dict[str, Value], links: dict[str, str | None], op_id: str | None, extra: Mapping[str, str | None]
) -> Upsert:
    told = {label: value for label, value in extra.items() if value}
    assert set(links) <= set(LINKS[Kind.ACTIVITY])
    mark = op_id or (str(row[KEY]) if row.get(KEY) else None)
    return versioned(row, Upsert(Kind.ACTIVITY, str(row["Id"]), "", fields, links, extra=told, op_id=mark))
