"""The strip that says why: an icon, a reason, and its stake in bold, on a tinted ground."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CARD, TONE_SOFT, TONE_TEXT, Tone
from ui.widgets.button import LinkButton
from ui.widgets.painting import box, is_rtl, mirror
from ui.widgets.plain import tooltip_of
from ui.widgets.text_block import Span, TextBlock, laid_out

_TEXT = 38
_PAD = 12


class Strip(QWidget):
    """Wraps when long. Tones: "warn" amber, "bad" red, "info" blue, "good" green, "none" grey.

    One that can be `asked` why it says so is clicked for it, and says so while the mouse rests on it.
    """

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone: Tone = "none"
        self._icon = ""
        self._spans: tuple[Span, ...] = ()
        self._links: list[LinkButton] = []
        self._can_be_asked = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_reason(self, text: str, tail: str = "", tone: Tone = "warn", icon: str = "info") -> None:
        """Show `text`, then `tail` in bold: "Proposal sent 6 days ago, no reply · ", "€48k closes Friday"."""
        self._tone, self._icon = tone, icon
        ink = TONE_TEXT[tone]
        self._spans = tuple(span for span in (Span(text, "body", ink), Span(tail, "strong", ink)) if span.text)
        self.setAccessibleName(text + tail)
        self._refresh()

    def set_asked(self, words: str) -> None:
        """Lets it be clicked; `words` say what for. The keyboard has a command of its own for that."""
        self._can_be_asked = bool(words)
        self.setToolTip(tooltip_of(words))
        shape = Qt.CursorShape.PointingHandCursor if words else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def set_actions(self, *words: str) -> list[LinkButton]:
        """Links at the end ("Keep yours", "Keep Karl's"); connect to the `clicked` of what comes back."""
        for link in self._links:
            link.deleteLater()
        self._links = [LinkButton(word, self, role="label") for word in words]
        for link in self._links:
            link.show()
        self._refresh()
        return self._links

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(320), self.heightForWidth(max(self.width(), fonts.px(320))))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(160), fonts.px(40))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(fonts.px(40), math.ceil(self._block(width).height) + fonts.px(20))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_links()
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self._can_be_asked)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._can_be_asked and self.rect().contains(event.position().toPoint()):
            self.asked.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._refresh()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        box(painter, bounds, RADIUS_CARD, TONE_SOFT[self._tone])
        block = self._block(self.width())
        top = (bounds.height() - block.height) / 2
        side = fonts.px(16)
        spot = QRectF(fonts.px(_PAD), top, side, fonts.leading())
        icons.paint(painter, mirror(spot, bounds, rtl), self._icon, TONE_TEXT[self._tone], side)
        words = QRectF(fonts.px(_TEXT), top, self._room(self.width()), block.height)
        block.draw(painter, mirror(words, bounds, rtl).left(), top)

    def _refresh(self) -> None:
        self._place_links()
        self.updateGeometry()
        self.update()

    def _room(self, width: int) -> float:
        links = sum(link.sizeHint().width() + fonts.px(16) for link in self._links)
        return max(40.0, width - fonts.px(_TEXT) - fonts.px(_PAD) - links)

    def _block(self, width: int) -> TextBlock:
        return laid_out(self._spans, self._room(width), max_lines=4, rtl=is_rtl(self.layoutDirection()))

    def _place_links(self) -> None:
        right = float(self.width() - fonts.px(_PAD))
        bounds = QRectF(self.rect())
        for link in reversed(self._links):
            size = link.sizeHint()
            spot = QRectF(right - size.width(), (self.height() - size.height()) / 2, size.width(), size.height())
            link.setGeometry(mirror(spot, bounds, is_rtl(self.layoutDirection())).toRect())
            right = spot.left() - fonts.px(16)
