"""Notifications with buttons over D-Bus, as Linux desktops show them; spoken in one thread of its own."""

from __future__ import annotations

import html
import logging
import os
import select
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

log = logging.getLogger(__name__)

NAME: Final = "org.freedesktop.Notifications"
PATH: Final = "/org/freedesktop/Notifications"
PATIENCE_S: Final = 5.0
"""How long the desktop may take to show a notification before another way is taken."""
_CLOSED_BY_USER: Final = 2
_GOODBYE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Job:
    key: str
    title: str = ""
    body: str = ""
    actions: tuple[tuple[str, str], ...] = ()


@dataclass
class _Talk:
    """One conversation with the bus. Belongs to the thread."""

    connection: DBusConnection
    heard: deque[Message]
    capabilities: frozenset[str] = frozenset()
    owner: str = ""
    shown: dict[int, _Job] = field(default_factory=dict)


class DBusChannel(QObject):
    """`address` is a D-Bus address, or 'SESSION'. Has no parent: its thread may outlive the window by a moment.

    The thread begins with the first notification and ends with `close`, or when the bus goes away; the next
    notification begins another.
    """

    shown = Signal(str)
    failed = Signal(str)
    """This notification could not be shown here."""
    acted = Signal(str, str)
    """A notification's key, and 'open', 'done', 'later' or 'dismissed'."""

    def __init__(self, address: str = "SESSION") -> None:
        super().__init__()
        self._address = address
        self._lock = threading.Lock()
        self._jobs: deque[_Job] = deque()
        self._thread: threading.Thread | None = None
        self._wake: socket.socket | None = None
        self._line: socket.socket | None = None
        self._closing = False

    @property
    def can_be_tried(self) -> bool:
        """Whether there is a bus to ask at all."""
        return self._address != "SESSION" or bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))

    def show(self, key: str, title: str, body: str, actions: Sequence[tuple[str, str]]) -> None:
        """Shows a notification; `shown` or `failed` follows. `actions` are codes with their words."""
        self._ask(_Job(key, title, body, tuple(actions)))

    def withdraw(self, key: str) -> None:
        """Takes a notification away, if it still stands."""
        if self._thread is not None:
            self._ask(_Job(key))

    def close(self) -> None:
        """Ends the thread and takes away what stands: its buttons would do nothing. Waits two seconds at most."""
        with self._lock:
            self._closing = True
            thread, line = self._thread, self._line
            self._poke()
        if thread is None:
            return
        thread.join(_GOODBYE_S / 4)
        if thread.is_alive() and line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            thread.join(_GOODBYE_S)

    def _ask(self, job: _Job) -> None:
        with self._lock:
            if self._closing:
                return
            self._jobs.append(job)
            if self._thread is None:
                mine, self._wake = socket.socketpair()
                self._thread = threading.Thread(target=self._run, args=(mine,), name="notifications", daemon=True)
                self._thread.start()
            self._poke()

    def _poke(self) -> None:
        if self._wake is not None:
            with suppress(OSError):
                self._wake.send(b".")

    # In the thread ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, woken: socket.socket) -> None:
        talk: _Talk | None = None
        try:
            talk = self._connect()
            self._serve(talk, woken)
        except Exception as error:  # noqa: BLE001 - whatever the bus does, the rep is reminded another way
            if not self._closing:
                log.info("no notifications over D-Bus: %s", type(error).__name__)
        finally:
            with self._lock:
                left, self._thread, self._line = tuple(self._jobs), None, None
                self._jobs.clear()
                if self._wake is not None:
                    self._wake.close()
                    self._wake = None
            woken.close()
            if talk is not None:
                _sweep(talk)
                talk.connection.close()
            if not self._closing:
                for job in left:
                    if job.title:
                        self.failed.emit(job.key)

    def _connect(self) -> _Talk:
        from jeepney import MatchRule
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        connection = open_dbus_connection(self._address)
        with self._lock:
            self._line = connection.sock
        talk = _Talk(connection, deque())
        # Without a sender here: what arrives bears the unique name of whoever sent it, and is looked at below.
        connection.filter(MatchRule(type="signal", interface=NAME, path=PATH), queue=talk.heard)
        try:
            _call(talk, message_bus.AddMatch(MatchRule(type="signal", sender=NAME, interface=NAME, path=PATH)))
            talk.capabilities = frozenset(_notifications(talk, "GetCapabilities")[0])
            talk.owner = _owner(talk)
        except BaseException:
            connection.close()
            raise
        return talk

    def _serve(self, talk: _Talk, woken: socket.socket) -> None:
        while not self._closing:
            while self._jobs:
                self._do(talk, self._jobs[0])
                with self._lock:
                    self._jobs.popleft()
            # What came along with an answer was read with it: the socket would not tell of it any more.
            while _read(talk):
                self._hear(talk)
            if self._jobs or self._closing:
                continue
            ready, _, _ = select.select([talk.connection.sock, woken], [], [])
            if woken in ready:
                woken.recv(4096)

    def _do(self, talk: _Talk, job: _Job) -> None:
        if not job.title:
            for number in [each for each, shown in talk.shown.items() if shown.key == job.key]:
                del talk.shown[number]
                with suppress(_dbus_error()):
                    _notifications(talk, "CloseNotification", "u", number)
            return
        try:
            (number,) = _notifications(talk, "Notify", "susssasa{sv}i", *_as_sent(job, talk.capabilities))
        except (_dbus_error(), TimeoutError) as error:
            log.info("a notification was not shown: %s", type(error).__name__)
            self._tell(self.failed, job.key)
            return
        talk.shown[number] = job
        self._tell(self.shown, job.key)

    def _hear(self, talk: _Talk) -> None:
        while talk.heard:
            message = talk.heard.popleft()
            fields = {key.name: value for key, value in message.header.fields.items()}
            if fields.get("sender") != talk.owner:
                talk.owner = _owner(talk)  # the desktop's part may have been started anew
                if fields.get("sender") != talk.owner:
                    continue  # some other program would like to press a button
            self._happened(talk, str(fields.get("member")), message.body)

    def _happened(self, talk: _Talk, member: str, body: tuple[Any, ...]) -> None:
        job = talk.shown.get(body[0]) if body else None
        if job is None:
            return
        if member == "ActivationToken":
            os.environ["XDG_ACTIVATION_TOKEN"] = str(body[1])  # a Wayland window may come to the front with it, once
        elif member == "ActionInvoked":
            del talk.shown[body[0]]
            verb = "open" if body[1] == "default" else str(body[1])
            if verb == "open" or verb in {code for code, _ in job.actions}:
                self._tell(self.acted, job.key, verb)
        elif member == "NotificationClosed":
            del talk.shown[body[0]]
            if body[1] == _CLOSED_BY_USER:
                self._tell(self.acted, job.key, "dismissed")

    def _tell(self, signal: Any, *what: str) -> None:
        if not self._closing:
            signal.emit(*what)


