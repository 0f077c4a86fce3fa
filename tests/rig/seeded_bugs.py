"""Known ways to get sync wrong, each planted into one part of the engine: the rig must find every one.

The numbers are those of the catalogue in docs/rig.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as rewired

from companion.connectors.base import Action, Finds, Identity, Op, Page, SignInNeeded, Upsert
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Slice
from companion.connectors.demo.switches import DemoSwitches
from companion.database import Write
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import outbox
from companion.store.outbox import QueuedOp
from companion.sync import merge
from companion.sync.engine import Engine
from companion.sync.pull import Pull
from companion.sync.push import Job, Push
from companion.sync.session import Session
from tests.rig.office import CRMS, Rig

BY_KEY = DemoSwitches(identity=Identity.EXTERNAL_KEY)


def engine(push: type[Push] = Push, pull: type[Pull] = Pull) -> type[Engine]:
    """An engine with another push or pull."""

    class Buggy(Engine):
        def pusher(self, session: Session) -> Push:
            return push(session, self._misses)

        def puller(self, session: Session) -> Pull:
            return pull(session, self._progress)

    return Buggy


class NoKey(Push):
    """1: a creation goes out without a key of its own: each send is a new one to the CRM."""

    def wire(self, op: QueuedOp, sent: Mapping[str, Value], server: Upsert | None) -> Op:
        found = super().wire(op, sent, server)
        return rewired(found, id=self.session.new_id()) if found.action is Action.CREATE else found


class NewKeyPerRetry(Push):
    """2: the first send has the op's key, a second one another."""

    def wire(self, op: QueuedOp, sent: Mapping[str, Value], server: Upsert | None) -> Op:
        found = super().wire(op, sent, server)
        again = found.action is Action.CREATE and op.first_sent_at is not None
        return rewired(found, id=self.session.new_id()) if again else found


class KeyInMemory(Push):
    """3: the key is made when sending and kept in memory alone: a restart makes another."""

    def wire(self, op: QueuedOp, sent: Mapping[str, Value], server: Upsert | None) -> Op:
        found = super().wire(op, sent, server)
        if found.action is not Action.CREATE:
            return found
        keys = self.session.backoff.__dict__.setdefault("keys", {})
        return rewired(found, id=keys.setdefault(op.id, self.session.new_id()))


class DropsOn401(Push):
    """4: an op is deleted when the session has ended."""

    def round(self, jobs: Sequence[Job]) -> list[Job]:
        try:
            return super().round(jobs)
        except SignInNeeded:
            with self.session.write() as write:
                for job in jobs:
                    write.text("DELETE FROM outbox WHERE id = ?", (job.op.id,))
            raise


class CursorFirst(Pull):
    """6: the cursor is saved before its page."""

    def save(self, kind: Kind, page: Page, cursor: bytes | None) -> None:
        with self.session.write() as write:
            self.advance(write, kind, page)
        super().save(kind, page, cursor)


class BeyondTheStamp(DemoCrm):
    """8: `>` instead of `>=`: the others that share the last stamp are never read."""

    def search(
        self,
        user: str,
        kind: Kind,
        scope: str | None,
        since: float,
        *,
        after: tuple[float, str] | None = None,
        offset: int = 0,
        limit: int,
    ) -> Slice:
        later = since + 1e-3 if since else since
        return super().search(user, kind, scope, later, after=after, offset=offset, limit=limit)


class LastWriterWins(Push):
    """9: whatever the CRM has is overwritten."""

    def plan(self, op: QueuedOp, server: Upsert) -> tuple[merge.Plan, dict[str, Value]]:
        _, theirs = super().plan(op, server)
        return merge.Plan(write=frozenset(op.values)), theirs


class BasePerRecord(Push):
    """10: what was seen is taken from the record as last pulled, not from the op."""

    def plan(self, op: QueuedOp, server: Upsert) -> tuple[merge.Plan, dict[str, Value]]:
        with self.session.database.read() as rows:
            held = outbox.held(rows, [op.record_id]).get(op.record_id, {})
        return super().plan(replace(op, seen={name: held.get(name, value) for name, value in op.seen.items()}), server)


class Clobbers(Pull):
    """11: a pull overwrites what the rep has not sent yet."""

    def row(self, write: Write, upsert: Upsert, record_id: str, ids: Any, editing: Any) -> dict[str, object]:
        return super().row(write, upsert, record_id, ids, {})

    def keep_mine(self, *arguments: Any) -> None:
        pass


class Forgets(Engine):
    """13: at the start, what was in flight is simply sent again."""

    def recover(self, why: str = "") -> int:
        with self.database.write() as write:
            return write.text(
                "UPDATE outbox SET state = ?, first_sent_at = NULL WHERE state = ?",
                (OpState.PENDING, OpState.IN_FLIGHT),
            )


CATALOGUE: dict[str, Callable[[], Rig]] = {
    "1 no key on create": lambda: Rig("by key", BY_KEY, engine(NoKey)),
    "2 new key per retry": lambda: Rig("by key", BY_KEY, engine(NewKeyPerRetry)),
    "3 key not durable before send": lambda: Rig("by key", BY_KEY, engine(KeyInMemory)),
    "4 op deleted on 401": lambda: Rig("the best", CRMS["the best"], engine(DropsOn401)),
    "6 cursor saved before data": lambda: Rig("the best", CRMS["the best"], engine(pull=CursorFirst), deadliness=4),
    "8 > instead of >= on equal stamps": lambda: Rig(
        "minutes",
        DemoSwitches(changes=Finds.TIMESTAMP, precision_s=60.0, overlap_s=0, identity=Identity.EXTERNAL_KEY),
        crm=BeyondTheStamp,
    ),
    "9 last writer wins": lambda: Rig("the best", CRMS["the best"], engine(LastWriterWins)),
    "10 one base per record": lambda: Rig("the best", CRMS["the best"], engine(BasePerRecord)),
    "11 pull overwrites unsent edits": lambda: Rig("the best", CRMS["the best"], engine(pull=Clobbers)),
    "13 in flight becomes pending at the start": lambda: Rig("no identity", CRMS["no identity"], Forgets),
    "24 edit and op in two transactions": lambda: Rig("the best", CRMS["the best"], two_transactions=True),
}
"""Each bug by its number in the catalogue, and the rig that carries it."""
