"""Changes that wait, carried out in a file before signing out, and brought back into a book of the same account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths

from companion.domain.key_problems import SHORTEST_PASSPHRASE, KeyProblem, WeakPassphrase
from companion.domain.language import trn
from companion.domain.problems import Problem
from ui.one_errand import Answer, OneErrand
from ui.session import Session


class PartingViewModel(OneErrand):
    """Lives on the UI thread; a passphrase takes a quarter of a second, on a thread of its own.

    `folder` is where the files lie: the rep's documents.
    """

    def __init__(self, session: Session, parent: QObject | None = None, *, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = folder
        self.carried = 0
        """How many changes lie in the file that was just written."""
        self.words = ""
        """What came of it."""

    @property
    def file(self) -> Path | None:
        """The newest file that lies there, to be brought back; None where there is none."""
        from companion.parting import ENDING

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

        self._begin(write, self._written)

    def bring_back(self, passphrase: str) -> None:
        """Takes the newest file's changes into this book."""
        from companion import parting

        file = self.file
        if file is None or self._weak(passphrase):
            return
        now = int(self._session.clock().timestamp())
        self._begin(lambda: parting.bring_back(self._session.database, file, passphrase, now), self._read)

    def _begin(self, work: Callable[[], Answer], then: Callable[[Answer], None]) -> None:
        if not self.busy:
            self.words = ""
            self._run(work, then)

    def _written(self, found: tuple[int, Path]) -> None:
        self.carried, file = found
        self.words = trn(
            "{n} change lies in {file}. Connect again, and bring it back here with the same passphrase.",
            "{n} changes lie in {file}. Connect again, and bring them back here with the same passphrase.",
            self.carried,
            file=file,
        )
        self.moved.emit()

    def _read(self, back: object) -> None:
        self.words = came_back(back)
        self.moved.emit()

    def _problem_of(self, error: Exception) -> tuple[Problem | None, bool]:
        from companion.parting import AnotherAccount

        if isinstance(error, AnotherAccount):
            return Problem(self.tr("These changes belong to another account. Nothing was taken.")), True
        if isinstance(error, KeyProblem):
            return Problem(self.tr("This passphrase does not open the file. Nothing was taken.")), True
        if isinstance(error, OSError):
            why = error.strerror or type(error).__name__
            return Problem(self.tr("The file could not be used: %1. Nothing was erased.").replace("%1", why)), True
        return None, False

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
        from companion.parting import ENDING

        names = (f"Companion {day}{'' if number == 1 else f' {number}'}{ENDING}" for number in range(1, 1000))
        return next(each for name in names if not (each := self._place() / name).exists())


def came_back(back: object) -> str:
    """How many changes a file or a closed copy gave: '2 changes came back.' `back` is a parting.Carried."""
    from companion.parting import Carried

    assert isinstance(back, Carried)
    words = trn("{n} change came back.", "{n} changes came back.", back.ops)
    if back.known:
        words += " " + trn("{n} change was here already.", "{n} changes were here already.", back.known)
    if back.unreadable:
        words += " " + trn("{n} change could not be read.", "{n} changes could not be read.", back.unreadable)
    return words
