"""The sidebar: find anything, the places with their counts, and at its foot how sync is doing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from companion.domain.language import number
from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.nav_item import NavItem
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of
from ui.widgets.pane import Pane
from ui.widgets.plain import tooltip_of

WIDE = 216
NARROW = 56
_SIDE = 12
_WORDS = 34
_DOTS = 30
"""Pixels of the foot before its words, and after them for the dots, which say that there is more behind them."""
_ASKING = frozenset({"circle-alert", "key-round"})
"""The foot's icons that ask for something to be done."""


class Sidebar(Pane):
    """Emits the id of the command that a click stands for."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("window", ("end",), parent)
        self._narrow = False
        self._items: dict[str, NavItem] = {}
        self.finder = _FindButton(self.tr("Find anything"), "Ctrl K", self)
        self.finder.clicked.connect(lambda: self.chosen.emit("find"))
        self.foot = _FootButton("", self)
        self.foot.clicked.connect(lambda: self.chosen.emit("go.waiting"))
        self._places = QVBoxLayout()
        self._places.setSpacing(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, _SIDE, _SIDE, _SIDE)
        column.setSpacing(0)
        column.addWidget(self.finder)
        column.addSpacing(15)
        column.addLayout(self._places)
        column.addStretch(1)
        column.addWidget(self.foot)
        self.set_narrow(False)

    def add_place(self, command_id: str, words: str, icon: str) -> None:
        """A place that a command goes to."""
        item = NavItem(words, icon, self)
        item.clicked.connect(lambda: self.chosen.emit(command_id))
        # Tab goes from top to bottom; the foot was there first.
        self.setTabOrder(next(reversed(self._items.values()), self.finder), item)
        self.setTabOrder(item, self.foot)
        self._items[command_id] = item
        self._places.addWidget(item)

    def set_here(self, command_id: str) -> None:
        """Marks where the rep is."""
        for each, item in self._items.items():
            item.setChecked(each == command_id)

    def set_count(self, command_id: str, count: int | None) -> None:
        """The number beside a place; none at 0."""
        if command_id in self._items:
            self._items[command_id].set_count(number(count) if count else "")

    def set_narrow(self, narrow: bool) -> None:
        """Icons alone, for a window below 1,180 px."""
        self._narrow = narrow
        self.setFixedWidth(fonts.px(NARROW if narrow else WIDE))
        self.finder.set_narrow(narrow)
        self.foot.set_narrow(narrow)
        for item in self._items.values():
            item.set_narrow(narrow)


class _FindButton(PaintedButton):
    """Looks like a field; opens the palette."""

    def __init__(self, words: str, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._keys = keys
        self._narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(32), fonts.px(32))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        box(painter, bounds, RADIUS_CONTROL, "button_hover" if self.hovered else "button", "border")
        side = fonts.px(16)
        left = (bounds.width() - side) / 2 if self._narrow else fonts.px(10)
        icons.paint(painter, mirror(QRectF(left, 0, side, bounds.height()), bounds, self.rtl), "search", "text2", side)
        if not self._narrow:
            inner = bounds.adjusted(fonts.px(34), 0, -fonts.px(7), 0)
            width = keycap_size(self._keys)[0]
            words = inner.adjusted(0, 0, -width - fonts.px(6), 0)
            draw_text(painter, mirror(words, bounds, self.rtl), self.label, "body", "text2", rtl=self.rtl)
            cap = QRectF(inner.right() - width, bounds.top(), width, bounds.height())
            paint_keycap(painter, mirror(cap, bounds, self.rtl), self._keys)
        self.draw_ring(painter, bounds)


class _FootButton(PaintedButton):
    """How sync is doing, in words; opens what waits."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self._icon = "cloud"
        self._narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_state(self, words: str, icon: str) -> None:
        """What the foot says now. Said to a screen reader by its name, not announced each minute."""
        self.setText(words)
        self.setAccessibleName(words)
        self._icon = icon
        self._hint()
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint()

    def _hint(self) -> None:
        cut = self._narrow or any(width_of(line, "meta") > self._room() for line in self._lines())
        self.setToolTip(tooltip_of(self.label) if cut else "")

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self._hint()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(32), fonts.px(32 if len(self._lines()) < 2 else 44))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        if self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "hover")
        side = fonts.px(16)
        left = (bounds.width() - side) / 2 if self._narrow else fonts.px(10)
        spot = mirror(QRectF(left, 0, side, bounds.height()), bounds, self.rtl)
        icons.paint(painter, spot, self._icon, "warn" if self._icon in _ASKING else "text2", side)
        if not self._narrow:
            self._paint_words(painter, bounds)
            more = QRectF(bounds.right() - fonts.px(10) - side, 0, side, bounds.height())
            icons.paint(painter, mirror(more, bounds, self.rtl), "ellipsis", "text2", side)
        self.draw_ring(painter, bounds)

    def _paint_words(self, painter: QPainter, bounds: QRectF) -> None:
        lines = self._lines()
        high = fonts.px(16)
        top = bounds.center().y() - high * len(lines) / 2
        for line in lines:
            row = QRectF(bounds.left() + fonts.px(_WORDS), top, self._room(), high)
            draw_text(painter, mirror(row, bounds, self.rtl), line, "meta", "text2", rtl=self.rtl)
            top += high

    def _room(self) -> int:
        return fonts.px(WIDE) - 2 * _SIDE - fonts.px(_WORDS + _DOTS)

    def _lines(self) -> list[str]:
        """One line, or two: what is so, and how much of it. A line that is still too long ends in an ellipsis."""
        words = self.label
        if self._narrow or width_of(words, "meta") <= self._room():
            return [words]
        first, dot, second = words.partition(" · ")
        if dot:
            return [first, second]
        spaces = [at for at, letter in enumerate(words) if letter == " "]
        fitting = [at for at in spaces if width_of(words[:at], "meta") <= self._room()]
        return [words[: fitting[-1]], words[fitting[-1] + 1 :]] if fitting else [words]
