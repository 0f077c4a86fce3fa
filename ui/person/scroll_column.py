"""A column of widgets that scrolls: the body of the brief and the rail of a page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from ui.theme import fonts
from ui.widgets.focus import FollowFocus
from ui.widgets.scroll_bar import OverlayScrollBar
from ui.widgets.sides import set_margins


class ScrollColumn(QScrollArea):
    """Lay widgets out in `column`. Stands on the ground of whatever is behind it; scrolls up and down only."""

    def __init__(self, name: str, margins: tuple[int, int, int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget()
        self.column = QVBoxLayout(self.body)
        set_margins(self.column, *margins)
        self.column.setSpacing(0)
        self.setWidget(self.body)
        # After setWidget, which would paint a ground of its own.
        self.body.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        OverlayScrollBar(self)
        FollowFocus(self)

    def settle(self) -> None:
        """Lays everything out now: what is painted next has its room, not what the one before it had."""
        if self.isVisible():
            for part in self.body.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
                layout = part.layout()
                if layout is not None and not part.isHidden():
                    layout.activate()
            self.column.activate()

    def to_top(self) -> None:
        """Scrolls to the beginning."""
        self.verticalScrollBar().setValue(0)


class Part(QWidget):
    """A part of a column: room above it, then widgets with room between them (in pixels), gone as one."""

    def __init__(self, before: int, *items: QWidget | int) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(before), 0, 0)
        column.setSpacing(0)
        for item in items:
            if isinstance(item, int):
                column.addSpacing(fonts.px(item))
            else:
                column.addWidget(item)
