"""Calls, meetings, e-mails, notes and tasks: five types of object that are one kind of ours, as text in HTML.

What a type has no property for stands in the first line of its text, where colleagues see it (`in_text`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from companion.connectors import agreed, hypertext, in_text
from companion.connectors.base import Upsert
from companion.connectors.hubspot import mapping
from companion.connectors.hubspot.mapping import OWNER, Around, Found, day, instant, moment, noon, text, versioned
from companion.connectors.hubspot.objects import CALLS, EMAILS, LEADS, MEETINGS, NOTES, TASKS, remote_id
from companion.connectors.hubspot.wire import Row
from companion.connectors.payload import clean
from companion.domain.records import Fields, Kind, Value

AT: Final = "hs_timestamp"
_DAY_ONLY_MS: Final = 1
"""HubSpot's tasks are due at an instant. Where only a day was agreed we write its noon and this odd millisecond, and
know by it that there was no hour."""
_TOLD: Final = ("direction", "outcome", "duration_s", "promise")
_DONE: Final = "COMPLETED"
_OVER: Final = frozenset({"COMPLETED", "NO_SHOW", "CANCELED"})


class Shape(Struct, frozen=True):
    """Which properties of a type hold what. `has` are those of our fields that need no line in the text."""

    what: str
    body: str
    subject: str = ""
    has: frozenset[str] = frozenset()
    more: tuple[str, ...] = ()


SHAPES: Final[Mapping[str, Shape]] = {
    CALLS: Shape(
        "call",
        "hs_call_body",
        "hs_call_title",
        frozenset({"direction", "duration_s"}),
        ("hs_call_duration", "hs_call_disposition", "hs_call_direction", "hs_call_status"),
    ),
    MEETINGS: Shape(
        "meeting",
        "hs_meeting_body",
        "hs_meeting_title",
        frozenset({"duration_s"}),
        ("hs_meeting_start_time", "hs_meeting_end_time", "hs_meeting_outcome", "hs_meeting_location"),
    ),
    EMAILS: Shape(
        "email",
        "hs_email_html",
        "hs_email_subject",
        frozenset({"direction"}),
        ("hs_email_text", "hs_email_direction", "hs_email_status"),
    ),
    NOTES: Shape("note", "hs_note_body"),
    TASKS: Shape(
        "task",
        "hs_task_body",
        "hs_task_subject",
        frozenset(),
        ("hs_task_status", "hs_task_type", "hs_task_completion_date"),
    ),
}


def read_properties(name: str) -> tuple[str, ...]:
    """What is read of a type of activity."""
    shape = SHAPES[name]
    return (AT, OWNER, "hs_createdate", shape.body, *filter(None, [shape.subject]), *shape.more)


def activity(row: Row, found: Found, around: Around) -> Upsert:
    """A record of any of the five types."""
    told, shape = row["properties"], SHAPES[around.name]
    said = hypertext.plain(told.get(shape.body))
    body, line = in_text.taken(said.body)
    fields: dict[str, Value] = {
        "what": shape.what,
        "direction": None,
        "subject": told.get(shape.subject) or said.subject or None,
        "body": body,
        "at": instant(told.get(AT)),
        "done": True,
    }
    extra: dict[str, str] = {}
    _READ[around.name](fields, extra, told, around)
    for ours, theirs in around.names.items():
        if theirs in told:
            fields[ours] = agreed.here(ours, told[theirs], around.labels(theirs))
    fields |= {name: value for name, value in line.items() if name in _TOLD}
    links = {name: next(iter(found.get(name, ())), None) for name in ("person", "company", "deal")}
    if links["deal"] is None and found.get("lead"):
        links["deal"] = remote_id(LEADS, found["lead"][0])
    links["owner"] = text(told, OWNER)
    people = tuple((each, "") for each in found.get("person", ()))
    upsert = Upsert(Kind.ACTIVITY, remote_id(around.name, row["id"]), "", fields, links, people, extra)
    return versioned(row, upsert, around)


def properties(name: str, fields: Fields, around: Around, at: int, now: Upsert | None = None) -> dict[str, str]:
    """What is written for the fields of an op: all of a new record, or what changes of the one that is there `now`."""
    shape = SHAPES[name]
    sent: dict[str, str] = {}
    if shape.subject and "subject" in fields:
        sent[shape.subject] = _said(fields, "subject")
    _WRITE[name](sent, fields, around, at, now)
    sent |= mapping.values({ours: fields[ours] for ours in around.names if ours in fields}, around)
    told = _names_in_text(name, fields, around)
    if (
        now is None
        or "body" in fields
        or any(each in fields for each in told)
        or (not shape.subject and "subject" in fields)
    ):
        sent[shape.body] = _html(shape, fields, told, now)
        if name == EMAILS:
            sent["hs_email_text"] = _said({**(now.fields if now else {}), **fields}, "body")
    return {theirs: clean(value) for theirs, value in sent.items()}


def _names_in_text(name: str, fields: Fields, around: Around) -> tuple[str, ...]:
    has = SHAPES[name].has
    if name == CALLS and around.outcomes.there(_said(fields, "outcome")) is not None:
        has = has | {"outcome"}
    return tuple(each for each in _TOLD if each not in has and around.names.get(each) not in around.properties)


def _html(shape: Shape, fields: Fields, told: tuple[str, ...], now: Upsert | None) -> str:
    """The text, with a bold line above it where the type has no title of its own."""
    after: dict[str, Value] = {**(now.fields if now is not None else {}), **fields}
    head = "" if shape.subject else hypertext.head(_said(after, "subject"))
    return head + hypertext.html(in_text.put(_said(after, "body"), after, told))


# Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_call(fields: dict[str, Value], extra: dict[str, str], told: Row, around: Around) -> None:
    fields["direction"] = {"INBOUND": "in", "OUTBOUND": "out"}.get(str(told.get("hs_call_direction")))
    length = str(told.get("hs_call_duration") or "").partition(".")[0]
    fields["duration_s"] = int(length) // 1000 if length.isascii() and length.isdecimal() and len(length) < 15 else None
    guid = told.get("hs_call_disposition")
    fields["outcome"] = around.outcomes.here(guid if isinstance(guid, str) else None)
    if guid and fields["outcome"] is None:
        extra["Outcome"] = around.outcomes.labels.get(str(guid), str(guid))
    fields["done"] = str(told.get("hs_call_status") or _DONE) not in ("SCHEDULED", "QUEUED", "RINGING", "CONNECTING")


def _read_meeting(fields: dict[str, Value], extra: dict[str, str], told: Row, around: Around) -> None:
    start, end = instant(told.get("hs_meeting_start_time")), instant(told.get("hs_meeting_end_time"))
    begins = start if start is not None else fields["at"]
    fields["at"], fields["ends_at"] = begins, end
    fields["duration_s"] = end - begins if end is not None and isinstance(begins, int) and end >= begins else None
    outcome = str(told.get("hs_meeting_outcome") or "")
    last = end if end is not None else begins
    fields["done"] = outcome in _OVER or (isinstance(last, int) and last <= around.now)
    if outcome in ("NO_SHOW", "CANCELED", "RESCHEDULED"):
        extra["Outcome"] = outcome.replace("_", " ").capitalize()
    if told.get("hs_meeting_location"):
        extra["Where"] = str(told["hs_meeting_location"])


def _read_email(fields: dict[str, Value], extra: dict[str, str], told: Row, around: Around) -> None:
    fields["direction"] = "in" if told.get("hs_email_direction") == "INCOMING_EMAIL" else "out"
    if not fields["body"] and isinstance(told.get("hs_email_text"), str):
        fields["body"] = told["hs_email_text"][: hypertext.LONGEST]


def _read_note(fields: dict[str, Value], extra: dict[str, str], told: Row, around: Around) -> None:
    """A note is no more than its text."""


def _read_task(fields: dict[str, Value], extra: dict[str, str], told: Row, around: Around) -> None:
    due = told.get(AT)
    fields["at"] = instant(told.get("hs_createdate"))
    fields["due_on"] = day(due, around.zone)
    hourless = isinstance(due, str) and due.endswith(f".{_DAY_ONLY_MS:03}Z")
    fields["due_at"] = None if hourless else instant(due)
    fields["done"] = told.get("hs_task_status") == _DONE
    if fields["done"]:
        fields["done_at"] = instant(told.get("hs_task_completion_date"))


# Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _write_call(sent: dict[str, str], fields: Fields, around: Around, at: int, now: Upsert | None) -> None:
    _write_at(sent, fields, at, now)
    if "direction" in fields:
        sent["hs_call_direction"] = {"in": "INBOUND", "out": "OUTBOUND"}.get(_said(fields, "direction"), "")
    length = fields.get("duration_s")
    if "duration_s" in fields:
        sent["hs_call_duration"] = str(length * 1000) if isinstance(length, int) else ""
    if "outcome" in fields:
        sent["hs_call_disposition"] = around.outcomes.there(_said(fields, "outcome")) or ""
    if now is None or "done" in fields:
        sent["hs_call_status"] = "SCHEDULED" if fields.get("done") is False else _DONE


def _write_meeting(sent: dict[str, str], fields: Fields, around: Around, at: int, now: Upsert | None) -> None:
    start, end = fields.get("at"), fields.get("ends_at")
    begins = start if isinstance(start, int) else now.fields.get("at") if now is not None else at
    if (now is None or "at" in fields) and isinstance(begins, int):
        sent |= {AT: moment(begins), "hs_meeting_start_time": moment(begins)}
    length = fields.get("duration_s")
    if not isinstance(end, int) and isinstance(begins, int) and (now is None or isinstance(length, int)):
        end = begins + (length if isinstance(length, int) else 3600)
    if isinstance(end, int):
        sent["hs_meeting_end_time"] = moment(end)
    if now is None or "done" in fields:
        sent["hs_meeting_outcome"] = _DONE if fields.get("done") else "SCHEDULED"


def _write_email(sent: dict[str, str], fields: Fields, around: Around, at: int, now: Upsert | None) -> None:
    _write_at(sent, fields, at, now)
    if now is None or "direction" in fields:
        sent["hs_email_direction"] = "INCOMING_EMAIL" if _said(fields, "direction") == "in" else "EMAIL"
    if now is None:
        sent["hs_email_status"] = "SENT"  # it only tells: nothing is mailed by this API


def _write_note(sent: dict[str, str], fields: Fields, around: Around, at: int, now: Upsert | None) -> None:
    _write_at(sent, fields, at, now)


def _write_task(sent: dict[str, str], fields: Fields, around: Around, at: int, now: Upsert | None) -> None:
    hour, on = fields.get("due_at"), fields.get("due_on")
    if isinstance(hour, int):
        sent[AT] = moment(hour)
    elif isinstance(on, str) and on:
        sent[AT] = noon(on, around.zone).replace(".000Z", f".{_DAY_ONLY_MS:03}Z")
    elif now is None:
        sent[AT] = moment(at)
    if now is None or "done" in fields:
        sent["hs_task_status"] = _DONE if fields.get("done") else "NOT_STARTED"
    if now is None:
        sent["hs_task_type"] = "TODO"


def _write_at(sent: dict[str, str], fields: Fields, at: int, now: Upsert | None) -> None:
    told = fields.get("at")
    if now is None or isinstance(told, int):
        sent[AT] = moment(told if isinstance(told, int) else at)


def _said(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


_READ: Final[Mapping[str, Callable[[dict[str, Value], dict[str, str], Row, Around], None]]] = {
    CALLS: _read_call, MEETINGS: _read_meeting, EMAILS: _read_email, NOTES: _read_note, TASKS: _read_task
}  # fmt: skip
_WRITE: Final[Mapping[str, Callable[[dict[str, str], Fields, Around, int, Upsert | None], None]]] = {
    CALLS: _write_call, MEETINGS: _write_meeting, EMAILS: _write_email, NOTES: _write_note, TASKS: _write_task
}  # fmt: skip
