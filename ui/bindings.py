"""What each command of the catalogue does in the window over one open book, and when it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui import catalogue

if TYPE_CHECKING:
    from companion.domain.workspace import LogButton
    from ui.commands import Command, Commands
    from ui.log.deeds import Deeds
    from ui.log.row_keys import RowKeys
    from ui.log.viewmodel import LogViewModel
    from ui.log.wait_keys import WaitKeys
    from ui.main_window.screen import MainWindow
    from ui.main_window.viewmodel import FrameViewModel
    from ui.places import Places
    from ui.preferences import Preferences
    from ui.reason.keys import ReasonKeys
    from ui.today.ahead import Ahead

_ANYWHERE = frozenset({"find.slash", "row.down", "row.up"})
"""Commands of a list's that need nobody selected."""


Deed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Hands:
    """What does the work. `own` are the deeds of the window itself, by the id of their command."""

    own: Mapping[str, Deed]
    window: MainWindow
    frame: FrameViewModel
    places: Places
    preferences: Preferences
    keys: RowKeys
    wait_keys: WaitKeys
    reasons: ReasonKeys
    logging: LogViewModel
    deeds: Deeds
    can_lock: Callable[[], bool]
    step: Callable[[int], None]
    is_arriving: Callable[[], bool]
    ahead: Ahead

    def page(self) -> QWidget | None:
        """What is seen in the middle of the window."""
        return self.window.stack.currentWidget()


def bind(commands: Commands, buttons: tuple[LogButton, ...], hands: Hands) -> None:
    """Adds the catalogue's commands and the team's log buttons to the window, in the catalogue's order."""
    does = _does(hands) | {f"log.{each.code}": partial(hands.keys.press, each.code) for each in buttons}
    switches = _switches(hands.preferences)
    now = {"undo": hands.frame.undo_words, "redo": hands.frame.redo_words, "tomorrow": hands.ahead.words}
    listed = [*catalogue.window_commands(), *catalogue.page_commands(), *catalogue.row_commands()]
    listed += [catalogue.log_command(button) for button in buttons]
    listed += catalogue.deal_commands()
    for command in listed:
        commands.add(command, does[command.id], _can(hands, command), now.get(command.id), switches.get(command.id))


def _switches(preferences: Preferences) -> dict[str, Callable[[], bool]]:
    """Whether what a command switches is on."""

    def shows(mode: str) -> bool:
        return preferences.chosen.theme == mode

    return {
        **{f"view.{mode}": partial(shows, mode) for mode in ("light", "dark", "system")},
        "view.density": lambda: preferences.chosen.density == "compact",
        "view.motion": lambda: preferences.chosen.reduce_motion,
    }


def _does(hands: Hands) -> dict[str, Deed]:
    keys, places, window, chosen = hands.keys, hands.places, hands.window, hands.preferences
    return {
        **hands.own,
        "settings": lambda: places.go("settings"),
        "fields": lambda: places.go("fields"),
        "print": lambda: places.print_brief(window.subject()),
        "print.save": places.save_brief,
        "undo": hands.frame.undo,
        "redo": hands.frame.redo,
        "details": lambda: _on_page(hands, "edit_details"),
        "history.find": lambda: _on_page(hands, "find_in_history"),
        "history.next": lambda: _on_page(hands, "find_next", 1),
        "history.previous": lambda: _on_page(hands, "find_next", -1),
        **{f"history.{n}": partial(_on_page, hands, "show_only", n - 1) for n in range(1, 6)},
        "view.light": lambda: chosen.choose(theme="light"),
        "view.dark": lambda: chosen.choose(theme="dark"),
        "view.system": lambda: chosen.choose(theme="system"),
        "view.density": chosen.toggle_density,
        "view.larger": lambda: chosen.scale(10),
        "view.smaller": lambda: chosen.scale(-10),
        "view.motion": chosen.toggle_motion,
        "go.today": lambda: _go_today(hands),
        "tomorrow": lambda: _go_ahead(hands),
        "about": places.about,
        **{name: partial(places.go, name) for name in ("go.pipeline", "go.people", "go.companies", "go.waiting")},
        "go.reminders": lambda: places.reminders(None),
        "reminders.of": lambda: keys.on(places.reminders),
        "next": lambda: hands.step(1),
        "previous": lambda: hands.step(-1),
        "back": window.go_back,
        "forward": window.go_forward,
        "pane.next": lambda: window.cycle_panes(1),
        "pane.previous": lambda: window.cycle_panes(-1),
        "close": window.close,
        "shortcuts": lambda: places.go("shortcuts"),
        "row.down": lambda: hands.step(1),
        "row.up": lambda: hands.step(-1),
        "call": keys.call,
        "email": keys.email,
        "step": lambda: keys.on(hands.logging.plan),
        "step.done": lambda: keys.on(hands.deeds.finish_step),
        "close_date": keys.close_date,
        "amount": keys.amount,
        "stage.next": lambda: keys.on(lambda who: hands.deeds.move_stage(who, 1)),
        "stage.previous": lambda: keys.on(lambda who: hands.deeds.move_stage(who, -1)),
        "win": keys.win,
        "lose": keys.lose,
        "snooze": hands.wait_keys.snooze,
        "park": hands.wait_keys.park,
        "not_relevant": hands.reasons.not_relevant,
        "explain": hands.reasons.explain,
    }


def _can(hands: Hands, command: Command) -> Callable[[], bool] | None:
    """When a command can be used; None: always."""
    if command.id in ("lock", "connection"):  # what only a book with a CRM and a key has
        return hands.can_lock
    if command.id == "tomorrow":
        return lambda: bool(hands.ahead.words())
    if command.id == "sync.cancel":
        return hands.is_arriving
    if command.id == "print.save":
        return hands.places.shows_sheet
    if command.id == "history.find":
        return lambda: _has(hands, "find_in_history")
    if command.scope == "page":
        return lambda: _has(hands, "find_next")
    return hands.keys.has_subject if command.scope == "row" and command.id not in _ANYWHERE else None


def _go_today(hands: Hands) -> None:
    """To Today; who is there already and works ahead comes back to today's list."""
    if hands.window.here == "go.today":
        hands.ahead.end()
    hands.window.go("go.today")


def _go_ahead(hands: Hands) -> None:
    hands.ahead.toggle()
    hands.window.go("go.today")


def _has(hands: Hands, what: str) -> bool:
    return hasattr(hands.page(), what)


def _on_page(hands: Hands, what: str, *how: int) -> None:
    """Does what a page of a person, company or deal can do."""
    getattr(hands.page(), what, lambda *_: None)(*how)
