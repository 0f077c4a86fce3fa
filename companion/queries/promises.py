"""Promises that are open, theirs and ours, with their age: from next steps, and from what notes and mail say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.promises import WORDS, Said, Spoken, kept_by, spoken
from companion.domain.signals import as_day
from companion.domain.touch_signals import promise_words

KEPT: Final = "promise "
"""Before a promise's key: what the table of hidden reasons calls one that the rep says is kept."""
MOST_SPOKEN: Final = 4
"""Promises taken from notes and mail at most; more would be a wall."""
_BACK_DAYS: Final = 45
_READ_AT_MOST: Final = 30_000
"""Characters of notes and mail that are looked through, the newest first: more would cost a frame."""
_MOST_PEOPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Promise:
    """An open promise, 'mine' or 'theirs', with its age in words: 'by today', '2 days late', '9 days ago'.

    `id` is the entry's that it rests on. `key` is '' for a next step of its own; else it names the sentence of the
    entry that it stands in, which `text` gives word for word.
    """

    id: str
    whose: str
    text: str
    on: dt.date | None
    words: str
    late: bool
    key: str = ""


def promises(
    rows: Rows,
    people: Sequence[str],
    deals: Sequence[str],
    read: Sequence[tuple[Any, ...]],
    now: dt.datetime,
    zone: dt.tzinfo,
    names: Iterable[str] = (),
    marks: Sequence[str] = WORDS,
) -> tuple[Promise, ...]:
    """Those of these people and deals: next steps by their day, then what `read` says, the oldest first.

    `read` are ACTIVITY rows, newest first; `names` the people's first names; `marks` the team's words for a promise.
    """
    local = now.astimezone(zone).date()
    return (*_agreed(rows, people, deals, local, zone), *_spoken(rows, people, read, names, marks, local, zone))


def _agreed(rows: Rows, people: Sequence[str], deals: Sequence[str], local: dt.date, zone: dt.tzinfo) -> list[Promise]:
    found: dict[str, tuple[Any, ...]] = {}
    # Two questions and not one with OR: the first is answered by the index of open tasks.
    for column, ids in (("person_id", people), ("deal_id", deals)):
        some = list(ids[:_MOST_PEOPLE])
        listed = rows.all(
            "SELECT id, promise, subject, due_on, at, n FROM activities "
            f"WHERE {column} IN ({','.join('?' * len(some))}) "
            "AND what = 'task' AND done = 0 AND promise IS NOT NULL AND gone IS NULL",
            some,
        )
        found |= {values[0]: values for values in listed}
    in_order = sorted(found.values(), key=lambda each: (each[3] or "9", each[4] or 0, each[5]))
    return [_task(values, local, zone) for values in in_order]


def _task(values: tuple[Any, ...], local: dt.date, zone: dt.tzinfo) -> Promise:
    activity, whose, subject, due_on, at, _ = values
    on = as_day(due_on)
    late = on is not None and on < local
    if on is None:
        said = words.ago(max(0, (local - words.local_day(at, zone)).days)) if at else ""
    elif late:
        said = tr("{days} late", days=words.days((local - on).days))
    else:
        said = tr("by {day}", day=words.day(on, local))
    return Promise(activity, whose, words.upper_first(promise_words(subject)), on, said, late)


def _spoken(
    rows: Rows,
    people: Sequence[str],
    read: Sequence[tuple[Any, ...]],
    names: Iterable[str],
    marks: Sequence[str],
    local: dt.date,
    zone: dt.tzinfo,
) -> list[Promise]:
    known = list(names)
    found: list[tuple[tuple[Any, ...], Spoken, list[Said]]] = []
    later: dict[str, list[Said]] = {"mine": [], "theirs": []}
    room = _READ_AT_MOST
    for values in read:
        room -= min(len(values[4] or ""), 4_000)
        if room < 0 or (local - words.local_day(values[5] or 0, zone)).days > _BACK_DAYS:
            break
        said = _said(values)
        found += [(values, each, list(later[each.whose])) for each in spoken(said, known, marks)]
        if values[1] == "email":
            later["theirs" if said.direction == "in" else "mine"].append(said)
    open_ones = [(values, each) for values, each, since in found if not kept_by(each.text, since)]
    if not open_ones:
        return []
    answered = _answered(rows, [values[0] for values, _ in open_ones])
    steps = _steps(rows, people, min(values[5] for values, _ in open_ones))
    left = [
        (values, each)
        for values, each in open_ones
        if (values[0], KEPT + each.key) not in answered and not kept_by(each.text, steps)
    ]
    return [
        Promise(values[0], each.whose, each.text, None, _age(values, local, zone), False, each.key)
        for values, each in sorted(left[:MOST_SPOKEN], key=lambda pair: pair[0][5] or 0)
    ]


def _said(values: tuple[Any, ...]) -> Said:
    direction = (values[2] if values[2] == "in" else "out") if values[1] == "email" else None
    return Said(direction, values[3], values[4])


def _answered(rows: Rows, entries: Sequence[str]) -> set[tuple[str, str]]:
    marks = ",".join("?" * len(entries))
    return set(rows.all(f"SELECT record_id, rule_id FROM hidden_reasons WHERE record_id IN ({marks})", entries))


def _steps(rows: Rows, people: Sequence[str], since: int) -> list[Said]:
    """Next steps written down since: what was planned on purpose is told, or was done, by itself."""
    some = list(people[:_MOST_PEOPLE])
    if not some:
        return []
    found = rows.all(
        f"SELECT subject FROM activities WHERE person_id IN ({','.join('?' * len(some))}) AND at >= ? "
        "AND what = 'task' LIMIT 200",
        (*some, since - 3_600),
    )
    return [Said(None, subject, None) for (subject,) in found]


def _age(values: tuple[Any, ...], local: dt.date, zone: dt.tzinfo) -> str:
    return words.ago(max(0, (local - words.local_day(values[5] or 0, zone)).days))
