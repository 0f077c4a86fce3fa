"""While the book is locked: that something is due, and not a word of what; its key is gone, so nobody could tell."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from companion.domain.language import trn
from ui.reminders.dbus import DBusChannel

_LONGEST_MS: Final = 60_000
_KEY: Final = "locked"


class LockedReminders(QObject):
    """`ahead` are the instants, in seconds since 1970, at which reminders come due. Opened again, the book tells them
    itself as missed, each with its words.
    """

    opened = Signal()

    def __init__(
        self,
        ahead: Iterable[int],
        clock: Callable[[], dt.datetime],
        parent: QObject | None = None,
        *,
        channel: DBusChannel | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        now = self._now()
        self._ahead = sorted(each for each in ahead if each > now)
        self._channel = channel or (DBusChannel() if sys.platform.startswith("linux") else None)
        if self._channel is not None:
            self._channel.acted.connect(lambda key, verb: self.opened.emit() if verb == "open" else None)
        self.due = 0
        """How many came due since."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.tick)
        self.tick()

    def tick(self) -> None:
        """Tells what has come due, and sleeps until the next."""
        now = self._now()
        came = sum(each <= now for each in self._ahead)
        if came:
            self.due += came
            del self._ahead[:came]
            self._tell()
        if self._ahead:
            self._timer.start(min(_LONGEST_MS, max(200, (self._ahead[0] - now) * 1000)))

    def stop(self) -> None:
        """The book is open again, or gone."""
        self._timer.stop()
        if self._channel is not None:
            self._channel.close()

    def _tell(self) -> None:
        if self._channel is not None and self._channel.can_be_tried:
            counted = trn("{n} reminder. The book is locked.", "{n} reminders. The book is locked.", self.due)
            self._channel.withdraw(_KEY)
            self._channel.show(_KEY, "Companion", counted, (("open", self.tr("Open")),))

    def _now(self) -> int:
        return int(self._clock().timestamp())
