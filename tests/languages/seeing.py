"""What stands on a screen, as texts: labels, buttons, rows, menus, tips, placeholders and accessible names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QAbstractItemView, QMenu, QMenuBar, QWidget

from companion.database import Database
from ui.widgets.looks import RowRole

_METHODS: Final = ("text", "placeholderText", "toolTip", "statusTip", "whatsThis", "accessibleName", "title")
_MOST_ROWS: Final = 60
_PARTS: Final = re.compile(r" · |, |\. |: |; | \(|\n|  | – | ‑ | → |\t|/|\"|“|”|\?|…|\+")
_TAGS: Final = re.compile(r"<[^>]*>")
_LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
KEYS: Final = frozenset(
    "ctrl alt shift esc tab space return enter home end left right up down backspace del delete pgup pgdown meta cmd "
    "strg umschalt".split()
)


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """Every text under a widget that can be seen or is spoken, with the class of the widget that has it."""
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, QMenuBar):
            yield from _actions(widget.actions(), "menu")
        if not widget.isVisibleTo(root) or isinstance(widget, QMenu):
            continue
        where = type(widget).__name__
        for method in _METHODS:
            read = getattr(widget, method, None)
            said = read() if callable(read) else None
            if isinstance(said, str) and said:
                yield where, said
        spoken = QAccessible.queryAccessibleInterface(widget)
        if name := spoken.text(QAccessible.Text.Name):
            yield where, name
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _rows(widget.model(), where)


def _rows(model: QAbstractItemModel, where: str) -> Iterator[tuple[str, str]]:
    for row in range(min(model.rowCount(QModelIndex()), _MOST_ROWS)):
        # A list hides how many columns it has.
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())):
            index = model.index(row, column)
            roles = (Qt.ItemDataRole.DisplayRole, RowRole.SPOKEN, Qt.ItemDataRole.AccessibleTextRole)
            for role in (*roles, Qt.ItemDataRole.ToolTipRole):
                said = index.data(int(role))
                if isinstance(said, str) and said:
                    yield f"{where} row", said


def _actions(actions: list[QAction], where: str) -> Iterator[tuple[str, str]]:
    for action in actions:
        if action.text():
            yield where, action.text()
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _actions(inner.actions(), where)


def outside(said: str) -> str:
    """What of a text stands outside of brackets."""
    depth, out = 0, []
    for sign in said:
        if sign == "[":
            depth += 1
        elif sign == "]" and depth:
            depth -= 1
            out.append("\n")
        elif depth == 0:
            out.append(sign)
    return "".join(out)


class Data:
    """Whatever the book holds: names, subjects, notes. Text that stands there is nobody's to translate."""

    def __init__(self, database: Database, *more: str) -> None:
        said = [*more]
        with database.read() as rows:
            tables = [each[0] for each in rows.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in set(tables) & _TABLES:
                for row in rows.all(f"SELECT * FROM {table}"):
                    said += [each for each in row if isinstance(each, str)]
        self._all = "\n".join(" ".join(each.split()) for each in said).casefold()

    def holds(self, piece: str) -> bool:
        """Whether the piece is found in the book."""
        return piece.casefold() in self._all

    def strange(self, said: str) -> list[str]:
        """The pieces of a text outside of brackets that are neither data nor signs nor keys."""
        found = []
        for piece in _PARTS.split(_TAGS.sub(" ", outside(said))):
            words = piece.strip(" .,:;!'’‘-–—&()[]~|*%<>")
            letters = _LETTERS.findall(words)
            if not letters or all(each.casefold() in KEYS for each in letters):
                continue
            if not self.holds(words):
                found.append(words)
        return found


_TABLES: Final = frozenset("people companies deals stages users pipelines activities engagements loss_reasons".split())
