"""One window per user and profile: the first start listens, a later one hands its wish over and leaves."""

from __future__ import annotations

import hashlib
import os
import socket
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDeadlineTimer, QLockFile, QObject, QThread, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WORDS: Final = frozenset({"show", "quick-log"})
"""All that one start may ask of another. None of them changes anything by itself."""

_GREETING: Final = "companion 1"
_LONGEST: Final = 128
_PATIENCE_MS: Final = 2_000
_AT_ONCE: Final = 16
# What fits into a socket's address on every system; a longer one gets a short name in the folder for passing files.
_ADDRESS_LIMIT: Final = 100


class Instance(QObject):
    """The claim to be the one that runs. `folder` is the user's own (only she may write there)."""

    asked = Signal(object)
    """What a later start wants: a frozenset of WORDS, never empty."""

    def __init__(self, folder: Path, profile: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = address_of(folder, profile)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / f"{profile}.lock"))
        # A lock is old only when its process is gone, however long it runs.
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None
        self._guests: dict[QLocalSocket, bytes] = {}

    def claim(self) -> bool:
        """Whether this is the first start; if so, it listens from now on. What a crash left behind is removed."""
        if not self._lock.tryLock(0):
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._let_in)
        if not server.listen(self._address):
            # The lock is ours, so nobody listens there: it is what a killed process left.
            QLocalServer.removeServer(self._address)
            server.listen(self._address)
        self._server = server
        return True

    def release(self) -> None:
        """Stops listening and gives the claim up."""
        for guest in list(self._guests):
            self._show_out(guest)
        if self._server is not None:
            self._server.close()
            self._server = None
        self._lock.unlock()

    def _let_in(self) -> None:
        while self._server is not None and (guest := self._server.nextPendingConnection()) is not None:
            if len(self._guests) >= _AT_ONCE or not _is_same_user(guest):
                guest.abort()
                guest.deleteLater()
                continue
            self._guests[guest] = b""
            guest.readyRead.connect(lambda guest=guest: self._hear(guest))
            guest.disconnected.connect(lambda guest=guest: self._show_out(guest))
            QTimer.singleShot(_PATIENCE_MS, guest, lambda guest=guest: self._show_out(guest))
            self._hear(guest)

    def _hear(self, guest: QLocalSocket) -> None:
        if guest not in self._guests:
            return
        heard = self._guests[guest] + bytes(guest.read(_LONGEST + 1).data())
        self._guests[guest] = heard
        if len(heard) > _LONGEST:
            self._show_out(guest)
        elif heard.endswith(b"\n\n"):
            words = understood(heard)
            if words:
                guest.write(b"ok\n")
                guest.flush()
            self._show_out(guest)
            if words:
                self.asked.emit(words)

    def _show_out(self, guest: QLocalSocket) -> None:
        if self._guests.pop(guest, None) is not None:
            guest.disconnectFromServer()
            guest.deleteLater()


def hand_over(folder: Path, profile: str, words: Sequence[str], within_ms: int = 400) -> bool:
    """Tells the running start what is wanted; whether it was reached. Blocks for at most `within_ms`."""
    unknown = set(words) - WORDS
    if unknown or not words:
        raise ValueError(f"not among what can be asked: {sorted(unknown)}")
    deadline = QDeadlineTimer(within_ms)
    guest = QLocalSocket()
    while True:
        guest.connectToServer(address_of(folder, profile))
        if guest.waitForConnected(max(1, deadline.remainingTime())):
            break
        if deadline.hasExpired():
            return False
        # The first start has the lock but does not listen yet.
        QThread.msleep(20)
    if not _is_same_user(guest):
        return False
    guest.write("\n".join([_GREETING, *words, "", ""]).encode("ascii"))
    if not guest.waitForBytesWritten(max(1, deadline.remainingTime())):
        return False
    # A start that is still painting its first window answers late; what was written waits for it there.
    guest.waitForReadyRead(max(1, deadline.remainingTime()))
    guest.disconnectFromServer()
    return True


def understood(message: bytes) -> frozenset[str]:
    """The known words of a message; empty for anything else, whatever it is."""
    try:
        first, *rest = message.decode("ascii").rstrip("\n").split("\n")
    except UnicodeDecodeError:
        return frozenset()
    words = frozenset(rest)
    return words if first == _GREETING and words <= WORDS else frozenset()


def address_of(folder: Path, profile: str) -> str:
    """Where the start of this user and profile listens: a socket in her own folder, or a pipe's name on Windows."""
    told = hashlib.sha256(f"{folder}|{profile}".encode("utf-8", "surrogateescape")).hexdigest()[:20]
    address = str(folder / f"{profile}.socket")
    if sys.platform == "win32" or len(os.fsencode(address)) > _ADDRESS_LIMIT:
        return f"companion-{told}"
    return address


def _is_same_user(peer: QLocalSocket) -> bool:
    """Whether the other side runs as this user, where the system tells; elsewhere the access rights say it."""
    if not sys.platform.startswith("linux"):
        return True
    descriptor = os.dup(int(peer.socketDescriptor()))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=descriptor) as other:
        told = other.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", told)[1] == os.getuid())
