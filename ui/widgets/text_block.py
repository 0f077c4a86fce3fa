"""Several lines of plain text with the design's leading, in one or more faces and colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption

from ui.theme import fonts
from ui.theme.tokens import TYPE, Token, TypeRole
from ui.widgets.long_words import breakable
from ui.widgets.painting import on_device_row, shade
from ui.widgets.plain import plain_text, units_of


class Span(NamedTuple):
    """A run of text in one face and colour."""

    text: str
    role: TypeRole = "body"
    tint: Token | QColor = "text"


_KEPT: Final = 600
_kept: dict[tuple[object, ...], TextBlock] = {}


def laid_out(
    spans: Sequence[Span], width: float, *, max_lines: int = 0, rtl: bool = False, limit: int = 20_000
) -> TextBlock:
    """A `TextBlock` of these, kept: one pass of a layout asks for the height of the same words some ten times."""
    looks = tuple((span.text, span.role, shade(span.tint).rgba()) for span in spans)
    key = (looks, width, max_lines, rtl, limit, fonts.edition())
    found = _kept.get(key)
    if found is None:
        while len(_kept) >= _KEPT:
            del _kept[next(iter(_kept))]  # the oldest
        found = _kept[key] = TextBlock(spans, width, max_lines=max_lines, rtl=rtl, limit=limit)
    return found


class TextBlock:
    """Text laid out once for a width; ask `height`, then `draw` as often as needed.

    `max_lines` 0 is no limit; the last line allowed ends in an ellipsis when text is left. Lengths are logical
    pixels. Laid out for the colours of now: make a new one after a change of theme.
    """

    def __init__(
        self, spans: Sequence[Span], width: float, *, max_lines: int = 0, rtl: bool = False, limit: int = 20_000
    ) -> None:
        # A title's lines are as far apart as its letters are high; words to read have the design's leading.
        tallest = max((TYPE[span.role].px for span in spans), default=0)
        self._lead = max(fonts.leading(), fonts.px(tallest * 1.3))
        self.lines = 0
        self.elided = False
        plain = (plain_text(span.text, limit).replace("\n", "\u2028") for span in spans)
        texts = [breakable(text, span.role, width) for text, span in zip(plain, spans, strict=True)]
        role = spans[0].role if spans else "body"
        self._layouts = [_layout("".join(texts), role, _formats(spans, texts), rtl)]
        self._flow(self._layouts[0], max(1.0, width), max_lines, spans, texts, rtl)

    @property
    def height(self) -> float:
        return float(self.lines * self._lead)

    def draw(self, painter: QPainter, left: float, top: float) -> None:
        if self._layouts and self._layouts[0].lineCount():
            first = self._layouts[0].lineAt(0)
            baseline = top + first.y() + first.ascent()
            top += on_device_row(painter, baseline) - baseline
        for layout in self._layouts:
            layout.draw(painter, QPointF(left, top))

    def _flow(
        self, layout: QTextLayout, width: float, max_lines: int, spans: Sequence[Span], texts: Sequence[str], rtl: bool
    ) -> None:
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            self._place(line)
            if self.lines == max_lines and line.textStart() + line.textLength() < units_of(layout.text()):
                self.elided = True
                break
        layout.endLayout()
        if self.elided:
            self._end_with_ellipsis(layout, width, spans, texts, rtl)

    def _place(self, line: QTextLine) -> None:
        height = line.height()
        top = self.lines * self._lead + math.floor((self._lead - height) / 2)
        line.setPosition(QPointF(0.0, top))
        self.lines += 1

    def _end_with_ellipsis(
        self, layout: QTextLayout, width: float, spans: Sequence[Span], texts: Sequence[str], rtl: bool
    ) -> None:
        # The whole is laid out once more with a shorter text: cheaper to read than to patch glyphs.
        last = layout.lineAt(self.lines - 1)
        units = layout.text().encode("utf-16-le", "surrogatepass")
        start = last.textStart()
        kept = units[: start * 2].decode("utf-16-le", "ignore")
        rest = units[start * 2 :].decode("utf-16-le", "ignore").replace("\u2028", " ")
        role = spans[-1].role
        end = fonts.metrics(role).elidedText(rest[:400], Qt.TextElideMode.ElideRight, width - 1)
        shorter = _layout(kept + end, spans[0].role, _formats(spans, texts), rtl)
        lines, self.lines = self.lines, 0
        shorter.beginLayout()
        for _ in range(lines):
            line = shorter.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            self._place(line)
        shorter.endLayout()
        self._layouts = [shorter]


def _layout(text: str, role: TypeRole, formats: list[QTextLayout.FormatRange], rtl: bool) -> QTextLayout:
    layout = QTextLayout(text, fonts.font(role))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    # The words decide which way they read; the layout decides only at which side they stand.
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
    option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    layout.setFormats(formats)
    layout.setCacheEnabled(True)
    return layout


def _formats(spans: Sequence[Span], texts: Sequence[str]) -> list[QTextLayout.FormatRange]:
    ranges = []
    at = 0
    for span, text in zip(spans, texts, strict=True):
        made = QTextLayout.FormatRange()
        made.start = at
        made.length = units_of(text)
        look = QTextCharFormat()
        look.setFont(fonts.font(span.role))
        look.setForeground(shade(span.tint))
        made.format = look
        ranges.append(made)
        at += made.length
    return ranges
