"""What a monkey does at the window, by chance: a schedule of presses that follows from its seed alone."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from companion import bootstrap
from ui import catalogue

Press = tuple[str, str]
"""What is done, and with what: ('key', 'Ctrl+K'), ('type', 'call kim'), ('click', '0.31 0.5 0.5')."""

WORDS: Final = (
    "wants twelve months, call kim thu 10",
    "send the plan fri",
    "fri",
    "eom",
    "52k",
    "30.2.",
    "tomorrow 25:99",
    "marta no answer",
    "karl connected wants a quote, call mon 9",
    "a",
    "9",
    "  ",
    "<b>bold</b> & 100% %1 {who}",
    "x" * 400,
    "no no no 26 nov 2026 14:30 27 nov",
    "'; DROP TABLE people; --",
    "in 2 weeks",
    "-1,5 mio",
)
STRANGE: Final = (
    "محمد بن سلمان غدا",
    "👩‍👩‍👧‍👦 ok fri",
    "\u202egnitirw desreveR\u2066",
    "Stack" + "\u0301" * 60,
    "\u200b\u200d\ufeff",
    "two\nlines\r\nand\u2028more",
    "Größe ß İ ı ﬃ",
    "日本語の名前 明日",
)
PLAIN: Final = (
    *("Escape",) * 8,
    *("Return",) * 5,
    *("Tab", "Tab", "Shift+Tab", "F6", "Shift+F6", "Down", "Down", "Up", "Left", "Right"),
    *("Home", "End", "PgDown", "PgUp", "Space", "Backspace", "Del", "Ctrl+Return", "Shift+Return"),
    *("1", "2", "3", "4", "9", "0", "Alt+1", "Alt+2", "Alt+D", "Alt+M", "Alt+F", "Alt+L", "Ctrl+A", "Ctrl+C"),
    *("Ctrl+V", "Ctrl+X", "Ctrl+Left", "Ctrl+Backspace", "Shift+F10", "Ctrl+Tab", "Ctrl+Home", "Ctrl+End"),
)
SIZES: Final = ("900 600", "960 600", "1000 700", "1180 720", "1320 840", "1600 1000", "1900 1050")
UNDERNEATH: Final = (
    *("delete", "reassign", "merge", "rename", "archive", "hide"),
    *("deal.delete", "deal.close", "deal.reassign", "deal.merge", "call", "undelete", "company.delete"),
)
COLLEAGUES_AND_TIME: Final = frozenset({"crm", "clock", "line", "reopen"})
"""What a calm schedule leaves out: after it everything can be taken back."""


@dataclass(frozen=True)
class Weights:
    """How often each kind of press comes, beside the others."""

    key: int = 34
    plain: int = 26
    type: int = 10
    strange: int = 3
    click: int = 16
    run: int = 3
    size: int = 2
    wheel: int = 1
    quick: int = 1
    undo: int = 4
    crm: int = 4
    clock: int = 2
    line: int = 1
    reopen: int = 1


def keys() -> list[str]:
    """Every key of every command; those of a row oftener."""
    buttons = bootstrap.default_workspace().buttons
    rows = [*catalogue.row_commands(), *catalogue.deal_commands(), *(catalogue.log_command(each) for each in buttons)]
    window = [*catalogue.window_commands(), *catalogue.page_commands()]
    return [key for command in (*rows, *rows, *window) for key in command.keys]


def commands() -> list[str]:
    """The commands that no key carries out."""
    listed = (*catalogue.window_commands(), *catalogue.page_commands())
    return [command.id for command in listed if not command.keys]


def schedule(seed: int, presses: int, *, calm: bool = False) -> list[Press]:
    """The presses of a seed, the same on every machine."""
    chance = random.Random(f"monkey {seed}")
    weights = {kind: weight for kind, weight in vars(Weights()).items() if not (calm and kind in COLLEAGUES_AND_TIME)}
    kinds = chance.choices(list(weights), list(weights.values()), k=presses)
    offered = {"key": keys(), "run": commands()}
    return [_press(kind, chance, offered) for kind in kinds]


def _press(kind: str, chance: random.Random, offered: dict[str, list[str]]) -> Press:
    def at() -> str:
        return f"{chance.random():.4f}"

    pools: dict[str, Sequence[str]] = {
        **offered,
        "plain": PLAIN,
        "type": WORDS,
        "strange": STRANGE,
        "size": SIZES,
        "undo": ("Ctrl+Z", "Ctrl+Z", "Ctrl+Y"),
        "clock": ("1", "7", "45", "600", "1440"),
        "line": ("cut", "mended", "mended"),
        "quick": ("",),
        "reopen": ("",),
    }
    if kind == "click":
        return kind, f"{chance.choice(('left',) * 8 + ('double', 'right'))} {at()} {at()} {at()}"
    if kind == "wheel":
        return kind, f"{at()} {chance.choice((-240, 240))}"
    if kind == "crm":
        return kind, f"{chance.choice(UNDERNEATH)} {at()}"
    press = chance.choice(pools[kind])
    return ("key" if kind in ("plain", "undo") else kind), press
