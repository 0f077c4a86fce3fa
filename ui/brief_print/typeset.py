"""Sets a sheet on paper: every line whole, always one page, and how many lines did not fit said at its foot.

Lengths are twips (twentieths of a point): the preview, the PDF and the printer break every line alike.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from companion.domain.language import trn
from ui.brief_print.sheet import Section, Sheet, SheetLine
from ui.theme import fonts
from ui.theme.tokens import LIGHT, TONE_TEXT, Token, TypeRole
from ui.widgets.plain import plain_line, units_of

TWIP: Final = 20
"""Twips in a point."""
_MARGIN: Final = 42 * TWIP
_SIZES: Final[dict[str, tuple[TypeRole, float, float]]] = {
    "name": ("page_name", 20, 26),
    "head": ("section", 9, 14),
    "body": ("body", 10, 14.5),
    "bold": ("strong", 10, 14.5),
    "aside": ("meta", 9, 14.5),
    "foot": ("meta", 8, 11),
}
"""A style's face, and its size and leading in points."""
_RULE: Final = 22 * TWIP
_LEAST_NOTES: Final = 4
_LONGEST: Final = 2_000
"""Characters of one line's text: what is longer is no line of a brief."""


class Placed(NamedTuple):
    """A piece of text where it was drawn."""

    text: str
    rect: QRectF


class _Words:
    """Plain words broken into lines of a width, the last one allowed ending in an ellipsis where more is left."""

    def __init__(self, text: str, style: str, tint: Token, width: float, most: int, rtl: bool, bold: str = "") -> None:
        self.text = plain_line("  ".join(each for each in (bold, text) if each), _LONGEST)
        strong = units_of(plain_line(bold, _LONGEST))
        self._tint: Token = tint
        self._layout = _laid_out(self.text, style, width, most, rtl, strong)
        if _cut(self._layout, self.text, most):
            self.text = _shortened(self._layout, self.text, style, width, most)
            self._layout = _laid_out(self.text, style, width, most, rtl, strong)
        lines = [self._layout.lineAt(number) for number in range(self._layout.lineCount())]
        self.height = len(lines) * _leading(style)
        self.widest = max((line.naturalTextWidth() for line in lines), default=0.0)

    def draw(self, painter: QPainter, left: float, top: float) -> None:
        painter.setPen(QColor(LIGHT[self._tint]))
        self._layout.draw(painter, QPointF(left, top))


