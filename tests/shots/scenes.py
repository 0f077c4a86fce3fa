"""The screens and states that are pictured, by name.

To add one, put a line into `_KEYS` where keys alone lead there from Marta's row on Today:

    "reason-card": ("Alt+Return",),

or a function beside its like in `plays_*.py` where more is needed; the stage is as it was when Marta was selected, and
`stage.shown` is the widget that is pictured, the window unless you say otherwise:

    @scene("reminders-two-due")
    def _(stage: Stage) -> None:
        stage.press("Ctrl+Shift+N")

Names begin with the screen and end with the state. Every scene has a baseline in light at 100 %, a `screen` in both
themes and scales. `./packaging/shots --only NAME` draws it; with `--accept` it is kept as its baseline.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import QSize

from companion.settings import Settings
from tests.shots.stage import CHOSEN, Stage

Play = Callable[[Stage], object]


@dataclass(frozen=True, slots=True)
class Scene:
    """What to do on the stage; `size` of the window in logical pixels."""

    name: str
    play: Play
    size: tuple[int, int] = (1320, 840)
    chosen: Settings = CHOSEN
    empty: bool = False
    screen: bool = False
    """Has baselines in both themes, at 100 and at 200 %."""
    is_base: bool = False
    """Other scenes may keep only what differs from this one."""

    @property
    def window(self) -> QSize:
        """The size of the window."""
        return QSize(*self.size)


SCENES: Final[dict[str, Scene]] = {}


def scene(
    name: str,
    *,
    size: tuple[int, int] = (1320, 840),
    empty: bool = False,
    screen: bool = False,
    is_base: bool = False,
    **choices: Any,
) -> Callable[[Play], Play]:
    """Adds what the function below it plays; `choices` are settings that differ from the usual ones."""

    def add(play: Play) -> Play:
        assert name not in SCENES, f"two scenes are called {name}"
        SCENES[name] = Scene(name, play, size, replace(CHOSEN, **choices), empty, screen, is_base)
        return play

    return add


_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "today": (),
    "today-snooze": ("S",),
    "today-date": ("D",),
    "today-not-relevant": ("X",),
    "today-lost": ("L",),
    "today-toast": ("N",),
    "today-why": ("Alt+Return",),
    "today-park": ("P",),
    "today-amount": ("A",),
    "person-details": ("Return", "Ctrl+E"),
    "reminders": ("Ctrl+Shift+M",),
    "log": ("C",),
    "log-interested": ("C", "1"),
    "log-wants-changes": ("C", "2"),
    "log-not-now": ("C", "3"),
    "log-not-a-fit": ("C", "4"),
    "log-next-step": ("T",),
    "log-note": ("O",),
    "log-met": ("M",),
    "person": ("Return",),
    "person-log": ("Return", "C", "2"),
    "palette": ("Ctrl+K",),
    "pipeline": ("Ctrl+2",),
    "people": ("Ctrl+3",),
    "companies": ("Ctrl+4",),
    "waiting": ("Ctrl+Shift+W",),
    "settings": ("Ctrl+,",),
    "shortcuts": ("F1",),
}
_SCREENS: Final = frozenset({"today", "log-wants-changes", "person", "pipeline", "palette", "settings"})
_BASES: Final = frozenset({"today", "person", "pipeline", "people", "palette", "settings", "waiting"})


def _press(keys: tuple[str, ...]) -> Play:
    def play(stage: Stage) -> None:
        stage.press(*keys)

    return play


for _name, _pressed in _KEYS.items():
    scene(_name, screen=_name in _SCREENS, is_base=_name in _BASES)(_press(_pressed))


def every() -> dict[str, Scene]:
    """All scenes by name, those of the plays too."""
    for module in ("before_a_book", "of_records", "of_reminders", "of_today", "of_waiting"):
        importlib.import_module(f"tests.shots.plays_{module}")
    return dict(sorted(SCENES.items()))
