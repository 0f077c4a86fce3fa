"""How a notice reaches the rep: as a notification with buttons, a message of the tray, or a line in the window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from ui.reminders.bar import ReminderBar, message_of
from ui.reminders.dbus import DBusChannel
from ui.reminders.tray import Tray
from ui.reminders.viewmodel import Notice


class Notices(QObject):
    """Tries the ways in turn, so that a notice that one of them loses still reaches the window.

    `wanted` says whether the rep wants notifications of the system; `tray` gives the sign in the tray, if it stands;
    `meeting_stands` whether the window offers the brief of the meeting that is near already.
    """

    shown = Signal(object, str)
    """Numbers of reminders, and by which way: 'notification', 'tray' or 'window'."""
    answered = Signal(object, str)
    """Notice, and 'open', 'done', 'later' or 'dismissed'."""

    def __init__(
        self,
        bar: ReminderBar,
        wanted: Callable[[], bool],
        tray: Callable[[], Tray | None],
        meeting_stands: Callable[[], bool],
        channel: DBusChannel | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar = bar
        self._wanted = wanted
        self._tray = tray
        self._meeting_stands = meeting_stands
        self._open: dict[str, Notice] = {}
        self._channel = channel or (DBusChannel() if sys.platform.startswith("linux") else None)
        bar.seen.connect(lambda numbers: self.shown.emit(numbers, "window"))
        if self._channel is not None:
            self._channel.shown.connect(self._shown)
            self._channel.failed.connect(self._failed)
            self._channel.acted.connect(self.act)

    def tell(self, notice: Notice) -> None:
        """Shows a notice by the best way that there is."""
        self._open[notice.key] = notice
        if self._wanted() and self._channel is not None and self._channel.can_be_tried:
            self._channel.show(notice.key, notice.title, notice.body, notice.actions)
        else:
            self._without_buttons(notice)

    def act(self, key: str, verb: str) -> None:
        """What the rep did with a notice, wherever it stands."""
        notice = self._open.pop(key, None)
        if notice is not None:
            self.answered.emit(notice, verb)

    def take_away(self, numbers: Iterable[int]) -> None:
        """These reminders were dealt with."""
        gone = set(numbers)
        self._bar.take_away(gone)
        for key, notice in list(self._open.items()):
            if set(notice.numbers) <= gone:
                del self._open[key]
                if self._channel is not None:
                    self._channel.withdraw(key)

    def close(self) -> None:
        """The book closes: nothing that names anybody stays on the screen."""
        self._open.clear()
        if self._channel is not None:
            self._channel.close()

    def _shown(self, key: str) -> None:
        if key in self._open:
            self.shown.emit(self._open[key].numbers, "notification")

    def _failed(self, key: str) -> None:
        if key in self._open:
            self._without_buttons(self._open[key])

    def _without_buttons(self, notice: Notice) -> None:
        tray = self._tray() if self._wanted() else None
        if tray is not None and tray.show_message(notice.key, notice.title, notice.body):
            self.shown.emit(notice.numbers, "tray")
        if notice.is_meeting and self._meeting_stands():
            self.shown.emit(notice.numbers, "window")
            return
        self._bar.say(message_of(notice, partial(self.act, notice.key)))
