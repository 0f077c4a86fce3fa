"""A new key for the book: everything is copied under it, and whatever stops the copying, one of both keys fits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from companion import credentials
from companion.database import KeyRefused, open_database

if TYPE_CHECKING:
    from companion.credentials import Vault

_NEXT: Final = "book.next"


def settled(book: Path, vault: Vault) -> bytes:
    """The key under which the book stands. Ends a rotation that was interrupted. Raises KeyProblem."""
    folder = book.parent
    key = credentials.unlock(folder, vault)
    following = credentials.rotating(folder, vault)
    if following is None:
        return key
    standing = next((each for each in (following, key) if _opens(book, each)), None)
    if standing is None:
        return key  # the book is damaged: both keys are kept until it is whole again
    (folder / _NEXT).unlink(missing_ok=True)
    credentials.end_rotation(folder, vault, standing)
    return standing


def rotate(book: Path, vault: Vault) -> None:
    """Gives a closed book another key. Raises KeyProblem or DatabaseProblem; the old key fits then."""
    folder = book.parent
    settled(book, vault)
    key, following = credentials.begin_rotation(folder, vault)
    database = open_database(book, key)
    try:
        database.copy_under(folder / _NEXT, following)
    finally:
        database.close()
    # They are empty since the copy; under the new file they would be another file's.
    for left in ("-wal", "-shm"):
        book.with_name(book.name + left).unlink(missing_ok=True)
    (folder / _NEXT).replace(book)
    _sync_folder(folder)
    credentials.end_rotation(folder, vault, following)
    for older in folder.glob(f"{book.stem}.before-*"):
        older.unlink()  # copies from before a migration, that nothing opens any more


def _opens(book: Path, key: bytes) -> bool:
    try:
        open_database(book, key).close()
    except KeyRefused:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
