"""The name of a record as a link to it: it shrinks before it pushes anything out of the pane."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.tokens import Token, TypeRole
from ui.widgets.button import LinkButton
from ui.widgets.painting import width_of
from ui.widgets.plain import plain_line, tooltip_of


class NameLink(LinkButton):
    """Plain words of the book's own, with no mnemonic; elided at the end, then told whole by the tooltip."""

    def __init__(
        self, name: str = "", parent: QWidget | None = None, *, tint: Token = "text", role: TypeRole = "strong"
    ) -> None:
        super().__init__("", parent, tint=tint, role=role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Shows another name."""
        shown = plain_line(name)
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(shown)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), fonts.px(60)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fits = width_of(self.label, self._role) <= self.width() + 1
        self.setToolTip("" if fits else tooltip_of(self.label))
