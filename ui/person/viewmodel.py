"""The workspace of a person, company or deal: one frame, three readings, and the way through the list it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal

from companion.database import Rows
from companion.domain.changes import Changes
from companion.domain.language import number
from companion.domain.records import Kind
from ui.person.history import HistoryModel, Read
from ui.person.of_company import of_company
from ui.person.of_deal import of_deal
from ui.person.of_person import of_person
from ui.person.page_look import PageLook
from ui.person.promise_look import keep
from ui.session import Session, Subject

READERS: Final[dict[Kind, Callable[[Rows, Subject, Session], PageLook | None]]] = {
    Kind.PERSON: of_person,
    Kind.COMPANY: of_company,
    Kind.DEAL: of_deal,
}
AHEAD_MS: Final = 60
"""After the page is painted, and not between two quick presses, its neighbours are read."""


class _Ready(NamedTuple):
    """A page read before its turn."""

    look: PageLook
    history: Read


class RecordViewModel(QObject):
    """Shows one subject at a time; whoever is next in the list is read ahead while nothing else is to do."""

    loaded = Signal()
    """Another subject, or the same anew."""
    lost = Signal(str)
    """The record is not here (any more): a sentence for the rep."""
    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.history = HistoryModel(session, self)
        self.look: PageLook | None = None
        self.came_from = ""
        self._among: Sequence[Subject] = ()
        self._ready: dict[str, _Ready] = {}
        self._ahead = session.timer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(AHEAD_MS)
        self._ahead.timeout.connect(self._read_ahead)

    # Going ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, subject: Subject, came_from: str = "", among: Sequence[Subject] = ()) -> bool:
        """Shows a subject; `among` is the list that it came from, called `came_from`. False if it is not here.

        The list may be longer than what is read of it: then its end is known when it is reached.
        """
        ready = self._ready.get(subject.id) or self._read(subject)
        if ready is None:
            self.lost.emit(self.tr("%1 is not on this computer any more").replace("%1", subject.name))
            return False
        self.came_from, self._among = came_from, among
        self.look = ready.look
        self._ready.clear()
        self.history.show(subject.kind, subject.id, ready.history)
        self.loaded.emit()
        self._ahead.start()
        return True

    def step(self, by: int) -> bool:
        """To the next or previous of the list; False at its ends."""
        to = self._neighbour(by)
        return to is not None and self.open(to, self.came_from, self._among)

    @property
    def place_words(self) -> str:
        """'2 of 9'; '' outside a list."""
        if self._at < 0 or len(self._among) < 2:
            return ""
        words = self.tr("%1 of %2").replace("%1", number(self._at + 1))
        return words.replace("%2", number(len(self._among)))

    @property
    def at_ends(self) -> tuple[bool, bool]:
        """Whether this is the first, and the last, of the list."""
        return self._at <= 0, self._at < 0 or self._at == len(self._among) - 1

    def _neighbour(self, by: int) -> Subject | None:
        at = self._at + by
        if self._at < 0 or not 0 <= at < len(self._among):
            return None
        try:
            return self._among[at]
        except IndexError:  # the list has become shorter since it was counted
            return None

    @property
    def _at(self) -> int:
        if self.look is None:
            return -1
        return next((i for i, each in enumerate(self._among) if each.id == self.look.subject.id), -1)

    def keep(self, number: int) -> None:
        """A promise was kept, by its number in the look."""
        if self.look is not None and number < len(self.look.promises):
            done = keep(self._session, self.look.promises[number])
            self.done.emit(done.words, done.gesture_id)

    # Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def changed(self, changes: Changes) -> None:
        """Something was committed: the page is read again and its rows move to what is so now."""
        self._ready.clear()
        if self.look is None:
            return
        subject = self.look.subject
        with self._session.database.read() as rows:
            look = READERS[subject.kind](rows, subject, self._session)
        if look is not None:
            self.look = look
        self.history.reload()
        self.loaded.emit()
        self._ahead.start()

    def minute_passed(self) -> None:
        """What the page says of time (the hour there, how soon a meeting begins) is said anew."""
        self._ready.clear()
        if self.look is None:
            return
        subject = self.look.subject
        with self._session.database.read() as rows:
            look = READERS[subject.kind](rows, subject, self._session)
        if look is not None and look != self.look:
            self.look = look
            self.loaded.emit()
        self._ahead.start()

    def _read(self, subject: Subject) -> _Ready | None:
        reader = READERS.get(subject.kind)
        if reader is None:
            return None
        with self._session.database.read() as rows:
            look = reader(rows, subject, self._session)
            return _Ready(look, self.history.read(subject.kind, subject.id)) if look is not None else None

    def _read_ahead(self) -> None:
        for by in (1, -1):
            subject = self._neighbour(by)
            ready = self._read(subject) if subject is not None and subject.id not in self._ready else None
            if subject is not None and ready is not None:
                self._ready[subject.id] = ready
