"""A book that nobody can open any more is set aside, whole, and taken up again should its key come back.

Beside the profile's folder stands then `<profile>.closed-<day>`: the same files, under the same key. Nothing of it is
ever deleted or overwritten here.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from companion import rescue
from companion.domain.language import said, tr
from companion.lock_file import byte_is_held
from companion.store.journal_file import sync_folder

if TYPE_CHECKING:
    from companion.database import Database
    from companion.parting import Carried

_MARK: Final = ".closed-"
_NAME: Final = re.compile(r"(.+)\.closed-(\d{4}-\d{2}-\d{2})(?:-(\d{1,6}))?", re.ASCII | re.DOTALL)
_CAME_BACK: Final = "came-back"
"""Lies in a copy whose changes were taken into another book."""
_LOCKED_BYTE: Final = 128
"""Of the `-shm` file: SQLite holds it as long as a process has the book open."""


class ClosedCopy(NamedTuple):
    """A copy that was set aside, and on which day."""

    folder: Path
    day: dt.date
    number: int = 1
    """Which one of the day."""


class NotMoved(Exception):
    """The folder stayed where it was; `title` and `advice` are for the rep."""

    title = said("The copy could not be set aside")
    advice = said("Nothing was changed. Look whether the disk is writable and not full, then try again.")

    def __init__(self, why: str = "") -> None:
        super().__init__(why or self.title)


class InUse(NotMoved):
    """Somebody has the book open."""

    title = said("Another window or program has this folder open")
    advice = said("Nothing was changed. Close it, then try again.")


class Occupied(NotMoved):
    """There is a book where the copy would go."""

    title = said("There is a book here already")
    advice = said("Nothing was changed. Sign out of it first; then the closed copy can take its place.")


def place_for(folder: Path, day: dt.date) -> Path:
    """Where the profile's folder would go today: a name that nothing has yet."""
    names = (f"{folder.name}{_MARK}{day.isoformat()}{'' if n == 1 else f'-{n}'}" for n in range(1, 1_000_000))
    return next(each for name in names if not os.path.lexists(each := folder.with_name(name)))


def set_aside(folder: Path, day: dt.date) -> Path:
    """Moves a closed profile away in one step, as it is; gives where it lies now. Raises NotMoved: nothing changed.

    `day` is the rep's local one. The profile has no book then: the next start is a first run.
    """
    if is_in_use(folder):
        raise InUse
    place = place_for(folder, day)
    _move(folder, place)
    return place


def found(folder: Path) -> list[ClosedCopy]:
    """The copies of this profile that were set aside, the newest first."""
    try:
        beside = list(folder.parent.iterdir())
    except OSError:
        return []
    copies = [copy for each in beside if (copy := _copy_of(each, folder.name)) is not None]
    return sorted(copies, key=lambda copy: copy[1:], reverse=True)


def is_one(folder: Path) -> bool:
    """Whether a folder is a copy that was set aside, of any profile."""
    return _copy_of(folder, "") is not None


def offered(folder: Path) -> ClosedCopy | None:
    """The newest copy of this profile that could be its book again; None while there is a book."""
    return None if rescue.is_here(folder) else next(filter(_has_book, found(folder)), None)


def not_brought_back(folder: Path) -> ClosedCopy | None:
    """The newest copy of this profile whose changes no book has taken yet."""
    return next((each for each in found(folder) if _has_book(each) and not (each.folder / _CAME_BACK).exists()), None)


def _has_book(copy: ClosedCopy) -> bool:
    """Not where only a key was set aside: its book was gone, and may still be brought there."""
    return rescue.is_here(copy.folder)


def reopen(copy: Path, folder: Path) -> None:
    """Puts a copy back as the book of the profile, where there is none. Raises NotMoved: nothing changed."""
    if rescue.is_here(folder):
        raise Occupied
    if is_in_use(copy):
        raise InUse
    if folder.exists():
        with suppress(OSError):
            folder.rmdir()  # empty: what an erased book may leave
    if os.path.lexists(folder):
        raise Occupied
    _move(copy, folder)
    with suppress(OSError):
        (folder / _CAME_BACK).unlink(missing_ok=True)


def asks_passphrase(copy: Path) -> bool:
    """Whether a passphrase opens the copy, and not the keyring."""
    from companion import credentials
    from companion.domain.key_problems import KeyFileDamaged

    try:
        return credentials.method_of(copy) == credentials.PassphraseVault.method
    except KeyFileDamaged:
        return False


def bring_back(database: Database, copy: Path, ask_passphrase: Callable[[], str], now: int) -> Carried:
    """Takes what a copy had not sent into the open book of the same account; each change once, however often.

    Should the copy be a book again one day, it looks its creations up before it sends them. `now` in seconds since
    1970. Raises InUse, KeyProblem, DatabaseProblem, parting.AnotherAccount; the open book is as it was then.
    """
    from companion import credentials, parting, rotation
    from companion.sync.restored import doubt_creations

    if is_in_use(copy):
        raise InUse
    vault = credentials.vault_of(copy, ask_passphrase)
    closed = rescue.open_book(copy, rotation.settled(copy / rescue.BOOK, vault), now)
    try:
        content = parting.content_of(closed)
        with database.read() as rows:
            parting.check(rows, content)
        with closed.write() as write:
            doubt_creations(write, now, tr("another book may have sent it"))
    finally:
        closed.close()
    back = parting.take(database, content, now)
    if not back.unreadable:
        rescue.mark(copy / _CAME_BACK)
    return back


def is_in_use(folder: Path) -> bool:
    """Whether the profile's book is open, here or in another process, as far as this system tells."""
    return rescue.is_open_here(folder) or byte_is_held(folder / f"{rescue.BOOK}-shm", _LOCKED_BYTE)


def _copy_of(folder: Path, profile: str) -> ClosedCopy | None:
    """`profile` is the name of the one that it must be of; '' for any."""
    match = _NAME.fullmatch(folder.name)
    if match is None or match[1] != (profile or match[1]):
        return None
    try:
        copy = ClosedCopy(folder, dt.date.fromisoformat(match[2]), int(match[3] or 1))
        return copy if rescue.is_here(folder) else None
    except (OSError, ValueError):
        return None


def _move(folder: Path, place: Path) -> None:
    try:
        folder.rename(place)  # never over anything: a folder that holds something is not replaced
    except OSError as error:
        raise NotMoved(f"{type(error).__name__} {error.errno}") from error
    with suppress(OSError):
        sync_folder(place.parent)
