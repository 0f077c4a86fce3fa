"""What Companion found out about the copy or the CRM and the rep should know, in words, with the answers it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from companion.domain.language import number, sentence, tr, trn
from companion.domain.ops import is_held
from companion.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Notice:
    """One of them: what it is (`kind`), what it is about (`subject`, '' where there is only one), and its facts.

    `at` in seconds since 1970. `answer` is one of the choices' names, or text where the notice asks for a value; None
    while the rep has not said anything. `held_until`: not before is it acted on, so that Undo has its time.
    """

    kind: str
    subject: str = ""
    at: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    answer: str | None = None
    held_until: int = 0

    def said(self, now: int) -> str | None:
        """The answer, once it counts; `now` in seconds since 1970."""
        return None if is_held(self.held_until, now) else self.answer

    @property
    def key(self) -> str:
        """What names it."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: `name` goes back as the answer, `words` stand on it."""

    name: str
    words: str


SEEN: Final = Choice("seen", sentence("Got it"))
"""The answer to what only needs to be known: the notice goes."""

TEXTS: Final[Mapping[str, Problem]] = {
    "restored": Problem(
        sentence("This profile was restored from an older copy"),
        sentence(
            "Companion looks in the CRM for each change before it sends it, so that nothing is there twice. "
            "What you did between the copy and now may be missing here until it is read again."
        ),
    ),
    "cloned": Problem(
        sentence("This book was made on another computer"),
        sentence(
            "Two computers that send the same changes would double them. Nothing is sent from here until you say that "
            "this is the one to go on with."
        ),
    ),
    "rewound": Problem(
        sentence("The CRM seems to have gone back in time"),
        sentence(
            "Missing or older than before: {missing}, as after a restored backup. "
            "Nothing was removed here, and your changes wait until you say how to go on. What you made yourself and is "
            "missing there, {mine}, is then made again."
        ),
    ),
    "rescued": Problem(
        sentence("Your local copy was damaged and has been made anew"),
        sentence(
            "Saved and to be sent: {ops} that the CRM does not have yet. The rest is read from the CRM again. "
            "The damaged file was kept in {folder}."
        ),
    ),
    "disk_full": Problem(
        sentence("The disk of this computer is full"),
        sentence(
            "Companion has given back the room that it keeps for this, so you can go on logging for a while. Free some "
            "space soon."
        ),
    ),
    "field_gone": Problem(
        sentence("The CRM no longer has the field “{label}”"),
        sentence("What you wrote there is kept with your change below; it is not sent."),
    ),
    "field_required": Problem(
        sentence("The CRM now asks for “{label}”"),
        sentence("Waiting for it: {waiting} of yours. What you write here is filled in where it is missing."),
    ),
    "audit": Problem(
        sentence("Some records differed from the CRM"),
        sentence(
            "Read again: {differing} of {checked}. None of your changes is lost; where a record has left the CRM, your "
            "change of it waits for your decision."
        ),
    ),
}
"""Title and advice by kind; {names} are facts; those in _COUNTED say of what they are so many."""

CHOICES: Final[Mapping[str, tuple[Choice, ...]]] = {
    "cloned": (Choice("here", sentence("Go on here")),),
    "rewound": (Choice("send", sentence("Go on and send my changes")),),
}
"""What can be answered; where a kind is missing it is SEEN alone. To keep waiting needs no button."""

ASKS_TEXT: Final = frozenset({"field_required"})
"""Kinds that ask for a value."""


_COUNTED: Final[Mapping[str, Callable[[int], str]]] = {
    "missing": lambda n: trn("{n} record", "{n} records", n),
    "mine": lambda n: trn("{n} record", "{n} records", n),
    "checked": lambda n: trn("{n} record", "{n} records", n),
    "ops": lambda n: trn("{n} change", "{n} changes", n),
    "waiting": lambda n: trn("{n} change", "{n} changes", n),
}


def words(notice: Notice) -> Problem:
    """The notice as the rep reads it."""
    text = TEXTS[notice.kind]
    facts = {name: _fact(name, value) for name, value in notice.facts.items()}
    return Problem(tr(text.title, **facts), tr(text.advice, **facts))


def _fact(name: str, value: Any) -> str:
    if not isinstance(value, int):
        return str(value)
    return _COUNTED[name](value) if name in _COUNTED else number(value)


def choices(notice: Notice) -> tuple[Choice, ...]:
    """The buttons of the notice, the one that does something first."""
    return tuple(Choice(each.name, tr(each.words)) for each in CHOICES.get(notice.kind, (SEEN,)))
