"""All that reminds the rep over one open book, put together: the look, the ways to the rep, the tray and the bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from companion.domain.changes import Changes
from companion.domain.language import trn
from companion.domain.records import Kind
from companion.settings import Settings
from ui.main_window.screen import MainWindow
from ui.reminders.bar import Message, ReminderBar
from ui.reminders.notices import Notices
from ui.reminders.tray import Tray
from ui.reminders.viewmodel import Notice, RemindersViewModel, subject_of
from ui.session import Session

if TYPE_CHECKING:
    from companion.queries.reminders import Line
    from ui.reminders.dbus import DBusChannel

_NAMED: Final = 2
"""How many missed reminders have a link of their own in the bar; the others are in the ledger."""
_TOLD: Final = "tray/told"


class Reminding(QObject):
    """Made after the first paint. `chosen` gives the settings; `work_behind` runs something off the UI thread."""

    opened = Signal(object)
    """(kind, id) of a record, or None: the ledger."""
    opened_missed = Signal()
    done = Signal(str, object)
    """Words for the toast, and the gesture that undoes it or None."""
    moved = Signal()
    """The ledger reads differently."""
    left = Signal()
    """The bar went away under the focus: the keys are the page's again."""
    wants = Signal(str)
    """From the tray: 'open', 'quick_log', 'sync' or 'quit'."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        chosen: Callable[[], Settings],
        work_behind: Callable[[Callable[[], None]], None],
        parent: QObject | None = None,
        *,
        meeting_stands: Callable[[], bool] = lambda: False,
        channel: DBusChannel | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._chosen = chosen
        self.tray: Tray | None = None
        self._left = 0
        self.bar = ReminderBar()
        window.add_bar(self.bar)
        window.installEventFilter(self.bar)
        self.bar.left.connect(self.left)
        self.model = RemindersViewModel(session, chosen, work_behind, self)
        self.notices = Notices(
            self.bar, lambda: chosen().notifications, lambda: self.tray, meeting_stands, channel, self
        )
        self.model.told.connect(self.notices.tell)
        self.model.missed.connect(self._missed)
        self.model.settled.connect(self.notices.take_away)
        self.model.moved.connect(self.moved)
        self.model.done.connect(self.done)
        self.model.opened.connect(self.opened)
        self.notices.shown.connect(self.model.shown)
        self.notices.answered.connect(self.model.answer)

    def start(self) -> None:
        """Looks for the first time."""
        self.apply()

    def apply(self) -> None:
        """The settings may have changed."""
        wanted = self._chosen().keep_running and Tray.is_there()
        if wanted and self.tray is None:
            self.tray = Tray(self._window)
            self.tray.wants.connect(self.wants)
            self.tray.clicked.connect(lambda key: self.notices.act(key, "open"))
            self.count(self._left)
        elif not wanted and self.tray is not None:
            self.tray.go()
            self.tray = None
        self.model.look()

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        self.model.changed(changes)

    def count(self, left: int) -> None:
        """How many people are left today."""
        self._left = left
        if self.tray is not None:
            self.tray.count(trn("Companion · {n} person left today", "Companion · {n} people left today", left))

    def stop(self) -> None:
        """The book closes."""
        self.model.stop()
        self.notices.close()
        if self.tray is not None:
            self.tray.go()
            self.tray = None

    def stays(self) -> bool:
        """Whether closing the window leaves Companion in the tray; says so the first time."""
        if self.tray is None:
            return False
        QApplication.setQuitOnLastWindowClosed(False)
        if not QSettings().value(_TOLD, False, bool):
            QSettings().setValue(_TOLD, True)
            words = self.tr("Reminders still come. To end it, choose Quit in its menu.")
            self.tray.show_message("", self.tr("Companion keeps running here"), words)
        return True

    def _missed(self, lines: tuple[Line, ...], counted: str) -> None:
        """One quiet line for all of them; each can be opened, from here or from the ledger."""
        from companion.queries.reminders import headline

        numbers = tuple(each.reminder.n for each in lines)
        said = f"{counted} · {headline(lines[0], lines[0].due)}" if len(lines) == 1 else counted
        links: list[tuple[str, Callable[[], object]]] = [
            (each.who or self.tr("Open"), partial(self._open_missed, each)) for each in lines[:_NAMED]
        ]
        links.append((self.tr("All missed"), partial(self._show_missed, numbers)))
        self.bar.say(Message(numbers, said, tuple(links), partial(self._put_aside, numbers), spare=len(links) - 1))

    def _open_missed(self, line: Line) -> None:
        numbers = (line.reminder.n,)
        self.model.answer(Notice(numbers, "", "", "", (), subject_of(line.reminder)), "open")

    def _show_missed(self, numbers: tuple[int, ...]) -> None:
        self.bar.take_away(numbers)
        self.opened_missed.emit()

    def _put_aside(self, numbers: tuple[int, ...]) -> None:
        self.model.answer(Notice(numbers, "", "", "", (), (Kind.PERSON, "")), "dismissed")
