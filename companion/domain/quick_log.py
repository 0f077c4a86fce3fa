"""A whole log entry in one line, person first: "marta no answer", "osei connected send answers fri"."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from companion.domain import log_line
from companion.domain.dates import ENGLISH, DateWords
from companion.domain.log_line import LogLine, Span

# People have names of up to four words; what follows is the entry.
_NAME_WORDS = 4
_CANDIDATES = 6
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who may be meant, in the order in which to offer them."""

    id: str
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class OutcomeButton:
    """A log button of the team: its id, its label and other words that reps say for it."""

    id: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuickLog:
    """The entry as understood; spans are characters [start, end) of the typed text.

    `people` is most likely first; `person_sure` is True when the first fits better than every other.
    `button` is None while no outcome is named.
    """

    people: tuple[Candidate, ...]
    person_sure: bool
    button: str | None
    line: LogLine
    person_span: Span | None
    button_span: Span | None


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    start: int
    end: int


def quick_log(
    text: str,
    people: Sequence[tuple[str, str, str]],
    buttons: Sequence[OutcomeButton],
    now: dt.datetime,
    words: DateWords = ENGLISH,
    unparsed: frozenset[Span] = frozenset(),
) -> QuickLog:
    """Reads person, outcome and log line from `text`.

    `people` are (id, name, company), the one last called first: this order breaks ties. Give those that a search for
    the first word found, not the whole book. Names match without accents and by the beginnings of their words.
    """
    typed = [_Word(_folded(match.group()), *match.span()) for match in _WORD.finditer(text)]
    button, first, last = _button(typed, buttons)
    room = typed[: first if button else len(typed)][:_NAME_WORDS]
    ranked, used = _people(room, people)
    person_span = (typed[0].start, typed[used - 1].end) if used else None
    button_span = (typed[first].start, typed[last - 1].end) if button else None
    # Words between person and outcome ("marta finally connected") belong to the note.
    between = text[person_span[1] if person_span else 0 : button_span[0]].strip(" ,:-") if button_span else ""
    begin = button_span[1] if button_span else (person_span[1] if person_span else 0)
    begin += len(text[begin:]) - len(text[begin:].lstrip(" ,:;-–"))
    line = log_line.read(text, now, words, unparsed, begin)
    if between:
        line = _with_note(line, between)
    found = tuple(candidate for _, candidate in ranked[:_CANDIDATES])
    certain = bool(used) and (len(ranked) == 1 or ranked[0][0] > ranked[1][0])
    return QuickLog(found, certain, button.id if button else None, line, person_span, button_span)


def _with_note(line: LogLine, between: str) -> LogLine:
    note = f"{between}, {line.note}" if line.note else between
    return LogLine(note, line.next_step, line.due_on, line.due_at, line.spans, line.problem, line.sure)


def _button(typed: Sequence[_Word], buttons: Sequence[OutcomeButton]) -> tuple[OutcomeButton | None, int, int]:
    """The first outcome named within reach of the name, the longest wording where several begin there."""
    wordings = [(button, _keys(name)) for button in buttons for name in (button.label, *button.aliases)]
    wordings.sort(key=lambda pair: -len(pair[1]))
    for first in range(min(len(typed), _NAME_WORDS + 2)):
        for button, wording in wordings:
            last = first + len(wording)
            if wording and [word.key for word in typed[first:last]] == wording:
                return button, first, last
    return None, 0, 0


def _people(room: Sequence[_Word], people: Sequence[tuple[str, str, str]]) -> tuple[list[tuple[int, Candidate]], int]:
    """Who fits the longest run of first words, best first, and how many words that took; nobody fits: all, 0."""
    known = [(Candidate(*person), _keys(person[1]), _keys(person[2])) for person in people]
    for used in range(len(room), 0, -1):
        wanted = [word.key for word in room[:used]]
        scored = [(_score(wanted, name, company), candidate) for candidate, name, company in known]
        fitting = [pair for pair in scored if pair[0] > 0]
        if fitting:
            return sorted(fitting, key=lambda pair: -pair[0]), used
    return [(0, candidate) for candidate, _, _ in known], 0


def _score(wanted: Sequence[str], name: Sequence[str], company: Sequence[str]) -> int:
    """0 when a wanted word fits nothing; a name's whole word beats its beginning, a name beats a company."""
    total = 0
    for word in wanted:
        points = max(_points(word, name, 8, 5), _points(word, company, 4, 2))
        if not points:
            return 0
        total += points
    return total


def _points(word: str, names: Sequence[str], whole: int, beginning: int) -> int:
    if word in names:
        return whole
    return beginning if len(word) > 1 and any(name.startswith(word) for name in names) else 0


def _keys(text: str) -> list[str]:
    return list(_split(text))


def _split(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text[:200]):
        yield _folded(match.group())


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
