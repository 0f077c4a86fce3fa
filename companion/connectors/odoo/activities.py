"""What happens around a record in Odoo: chatter messages, planned activities and meetings, in Companion's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from companion.connectors import in_text
from companion.connectors.base import Upsert
from companion.connectors.hypertext import plain
from companion.connectors.naive_utc import instant
from companion.connectors.odoo import marker
from companion.connectors.odoo.mapping import Lookups, link, one, place, said, versioned, who
from companion.connectors.odoo.session import ActivityTypes
from companion.connectors.odoo.wire import Row
from companion.domain.records import Kind, Value

MESSAGE, STEP, MEETING = "message", "activity", "event"
"""Three models make up one kind: a remote id says which, as in 'message:12'."""

LEAD, PARTNER = "crm.lead", "res.partner"

MESSAGE_FIELDS: Final = (
    "model", "res_id", "message_type", "subtype_id", "mail_activity_type_id", "author_id", "email_from", "partner_ids",
    "notified_partner_ids", "subject", "body", "attachment_ids", "date", "message_id", "create_uid", "write_uid",
    "write_date",
)  # fmt: skip
STEP_FIELDS: Final = (
    "res_model", "res_id", "activity_type_id", "summary", "note", "date_deadline", "date_done", "feedback", "active",
    "user_id", "calendar_event_id", "create_uid", "create_date", "write_uid", "write_date",
)  # fmt: skip
MEETING_FIELDS: Final = (
    "name", "start", "stop", "allday", "active", "location", "description", "partner_ids", "opportunity_id", "user_id",
    "privacy", "create_uid", "write_uid", "write_date",
)  # fmt: skip

_DISCUSSION: Final = ("comment", "email", "email_outgoing")


class Around(Struct, frozen=True):
    """What activities refer to. `copies` maps an op to the partner that its log was copied to."""

    lookups: Lookups
    leads: Mapping[int, Row]
    colleagues: frozenset[int]
    users: Mapping[int, str]
    types: ActivityTypes
    note: int | None
    now: int
    copies: Mapping[str, int] = {}


def message(row: Row, around: Around) -> Upsert | None:
    """A chatter message as a call, e-mail, meeting or note; None where nothing is left of it."""
    mark = marker.read(row.get("message_id"))
    text = plain(row.get("body"))
    if gone(row):
        return None
    what, direction = _nature(row, around)
    author = one(row, "author_id")
    fields: dict[str, Value] = {
        "what": what,
        "direction": direction,
        "subject": text.subject or said(row, "subject"),
        "body": text.body,
        "at": instant(row.get("date")),
        "done": True,
        "done_at": instant(row.get("date")),
    }
    if mark is not None and not mark.answered:
        fields |= {"what": mark.what, "direction": mark.direction, "outcome": mark.outcome}
        fields |= {"duration_s": mark.duration_s} if mark.duration_s is not None else {}
    elif fields["subject"] is None and said(row, "mail_activity_type_id"):
        fields["subject"] = text.body.partition("\n")[0][:80]
    links = {**_place(row.get("model"), row.get("res_id"), around), "owner": around.users.get(author or 0)}
    if mark is not None and mark.op_id in around.copies:
        links |= place(around.copies[mark.op_id], around.lookups)
    extra = {"From": str(row["email_from"])} if direction == "in" and said(row, "email_from") else {}
    if row.get("attachment_ids"):
        extra["Attachments"] = str(len(row["attachment_ids"]))
    op_id = mark.op_id if mark is not None and not mark.answered else None
    upsert = Upsert(Kind.ACTIVITY, f"{MESSAGE}:{row['id']}", "", fields, links, extra=extra, op_id=op_id)
    return versioned(row, upsert)


def gone(row: Row) -> bool:
    """Whether somebody deleted the message: chatter empties it and leaves the shell."""
    return not plain(row.get("body")).body and not row.get("attachment_ids") and not plain(row.get("body")).subject


def step(row: Row, around: Around) -> Upsert:
    """A planned activity as a next step. Odoo knows its day; the hour stands in its note, as long as the day is it."""
    done = row.get("active") is False
    kind_of = said(row, "activity_type_id")
    body, told = in_text.taken(plain(row.get("note")).body)
    fields: dict[str, Value] = {
        "what": "task",
        "subject": said(row, "summary") or kind_of or "",
        "body": body or said(row, "feedback") or "",
        "at": instant(row.get("create_date")),
        "due_on": said(row, "date_deadline"),
        "done": done,
    }
    if "due_on" in told:  # a colleague who moves it to another day leaves the line as it was
        fields["due_at"] = told.get("due_at") if told["due_on"] == fields["due_on"] else None
    if "promise" in told:
        fields["promise"] = told["promise"]
    if done:
        fields["done_at"] = instant(row.get("write_date"))
    links = {**_place(row.get("res_model"), row.get("res_id"), around), "owner": link(row, "user_id")}
    extra = {"Type": kind_of} if kind_of else {}
    return versioned(row, Upsert(Kind.ACTIVITY, f"{STEP}:{row['id']}", "", fields, links, extra=extra))


def meeting(row: Row, around: Around) -> Upsert | None:
    """A calendar event with somebody from outside, or about a deal; None for our own appointments."""
    guests = [each for each in row.get("partner_ids") or [] if each not in around.colleagues]
    deal = one(row, "opportunity_id")
    if not guests and deal is None:
        return None
    start, stop = instant(row.get("start")), instant(row.get("stop"))
    fields: dict[str, Value] = {
        "what": "meeting",
        "direction": None,
        "subject": said(row, "name") or "",
        "body": plain(row.get("description")).body,
        "at": start,
        "ends_at": stop,
        "duration_s": stop - start if start is not None and stop is not None else None,
        "done": stop is not None and stop <= around.now,
    }
    about = around.leads.get(deal or 0)
    links = {**_of_guests(guests, around), "deal": None if about is None else str(deal), "owner": link(row, "user_id")}
    if about is not None:
        links = {**links, **{name: links.get(name) or its for name, its in who(about, around.lookups).items()}}
    people = tuple((str(guest), "") for guest in guests if not _is_company(guest, around))
    extra = {label: value for label, name in (("Where", "location"),) if (value := said(row, name))}
    return versioned(row, Upsert(Kind.ACTIVITY, f"{MEETING}:{row['id']}", "", fields, links, people, extra))


def _nature(row: Row, around: Around) -> tuple[str, str | None]:
    """What a message was, and which way it went. An internal note is no touch, whoever wrote it."""
    ours = one(row, "author_id") in around.colleagues
    activity_type = one(row, "mail_activity_type_id")
    if activity_type is not None:
        word = around.types.words.get(activity_type, "task")
        return ("note", None) if word == "task" else (word, "out")
    if not ours and row.get("message_type") in _DISCUSSION:
        return "email", "in"
    heard = {*(row.get("partner_ids") or []), *(row.get("notified_partner_ids") or [])} - around.colleagues
    if one(row, "subtype_id") != around.note and (heard or row.get("message_type") != "comment"):
        return "email", "out"
    return "note", None


def _place(model: object, record: object, around: Around) -> dict[str, str | None]:
    if not isinstance(record, int):
        return {}
    if model == LEAD:
        lead = around.leads.get(record)
        return {**who(lead, around.lookups), "deal": str(record)} if lead else {}
    return {**place(record, around.lookups), "deal": None}


def _of_guests(guests: list[int], around: Around) -> dict[str, str | None]:
    person = next((guest for guest in guests if not _is_company(guest, around)), None)
    first = person if person is not None else next(iter(guests), None)
    return place(first, around.lookups) if first is not None else {"person": None, "company": None}


def _is_company(partner: int, around: Around) -> bool:
    return bool(around.lookups.partners.get(partner, {}).get("is_company"))
