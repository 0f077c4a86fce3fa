"""One line of the page of fields: ours with a button that says where it comes from, or a further one to be shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.fields.value_button import ValueButton
from ui.fields.viewmodel import Further, Row
from ui.widgets.label import Label
from ui.widgets.plain import plain_line
from ui.widgets.segmented import Segmented


class FieldRow(QWidget):
    """`asked` is sent with the row when the rep wants to choose."""

    asked = Signal(object)

    def __init__(self, row: Row, start: int) -> None:
        super().__init__()
        self._row = row
        self._words = Label("", "body", "text2", elide=True)
        self._words.setFixedWidth(start)
        self.button = ValueButton()
        self.button.clicked.connect(lambda: self.asked.emit(self._row))
        self._note = Label("", "meta", "text3", elide=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 1, 0, 1)
        line.setSpacing(0)
        line.addWidget(self._words)
        line.addWidget(self.button)
        line.addSpacing(12)
        line.addWidget(self._note, 1)
        self.show_row(row)

    def show_row(self, row: Row) -> None:
        """Shows where the field comes from now."""
        self._row = row
        value = plain_line(row.value)
        self._words.set_text(row.words)
        self.button.setText(value.replace("&", "&&"))
        self.button.strong, self.button.missing = row.own, row.missing
        self.button.setEnabled(row.open)
        self.button.setAccessibleName(f"{row.words}: {value}")
        self.button.setAccessibleDescription(row.note)
        self.button.update()
        self._note.set_text(row.note)


class FurtherRow(QWidget):
    """`toggled` is sent with what the row is about."""

    toggled = Signal(object)

    def __init__(self, further: Further) -> None:
        super().__init__()
        self.further = further
        self._words = Label(further.words, "body", elide=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._note = Label(further.note, "meta", "text3")
        self.control = Segmented([self.tr("Hidden"), self.tr("Shown")], plain_line(further.words))
        self.control.chosen.connect(self._chosen)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 3, 0, 3)
        line.setSpacing(12)
        line.addWidget(self._words, 1)
        line.addWidget(self._note)
        line.addWidget(self.control)
        self.show_further(further)

    def show_further(self, further: Further) -> None:
        """Shows whether it is shown."""
        self.further = further
        self._note.set_text(further.note)
        self.control.set_current(int(further.shown))

    def _chosen(self, number: int) -> None:
        if bool(number) != self.further.shown:
            self.toggled.emit(self.further)
