"""A line to type in, dressed as the theme says, and the box that stands round it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import RADIUS_CONTROL, Token, TypeRole
from ui.widgets.menu import dress_menu_of
from ui.widgets.painting import box
from ui.widgets.sides import set_margins


class InputLine(QLineEdit):
    """Has no frame of its own and takes no text that is dropped on it; `limit` in characters.

    `role` and `size` (unscaled px) are its type.
    """

    def __init__(
        self, parent: QWidget | None = None, *, limit: int = 1000, role: TypeRole = "body", size: int | None = None
    ) -> None:
        super().__init__(parent)
        self._role: TypeRole = role
        self._size = size
        self.setAcceptDrops(False)
        self.setFrame(False)
        self.setMaxLength(limit)
        dress_menu_of(self)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.setFont(fonts.font(self._role, size=self._size))
        palette = QPalette(self.palette())
        theme = Theme.current()
        palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.PlaceholderText, theme.color("text3"))
        self.setPalette(palette)


class InputBox(QWidget):
    """The border takes the accent while the line has the focus, and is red while what stands in it is `wrong`."""

    def __init__(self, line: InputLine, *, height: int, side: int = 10, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._height = height
        self._wrong = False
        line.installEventFilter(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        set_margins(self._row, side, 3, side, 3)
        self._row.addWidget(line, 1)
        self.setFixedHeight(fonts.px(height))

    def add(self, widget: QWidget) -> None:
        """Puts something behind the line, within the box."""
        self._row.addWidget(widget)

    @property
    def wrong(self) -> bool:
        """Whether what stands in the line can't be so."""
        return self._wrong

    @wrong.setter
    def wrong(self, wrong: bool) -> None:
        self._wrong = wrong
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(fonts.px(self._height))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self._line.hasFocus()
        border: Token = "focus" if focused else "bad" if self._wrong else "border"
        box(QPainter(self), QRectF(self.rect()), RADIUS_CONTROL, "surface", border, 2.0 if focused else 1.0)
