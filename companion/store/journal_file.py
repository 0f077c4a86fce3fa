"""The file of the journal: frames that are each encrypted and authenticated, and that outlive damage beside them.

A frame on the disk is

    magic (8) · number (8) · length (4) · nonce (12) · AES-256-GCM of JSON, with the first three as what it also seals

and a reader that meets damage goes on at the next magic. Numbers grow; those that one rewriting made are alike.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import struct
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from companion.store.journal_entry import Entry, Told

_MAGIC: Final = b"\x9dCjnl\r\n\x01"
_FRAME: Final = struct.Struct(">8sQI")
_NONCE: Final = 12
_TAG: Final = 16
_LONGEST: Final = 64 * 1024 * 1024
_FRESH: Final = ".journal-new-"
_LEFT_S: Final = 3600.0
"""A file that is made anew is whole within seconds; one that is older by so many was left by a process that died."""
_INFO: Final = b"companion outbox journal 1"
_ALONE: Final = stat.S_IRUSR | stat.S_IWUSR


class Journal:
    """The file at `path`, under a key that is made from the book's. Not for several threads at once.

    Raises OSError where the disk refuses; nothing half written is left then. One that is not `durable` may lose its end
    when the power goes: for tests.
    """

    def __init__(self, path: Path, key: bytes, *, durable: bool = True) -> None:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        self.path = path
        self._durable = durable
        self._cipher = AESGCM(HKDF(hashes.SHA256(), 32, None, _INFO).derive(key))
        self._file: int | None = None
        self._kept: int | None = None
        self._end = 0

    def __repr__(self) -> str:
        return f"Journal({str(self.path)!r})"

    def entries(self) -> tuple[Entry, ...]:
        """All that can be read, in the order of the file."""
        return self.read().entries

    def read(self) -> Told:
        """All that can be read. A transaction whose last entries never reached the file did not take place."""
        from companion.store.journal_entry import Told

        data = self._bytes()
        entries, ends, at, whole = [], [], 0, True
        while at < len(data):
            found = self._frame(data, at)
            if found is None:
                whole = False
                at = _next_magic(data, at + 1)
                continue
            entry, at = found
            entries.append(entry)
            ends.append(at)
        torn = _torn(entries)
        if torn:
            entries, ends, whole = entries[:-torn], ends[:-torn], False
        whole = whole and _complete(entries)
        return Told(tuple(entries), whole, ends[-1] if ends else 0)

    def last_number(self) -> int | None:
        """The number of the last entry by a look at the frames alone; None where they are not all in place."""
        data = self._bytes()
        at = last = 0
        while at < len(data):
            size = _size(data, at)
            if size is None:
                return None
            last, at = at, at + size
        text = self._opened(data, last)
        number = 0 if text is None else int(_FRAME.unpack_from(data, last)[1])
        return None if text is None or json.loads(text)["last"] != number else number

    def append(self, entries: Sequence[Entry]) -> None:
        """Adds the entries of a transaction, on the disk when this returns. `take_back` undoes it."""
        if self._file is not None and os.fstat(self._file).st_nlink == 0:
            self.close()
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), _ALONE)
        data = b"".join(self._sealed(each) for each in entries)
        self._kept = os.fstat(self._file).st_size
        self._end = self._kept + len(data)
        _write_all(self._file, data)
        if self._durable:
            sync(self._file)

    def take_back(self) -> None:
        """The transaction of the last `append` came to nothing: so do its entries. Nothing where there was none.

        Where another process has added its own since, they stay.
        """
        if self._file is not None and self._kept is not None and os.fstat(self._file).st_size <= self._end:
            os.ftruncate(self._file, self._kept)
        self._kept = None

    def rewrite(self, entries: Iterable[Entry]) -> None:
        """Makes the file anew with these entries alone: there wholly or not at all."""
        self.close()
        data = b"".join(self._sealed(each) for each in entries)
        self._put_in_place(data)
        if self._durable:
            sync_folder(self.path.parent)

    def _put_in_place(self, data: bytes) -> None:
        # A name of its own: another process that has just opened the book may be making it anew at this moment, and
        # a half-written file of one must not be put in place by the other.
        fresh = self.path.with_suffix(f"{_FRESH}{os.getpid()}-{threading.get_ident()}")
        fresh.unlink(missing_ok=True)
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _ALONE)
        try:
            _write_all(file, data)
            if self._durable:
                sync(file)
            made_at = os.fstat(file).st_mtime
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        finally:
            os.close(file)
        fresh.replace(self.path)
        with contextlib.suppress(OSError):
            for left in self.path.parent.glob(f"*{_FRESH}*"):
                if made_at - left.stat().st_mtime > _LEFT_S:
                    left.unlink()

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            os.close(self._file)
        self._file = self._kept = None

    def _bytes(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def _sealed(self, entry: Entry) -> bytes:
        told: dict[str, Any] = {"last": entry.last, "seq": entry.seq}
        told.update({name: value for name in ("row", "remote", "head") if (value := getattr(entry, name)) is not None})
        text = json.dumps(told, separators=(",", ":")).encode("ascii")
        front = _FRAME.pack(_MAGIC, entry.number, len(text) + _NONCE + _TAG)
        nonce = os.urandom(_NONCE)
        return front + nonce + self._cipher.encrypt(nonce, text, front)

    def _frame(self, data: bytes, at: int) -> tuple[Entry, int] | None:
        """The entry at this place and where the next begins; None where there is no sound one."""
        from companion.store.journal_entry import Entry

        text = self._opened(data, at)
        if text is None:
            return None
        told = json.loads(text)
        remote = {key: (kind, remote_id) for key, (kind, remote_id) in told.get("remote", {}).items()}
        _, number, length = _FRAME.unpack_from(data, at)
        entry = Entry(number, told["last"], told["seq"], told.get("row"), remote, told.get("head"))
        return entry, at + _FRAME.size + length

    def _opened(self, data: bytes, at: int) -> bytes | None:
        """What was sealed in the frame at this place; None where there is no sound one."""
        from cryptography.exceptions import InvalidTag

        size = _size(data, at)
        if size is None:
            return None
        front, body = data[at : at + _FRAME.size], data[at + _FRAME.size : at + size]
        try:
            return self._cipher.decrypt(body[:_NONCE], body[_NONCE:], front)
        except InvalidTag:
            return None


def sync(file: int) -> None:
    """Makes the disk keep what was written to this open file."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    else:
        os.fsync(file)


