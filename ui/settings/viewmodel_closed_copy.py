"""A copy of the book that was set aside: what it had not sent comes into the one that is open."""

from __future__ import annotations

from PySide6.QtCore import QObject

from companion import closed_copy
from companion.closed_copy import ClosedCopy, NotMoved
from companion.domain import words
from companion.domain.key_problems import KeyProblem, WrongKey
from companion.domain.problems import Problem
from ui.one_errand import OneErrand
from ui.session import Session
from ui.settings.viewmodel_parting import came_back


class ClosedCopyViewModel(OneErrand):
    """Lives on the UI thread; opening the copy takes a moment, on a thread of its own."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.words = ""
        """What came of it."""

    @property
    def copy(self) -> ClosedCopy | None:
        """The newest copy of this profile whose changes are not here yet."""
        return None if self._session.demo else closed_copy.not_brought_back(self._session.database.path.parent)

    @property
    def asks_passphrase(self) -> bool:
        """Whether a passphrase opens it, and not the keyring."""
        copy = self.copy
        return copy is not None and closed_copy.asks_passphrase(copy.folder)

    @property
    def about(self) -> str:
        """From when it is, where it lies, and what can be done with it; or what came of that."""
        copy = self.copy
        if self.words or copy is None:
            return self.words
        said = self.tr("It is of %1 and lies in %2. Changes that it had not sent yet can come into this book.")
        day = words.short_date(copy.day, self._session.clock().date())
        return said.replace("%1", day).replace("%2", str(copy.folder))

    def bring_back(self, passphrase: str) -> None:
        """Takes the copy's changes into this book; the copy stays where it is."""
        copy = self.copy
        if copy is None or self.busy:
            return
        now = int(self._session.clock().timestamp())
        database, folder = self._session.database, copy.folder
        self.words = ""
        self._run(lambda: closed_copy.bring_back(database, folder, lambda: passphrase, now), self._read)

    def _read(self, back: object) -> None:
        self.words = came_back(back)
        self.moved.emit()

    def _problem_of(self, error: Exception) -> tuple[Problem | None, bool]:
        from companion.database import DatabaseProblem
        from companion.parting import AnotherAccount

        if isinstance(error, AnotherAccount):
            return Problem(self.tr("This copy is of another account. Nothing was taken.")), True
        if isinstance(error, WrongKey):
            return Problem(self.tr("That does not open the closed copy. Nothing was taken.")), True
        if isinstance(error, KeyProblem | DatabaseProblem | NotMoved):
            return Problem(error.title, error.advice), True
        return Problem(self.tr("The closed copy could not be read. Nothing was taken.")), False
