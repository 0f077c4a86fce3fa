"""What happens around a record in EspoCRM: calls, meetings, tasks, e-mails and stream posts, in Companion's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from companion.connectors import agreed, in_text
from companion.connectors.base import Upsert
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.mapping import LEAD_ID, Setting, contacts, link, main_contact, said, told, versioned
from companion.connectors.espocrm.wire import Row
from companion.connectors.naive_utc import instant
from companion.domain.activities import UNREACHED
from companion.domain.records import FIELDS, Kind, Value

_WRITTEN: Final = ("createdAt", "modifiedAt", "createdById", "modifiedById", "assignedUserId", "description")
_PEOPLE: Final = ("contactsIds", "contactsNames", "leadsIds", "leadsNames")
_ABOUT: Final = ("parentType", "parentId", "accountId")
CALL: Final = ("name", "status", "direction", "dateStart", "dateEnd", *_ABOUT, *_PEOPLE, *_WRITTEN)
MEETING: Final = ("name", "status", "dateStart", "dateEnd", "dateStartDate", *_ABOUT, *_PEOPLE, *_WRITTEN)
TASK: Final = ("name", "status", "dateEnd", "dateEndDate", "dateCompleted", "contactId", *_ABOUT, *_WRITTEN)
EMAIL: Final = (
    "name", "status", "dateSent", "fromString", "fromEmailAddressName", "sentById", "isHtml", "bodyPlain",
    "hasAttachment", *_ABOUT, *_WRITTEN,
)  # fmt: skip
NOTE: Final = (
    "type",
    "post",
    "number",
    "parentType",
    "parentId",
    "createdAt",
    "modifiedAt",
    "createdById",
    "modifiedById",
)

NOT_HELD: Final = UNREACHED | {"left_message", "left_voicemail"}
"""Outcomes of a call that did not come about."""

_BOLD: Final = re.compile(r"\*\*([^\r\n]+)\*\*(?:\r?\n\r?\n|\Z)")
_LONGEST: Final = 64_000


class Around(Struct, frozen=True):
    """What activities refer to: opportunities and contacts by id, and our users' addresses."""

    setting: Setting
    deals: Mapping[str, Row] = {}
    people: Mapping[str, Row] = {}
    ours: frozenset[str] = frozenset()
    bodies: Mapping[str, str] = {}


def call(row: Row, around: Around) -> Upsert:
    """A call, held or planned."""
    start, end = instant(row.get("dateStart")), instant(row.get("dateEnd"))
    direction = {"Outbound": "out", "Inbound": "in"}.get(str(row.get("direction")))
    fields: dict[str, Value] = {"what": "call", "direction": direction, **_spent(row, start, end)}
    return _told(row, "Call", fields, _links(row, around), around)


def meeting(row: Row, around: Around) -> Upsert:
    """A meeting, held or planned; one of a whole day begins at its midnight in the user's zone."""
    start = instant(row.get("dateStart")) or instant(row.get("dateStartDate"))
    fields: dict[str, Value] = {"what": "meeting", "direction": None}
    end = instant(row.get("dateEnd"))
    fields |= _spent(row, start, end) | {"ends_at": end}
    return _told(row, "Meeting", fields, _links(row, around), around)


def task(row: Row, around: Around) -> Upsert:
    """A task as a next step: with its day, and the instant where it has an hour."""
    day, due = said(row, "dateEndDate"), instant(row.get("dateEnd"))
    done = said(row, "status") in ("Completed", "Canceled")
    fields: dict[str, Value] = {
        "what": "task",
        "subject": said(row, "name") or "",
        "at": instant(row.get("createdAt")),
        "due_on": day or _day(due, around.setting.zone),
        "due_at": None if day else due,
        "done": done,
        "done_at": instant(row.get("dateCompleted")) if done else None,
    }
    return _told(row, "Task", fields, _links(row, around), around)


def email(row: Row, around: Around) -> Upsert:
    """An e-mail that went out or came in."""
    sender = (said(row, "fromEmailAddressName") or said(row, "fromString") or "").strip("<> ").casefold()
    ours = bool(said(row, "sentById")) or any(address and address in sender for address in around.ours)
    at = instant(row.get("dateSent")) or instant(row.get("createdAt"))
    fields: dict[str, Value] = {
        "what": "email",
        "direction": "out" if ours else "in",
        "subject": said(row, "name") or "",
        "at": at,
        "done": True,
        "done_at": at,
    }
    extra = told(From=said(row, "fromString") or said(row, "fromEmailAddressName")) if not ours else {}
    text = around.bodies.get(row["id"]) or row.get("bodyPlain")
    return _told({**row, "description": text}, "Email", fields, _links(row, around), around, extra)


