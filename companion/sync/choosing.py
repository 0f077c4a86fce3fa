"""Which ops go next: the first of each lane, together as far as the CRM takes them, never a child before its parent."""

from __future__ import annotations

from collections.abc import Sequence

from companion.domain.ops import ASKS_REP, FINISHED, OpState
from companion.store import outbox
from companion.store.outbox import QueuedOp
from companion.sync.moving import Moves, belongs


class Choosing(Moves):
    """Choosing what is sent next."""

    def next_batch(self) -> list[QueuedOp]:
        """The next ops of one kind that can be sent together; what can't be sent is parked on the way."""
        batch: list[QueuedOp] = []
        for op in self.due():
            if op.id in self.tried or self.session.backoff.waits_s(op.id):
                continue
            if not self.may_go(op):
                continue
            if batch and (op.kind is not batch[0].kind or len(batch) >= self.session.description.kinds[op.kind].batch):
                break
            batch.append(op)
        return batch

    def due(self) -> list[QueuedOp]:
        """The first op of each lane."""
        with self.session.database.read() as rows:
            return outbox.due(rows, self.session.wall(), 1000)

    def may_go(self, op: QueuedOp) -> bool:
        """Whether the op can be sent now; if not, it waits for its parent or is shown to the rep."""
        description = self.session.description
        if op.tenant not in (None, description.tenant) or op.user_id not in (None, description.user_id):
            self.park(op, "This change was made for another account; it is sent when you sign in there")
            return False
        facts = description.kinds.get(op.kind)
        if facts is None or not facts.writable:
            self.park(op, "This CRM does not take such records from here")
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
            self.park(op, belongs(maker) if maker else "What this belongs to is no longer here", maker)
        elif op.state is OpState.PENDING:
            self.move(op, OpState.WAITING, "waits for what it belongs to")
