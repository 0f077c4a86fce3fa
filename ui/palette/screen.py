"""The palette's sheet: a line to type in and what matches below it, floating over the dimmed window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenuBar,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.palette.viewmodel import LOOK, PaletteRow, PaletteViewModel
from ui.theme import fonts, icons
from ui.theme.theme import Theme
from ui.theme.tokens import TYPE
from ui.widgets.card import Hairline
from ui.widgets.focus import give_back
from ui.widgets.input_line import InputLine
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.label import Label
from ui.widgets.painted_delegate import Index, PaintedDelegate
from ui.widgets.painted_list import PaintedList
from ui.widgets.painting import box, draw_text, is_rtl, mirror, shade, width_of

WIDTH: Final = 600
TOP: Final = 114
_HEAD: Final = 34
_ROW: Final = 40


class PaletteSheet(QWidget):
    """Covers its parent while it is open, its menus too. Closing gives the focus back to whoever had it."""

    def __init__(self, model: PaletteViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._over = parent
        self._came_from: QWidget | None = None
        self.setAccessibleName(self.tr("Find anything"))
        self.card = _Card(self)
        self.line = InputLine(size=TYPE["heading"].px)
        self.line.setAccessibleName(self.tr("Find anything: people, companies, deals, history, commands"))
        self.line.setPlaceholderText(self.tr("Find or do anything"))
        self.line.textChanged.connect(self._type)
        self.line.installEventFilter(self)
        self.list = PaintedList(_Delegate(), self.tr("Matches"))
        self.list.setModel(model)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(lambda index: self._choose(index.row()))
        nothing = self.tr("Nothing matches. Try fewer letters, or part of a phone number.")
        self._empty = Label(nothing, "body", "text2", elide=True)
        self._empty.setContentsMargins(20, 12, 20, 16)
        top = QHBoxLayout()
        top.setContentsMargins(18, 0, 18, 0)
        top.setSpacing(12)
        glass = _Glass()
        top.addWidget(glass)
        top.addWidget(self.line, 1)
        top.addWidget(Label(self.tr("Esc closes"), "meta", "text3"))
        column = QVBoxLayout(self.card)
        column.setContentsMargins(1, 1, 1, 8)  # inside the border
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Hairline())
        column.addSpacing(8)
        column.addWidget(self.list)
        column.addWidget(self._empty)
        parent.installEventFilter(self)
        self.hide()

    def open(self, typed: str = "") -> None:
        """Shows the sheet at once: no animation, the rep is already typing."""
        again = not self.isHidden()
        if not again:
            self._came_from = self.window().focusWidget()
        self.setGeometry(self._over.rect())
        self._dress()
        self.line.setText(typed)
        self._type(typed)
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not again:
            QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def close_sheet(self) -> None:
        """Hides the sheet; the focus goes back."""
        self._go()
        give_back(self._came_from)

    def _go(self) -> None:
        if not self.isHidden():
            QApplication.instance().focusChanged.disconnect(self._focus_moved)  # type: ignore[union-attr]
            self.hide()

    def _focus_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """A key of the window's led elsewhere, as Ctrl+2 does: nothing is typed behind the veil."""
        if now is None or self.isAncestorOf(now) or isinstance(now, QMenuBar):
            return  # an open menu only borrows the keys
        if now.window() is self.window():
            self._go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(Qt.Key(event.key()))
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._over.rect())
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        veil = QColor(shade("scrim"))
        veil.setAlphaF(0.14 if not Theme.current().is_dark else 0.45)
        painter.fillRect(self.rect(), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shadow = QColor(shade("shadow"))
        for spread in range(12, 0, -2):
            shadow.setAlphaF(0.018)
            around = QRectF(self.card.geometry()).adjusted(-spread, -spread / 2, spread, spread * 1.4)
            box(painter, around, 12 + spread, shadow)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.close_sheet()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentIndex().row())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            for _ in range(5):
                self._step(1 if key == Qt.Key.Key_PageDown else -1)
        else:
            return False
        return True

    def _type(self, text: str) -> None:
        self._model.type(text)
        self.list.setVisible(self._model.rowCount() > 0)
        self._empty.setVisible(self._model.rowCount() == 0)
        self.list.setCurrentIndex(self._model.index(-1, 0))
        self._step(1)
        self._place()

    def _step(self, by: int) -> None:
        at = self.list.currentIndex().row() + by
        while 0 <= at < self._model.rowCount():
            if self._model.row(at).kind != "head":
                index = self._model.index(at, 0)
                self.list.setCurrentIndex(index)
                self.list.scrollTo(index)
                return
            at += by

    def _choose(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.close_sheet()
            self._model.choose(row)

    def _place(self) -> None:
        width = min(fonts.px(WIDTH), self.width() - 48)
        room = max(fonts.px(200), self.height() - TOP - 48)
        head = fonts.px(55) + 19
        shown = self._whole_rows(room - head)
        height = head + (shown or fonts.px(44))
        self.card.setGeometry((self.width() - width) // 2, min(TOP, self.height() // 7), width, height)
        self.list.setFixedHeight(shown)

    def _whole_rows(self, room: int) -> int:
        """How high the list is: where not all rows fit, the last one that is seen is seen whole, and is no head."""
        shown = at = 0
        for i in range(self._model.rowCount()):
            is_head = self._model.row(i).kind == "head"
            at += fonts.px(_HEAD if is_head else _ROW)
            if at > room:
                break
            shown = shown if is_head else at
        return shown

    def _dress(self) -> None:
        self.line.setFixedHeight(fonts.px(55))


class _Card(QFrame):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), 12, "surface", "border")


