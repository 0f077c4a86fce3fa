"""Whose record left the CRM: a line to find somebody else who shall have the change, with the matches as buttons."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.waiting.rows import RefusedRow, Target
from ui.waiting.viewmodel import WaitingViewModel
from ui.widgets.button import LinkButton
from ui.widgets.field import Field


class Elsewhere(QWidget):
    """Beside each other's names stands what tells them apart; Enter takes the first."""

    def __init__(self, row: RefusedRow, model: WaitingViewModel) -> None:
        super().__init__()
        self._row = row
        self._model = model
        self._found: tuple[Target, ...] = ()
        self._offered: list[LinkButton] = []
        self.field = Field(self.tr("Or give it to somebody else"), example=self.tr("Name"))
        self.field.line.setObjectName(f"{row.id}/elsewhere")
        self._matches = QVBoxLayout()
        self._matches.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addLayout(self._matches)
        self.field.changed.connect(self._look)
        self.field.line.returnPressed.connect(self._first)

    def _look(self, typed: str) -> None:
        self._found = self._model.others(self._row.id, typed)
        for old in self._offered:
            self._matches.removeWidget(old)
            old.deleteLater()
        self._offered.clear()
        for each in self._found:
            link = LinkButton(each.words, role="meta")
            link.setAccessibleName(self.tr("Give it to %1").replace("%1", each.words))
            link.clicked.connect(lambda _=False, each=each: self._give(each))
            self._matches.addWidget(link)
            self._offered.append(link)

    def _first(self) -> None:
        if self._found:
            self._give(self._found[0])

    def _give(self, target: Target) -> None:
        self._model.give_to(self._row.id, target)
