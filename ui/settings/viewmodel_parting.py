"""Changes that wait, carried out in a file before signing out, and brought back into a book of the same account."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from companion.domain.key_problems import SHORTEST_PASSPHRASE, KeyProblem, WeakPassphrase
from companion.domain.language import trn
from companion.domain.problems import Problem
from ui.background import Errand
from ui.session import Session

ENDING = ".companion-changes"


class PartingViewModel(QObject):
    """Lives on the UI thread; a passphrase takes a quarter of a second, on a thread of its own.

    `folder` is where the files lie: the rep's documents.
    """

    moved = Signal()

    def __init__(self, session: Session, parent: QObject | None = None, *, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = folder
        self._errand: Errand[object] | None = None
        self.carried = 0
        """How many changes lie in the file that was just written."""
        self.words = ""
        """What came of it."""
        self.problem: Problem | None = None

    @property
    def busy(self) -> bool:
        """Whether a file is being written or read."""
        return self._errand is not None

    @property
    def file(self) -> Path | None:
        """The newest file that lies there, to be brought back; None where there is none."""
        try:
            found = [each for each in self._place().glob(f"*{ENDING}") if each.is_file()]
            return max(found, key=lambda each: each.stat().st_mtime, default=None)
        except OSError:
            return None

    def carry_out(self, passphrase: str) -> None:
        """Writes what waits into a new file of today."""
        from companion import parting

        if self._weak(passphrase):
            return
        file = self._free()

        def write() -> tuple[int, Path]:
            file.parent.mkdir(parents=True, exist_ok=True)
            return parting.carry_out(self._session.database, file, passphrase), file

        self._run(Errand(write, self), self._written)

    def bring_back(self, passphrase: str) -> None:
        """Takes the newest file's changes into this book."""
        from companion import parting

        file = self.file
        if file is None or self._weak(passphrase):
            return
        now = int(self._session.clock().timestamp())
        self._run(Errand(lambda: parting.bring_back(self._session.database, file, passphrase, now), self), self._read)

    def _run(self, errand: Errand[object], done: object) -> None:
        if self.busy:
            return
        errand.done.connect(done)
        errand.failed.connect(self._failed)
        self._errand, self.problem, self.words = errand, None, ""
        self.moved.emit()
        errand.start()

    def _written(self, found: tuple[int, Path]) -> None:
        self._errand = None
        self.carried, file = found
        self.words = trn(
            "{n} change lies in {file}. Connect again, and bring it back here with the same passphrase.",
            "{n} changes lie in {file}. Connect again, and bring them back here with the same passphrase.",
            self.carried,
            file=file,
        )
        self.moved.emit()

    def _read(self, back: object) -> None:
        from companion.parting import Carried

        assert isinstance(back, Carried)
        self._errand = None
        words = trn("{n} change came back.", "{n} changes came back.", back.ops)
        if back.known:
            words += " " + trn("{n} change was here already.", "{n} changes were here already.", back.known)
        if back.unreadable:
            words += " " + trn("{n} change could not be read.", "{n} changes could not be read.", back.unreadable)
        self.words = words
        self.moved.emit()

    def _failed(self, error: Exception) -> None:
        from companion.parting import AnotherAccount

        self._errand = None
        if isinstance(error, AnotherAccount):
            self.problem = Problem(self.tr("These changes belong to another account. Nothing was taken."))
        elif isinstance(error, KeyProblem):
            self.problem = Problem(self.tr("This passphrase does not open the file. Nothing was taken."))
        elif isinstance(error, OSError):
            why = error.strerror or type(error).__name__
            self.problem = Problem(self.tr("The file could not be used: %1. Nothing was erased.").replace("%1", why))
        else:
            self.moved.emit()
            raise error
        self.moved.emit()

    def _weak(self, passphrase: str) -> bool:
        if len(passphrase) >= SHORTEST_PASSPHRASE:
            return False
        self.problem = Problem(WeakPassphrase.title, WeakPassphrase.advice)
        self.moved.emit()
        return True

    def _place(self) -> Path:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        return self._folder or Path(QStandardPaths.writableLocation(documents))

    def _free(self) -> Path:
        day = self._session.clock().date().isoformat()
        names = (f"Companion {day}{'' if number == 1 else f' {number}'}{ENDING}" for number in range(1, 1000))
        return next(each for name in names if not (each := self._place() / name).exists())
