"""A field of one line that tints the words it understood, and grows when the rep wants more lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.menu import dress_menu_of
from ui.widgets.painting import box, draw_text, is_rtl

_HEIGHT: Final = 40
_MOST_LINES: Final = 6
_LIMIT: Final = 20_000
_ROOM: Final = 4  # round the text, inside the viewport: a tint may stand out of its line

Spans = tuple[tuple[int, int], ...]


class LineEditor(QPlainTextEdit):
    """A QPlainTextEdit of one line; Shift+Enter adds lines, up to six are shown.

    Spans are [start, end) in characters of `text`. Backspace right behind a span, or in it, sends `span_refused`
    with that span and keeps the text; the owner stops reading it as a date and calls `set_spans` again.
    """

    entered = Signal()
    """Enter."""
    entered_with_ctrl = Signal()
    """Ctrl+Enter."""
    escaped = Signal()
    """Esc."""
    span_refused = Signal(int, int)

    def __init__(self, name: str, parent: QWidget | None = None, *, placeholder: str = "") -> None:
        super().__init__(parent)
        dress_menu_of(self)
        self.setAcceptDrops(False)
        self._spans: Spans = ()
        self._most = _MOST_LINES
        self._hint = placeholder
        self.setAccessibleName(name)
        self.setAccessibleDescription(self._hint)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(_ROOM)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            # An empty line too begins where the rep's language does: Qt goes by the letters, of which there are none.
            option = self.document().defaultTextOption()
            option.setTextDirection(Qt.LayoutDirection.RightToLeft)
            option.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.document().setDefaultTextOption(option)
        self._tint = _SpanTint(self.document())
        self.document().contentsChanged.connect(self._changed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._dress()

    @property
    def text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace everything; the cursor goes to the end and undo starts afresh."""
        self.setPlainText(text[:_LIMIT])
        self.moveCursor(QTextCursor.MoveOperation.End)

    def set_hint(self, words: str) -> None:
        """What stands in the empty line."""
        self._hint = words
        self.setAccessibleDescription(words)
        self.viewport().update()

    def set_spans(self, spans: Sequence[tuple[int, int]]) -> None:
        """Tint these parts of the text; parts outside it are left out."""
        length = len(self.text)
        self._spans = tuple((start, end) for start, end in spans if 0 <= start < end <= length)
        # Qt says that the text changed when only its colours did: whoever listens would take old text for typed.
        with QSignalBlocker(self):
            self._tint.set_spans(tuple((self._unit(start), self._unit(end)) for start, end in self._spans))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, mods = event.key(), event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(mods)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key == Qt.Key.Key_Backspace and mods == Qt.KeyboardModifier.NoModifier and self._refuse_span():
            pass
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain words only; pasted line breaks stay only where the note already has several lines."""
        text = source.text()[:_LIMIT]
        if self.blockCount() == 1:
            text = " ".join(text.split())
        self.insertPlainText(text)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def sizeHint(self) -> QSize:
        lines = min(self._most, max(1, round(self.document().size().height())))
        line = fonts.metrics("body").lineSpacing()
        return QSize(fonts.px(240), round(fonts.px(_HEIGHT) + (lines - 1) * line))

    def show_within(self, height: float) -> None:
        """Shows as many lines at once as stand in `height` logical pixels, one at least; the others scroll."""
        more = int((height - fonts.px(_HEIGHT)) // fonts.metrics("body").lineSpacing())
        most = max(1, min(_MOST_LINES, 1 + more))
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(120), self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
            with QSignalBlocker(self):
                self._tint.rehighlight()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for start, end in self._spans:
            for rect in self._rects(start, end):
                box(painter, rect, 4, "accent_soft")
        if not self.text and self._hint:
            inner = QRectF(self.viewport().rect()).adjusted(_ROOM, 0, -_ROOM, 0)
            draw_text(painter, inner, self._hint, "body", "text3", rtl=is_rtl(self.layoutDirection()))
        painter.end()
        super().paintEvent(event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        # The frame lies outside the viewport, so Qt's own paint event never reaches it.
        if event.type() == QEvent.Type.Paint:
            self._paint_frame()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.EnabledChange):
            self.update()
        return done

    def _paint_frame(self) -> None:
        painter = QPainter(self)
        focused = self.hasFocus()
        bounds = QRectF(self.rect())
        box(painter, bounds, RADIUS_CONTROL + 1, "button", "focus" if focused else "border", 2.0 if focused else 1.0)

    def _enter(self, mods: Qt.KeyboardModifier) -> None:
        if mods & Qt.KeyboardModifier.ShiftModifier:
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        elif mods & Qt.KeyboardModifier.ControlModifier:
            self.entered_with_ctrl.emit()
        else:
            self.entered.emit()

    def _refuse_span(self) -> bool:
        cursor = self.textCursor()
        if cursor.hasSelection():
            return False
        at = cursor.position()
        for start, end in self._spans:
            if self._unit(start) < at <= self._unit(end):
                self.span_refused.emit(start, end)
                return True
        return False

    def _unit(self, index: int) -> int:
        """A place in the text as Qt counts it: emoji are two."""
        text = self.text[:index]
        return index if text.isascii() else sum(2 if ord(character) > 0xFFFF else 1 for character in text)

    def _rects(self, start: int, end: int) -> list[QRectF]:
        cursor = self.textCursor()
        cursor.setPosition(self._unit(start))
        first = QRectF(self.cursorRect(cursor))
        cursor.setPosition(self._unit(end))
        last = QRectF(self.cursorRect(cursor))
        if first.top() != last.top():
            return []  # wrapped in the middle: the colour of the letters has to do
        rect = QRectF(first.center(), last.center()).normalized()
        rect.setTop(first.top())
        rect.setBottom(last.bottom())
        return [rect.adjusted(-2, -1, 2, 2)]

    def _dress(self) -> None:
        self.setFont(fonts.font("body"))
        line = round(fonts.metrics("body").lineSpacing())
        across, down = fonts.px(14) - _ROOM, (fonts.px(_HEIGHT) - line) // 2 - _ROOM
        self.setViewportMargins(across, down, across, down)
        palette = QPalette(self.palette())
        theme = Theme.current()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, theme.color("text"))
        self.setPalette(palette)
        self.viewport().setAutoFillBackground(False)
        self.updateGeometry()

    def _changed(self) -> None:
        # Until the owner has read the new text, what no longer fits it must not be drawn.
        length = len(self.text)
        if any(end > length for _, end in self._spans):
            self._spans = tuple(span for span in self._spans if span[1] <= length)
        if self.sizeHint().height() != self.height():
            self.updateGeometry()
        self.viewport().update()


class _SpanTint(QSyntaxHighlighter):
    """Colours the letters of the spans, given in Qt's units of the whole document."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._spans: Spans = ()

    def set_spans(self, spans: Spans) -> None:
        if spans != self._spans:
            self._spans = spans
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        first = self.currentBlock().position()
        length = self.currentBlock().length()
        look = QTextCharFormat()
        look.setForeground(Theme.current().color("accent_text"))
        for start, end in self._spans:
            if start < first + length and end > first:
                self.setFormat(max(0, start - first), end - max(start, first), look)
