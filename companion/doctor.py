"""What works on this machine and what does not, in words that a rep can send on: no secret, no name of a customer."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import os
import platform
import shutil
import sys
import time
import tomllib
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from companion import bootstrap
from companion.domain.account import crm_name
from companion.domain.finding import Finding
from companion.domain.key_problems import KeyProblem
from companion.domain.language import tr
from companion.domain.rights import right_finding, right_words
from companion.domain.sunset import days_until, sunset_words
from companion.domain.sync_status import SyncStatus
from companion.domain.text import plain_name
from companion.recent import Recent

if TYPE_CHECKING:
    from companion.bootstrap import Core
    from companion.connectors.base import Connector, ConnectorError, Description
    from companion.connectors.reach import Means

__all__ = ["Finding", "Recent", "address", "connection", "examine", "report"]

_LONGEST_NOTE = 300
_SUNSET_SOON_DAYS = 180
_SYNCED_FOLDERS = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "owncloud")
_NETWORK_DISKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "fuse.rclone", "davfs")


def report(folder: Path | None, status: SyncStatus, recent: Sequence[str]) -> str:
    """All that support needs, as text: it names no customer and holds no key. None: the demo book. Takes a moment."""
    lines = [each.line for each in examine(folder or Path.home() / "nowhere")]
    lines.append(
        f"Sync: {status.phase}; {status.waiting} waiting, {status.conflicts} conflicts, {status.attention} asking"
    )
    if status.problem is not None:
        lines.append(f"Problem: {status.problem.title}")
    lines += [f"{each.kind.value}: {each.local} here, {each.remote} there" for each in status.tallies]
    return "\n".join([*lines, "", *recent, ""])


def examine(folder: Path) -> list[Finding]:
    """What works on this machine, in words. Opens no network and no book, and prints no secret."""
    system = (
        f"Companion {_itself()} with Python {platform.python_version()} on {platform.system()} {platform.release()}"
    )
    found: list[Finding] = [Finding(sys.version_info >= (3, 11), system), _window(), _encryption(), _keyring()]
    found += _room(folder)
    if not (folder / bootstrap.BOOK).exists():
        return [*found, Finding(True, "No book is connected yet")]
    return [*found, *_book(folder)]


# The connection ─────────────────────────────────────────────────────────────────────────────────────────────────────


def connection(core: Core, means: Means | None = None) -> Iterator[Finding]:
    """Why a connection does not work, each finding as soon as it is known: the way there, the key, what is open to us.

    Waits for the network: never on the UI thread. It has a connector of its own, so that a sync goes on beside it.
    No secret and no record is ever told.
    """
    from companion.core import make_connector
    from companion.store import meta

    means = means or _means()
    with core.database.read() as rows:
        known = meta.get(rows, "account")
    reached = yield from address(core.account.url, means)
    if not reached:
        return
    connector = make_connector(core.account, core.tokens())
    try:
        today = dt.datetime.fromtimestamp(means.wall(), dt.UTC).date()
        yield from _let_in(connector, core.account.connector, known, today)
    finally:
        connector.close()


def address(url: str, means: Means | None = None) -> Generator[Finding, None, bool]:
    """Whether whatever stands at an address can be reached; no key is needed for it, and none is sent."""
    from companion.connectors import reach

    return (yield from reach.reach(url, means or _means()))


def _means() -> Means:
    from companion import settings
    from companion.connectors.reach import Means

    return Means(time.monotonic, time.time, proxy=settings.way_out())


def _let_in(connector: Connector, name: str, known: Sequence[str] | None, today: dt.date) -> Iterator[Finding]:
    from companion.connecting import rights_of
    from companion.connectors.base import ConnectorError

    try:
        found = connector.describe()
    except ConnectorError as error:
        yield _kept_out(error)
        return
    yield _whose(found, known)
    yield from _version(found, name, today)
    try:
        rights = rights_of(connector, found)
    except ConnectorError as error:
        yield Finding(False, error.title, error.advice)
        return
    for kind, right in rights.items():
        open_there = right_finding(kind, right)
        yield Finding(open_there.well, f"{open_there.what}: {right_words(right)}", open_there.advice)
    for note in found.notes:
        yield Finding(True, plain_name(note, _LONGEST_NOTE))


def _kept_out(error: ConnectorError) -> Finding:
    from companion.connectors.base import SignInNeeded

    if isinstance(error, SignInNeeded) and error.title == SignInNeeded.title:
        return Finding(False, tr("The CRM does not accept the key"), error.advice, wants_sign_in=True)
    return Finding(False, error.title, error.advice, wants_sign_in=isinstance(error, SignInNeeded))


def _whose(found: Description, known: Sequence[str] | None) -> Finding:
    """Whether the key is of the user and the place that the book is of; names are not told."""
    if known is None or list(known) == [found.vendor, found.tenant, found.user_id]:
        return Finding(True, tr("The CRM accepts the key"))
    if list(known[:2]) != [found.vendor, found.tenant]:
        return Finding(
            False,
            tr("The key leads to another CRM than this book’s"),
            tr("Sign in again with a key of the one that this book is of."),
            wants_sign_in=True,
        )
    advice = tr("Sign in again with a key of your own.")
    return Finding(False, tr("The key is somebody else’s"), advice, wants_sign_in=True)


def _version(found: Description, name: str, today: dt.date) -> Iterator[Finding]:
    version = plain_name(found.version, 40)
    yield Finding(True, tr("It is {crm} {version}, which Companion speaks with", crm=crm_name(name), version=version))
    if found.sunset:
        days = days_until(found.sunset, today)
        soon = days is not None and days < _SUNSET_SOON_DAYS
        yield Finding(not soon, sunset_words(found.sunset), tr("Bring Companion up to date before.") if soon else "")


# This machine ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _itself() -> str:
    """Which Companion this is: as it was installed, or as its sources say."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version("companion-crm")
    with contextlib.suppress(OSError, ValueError, KeyError):
        sources = Path(__file__).resolve().parent.parent / "pyproject.toml"
        return str(tomllib.loads(sources.read_text("utf-8"))["project"]["version"])
    return "?"


