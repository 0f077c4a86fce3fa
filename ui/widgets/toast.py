"""The toast: what was just done, in the past tense, and how to undo it."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_ROW, Token
from ui.widgets.animate import Run
from ui.widgets.heard import announce
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, is_rtl, mirror, width_of
from ui.widgets.sides import set_margins

SHOWN_MS: Final = 7_000
_LINES: Final = 3
_IN_MS: Final = 120
_OUT_MS: Final = 160


class _Undo(PaintedButton):
    """The word Undo and its key, light on dark."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.keys = ""
        self.ink_opacity = 1.0

    def sizeHint(self) -> QSize:
        key = keycap_size(self.keys, "toast")[0] + fonts.px(10) if self.keys else 0.0
        return QSize(math.ceil(width_of(self.label, "strong") + key) + fonts.px(8), fonts.px(28))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        painter.setOpacity(self.ink_opacity)
        inner = bounds.adjusted(fonts.px(4), 0, -fonts.px(4), 0)
        ink: Token = "toast_text" if self.hovered or self.isDown() else "toast_accent"
        width = draw_text(painter, mirror(inner, bounds, self.rtl), self.label, "strong", ink, rtl=self.rtl)
        if self.keys:
            key = QRectF(inner.left() + width + fonts.px(10), 0, keycap_size(self.keys, "toast")[0], bounds.height())
            paint_keycap(painter, mirror(key, bounds, self.rtl), self.keys, "toast")
        if self.ring_shown:
            box(painter, bounds, 5, None, "toast_accent", 2.0)


def _in_lines(text: str, width: float) -> list[str]:
    """As many words in each line as it has room for; the last of three takes what is left."""
    lines: list[str] = []
    while len(lines) < _LINES - 1 and width_of(text, "body") > width:
        ends = [at for at, letter in enumerate(text) if letter == " " and width_of(text[:at], "body") <= width]
        if not ends:
            break
        lines.append(text[: ends[-1]])
        text = text[ends[-1] + 1 :]
    return [*lines, text]


class Toast(QWidget):
    """Lay it out in a lane of its own: while hidden it takes no room, and shown it covers no row.

    It stays 7 s, longer while the pointer is on it or its button has the focus, and is read out by screen readers.
    A new message replaces the old one. `undo` comes once for each message.
    """

    undo = Signal()
    gone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._icon = "check"
        self._opacity = 1.0
        self._left_ms = 0
        self._undo = _Undo(self)
        self._undo.clicked.connect(self._undone)
        self._undo.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._leave)
        self._fade = Run(self, self._set_opacity, self._faded)
        self._leaving = False
        self._undoable = False
        row = QHBoxLayout(self)
        set_margins(row, 0, 0, fonts.px(8), 0)
        row.addStretch(1)
        row.addWidget(self._undo)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.hide()

    @property
    def text(self) -> str:
        return self._text

    @property
    def icon(self) -> str:
        return self._icon

    def say(self, text: str, *, undo: str = "", keys: str = "", icon: str = "check") -> None:
        """Show `text`; `undo` is the word on the button, already translated, and no word means no button.

        The check is green and stands for what was done; any other `icon` has the colour of the words.
        """
        self._text, self._icon = text, icon
        self.setAccessibleName(text)
        self._undo.setText(undo)
        self._undo.keys = keys
        self._undo.setVisible(bool(undo))
        self._undo.updateGeometry()
        self.updateGeometry()
        self._leaving = False
        self._undoable = bool(undo)
        self.show()
        self._left_ms = SHOWN_MS
        self._fade.go(self._opacity if self.isVisible() and self._opacity < 1 else 0.0, 1.0, _IN_MS)
        self._go_on()
        announce(self, text)

    def dismiss(self) -> None:
        """Let it go now."""
        self._timer.stop()
        self._leave()

    def sizeHint(self) -> QSize:
        words = fonts.px(39) + width_of(self._text, "body") + 2
        # `isHidden`, as inside a window that is not shown yet nothing is visible.
        button = fonts.px(16) if self._undo.isHidden() else self._undo.sizeHint().width() + fonts.px(24)
        return QSize(math.ceil(words + button), fonts.px(44))

    def high_at(self, width: int) -> int:
        """How high it is where it is this wide: up to three lines of words."""
        one = self.sizeHint()
        room = width - (one.width() - width_of(self._text, "body") - 2)
        return one.height() + (len(_in_lines(self._text, room)) - 1) * fonts.leading()

    def minimumSizeHint(self) -> QSize:
        button = 0 if self._undo.isHidden() else self._undo.sizeHint().width() + fonts.px(16)
        return QSize(fonts.px(120) + button, fonts.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(self._opacity)
        bounds, rtl = QRectF(self.rect()), is_rtl(self.layoutDirection())
        box(painter, bounds, RADIUS_ROW, "toast")
        side = fonts.px(16)
        mark = QRectF(fonts.px(13), 0, side, bounds.height())
        ink: Token = "toast_good" if self._icon == "check" else "toast_text"
        icons.paint(painter, mirror(mark, bounds, rtl), self._icon, ink, side)
        end = fonts.px(12) if self._undo.isHidden() else self._undo.width() + fonts.px(20)
        words = bounds.adjusted(fonts.px(39), 0, -end, 0)
        lines = _in_lines(self._text, words.width())
        high = fonts.leading()
        for number, line in enumerate(lines):
            middle = words.center().y() + (number - (len(lines) - 1) / 2) * high
            row = QRectF(words.left(), middle - high / 2, words.width(), high)
            draw_text(painter, mirror(row, bounds, rtl), line, "body", "toast_text", rtl=rtl)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._pause()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._go_on()
        super().leaveEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._pause()
        elif event.type() == QEvent.Type.FocusOut:
            self._go_on()
        return False

    def _pause(self) -> None:
        if self._timer.isActive():
            self._left_ms = max(1_000, self._timer.remainingTime())
            self._timer.stop()

    def _go_on(self) -> None:
        if self.isVisible() and not self._leaving and not self.underMouse() and not self._undo.hasFocus():
            self._timer.start(self._left_ms)

    def _undone(self) -> None:
        if self._undoable:
            self._undoable = False
            self.dismiss()
            self.undo.emit()

    def _leave(self) -> None:
        self._leaving = True
        self._fade.go(self._opacity, 0.0, _OUT_MS)

    def _set_opacity(self, value: float) -> None:
        self._opacity = self._undo.ink_opacity = value
        self.update()
        self._undo.update()

    def _faded(self) -> None:
        if self._leaving:
            self._leaving = False
            self.hide()
            self.gone.emit()
