"""A deal on a card: its track, its close date, and what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import TONE_TEXT, Token
from ui.widgets.button import LinkButton
from ui.widgets.card import Card, Hairline
from ui.widgets.label import Label
from ui.widgets.name_link import NameLink
from ui.widgets.painting import width_of
from ui.widgets.stage_track import StageTrack

if TYPE_CHECKING:
    from ui.person.deal_look import DealLook

_GAP = 6
_LEAST = 280


class DealCard(Card):
    """`opened` when the deal's name is chosen, `step_opened` for its next step, `step_wanted` where there is none.

    A `dated` card lets the close date and the amount be changed: `day_wanted` and `amount_wanted` when they are chosen.
    """

    opened = Signal(str)
    step_opened = Signal(str)
    step_wanted = Signal(str)
    day_wanted = Signal(str)
    amount_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, titled: bool = True, dated: bool = False) -> None:
        super().__init__(parent)
        self._dated = dated
        self._look: DealLook | None = None
        self._titled = titled
        self._name = NameLink()
        self._amount = Label("", "strong", "text", tabular=True)
        self.amount = NameLink()
        self._track = StageTrack()
        self._stage = Label("", "meta_label", "accent_text", elide=True)
        self._place = Label("", "meta", "text3", tabular=True)
        self._lead = Label("", "meta", "text3")
        self._day = Label("", "meta_label", "text", tabular=True)
        self.day = NameLink(role="meta_label")
        self._rule = Hairline()
        self._mark = Mark("circle-alert", "warn")
        self._parked_mark = Mark("alarm-clock", "text3")
        self._parked = Label("", "meta", "text2", elide=True)
        # As tall as the links of the line that it stands for.
        self._parked.setMinimumHeight(fonts.px(24))
        self._step = NameLink(tint="text2", role="meta")
        self._none = Label(self.tr("No next step yet"), "meta", "text2", elide=True)
        self._when = Label("", "meta", "text2", tabular=True)
        self._add = LinkButton(self.tr("Add one"))
        self._lay_out()
        self._name.clicked.connect(self._open)
        self._add.clicked.connect(self._want)
        self._step.clicked.connect(self._open_step)
        self.day.clicked.connect(self._want_day)
        self.amount.clicked.connect(self._want_amount)

    def set_deal(self, look: DealLook) -> None:
        """Shows a deal."""
        self._look = look
        self.setAccessibleName(look.name)
        self._name.set_name(look.name)
        self._name.setVisible(self._titled)
        self._amount.set_text(look.amount)
        can_change = self._dated and look.open
        self._amount.setVisible(self._titled and not can_change)
        self.amount.set_name(look.amount or self.tr("Add an amount"))
        self.amount.setAccessibleName(
            self.tr("Amount %1, change it").replace("%1", look.amount or self.tr("not known"))
        )
        self.amount.setVisible(self._titled and can_change)
        self._track.set_stage(look.reached, look.of, look.stage_spoken)
        self._track.setVisible(bool(look.of))
        self._stage.set_text(look.stage)
        self._place.set_text(look.place)
        self._lead.set_text(look.closes[0])
        self._day.set_text(look.closes[1])
        tint: Token = "text" if look.closes_tone == "none" else TONE_TEXT[look.closes_tone]
        self._day.set_tint(tint)
        self._day.setVisible(not (self._dated and look.open))
        self.day.set_name(look.closes[1])
        self.day.setAccessibleName(
            self.tr("%1 %2, change it").replace("%1", look.closes[0]).replace("%2", look.closes[1])
        )
        self.day.set_tint(tint)
        self.day.setVisible(self._dated and look.open)
        self._fit()
        self._show_step(look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """What can go where there is little room asks for none."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), _LEAST), hint.height())

    def _fit(self) -> None:
        """Where large text leaves too little room, the stage's place and then the word before its day go first."""
        margins = self.column.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        day = self.day if self._dated and self._look is not None and self._look.open else self._day
        needed = width_of(self._stage.full_text, "meta_label") + day.sizeHint().width()
        for label in (self._lead, self._place):
            needed += label.sizeHint().width() + _GAP
            label.setVisible(needed <= room)

    def _show_step(self, look: DealLook) -> None:
        planned = bool(look.step[0])
        parked = bool(look.parked)
        self._parked.set_text(look.parked)
        for widget in (self._parked, self._parked_mark):
            widget.setVisible(parked)
        self._rule.setVisible(look.open)
        # What is parked needs no next step: that there is none is no flag then.
        self._mark.setVisible(look.open and (planned or not parked))
        self._mark.show_icon("calendar-clock" if planned else "circle-alert", "text3" if planned else "warn")
        self._step.set_name(look.step[0])
        self._step.setVisible(planned)
        self._when.set_text(look.step[1])
        self._when.set_tint(TONE_TEXT[look.step_tone])
        self._when.setVisible(planned)
        self._none.setVisible(look.open and not planned and not parked)
        self._add.setVisible(look.open and not planned and not parked)

    def _lay_out(self) -> None:
        self.column.setContentsMargins(14, 10 if self._titled else 14, 14, 7)
        self.column.setSpacing(0)
        self.column.addLayout(_row(self._name, None, self._amount, self.amount))
        self.column.addSpacing(5 if self._titled else 0)
        self.column.addWidget(self._track)
        # A link is as tall as a target must be: the room around it is part of it.
        self.column.addSpacing(7 if self._dated else 10)
        self.column.addLayout(_row(self._stage, self._place, None, self._lead, self._day, self.day))
        self.column.addSpacing(7 if self._dated else 11)
        self.column.addWidget(self._rule)
        self.column.addSpacing(7)
        self.column.addLayout(_row(self._parked_mark, self._parked))
        self.column.addLayout(_row(self._mark, self._none, self._step, None, self._when, self._add))

    def _open(self) -> None:
        if self._look is not None:
            self.opened.emit(self._look.id)

    def _want(self) -> None:
        if self._look is not None:
            self.step_wanted.emit(self._look.id)

    def _want_day(self) -> None:
        if self._look is not None:
            self.day_wanted.emit(self._look.id)

    def _want_amount(self) -> None:
        if self._look is not None:
            self.amount_wanted.emit(self._look.id)

    def _open_step(self) -> None:
        if self._look is not None and self._look.step_id is not None:
            self.step_opened.emit(self._look.step_id)


class Mark(QWidget):
    """A small icon that stands before words and says nothing more than they do."""

    def __init__(self, name: str, tint: Token, size: int = 14, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._tint: Token = tint
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, tint: Token) -> None:
        """Another icon."""
        self._name, self._tint = name, tint
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(self._size), fonts.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), QRectF(self.rect()), self._name, self._tint, fonts.px(self._size))


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(_GAP)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
