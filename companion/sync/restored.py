"""Whether this copy of the book is the newest, and on its own computer: a counter outside the file tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from companion.database import Database, Rows, Write
from companion.domain.generations import Generations, OutOfReach
from companion.domain.language import sentence, tr
from companion.domain.notices import TEXTS, Notice
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.domain.sync_status import Phase
from companion.store import cursors, meta, notices, outbox, versions
from companion.sync import fields

PATIENCE_S: Final = 600.0
"""Seconds that changes wait for a keyring that can't be read; then they leave, each looked up in the CRM first."""
SETTLE_S: Final = 3600.0
"""Seconds that all changes wait for creations in doubt; what still can't be told by then holds up its own lane only."""

_GENERATION, _INSTALL, _IN_DOUBT = "generation", "install", "in_doubt"

_WAYS: Final = {
    OpState.PENDING: (OpState.IN_FLIGHT,),
    OpState.WAITING: (OpState.PENDING, OpState.IN_FLIGHT),
    OpState.IN_FLIGHT: (),
}
"""How an op comes to where it can be doubted, by the state that it is in."""

_NOT_NOW: Final = Problem(
    sentence("Your changes wait for the keyring"),
    sentence("Unlock your keyring. Companion keeps reading, and looks again by itself; nothing is lost."),
)
_SETTLING: Final = Problem(
    sentence("Looking up what was sent before"),
    sentence("This book was restored: each change is looked up in the CRM before anything is sent."),
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is sent now; with `reads` the CRM is read all the same."""

    phase: Phase
    problem: Problem
    reads: bool


@dataclass
class Copy:
    """This copy of the book, compared once a process with the number outside. `clock` is monotonic, `wall` for stamps.

    The number in the file moves before the one outside, so that a sudden end between both never looks like a restored
    file. Both move before anything is sent and after it: whatever older file comes back, its number is then too small.
    """

    database: Database
    outside: Generations | None
    clock: Callable[[], float]
    wall: Callable[[], int]
    _sure: bool = False
    _counting: bool = False
    _asked_at: float | None = None
    _settling_since: float | None = None

    def hold(self) -> Hold | None:
        """What speaks against sending; None when nothing does. Before the first answer it asks outside."""
        if self.outside is None or self._sure:
            return None
        try:
            theirs, install = self.outside.read(), self.outside.install()
            if self._is_a_clone(theirs, install):
                return Hold(Phase.STOPPED, TEXTS["cloned"], reads=False)
            if theirs is None:
                self.outside.write(0)
        except OutOfReach:
            return self._wait()
        self._sure = self._counting = True
        self.moves()
        return None

    def may_send(self) -> bool:
        """Whether the creations that an older copy may have sent are settled: until then nothing else leaves."""
        with self.database.read() as rows:
            open_ones = self._in_doubt(rows)
            if not open_ones and not meta.get(rows, _IN_DOUBT):
                return True
        self._settling_since = self.clock() if self._settling_since is None else self._settling_since
        if open_ones and self.clock() - self._settling_since < SETTLE_S:
            return False
        with self.database.write(patient=True, from_sync=True) as write:
            meta.put(write, _IN_DOUBT, None)
        return True

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around the sending: where anything may leave, the numbers move before it and after it."""
        leaves = self._counting and self._any_due()
        if leaves:
            self.moves()
        try:
            yield
        finally:
            if leaves:
                self.moves()

    def moves(self) -> None:
        """Both numbers move on: the file's first. That the outer one can't be written now is made good by the next."""
        if self.outside is None or not self._counting:
            return
        with self.database.write(patient=True, from_sync=True) as write:
            number = (meta.get(write, _GENERATION) or 0) + 1
            meta.put(write, _GENERATION, number)
        try:
            self.outside.write(number)
        except OutOfReach:
            return

    def problem(self, rows: Rows) -> Problem | None:
        """What the rep is told while creations are being looked up."""
        return _SETTLING.spoken() if self._in_doubt(rows) else None

    def _any_due(self) -> bool:
        with self.database.read() as rows:
            return bool(outbox.due(rows, self.wall(), 1))

    def _wait(self) -> Hold | None:
        """It is not known whether the file is the newest: politely wait, and then be careful instead."""
        self._asked_at = self.clock() if self._asked_at is None else self._asked_at
        if self.clock() - self._asked_at < PATIENCE_S:
            return Hold(Phase.IDLE, _NOT_NOW.spoken(), reads=True)
        with self.database.write(patient=True, from_sync=True) as write:
            doubt_creations(write, self.wall(), tr("it is not known whether an older copy sent it"))
        self._sure = True
        return None

    def _is_a_clone(self, theirs: int | None, install: str) -> bool:
        """Judges the file by what was found outside; what follows from it is one transaction."""
        with self.database.write(patient=True, from_sync=True) as write:
            ours, home = meta.get(write, _GENERATION), meta.get(write, _INSTALL)
            moved = home is not None and (home != install or (theirs is None and ours != 0))
            told = notices.get(write, "cloned")
            if moved and (told is None or told.said(self.wall()) != "here"):
                if told is None:
                    notices.put(write, Notice("cloned", at=self.wall()))
                return True
            if moved:
                doubt_creations(write, self.wall(), tr("another computer may have sent it"))
                notices.forget(write, "cloned")
            elif theirs is not None and (ours or 0) < theirs:
                self._is_restored(write)
            # A zero says that the number outside was not written yet: a sudden end here is no copied file.
            meta.put(write, _GENERATION, 0 if theirs is None else max(ours or 0, theirs))
            meta.put(write, _INSTALL, install)
        return False

    def _is_restored(self, write: Write) -> None:
        doubt_creations(write, self.wall(), tr("this book was restored: a newer copy may have sent it"))
        # A field that went since shows in a record only where it has a value here, and an older copy may have none.
        fields.doubt(write)
        # The CRM may have been set back since: then it has counted on from an older number than this copy has read.
        cursors.begin_afresh(write)
        versions.forget(write)
        if notices.get(write, "rescued") is None:
            # Whoever was told that the book was made anew knows already.
            notices.put(write, Notice("restored", at=self.wall()))

    @staticmethod
    def _in_doubt(rows: Rows) -> list[str]:
        wanted = doubted(rows)
        if not wanted:
            return []
        return [op.id for op in outbox.in_state(rows, OpState.UNKNOWN, limit=1_000_000) if op.id in wanted]


def doubt_creations(write: Write, now: int, words: str) -> None:
    """Puts every creation that has not arrived, as far as this file knows, in doubt: it is looked up before it is sent.

    One that was so already is among them: a newer copy may have settled it, and even made it again.

    Changes need nothing of the kind: they are compared with what the CRM has before they are written anyway.
    """
    found = list(meta.get(write, _IN_DOUBT) or ())
    for op in outbox.in_state(write, *_WAYS, OpState.UNKNOWN, limit=1_000_000):
        if op.action != "create":
            continue
        for state in _WAYS.get(op.state, ()):
            outbox.move(write, op, state, now, words)
            op = outbox.replaced(op, state=state)
        if op.state is not OpState.UNKNOWN:
            sent_at = op.first_sent_at if op.first_sent_at is not None else op.created_at
            outbox.move(write, op, OpState.UNKNOWN, now, words, first_sent_at=sent_at)
        found.append(op.id)
    meta.put(write, _IN_DOUBT, found or None)


def doubted(rows: Rows) -> frozenset[str]:
    """The creations that another copy of this book may have sent, by their ids, until all of them are settled."""
    return frozenset(meta.get(rows, _IN_DOUBT) or ())
