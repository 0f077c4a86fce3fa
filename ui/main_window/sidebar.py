"""The sidebar: find anything, the places with their counts, and at its foot how sync is doing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from companion.domain.language import number
from ui.theme import fonts, icons
from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.keycap import keycap_size, paint_keycap
from ui.widgets.label import Label
from ui.widgets.nav_item import NavItem
from ui.widgets.painted_button import PaintedButton
from ui.widgets.painting import box, draw_text, mirror, width_of
from ui.widgets.pane import Pane
from ui.widgets.plain import tooltip_of

WIDE = 216
NARROW = 56


class Sidebar(Pane):
    """Emits the id of the command that a click stands for."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("window", ("end",), parent)
        self._narrow = False
        self._items: dict[str, NavItem] = {}
        self._heads: list[Label] = []
        self.finder = _FindButton(self.tr("Find anything"), "Ctrl K", self)
        self.finder.clicked.connect(lambda: self.chosen.emit("find"))
        self.foot = _FootButton("", self)
        self.foot.clicked.connect(lambda: self.chosen.emit("go.waiting"))
        self._places = QVBoxLayout()
        self._places.setSpacing(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
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
            draw_text(painter, mirror(inner, bounds, self.rtl), self.label, "body", "text2", rtl=self.rtl)
            width = keycap_size(self._keys)[0]
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
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint()

    def _hint(self) -> None:
        cut = self._narrow or width_of(self.label, "meta") > self.width() - fonts.px(34 + 4)
        self.setToolTip(tooltip_of(self.label) if cut else "")

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(32), fonts.px(32))

    def paint(self, painter: QPainter, bounds: QRectF) -> None:
        if self.hovered or self.isDown():
            box(painter, bounds, RADIUS_CONTROL, "hover")
        side = fonts.px(16)
        left = (bounds.width() - side) / 2 if self._narrow else fonts.px(10)
        spot = mirror(QRectF(left, 0, side, bounds.height()), bounds, self.rtl)
        icons.paint(painter, spot, self._icon, "text2", side)
        if not self._narrow:
            room = bounds.width() - fonts.px(34 + 34)
            # The words come first: the dots only say that there is more behind them.
            dots = width_of(self.label, "meta") <= room
            end = fonts.px(34) if dots else fonts.px(4)
            words = mirror(bounds.adjusted(fonts.px(34), 0, -end, 0), bounds, self.rtl)
            draw_text(painter, words, self.label, "meta", "text2", rtl=self.rtl)
            more = QRectF(bounds.right() - fonts.px(10) - side, 0, side, bounds.height())
            if dots:
                icons.paint(painter, mirror(more, bounds, self.rtl), "ellipsis", "text2", side)
        self.draw_ring(painter, bounds)