def _sweep(talk: _Talk) -> None:
    """Takes away all that stands, waiting for no answer."""
    from jeepney import DBusAddress, MessageFlag, new_method_call

    for number in talk.shown:
        message = new_method_call(DBusAddress(PATH, NAME, NAME), "CloseNotification", "u", (number,))
        message.header.flags = MessageFlag.no_reply_expected
        with suppress(OSError):
            talk.connection.send(message)


def _read(talk: _Talk) -> bool:
    """Takes in what has arrived; whether anything was heard."""
    with suppress(TimeoutError):
        while True:
            talk.connection.recv_messages(timeout=0)
    return bool(talk.heard)


def _as_sent(job: _Job, capabilities: frozenset[str]) -> tuple[Any, ...]:
    body = html.escape(job.body, quote=False) if "body-markup" in capabilities else job.body
    offered = [("default", job.actions[0][1]), *job.actions] if job.actions else []
    actions = [word for action in offered for word in action] if "actions" in capabilities else []
    hints = {"desktop-entry": ("s", "companion"), "urgency": ("y", 1)}
    return "Companion", 0, "companion", _sendable(job.title), _sendable(body), actions, hints, -1


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _notifications(talk: _Talk, method: str, signature: str = "", *body: Any) -> tuple[Any, ...]:
    from jeepney import DBusAddress, new_method_call

    return _call(talk, new_method_call(DBusAddress(PATH, NAME, NAME), method, signature or None, body))


def _owner(talk: _Talk) -> str:
    from jeepney.bus_messages import message_bus

    with suppress(_dbus_error()):
        return str(_call(talk, message_bus.GetNameOwner(NAME))[0])
    return ""


def _call(talk: _Talk, message: Message) -> tuple[Any, ...]:
    from jeepney.wrappers import unwrap_msg

    answer: tuple[Any, ...] = unwrap_msg(talk.connection.send_and_get_reply(message, timeout=PATIENCE_S))
    return answer


def _dbus_error() -> type[Exception]:
    from jeepney import DBusErrorResponse

    error: type[Exception] = DBusErrorResponse
    return error
