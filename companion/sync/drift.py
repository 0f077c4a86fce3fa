"""The CRM's fields change under us: they are read again once a day, and after a refusal, and the outbox follows.

A field that went or was closed leaves the book; what the rep wrote into it waits with its text. A field that a CRM
newly demands is asked for once, and the answer is filled in wherever it is missing.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Final

from companion.connectors.base import ConnectorError, FieldFacts, RateLimited, SignInNeeded, Unreachable
from companion.database import Rows, Write
from companion.domain import field_text
from companion.domain.field_map import CrmField
from companion.domain.field_text import NotUnderstood
from companion.domain.language import tr
from companion.domain.notices import Notice
from companion.domain.ops import UNSENT, OpState
from companion.domain.records import FIELDS, LINKS, Kind, Value
from companion.store import crm_fields, edits, forgetting, notices, outbox, records
from companion.store.outbox import QueuedOp
from companion.sync import fields
from companion.sync.session import Session

EVERY_S: Final = 20 * 3600
AGAIN_S: Final = 3600
"""A CRM that did not tell its fields is asked again after this time."""

_REQUIRED: Final = "field_required"
_log = logging.getLogger(__name__)


def follow(session: Session) -> None:
    """Reads the fields where that is due, and brings the book and the outbox in line. Raises what stops a cycle."""
    with session.database.read() as rows:
        known = fields.get(rows)
        due = known.at is None or fields.doubted(rows) or abs(session.wall() - known.at) >= EVERY_S
        asked = [each for each in notices.every(rows).values() if each.kind == _REQUIRED]
    answered = [each for each in asked if each.said(session.wall()) is not None]
    if due:
        told = _told(session)
        known = _taken(session, known, told) if told is not None else _asked_later(session, known)
    for notice in answered:
        _fill(session, known, notice)
    if known.demanded:
        _ask(session, known)


def _told(session: Session) -> tuple[FieldFacts, ...] | None:
    """The fields; None where this CRM can't tell them now. Then everything goes on as it was."""
    try:
        return session.connector.schema().fields
    except (SignInNeeded, RateLimited, Unreachable):
        raise
    except ConnectorError as error:
        _log.warning("the fields could not be read: %s", type(error).__name__)
    except Exception as error:  # noqa: BLE001 - an odd answer about fields must not keep records from being synced
        session.troubles.append(type(error).__name__)
        _log.error("the fields could not be read: %s", type(error).__name__)
    return None


def _asked_later(session: Session, known: fields.KnownFields) -> fields.KnownFields:
    later = fields.KnownFields(known.facts, known.gone, known.demanded, session.wall() - EVERY_S + AGAIN_S)
    with session.write() as write:
        fields.put(write, later)
    return later


# What the fields are now ─────────────────────────────────────────────────────────────────────────────────────────────


def _taken(session: Session, before: fields.KnownFields, told: tuple[FieldFacts, ...]) -> fields.KnownFields:
    """Keeps what was told; it is kept last, so that a crash on the way begins anew."""
    known = fields.compared(before, told, session.wall())
    for kind, name in sorted(known.unseen() - before.unseen()):
        _wipe(session, kind, name, before.label(kind, name))
    with session.write() as write:
        for kind in {kind for kind, _ in before.unseen() - known.unseen()}:
            fields.read_afresh(write, kind)
        if before.at is not None:
            _send_what_fits_again(session, write, known)
            _hear_of_return(write, before, known)
        fields.put(write, known)
        crm_fields.put(write, (_offered(each) for each in told))
    return known


def _offered(told: FieldFacts) -> CrmField:
    shown = (told.custom, told.filled, told.holds, told.writable, told.choices)
    return CrmField(told.kind, told.name, told.label, told.theirs, *shown)


def _wipe(session: Session, kind: Kind, name: str, label: str) -> None:
    """A field that the rep may no longer see leaves the book, a few rows at a time; unsent text of the rep's stays."""
    if name not in FIELDS[kind] and name not in LINKS[kind]:
        return
    after = 0
    while True:
        with session.write() as write:
            more = forgetting.field_of_some(write, kind, name, label, after, session.rows_at_once)
        if more is None:
            break
        after = more
    with session.write() as write:
        forgetting.field_of_ops(write, kind, name)


