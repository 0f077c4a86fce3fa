"""Eight mebibytes kept for the day on which the disk is full: given back, they let the rep go on logging.

On a full disk nothing can be freed by deleting from the book either: that writes first.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Final

from companion.database import Database, DatabaseProblem, DiskFull, Write
from companion.domain.notices import Notice
from companion.store import notices

__all__ = ["BALLAST", "SIZE", "Ballast", "DiskFull", "follow"]

BALLAST: Final = "ballast"
"""The file's name beside the book."""
SIZE: Final = 8 * 1024 * 1024
LOW: Final = 2 * 1024 * 1024
"""With less room than this the ballast is given back before anything fails."""
SPARE: Final = 4 * 1024 * 1024
"""What must be free besides when the ballast is made."""
LOG_PAGES: Final = 128
"""From then on the write-ahead log is folded into the file this early: half a mebibyte."""

_PIECE: Final = 256 * 1024


class Ballast:
    """The file in a profile's folder, in blocks that the disk really holds."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / BALLAST

    @property
    def is_whole(self) -> bool:
        """Whether it is there in its full size."""
        try:
            return self.file.stat().st_size == SIZE
        except FileNotFoundError:
            return False

    @property
    def is_tight(self) -> bool:
        """Whether the disk has hardly any room left."""
        return shutil.disk_usage(self.file.parent).free < LOW

    def make(self) -> bool:
        """Makes it if it is not there and there is room for it; whether it is there now. Writes for about 0.1 s."""
        if self.is_whole:
            return True
        self.file.unlink(missing_ok=True)
        if shutil.disk_usage(self.file.parent).free < SIZE + SPARE:
            return False
        try:
            file = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(file, "wb") as stream:
                piece = os.urandom(_PIECE)  # a file system that squeezes or skips zeros would keep no room by them
                for _ in range(SIZE // _PIECE):
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            self.file.unlink(missing_ok=True)
            return False
        return True

    def release(self) -> bool:
        """Gives the room back; whether there was any."""
        try:
            self.file.unlink()
        except FileNotFoundError:
            return False
        return True


class _Keeper:
    def __init__(self, database: Database, ballast: Ballast, now: int) -> None:
        self._database = database
        self._ballast = ballast
        self._now = now
        self._untold = False

    def make_room(self) -> None:
        if self._ballast.is_tight:
            self._release()

    def met(self, problem: DatabaseProblem) -> None:
        if isinstance(problem, DiskFull):
            self._release()

    def tell(self, write: Write) -> None:
        if self._untold:
            notices.put(write, Notice("disk_full", at=self._now))

    def told(self) -> None:
        self._untold = False

    def make_again(self) -> None:
        if not self._ballast.make():
            return
        with self._database.read() as rows:
            if notices.get(rows, "disk_full") is None:
                return
        with self._database.write(patient=True) as write:
            notices.forget(write, "disk_full")

    def _release(self) -> None:
        if self._ballast.release():
            self._untold = True
            self._database.fold_early(LOG_PAGES)


def follow(database: Database, folder: Path, now: int) -> Ballast:
    """Gives the ballast back when the disk is full, tells the rep, and makes it again in the background.

    Call it where a write may begin: with the turn taken, or before any thread writes.
    `now` in seconds since 1970: when a notice says that it came up.
    """
    ballast = Ballast(folder)
    keeper = _Keeper(database, ballast, now)
    keeper.make_room()
    database.before_begin.append(keeper.make_room)
    database.on_problem.append(keeper.met)
    # Before what else is done at a commit: the notice goes into the journal too.
    database.before_commit.insert(0, keeper.tell)
    database.after_commit.append(keeper.told)
    database.on_upkeep.append(keeper.make_again)
    return ballast
