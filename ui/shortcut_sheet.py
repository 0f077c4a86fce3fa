"""The shortcut sheet: every command with a key, by menu."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from ui.commands import Commands, keys_words
from ui.session import Subject
from ui.widgets.keycap import Keycap
from ui.widgets.label import Label
from ui.widgets.pane import Pane


class ShortcutSheet(Pane):
    """A place of the window, not a dialog; Esc goes back."""

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self._commands = commands
        inside = QWidget()
        inside.setAutoFillBackground(False)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        column.addWidget(Label(self.tr("Shortcuts"), "title"))
        menus: dict[str, QGridLayout] = {}
        for command, action in commands.all():
            keys = keys_words(action)
            if not keys:
                continue
            if command.menu not in menus:
                column.addWidget(Label(command.menu.capitalize(), "section", "text2"))
                menus[command.menu] = grid = QGridLayout()
                grid.setHorizontalSpacing(16)
                grid.setColumnStretch(1, 1)
                column.addLayout(grid)
            grid = menus[command.menu]
            row = grid.rowCount()
            grid.addWidget(Keycap(keys), row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(Label(action.text(), "body", "text"), row, 1)
        column.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setWidget(inside)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setObjectName("pane")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def enter(self) -> None:
        """Takes the focus, so that arrows scroll."""
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._commands.run("back")
        else:
            super().keyPressEvent(event)
