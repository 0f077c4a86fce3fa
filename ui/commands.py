"""Every command once: its words, keys and handler. Menus, the palette and the shortcut sheet all read this."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.widgets.keycap import key_text

Menu = Literal["file", "edit", "view", "go", "log", "window", "help"]
MENUS: tuple[Menu, ...] = ("file", "edit", "view", "go", "log", "window", "help")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done.

    `words` is what the menu and the palette say; `{who}` stands for the person or deal that it would act on. A command
    of scope 'row' has single keys that only work while a list of people has the focus, never in a text field; the keys
    of one of scope 'page' work on the pages that take it with `attach_to`.
    """

    id: str
    words: str
    menu: Menu
    keys: tuple[str, ...] = ()
    scope: Literal["window", "row", "page"] = "window"
    icon: str = ""
    starts_group: bool = False


class Commands(QObject):
    """The registry. Each command is one QAction, shared by its menu, its keys and the palette."""

    used = Signal(str)
    """A command's id, each time one is carried out, however it was called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._can: dict[str, Callable[[], bool]] = {}
        self._now: dict[str, Callable[[], str]] = {}
        self._is_on: dict[str, Callable[[], bool]] = {}

    def add(
        self,
        command: Command,
        do: Callable[[], object],
        can: Callable[[], bool] | None = None,
        now: Callable[[], str] | None = None,
        is_on: Callable[[], bool] | None = None,
    ) -> QAction:
        """Registers a command. `can` tells whether it makes sense now: asked before a menu or the palette opens.

        `is_on` tells of one that switches something whether it is on: its menu shows a tick then.

        `now` gives the words for this moment, such as 'Undo: Snoozed until Monday'; '' while there is nothing to do:
        then the menu greys it out, and its key says so.
        """
        if command.id in self._commands:
            raise KeyError(f"{command.id} is there already")
        action = QAction(_menu_words(command), self)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if command.scope == "window"
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.setAutoRepeat(False)
        action.triggered.connect(lambda: self._carry_out(command.id, do))
        self._commands[command.id] = command
        self._actions[command.id] = action
        if can is not None:
            self._can[command.id] = can
        if now is not None:
            self._now[command.id] = now
        if is_on is not None:
            action.setCheckable(True)
            self._is_on[command.id] = is_on
        return action

    def remove(self, command_id: str) -> None:
        """Takes a command out, as when the team's log buttons change."""
        self._commands.pop(command_id, None)
        self._can.pop(command_id, None)
        self._now.pop(command_id, None)
        self._is_on.pop(command_id, None)
        action = self._actions.pop(command_id, None)
        if action is not None:
            action.deleteLater()

    def action(self, command_id: str) -> QAction:
        """The command's QAction."""
        return self._actions[command_id]

    def all(self) -> Iterator[tuple[Command, QAction]]:
        """Every command, in the order of registration."""
        return ((command, self._actions[command.id]) for command in self._commands.values())

    def can(self, command_id: str) -> bool:
        """Whether the command makes sense now."""
        return command_id in self._commands and self._can.get(command_id, lambda: True)()

    def words(self, command_id: str) -> str:
        """What the command would do now, in words; `{who}` and `{deal}` stand in it as they do in its own."""
        return self._now.get(command_id, str)() or self._commands[command_id].words

    def run(self, command_id: str) -> None:
        """Carries a command out as if its key had been pressed, if it makes sense now."""
        if self.can(command_id):
            self._actions[command_id].trigger()

    def grey_out(self) -> None:
        """Greys out what makes no sense now, while a menu shows it, and ticks what is on."""
        for command_id, can in self._can.items():
            self._actions[command_id].setEnabled(can())
        for command_id, now in self._now.items():
            said = now()
            self._actions[command_id].setText(_escaped(said) if said else _menu_words(self._commands[command_id]))
            self._actions[command_id].setEnabled(bool(said))
        for command_id, is_on in self._is_on.items():
            self._actions[command_id].setChecked(is_on())

    def light_up(self) -> None:
        """The menu is gone: every key works again, and is asked whether it makes sense when it is pressed."""
        for action in self._actions.values():
            action.setEnabled(True)

    def set_single_keys(self, how: Literal["on", "with-ctrl", "off"]) -> None:
        """Whether the letters of scope 'row' work alone, only together with Ctrl, or not at all."""
        for command, action in self.all():
            if command.scope == "row":
                wanted = [_with_ctrl(keys) if how == "with-ctrl" else keys for keys in command.keys]
                single = [keys for keys in wanted if how != "off" or len(keys) > 1]
                action.setShortcuts([QKeySequence(keys) for keys in single])

    def attach(self, widget: QWidget) -> None:
        """Lets the single keys of scope 'row' work while `widget` or a child has the focus."""
        for command, action in self.all():
            if command.scope == "row":
                widget.addAction(action)

    def attach_to(self, widget: QWidget, *command_ids: str) -> None:
        """Lets the keys of these commands of scope 'page' work while `widget` or a child has the focus."""
        for command_id in command_ids:
            widget.addAction(self._actions[command_id])

    def clashes(self) -> list[tuple[str, str, str]]:
        """Keys that two commands share: (keys, command id, command id). The window's keys work wherever others do."""
        seen: dict[str, str] = {}
        found = []
        for command, action in self.all():
            for keys in action.shortcuts():
                if keys.toString() in seen:
                    found.append((keys.toString(), seen[keys.toString()], command.id))
                seen[keys.toString()] = command.id
        return found

    def _carry_out(self, command_id: str, do: Callable[[], object]) -> None:
        if not self.can(command_id):
            return
        do()
        self.used.emit(command_id)


def _with_ctrl(keys: str) -> str:
    """'N' becomes 'Ctrl+Alt+N': with Ctrl alone most letters have another meaning already."""
    return f"Ctrl+Alt+{keys}" if len(keys) == 1 and keys.isalpha() else keys


def _menu_words(command: Command) -> str:
    who = QCoreApplication.translate("Commands", "this person")
    deal = QCoreApplication.translate("Commands", "this deal")
    return _escaped(command.words.replace("{who}", who).replace("{deal}", deal))


def _escaped(words: str) -> str:
    """As a menu shows it letter by letter: a single ampersand would underline what follows."""
    return words.replace("&", "&&")


def plain_words(action: QAction) -> str:
    """What an action says in its menu, without its mnemonic."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def all_keys(action: QAction) -> list[str]:
    """Each of its shortcuts as a keycap shows it."""
    return [key_text(keys) for keys in action.shortcuts()]


def keys_words(action: QAction) -> str:
    """The first shortcut as its keycap shows it: 'Ctrl K', '↵'; '' without one."""
    shortcut = action.shortcut()
    return "" if shortcut.isEmpty() else key_text(shortcut)
