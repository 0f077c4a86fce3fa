"""A book that is gone while its key is here: what happened, what it means, and the ways on. Nothing is ever deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from companion import closed_copy, rescue
from companion.domain.problems import Problem
from ui.connect.viewmodel_set_aside import FolderErrand


class MissingViewModel(FolderErrand):
    """Looks again when asked, or sets the key aside, should the files turn up later. `today`: the rep's local day."""

    there = Signal()
    """The book is back where it was."""
    gone = Signal()
    """The key lies elsewhere: the first run begins."""

    def __init__(self, folder: Path, today: Callable[[], dt.date], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder, self._today = folder, today

    @property
    def title(self) -> str:
        """What happened."""
        return self.tr("Your book is no longer on this computer")

    @property
    def meaning(self) -> tuple[str, ...]:
        """What is gone, what of it is lost and what is not, a paragraph each."""
        gone = self.tr(
            "The encrypted copy and the safety copy of your changes are gone from %1; only their key is left. "
            "Companion never deletes them by itself. Perhaps a clean-up did, or they were moved."
        )
        return (
            gone.replace("%1", str(self._folder)),
            self.tr("What your CRM has is untouched. Connect again, and it is read anew."),
            self.tr(
                "Changes that were not sent yet were in these files alone. If the files are in the trash or in a "
                "backup, bring them back to that folder first, and look again. Otherwise these changes are lost."
            ),
        )

    @property
    def place(self) -> str:
        """What becomes of the key."""
        where = str(closed_copy.place_for(self._folder, self._today()))
        return self.tr("The key is kept in %1, should the files turn up later.").replace("%1", where)

    def look_again(self) -> None:
        """Opens the book where it is back."""
        if self.busy:
            return
        if rescue.is_here(self._folder):
            self.there.emit()
            return
        self.problem = Problem(self.tr("It is still not there"), self.tr("Nothing was changed."))
        self.moved.emit()

    def connect_again(self) -> None:
        """Sets the key aside, away from the UI thread; a first run follows."""
        folder, day = self._folder, self._today()
        self._run(lambda: closed_copy.set_aside(folder, day), lambda _: self.gone.emit())
