"""A page of one column that scrolls: in the middle as in the first run, or at the start edge as in Settings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.theme import fonts
from ui.widgets.focus import FollowFocus
from ui.widgets.pane import Pane
from ui.widgets.scroll_bar import OverlayScrollBar


class ColumnPage(Pane):
    """Put the contents into `middle`, which is at most `width` wide at 100 % text size.

    A page to be read, not worked, has a `name`: it takes the focus itself, so that arrows scroll.
    """

    def __init__(
        self, parent: QWidget | None = None, *, width: int = 440, centred: bool = True, name: str = ""
    ) -> None:
        super().__init__("surface", (), parent)
        self._width = width
        self.middle = QWidget()
        self.middle.setMaximumWidth(fonts.px(width))
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(24, 0, 24, 0)
        if centred:
            row.addStretch(1)
        row.addWidget(self.middle, 1000)
        row.addStretch(1)
        self.area = QScrollArea()
        self.area.setAccessibleName(name)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if name else Qt.FocusPolicy.NoFocus)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(inside)
        for each in (self.area.viewport(), inside):
            each.setAutoFillBackground(False)
            each.setBackgroundRole(QPalette.ColorRole.NoRole)
        OverlayScrollBar(self.area)
        FollowFocus(self.area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.middle.setMaximumWidth(fonts.px(self._width))
        super().changeEvent(event)
