"""What the page of waiting changes shows, as values: two equal states look alike."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.records import Kind


@dataclass(frozen=True, slots=True)
class OpRow:
    """A change on its way: what it was, where it stands, since when, and what happened to it."""

    id: str
    words: str
    state: str
    since: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A field that can be typed: its name, label, and the text it begins with."""

    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One field on which two people differ."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A card with both values kept. `lines` is what can be edited into a third value; `both` joins two texts."""

    id: str
    title: str
    sentence: str
    differences: tuple[DifferenceRow, ...]
    lines: tuple[Line, ...]
    both: tuple[tuple[str, str], ...]
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A record that could have a change whose own record left the CRM."""

    record_id: str
    words: str


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A change that the CRM did not take, with its own words. `unsure`: it may be there, the rep must look.

    `remakable`: its record left the CRM and can be made again; `movable`: another record could have it.
    """

    id: str
    words: str
    title: str
    since: str
    problems: tuple[str, ...]
    lines: tuple[Line, ...]
    unsure: bool
    history: tuple[str, ...]
    remakable: bool = False
    movable: bool = False


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """Whether many records that the CRM no longer has shall go from here too."""

    kind: Kind
    words: str


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What Companion found out about the copy or the CRM. `choices` are (answer, words); `asks` is the line to type in,
    None where buttons are enough."""

    kind: str
    subject: str
    title: str
    advice: str
    choices: tuple[tuple[str, str], ...]
    asks: str | None = None

    @property
    def key(self) -> str:
        """What its card is known by."""
        return f"notice-{self.kind}-{self.subject}"


@dataclass(frozen=True, slots=True)
class TallyRow:
    """How many records of a kind are here and in the CRM, in words; `even` where both are the same."""

    kind: str
    here: str
    there: str
    even: bool


@dataclass(frozen=True, slots=True)
class State:
    """All that the page shows; two equal ones look alike."""

    waiting: tuple[OpRow, ...] = ()
    waiting_count: int = 0
    conflicts: tuple[ConflictRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    unreadable: tuple[str, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    notices: tuple[NoticeRow, ...] = ()

    @property
    def asking(self) -> int:
        """How many things wait for the rep."""
        lists = (self.conflicts, self.refused, self.unreadable, self.questions, self.notices)
        return sum(len(each) for each in lists)
