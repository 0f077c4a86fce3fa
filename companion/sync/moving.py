"""What every step of sending shares: the cycle's session, and an op moved in a commit of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from companion.domain.language import tr
from companion.domain.ops import IllegalMove, OpState
from companion.domain.records import Value
from companion.store import outbox
from companion.store.outbox import QueuedOp
from companion.sync import strikes
from companion.sync.session import Session

ALONE = "!"


class Moves:
    """Ops on their way. `misses` counts, across cycles, how often an op's record was not found."""

    def __init__(self, session: Session, misses: dict[str, int]) -> None:
        self.session = session
        self.misses = misses
        self.tried: set[str] = set()
        self.bugs: list[Exception] = []
        """What went wrong in Companion itself with single ops, while the others went on."""
        self.set_back = False
        """Whether an answer has proved that the CRM was set back: from then on nothing is sent."""

    def park(self, op: QueuedOp, words: str, parent: QueuedOp | None = None) -> None:
        """Shows the op to the rep."""
        problem = {"words": words, "field": None, "parent": parent.id if parent else None}
        self.move(op, OpState.ATTENTION, words, problems=[problem])

    def move(self, op: QueuedOp, to: OpState, words: str | None = None, **columns: object) -> None:
        """Moves an op in a commit of its own; somebody who was faster is right."""
        try:
            with self.session.write() as write:
                outbox.move(write, op, to, self.session.wall(), words, **columns)
        except IllegalMove:
            return

    def strike(self, ops: Sequence[QueuedOp]) -> None:
        """The CRM, or something in us, failed on these; from now on each goes alone."""
        with self.session.write() as write:
            for op in ops:
                strikes.strike(write, op, self.session.wall())
        self.struck = True

    @cached_property
    def struck(self) -> bool:
        """Whether any op has failed that way and was not excused yet."""
        with self.session.database.read() as rows:
            return strikes.unexcused(rows)


def standing(op: QueuedOp, state: OpState, theirs: Mapping[str, Value] | None = None) -> QueuedOp:
    """The op as a move has left it."""
    return outbox.replaced(op, state=state, **({} if theirs is None else {"theirs": theirs}))


def alone(op: QueuedOp) -> str:
    """The name under which `misses` remembers that nothing could be read or sent when this op was among it."""
    return f"{ALONE}{op.id}"


def belongs(maker: QueuedOp) -> str:
    """Why an op waits that hangs on another one."""
    return tr("It belongs to “{said}”, which is not in the CRM", said=maker.said)