def _window() -> Finding:
    try:
        return Finding(
            True, f"The window can be drawn: Qt for Python {importlib.metadata.version('PySide6-Essentials')}"
        )
    except importlib.metadata.PackageNotFoundError:
        return Finding(False, "Qt for Python is missing: the terminal’s verbs work, the window does not")


def _encryption() -> Finding:
    from sqlcipher3 import dbapi2 as driver

    connection = driver.connect(":memory:")
    row = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    return (
        Finding(True, f"Encryption works: SQLCipher {row[0]}")
        if row
        else Finding(False, "The SQLite driver can’t encrypt")
    )


def _keyring() -> Finding:
    from companion import credentials

    keyring = credentials.usable_keyring()
    if isinstance(keyring, str):
        return Finding(True, keyring)
    return Finding(True, f"The system’s keyring can hold the key: {keyring.name}")


def _room(folder: Path) -> list[Finding]:
    there = next((each for each in (folder, *folder.parents) if each.exists()), Path.home())
    free = shutil.disk_usage(there).free // 1_000_000
    found: list[Finding] = [Finding(free > 500, f"{free:,} MB are free where books are kept")]
    if any(name in str(there.resolve()).casefold() for name in _SYNCED_FOLDERS):
        found.append(
            Finding(False, "Books lie in a folder that is copied to other computers; move it, or changes may be lost")
        )
    elif _disk(there) in _NETWORK_DISKS:
        found.append(
            Finding(False, "Books lie on a network disk, where a file can be damaged; keep them on this computer")
        )
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
    found: list[Finding] = [Finding(True, f"The local copy takes {size:,} MB")]
    try:
        method = bootstrap.method_of(folder)
        how = "a passphrase" if method == "passphrase" else "the system’s keyring"
        found.append(Finding(True, f"The local copy is opened by {how}"))
    except KeyProblem as problem:
        found.append(Finding(False, f"{problem.title}. {problem.advice}"))
    if os.name == "posix":
        open_to_others = [each.name for each in (folder, *folder.iterdir()) if each.stat().st_mode & 0o077]
        found.append(
            Finding(
                False, f"Others on this computer may read {', '.join(sorted(open_to_others))}: take their rights away"
            )
            if open_to_others
            else Finding(True, "Only you can read the local copy")
        )
    return found
