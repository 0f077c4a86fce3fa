"""The brief that is about to be printed: whose it is, what it says, where a PDF of it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from ui.brief_print.saving import file_name, save
from ui.brief_print.sheet import Sheet, sheet_of
from ui.session import Session, Subject


class BriefPrintViewModel(QObject):
    """Nothing leaves the book before the rep says so. Lives on the UI thread."""

    loaded = Signal()
    saved = Signal(str)
    """Where the file is, as a sentence."""
    said = Signal(str)
    """What could not be done, as a sentence."""

    def __init__(
        self, session: Session, parent: QObject | None = None, folder: Callable[[], Path] | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = folder or documents
        self.subject: Subject | None = None
        self.sheet: Sheet | None = None
        self.folder: Path | None = None
        """Where the last file was put."""

    def show(self, subject: Subject) -> bool:
        """Takes somebody's brief; False, and said so, where they are not here any more."""
        with self._session.database.read() as rows:
            sheet = sheet_of(rows, subject, self._session)
        if sheet is None:
            self.said.emit(self.tr("%1 is not on this computer any more").replace("%1", subject.name))
            return False
        self.subject, self.sheet, self.folder = subject, sheet, None
        self.loaded.emit()
        return True

    def changed(self) -> None:
        """Something was committed: what would be printed is read again."""
        if self.subject is None:
            return
        with self._session.database.read() as rows:
            sheet = sheet_of(rows, self.subject, self._session)
        if sheet is not None and sheet != self.sheet:
            self.sheet = sheet
            self.loaded.emit()

    def save(self, data: bytes) -> None:
        """Puts the PDF among the rep's documents and says where."""
        if self.sheet is None:
            return
        folder = self._folder()
        today = self._session.clock().date()
        try:
            path = save(data, folder, file_name(self.sheet.name, today.isoformat()))
        except OSError as problem:
            why = self.tr("Not saved: %1 can’t be written to. Nothing left Companion").replace("%1", folder.name)
            self.said.emit(f"{why} ({problem.strerror})" if problem.strerror else why)
            return
        self.folder = folder
        self.saved.emit(self.tr("Saved in %1 as %2").replace("%1", folder.name).replace("%2", path.name))


def documents() -> Path:
    """The rep's documents, else their downloads, else their home."""
    where = QStandardPaths.StandardLocation
    for place in (where.DocumentsLocation, where.DownloadLocation):
        found = QStandardPaths.writableLocation(place)
        if found and Path(found).is_dir():
            return Path(found)
    return Path(QStandardPaths.writableLocation(where.HomeLocation) or Path.home())
