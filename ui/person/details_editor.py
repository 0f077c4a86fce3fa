"""The details of a page while they are edited: each field a line in its place, saved on its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from companion.queries.details import EditableField
from ui.theme import fonts
from ui.widgets.input_line import InputBox, InputLine
from ui.widgets.label import Label
from ui.widgets.labelled_line import label_column
from ui.widgets.paragraph import Paragraph

_LINE: Final = 30

Save = Callable[[EditableField, str], str]
"""Saves what was typed; gives what is wrong with it, in words, or ''."""


class DetailsEditor(QWidget):
    """Enter saves a field, Tab saves it and goes on, Esc puts back what stood there, and once more ends the editing."""

    left = Signal()

    def __init__(self, save: Save, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._save = save
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 0)
        self._column.setSpacing(fonts.px(4))
        self.lines: dict[str, DetailLine] = {}

    def show_fields(self, fields: tuple[EditableField, ...]) -> None:
        """Shows what stands in each field now; a line that is being typed in keeps what was typed."""
        if [field.name for field in fields] != list(self.lines):
            self._make(fields)
        for field in fields:
            self.lines[field.name].show_field(field)

    def begin(self) -> None:
        """The focus goes into the first line."""
        first = next(iter(self.lines.values()), None)
        if first is not None:
            first.line.setFocus(Qt.FocusReason.TabFocusReason)
            first.line.selectAll()

    def _make(self, fields: tuple[EditableField, ...]) -> None:
        for line in self.lines.values():
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self.lines = {}
        for field in fields:
            line = DetailLine(field, self._save)
            line.left.connect(self.left)
            self._column.addWidget(line)
            self.lines[field.name] = line
        self._line_up()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._line_up()
        super().changeEvent(event)

    def _line_up(self) -> None:
        """The lines begin under each other, where the values stood that they are edited in place of."""
        column = round(label_column([line.label for line in self.lines.values()]))
        for line in self.lines.values():
            line.set_column(column)


class DetailLine(QWidget):
    """A label, a line, and room below for what is wrong with it."""

    left = Signal()

    def __init__(self, field: EditableField, save: Save) -> None:
        super().__init__()
        self._field = field
        self._save = save
        self._label = Label(field.label, "meta", "text3", elide=True)
        self.line = InputLine()
        self.line.setText(field.text)
        self.line.setAccessibleName(field.label)
        self.line.installEventFilter(self)
        self._box = InputBox(self.line, height=_LINE, side=8)
        self._problem = Paragraph("", role="meta", tint="bad")
        self._problem.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(3)
        grid.addWidget(self._label, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._box, 0, 1)
        grid.addWidget(self._problem, 1, 1)
        grid.setColumnStretch(1, 1)

    @property
    def label(self) -> str:
        """What the field is called."""
        return self._field.label

    def set_column(self, width: int) -> None:
        """How wide the column of the labels is."""
        self._label.setFixedWidth(width - 8)

    def show_field(self, field: EditableField) -> None:
        """What the field holds now; what the rep has typed and not saved stays in the line."""
        typed = self.line.text() != self._field.text
        self._field = field
        if not typed:
            self.line.setText(field.text)
            self.line.setCursorPosition(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._take():
                    self.line.selectAll()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._revert()
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self._take()
        return False

    def _take(self) -> bool:
        """Saves what was typed; False with words below while it can't be."""
        typed = self.line.text()
        wrong = self._save(self._field, typed) if typed != self._field.text else ""
        self._say(wrong)
        if not wrong and typed != self._field.text:
            self.line.setText(self._field.text)  # as it was understood: the page has been read again by now
        return not wrong

    def _revert(self) -> None:
        if self.line.text() != self._field.text or not self._problem.isHidden():
            self.line.setText(self._field.text)
            self.line.selectAll()
            self._say("")
        else:
            self.left.emit()

    def _say(self, wrong: str) -> None:
        self._problem.set_text(wrong)
        self._problem.setVisible(bool(wrong))
        self.line.setAccessibleDescription(wrong)
        self._box.wrong = bool(wrong)