class _Glass(QWidget):
    def sizeHint(self) -> QSize:
        return QSize(fonts.px(18), fonts.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), QRectF(self.rect()), "search", "text2", fonts.px(18))


class _Delegate(PaintedDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(LOOK)
        head = isinstance(row, PaletteRow) and row.kind == "head"
        return QSize(100, fonts.px(_HEAD if head else _ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(LOOK)
        if not isinstance(row, PaletteRow):
            return
        bounds = QRectF(option.rect)
        rtl = is_rtl(option.direction)
        if row.kind == "head":
            draw_text(painter, bounds.adjusted(20, 4, -20, 0), row.text, "meta_label", "text2", rtl=rtl)
            return
        line = bounds.adjusted(8, 0, -8, 0)
        # The list never has the focus, the line has: the chosen row is tinted all the same.
        if option.state & option.state.State_Selected:
            box(painter, line, 7, "selected")
        elif option.state & option.state.State_MouseOver:
            box(painter, line, 7, "hover")
        inner = line.adjusted(12, 0, -12, 0)
        side = float(fonts.px(16))
        spot = QRectF(inner.left(), inner.top(), side, inner.height())
        icons.paint(painter, mirror(spot, inner, rtl), row.icon or "arrow-right", "text2", int(side))
        used = 0.0
        if row.keys:
            used = keycap_size(row.keys)[0] + 12
            cap = QRectF(inner.right() - used + 12, inner.top(), used - 12, inner.height())
            paint_keycap(painter, mirror(cap, inner, rtl), row.keys)
        elif row.detail:
            used = min(inner.width() * 0.4, width_of(row.detail, "meta") + 12)
            rest = inner.adjusted(inner.width() - used, 0, 0, 0)
            draw_text(painter, mirror(rest, inner, rtl), row.detail, "meta", "text3", align="end", rtl=rtl)
        words = inner.adjusted(side + 14, 0, -used, 0)
        _paint_marked(painter, words, inner, row, rtl)


def _paint_marked(painter: QPainter, words: QRectF, inner: QRectF, row: PaletteRow, rtl: bool) -> None:
    """The text with what matched in the accent colour. Marks are only drawn where the text fits."""
    if rtl or not row.marks or width_of(row.text, "body") > words.width():
        draw_text(painter, mirror(words, inner, rtl), row.text, "body", "text", rtl=rtl)
        return
    at, left = 0, words.left()
    for start, end in (*row.marks, (len(row.text), len(row.text))):
        if start < at:
            continue
        for part, marked in ((row.text[at:start], False), (row.text[start:end], True)):
            if part:
                rest = QRectF(left, words.top(), words.right() - left + 2, words.height())
                left += draw_text(
                    painter, rest, part, "strong" if marked else "body", "accent_text" if marked else "text"
                )
        at = end
