"""What a log, a note, a meeting and a next step are in Salesforce."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final

from companion.connectors import hypertext
from companion.connectors.base import Action, Op, Upsert
from companion.connectors.payload import clean
from companion.connectors.salesforce import marks
from companion.connectors.salesforce.activities import EVENT, NOTE, TASK, UNTOLD, day_of, disposition
from companion.connectors.salesforce.cursor import stamp
from companion.connectors.salesforce.drafts import Draft, marked_draft
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.session import Session
from companion.connectors.salesforce.wire import Row
from companion.domain.records import Value

_TITLE: Final = 60


class ActivityWriting:
    """Turns ops about activities into rows."""

    def __init__(self, session: Session, knowing: Knowing) -> None:
        self._session, self._knowing = session, knowing

    def source(self, op: Op) -> str:
        """The object that a new activity becomes."""
        what = op.fields.get("what")
        if what == "meeting":
            return EVENT
        notes = self._session.fields(NOTE) and self._session.has(
            "ContentDocumentLink", "LinkedEntityId", how="createable"
        )
        return NOTE if what == "note" and notes and _targets(op) else TASK

    def created(self, op: Op, source: str) -> Draft:
        """The row that a create makes."""
        fields = {name: clean(value) if isinstance(value, str) else value for name, value in op.fields.items()}
        if source == NOTE:
            return self._new_note(op, fields)
        values: Row = {"OwnerId": op.links.get("owner") or self._session.me.id, **self._about(op)}
        values |= self._event(op, fields) if source == EVENT else self._task(op, fields)
        untold = self._untold(source, fields)
        draft = marked_draft(self._session, op, source, values)
        at_the_end = op.id if draft.mark is None else None
        text = marks.written(str(fields.get("body") or ""), fields, untold, at_the_end)
        return Draft(source, {**draft.values, "Description": text or None}, draft.mark)

    def _task(self, op: Op, fields: Mapping[str, Value]) -> Row:
        what = str(fields.get("what") or "task")
        done = what != "task" or bool(fields.get("done"))
        values: Row = {
            "Subject": fields.get("subject") or what.capitalize(),
            "TaskSubtype": {"call": "Call", "email": "Email"}.get(what, "Task"),
            "Status": self.task_status(done=done),
        }
        at = fields.get("at")
        if what == "task":
            values["ActivityDate"] = fields.get("due_on")
            due = fields.get("due_at")
            if isinstance(due, int):
                values |= {"IsReminderSet": True, "ReminderDateTime": stamp(due)}
        else:
            values["ActivityDate"] = day_of(at if isinstance(at, int) else op.at, self._session.me.zone or "UTC")
        return {**values, **self._call(fields)} if what == "call" else values

    def _call(self, fields: Mapping[str, Value]) -> Row:
        values: Row = {}
        if "direction" in fields and self._session.has(TASK, "CallType", how="createable"):
            values["CallType"] = {"in": "Inbound", "out": "Outbound"}.get(str(fields["direction"]))
        if "duration_s" in fields and self._session.has(TASK, "CallDurationInSeconds", how="createable"):
            values["CallDurationInSeconds"] = fields["duration_s"]
        if "outcome" in fields and self._session.has(TASK, "CallDisposition", how="createable"):
            code = fields["outcome"]
            values["CallDisposition"] = disposition(str(code), self._knowing.known) if code else None
        return values

    def _event(self, op: Op, fields: Mapping[str, Value]) -> Row:
        at, ends, length = fields.get("at"), fields.get("ends_at"), fields.get("duration_s")
        start = at if isinstance(at, int) else op.at
        usual = 0 if fields.get("done") else 3600
        end = ends if isinstance(ends, int) else start + (length if isinstance(length, int) else usual)
        return {
            "Subject": fields.get("subject") or "Meeting",
            "StartDateTime": stamp(start),
            "EndDateTime": stamp(max(start, end)),
        }

    def _untold(self, source: str, fields: Mapping[str, Value]) -> tuple[str, ...]:
        """What Salesforce has no field for here."""
        what = str(fields.get("what") or "")
        told = {"what"} if what != "note" else set()
        if source == EVENT:
            told |= {"at", "duration_s"}
        elif what == "task":
            told |= {"at"}
        elif what == "call":
            has = self._session.has
            pairs = (("direction", "CallType"), ("duration_s", "CallDurationInSeconds"), ("outcome", "CallDisposition"))
            told |= {ours for ours, theirs in pairs if has(TASK, theirs, how="createable")}
        elif what == "email" and fields.get("direction") == "out":
            told |= {"direction"}
        return tuple(name for name in UNTOLD if name not in told)

    def _about(self, op: Op) -> Row:
        """Whom and what it is about. A lead stands for itself: nothing else can be beside it."""
        person, deal, company = op.links.get("person"), op.links.get("deal"), op.links.get("company")
        if deal is not None and deal.startswith("00Q"):
            person, deal = deal, None
        if person is not None and person.startswith("00Q"):
            return {"WhoId": person}
        return {"WhoId": person, "WhatId": deal or company}

    def _new_note(self, op: Op, fields: Mapping[str, Value]) -> Draft:
        text = marks.written(str(fields.get("body") or ""), fields, ("at", "outcome", "promise"), op.id)
        values: Row = {"Title": title_of(fields), "Content": encoded(text)}
        return Draft(NOTE, values, None, _targets(op))

    def changed(self, op: Op, source: str, now: Upsert, row: Row) -> Row:
        """The values that a change writes."""
        fields = {name: clean(value) if isinstance(value, str) else value for name, value in op.fields.items()}
        whole = {**now.fields, **fields}
        if source == NOTE:
            text = marks.rewritten(str(row.get("Content") or ""), fields, ("at", "outcome", "promise"))
            return {"Title": title_of(whole), "Content": encoded(text)}
        values: Row = {}
        if op.action is Action.COMPLETE or ("done" in fields and source == TASK):
            values = {"Status": self.task_status(done=op.action is Action.COMPLETE or bool(fields["done"]))}
        if source == EVENT:
            values = self._event(op, whole) if {"at", "ends_at", "duration_s"} & set(fields) else {}
        elif "due_on" in fields:
            values["ActivityDate"] = fields["due_on"]
        if "subject" in fields:
            values["Subject"] = fields["subject"]
        if isinstance(fields.get("due_at"), int) and source == TASK:
            values |= {"IsReminderSet": True, "ReminderDateTime": stamp(int(fields["due_at"] or 0))}
        if now.fields.get("what") == "call":
            values |= self._call(fields)
        if op.links.get("owner"):
            values["OwnerId"] = op.links["owner"]
        if {"person", "deal", "company"} & set(op.links):
            values |= self._about(op)
        untold = tuple(name for name in self._untold(source, whole) if name in fields and name != "what")
        if untold or "body" in fields:
            values["Description"] = marks.rewritten(row.get("Description"), fields, untold) or None
        return values

    def task_status(self, *, done: bool) -> str:
        """The status of a finished task, or of one that waits."""
        rows = [row for row in self._session.small("TaskStatus") if (row.get("IsClosed") is True) == done]
        usual = [row for row in rows if row.get("IsDefault") is True]
        found = next((str(row["ApiName"]) for row in (*usual, *rows)), None)
        return found or ("Completed" if done else "Not Started")


def title_of(fields: Mapping[str, Value]) -> str:
    """A note's title: what the rep called it, or how it begins."""
    told = str(fields.get("subject") or "").strip() or str(fields.get("body") or "").strip().partition("\n")[0]
    return f"{told[: _TITLE - 1].rstrip()}…" if len(told) > _TITLE else told or "Note"


def encoded(text: str) -> str:
    """A note's text as Salesforce keeps it: HTML without line breaks of its own, in base64."""
    return base64.b64encode(hypertext.html(text).encode("utf-8", "replace")).decode()


def _targets(op: Op) -> tuple[str, ...]:
    """The records that a note hangs on."""
    wanted = (op.links.get(name) for name in ("person", "deal", "company"))
    return tuple(dict.fromkeys(each for each in wanted if each is not None))