class Typesetter:
    """Sets one sheet on paper of `size` (in twips). `placed` and `left_out` tell what was drawn and what was not."""

    def __init__(self, sheet: Sheet, size: QSizeF, rtl: bool = False) -> None:
        self._sheet, self._rtl, self._size = sheet, rtl, size
        self._left, self._right = float(_MARGIN), size.width() - _MARGIN
        self._bottom = size.height() - _MARGIN - 2 * _leading("foot")
        self._top = 0.0
        self.placed: list[Placed] = []
        self.left_out = 0

    def draw(self, painter: QPainter) -> None:
        """Draws the page with its corner at the painter's origin."""
        self.placed.clear()
        self.left_out = 0
        self._top = float(_MARGIN)
        self._head(painter)
        full = False
        for section in self._sheet.sections:
            full = self._section(painter, section, full) or full
        self._notes(painter)
        self._foot(painter)

    # Parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _head(self, painter: QPainter) -> None:
        self._row(painter, self._words(self._sheet.name, "name", "text", self._width, 2))
        for text, tint in ((self._sheet.subtitle, "text2"), (self._sheet.reach, "text2")):
            if text:
                self._row(painter, self._words(text, "body", tint, self._width, 2))  # type: ignore[arg-type]
        self._top += 8 * TWIP
        painter.fillRect(QRectF(self._left, self._top, self._width, TWIP), QColor(LIGHT["border"]))
        self._top += 4 * TWIP

    def _section(self, painter: QPainter, section: Section, full: bool) -> bool:
        """True when it did not fit: what comes after it is counted, not set, or the order would lie."""
        if full:
            self.left_out += len(section.lines)
            return True
        head = self._words(section.head, "head", "text2", self._width, 1)
        before = 9 * TWIP
        for number, line in enumerate(section.lines):
            words, aside = self._line(line)
            needed = words.height + (before + head.height if number == 0 else 0.0)
            if self._top + needed > self._bottom:
                self.left_out += len(section.lines) - number
                return True
            if number == 0:
                self._top += before
                self._row(painter, head)
            if line.bullet:
                self._bullet(painter)
            if aside is not None:
                self._place(painter, aside, self._right - aside.widest, self._top, aside.widest)
            indent = 10 * TWIP if line.bullet else 0
            self._place(painter, words, self._left + indent, self._top, self._line_width(line, aside))
            self._top += words.height
        return False

    def _line(self, line: SheetLine) -> tuple[_Words, _Words | None]:
        aside = None
        tint: Token = "text3" if line.tone == "none" else TONE_TEXT[line.tone]
        if line.aside:
            aside = self._words(line.aside, "aside", tint, self._width / 3, 1)
        ink: Token = "text" if line.aside or line.tone == "none" else tint
        width = self._line_width(line, aside)
        return _Words(line.text, "body", ink, width, line.lines, self._rtl, line.bold), aside

    def _line_width(self, line: SheetLine, aside: _Words | None) -> float:
        return self._width - (aside.widest + 14 * TWIP if aside else 0.0) - (10 * TWIP if line.bullet else 0.0)

    def _notes(self, painter: QPainter) -> None:
        """What room is left is for the pen."""
        top = self._top + 12 * TWIP
        lines = int((self._bottom - top - _leading("head")) // _RULE)
        if lines < _LEAST_NOTES or self.left_out:
            return
        self._top = top
        self._row(painter, self._words(_notes_word(), "head", "text2", self._width, 1))
        for number in range(1, lines + 1):
            painter.fillRect(
                QRectF(self._left, self._top + number * _RULE, self._width, TWIP / 2), QColor(LIGHT["hairline"])
            )

    def _foot(self, painter: QPainter) -> None:
        top = self._size.height() - _MARGIN - _leading("foot")
        made = self._words(self._sheet.made, "foot", "text3", self._width / 2, 1)
        self._place(painter, made, self._left, top, self._width / 2)
        if self.left_out:
            more = self._words(more_words(self.left_out), "foot", "text2", self._width / 2, 1)
            self._place(painter, more, self._right - more.widest, top, more.widest)

    # Drawing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _width(self) -> float:
        return self._right - self._left

    def _words(self, text: str, style: str, tint: Token, width: float, most: int) -> _Words:
        return _Words(text, style, tint, width, most, self._rtl)

    def _row(self, painter: QPainter, words: _Words) -> None:
        self._place(painter, words, self._left, self._top, self._width)
        self._top += words.height

    def _place(self, painter: QPainter, words: _Words, left: float, top: float, width: float) -> None:
        if self._rtl:
            left = self._size.width() - left - width
        words.draw(painter, left, top)
        self.placed.append(Placed(words.text, QRectF(left, top, width, words.height)))

    def _bullet(self, painter: QPainter) -> None:
        side, lead = 2.6 * TWIP, _leading("body")
        left = self._left + 1 * TWIP
        if self._rtl:
            left = self._size.width() - left - side
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(LIGHT["control"]))
        painter.drawEllipse(QRectF(left, self._top + (lead - side) / 2, side, side))
        painter.restore()


def more_words(count: int) -> str:
    """'3 more in Companion'."""
    return trn("{n} more in Companion", "{n} more in Companion", count)


def _notes_word() -> str:
    return QCoreApplication.translate("BriefPrint", "Notes")


def _leading(style: str) -> float:
    return _SIZES[style][2] * TWIP


def _font(style: str) -> QFont:
    role, points, _ = _SIZES[style]
    made = QFont(fonts.font(role))
    # The text size of the screen has no say on paper.
    made.setPixelSize(round(points * TWIP))
    made.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Its raised plus and colon have no character of their own: a number copied out of the PDF would lose its plus.
    made.setFeature(QFont.Tag("calt"), 0)
    return made


def _laid_out(text: str, style: str, width: float, most: int, rtl: bool, strong: int) -> QTextLayout:
    layout = QTextLayout(text, _font(style))
    option = QTextOption()
    option.setUseDesignMetrics(True)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    # The words decide which way they read; the layout decides only at which side they stand.
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
    option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    if strong:
        bold = QTextLayout.FormatRange()
        bold.start, bold.length = 0, min(strong, units_of(text))
        bold.format.setFont(_font("bold"))
        layout.setFormats([bold])
    lead, number = _leading(style), 0
    layout.beginLayout()
    while number < most and (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, float(TWIP)))
        line.setPosition(QPointF(0.0, number * lead + (lead - line.height()) / 2))
        number += 1
    layout.endLayout()
    return layout


def _cut(layout: QTextLayout, text: str, most: int) -> bool:
    count = layout.lineCount()
    if count < most:
        return False
    last = layout.lineAt(count - 1)
    return last.textStart() + last.textLength() < units_of(text)


def _shortened(layout: QTextLayout, text: str, style: str, width: float, most: int) -> str:
    last = layout.lineAt(most - 1)
    units = text.encode("utf-16-le", "surrogatepass")
    kept = units[: last.textStart() * 2].decode("utf-16-le", "ignore")
    rest = units[last.textStart() * 2 :].decode("utf-16-le", "ignore")
    # A little less than the line: what is measured alone may be wider than within the line.
    end = QFontMetricsF(_font(style)).elidedText(rest[:400], Qt.TextElideMode.ElideRight, width * 0.97)
    return kept + end
