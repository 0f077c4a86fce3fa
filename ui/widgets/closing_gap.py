"""A row that is finished fades, then the gap that it leaves closes; the list itself is in its new order all along."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QApplication, QListView, QWidget

from ui.theme.tokens import Token
from ui.widgets.animate import Motion, Run
from ui.widgets.painting import shade

FADE_MS: Final = 120
CLOSE_MS: Final = 160


class ClosingGap(QWidget):
    """Lies over the part of a list that moves, and shows it where it was on its way to where it is.

    `leave` before the row goes, `close` when the list is whole again. Any key, click, scroll or change of size ends it
    at once: it never stands between the rep and the list.
    """

    def __init__(self, view: QListView, ground: Token = "surface") -> None:
        super().__init__(view.viewport())
        self._view = view
        self._ground: Token = ground
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # what lies under it is not painted in vain
        self._row = QPixmap()
        self._row_at = QRect()
        self._below = QPixmap()
        self._follower = QPersistentModelIndex()
        self._before = 0
        self._gap = 0
        self._at = 0.0
        self._run = Run(self, self._move, self._over)
        self._run.setEasingCurve(QEasingCurve.Type.Linear)  # two movements in one: each is eased by itself
        self._ease = QEasingCurve(QEasingCurve.Type.OutCubic)
        view.viewport().installEventFilter(self)
        view.verticalScrollBar().valueChanged.connect(self.finish)
        self.hide()

    def leave(self, row: int) -> None:
        """This row is about to go."""
        self.finish()
        view = self._view
        model = view.model()
        place = view.visualRect(model.index(row, 0))
        following = model.index(row + 1, 0)
        self._follower = QPersistentModelIndex()
        if Motion.reduced or not view.isVisible() or not view.viewport().rect().intersects(place):
            return
        if following.isValid():
            self._row, self._row_at = view.viewport().grab(place), place
            self._follower, self._before = QPersistentModelIndex(following), view.visualRect(following).top()

    def close(self) -> bool:
        """The list is in its new order: shows how it came there."""
        if not self._follower.isValid():
            return False
        view, follower = self._view, QModelIndex(self._follower)  # type: ignore[call-overload]
        self._follower = QPersistentModelIndex()
        top = view.visualRect(follower).top()
        self._gap = self._before - top
        seen = view.viewport().rect()
        if self._gap <= 0 or top >= seen.bottom() or top < 0:
            return False
        part = QRect(0, top, seen.width(), seen.bottom() + 1 - top)
        self._below = view.viewport().grab(part)
        self.setGeometry(part)
        self._at = 0.0
        self.show()
        self.raise_()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._run.go(0.0, float(FADE_MS + CLOSE_MS), FADE_MS + CLOSE_MS)
        return True

    def finish(self) -> None:
        """Everything is where it is."""
        if self.isVisible():
            self._run.stop()
            self._over()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The lane of the toast makes the list lower at this very moment: that moves no row.
        narrower = isinstance(event, QResizeEvent) and event.size().width() != event.oldSize().width()
        moved = watched is self._view.viewport() and narrower
        if moved or event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.Wheel):
            self.finish()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click means the row that is seen under the pointer, wherever it is by now."""
        spot = self.mapToParent(event.position().toPoint()) - QPointF(0, self._offset).toPoint()
        self.finish()
        viewport = self._view.viewport()
        place, button = QPointF(spot), event.button()
        sent = QMouseEvent(
            event.type(), place, QPointF(viewport.mapToGlobal(spot)), button, event.buttons(), event.modifiers()
        )
        QApplication.sendEvent(viewport, sent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), shade(self._ground))
        painter.drawPixmap(QPointF(0, self._offset), self._below)
        if self._at < FADE_MS:
            painter.setOpacity(1.0 - self._at / FADE_MS)
            painter.drawPixmap(QPointF(self._row_at.topLeft() - self.pos()), self._row)

    @property
    def _offset(self) -> float:
        """How far the rows below are from their place."""
        share = min(1.0, max(0.0, (self._at - FADE_MS) / CLOSE_MS))
        return self._gap * (1.0 - self._ease.valueForProgress(share))

    def _move(self, value: float) -> None:
        self._at = value
        self.update()

    def _over(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.hide()
        self._row, self._below = QPixmap(), QPixmap()
