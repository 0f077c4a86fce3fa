"""What the single keys do to whoever is selected: log, call, date, amount, won, lost, in small popups if need be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QRect, QUrl, Signal
from PySide6.QtWidgets import QWidget

from ui.links import mailto, open_outside, tel
from ui.log.deeds import Deeds
from ui.log.viewmodel import LogViewModel
from ui.main_window.screen import MainWindow
from ui.session import Session, Subject

if TYPE_CHECKING:
    from ui.widgets.amount_popup import AmountPopup
    from ui.widgets.date_popup import DatePopup
    from ui.widgets.pick_popup import PickPopup

_Popup = TypeVar("_Popup", "AmountPopup", "DatePopup", "PickPopup")


class RowKeys(QObject):
    """Knows where the rep is and asks that place whom the key is about."""

    said = Signal(str)
    """What could not be done, in words."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        logging: LogViewModel,
        deeds: Deeds,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window
        self._logging = logging
        self.deeds = deeds

    def has_subject(self) -> bool:
        """Whether somebody is selected."""
        return self._window.subject() is not None

    def on(self, do: Callable[[Subject], object]) -> None:
        """Does something with whoever is selected."""
        subject = self._window.subject()
        if subject is not None:
            do(subject)

    def press(self, code: str) -> None:
        """A log button's key."""
        self.on(lambda subject: self._logging.press(code, subject))

    def call(self) -> None:
        """Space: hands the number to the phone and begins to count the minutes."""
        self.on(self._logging.called)
        self.on(lambda subject: self._outside(tel(self.deeds.number_of(subject)), subject))

    def email(self) -> None:
        """Hands the address to the mail program."""
        self.on(lambda subject: self._outside(mailto(self.deeds.address_of(subject)), subject))

    def _outside(self, link: QUrl | None, subject: Subject) -> None:
        if not open_outside(link):
            self.said.emit(self.tr("Nothing to open for %1").replace("%1", subject.name))

    def close_date(self) -> None:
        """D: in its cell where the page has one, else under the row."""
        from ui.widgets.date_popup import DatePopup

        subject = self._with_a_deal("edit_close_date")
        if subject is None:
            return
        popup = self._for_once(DatePopup(self._window))
        popup.chosen.connect(lambda day: self.deeds.set_close_date(subject, day))
        title = self.tr("%1 closes").replace("%1", subject.deal_name or self.tr("The deal"))
        popup.open(self.anchor(), title, self._session.workspace.close_date_picks, self._session.clock())

    def amount(self) -> None:
        """A: the deal's amount, in its cell where the page has one, else under the row."""
        from ui.widgets.amount_popup import AmountPopup

        subject = self._with_a_deal("edit_amount")
        if subject is None:
            return
        now, currency = self.deeds.amount_of(subject)
        popup = self._for_once(AmountPopup(self._window))
        popup.chosen.connect(lambda amount: self.deeds.set_amount(subject, amount))
        title = self.tr("%1 is worth").replace("%1", subject.deal_name or self.tr("The deal"))
        popup.open(self.anchor("amount"), title, now, currency)

    def win(self) -> None:
        """W: the deal is won."""
        self.on(self.deeds.win)

    def lose(self) -> None:
        """L: the deal is lost; why is one more key."""
        self.on(self.ask_why_lost)

    def ask_why_lost(self, subject: Subject) -> None:
        """Offers the reasons; without one the deal stays open."""
        from ui.widgets.pick_popup import PickPopup

        if subject.deal_id is None:
            self.said.emit(self.tr("%1 has no open deal to close").replace("%1", subject.name))
            return
        reasons = self.deeds.loss_reasons()
        popup = self._for_once(PickPopup(self._window))
        popup.chosen.connect(lambda i: self.deeds.lose(subject, *reasons[i]))
        title = self.tr("%1 is lost because of").replace("%1", subject.deal_name or self.tr("The deal"))
        popup.open(self.anchor(), title, [(str(i), words, "") for i, (_, words) in enumerate(reasons, 1)])

    def _with_a_deal(self, in_place: str) -> Subject | None:
        """Who has the deal that a small popup is to ask about; None where the page asks in its cell by `in_place`, or
        where there is no open deal, which is said."""
        asks: Callable[[], None] | None = getattr(self._window.stack.currentWidget(), in_place, None)
        if asks is not None:
            asks()
            return None
        subject = self._window.subject()
        if subject is None or subject.deal_id is None:
            self.said.emit(self.tr("No open deal here"))
            return None
        return subject

    def _for_once(self, popup: _Popup) -> _Popup:
        """A popup goes for good with its answer, or without one."""
        popup.chosen.connect(popup.deleteLater)
        popup.cancelled.connect(popup.deleteLater)
        return popup

    def anchor(self, cell: str = "") -> QRect:
        """Where a popup belongs, in the window's coordinates: under the row that it is about, or a cell of it."""
        here = self._window.stack.currentWidget()
        if here is None:
            return QRect()
        if cell and (place := getattr(here, f"{cell}_here", None)) is not None:
            widget, rect = place()
            return QRect(widget.mapTo(self._window, rect.topLeft()), rect.size())
        row: Callable[[], tuple[QWidget, QRect]] | None = getattr(here, "row_here", None)
        widget, rect = row() if row is not None else (here, QRect(24, 96, 240, 24))
        return QRect(widget.mapTo(self._window, rect.topLeft()), rect.size())