def _send_what_fits_again(session: Session, write: Write, known: fields.KnownFields) -> None:
    """Ops whose field is back go out; those that were refused for a field that is shut now are parted and go out."""
    for op in outbox.in_state(write, OpState.ATTENTION, limit=1_000_000):
        shut = {name for name, value in op.values.items() if known.shut(op.kind, name, value)}
        aside = [problem for problem in op.problems if problem.get("aside")]
        refused = {problem.get("field") for problem in op.problems} & shut
        if (aside and not shut) or (refused and not aside):
            _send_again(session, write, op, tr("the CRM’s fields have changed"))


def _send_again(session: Session, write: Write, op: QueuedOp, words: str) -> None:
    """Queues it, and what was refused along with it. A CRM that remembers a change's key would not look at it again."""
    if op.action != "create":
        op = outbox.rekey(write, op, session.new_id())
    outbox.move(write, op, OpState.PENDING, session.wall(), words, problems=[], next_try_at=None)
    for child in outbox.in_state(write, OpState.ATTENTION, limit=1_000_000):
        if any(problem.get("parent") == op.id for problem in child.problems):
            _send_again(session, write, child, tr("sent again with what it belongs to"))


def _hear_of_return(write: Write, before: fields.KnownFields, known: fields.KnownFields) -> None:
    for kind, name in before.gone.keys() - known.gone.keys():
        notices.forget(write, "field_gone", f"{kind}.{name}")
    for kind, name in before.demanded - known.demanded:
        notices.forget(write, _REQUIRED, f"{kind}.{name}")


# What the CRM newly demands ──────────────────────────────────────────────────────────────────────────────────────────


def _ask(session: Session, known: fields.KnownFields) -> None:
    """One question for each demanded field, for all the changes that wait for it."""
    asking: list[Notice] = []
    with session.database.read() as rows:
        for kind, name in sorted(known.demanded):
            before = notices.get(rows, _REQUIRED, f"{kind}.{name}")
            waiting = len(_lacking(rows, kind, name))
            facts = {"label": known.label(kind, name), "waiting": waiting}
            new = before is None or (before.answer is None and before.facts.get("waiting") != waiting)
            if waiting and new:
                asking.append(Notice(_REQUIRED, f"{kind}.{name}", before.at if before else session.wall(), facts))
    if asking:
        with session.write() as write:
            for notice in asking:
                notices.put(write, notice)


def _lacking(rows: Rows, kind: Kind, name: str) -> list[QueuedOp]:
    """The ops that the CRM refused because this field is empty, and creations that it would refuse for it.

    A change of a record that has a value there was refused for something else about it: what the rep fills in for those
    that lack one must not go over it.
    """
    return [
        op
        for op in outbox.in_state(rows, *UNSENT, OpState.ATTENTION, limit=1_000_000)
        if op.kind is kind
        and op.values.get(name) in (None, "")
        and (
            (any(problem.get("field") == name for problem in op.problems) and not _is_there(rows, op, name))
            or (op.action == "create" and op.state in UNSENT)
        )
    ]


def _is_there(rows: Rows, op: QueuedOp, name: str) -> bool:
    """Whether the record that `op` changes has a value of the field."""
    record = records.get(rows, op.kind, op.record_id) if op.action != "create" else None
    return record is not None and {**record.fields, **record.links}.get(name) not in (None, "")


def _fill(session: Session, known: fields.KnownFields, notice: Notice) -> None:
    """The rep has answered: the value goes into each op that lacks it. What can't be such a value is asked again."""
    kind_text, _, name = notice.subject.partition(".")
    kind = Kind(kind_text)
    with session.write() as write:
        notices.forget(write, _REQUIRED, notice.subject)
        try:
            value = _value(session, write, known, kind, name, notice.answer or "")
        except NotUnderstood:
            return
        for op in _lacking(write, kind, name):
            edits.complete(write, op, {name: value})
            words = tr("“{label}” was filled in as the rep said", label=known.label(kind, name))
            if op.state is OpState.ATTENTION:
                _send_again(session, write, op, words)
            else:
                outbox.note(write, op, session.wall(), words)


def _value(session: Session, rows: Rows, known: fields.KnownFields, kind: Kind, name: str, text: str) -> Value:
    """What was typed as a value of the field: a choice, the record of that name, a number, a day, or the text."""
    if name in LINKS[kind]:
        found = records.by_name(rows, LINKS[kind][name], text)
        if found is None:
            raise NotUnderstood(text)
        return found
    choices = known.facts[kind, name].choices if (kind, name) in known.facts else ()
    if choices:
        chosen = next((each for each in choices if each.casefold() == text.strip().casefold()), None)
        if chosen is None:
            raise NotUnderstood(text)
        return chosen
    return field_text.read(name, text, datetime.fromtimestamp(session.wall(), UTC))
