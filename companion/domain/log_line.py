"""One line for note and next step: "Wants 12 months, send revised quote thu 10"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from companion.domain import dates
from companion.domain.date_languages import spoken_words
from companion.domain.date_slips import slip_in
from companion.domain.date_tokens import QUOTED, Line
from companion.domain.date_words import DateWords, names
from companion.domain.dates import DateFound
from companion.domain.language import tr

Span = tuple[int, int]

# A comma inside 10,000 and a point inside 10.5 part nothing.
_PART = re.compile(r"[,;](?=\s|\D|$)|\s[-–—]\s|[.!?](?=\s|$)|\n")
_QUOTED = re.compile(QUOTED)
_DOTTED_DAY = re.compile(r"\b\d{1,2}(\.) ([^\W\d_]{3,12})")
_ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "approx", "ca", "e.g", "i.e", "fr", "hr", "tel"),
        *("z.b", "d.h", "bzw", "inkl", "evtl", "ggf", "max", "min", "mme", "mlle", "env", "art", "sr", "sra", "srta"),
        *("p.ej", "aprox", "dpto", "cf", "std", "bzgl", "mo", "di", "mi", "do", "sa", "so", "jan", "janv", "feb"),
        *("apr", "avr", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "dic", "ene", "lun", "mar", "mer"),
        *("jeu", "ven", "sam", "dim", "jue", "vie", "sab", "dom", "mon", "tue", "wed", "thu", "fri"),
    )
)
_SIGNS = " \t\n,;-–—"
# Words of the grammar that lead to a date and go with it, and those that change what it says and stay.
_GOES_WITH = ("the", "to", "@", "~", "on", "of", "within", "around", "about")
_STAYS_WITH = ("before", "after", "since", "from")
_LOOKED_AT = 120
_BETWEEN = " \t:(@"
_DEEDS = frozenset(
    (
        *("add", "agree", "answer", "arrange", "ask", "book", "bring", "call", "chase", "check", "close", "confirm"),
        *("connect", "contact", "demo", "discuss", "draft", "email", "find", "finish", "fix", "follow", "forward"),
        *("get", "give", "hand", "introduce", "invite", "mail", "meet", "message", "move", "nudge", "offer", "order"),
        *("phone", "ping", "plan", "prepare", "present", "push", "reply", "remind", "reschedule", "resend", "review"),
        *("ring", "schedule", "send", "set", "share", "ship", "show", "sign", "start", "talk", "text", "try"),
        *("update", "visit", "walk", "write"),
    )
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """What the line says.

    `next_step` is empty when the button's own next step applies; `due_on` is None without a date. `due_at` is aware
    and set only when a time was written. `spans` are the characters [start, end) to tint. `sure` is False when the
    date is a guess that the rep should see as one. `problem` is a sentence for below the field.
    """

    note: str
    next_step: str
    due_on: dt.date | None
    due_at: dt.datetime | None
    spans: tuple[Span, ...]
    problem: str | None
    sure: bool = True


def read(
    text: str,
    now: dt.datetime,
    words: DateWords | None = None,
    unparsed: frozenset[Span] = frozenset(),
    start: int = 0,
) -> LogLine:
    """Splits `text[start:]` into note and next step; `now` is aware and local, all spans are places in `text`.

    Without `words` in the language that is spoken.

    The part that holds the last date is the next step, parts end at a comma, semicolon, dash, full stop or new line;
    every other part is the note. A date that stands alone joins the next part, or the part before it when that one
    begins with something to do ("send quote, thu 10"). Dates touching a span in `unparsed` count as plain words.
    """
    words = words or spoken_words()
    line = text[start:]
    skipped = {(a - start, b - start) for a, b in unparsed}
    found = [date for date in dates.find(line, now, words) if not _touches(date, skipped)]
    if not found:
        return LogLine(line.strip(), "", None, None, (), _problem(line, skipped, words))
    date = found[-1]
    parts = _parts(line, [(other.start, other.end) for other in found])
    step, note = _split(line, parts, date, words)
    begin, end = parts[_home(parts, date)]
    rivals = sum(1 for other in found if begin <= other.start <= end)
    reported = _reports(line[begin : date.start], words)
    zone = now.tzinfo
    moment = date.moment(zone) if zone is not None else None
    span = (date.start + start, date.end + start)
    return LogLine(note, step, date.date, moment, (span,), None, date.sure and rivals == 1 and not reported)


def moved(spans: frozenset[Span], before: str, after: str) -> frozenset[Span]:
    """Where spans of a text lie after it was edited; one that the edit touched is gone."""
    most = min(len(before), len(after))
    first = next((n for n in range(most) if before[n] != after[n]), most)
    last = next((n for n in range(most - first) if before[-1 - n] != after[-1 - n]), most - first)
    by, end = len(after) - len(before), len(before) - last
    shifted = ((a, b) if b <= first else (a + by, b + by) for a, b in spans if b <= first or a >= end)
    return frozenset(shifted)


def _dotted_days(line: str, words: DateWords) -> list[Span]:
    """The dots of "31. nov", which part nothing."""
    months = names(words).months
    dots = ((match.start(1), Line(match[2], words.spoken)) for match in _DOTTED_DAY.finditer(line))
    return [(dot, dot + 1) for dot, word in dots if word.key(0) in months]


def _touches(date: DateFound, spans: set[Span]) -> bool:
    return any(a < date.end and date.start < b for a, b in spans)


def _parts(line: str, kept: list[Span]) -> list[Span]:
    """The parts of the line; a sign within a date ("thu, 10:30", "27.11. 9:15") or in quotes parts nothing."""
    masked = bytearray(len(line))
    for first, last in (*kept, *(match.span() for match in _QUOTED.finditer(line))):
        masked[first:last] = b"\1" * (last - first)
    parts, begin = [], 0
    for match in _PART.finditer(line):
        if masked[match.start()] or (match.group() == "." and _abbreviated(line[begin : match.start()])):
            continue
        parts.append((begin, match.start()))
        begin = match.end()
    return [*parts, (begin, len(line))]


def _abbreviated(before: str) -> bool:
    last = before.rpartition(" ")[2].casefold()
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())  # "M. Weber"


def _home(parts: list[Span], date: DateFound) -> int:
    return next(n for n, (begin, end) in enumerate(parts) if begin <= date.start <= end)


def _split(line: str, parts: list[Span], date: DateFound, words: DateWords) -> tuple[str, str]:
    """The next step and the note."""
    home = _home(parts, date)
    first, last = home, home
    step = _without_date(line, parts[home], date, words)
    if not step and home + 1 < len(parts) and line[slice(*parts[home + 1])].strip():
        last = home + 1
        step = line[slice(*parts[last])].strip()
    elif not step and home and _is_a_deed(line[slice(*parts[home - 1])], words):
        first = home - 1
        step = line[slice(*parts[first])].strip()
    before, after = line[: parts[first][0]].strip(), line[parts[last][1] :].strip()
    note = ", ".join(piece for piece in (before.rstrip(_SIGNS), after.lstrip(_SIGNS + ".!?")) if piece)
    return _sentence(_without_lead_in(step, words)), note


def _without_date(line: str, part: Span, date: DateFound, words: DateWords) -> str:
    """The part's words without the date and without the "by" or "on" that led to it.

    After "before" or "after" the date's words stay: "Call after 27 nov" says more than "Call after".
    """
    before, after = line[part[0] : date.start].rstrip(), line[date.end : part[1]].strip(" \t:)?!.")
    begin = max(len(before) - _LOOKED_AT, 0)
    tokens = Line(before[begin:], words.spoken)
    last = len(tokens) - 1
    while last >= 0 and (tokens.key(last) in words.leads or tokens.key(last) in _GOES_WITH):
        last -= 1
    if tokens.key(last) in _STAYS_WITH:
        return line[part[0] : part[1]].strip()
    behind = Line(after[:_LOOKED_AT], words.spoken)
    if behind.key(0) == "by":
        after = after[behind[0].end :].strip()  # "fri at the latest"
    kept = before if last == len(tokens) - 1 else before[: begin + max(tokens[last].end, 0)]
    return f"{kept.strip(_BETWEEN)} {after}".strip()


def _reports(before: str, words: DateWords) -> bool:
    """Whether the words before a date begin with a verb of the past and come to nothing to be done: "spoke to her"."""
    tokens = Line(before.strip()[:_LOOKED_AT], words.spoken)
    done = (tokens.key(i) in _DEEDS or tokens.key(i) in words.deeds for i in range(1, len(tokens)))
    return tokens.key(0) in words.past_verbs and not any(done)


def _without_lead_in(step: str, words: DateWords) -> str:
    tokens = Line(step[:_LOOKED_AT], words.spoken)
    first = 0
    while tokens.key(first) in words.lead_ins or (first and tokens.key(first) in (":", ",")):
        first += 1
    return step[tokens[first].start :] if first and first < len(tokens) else step


def _is_a_deed(text: str, words: DateWords) -> bool:
    """Whether the words say what to do: "send quote", "Angebot schicken"."""
    tokens = Line(_without_lead_in(text.strip(), words)[:_LOOKED_AT], words.spoken)
    known = tokens.key(0) in _DEEDS or tokens.key(0) in words.deeds
    return known or (words.verb_last and tokens.key(len(tokens) - 1) in words.deeds)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def no_date(tried: str, words: DateWords | None = None) -> str:
    """The sentence below a field in which no date was found."""
    first, second = (words or spoken_words()).tries
    return tr("No date found in “{tried}”. Try “{first}” or “{second}”.", tried=tried, first=first, second=second)


def _problem(line: str, skipped: set[Span], words: DateWords) -> str | None:
    """The complaint about a date that was tried and failed; a line that tried none has no problem."""
    if skipped:
        return None
    begins = [begin for begin, end in _parts(line, _dotted_days(line, words)) if line[begin:end].strip()]
    tried = slip_in(_QUOTED.sub(" ", line[begins[-1] :]), words) if begins else None
    return None if tried is None else no_date(tried, words)
