"""A paragraph of plain text with 20 px leading that wraps to its width."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import Token, TypeRole
from ui.widgets.painting import is_rtl
from ui.widgets.plain import tooltip_of
from ui.widgets.text_block import Span, TextBlock, laid_out


class Paragraph(QWidget):
    """Plain text only; `max_lines` 0 shows all, else the last line ends in an ellipsis and the tooltip has the rest."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: TypeRole = "body",
        tint: Token = "text",
        max_lines: int = 0,
    ) -> None:
        super().__init__(parent)
        self._role: TypeRole = role
        self._tint: Token = tint
        self._max_lines = max_lines
        self._spans: tuple[Span, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_text(text)

    @property
    def text(self) -> str:
        return "".join(span.text for span in self._spans)

    def set_text(self, text: str) -> None:
        self.set_spans([Span(text, self._role, self._tint)] if text else [])

    def set_spans(self, spans: Sequence[Span]) -> None:
        """Show runs of text, each with its own face and colour."""
        self._spans = tuple(spans)
        self.setAccessibleName(self.text)
        self._forget()

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(280), self.heightForWidth(max(self.width(), fonts.px(280))))

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(80), self.heightForWidth(self.width()) if self.width() > 0 else fonts.leading())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return math.ceil(self._laid_out(width).height) if self._spans else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._spans:
            return
        painter = QPainter(self)
        self._laid_out(self.width()).draw(painter, 0.0, 0.0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        elided = bool(self._spans) and self._laid_out(self.width()).elided
        self.setToolTip(tooltip_of(self.text) if elided else "")
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._forget()
        super().changeEvent(event)

    def _forget(self) -> None:
        self.updateGeometry()
        self.update()

    def _laid_out(self, width: int) -> TextBlock:
        return laid_out(self._spans, width, max_lines=self._max_lines, rtl=is_rtl(self.layoutDirection()))
