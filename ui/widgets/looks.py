"""What a model hands to the row delegates: how a row looks, in words and tones, under one role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from PySide6.QtCore import Qt

from ui.theme.tokens import Tone


class RowRole(IntEnum):
    """The roles that the delegates read."""

    LOOK = int(Qt.ItemDataRole.UserRole) + 1
    """A `TodayRowLook` or `TimelineRowLook`."""
    SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
    """The row as one sentence: `look.spoken`."""


class Look(Protocol):
    """What a delegate draws of a row."""

    @property
    def spoken(self) -> str:
        """The row as one sentence."""


def said(look: Look, role: int) -> object:
    """What a row answers to a role: itself, or its sentence; None to every other."""
    if role == RowRole.LOOK:
        return look
    return look.spoken if role in (RowRole.SPOKEN, int(Qt.ItemDataRole.DisplayRole)) else None


@dataclass(frozen=True, slots=True)
class TodayRowLook:
    """One row of Today: the head of a section (count in `right_note`), a person, or a person who is done.

    `reason_parts` are (text, tone) pairs drawn one after the other; the icon takes the tone of the first.
    `avatar_key` is the person's stable id.
    """

    kind: Literal["head", "person", "done"]
    title: str
    subtitle: str = ""
    reason_parts: tuple[tuple[str, Tone], ...] = ()
    icon: str = ""
    amount: str = ""
    right_note: str = ""
    avatar_initials: str = ""
    avatar_key: str = ""
    spoken: str = ""
    dimmed: bool = False
    """Nothing to do here any more: everything in the quietest ink."""


@dataclass(frozen=True, slots=True)
class TimelineRowLook:
    """One row of a history: the head of a month, or an entry with at most `body_lines` lines of body (0: all).

    `last` ends the connecting line: no entry follows under the same head.
    """

    kind: Literal["month", "entry"]
    heading: str
    icon: str = ""
    chip: str = ""
    chip_tone: Tone = "none"
    when: str = ""
    subject: str = ""
    body: str = ""
    body_lines: int = 2
    last: bool = False
    spoken: str = ""
