"""Writing activities: a log is a chatter message, a next step a planned activity, a meeting ahead a calendar event.

Messages are created as records and not by `message_post`: that one mails to followers, dates what is posted by the
server's clock and can't be repeated. The created ones stand in the chatter with author and date, count in Odoo's own
activity report by their activity type, and mail to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors import hypertext, in_text
from companion.connectors.base import Action, Op, Upsert
from companion.connectors.http import Doubtful
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo import marker
from companion.connectors.odoo.activities import LEAD, MEETING, MESSAGE, PARTNER, STEP
from companion.connectors.odoo.mapping import LEAD_PERSON
from companion.connectors.odoo.session import NotTaken, Session
from companion.connectors.odoo.wire import Refusal, Row
from companion.connectors.payload import clean
from companion.domain.language import tr
from companion.domain.records import Kind, Value

_MODELS: Final = {MESSAGE: "mail.message", STEP: "mail.activity", MEETING: "calendar.event"}
_TYPED: Final = ("call", "email", "meeting")


class ActivityWriter:
    """Writes activities in the name of the signed-in user."""

    def __init__(self, session: Session, fetch: Callable[[Kind, str], Upsert | None]) -> None:
        self._session, self._fetch = session, fetch

    def remote_id(self, op: Op, number: int) -> str:
        """The remote id of what the op made."""
        return f"{self._shape(op)}:{number}"

    def create(self, op: Op) -> str:
        """Creates the activity and returns its remote id; a second send finds the first."""
        shape = self._shape(op)
        if shape == MEETING:
            rows = [self._meeting(op)]
        elif shape == STEP:
            rows = [self._step(op)]
        else:
            rows = self._messages(op)
        return f"{shape}:{self._session.create(_MODELS[shape], rows)[0]}"

    def change(self, op: Op, now: Upsert) -> None:
        """Changes, completes or deletes an activity."""
        shape, _, number = now.remote_id.partition(":")
        record = int(number)
        if op.action is Action.DELETE:
            self._delete(shape, record, now)
        elif op.action is Action.COMPLETE:
            self._complete(op, shape, record)
        elif shape == MESSAGE:
            self._reword(op, record, now)
        else:
            self._session.write(_MODELS[shape], "write", [record], vals=self._changed(op, shape, now))

    def remark(self, op: Op, lead: int, title: str, words: str) -> None:
        """A note in a deal's chatter that goes with an op, once however often the op is sent."""
        mark = marker.Marker(op.id)
        row = self._message(op, marker.external_id(op.id, "_note"), LEAD, str(lead), mark)
        row["body"] = hypertext.head(title) + hypertext.html(words)
        row["date"] = stamp(op.at)
        self._session.create("mail.message", [row])

    # Messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _messages(self, op: Op) -> list[dict[str, str]]:
        """On the deal if there is one, and a copy on the person, both in one transaction; else where it belongs."""
        mark = _mark(op, op.fields)
        person = op.links.get("person")
        of_lead = person is not None and person.startswith(LEAD_PERSON)
        partner = op.links.get("company") if person is None or of_lead else person
        deal = op.links.get("deal") or (person.removeprefix(LEAD_PERSON) if person is not None and of_lead else None)
        first = marker.external_id(op.id)
        if deal is None and partner is None:
            raise NotTaken([{"message": tr("Odoo keeps an activity with a person, a company or a deal")}])
        if deal is None or partner is None:
            return [self._message(op, first, PARTNER if deal is None else LEAD, deal or partner or "", mark)]
        second = self._message(op, marker.external_id(op.id, "_copy"), PARTNER, partner, mark)
        second["message_id"] = marker.copy_of(op.id)
        return [self._message(op, first, LEAD, deal, mark), second]

    def _message(self, op: Op, external_id: str, model: str, record: str, mark: marker.Marker) -> dict[str, str]:
        at = op.fields.get("at")
        kind = self._session.types.of(mark.what) if mark.what in _TYPED else None
        return {
            "id": external_id,
            "model": model,
            "res_id": record,
            "message_type": "comment",
            "subtype_id/id": "mail.mt_note",
            "mail_activity_type_id/.id": str(kind or ""),
            "body": _body(op.fields, mark),
            "date": stamp(at if isinstance(at, int) else op.at),
            "message_id": mark.message_id(),
        }

    def _reword(self, op: Op, number: int, now: Upsert) -> None:
        """Another text, outcome or time for what was logged, in both places."""
        fields = {**now.fields, **op.fields}
        mark = _mark(op, fields) if now.op_id is None else _renamed(_mark(op, fields), now.op_id)
        at = fields.get("at")
        vals: Row = {"body": _body(fields, mark)} | ({"date": stamp(at)} if isinstance(at, int) else {})
        copies = self._copies(now)
        if copies:
            self._session.write("mail.message", "write", copies, vals=vals)
        if now.op_id is not None:
            vals["message_id"] = mark.message_id()
        self._session.write("mail.message", "write", [number], vals=vals)

    def _copies(self, now: Upsert) -> list[int]:
        if now.op_id is None or now.links.get("deal") is None:
            return []
        place = [["model", "=", PARTNER], ["message_id", "=", marker.copy_of(now.op_id)]]
        return self._session.ids("mail.message", place)

    def _delete(self, shape: str, number: int, now: Upsert) -> None:
        """A log is withdrawn from both places; a meeting is put away, without a word to its guests."""
        if shape == MEETING:
            self._session.write("calendar.event", "write", [number], vals={"active": False})
        elif shape == STEP:
            self._session.write("mail.activity", "unlink", [number])
        else:
            self._session.write("mail.message", "unlink", [number, *self._copies(now)])

    # Next steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, op: Op) -> dict[str, str]:
        deal, person = op.links.get("deal"), op.links.get("person")
        if person is not None and person.startswith(LEAD_PERSON):
            deal, person = deal or person.removeprefix(LEAD_PERSON), None
        record = deal or person or op.links.get("company")
        if record is None:
            raise NotTaken([{"message": tr("Odoo keeps a next step with a person, a company or a deal")}])
        return {
            "id": marker.external_id(op.id),
            "res_model_id/id": "crm.model_crm_lead" if deal else "base.model_res_partner",
            "res_id": record,
            "activity_type_id/.id": str(self._session.types.of("task") or ""),
            "summary": _text(op.fields, "subject"),
            "note": hypertext.html(_note(op.fields)),
            "date_deadline": _text(op.fields, "due_on") or stamp(op.at)[:10],
            "user_id/.id": op.links.get("owner") or str(self._session.me.id),
        }

    def _complete(self, op: Op, shape: str, number: int) -> None:
        """Odoo's own verb: it archives the activity, starts what should follow, and writes a line in the chatter.

        That line would count as another call of ours beside the one that the rep logged: it is marked as the echo that
        it is. If that fails the step is done all the same.
        """
        if shape != STEP:
            return
        words = _text(op.fields, "body")
        line = self._session.write(
            "mail.activity", "action_feedback", [number], **({"feedback": words} if words else {})
        )
        if not isinstance(line, int) or isinstance(line, bool):
            return
        echo = {"message_id": marker.answer_of(op.id), "mail_activity_type_id": False}
        try:
            self._session.write("mail.message", "write", [line], vals=echo)
        except (Refusal, Doubtful):
            return

    # Meetings and edits ─────────────────────────────────────────────────────────────────────────────────────────────

    def _meeting(self, op: Op) -> dict[str, str]:
        at, ends = op.fields.get("at"), op.fields.get("ends_at")
        start = at if isinstance(at, int) else op.at
        length = op.fields.get("duration_s")
        stop = ends if isinstance(ends, int) else start + (length if isinstance(length, int) else 3600)
        guests = [str(self._session.me.partner), op.links.get("person") or ""]
        return {
            "id": marker.external_id(op.id),
            "name": _text(op.fields, "subject") or "Meeting",
            "start": stamp(start),
            "stop": stamp(stop),
            "description": hypertext.html(_text(op.fields, "body")),
            "partner_ids/.id": ",".join(each for each in guests if each and not each.startswith(LEAD_PERSON)),
            "opportunity_id/.id": op.links.get("deal") or "",
            "user_id/.id": op.links.get("owner") or str(self._session.me.id),
        }

    def _changed(self, op: Op, shape: str, now: Upsert) -> Row:
        names = {"subject": "summary", "body": "note", "due_on": "date_deadline"}
        if shape == MEETING:
            names = {"subject": "name", "body": "description", "at": "start", "ends_at": "stop"}
        vals: Row = {}
        for name, value in op.fields.items():
            if name in names and name.endswith(("at",)) and isinstance(value, int):
                vals[names[name]] = stamp(value)
            elif name in names:
                vals[names[name]] = hypertext.html(str(value or "")) if name == "body" else value or False
        if shape == STEP and {"body", "due_on", "due_at", "promise"} & set(op.fields):
            moved = "due_on" in op.fields and "due_at" not in op.fields
            vals["note"] = hypertext.html(_note({**now.fields, **op.fields, **({"due_at": None} if moved else {})}))
        if op.links.get("owner"):
            vals["user_id"] = int(str(op.links["owner"]))
        return {name: clean(value) if isinstance(value, str) else value for name, value in vals.items()}

    def _shape(self, op: Op) -> str:
        """A task is a planned activity, a meeting ahead stands in the calendar; all else is told in the chatter."""
        if op.fields.get("what") == "task":
            return STEP
        return MEETING if op.fields.get("what") == "meeting" and not op.fields.get("done") else MESSAGE


