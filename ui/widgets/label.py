"""A line of plain text in one role of type, in the colour of a token."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import Token, TypeRole
from ui.widgets.painting import is_rtl
from ui.widgets.plain import plain_line, tooltip_of


class Label(QLabel):
    """A QLabel that can only show plain text; `elide` lets it shrink below its text and end in an ellipsis."""

    def __init__(
        self,
        text: str = "",
        role: TypeRole = "body",
        tint: Token = "text",
        parent: QWidget | None = None,
        *,
        tabular: bool = False,
        elide: bool = False,
    ) -> None:
        super().__init__(parent)
        self._role: TypeRole = role
        self._tint: Token = tint
        self._tabular = tabular
        self._elide = elide
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._dress()
        self.set_text(text)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def full_text(self) -> str:
        """The text before eliding."""
        return self._full

    def set_text(self, text: str) -> None:
        self._full = plain_line(text)
        self.setAccessibleName(self._full)
        self._show_text()
        # What is shown may be the same nothing as before, for want of the room that the new text now asks for.
        self.updateGeometry()

    def setText(self, text: str) -> None:
        self.set_text(text)

    def set_tint(self, tint: Token) -> None:
        self._tint = tint
        self._dress()

    def sizeHint(self) -> QSize:
        metrics = fonts.metrics(self._role, self._tabular)
        margins = self.contentsMargins()
        width = fonts.width(self._full, self._role, self._tabular) + margins.left() + margins.right()
        return QSize(int(width + 0.99), int(metrics.height() + 0.99) + margins.top() + margins.bottom())

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), fonts.px(40)), hint.height()) if self._elide else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_text()

    def changeEvent(self, event: QEvent) -> None:
        # Told by the theme after a switch: the colours and sizes it knew are old.
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setFont(fonts.font(self._role, self._tabular))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, Theme.current().color(self._tint))
        self.setPalette(palette)
        # Absolute: Qt would let the direction of the words decide the side.
        side = Qt.AlignmentFlag.AlignRight if is_rtl(self.layoutDirection()) else Qt.AlignmentFlag.AlignLeft
        self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        self.updateGeometry()

    def _show_text(self) -> None:
        shown = self._full
        if self._elide:
            metrics = fonts.metrics(self._role, self._tabular)
            shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.contentsRect().width() + 0.5)
        super().setText(shown)
        self.setToolTip(tooltip_of(self._full) if shown != self._full else "")
