"""One at a time, across threads and processes: a lock on a file, which the system lets go when its process ends."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_ASKS_AGAIN_S: Final = 0.05
_TAKEN: Final = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class Taken(Exception):
    """Somebody else had the lock for all of the time that we would wait."""


@contextmanager
def locked(
    path: Path, patience_s: float, clock: Callable[[], float], pause: Callable[[float], object]
) -> Iterator[None]:
    """Holds the lock for the block; raises Taken after `patience_s` seconds. `pause` waits for so many seconds.

    The file stays: who deletes it takes another's lock from under them. Where the disk knows no locks there is none.
    """
    file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), stat.S_IRUSR | stat.S_IWUSR)
    try:
        until = clock() + patience_s
        while not _took(file):
            if clock() >= until:
                raise Taken(path.name)
            pause(_ASKS_AGAIN_S)
        yield
    finally:
        os.close(file)  # lets go of the lock too


def byte_is_held(path: Path, byte: int) -> bool:
    """Whether another process holds a lock on a byte of a file. False where it is not there, or can't be told.

    Never for a file that this process has open: it would lose its own locks on it.
    """
    if sys.platform == "win32":
        return False  # what is open there can't be moved anyway
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError as error:
        return error.errno in _TAKEN
    finally:
        os.close(file)
    return False


def _took(file: int) -> bool:
    """Whether nobody else has it now."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _TAKEN
    return True
