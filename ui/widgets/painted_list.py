"""A list view with nothing of its own to see: rows come from a delegate, hover and pixel scrolling are on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Token
from ui.widgets.scroll_bar import OverlayScrollBar


class PaintedList(QListView):
    """For the painted delegates; `ground` is the colour that it stands on, `name` what a screen reader calls it.

    Letters typed are commands of the screen, never a search by type-ahead.
    """

    def __init__(
        self, delegate: QStyledItemDelegate, name: str, parent: QWidget | None = None, *, ground: Token = "surface"
    ) -> None:
        super().__init__(parent)
        self._ground: Token = ground
        self._held = False
        self.setAccessibleName(name)
        self.setItemDelegate(delegate)
        delegate.setParent(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        OverlayScrollBar(self)
        self._dress()

    def keyboardSearch(self, search: str) -> None:
        """No type-ahead: N logs no answer, it does not jump to Nora."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
            self.scheduleDelayedItemsLayout()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            # Heights of wrapped rows depend on the width.
            self.scheduleDelayedItemsLayout()

    @property
    def is_worked(self) -> bool:
        """Whether the rep works on the selected row: it has the focus, or a cell of it is being edited."""
        return self.hasFocus() or self._held

    def hold(self, held: bool = True) -> None:
        """The selected row stays lit while the focus is in an editor that stands in its place."""
        self._held = held
        self.viewport().update()

    def current_rect(self) -> QRect:
        """Where the selected row stands in the viewport, brought into view; where the rows begin, without one."""
        index = self.currentIndex()
        if not index.isValid():
            return QRect(0, 0, self.viewport().width(), 0)
        self.scrollTo(index)
        return self.visualRect(index).adjusted(12, 0, -12, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 80)

    def _dress(self) -> None:
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Theme.current().color(self._ground))
        self.setPalette(palette)
