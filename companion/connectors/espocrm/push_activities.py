"""Writing activities: calls, meetings and tasks are records of their own, an e-mail is archived, all else is a post.

Nothing here mails to anybody: EspoCRM sends invitations only when asked to, and an e-mail that is created as archived
is not sent. A post is internal, so that customers with a portal don't see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from companion.connectors import in_text
from companion.connectors.base import Action, Op, Upsert
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.activities import NOT_HELD, bold
from companion.connectors.espocrm.mapping import LEAD_ID
from companion.connectors.espocrm.refused import Cannot
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Row
from companion.connectors.naive_utc import instant, stamp
from companion.connectors.payload import clean
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.records import Kind, Value

Fetch = Callable[[Kind, str], Upsert | None]

_ENTITIES: Final = {"call": "Call", "meeting": "Meeting", "task": "Task"}
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "Call": ("outcome", "promise"),
    "Meeting": ("outcome", "promise", "direction"),
    "Task": ("promise",),
    "Email": ("outcome", "promise"),
    "Note": ("what", "direction", "outcome", "duration_s", "promise"),
}
"""What an entity has no field for, and stands in its text."""
_TEXT: Final = {"Note": "post", "Email": "body"}
_HOUR_S: Final = 3600
_LONGEST: Final = 249
_ALIKE: Final = str.maketrans("<>=", "‹›＝")


class ActivityWriter:
    """Writes activities in the name of the signed-in user."""

    def __init__(self, session: Session, field_map: FieldMap) -> None:
        self._session, self._field_map = session, field_map

    def places(self, op: Op) -> tuple[str, ...]:
        """The entities that the op may have made a record of."""
        entity = _ENTITIES.get(str(op.fields.get("what")))
        if entity:
            return (entity,)
        return ("Email", "Note") if op.fields.get("what") == "email" and self._archives else ("Note",)

    def create(self, op: Op, fetch: Fetch) -> str:
        """Creates the activity and returns its remote id."""
        what = str(op.fields.get("what"))
        entity = _ENTITIES.get(what, "Note")
        body: Row = {}
        if what == "email" and (addresses := self._addresses(op, fetch)) is not None:
            entity, body = "Email", addresses
        body |= self._about(op, entity)
        body |= getattr(self, f"_{entity.lower()}")(op, op.fields)
        body |= self._text(op, entity, op.fields)
        made = self._session.wire.write("POST", entity, body)
        if not isinstance(made["id"], str):
            raise TypeError("an id that is none")
        return f"{entity}:{made['id']}"

    def changed(self, op: Op, entity: str, row: Row) -> Row:
        """What an edit or a completion changes."""
        if op.action is Action.COMPLETE and "done" not in op.fields:
            fields: dict[str, Value] = {**op.fields, "done": True}
        else:
            fields = dict(op.fields)
        body: Row = {}
        if entity == "Note":
            return self._reworded(fields, row)
        if "subject" in fields:
            body["name"] = _subject(fields, entity)
        if op.links.get("owner") and entity != "Email":
            body["assignedUserId"] = op.links["owner"]
        if entity in ("Call", "Meeting"):
            body |= _times(fields, row)
            if "direction" in fields and entity == "Call":
                body["direction"] = _direction(fields)
            if fields.get("done") is not None or fields.get("outcome"):
                body["status"] = _held(fields, row)
        if entity == "Task":
            body |= _due(fields) | ({"status": _status(fields)} if "done" in fields else {})
        told = {name: fields[name] for name in ("body", *self._told(entity)) if name in fields}
        if told:
            name = _TEXT.get(entity, "description")
            text, mark = marker.taken(row.get(name))
            after = clean(in_text.put_anew(text, told, self._told(entity)))
            body[name] = after if mark is None else marker.put(after, mark)
        return body | self._outcome(entity, fields)

    # What each is ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, op: Op, fields: Mapping[str, Value]) -> Row:
        return {
            "name": _subject(fields, "Call"),
            "status": _held(fields, {}),
            "direction": _direction(fields),
            **_times({"at": op.at, **fields}, {}),
        }

    def _meeting(self, op: Op, fields: Mapping[str, Value]) -> Row:
        return {
            "name": _subject(fields, "Meeting"),
            "status": _held(fields, {}),
            **_times({"at": op.at, "duration_s": _HOUR_S, **fields}, {}),
        }

    def _task(self, op: Op, fields: Mapping[str, Value]) -> Row:
        return {"name": _subject(fields, "Task"), "status": _status(fields), **_due(fields)}

    def _email(self, op: Op, fields: Mapping[str, Value]) -> Row:
        at = fields.get("at")
        sent = stamp(at if isinstance(at, int) else op.at)
        return {"name": _subject(fields, "Email"), "status": "Archived", "isHtml": False, "dateSent": sent}

    def _note(self, op: Op, fields: Mapping[str, Value]) -> Row:
        return {"type": "Post"}

    def _about(self, op: Op, entity: str) -> Row:
        """What the activity hangs on: the deal, else the person, else the company; and who takes part."""
        deal, person, company = (op.links.get(name) for name in ("deal", "person", "company"))
        lead = next((each for each in (deal, person) if each is not None and each.startswith(LEAD_ID)), None)
        if lead is not None:
            parent = ("Lead", lead.removeprefix(LEAD_ID))
        elif deal or person or company:
            parent = next(
                (kind, its)
                for kind, its in (("Opportunity", deal), ("Contact", person), ("Account", company))
                if its is not None
            )
        else:
            raise Cannot(tr("EspoCRM keeps an activity with a person, a company or a deal"))
        body: Row = {"parentType": parent[0], "parentId": parent[1]}
        if entity == "Note":
            return body | ({"isInternal": True} if self._session.keeps_inside(parent[0]) else {})
        owner = op.links.get("owner") or self._session.me.id
        body["assignedUserId"] = owner
        if entity in ("Call", "Meeting"):
            body["usersIds"] = [owner]
            if person is not None:
                name = "leadsIds" if person.startswith(LEAD_ID) else "contactsIds"
                body[name] = [person.removeprefix(LEAD_ID)]
        return body

    def _addresses(self, op: Op, fetch: Fetch) -> Row | None:
        """From whom to whom; None where one of both is not known: EspoCRM takes no e-mail without."""
        person = op.links.get("person")
        known = fetch(Kind.PERSON, person) if person else None
        theirs, ours = str((known.fields.get("email") if known else "") or ""), self._session.me.email
        if not theirs or not ours or not self._archives:
            return None
        came_in = op.fields.get("direction") == "in"
        return {"from": theirs if came_in else ours, "to": ours if came_in else theirs}

    @property
    def _archives(self) -> bool:
        """Whether e-mails are open to this user, to be found again too."""
        return all(self._session.may("Email", action) for action in ("create", "read"))

    # Text ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, entity: str) -> tuple[str, ...]:
        mapped = entity in ("Call", "Meeting") and "activity.outcome" in self._field_map.fields
        return tuple(name for name in _TOLD[entity] if name != "outcome" or not mapped)

    def _outcome(self, entity: str, fields: Mapping[str, Value]) -> Row:
        name = self._field_map.fields.get("activity.outcome")
        if not name or "outcome" not in fields or name not in self._session.fields(entity):
            return {}
        code = fields["outcome"]
        return {name: self._field_map.outcome_there(str(code)) or code if code else None}

    def _text(self, op: Op, entity: str, fields: Mapping[str, Value]) -> Row:
        """The text with what has no field in front of it, and what says that it is ours below."""
        field = self._session.op_field(entity)
        person = op.links.get("person") if op.links.get("deal") and entity not in ("Call", "Meeting") else None
        if entity == "Note":
            return {"post": self._post(fields, marker.Mark(op.id, _at(op, fields), person=person))}
        text = clean(in_text.put(str(fields.get("body") or ""), fields, self._told(entity)))
        body: Row = self._outcome(entity, fields) | ({field: op.id} if field else {})
        text = text if field and not person else marker.put(text, marker.Mark(op.id, person=person))
        return {**body, _TEXT.get(entity, "description"): text}

    def _post(self, fields: Mapping[str, Value], mark: marker.Mark) -> str:
        """A subject in bold, what has no field, the words, and the mark."""
        names = [name for name in self._told("Note") if name != "what" or fields.get("what") not in (None, "note")]
        text = clean(in_text.put(str(fields.get("body") or ""), fields, names))
        subject = " ".join(clean(str(fields.get("subject") or "")).replace("*", "").split())
        return marker.put(f"**{subject}**\n\n{text}" if subject else text, replace(mark, subject=bool(subject)))

    def _reworded(self, fields: Mapping[str, Value], row: Row) -> Row:
        """Another text for a post: what stands there, with what is new in its place."""
        text, mark = marker.taken(row.get("post"))
        if mark is None:
            return {"post": clean(in_text.put_anew(text, fields, self._told("Note")))}
        subject, text = bold(text, mark)
        body, facts = in_text.taken(text)
        at = fields.get("at")
        mark = replace(mark, at=at if isinstance(at, int) else mark.at)
        return {"post": self._post({"subject": subject, "body": body, **facts, **fields}, mark)}


def _at(op: Op, fields: Mapping[str, Value]) -> int:
    at = fields.get("at")
    return at if isinstance(at, int) else op.at


def _subject(fields: Mapping[str, Value], entity: str) -> str:
    """EspoCRM wants a subject, of a line, and refuses one with a bracket or a sign of equality: they become others."""
    text = " ".join(clean(str(fields.get("subject") or "")).translate(_ALIKE).split())
    return (f"{text[: _LONGEST - 1]}…" if len(text) > _LONGEST else text) or entity


def _direction(fields: Mapping[str, Value]) -> str:
    return "Inbound" if fields.get("direction") == "in" else "Outbound"


def _held(fields: Mapping[str, Value], row: Row) -> str:
    """Whether it took place. A call is held unless its outcome says that nobody was reached."""
    done = fields.get("done", row.get("status") != "Planned" if row else True)
    if not done:
        return "Planned"
    return "Not Held" if fields.get("outcome") in NOT_HELD else "Held"


def _status(fields: Mapping[str, Value]) -> str:
    return "Completed" if fields.get("done") else "Not Started"


def _due(fields: Mapping[str, Value]) -> Row:
    """A task's day, or the instant where an hour was agreed."""
    if isinstance(fields.get("due_at"), int):
        return {"dateEnd": stamp(int(str(fields["due_at"]))), "dateEndDate": None}
    if fields.get("due_on"):
        return {"dateEndDate": fields["due_on"]}
    return {"dateEndDate": None, "dateEnd": None} if "due_on" in fields else {}


def _times(fields: Mapping[str, Value], row: Row) -> Row:
    """Begin and end, both of which EspoCRM wants; without a length they are the same."""
    start, end = instant(row.get("dateStart")), instant(row.get("dateEnd"))
    length = end - start if start is not None and end is not None else 0
    if not {"at", "ends_at", "duration_s"} & set(fields):
        return {}
    at = fields.get("at")
    begins = at if isinstance(at, int) else start or 0
    lasts, ends = fields.get("duration_s", length), fields.get("ends_at")
    until = ends if isinstance(ends, int) else begins + (lasts if isinstance(lasts, int) else 0)
    return {"dateStart": stamp(begins), "dateEnd": stamp(max(until, begins))}
