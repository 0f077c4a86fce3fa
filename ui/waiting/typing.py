"""What the rep is typing on the page's cards: it outlives the cards, which a sync makes anew, and a restart."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.waiting.cards import AskingCard
from ui.waiting.rows import Line
from ui.widgets.input_line import InputLine

if TYPE_CHECKING:
    from companion.actions.keep_typed import TypedLine

_SEARCH = "/elsewhere"
"""A name that was looked for is worth nothing without its card."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of a line, `at` its cursor, and what of it is selected (start, length); `title` is its card's."""

    key: str
    title: str
    label: str
    text: str
    at: int
    selected: tuple[int, int]


class Typing:
    """`note` before the cards go, `restore` into those that come. Lines are known by their object's name.

    It begins with what was `kept` when the page went, by line with its card's title, and the cursor at its end.
    """

    def __init__(self, kept: Mapping[TypedLine, str]) -> None:
        self._typed = {
            each.name: Typed(each.key, title, each.label, each.text, len(each.text), (-1, 0))
            for each, title in kept.items()
        }
        self._open = {each.key for each in self._typed.values()}

    def note(self, cards: QWidget, settled: Set[str]) -> None:
        """Keeps what was typed; not on the `settled` cards, which the rep decided herself."""
        for card in cards.findChildren(AskingCard):
            if card.editing is not None:
                (self._open.discard if card.editing.isHidden() else self._open.add)(card.key)
            for line in card.findChildren(InputLine):
                name = line.objectName()
                if name and line.isModified() and card.key not in settled:
                    self._typed[name] = self._of(line, card)
                else:
                    self._typed.pop(name, None)

    def _of(self, line: InputLine, card: AskingCard) -> Typed:
        at, selected = line.cursorPosition(), (line.selectionStart(), line.selectionLength())
        before = self._typed.get(line.objectName())
        if before is not None:
            return replace(before, text=line.text(), at=at, selected=selected)
        return Typed(card.key, card.accessibleName(), line.accessibleName(), line.text(), at, selected)

    def homeless(self, cards: QWidget) -> dict[str, dict[str, Typed]]:
        """By card and line, what was typed into cards that went without the rep's doing."""
        here = {line.objectName() for line in cards.findChildren(InputLine)}
        found: dict[str, dict[str, Typed]] = {}
        for name, typed in self._typed.items():
            if name not in here and not name.endswith(_SEARCH) and typed.text.strip():
                found.setdefault(typed.key, {})[name] = typed
        return found

    def lines(self) -> list[TypedLine]:
        """What of it is worth keeping."""
        from companion.actions.keep_typed import TypedLine

        return [
            TypedLine(name, each.key, each.label, each.text)
            for name, each in self._typed.items()
            if not name.endswith(_SEARCH) and each.text.strip()
        ]

    def restore(self, cards: QWidget) -> None:
        """Opens what was open, and puts text, selection and cursor where they were."""
        for card in cards.findChildren(AskingCard):
            if card.editing is not None and card.key in self._open:
                card.editing.show()
        for line in cards.findChildren(InputLine):
            typed = self._typed.get(line.objectName())
            if typed is None:
                continue
            line.setText(typed.text)
            line.setModified(True)
            start, length = typed.selected
            if length:
                # From the end that the cursor is not at.
                line.setSelection(*((start, length) if typed.at > start else (start + length, -length)))
            else:
                line.setCursorPosition(typed.at)

    def let_go(self, cards: QWidget, key: str) -> None:
        """Forgets what was typed into a card."""
        for name in [name for name, typed in self._typed.items() if typed.key == key]:
            del self._typed[name]
            for line in cards.findChildren(InputLine, name):
                line.setModified(False)


def lines_of(typed: Mapping[str, Typed]) -> list[Line]:
    """What was typed as the lines of a card, by the names of their objects."""
    return [Line(name, each.label, each.text) for name, each in typed.items()]
