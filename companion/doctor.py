"""What works on this machine and what does not, in words that a rep can send on: no secret, no name of a customer."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from companion import bootstrap
from companion.domain.key_problems import KeyProblem
from companion.domain.sync_status import SyncStatus
from companion.recent import Recent

__all__ = ["Finding", "Recent", "examine", "report"]

Finding = tuple[bool, str]
"""Whether it is well, and what it is, in words."""

_SYNCED_FOLDERS = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "owncloud")
_NETWORK_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "fuse.rclone", "davfs")


def report(folder: Path | None, status: SyncStatus, recent: Sequence[str]) -> str:
    """All that support needs, as text: it names no customer and holds no key. None: the demo book. Takes a moment."""
    lines = [f"{'ok   ' if well else 'look '} {what}" for well, what in examine(folder or Path.home() / "nowhere")]
    lines.append(
        f"Sync: {status.phase}; {status.waiting} waiting, {status.conflicts} conflicts, {status.attention} asking"
    )
    if status.problem is not None:
        lines.append(f"Problem: {status.problem.title}")
    lines += [f"{each.kind.value}: {each.local} here, {each.remote} there" for each in status.tallies]
    return "\n".join([*lines, "", *recent, ""])


def examine(folder: Path) -> list[Finding]:
    """What works on this machine, in words. Opens no network and no book, and prints no secret."""
    system = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    found: list[Finding] = [(sys.version_info >= (3, 11), system), _window(), _encryption(), _keyring()]
    found += _room(folder)
    if not (folder / bootstrap.BOOK).exists():
        return [*found, (True, "No book is connected yet")]
    return [*found, *_book(folder)]


def _window() -> Finding:
    try:
        return True, f"The window can be drawn: Qt for Python {importlib.metadata.version('PySide6-Essentials')}"
    except importlib.metadata.PackageNotFoundError:
        return False, "Qt for Python is missing: the terminal's verbs work, the window does not"


def _encryption() -> Finding:
    from sqlcipher3 import dbapi2 as driver

    connection = driver.connect(":memory:")
    row = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    return (True, f"Encryption works: SQLCipher {row[0]}") if row else (False, "The SQLite driver can't encrypt")


def _keyring() -> Finding:
    from companion import credentials

    keyring = credentials.usable_keyring()
    if isinstance(keyring, str):
        return True, keyring
    return True, f"The system's keyring can hold the key: {keyring.name}"


def _room(folder: Path) -> list[Finding]:
    there = next((each for each in (folder, *folder.parents) if each.exists()), Path.home())
    free = shutil.disk_usage(there).free // 1_000_000
    found: list[Finding] = [(free > 500, f"{free:,} MB are free where books are kept")]
    if any(name in str(there.resolve()).casefold() for name in _SYNCED_FOLDERS):
        found.append(
            (False, "Books lie in a folder that is copied to other computers; move it, or changes may be lost")
        )
    elif _disk(there) in _NETWORK_DISKS:
        found.append((False, "Books lie on a network disk, where a file can be damaged; keep them on this computer"))
    return found


def _disk(path: Path) -> str:
    """The kind of file system below `path`, where the system tells."""
    best, kind = "", ""
    with contextlib.suppress(OSError):
        for line in Path("/proc/mounts").read_text("utf-8", "replace").splitlines():
            _, place, name, *_ = line.split(" ")
            if path.resolve().is_relative_to(place) and len(place) > len(best):
                best, kind = place, name
    return kind


def _book(folder: Path) -> list[Finding]:
    size = (folder / bootstrap.BOOK).stat().st_size // 1_000_000
    found: list[Finding] = [(True, f"The local copy takes {size:,} MB")]
    try:
        method = bootstrap.method_of(folder)
        how = "a passphrase" if method == "passphrase" else "the system's keyring"
        found.append((True, f"The local copy is opened by {how}"))
    except KeyProblem as problem:
        found.append((False, f"{problem.title}. {problem.advice}"))
    if os.name == "posix":
        open_to_others = [each.name for each in (folder, *folder.iterdir()) if each.stat().st_mode & 0o077]
        found.append(
            (False, f"Others on this computer may read {', '.join(sorted(open_to_others))}: take their rights away")
            if open_to_others
            else (True, "Only you can read the local copy")
        )
    return found
