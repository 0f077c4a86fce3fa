"""The shortcut sheet: every command with a key, by menu."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.commands import Command, Commands, all_keys, plain_words
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.column_page import ColumnPage
from ui.widgets.keycap import Keycap
from ui.widgets.label import Label

_KEYS = 120


class ShortcutSheet(ColumnPage):
    """A place of the window, not a dialog; Esc goes back."""

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=760, centred=False, name=QCoreApplication.translate("Commands", "Shortcuts"))
        self.setObjectName("pane")
        self._commands = commands
        by_menu: dict[str, list[tuple[Command, QAction]]] = {}
        for command, action in commands.all():
            if not action.shortcut().isEmpty():
                by_menu.setdefault(command.menu, []).append((command, action))
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 16, 0, 24)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Shortcuts"), "title"))
        titles = {
            "file": self.tr("File"),
            "edit": self.tr("Edit"),
            "view": self.tr("View"),
            "go": self.tr("Go"),
            "log": self.tr("Log"),
            "window": self.tr("Window"),
            "help": self.tr("Help"),
        }
        for menu, members in by_menu.items():
            column.addSpacing(8)
            column.addWidget(Label(titles[menu], "section", "text2"))
            column.addLayout(_two_columns(members))
        column.addStretch(1)

    def enter(self) -> None:
        """Takes the focus, so that arrows scroll."""
        self.area.setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody."""
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._commands.run("back")
        else:
            super().keyPressEvent(event)


def _two_columns(members: list[tuple[Command, QAction]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    half = (len(members) + 1) // 2
    for side in (0, 2):
        grid.setColumnMinimumWidth(side, fonts.px(_KEYS))
        grid.setColumnStretch(side + 1, 1)
    for number, (_, action) in enumerate(members):
        row, side = number % half, 2 * (number // half)
        grid.addLayout(_keycaps(action), row, side)
        grid.addWidget(Label(plain_words(action), "body", "text", elide=True), row, side + 1)
    return grid


def _keycaps(action: QAction) -> QHBoxLayout:
    """Every key that does it, side by side."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for keys in all_keys(action):
        row.addWidget(Keycap(keys))
    row.addStretch(1)
    return row