def _note(fields: dict[str, Value]) -> str:
    """The text of a next step, with what Odoo has no field for: the hour, told with the day that it is of."""
    names = ("due_on", "due_at") if fields.get("due_at") is not None else ()
    return in_text.put(_text(fields, "body"), fields, (*names, "promise"))


def _mark(op: Op, fields: dict[str, Value]) -> marker.Marker:
    seconds = fields.get("duration_s")
    return marker.Marker(
        op.id,
        _text(fields, "what") or "note",
        _text(fields, "direction") or None,
        _text(fields, "outcome") or None,
        seconds if isinstance(seconds, int) else None,
    )


def _renamed(mark: marker.Marker, op_id: str) -> marker.Marker:
    return marker.Marker(op_id, mark.what, mark.direction, mark.outcome, mark.duration_s)


def _body(fields: dict[str, Value], mark: marker.Marker) -> str:
    """What a colleague reads: a bold line with what it was, then the note."""
    subject = _text(fields, "subject") or (mark.what.capitalize() if mark.what != "note" else "")
    outcome = (mark.outcome or "").replace("_", " ")
    told = "" if outcome.casefold() in subject.casefold() else outcome
    length = f"{max(1, round(mark.duration_s / 60))} min" if mark.duration_s else ""
    return hypertext.head(subject, told, length) + hypertext.html(_text(fields, "body"))


def _text(fields: dict[str, Value], name: str) -> str:
    value = fields.get(name)
    return clean(value) if isinstance(value, str) else ""
