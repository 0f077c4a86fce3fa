"""A labelled line to type in, with room below for what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import RADIUS_CONTROL, Token
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.painting import box
from ui.widgets.paragraph import Paragraph
from ui.widgets.text_block import Span


class Field(QWidget):
    """`hidden` is for keys and passwords. `hint` stands below until a problem takes its place."""

    changed = Signal(str)

    def __init__(
        self, words: str, parent: QWidget | None = None, *, hint: str = "", example: str = "", hidden: bool = False
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.line = QLineEdit()
        self.line.setAcceptDrops(False)
        self.line.setFrame(False)
        self.line.setPlaceholderText(example)
        self.line.setAccessibleName(words)
        self.line.textChanged.connect(self.changed)
        if hidden:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._frame = _Frame(self.line)
        self._below = Paragraph(hint, role="meta", tint="text3")
        self._label = Label(words, "label")
        self._label.setBuddy(self.line)
        self.setFocusProxy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._label, self._frame, self._below):
            column.addWidget(widget)
        self._below.setVisible(bool(hint))
        self._dress()

    def text(self) -> str:
        """What was typed, without blanks at its ends unless it is hidden."""
        typed = self.line.text()
        return typed if self.line.echoMode() is QLineEdit.EchoMode.Password else typed.strip()

    def rename(self, words: str, hint: str = "") -> None:
        """Another label and hint, as when another CRM calls the same thing otherwise."""
        self._hint = hint
        self._label.set_text(words)
        self.line.setAccessibleName(words)
        self.say_problem("")

    def say_problem(self, words: str, advice: str = "") -> None:
        """Shows what is wrong below the line, and what to do; '' brings the hint back."""
        spans = [Span(f"{words} ", "meta_label", "bad"), Span(advice, "meta", "text2")]
        self._below.set_spans([span for span in spans if span.text] if words else [Span(self._hint, "meta", "text3")])
        self._below.setVisible(bool(words or self._hint))
        self.line.setAccessibleDescription(f"{words} {advice}".strip() or self._hint)
        self._frame.wrong = bool(words)
        announce(self.line, f"{words} {advice}".strip() if words else "")
        self._frame.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        self.line.setFont(fonts.font("body"))
        palette = QPalette(self.line.palette())
        theme = Theme.current()
        palette.setColor(QPalette.ColorRole.Base, theme.color("surface"))
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        palette.setColor(QPalette.ColorRole.PlaceholderText, theme.color("text3"))
        self.line.setPalette(palette)


class _Frame(QWidget):
    """The line's box; its border takes the accent while the line has the focus."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__()
        self._line = line
        self.wrong = False
        line.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 10, 5)
        row.addWidget(line)
        self.setMinimumHeight(fonts.px(34))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self._line.hasFocus()
        border: Token = "focus" if focused else "bad" if self.wrong else "border"
        box(QPainter(self), QRectF(self.rect()), RADIUS_CONTROL, "surface", border, 2.0 if focused else 1.0)
