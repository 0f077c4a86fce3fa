"""What all painted buttons share: hover, press, a focus ring for the keyboard, and a paint of their own."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.painting import box, is_rtl

_OTHERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class PaintedButton(QPushButton):
    """A QPushButton whose look a subclass paints in `paint(painter, bounds)`.

    A click does not take the focus away from the list, so its keys stay alive; Tab reaches the button.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._ring = False

    @property
    def label(self) -> str:
        """The text without the mark of its mnemonic."""
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    @property
    def hovered(self) -> bool:
        return self.isEnabled() and self.underMouse()

    @property
    def ring_shown(self) -> bool:
        """Whether the focus came by keyboard and is still here."""
        return self._ring and self.hasFocus()

    @property
    def rtl(self) -> bool:
        return is_rtl(self.layoutDirection())

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as the space bar does: Qt's own does so in dialogs alone, of which there are none here."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _OTHERS:
            if not event.isAutoRepeat():
                self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def draw_ring(self, painter: QPainter, bounds: QRectF, radius: float = RADIUS_CONTROL) -> None:
        if self.ring_shown:
            box(painter, bounds, radius, None, "focus", 2.0)
