"""The quick log's window: one line over whatever is open, people below it, gone again in a moment."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStyleOptionViewItem, QVBoxLayout, QWidget

from ui.quick_log.viewmodel import ROW, QuickLogViewModel, SuggestionRow
from ui.theme import fonts, icons
from ui.theme.tokens import TYPE
from ui.widgets.avatar import initials_of, paint_avatar, tint_of
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.painted_delegate import Index, PaintedDelegate
from ui.widgets.painted_list import PaintedList
from ui.widgets.painting import box, draw_text, hairline, is_rtl, mirror, width_of
from ui.widgets.sides import set_margins
from ui.widgets.tinted_line import TintedLine

WIDTH: Final = 560
FIELD: Final = 56
TOAST_MS: Final = 1_200
_ROW: Final = 40
_FOOT: Final = 32
_EDGE, _ICON, _START = 18, 18, 48
_CARET: Final = 2
"""Pixels before the first letter in a line."""


class QuickLogWindow(QWidget):
    """Frameless and above other windows while it is open. Hiding gives the focus back to whoever had it; what was typed
    and not saved is there again, marked, when it opens the next time."""

    hidden = Signal()
    undo = Signal()
    """Ctrl+Z while the toast is shown."""

    def __init__(self, model: QuickLogViewModel, parent: QWidget | None = None) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(parent, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        # Hiding it must not end an application that has other windows to come back to.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(self.tr("Quick log"))
        self._model = model
        self._came_from: QWidget | None = None
        self.toast = ""
        self.line = TintedLine(limit=500, size=TYPE["heading"].px)
        self.line.setAccessibleName(self.tr("Person, what happened, next step"))
        self.line.setPlaceholderText(self.tr("marta no answer"))
        self.line.textEdited.connect(model.type)
        self.line.span_refused.connect(model.refuse)
        self.line.installEventFilter(self)
        self.list = PaintedList(_Delegate(), self.tr("Who is meant"))
        self.list.setModel(model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: model.choose(index.row()))
        self.foot = Label("", "meta", "text2", elide=True)
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(TOAST_MS)
        self._gone.timeout.connect(self.dismiss)
        self._lay_out()
        model.moved.connect(self._show)
        model.done.connect(self._logged)

    def open(self) -> None:
        """Shows the line in the middle of the screen with the pointer, the caret in it."""
        if not self.isVisible():
            self._came_from = QApplication.activeWindow()
        self._gone.stop()
        typed = "" if self.toast else self.line.text()
        self.toast = ""
        self.line.setText(typed)
        self.line.selectAll()
        self.line.show()
        self._model.type(typed)
        self._dress()
        self._place()
        self.show()
        self.raise_()
        self.activateWindow()
        self.line.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def dismiss(self) -> None:
        """Hides the window; the focus goes back."""
        self._gone.stop()
        self.hide()
        came_from, self._came_from = self._came_from, None
        if came_from is not None and shiboken6.isValid(came_from):
            came_from.activateWindow()
        self.hidden.emit()

    # Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.matches(QKeySequence.StandardKey.Undo) and self.toast:
            self.dismiss()
            self.undo.emit()
        elif self.toast and event.text().isprintable() and event.text():
            self.open()  # the next one already: not a letter of it is lost
            QApplication.sendEvent(self.line, event)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bounds = QRectF(self.rect())
        rtl = is_rtl(self.layoutDirection())
        if self.toast:
            box(painter, bounds, 12, "toast", "toast")
            side = fonts.px(18)
            spot = QRectF(fonts.px(18), 0, side, bounds.height())
            icons.paint(painter, mirror(spot, bounds, rtl), "check", "toast_good", side)
            words = bounds.adjusted(fonts.px(48), 0, -fonts.px(18), 0)
            draw_text(painter, mirror(words, bounds, rtl), self.toast, "body", "toast_text", rtl=rtl)
            return
        box(painter, bounds, 12, "surface", "border")
        side = fonts.px(18)
        spot = QRectF(fonts.px(18), 0, side, fonts.px(FIELD))
        icons.paint(painter, mirror(spot, bounds, rtl), "pencil", "text2", side)
        if not self.list.isHidden() or not self.foot.isHidden():
            hairline(painter, 1, fonts.px(FIELD) - 1, self.width() - 2)

    def _key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.toast:
                self._model.save()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._model.step(1 if key == Qt.Key.Key_Down else -1)
        else:
            return False
        return True

    # Inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        set_margins(top, fonts.px(48), 0, fonts.px(18), 0)
        top.addWidget(self.line)
        top.setSpacing(0)
        foot = QHBoxLayout()
        foot.setContentsMargins(fonts.px(18), 0, fonts.px(18), 0)
        foot.addWidget(self.foot)
        column = QVBoxLayout(self)
        # One pixel round everything is the window's border.
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        column.addSpacing(1)
        column.addWidget(self.list)
        column.addLayout(foot)
        column.addStretch(1)

    def _logged(self, words: str, gesture: object) -> None:
        self.toast = words
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # or the line, hidden now, would take Ctrl+Z for its own
        self._show()
        announce(self, words)
        self._gone.start()

    def _show(self) -> None:
        model = self._model
        rows = 0 if self.toast else model.rowCount()
        hint = "" if self.toast else model.hint
        self.line.setVisible(not self.toast)
        self.list.setVisible(rows > 0)
        self.list.setFixedHeight(rows * fonts.px(_ROW) + (4 if rows else 0))
        if rows:
            self.list.setCurrentIndex(model.index(model.chosen, 0))
        self.line.set_spans(model.spans)
        if model.problem and model.problem != self.foot.full_text:
            announce(self.line, model.problem)
        self.foot.set_tint("bad" if model.problem else "text3")
        self.foot.set_text(hint)
        self.foot.setFixedHeight(fonts.px(_FOOT))
        self.foot.setVisible(bool(hint))
        self.line.setAccessibleDescription(hint)
        below = fonts.px(_FOOT) + 4 if hint else 8 if rows else 0
        self.setFixedHeight(fonts.px(FIELD) + (self.list.height() + 1 if rows else 0) + below)
        self.update()

    def _place(self) -> None:
        self.setFixedWidth(fonts.px(WIDTH))
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.move(room.center().x() - self.width() // 2, room.top() + room.height() // 5)

    def _dress(self) -> None:
        self.line.setFixedHeight(fonts.px(FIELD) - 2)


class _Delegate(PaintedDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, fonts.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        if not isinstance(row, SuggestionRow):
            return
        bounds = QRectF(option.rect).translated(0, 3)
        rtl = is_rtl(option.direction)
        line = bounds.adjusted(8, 1, -8, -1)
        view = option.widget
        chosen = isinstance(view, PaintedList) and view.currentIndex().row() == index.row()
        if chosen:
            box(painter, line, 7, "selected")
        side = float(fonts.px(26))
        # Under the pencil, and the name under what is typed.
        middle = fonts.px(_EDGE) + fonts.px(_ICON) / 2
        disc = QRectF(middle - side / 2, line.center().y() - side / 2, side, side)
        letters = initials_of(row.name)
        paint_avatar(painter, mirror(disc, bounds, rtl), letters, tint_of(row.id), disc="surface" if chosen else None)
        start = fonts.px(_START) + _CARET
        inner = QRectF(start, line.top(), line.right() - start - 12, line.height())
        used = 0.0
        if row.does:
            room = inner.adjusted(inner.width() * 0.45, 0, 0, 0)
            used = draw_text(painter, mirror(room, bounds, rtl), row.does, "meta", "text2", align="end", rtl=rtl) + 12
        name = min(width_of(row.name, "strong"), inner.width() - used)
        words = QRectF(inner.left(), inner.top(), name + 1, inner.height())
        draw_text(painter, mirror(words, bounds, rtl), row.name, "strong", "text", rtl=rtl)
        rest = inner.adjusted(name + 8, 0, -used, 0)
        if row.company and rest.width() > fonts.px(40):
            draw_text(painter, mirror(rest, bounds, rtl), row.company, "body", "text2", rtl=rtl)
