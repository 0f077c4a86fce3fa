"""From one page to another: whose page opens, what next and previous go through, where the keys are afterwards."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from companion.domain.records import Kind
from ui.log.one_sheet import OneSheet
from ui.log.row_keys import RowKeys
from ui.log.viewmodel import LogViewModel
from ui.main_window.screen import MainWindow
from ui.person.brief import BriefPane
from ui.places import Places
from ui.session import Subject
from ui.today.screen import TodayPage
from ui.today.viewmodel import TodayViewModel
from ui.widgets.focus import give_back


class Going(QObject):
    """Takes the rep along, and the one log sheet with her. `page` is Today's own, with its `brief`."""

    def __init__(
        self,
        window: MainWindow,
        places: Places,
        page: TodayPage,
        today: TodayViewModel,
        brief: BriefPane,
        logging: LogViewModel,
        sheet: OneSheet,
        keys: RowKeys,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._places = places
        self._page = page
        self._today = today
        self._brief = brief
        self._logging = logging
        self._sheet = sheet
        self._keys = keys
        places.contact_wanted.connect(self._find_contact)
        logging.opened.connect(self._show_sheet)
        logging.finished.connect(self._go_on)
        logging.closed.connect(self.focus_back)
        window.moved.connect(self._moved)

    def open(self, subject: Subject) -> None:
        """Opens the workspace of a person, company or deal."""
        if self._window.here == "go.today":
            self._places.open(subject, self.tr("Today"), self._today.subjects())
        elif (opened := getattr(self._here(), "opened", None)) is not None:
            opened.emit(subject)  # next and previous go through the list that it was opened from
        else:
            self._places.open(subject, "", ())

    def open_record(self, kind: Kind, record_id: str) -> None:
        """Opens whatever a fact, a palette row or a link points at."""
        self._places.open_record(kind, record_id)

    def step(self, by: int) -> None:
        """To the next row, or back; on a person's page to the next person."""
        step = getattr(self._here(), "step", None)
        if step is not None:
            step(by)

    def focus_back(self) -> None:
        """The keys are the list's again. Left to Qt they went to whatever stands beside it, which takes no log key."""
        rows = getattr(self._here(), "list", None)
        if isinstance(rows, QWidget):
            give_back(rows)

    def tell(self, what: str, *about: object) -> None:
        """The open place hears of it if it wants to; Today's own page is told by what it shows."""
        here = self._here()
        hear = getattr(here, what, None) if here is not self._page else None
        if hear is not None:
            hear(*about)

    def _here(self) -> QWidget | None:
        return self._window.stack.currentWidget()

    def _go_on(self, subject_id: str) -> None:
        """To the next person, after a log. On Today a row that was worked off has moved away by itself."""
        if self._window.here == "go.today":
            self._page.leave_behind(subject_id)
        else:
            self.step(1)

    def _find_contact(self, words: str) -> None:
        """A next step that says so; who and when is the rep's to add."""
        self._keys.on(self._logging.plan)
        if self._logging.is_open and not self._logging.text:
            self._sheet.now().line.set_text(words)

    def _show_sheet(self) -> None:
        """The sheet opened where no place shows it: the person's page does."""
        subject, sheet = self._logging.subject, self._sheet.now()
        if subject is not None and not sheet.isVisibleTo(self._window):
            self.open(subject)
            sheet.take_focus()  # or the first letter of a note would be a key of the page

    def _moved(self, place_id: str) -> None:
        """The one log sheet goes along: back on Today it stands under the brief again."""
        if place_id == "go.today":
            self._sheet.stand_in(self._brief.foot)
