"""Known ways to get sync wrong, each a small change of one part of the engine, the connector or the CRM."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from msgspec.structs import replace as rewired

from companion.connectors.base import Action, Op, Page, Rejected, Result, Scope, SignInNeeded, Tombstone, Upsert
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Slice
from companion.connectors.demo.tokens import SignedWire
from companion.database import Write
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Gone, Kind, Value
from companion.store import outbox, records
from companion.store.outbox import QueuedOp
from companion.sync import merge
from companion.sync.audit import Audit
from companion.sync.engine import Engine
from companion.sync.leaving import bury_one
from companion.sync.pull import Pull
from companion.sync.push import Job, Push
from companion.sync.retry import Backoff
from companion.sync.session import Session


def engine(push: type[Push] = Push, pull: type[Pull] = Pull, *, compares: bool = True) -> type[Engine]:
    """An engine with another push or pull. One that never `compares` does not mend within a day what was left out."""

    class Buggy(Engine):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            if not compares:
                self.reading.audit = Never(self.clock)

        def pusher(self, session: Session) -> Push:
            return push(session, self._misses)

        def puller(self, session: Session) -> Pull:
            return pull(session, self._progress)

    return Buggy


class Never(Audit):
    """No daily comparison with the CRM."""

    def maybe(self, session: Session, pull: Pull) -> None:
        """Not today."""


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


class DropsRefused(Push):
    """5: an op that the CRM refuses is deleted."""

    def refuse(self, op: QueuedOp, problems: Sequence[Mapping[str, str | None]]) -> None:
        with self.session.write() as write:
            write.text("DELETE FROM outbox WHERE id = ?", (op.id,))


class CursorFirst(Pull):
    """6: the cursor is saved before its page."""

    def save(self, kind: Kind, page: Page, cursor: bytes | None, *, denied: bool = False) -> int:
        with self.session.write() as write:
            self.advance(write, kind, page)
        return super().save(kind, page, cursor, denied=denied)


class CursorByOurClock(DemoConnector):
    """7: the next pull begins where our own clock stood, not where the CRM's newest record does."""

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        page = super().pull(kind, scope, cursor)
        if page.more:
            return page
        now = self._crm.clock()
        return rewired(page, cursor=json.dumps({**json.loads(page.cursor), "hi": now, "since": now}).encode())


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


class ChildFirst(Push):
    """14: nothing waits for what it belongs to."""

    def may_go(self, op: QueuedOp) -> bool:
        return True


class KeepsTheOldId(Pull):
    """15: the CRM's id never reaches the record that was made here; what the pull brings is taken for another one."""

    def adopt(self, write: Write, kind: Kind, upserts: Sequence[Upsert], known: dict[str, str]) -> None:
        pass


class Blocks(Push):
    """16: an op that the CRM refuses stays first, and everything behind it waits."""

    def recorded(self, job: Job, result: Result) -> Job | None:
        if isinstance(result, Rejected):
            self.give_back([job.op], "refused")
            raise RuntimeError("the first change can't be sent")
        return super().recorded(job, result)


class Skips(Push):
    """17: after three tries an op is called done."""

    def later(self, op: QueuedOp, why: str, after_s: float | None) -> None:
        if op.attempts >= 2:
            self.move(op, OpState.DONE, "given up")
        else:
            super().later(op, why, after_s)

    def doubt(self, ops: Sequence[QueuedOp], why: str) -> None:
        for op in ops:
            if op.attempts >= 2:
                self.move(op, OpState.DONE, "given up")
            else:
                super().doubt([op], why)


class EmptyMeansGone(Pull):
    """18: an empty page is taken for an empty CRM."""

    def save(self, kind: Kind, page: Page, cursor: bytes | None, *, denied: bool = False) -> int:
        if not page.upserts and not page.more:
            with self.session.database.read() as rows:
                all_ids = records.living(rows, kind)
            gone = [Tombstone(kind, remote_id, Gone.DELETED) for remote_id in all_ids]
            page = rewired(page, gone=gone)
        return super().save(kind, page, cursor, denied=denied)


class MissingMeansDone(Push):
    """19: what can't be seen any more is taken for deleted, and its changes for done."""

    def missed(self, op: QueuedOp) -> None:
        self.move(op, OpState.DONE, "it is deleted")


class IgnoresMerges(Pull):
    """20: a merged record is taken for a deleted one."""

    def bury(self, write: Write, kind: Kind, gone: Sequence[Tombstone]) -> None:
        known = records.local_ids(write, kind, [each.remote_id for each in gone])
        for each in gone:
            if each.remote_id in known:
                bury_one(write, kind, known[each.remote_id], each.why, None, self.session.wall())


class WritesAll(Push):
    """21: a change is sent as the whole record, as it stands here."""

    def wire(self, op: QueuedOp, sent: Mapping[str, Value], server: Upsert | None) -> Op:
        if server is not None and op.action == "update":
            with self.session.database.read() as rows:
                record = records.get(rows, op.kind, op.record_id)
            whole = {name: value for name, value in (record.fields if record else {}).items() if value is not None}
            sent = {**{name: value for name, value in whole.items() if name not in LINKS[op.kind]}, **sent}
        return super().wire(op, sent, server)


class ComparesLetters(Engine):
    """22: values are compared letter by letter, whatever the CRM makes of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "normalise": lambda kind, name, value: value})


class WallBackoff(Engine):
    """26: waits end by the wall clock."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        wall = lambda: float(self.wall())  # noqa: E731
        self.crm_backoff = Backoff(wall, options["rng"])
        self.op_backoff = Backoff(wall, options["rng"])


class KeepsTooLate(SignedWire):
    """27: a new refresh token is used before it is kept."""

    def take(self, secret: str) -> None:
        self._secret = secret


class RotatesInMemory(DemoConnector):
    """27, as a connector."""

    def signed(self, wire: Any, secret: str, keep: Any) -> Any:
        return KeepsTooLate(wire, self._crm.sign, self._crm.check, secret, keep)


class ClaimsNothing(Push):
    """28: an op is sent without having been claimed for this process."""

    def claim(self, batch: Sequence[QueuedOp]) -> list[QueuedOp]:
        with self.session.write() as write:
            for op in batch:
                write.text("UPDATE outbox SET state = 'in_flight', first_sent_at = 1 WHERE id = ?", (op.id,))
        return [outbox.replaced(op, state=OpState.IN_FLIGHT) for op in batch]


class Obeys(Backoff):
    """29: what a CRM asks for is done to the letter, a pause that is over already too."""

    def failed(self, name: str, after_s: float | None = None) -> float:
        if after_s is None:
            return super().failed(name)
        self._tries[name] = self._tries.get(name, 0) + 1
        self._until[name] = self._clock() + after_s
        return after_s


class ObeysAll(Engine):
    """29, as an engine."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.crm_backoff = Obeys(options["clock"], options["rng"])
        self.op_backoff = Obeys(options["clock"], options["rng"])


class AnyAccount(Engine):
    """30: whoever signs in, the changes go out."""

    def _is_ours(self, description: Any) -> bool:
        return True
