"""Joins the calendar to the window: the bar, the key that opens the brief, and the key that puts the bar away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from companion.domain.records import Kind
from ui.main_window.screen import MainWindow
from ui.meeting.bar import MeetingBar
from ui.meeting.viewmodel import MeetingViewModel
from ui.session import Session
from ui.widgets.focus import give_back


class Meetings(QObject):
    """Made after the first paint. `rows` is the list where Esc means nothing else."""

    said = Signal(str)

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        open_record: Callable[[Kind, str], None],
        rows: QWidget,
        keys: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_record = open_record
        self.model = MeetingViewModel(session, self)
        self.bar = MeetingBar(keys)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), rows)
        self._escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.model.put_away)
        self.bar.wanted.connect(self.open_brief)
        self.bar.refused.connect(self._refuse)
        self._rows = rows
        self.model.moved.connect(self._moved)
        window.add_bar(self.bar)
        self.model.look()

    def open_brief(self) -> None:
        """The page that prepares the meeting that is near, or else the next one of the day."""
        self.model.look()
        meeting = self.model.next
        if meeting is None:
            self.said.emit(self.tr("No meeting in the next 24 hours"))
            return
        self.model.put_away()
        self._open_record(*meeting.subject)

    def is_near(self) -> bool:
        """Whether the bar offers the brief of a meeting now."""
        self.model.look()
        return self.model.near is not None and self.bar.isVisible()

    def _moved(self) -> None:
        self._escape.setEnabled(self.model.near is not None)
        self.bar.say(self.model.words)

    def _refuse(self) -> None:
        """Gone, and the keys are the list's again where the bar had them."""
        focus = QApplication.focusWidget()
        had = focus is not None and self.bar.isAncestorOf(focus)
        self.model.put_away()
        if had:
            give_back(self._rows)