def note(row: Row, around: Around) -> Upsert:
    """A post in the stream."""
    fields: dict[str, Value] = {"what": "note", "direction": None, "at": instant(row.get("createdAt")), "done": True}
    text, mark = marker.taken(row.get("post"))
    if mark is not None and mark.at is not None:
        fields["at"] = mark.at
    fields["subject"], text = bold(text, mark)
    fields["done_at"] = fields["at"]
    # The stream tells neither when nor by whom a post was edited; who reads it elsewhere must see the same version.
    as_posted = {"modifiedAt": row.get("createdAt"), "modifiedById": None, "assignedUserId": row.get("createdById")}
    row = {**row, "description": text if mark is None else marker.put(text, mark), **as_posted}
    return _told(row, "Note", fields, _links(row, around), around)


def bold(text: str, mark: marker.Mark | None) -> tuple[str | None, str]:
    """The subject of a post of ours, and the rest."""
    found = _BOLD.match(text) if mark is not None and mark.subject else None
    return (None, text) if found is None else (found[1], text[found.end() :])


def _spent(row: Row, start: int | None, end: int | None) -> dict[str, Value]:
    """When it takes or took place; one without an end, or with none of any length, tells no duration."""
    done = said(row, "status") in ("Held", "Not Held")
    length = end - start if start is not None and end is not None and end > start else None
    return {
        "subject": said(row, "name") or "",
        "at": start,
        "duration_s": length,
        "done": done,
        "done_at": end if done else None,
    }


def _links(row: Row, around: Around) -> dict[str, str | None]:
    """The person, company and deal that an activity is about: what it hangs on, and who takes part."""
    parent, kind = said(row, "parentId"), said(row, "parentType")
    leads = row.get("leadsIds")
    guests = (
        [*contacts(row), *(f"{LEAD_ID}{each}" for each in leads if isinstance(each, str))]
        if isinstance(leads, list)
        else contacts(row)
    )
    person = next(iter(guests), None)
    links: dict[str, str | None] = {"person": person, "company": link(row, "accountId"), "deal": None}
    if parent is not None and kind == "Opportunity" and parent in around.deals:
        deal = around.deals[parent]
        links |= {"deal": parent, "person": person or main_contact(deal), "company": link(deal, "accountId")}
    elif parent is not None and kind == "Lead":
        links |= {"deal": f"{LEAD_ID}{parent}", "person": person or f"{LEAD_ID}{parent}"}
    elif parent is not None and kind == "Contact" and parent in around.people:
        links["person"] = person or parent
    elif parent is not None and kind == "Account":
        links["company"] = parent
    links["person"] = links["person"] or said(row, "contactId")
    works = around.people.get(links["person"] or "")
    if links["company"] is None and works is not None:
        links["company"] = link(works, "accountId")
    return links | {"owner": link(row, "assignedUserId") or link(row, "createdById")}


def _told(
    row: Row,
    entity: str,
    fields: dict[str, Value],
    links: dict[str, str | None],
    around: Around,
    extra: dict[str, str] | None = None,
) -> Upsert:
    """With its text, and what stands in the text because EspoCRM has no field for it."""
    setting = around.setting
    text, mark = marker.taken(row.get("description"))
    if mark is not None and mark.person is not None:
        links = {**links, "person": mark.person}
    body, facts = in_text.taken(text[:_LONGEST] if len(text) > _LONGEST else text)
    fields = {**fields, "body": body, **{name: value for name, value in facts.items() if name in FIELDS[Kind.ACTIVITY]}}
    name = setting.field_map.fields.get("activity.outcome")
    if name and row.get(name):
        fields["outcome"] = setting.field_map.outcome_here(said(row, name)) or agreed.here("outcome", row[name])
    people = tuple((each, "") for each in contacts(row))
    op_id = setting.op_id(entity, row, mark)
    upsert = Upsert(Kind.ACTIVITY, f"{entity}:{row['id']}", "", fields, links, people, extra or {}, op_id)
    return versioned(row, upsert)


def _day(at: int | None, zone: str) -> str | None:
    if at is None:
        return None
    try:
        there: ZoneInfo | None = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        there = None
    return f"{datetime.fromtimestamp(at, there or UTC):%Y-%m-%d}"
