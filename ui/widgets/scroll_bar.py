"""A slim scroll bar that floats over its area and takes no room from it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QStyle, QStyleOptionSlider

from ui.widgets.painting import box, is_rtl

_WIDTH: Final = 10
_LINGER_MS: Final = 900


class OverlayScrollBar(QScrollBar):
    """Stands in for the vertical bar of `area`, at its outer edge.

    Painted while the pointer is over the area and for a moment after scrolling; hidden while everything fits.
    """

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, area)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area = area
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        real = area.verticalScrollBar()
        real.rangeChanged.connect(self._follow)
        real.valueChanged.connect(self.setValue)
        self.valueChanged.connect(lambda value: self._area.verticalScrollBar().setValue(value))
        self._moved = QTimer(self)
        self._moved.setSingleShot(True)
        self._moved.setInterval(_LINGER_MS)
        self._moved.timeout.connect(self.update)
        self.valueChanged.connect(self._linger)
        area.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutDirectionChange):
            self._place()
        elif event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if not (self._area.underMouse() or self._moved.isActive() or self.isSliderDown()):
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        thumb = QRectF(
            self.style().subControlRect(
                QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
            )
        )
        inset = 2.0 if self.underMouse() or self.isSliderDown() else 3.0
        slim = thumb.adjusted(inset, 1, -inset, -1)
        painter = QPainter(self)
        box(painter, slim, slim.width() / 2, "control" if inset == 2.0 else "border")

    def _follow(self) -> None:
        # Asked for each time: whoever walks the focus chain gives it another parent in Python's eyes, and it ends there
        # with that one.
        real = self._area.verticalScrollBar()
        self.setRange(real.minimum(), real.maximum())
        self.setPageStep(real.pageStep())
        self.setSingleStep(real.singleStep())
        self.setValue(real.value())
        self.setVisible(real.maximum() > real.minimum())
        self._place()

    def _linger(self) -> None:
        self._moved.start()
        self.update()

    def _place(self) -> None:
        left = 0 if is_rtl(self._area.layoutDirection()) else self._area.width() - _WIDTH
        self.setGeometry(left, 0, _WIDTH, self._area.height())
        self.raise_()
