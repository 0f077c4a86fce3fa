"""What the CRM's fields no longer take is parted from an op before it is sent, and kept for the rep with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from companion.database import Write
from companion.domain.language import tr
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import edits, notices, outbox
from companion.store.outbox import QueuedOp
from companion.sync import fields
from companion.sync.moving import Moves

_LEADS: Final[Mapping[str, str]] = {
    "probability": "stage",
    "status": "stage",
    "stage_since_at": "stage",
    "closed_at": "status",
    "done_at": "done",
}
"""A field that the CRM itself derives from another one: where that goes out, this need not."""
_WITH: Final[Mapping[str, str]] = {"currency": "amount"}
"""A field that means nothing, or another thing, without the other one."""
_OF_VERBS: Final = frozenset({"status", "stage", "done"})
"""What a verb is about: it can't go without."""


class Fitting(Moves):
    """Parting what can't be written."""

    @cached_property
    def known(self) -> fields.KnownFields:
        """The CRM's fields, as they were told when this cycle began."""
        with self.session.database.read() as rows:
            return fields.get(rows)

    def fitted(self, op: QueuedOp) -> QueuedOp | None:
        """The op without what the CRM's fields don't take; None where nothing of it is left to send."""
        shut = self.shut(op)
        if not shut:
            return op
        if set(shut) >= set(op.values) or (op.action not in ("create", "update") and _OF_VERBS & set(shut)):
            self.keep_all(op, shut)
            return None
        return self.keep_apart(op, shut)

    def shut(self, op: QueuedOp) -> dict[str, str]:
        """Which of the op's fields can't be written, and why."""
        if not self.known.facts:
            return {}
        found = {name: why for name, value in op.values.items() if (why := self.known.shut(op.kind, name, value))}
        return found | {name: found[other] for name, other in _WITH.items() if other in found and name in op.values}

    def keep_all(self, op: QueuedOp, shut: Mapping[str, str]) -> None:
        """Nothing can be sent: the whole op waits for the rep."""
        problems = [self.problem(op, name, shut.get(name, fields.CLOSED)) for name in shut]
        with self.session.write() as write:
            self.tell_gone(write, op.kind, shut)
            words = str(problems[0]["words"])
            outbox.move(write, op, OpState.ATTENTION, self.session.wall(), words, problems=problems)
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
        self.session.backoff.succeeded(op.id)

    def keep_apart(self, op: QueuedOp, shut: Mapping[str, str]) -> QueuedOp:
        """The rest is sent. What follows from the rest by itself needs no card, a line in the history tells."""
        derived = {name for name in shut if _LEADS.get(name, "") in op.values.keys() - shut.keys()}
        apart = {name: self.problem(op, name, why) for name, why in shut.items() if name not in derived}
        now = self.session.wall()
        with self.session.write() as write:
            for name in shut:
                words = self.problem(op, name, shut[name])["words"]
                outbox.note(write, op, now, tr("left out: {words}", words=words))
            self.tell_gone(write, op.kind, apart)
            if derived:
                op = outbox.narrow(write, op, frozenset(op.values) - derived)
            if apart:
                op = outbox.set_aside(write, op, apart, self.session.new_id(), now)
            edits.settle(write, op.kind, op.record_id, tuple(shut))
        return op

    def problem(self, op: QueuedOp, name: str, why: str) -> dict[str, str | None]:
        """What the card says of one field."""
        label = self.known.label(op.kind, name)
        return {"words": fields.words(why, label, op.values[name]), "field": name, "aside": why}

    def tell_gone(self, write: Write, kind: Kind, names: Mapping[str, object]) -> None:
        """The rep hears once of a field that the CRM no longer has and that something was written into."""
        for name in names:
            if (kind, name) in self.known.gone and notices.get(write, "field_gone", f"{kind}.{name}") is None:
                facts = {"label": self.known.label(kind, name)}
                notices.put(write, Notice("field_gone", f"{kind}.{name}", self.session.wall(), facts))
