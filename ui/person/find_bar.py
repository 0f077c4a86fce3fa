"""A line to find in a list: how many match, the arrows go through them, Esc shows all again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import RADIUS_CONTROL, Token
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.painting import box
from ui.widgets.sides import set_margins


class FindBar(QWidget):
    """`typed` with each letter; `went(1)` on Down, `went(-1)` on Up; `left` on Esc and the cross.

    Enter means Down (and with Shift, Up) where the bar `closes` and is gone; where it stays it sends `went(0)`.
    """

    typed = Signal(str)
    went = Signal(int)
    left = Signal()

    def __init__(self, words: str, parent: QWidget | None = None, *, closes: bool = True) -> None:
        super().__init__(parent)
        self._closes = closes
        self.line = QLineEdit()
        self.line.setAcceptDrops(False)
        self.line.setFrame(False)
        self.line.setMaxLength(200)
        self.line.setAccessibleName(words)
        self.line.setPlaceholderText(words)
        self.line.textChanged.connect(self.typed)
        self.line.installEventFilter(self)
        self._count = Label("", "meta", "text3", tabular=True)
        close = IconButton("x", self.tr("Stop finding"))
        close.clicked.connect(self.left)
        row = QHBoxLayout(self)
        set_margins(row, 12, 3, 6, 3)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self._count)
        row.addWidget(close)
        # Only now that it stands in the bar: shown before, it would be a window for a moment and take the focus away.
        close.setVisible(closes)
        self.setMinimumHeight(fonts.px(32))
        self._dress()

    def open(self) -> None:
        """Shows the line and takes the focus."""
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def say(self, words: str) -> None:
        """How many were found."""
        self._count.set_text(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if key == Qt.Key.Key_Escape:
                self.left.emit()
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.went.emit(0 if not self._closes else -1 if back else 1)
            elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.went.emit(1 if key == Qt.Key.Key_Down else -1)
            else:
                return False
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self.line.hasFocus()
        bounds = QRectF(self.rect())
        ring: Token = "focus" if focused else "border"
        box(QPainter(self), bounds, RADIUS_CONTROL, "surface", ring, 2.0 if focused else 1.0)

    def _dress(self) -> None:
        self.line.setFont(fonts.font("body"))
        palette = QPalette(self.line.palette())
        theme = Theme.current()
        palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.PlaceholderText, theme.color("text3"))
        self.line.setPalette(palette)
