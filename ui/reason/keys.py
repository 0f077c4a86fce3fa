"""Alt+Enter and X: from a reason to its rule, and an answer to it by one key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Signal
from PySide6.QtWidgets import QApplication, QListView

from companion.domain.reasons import Reason
from companion.domain.records import Kind
from ui.log.row_keys import RowKeys
from ui.log.viewmodel import LogViewModel
from ui.main_window.screen import MainWindow
from ui.session import Session, Subject
from ui.widgets.strip import Strip

if TYPE_CHECKING:
    from ui.reason.screen import ReasonCard
    from ui.reason.viewmodel import ReasonViewModel


class ReasonKeys(QObject):
    """Opens the card by the reason that is meant: the row's, or the strip's where that was clicked or stands alone."""

    done = Signal(str, object)
    said = Signal(str)
    opened_record = Signal(object, str)
    """Kind and local id of a record that a reason rests on."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        keys: RowKeys,
        logging: LogViewModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._window = window
        self._keys = keys
        self._logging = logging
        self._moment: Callable[[], dt.datetime] = session.clock
        self._made: ReasonViewModel | None = None
        self._card: ReasonCard | None = None

    @staticmethod
    def warm() -> None:
        """Imports what the first question needs, so that its key need not. Any thread."""
        for name in ("companion.actions.hide_reason", "companion.queries.rule_steps", "ui.reason.screen"):
            import_module(name)

    def explain(self) -> None:
        """Alt+Enter: the rule behind the reason, its facts and what it may be answered."""
        subject = self._window.subject()
        if subject is not None and subject.kind is not Kind.COMPANY and self.model.show(subject):
            self.card.open(self._anchor())

    def watch(
        self, rows: QListView, reason: Callable[[int], Reason | None], moment: Callable[[], dt.datetime] | None = None
    ) -> None:
        """Lets the mouse ask about the reasons in a list; `reason` gives that of a row, `moment` when it holds."""
        from ui.reason.row_asking import RowAsking

        self._moment = moment or self._session.clock
        RowAsking(rows, reason, self).asked.connect(self.explain)

    def not_relevant(self) -> None:
        """X: why the reason is of no use here is one more key; each says what it does."""
        from ui.widgets.pick_popup import PickPopup

        subject = self._window.subject()
        if subject is None or subject.kind is Kind.COMPANY or not self.model.show(subject):
            return
        answers = self.model.look.answers
        popup = PickPopup(self._window)
        popup.chosen.connect(lambda i: self.model.answer(answers[i].code))
        popup.chosen.connect(popup.deleteLater)
        popup.cancelled.connect(popup.deleteLater)
        title = self.tr("Not relevant: %1").replace("%1", self.model.look.title)
        popup.open(self._keys.anchor(), title, [(each.key, each.words, each.detail) for each in answers])

    @property
    def model(self) -> ReasonViewModel:
        """Made on first use: nothing of it is on the first screen."""
        if self._made is None:
            from ui.reason.viewmodel import ReasonViewModel

            self._made = ReasonViewModel(self._session, self)
            self._made.moment = self._when
            self._made.done.connect(self.done)
            self._made.said.connect(self.said)
            self._made.happened.connect(self._log_what_happened)
        return self._made

    @property
    def card(self) -> ReasonCard:
        """The card, made on first use."""
        if self._card is None:
            from ui.reason.screen import ReasonCard

            self._card = ReasonCard(self.model, self._window)
            self._card.opened_record.connect(self.opened_record)
        return self._card

    def _when(self) -> dt.datetime:
        """When the reasons hold that the rep sees: on Today it may be the list of tomorrow."""
        return self._moment() if self._window.here == "go.today" else self._session.clock()

    def _anchor(self) -> QRect:
        """The row that has the focus, else the strip that says why: in the window's coordinates."""
        here = self._window.stack.currentWidget()
        strips = [each for each in here.findChildren(Strip, "reason") if each.isVisible()] if here is not None else []
        rows = getattr(here, "list", None)
        clicked = next((each for each in strips if each.underMouse()), None)
        if clicked is None and (rows is None or rows is not QApplication.focusWidget()):
            clicked = next(iter(strips), None)
        if clicked is not None:
            return QRect(clicked.mapTo(self._window, QPoint()), clicked.size())
        return self._keys.anchor()

    def _log_what_happened(self, subject: Subject, reason: Reason) -> None:
        """'Done already' opens the log of what was done, or asks for what is missing."""
        if reason.verb == "set_date":
            self._keys.close_date()
        elif reason.verb == "plan":
            self._logging.plan(subject)
        else:
            records = {"reply": "email", "email": "email", "log": "meeting"}.get(reason.verb, "call")
            buttons = [each for each in self._session.workspace.buttons if each.records == records]
            # Of several, the one that asks how it went: nobody was reached otherwise.
            buttons.sort(key=lambda each: not each.outcomes)
            if buttons:
                self._logging.press(buttons[0].code, subject)
