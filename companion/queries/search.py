"""Everything that matches what the rep types: people, companies, deals, and words in the history. Offline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from companion.database import Rows
from companion.domain.phones import dialled
from companion.domain.records import Kind

_WORD: Final = re.compile(r"\w+", re.UNICODE)
_NUMBER: Final = re.compile(r"^[\d\s()+./\-]{4,}$")
_CANDIDATES: Final = 120
"""How many matches are looked at before the best are chosen; a one-letter prefix matches half the book."""
_TYPO_FLOOR: Final = 78
"""The least likeness, of 100, at which a name counts as meant though mistyped."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `title` is what to show, `detail` what to tell it apart by; `at` is when, for history."""

    kind: Kind
    id: str
    title: str
    detail: str
    person_id: str | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: who and what to go to, and what was said."""

    places: tuple[Hit, ...] = ()
    history: tuple[Hit, ...] = ()


def search(rows: Rows, text: str, limit: int = 8) -> Found:
    """The best matches for `text`, each word of it as the beginning of a word; phone numbers in any format.

    The rep's own people come first, then those that today's list shows, then by name. Where nothing matches, names that
    are nearly alike are tried.
    """
    names = names_query(text)
    if names is None:
        return Found()
    places = _places(rows, names, text, limit)
    history = _history(rows, text, limit)
    if not places and not history:
        places = _nearly(rows, text, limit)
    return Found(tuple(places), tuple(history))


def people_like(rows: Rows, text: str, limit: int = 8) -> list[Hit]:
    """People alone, for quick logging."""
    names = names_query(text)
    if names is None:
        return []
    return [hit for hit in _places(rows, names, text, limit * 4) if hit.kind is Kind.PERSON][:limit]


def words_of(text: str) -> list[str]:
    """The words that are looked for, as they are matched: letters and digits only."""
    return _WORD.findall(text)


def names_query(text: str) -> str | None:
    """What to ask of the index of names for what was typed; None where it holds no word."""
    if _NUMBER.match(text.strip()):
        digits = re.sub(r"\D", "", dialled(text.strip())).lstrip("0")
        return f'numbers : "{digits}"*' if digits else None
    words = words_of(text)
    return " ".join(f'"{word}"*' for word in words[:8]) or None


def _places(rows: Rows, query: str, text: str, limit: int) -> list[Hit]:
    found = [row[0] for row in rows.all("SELECT rowid FROM names WHERE names MATCH ? LIMIT ?", (query, _CANDIDATES))]
    hits: list[tuple[tuple[int, int, int, str], Hit]] = []
    for code, read in ((0, _people), (1, _companies), (2, _deals)):
        numbers = [rowid // 4 for rowid in found if rowid % 4 == code]
        if numbers:
            hits += read(rows, numbers, text.casefold())
    hits.sort(key=lambda each: each[0])
    return [hit for _, hit in hits[:limit]]


_ME: Final = "(SELECT json_extract(value, '$') FROM meta WHERE key = 'me')"


def _people(rows: Rows, numbers: list[int], typed: str) -> list[tuple[tuple[int, int, int, str], Hit]]:
    found = rows.all(
        f"""SELECT p.id, p.name, c.name, p.owner_id IS {_ME}, s.subject_id IS NOT NULL, p.gone
            FROM people AS p LEFT JOIN companies AS c ON c.id = p.company_id
            LEFT JOIN scores AS s ON s.subject_id = p.id
            WHERE p.n IN ({",".join("?" * len(numbers))})""",
        numbers,
    )
    return [
        (_order(name, typed, mine, listed, gone), Hit(Kind.PERSON, each, name or "", company or "", each))
        for each, name, company, mine, listed, gone in found
    ]


def _companies(rows: Rows, numbers: list[int], typed: str) -> list[tuple[tuple[int, int, int, str], Hit]]:
    found = rows.all(
        f"""SELECT id, name, city, owner_id IS {_ME}, gone FROM companies
            WHERE n IN ({",".join("?" * len(numbers))})""",
        numbers,
    )
    return [
        (_order(name, typed, mine, 0, gone), Hit(Kind.COMPANY, each, name or "", city or ""))
        for each, name, city, mine, gone in found
    ]


def _deals(rows: Rows, numbers: list[int], typed: str) -> list[tuple[tuple[int, int, int, str], Hit]]:
    found = rows.all(
        f"""SELECT d.id, d.name, c.name, d.owner_id IS {_ME}, d.gone OR d.status <> 'open', d.person_id
            FROM deals AS d LEFT JOIN companies AS c ON c.id = d.company_id
            WHERE d.n IN ({",".join("?" * len(numbers))})""",
        numbers,
    )
    return [
        (_order(name, typed, mine, 0, gone), Hit(Kind.DEAL, each, name or "", company or "", person))
        for each, name, company, mine, gone, person in found
    ]


def _order(name: str | None, typed: str, mine: int, listed: int, gone: object) -> tuple[int, int, int, str]:
    folded = (name or "").casefold()
    begins = 0 if folded.startswith(typed) else 1
    return (1 if gone else 0, begins, -2 * int(mine) - int(listed), folded)


def _history(rows: Rows, text: str, limit: int) -> list[Hit]:
    """Newest first. One-letter beginnings would match nearly every note, so they wait for the second letter."""
    words = [word for word in words_of(text)[:8] if len(word) > 1]
    if not words:
        return []
    query = " ".join(f'"{word}"*' for word in words)
    found = rows.all("SELECT rowid FROM notes WHERE notes MATCH ? ORDER BY rowid DESC LIMIT ?", (query, limit * 3))
    if not found:
        return []
    marks = ",".join("?" * len(found))
    read = rows.all(
        f"""SELECT a.id, a.subject, a.body, p.name, a.person_id, a.at, a.what FROM activities AS a
            LEFT JOIN people AS p ON p.id = a.person_id WHERE a.n IN ({marks}) ORDER BY a.at DESC LIMIT ?""",
        [*(row[0] for row in found), limit],
    )
    return [
        Hit(Kind.ACTIVITY, each, _line_with(subject, body, words), name or "", person, at)
        for each, subject, body, name, person, at, _ in read
    ]


def _line_with(subject: str | None, body: str | None, words: list[str]) -> str:
    """The sentence that holds the first word, so that the rep sees why it was found."""
    wanted = words[0].casefold()
    for sentence in re.split(r"(?<=[.!?])\s+|\n", body or ""):
        if wanted in sentence.casefold():
            return sentence.strip()[:160]
    return (subject or body or "")[:160]


def _nearly(rows: Rows, text: str, limit: int) -> list[Hit]:
    """Names that are nearly what was typed; only looked for when nothing else was found."""
    from rapidfuzz import fuzz, process

    if len(text.strip()) < 4:
        return []
    known = rows.all("SELECT n, name FROM people WHERE gone IS NULL AND name IS NOT NULL")
    near = process.extract(
        text.casefold(),
        [name.casefold() for _, name in known],
        scorer=fuzz.WRatio,
        limit=limit,
        score_cutoff=_TYPO_FLOOR,
    )
    numbers = [known[i][0] for _, _, i in near]
    read = rows.all(
        "SELECT p.n, p.id, p.name, c.name FROM people AS p LEFT JOIN companies AS c ON c.id = p.company_id"
        f" WHERE p.n IN ({','.join('?' * len(numbers))})",
        numbers,
    )
    hits = {n: Hit(Kind.PERSON, each, name, company or "", each) for n, each, name, company in read}
    return [hits[n] for n in numbers]
