"""A menu in the colours and type of the theme: quiet keys, hairlines between groups, a tick where something is on."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProxyStyle,
    QStyle,
    QStyleOption,
    QStyleOptionMenuItem,
    QWidget,
)

from ui.theme import fonts, icons
from ui.theme.tokens import Token
from ui.widgets.keycap import key_text
from ui.widgets.painting import box, draw_text, hairline, is_rtl, mirror, shade, width_of

_LINE: Final = 26
_BREAK: Final = 9
_EDGE: Final = 4
_START: Final = 28
"""Where the words begin: the tick has the room before them."""
_END: Final = 14
_BETWEEN: Final = 32
_TICK: Final = 14


class Menu(QMenu):
    """A QMenu that is dressed; native where the platform shows its own."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        dress(self)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.font() != fonts.font("body"):
            self.setFont(fonts.font("body"))
        super().changeEvent(event)


def dress(menu: QMenu) -> QMenu:
    """Gives a menu that Qt made, as the one of a text field, the looks of ours."""
    style = _MenuStyle("fusion")
    style.setParent(menu)
    menu.setStyle(style)
    menu.setFont(fonts.font("body"))
    return menu


def dress_menu_of(line: QLineEdit | QPlainTextEdit) -> None:
    """From now on the menu of a text field, which Qt fills, looks like ours."""
    line.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    line.customContextMenuRequested.connect(lambda at: _show_menu_of(line, at))


def _show_menu_of(line: QLineEdit | QPlainTextEdit, at: QPoint) -> None:
    menu = dress(line.createStandardContextMenu())
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(line.mapToGlobal(at))


class _Words(NamedTuple):
    """What a line says: its words, the place of the letter that chooses it (-1: none), and its keys."""

    text: str
    marked: int
    keys: str


def _words_of(said: str) -> _Words:
    words, _, keys = said.partition("\t")
    bare = words.replace("&&", "\0")
    return _Words(bare.replace("&", "").replace("\0", "&"), bare.find("&"), key_text(keys) if keys else "")


class _MenuStyle(QProxyStyle):
    """Fusion for what a menu does, our own for how it looks."""

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == QStyle.ControlElement.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            _paint_line(painter, option)
        elif element != QStyle.ControlElement.CE_MenuEmptyArea:  # the panel is there already
            super().drawControl(element, option, painter, widget)

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == QStyle.PrimitiveElement.PE_PanelMenu:
            box(painter, QRectF(option.rect), 0, "surface", "border")
        elif element != QStyle.PrimitiveElement.PE_FrameMenu:
            super().drawPrimitive(element, option, painter, widget)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        if kind != QStyle.ContentsType.CT_MenuItem or not isinstance(option, QStyleOptionMenuItem):
            return super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # None is fine
        if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
            return QSize(2, fonts.px(_BREAK))  # Qt leaves out what has no width
        said = _words_of(option.text)
        keys = width_of(said.keys, "meta") + fonts.px(_BETWEEN) if said.keys else 0.0
        # Qt adds the room of the widest shortcut in its own writing to each line; ours is counted here.
        wide = fonts.px(_START + _END) + width_of(said.text, "body") + keys - option.reservedShortcutWidth
        return QSize(round(max(0.0, wide) + 0.5), fonts.px(_LINE))

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric in (QStyle.PixelMetric.PM_MenuVMargin, QStyle.PixelMetric.PM_MenuHMargin):
            return _EDGE
        return super().pixelMetric(metric, option, widget)


def _paint_line(painter: QPainter, option: QStyleOptionMenuItem) -> None:
    line = QRectF(option.rect)
    rtl = is_rtl(option.direction)
    if option.menuItemType == QStyleOptionMenuItem.MenuItemType.Separator:
        hairline(painter, line.left() + 6, line.center().y(), line.width() - 12)
        return
    enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
    if enabled and option.state & QStyle.StateFlag.State_Selected:
        box(painter, line, 5, "selected")
    ink: Token = "text" if enabled else "control"
    said = _words_of(option.text)
    start = fonts.px(_START)
    if option.checked:
        tick = QRectF(line.left(), line.top(), start, line.height())
        icons.paint(painter, mirror(tick, line, rtl), "check", "accent_text" if enabled else ink, fonts.px(_TICK))
    inner = line.adjusted(start, 0, -fonts.px(_END), 0)
    keys = width_of(said.keys, "meta") + fonts.px(_BETWEEN) / 2 if said.keys else 0.0
    words = mirror(inner.adjusted(0, 0, -keys, 0), line, rtl)
    draw_text(painter, words, said.text, "body", ink, rtl=rtl)
    _underline(painter, words, said, ink, rtl)
    if said.keys:
        draw_text(
            painter, mirror(inner, line, rtl), said.keys, "meta", "text3" if enabled else ink, align="end", rtl=rtl
        )


def _underline(painter: QPainter, words: QRectF, said: _Words, ink: Token, rtl: bool) -> None:
    """The letter that chooses a line, where the words run from left to right."""
    if said.marked < 0 or rtl:
        return
    left = words.left() + width_of(said.text[: said.marked], "body")
    letter = width_of(said.text[said.marked : said.marked + 1], "body")
    painter.fillRect(QRectF(left, words.center().y() + fonts.px(7), letter, 1), shade(ink))
