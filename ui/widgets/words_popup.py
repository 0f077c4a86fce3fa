"""A reason in words: a line to type in, and the reasons that the team agreed on, each behind one key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.date_popup import DatePopup, Pick

_LONGEST: Final = 80
_MOST: Final = 6


class WordsPopup(DatePopup):
    """`chosen` gives the words: a reason that was offered, or what was typed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._reasons: tuple[str, ...] = ()
        self.line.setPlaceholderText(self.tr("or in your own words"))
        self.line.setMaxLength(_LONGEST)

    def ask(self, anchor: QRect, title: str, reasons: Sequence[str], now: dt.datetime) -> None:
        """Asks beside `anchor` (in the parent's coordinates)."""
        self._reasons = tuple(reasons[:_MOST])
        self.open(anchor, title, (), now)

    def _picks(self, text: str) -> list[Pick]:
        typed = " ".join(text.split())
        fitting = [each for each in self._reasons if typed.casefold() in each.casefold()]
        offered = [Pick(each, "", each) for each in fitting]
        # The words as they are typed come first: a reason that merely holds them is the next.
        own = [Pick(typed, "", typed)] if typed and typed not in fitting else []
        return [*own, *offered][:_MOST]

    def _is_a_pick(self, mods: Qt.KeyboardModifier) -> bool:
        return not self.line.text() and super()._is_a_pick(mods)

    def _may_begin_one(self) -> bool:
        return False

    def _enter(self) -> None:
        self._choose(self._at)