def sync_folder(folder: Path) -> None:
    """Makes the disk keep the names in a folder."""
    if os.name == "posix":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _size(data: bytes, at: int) -> int | None:
    """How long the frame at this place says that it is; None where none can begin or end so."""
    if len(data) - at < _FRAME.size + _NONCE + _TAG:
        return None
    magic, _, length = _FRAME.unpack_from(data, at)
    if magic != _MAGIC or not _NONCE + _TAG <= length <= min(_LONGEST, len(data) - at - _FRAME.size):
        return None
    return _FRAME.size + int(length)


def _next_magic(data: bytes, at: int) -> int:
    found = data.find(_MAGIC, at)
    return len(data) if found < 0 else found


def _torn(entries: Sequence[Entry]) -> int:
    """How many entries at the end belong to a transaction whose last one is missing there."""
    if not entries or entries[-1].number == entries[-1].last:
        return 0
    unfinished = entries[-1].last
    return next((n for n, each in enumerate(reversed(entries)) if each.last != unfinished), len(entries))


def _complete(entries: Sequence[Entry]) -> bool:
    """Whether no number is missing between the first entry, a head, and the last."""
    if not entries or entries[0].head is None or "count" not in entries[0].head:
        return False
    count = int(entries[0].head["count"])
    floor, rest = entries[: count + 1], entries[count + 1 :]
    first = entries[0].number
    return (
        len(floor) == count + 1
        and all(each.number == first for each in floor)
        and [each.number for each in rest] == list(range(first + 1, first + 1 + len(rest)))
    )
