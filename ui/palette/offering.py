"""The palette over one open book: which commands it offers, and where what was picked leads."""

from __future__ import annotations

from collections.abc import Callable

from companion.domain.records import Kind
from ui.commands import Command, Commands, keys_words
from ui.main_window.screen import MainWindow
from ui.palette.screen import PaletteSheet
from ui.palette.viewmodel import Choice, PaletteViewModel
from ui.session import Session

_NOT_OFFERED = frozenset({"find", "find.slash", "row.down", "row.up", "pane.next", "pane.previous"})


def make_palette(
    session: Session, commands: Commands, window: MainWindow, opened: Callable[[Kind, str], None]
) -> PaletteSheet:
    """The sheet, over the window; `opened` gets the record that was picked."""
    model = PaletteViewModel(session, lambda: _choices(commands), window.subject, window)
    model.run.connect(commands.run)
    model.opened.connect(opened)
    return PaletteSheet(model, window)


def _choices(commands: Commands) -> list[Choice]:
    offered: list[Choice] = []
    for each, action in commands.all():
        if each.id not in _NOT_OFFERED and commands.can(each.id):
            words = commands.words(each.id)
            found_by = each.words if words != each.words else ""
            offered.append(Choice(each.id, words, keys_words(action), each.icon, _rank(each), found_by))
    return offered


def _rank(command: Command) -> int:
    """In an empty palette: what can be done with whoever is selected, where one can go, then the rest."""
    return 0 if command.scope == "row" else 1 if command.menu == "go" else 2
