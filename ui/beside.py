"""What stands beside the pages and is made on first use: palette, one-line window, next meeting, reminders and tray."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.domain.changes import Changes
from companion.domain.records import Kind
from ui.commands import Commands, keys_words
from ui.going import Going
from ui.main_window.screen import MainWindow
from ui.main_window.viewmodel import FrameViewModel
from ui.places import Places
from ui.preferences import Preferences
from ui.session import Session
from ui.today.screen import TodayPage
from ui.today.viewmodel import TodayViewModel

if TYPE_CHECKING:
    from ui.meeting.meetings import Meetings
    from ui.palette.screen import PaletteSheet
    from ui.quick_log.screen import QuickLogWindow
    from ui.reminders.reminding import Reminding


class Beside(QObject):
    """Nothing of it is on the first screen, so nothing of it is imported before."""

    said = Signal(str)
    """Something that can't be undone."""
    wants = Signal(str)
    """From the tray or a reminder: 'open', 'quick_log', 'sync' or 'quit'."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        commands: Commands,
        preferences: Preferences,
        frame: FrameViewModel,
        places: Places,
        going: Going,
        page: TodayPage,
        today: TodayViewModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window
        self._commands = commands
        self._preferences = preferences
        self._frame = frame
        self._places = places
        self._going = going
        self._page = page
        self._today = today
        self.reminding: Reminding | None = None
        self.palette: PaletteSheet | None = None
        self.quick_log_window: QuickLogWindow | None = None
        self._meetings: Meetings | None = None

    def find(self) -> None:
        """Opens the palette."""
        if self.palette is None:
            from ui.palette.offering import make_palette

            self.palette = make_palette(self._session, self._commands, self._window, self._going.open_record)
        self.palette.open()

    def quick_log(self) -> None:
        """Opens the one-line window."""
        if self.quick_log_window is None:
            from ui.quick_log.screen import QuickLogWindow
            from ui.quick_log.viewmodel import QuickLogViewModel

            model = QuickLogViewModel(self._session, self)
            model.done.connect(self._frame.done)
            self.quick_log_window = QuickLogWindow(model)
            self.quick_log_window.undo.connect(self._frame.undo)
        self.quick_log_window.open()

    def meetings(self) -> Meetings:
        """The bar of the next meeting."""
        if self._meetings is None:
            from ui.meeting.meetings import Meetings

            keys = keys_words(self._commands.action("meeting"))
            self._meetings = Meetings(self._session, self._window, self._going.open_record, self._page.list, keys, self)
            self._meetings.said.connect(self.said)
        return self._meetings

    def remind(self, run_behind: Callable[[Callable[[], None]], None]) -> Reminding:
        """Begins to remind, with the tray and the bar above the pages; `run_behind` does work off the UI thread."""
        from ui.reminders.reminding import Reminding

        self.reminding = made = Reminding(
            self._session,
            self._window,
            lambda: self._preferences.chosen,
            run_behind,
            self,
            meeting_stands=lambda: self.meetings().is_near(),
        )
        made.done.connect(self._frame.done)
        made.moved.connect(self._places.reminders_moved)
        made.left.connect(self._going.focus_back)
        made.opened.connect(self._open_reminder)
        made.opened_missed.connect(lambda: self._places.reminders(missed=True))
        made.wants.connect(self.wants)
        self._today.loaded.connect(lambda: made.count(self._today.left))
        made.count(self._today.left)
        return made

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        if changes.today or changes.records:
            self.look()
        if self.reminding is not None:
            self.reminding.changed(changes)

    def look(self) -> None:
        """Time has passed: another meeting may be the next."""
        if self._meetings is not None:
            self._meetings.model.look()

    def apply(self) -> None:
        """The settings may have changed."""
        if self.reminding is not None:
            self.reminding.apply()

    def stop(self) -> None:
        """The book closes."""
        if self.quick_log_window is not None:
            self.quick_log_window.hide()  # it shows names, and a locked book shows none
        if self.reminding is not None:
            self.reminding.stop()
        if self._meetings is not None:
            self._meetings.model.stop()

    def _open_reminder(self, record: tuple[Kind, str] | None) -> None:
        self.wants.emit("open")
        if record is None:
            self._places.reminders()
        else:
            self._going.open_record(*record)
