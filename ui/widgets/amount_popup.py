"""An amount in words: a line to type in, what it is understood as below, saved by Enter."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from companion.domain import words
from companion.domain.money import NotAnAmount, parse
from ui.theme import fonts
from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.floating import SHADOW, Floating
from ui.widgets.heard import announce
from ui.widgets.input_line import InputLine
from ui.widgets.label import Label
from ui.widgets.painting import box
from ui.widgets.paragraph import Paragraph
from ui.widgets.text_block import Span

_PAD: Final = 5
_WIDTH: Final = 234
_LINE: Final = 29
_TITLE: Final = 24


class AmountPopup(Floating):
    """`chosen` gives hundredths as an int, or None for an emptied line; the focus is back by then."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._currency: str | None = None
        self._before: int | None = None
        self._title = Label("", "section", "text2", self, elide=True)
        self.line = InputLine(self, limit=60)
        self._below = Paragraph("", self, role="meta", tint="text3")
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)

    def open(self, anchor: QRect, title: str, now: int | None, currency: str | None) -> None:
        """Asks for an amount beside `anchor` (in the parent's coordinates); `now` is what it is, in hundredths."""
        self._currency, self._before = currency, now
        self._title.set_text(title)
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(self.tr("48k or %1").replace("%1", words.money(4_800_000, currency)))
        self.line.setText("" if now is None else words.money(now, currency))
        self._typed()
        self.rise(anchor, self.line)
        self.line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.cancel()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
            return event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        try:
            amount = parse(self.line.text(), self._currency)
        except NotAnAmount as problem:
            self._say(str(problem), wrong=True)
            announce(self.line, str(problem))
            return
        self.close_card()
        if amount == self._before:
            self.cancelled.emit()
        else:
            self.chosen.emit(amount)

    def _typed(self) -> None:
        """What Enter would save; what is wrong is only said by Enter, not while somebody still types."""
        try:
            amount = parse(self.line.text(), self._currency)
        except NotAnAmount:
            self._say("")
            return
        if amount == self._before:
            self._say(self.tr("Enter saves, Esc leaves it as it is"))
        else:
            self._say(self.tr("No amount") if amount is None else words.money(amount, self._currency))

    def _say(self, said: str, *, wrong: bool = False) -> None:
        self._below.set_spans([Span(said, "meta", "bad" if wrong else "text3")] if said else [])
        self.line.setAccessibleDescription(said)
        if self.is_open:
            self.resize(self.sizeHint())
            self._place()
            self.update()

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sizeHint(self) -> QSize:
        wide = fonts.px(_WIDTH)
        tall = fonts.px(_TITLE) + fonts.px(_LINE) + 2 * _PAD + 4 + self._below_height(wide)
        return QSize(wide + 2 * SHADOW, tall + 2 * SHADOW)

    def resizeEvent(self, event: object) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_card(painter, QRectF(self.card_rect()))
        box(painter, QRectF(self._field()), RADIUS_CONTROL - 1, "surface", "focus", 2.0)

    def _below_height(self, wide: int) -> int:
        return max(fonts.px(18), self._below.heightForWidth(wide - 2 * _PAD - 20)) + 8

    def _field(self) -> QRect:
        card = self.card_rect()
        top = card.top() + _PAD + 2 + fonts.px(_TITLE)
        return QRect(card.left() + _PAD + 2, top, card.width() - 2 * _PAD - 4, fonts.px(_LINE))

    def _place(self) -> None:
        card, field = self.card_rect(), self._field()
        self._title.setGeometry(
            card.left() + _PAD + 10, card.top() + _PAD, card.width() - 2 * _PAD - 20, fonts.px(_TITLE)
        )
        self.line.setGeometry(field.adjusted(6, 3, -6, -3))
        wide = card.width() - 2 * _PAD - 20
        self._below.setGeometry(card.left() + _PAD + 10, field.bottom() + 5, wide, self._below.heightForWidth(wide))
