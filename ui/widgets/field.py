"""A labelled line to type in, with room below for what is wrong with it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.widgets.heard import announce
from ui.widgets.input_line import InputBox, InputLine
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.text_block import Span

_LONGEST: Final = 32_767
"""Characters: a key may be long."""


class Field(QWidget):
    """`hidden` is for keys and passwords. `hint` stands below until a problem takes its place."""

    changed = Signal(str)

    def __init__(
        self, words: str, parent: QWidget | None = None, *, hint: str = "", example: str = "", hidden: bool = False
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        self.line = InputLine(limit=_LONGEST)
        self.line.setPlaceholderText(example)
        self.line.setAccessibleName(words)
        self.line.textChanged.connect(self.changed)
        if hidden:
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self._box = InputBox(self.line, height=34)
        self._below = Paragraph(hint, role="meta", tint="text3")
        self._label = Label(words, "label")
        self._label.setBuddy(self.line)
        self.setFocusProxy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._label, self._box, self._below):
            column.addWidget(widget)
        self._below.setVisible(bool(hint))

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
        self._box.wrong = bool(words)
        announce(self.line, f"{words} {advice}".strip() if words else "")
