"""One line for note and next step: "Wants 12 months, send revised quote thu 10"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from companion.domain import dates
from companion.domain.date_context import tells_of_the_past
from companion.domain.date_words import names
from companion.domain.dates import ENGLISH, DateFound, DateWords

Span = tuple[int, int]

NO_DATE = "No date found in '{tried}'. Try 'thu 10' or '26 nov'."

# A comma inside 10,000 and a point inside 10.5 part nothing.
_PART = re.compile(r"[,;](?=\s|\D|$)|\s[-–—]\s|[.!?](?=\s|$)|\n")
_QUOTED = re.compile(r'"[^"]*"|“[^“”]*”')
_ABBREVIATIONS = frozenset(("mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "vs", "approx", "ca", "e.g", "i.e"))
_SIGNS = " \t\n,;-–—"
_BEFORE_A_DATE = re.compile(r"(?:\s|^)(?:on|by|at|until|till|for|due|the|to|@)$", re.IGNORECASE)
_LEAD_IN = re.compile(r"^(?:(?:and|then|so|next step|next|todo|to do|i'll|i’ll|will)\b\s*[:,]?\s*)+", re.IGNORECASE)
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
# The shape of a date or time; here only when it could not be read as one.
_IMPOSSIBLE = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{4})?|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2}")
# A word this long that is one slip away from a weekday was meant as one; "money" and "mon" are too short to tell.
_SLIP_FROM = 6


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
    text: str, now: dt.datetime, words: DateWords = ENGLISH, unparsed: frozenset[Span] = frozenset(), start: int = 0
) -> LogLine:
    """Splits `text[start:]` into note and next step; `now` is aware and local, all spans are places in `text`.

    The part that holds the last date is the next step, parts end at a comma, semicolon, dash, full stop or new line;
    every other part is the note. A date that stands alone joins the next part, or the part before it when that one
    begins with something to do ("send quote, thu 10"). Dates touching a span in `unparsed` count as plain words.
    """
    line = text[start:]
    skipped = {(a - start, b - start) for a, b in unparsed}
    found = [date for date in dates.find(line, now, words) if not _touches(date, skipped)]
    if not found:
        return LogLine(line.strip(), "", None, None, (), _problem(line, skipped, words))
    date = found[-1]
    parts = _parts(line, [(other.start, other.end) for other in found])
    step, note = _split(line, parts, date)
    begin, end = parts[_home(parts, date)]
    rivals = sum(1 for other in found if begin <= other.start <= end)
    reported = tells_of_the_past(_first_word(line[begin:end]), words)
    zone = now.tzinfo
    moment = date.moment(zone) if zone is not None else None
    span = (date.start + start, date.end + start)
    return LogLine(note, step, date.date, moment, (span,), None, date.sure and rivals == 1 and not reported)


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
    return before.rpartition(" ")[2].casefold() in _ABBREVIATIONS


def _home(parts: list[Span], date: DateFound) -> int:
    return next(n for n, (begin, end) in enumerate(parts) if begin <= date.start <= end)


def _split(line: str, parts: list[Span], date: DateFound) -> tuple[str, str]:
    """The next step and the note."""
    home = _home(parts, date)
    first, last = home, home
    step = _without_date(line, parts[home], date)
    if not step and home + 1 < len(parts) and line[slice(*parts[home + 1])].strip():
        last = home + 1
        step = line[slice(*parts[last])].strip()
    elif not step and home and _begins_with_a_deed(line[slice(*parts[home - 1])]):
        first = home - 1
        step = line[slice(*parts[first])].strip()
    before, after = line[: parts[first][0]].strip(), line[parts[last][1] :].strip()
    note = ", ".join(piece for piece in (before.rstrip(_SIGNS), after.lstrip(_SIGNS + ".!?")) if piece)
    return _sentence(_LEAD_IN.sub("", step)), note


def _without_date(line: str, part: Span, date: DateFound) -> str:
    """The part's words without the date and without the "by" or "on" that led to it.

    After "before" or "after" the date's words stay: "Call after 27 nov" says more than "Call after".
    """
    before, after = line[part[0] : date.start].rstrip(), line[date.end : part[1]].strip(" \t:)?!.")
    if re.search(r"\b(?:before|after|since|from)$", before, re.IGNORECASE):
        return line[part[0] : part[1]].strip()
    before = _BEFORE_A_DATE.sub("", before).rstrip(" \t:(@")
    return f"{before.strip()} {after}".strip()


def _begins_with_a_deed(text: str) -> bool:
    return _first_word(_LEAD_IN.sub("", text.strip())) in _DEEDS


def _first_word(text: str) -> str:
    return text.strip().partition(" ")[0].casefold()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _problem(line: str, skipped: set[Span], words: DateWords) -> str | None:
    """The complaint about a date that was tried and failed; a line that tried none has no problem."""
    if skipped:
        return None
    begins = [begin for begin, end in _parts(line, []) if line[begin:end].strip()]
    tried = _tried(line[begins[-1] :], words) if begins else None
    return None if tried is None else NO_DATE.format(tried=tried)


def _tried(part: str, words: DateWords) -> str | None:
    """The words at the part's end that look like a slip in a date: thursdayish, tomorow, 31 nov, 25:00."""
    tail = _QUOTED.sub(" ", part).split()[-3:]
    months, weekdays = names(words).months, names(words).weekdays
    for n, word in enumerate(tail):
        bare = word.strip(".,;:!?()").casefold()
        for number, month in ((bare, _key(tail, n + 1)), (_key(tail, n + 1), bare)):
            if number.rstrip("sthndr").isdecimal() and len(number) <= 4 and month in months:
                return " ".join(tail[n : n + 2])
        if _IMPOSSIBLE.fullmatch(word):
            return word
        whole = (*(name for name in weekdays if len(name) >= _SLIP_FROM), *words.tomorrow)
        if any(_slip(bare, name.casefold()) for name in whole if len(name) >= _SLIP_FROM):
            return word.strip(".,;:!?()")
    return None


def _key(tail: list[str], n: int) -> str:
    return tail[n].strip(".,;:!?()").casefold() if n < len(tail) else ""


def _slip(word: str, name: str) -> bool:
    """Whether `word` is `name` with something hung on ("thursdayish") or with one letter wrong ("thurday")."""
    if word == name or word in (name + "s", name + "'s", name + "’s"):
        return False
    if word.startswith(name):
        return word[len(name) :].isalpha()
    return _one_letter_off(word, name)


def _one_letter_off(word: str, name: str) -> bool:
    if abs(len(word) - len(name)) > 1 or not word or word[0] != name[0]:
        return False
    same = next((n for n, (a, b) in enumerate(zip(word, name)) if a != b), min(len(word), len(name)))
    rest, wanted = word[same:], name[same:]
    swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
