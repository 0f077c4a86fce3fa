"""Which ops go next: the first of each lane, together as far as the CRM takes them, never a child before its parent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from companion.domain.language import tr
from companion.domain.ops import ASKS_REP, FINISHED, OpState
from companion.store import edits, outbox
from companion.store.outbox import QueuedOp
from companion.sync import strikes
from companion.sync.moving import Moves, alone, belongs


class Choosing(Moves):
    """Choosing what is sent next."""

    def next_batch(self) -> list[QueuedOp]:
        """The next ops of one kind that can be sent together; what can't be sent is parked on the way."""
        batch: list[QueuedOp] = []
        for op in sorted(self.due(), key=self.goes_alone):
            if op.id in self.tried or self.session.backoff.waits_s(op.id):
                continue
            if self.is_given_up(op) or strikes.waits(op, self.session.wall()) or not self.may_go(op):
                continue
            if batch and (op.kind is not batch[0].kind or len(batch) >= self.session.description.kinds[op.kind].batch):
                break
            if batch and self.goes_alone(op):
                break
            batch.append(op)
            if self.goes_alone(op):
                break
        return batch

    def goes_alone(self, op: QueuedOp) -> bool:
        """Whether something went wrong with it before: then it goes after all others, and takes nobody along."""
        return op.strikes > 0 or alone(op) in self.misses

    def is_given_up(self, op: QueuedOp) -> bool:
        """Parks an op on which the CRM failed often enough; its words are shown."""
        if not strikes.enough(op, alone=self.others_struck < 2):
            return False
        now = self.session.wall()
        with self.session.write() as write:
            words = tr(
                "The CRM failed on this {strikes} times. The last time: {words}",
                strikes=op.strikes,
                words=strikes.last_words(write, op),
            )
            problem = {"words": words, "field": None, "struck": "yes"}
            columns: dict[str, object] = {"problems": [problem], "strikes": 0, "struck_at": None, "excused": None}
            outbox.move(write, op, OpState.ATTENTION, now, words, **columns)
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
        return True

    @cached_property
    def others_struck(self) -> int:
        """On how many changes the CRM keeps failing."""
        with self.session.database.read() as rows:
            return outbox.count_struck(rows)

    def due(self) -> list[QueuedOp]:
        """The first op of each lane."""
        with self.session.database.read() as rows:
            return outbox.due(rows, self.session.wall(), 1000)

    def may_go(self, op: QueuedOp) -> bool:
        """Whether the op can be sent now; if not, it waits for its parent or is shown to the rep."""
        description = self.session.description
        if op.tenant not in (None, description.tenant) or op.user_id not in (None, description.user_id):
            self.park(op, tr("This change was made for another account; it is sent when you sign in there"))
            return False
        facts = description.kinds.get(op.kind)
        if facts is None or not facts.writable:
            self.park(op, tr("This CRM does not take such records from here"))
            return False
        with self.session.database.read() as rows:
            parents = outbox.parents_without_remote_id(rows, op)
            makers = [outbox.creation(rows, record_id) for _, record_id in parents]
        if not parents:
            return True
        self.wait_for(op, makers)
        return False

    def wait_for(self, op: QueuedOp, makers: Sequence[QueuedOp | None]) -> None:
        """Sets a child behind its parents, or beside them where the rep must act first."""
        stuck = [maker for maker in makers if maker is None or maker.state in ASKS_REP | FINISHED]
        if stuck:
            maker = stuck[0]
            self.park(op, belongs(maker) if maker else tr("What this belongs to is no longer here"), maker)
        elif op.state is OpState.PENDING:
            self.move(op, OpState.WAITING, tr("waits for what it belongs to"))
