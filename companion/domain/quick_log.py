"""A whole log entry in one line, person first: "marta no answer", "osei connected send answers fri"."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from companion.domain import log_line
from companion.domain.date_slips import one_letter_off
from companion.domain.date_words import DateWords
from companion.domain.log_line import LogLine, Span

# People have names of up to four words; what follows is the entry.
_NAME_WORDS = 4
_CANDIDATES = 6
# A first word this long may have a letter wrong; what follows may be the entry already, so it must be longer.
_SLIP_FROM = 4
# Letters that no accent can be taken from, and what is typed for them on a keyboard that has none.
_WHOLE_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
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
    words: DateWords | None = None,
    unparsed: frozenset[Span] = frozenset(),
) -> QuickLog:
    """Reads person, outcome and log line from `text`.

    `people` are (id, name, company), the one last called first: this order breaks ties. Give those that a search for
    the first word found, not the whole book. Names match without accents, by the beginnings of their words, and with a
    letter wrong where nobody fits better (then never sure). Without `words` in the language that is spoken.
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
    certain = certain and _spelled_right([word.key for word in room[:used]], ranked[0][1])
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
    known = [(Candidate(*person), _name_keys(person[1]), _name_keys(person[2])) for person in people]
    for slips in (False, True):
        for used in range(len(room), 0, -1):
            wanted = [word.key for word in room[:used]]
            scored = [(_score(wanted, name, company, slips), candidate) for candidate, name, company in known]
            fitting = [pair for pair in scored if pair[0] > 0]
            if fitting:
                return sorted(fitting, key=lambda pair: -pair[0]), used
    return [(0, candidate) for candidate, _, _ in known], 0


def _spelled_right(wanted: Sequence[str], who: Candidate) -> bool:
    return _score(wanted, _name_keys(who.name), _name_keys(who.company), slips=False) > 0


def _score(wanted: Sequence[str], name: Sequence[str], company: Sequence[str], slips: bool) -> int:
    """0 when a wanted word fits nothing; a name's whole word beats its beginning, a name beats a company.

    With `slips` the first words may have a letter wrong, and none is in a company's name.
    """
    total = 0
    for number, word in enumerate(wanted):
        points = max(_points(word, name, 8, 5), _points(word, company, 4, 2))
        if not points and slips and len(word) >= (_SLIP_FROM if number == 0 else _SLIP_FROM + 1):
            points = int(any(one_letter_off(word, each) for each in name))
        if not points:
            return 0
        total += points
    return total


def _points(word: str, names: Sequence[str], whole: int, beginning: int) -> int:
    if word in names:
        return whole
    return beginning if len(word) > 1 and any(name.startswith(word) for name in names) else 0


def _name_keys(name: str) -> list[str]:
    """A name's words without accents, and as they are typed without umlauts: Muller and Mueller."""
    if name.isascii():
        return _keys(name)
    return list(dict.fromkeys((*_keys(name), *_keys(name.casefold().translate(_UMLAUTS)))))


def _keys(text: str) -> list[str]:
    return list(_split(text))


def _split(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text[:200]):
        yield _folded(match.group())


def _folded(word: str) -> str:
    small = word.casefold()
    if small.isascii():
        return small
    plain = unicodedata.normalize("NFKD", small.replace("’", "'").translate(_WHOLE_LETTERS))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))
