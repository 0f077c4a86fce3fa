"""The shortcut sheet: every command with a key, those of a row first, and the keys of what is open for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.commands import Command, Commands, all_keys, plain_words
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.column_page import ColumnPage
from ui.widgets.keycap import Keycap, as_here, key_text
from ui.widgets.label import Label

_KEYS: Final = 120
_TWO_FROM: Final = 720
_OF_LISTS: Final = frozenset({"open", "find.slash", "row.down", "row.up"})
Line = tuple[Sequence[str], str]
"""The keys, and what they do."""


class ShortcutSheet(ColumnPage):
    """A place of the window, not a dialog; Esc goes back."""

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent, width=1020, centred=False, name=QCoreApplication.translate("Commands", "Shortcuts"))
        self.setObjectName("pane")
        self._commands = commands
        column = QVBoxLayout(self.middle)
        column.setContentsMargins(0, 18, 0, 24)
        column.setSpacing(8)
        column.addWidget(Label(self.tr("Shortcuts"), "title"))
        for title, lines in self._groups():
            column.addSpacing(8)
            column.addWidget(Label(title, "section", "text2"))
            column.addWidget(_Lines(lines))
        column.addStretch(1)

    def _groups(self) -> list[tuple[str, list[Line]]]:
        """What is pressed most comes first: the keys of a row, then the sheet's, then those of the menus."""
        by_group: dict[str, list[Line]] = {name: [] for name in ("row", "list", "go", "edit", "view", "file")}
        for command, action in self._commands.all():
            if not action.shortcut().isEmpty():
                lines = by_group.setdefault(_group_of(command), [])
                lines.append((list(dict.fromkeys(all_keys(action))), plain_words(action)))
        by_group["list"] += self._of_lists()
        titles = {
            "row": self.tr("With whoever is selected"),
            "list": self.tr("In lists"),
            "go": self.tr("Go"),
            "edit": self.tr("Edit"),
            "view": self.tr("View"),
            "file": self.tr("File"),
            "window": self.tr("Window"),
            "help": self.tr("Help"),
        }
        groups = [(titles[name], lines) for name, lines in by_group.items() if lines]
        meanwhile = [
            (self.tr("While you log"), self._of_the_sheet()),
            (self.tr("In what opens beside a row"), self._of_popups()),
        ]
        return [groups[0], *meanwhile, *groups[1:]]

    def _of_lists(self) -> list[Line]:
        return [
            (_keys("Up", "Down"), self.tr("The row above or below")),
            (_keys("Home", "End"), self.tr("The first or the last row")),
        ]

    def _of_popups(self) -> list[Line]:
        return [
            (["1…9"], self.tr("Choose a line by its number")),
            (_keys("Return"), self.tr("Choose the line that is lit")),
            (_keys("Up", "Down"), self.tr("Another line")),
            (_keys("Esc"), self.tr("Leave it as it was")),
            (_keys("H"), self.tr("Hide the reason for 7 days, where it is explained")),
        ]

    def _of_the_sheet(self) -> list[Line]:
        return [
            (_keys("Return"), self.tr("Save, and on to the next")),
            (_keys("Ctrl+Return"), self.tr("Save and stay")),
            (_keys("Esc"), self.tr("Keep what is written as a draft")),
            (_keys("Shift+Return"), self.tr("A new line in the note")),
            ([as_here("Alt 1…4")], self.tr("How it went: the first outcome to the fourth")),
            (_keys("Tab"), self.tr("To the next step")),
            (_keys("Alt+D"), self.tr("Leave the deal’s stage as it is, or move it after all")),
            (_keys("Alt+M"), self.tr("Change how long it took")),
        ]

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


def _group_of(command: Command) -> str:
    """Where a command stands on the sheet: by what it acts on, else by its menu."""
    if command.id in _OF_LISTS:
        return "list"
    return "row" if command.menu == "log" or command.scope == "row" else command.menu


def _keys(*each: str) -> list[str]:
    return [key_text(QKeySequence(keys)) for keys in each]


class _Lines(QWidget):
    """Keys and what they do: in two columns, or in one where two would cut the words."""

    def __init__(self, members: Sequence[Line]) -> None:
        super().__init__()
        self._columns = 0
        self._rows = [(_keycaps(keys), Label(words, "body", "text", elide=True)) for keys, words in members]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._arrange(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= fonts.px(_TWO_FROM) else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        down = (len(self._rows) + columns - 1) // columns
        for side in range(2):
            there = side < columns
            self._grid.setColumnMinimumWidth(2 * side, fonts.px(_KEYS) if there else 0)
            self._grid.setColumnStretch(2 * side + 1, int(there))
        for number, (keys, words) in enumerate(self._rows):
            row, side = number % down, 2 * (number // down)
            self._grid.addWidget(keys, row, side)
            self._grid.addWidget(words, row, side + 1)


def _keycaps(all_of_them: Sequence[str]) -> QWidget:
    """Every key that does it, side by side."""
    caps = QWidget()
    row = QHBoxLayout(caps)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for keys in all_of_them:
        row.addWidget(Keycap(keys))
    row.addStretch(1)
    return caps
