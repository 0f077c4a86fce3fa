"""A book whose passphrase or key is lost: what that means, in words, and setting it aside; and opening it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from companion import closed_copy
from companion.closed_copy import ClosedCopy, NotMoved
from companion.domain import words
from companion.domain.problems import Problem
from ui.one_errand import OneErrand


class FolderErrand(OneErrand):
    """A folder is moved, away from the UI thread."""

    def _problem_of(self, error: Exception) -> tuple[Problem | None, bool]:
        known = error if isinstance(error, NotMoved) else NotMoved()
        return Problem(known.title, known.advice), known is error


class SetAsideViewModel(FolderErrand):
    """Explains first, and moves the folder at one more press. `today` gives the rep's local day."""

    gone = Signal()
    """The book lies elsewhere: the first run begins."""

    def __init__(
        self, folder: Path, today: Callable[[], dt.date], parent: QObject | None = None, *, by_passphrase: bool
    ) -> None:
        super().__init__(parent)
        self._folder, self._today = folder, today
        self.by_passphrase = by_passphrase
        self.explains = False
        """Whether the page tells what it means."""
        self.done = False

    @property
    def offer(self) -> str:
        """What leads here."""
        return self.tr("I forgot my passphrase") if self.by_passphrase else self.tr("The key is lost for good")

    @property
    def title(self) -> str:
        """What it comes to."""
        if self.by_passphrase:
            return self.tr("Without its passphrase nobody can open this copy")
        return self.tr("Without its key nobody can open this copy")

    @property
    def meaning(self) -> tuple[str, ...]:
        """What becomes of what, a paragraph each."""
        return (
            self.tr("The makers of Companion can’t either: that is what protects your customers’ data."),
            self.tr("What your CRM has is untouched. Connect again, and it is read anew."),
            self.tr(
                "What was not sent yet stays in the closed copy. It is set aside, not deleted: should you remember the "
                "passphrase, it can be opened again."
            )
            if self.by_passphrase
            else self.tr(
                "What was not sent yet stays in the closed copy. It is set aside, not deleted: should the key come "
                "back, it can be opened again."
            ),
        )

    @property
    def place(self) -> str:
        """Where it would lie."""
        where = str(closed_copy.place_for(self._folder, self._today()))
        return self.tr("The closed copy will lie in %1").replace("%1", where)

    def explain(self) -> None:
        """Tells what it means."""
        self.explains = True
        self.moved.emit()

    def keep(self) -> None:
        """The rep would rather try on."""
        if not self.busy:
            self.explains, self.problem = False, None
            self.moved.emit()

    def set_aside(self) -> None:
        """Moves the folder, away from the UI thread."""
        if not self.done:
            folder, day = self._folder, self._today()
            self._run(lambda: closed_copy.set_aside(folder, day), self._moved_away)

    def _moved_away(self, place: Path) -> None:
        self.done = True
        self.gone.emit()


class ReopenViewModel(FolderErrand):
    """A copy that was set aside, and opening it again where there is no book."""

    back = Signal()
    """The copy is the book again."""

    def __init__(self, folder: Path, copy: ClosedCopy, today: dt.date, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._copy, self._today = folder, copy, today

    @property
    def words(self) -> str:
        """From when it is, and where it lies."""
        said = self.tr("Your closed copy of %1 lies in %2")
        return said.replace("%1", words.short_date(self._copy.day, self._today)).replace("%2", str(self._copy.folder))

    def reopen(self) -> None:
        """Puts it back, away from the UI thread."""
        copy, folder = self._copy.folder, self._folder
        self._run(lambda: closed_copy.reopen(copy, folder), lambda _: self.back.emit())
