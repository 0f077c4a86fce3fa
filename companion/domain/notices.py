"""What Companion found out about the copy or the CRM and the rep should know, in words, with the answers it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from companion.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Notice:
    """One of them: what it is (`kind`), what it is about (`subject`, '' where there is only one), and its facts.

    `at` in seconds since 1970. `answer` is one of the choices' names, or text where the notice asks for a value; None
    while the rep has not said anything.
    """

    kind: str
    subject: str = ""
    at: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    answer: str | None = None

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: `name` goes back as the answer, `words` stand on it."""

    name: str
    words: str


SEEN: Final = Choice("seen", "Got it")
"""The answer to what only needs to be known: the notice goes."""

TEXTS: Final[Mapping[str, Problem]] = {
    "restored": Problem(
        "This profile was restored from an older copy",
        "Companion looks in the CRM for each change before it sends it, so that nothing is there twice. "
        "What you did between the copy and now may be missing here until it is read again.",
    ),
    "cloned": Problem(
        "This book was made on another computer",
        "Two computers that send the same changes would double them. Nothing is sent from here until you say that "
        "this is the one to go on with.",
    ),
    "rewound": Problem(
        "The CRM seems to have gone back in time",
        "Missing or older than before: {missing:record}, as after a restored backup. "
        "Nothing was removed here, and your changes wait until you say how to go on. What you made yourself and is "
        "missing there, {mine:record}, is then made again.",
    ),
    "rescued": Problem(
        "Your local copy was damaged and has been made anew",
        "Saved and to be sent: {ops:change} that the CRM does not have yet. The rest is read from the CRM again. "
        "The damaged file was kept in {folder}.",
    ),
    "disk_full": Problem(
        "The disk of this computer is full",
        "Companion has given back the room that it keeps for this, so you can go on logging for a while. Free some "
        "space soon.",
    ),
    "field_gone": Problem(
        "The CRM no longer has the field “{label}”",
        "What you wrote there is kept with your change below; it is not sent.",
    ),
    "field_required": Problem(
        "The CRM now asks for “{label}”",
        "Waiting for it: {waiting:change} of yours. What you write here is filled in where it is missing.",
    ),
    "audit": Problem(
        "Some records differed from the CRM",
        "Read again: {differing} of {checked:record}. No change of yours was touched.",
    ),
}
"""Title and advice by kind; {names} are facts, {names:noun} are counts of something."""

CHOICES: Final[Mapping[str, tuple[Choice, ...]]] = {
    "cloned": (Choice("here", "Go on here"),),
    "rewound": (Choice("send", "Go on and send my changes"),),
}
"""What can be answered; where a kind is missing it is SEEN alone. To keep waiting needs no button."""

ASKS_TEXT: Final = frozenset({"field_required"})
"""Kinds that ask for a value."""


class _Count(int):
    """A number that says of what: f"{count:change}" reads '1 change' or '1,240 changes'."""

    def __format__(self, noun: str) -> str:
        number = format(int(self), ",")
        return f"{number} {noun}{'' if self == 1 else 's'}" if noun else number


def words(notice: Notice) -> Problem:
    """The notice as the rep reads it."""
    text = TEXTS[notice.kind]
    facts = {name: _Count(value) if isinstance(value, int) else value for name, value in notice.facts.items()}
    return Problem(text.title.format_map(facts), text.advice.format_map(facts))


def choices(notice: Notice) -> tuple[Choice, ...]:
    """The buttons of the notice, the one that does something first."""
    return CHOICES.get(notice.kind, (SEEN,))
