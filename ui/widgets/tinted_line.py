"""A line to type in that tints the words it understood, without the room that a LineEditor takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import TypeRole
from ui.widgets.input_line import InputLine

Spans = tuple[tuple[int, int], ...]


class TintedLine(InputLine):
    """Spans are [start, end) in characters of the text. Backspace right behind a span, or in it, sends `span_refused`
    with that span and keeps the text; the owner stops reading it as a date and calls `set_spans` again."""

    span_refused = Signal(int, int)

    def __init__(
        self, parent: QWidget | None = None, *, limit: int = 1000, role: TypeRole = "body", size: int | None = None
    ) -> None:
        self._spans: Spans = ()
        self._composing = False
        super().__init__(parent, limit=limit, role=role, size=size)

    @property
    def spans(self) -> Spans:
        """What is tinted now."""
        return self._spans

    def set_spans(self, spans: Sequence[tuple[int, int]]) -> None:
        """Tint these parts of the text; parts outside it are left out."""
        length = len(self.text())
        self._spans = tuple((start, end) for start, end in spans if 0 <= start < end <= length)
        if not self._composing:
            self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Backspace and plain and self._refuse():
            event.accept()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        if not self._composing:
            self._tint()

    def _refuse(self) -> bool:
        if self.hasSelectedText():
            return False
        here = _character(self.text(), self.cursorPosition())
        span = next((each for each in self._spans if each[0] < here <= each[1]), None)
        if span is None:
            return False
        self.span_refused.emit(*span)
        return True

    def _tint(self) -> None:
        """A QLineEdit takes formats only from an input method; an event without text changes nothing but them."""
        look = QTextCharFormat()
        look.setBackground(Theme.current().color("accent_soft"))
        look.setForeground(Theme.current().color("accent_text"))
        text, cursor = self.text(), _unit(self.text(), _character(self.text(), self.cursorPosition()))
        formats = [
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat,
                _unit(text, start) - cursor,
                _unit(text, end) - _unit(text, start),
                look,
            )
            for start, end in self._spans
        ]
        super().inputMethodEvent(QInputMethodEvent("", formats))


def _unit(text: str, character: int) -> int:
    """Qt counts UTF-16 units, where an emoji is two."""
    return len(text[:character].encode("utf-16-le", "surrogatepass")) // 2


def _character(text: str, unit: int) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * unit].decode("utf-16-le", "surrogatepass"))
