"""What to know before this call: who, why now, where it stopped, what they said, what was promised, the deal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.activities import UNREACHED
from companion.domain.companies import Company
from companion.domain.deals import Deal
from companion.domain.language import tr
from companion.domain.notes import LONGEST, facts, sentences, weigh
from companion.domain.people import Person
from companion.domain.promises import WORDS
from companion.domain.reasons import Reason, unpack
from companion.domain.workspace import Workspace
from companion.queries import deal as deals
from companion.queries.entries import ACTIVITY, Entry, Names, of_activity
from companion.queries.person import find, find_company
from companion.queries.promises import Promise, promises
from companion.queries.put_away import PutAway, of_deal, put_away
from companion.queries.timeline import names_for

MOST_FACTS: Final = 3
_READ: Final = 40
"""Entries that facts are taken from."""
_FACT_DAYS: Final = 90
_READ_AT_MOST: Final = 30_000
"""Characters of notes and mail that facts are taken from, the newest first: more would cost a frame."""
_facts = lru_cache(maxsize=256)(facts)
"""A brief is read anew after each commit, and its entries are as they were."""
_TOLD: Final = (
    f"SELECT {ACTIVITY} {{where}} AND a.at <= ? AND a.what != 'task' AND a.gone IS NULL "
    "AND (a.outcome IS NULL OR a.outcome NOT IN ('stage_moved', 'close_moved')) ORDER BY a.at DESC, a.n DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Sourced:
    """A sentence with the entry that it was taken from, and that entry in words: 'Call, 12 Nov'."""

    text: str
    kind: str
    id: str
    source: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Brief:
    """The prep card. `person` is None for a deal without one. Reasons are strongest first; the first is the strip's.

    `away` tells that the subject was snoozed or parked, `parked` which of its deals are, themselves or with it.
    """

    kind: str
    id: str
    name: str
    person: Person | None
    company: Company | None
    number: str | None
    email: str | None
    reasons: tuple[Reason, ...]
    left_off: tuple[Sourced, ...]
    before_you_call: tuple[Sourced, ...]
    promises: tuple[Promise, ...]
    deals: tuple[Deal, ...]
    recently: tuple[Entry, ...]
    away: PutAway | None
    parked: Mapping[str, PutAway]

    @property
    def subtitle(self) -> str:
        """'Head of Operations, Halvorsen Logistics'."""
        role = self.person.role if self.person else None
        return ", ".join(each for each in (role, self.company.name if self.company else None) if each)


class _Whom(NamedTuple):
    """Whom a brief is about, and the column of activities that finds what happened with them."""

    kind: str
    id: str
    name: str
    person: Person | None
    company: Company | None
    going: tuple[Deal, ...]
    column: str


def brief(
    rows: Rows, kind: str, subject_id: str, now: dt.datetime, zone: dt.tzinfo, workspace: Workspace | None = None
) -> Brief | None:
    """The brief of a 'person', 'company' or 'deal'; None for an unknown one.

    A deal with a person gives that person's brief, the deal first.
    """
    whom = _company(rows, subject_id, zone) if kind == "company" else _whom(rows, kind, subject_id, zone)
    if whom is None:
        return None
    person, company = whom.person, whom.company
    read = _entries(rows, whom, int(now.timestamp()))
    names = names_for(rows, read, zone, workspace)
    local = now.astimezone(zone).date()
    left_off = _left_off(read, names, local)
    promised = _promises(rows, whom, read, names, now, workspace)
    parked = {each.id: of_deal(rows, each.id, now, zone) for each in whom.going}
    return Brief(
        kind=whom.kind,
        id=whom.id,
        name=whom.name,
        person=person,
        company=company,
        number=(person.number if person else None) or (company.phone if company else None),
        email=person.email if person else company.email if company else None,
        reasons=reasons(rows, whom.id),
        left_off=left_off,
        before_you_call=_before_you_call(
            read, names, local, {each.text for each in left_off} | {f"{each.text}." for each in promised}
        ),
        promises=promised,
        deals=whom.going,
        recently=tuple(of_activity(values, names, tell_who=person is None) for values in read[:3]),
        away=parked[subject_id] if subject_id in parked else put_away(rows, whom.id, now, zone),
        parked={deal: away for deal, away in parked.items() if away is not None and away.parked},
    )


def _whom(rows: Rows, kind: str, subject_id: str, zone: dt.tzinfo) -> _Whom | None:
    person_id = subject_id
    if kind == "deal":
        person_id = rows.value("SELECT person_id FROM deals WHERE id = ?", (subject_id,))
    person = find(rows, person_id, zone) if person_id else None
    if person is not None:
        going = tuple(sorted(deals.of_person(rows, person.id, zone), key=lambda each: each.id != subject_id))
        company_id = person.company_id or (going[0].company_id if going else None)
        company = find_company(rows, company_id, zone)
        return _Whom("person", person.id, person.name, person, company, going, "person_id")
    one = deals.find(rows, subject_id, zone) if kind == "deal" else None
    if one is None:
        return None
    return _Whom("deal", one.id, one.name, None, find_company(rows, one.company_id, zone), (one,), "deal_id")


def _company(rows: Rows, company_id: str, zone: dt.tzinfo) -> _Whom | None:
    company = find_company(rows, company_id, zone)
    if company is None:
        return None
    going = deals.of_company(rows, company_id, zone)
    return _Whom("company", company.id, company.name, None, company, going, "company_id")


def _promises(
    rows: Rows,
    whom: _Whom,
    read: Sequence[tuple[Any, ...]],
    names: Names,
    now: dt.datetime,
    workspace: Workspace | None,
) -> tuple[Promise, ...]:
    people = [whom.person.id] if whom.person else []
    if whom.kind == "company":
        found = rows.all("SELECT id FROM people WHERE company_id = ? AND gone IS NULL LIMIT 200", (whom.id,))
        people = [each for (each,) in found]
    known = [whom.person.name] if whom.person else list(names.people.values())
    marks = workspace.promise_words if workspace else WORDS
    firsts = sorted({words.first_name(each) for each in known})
    return promises(rows, people, [each.id for each in whom.going], read, now, names.zone, firsts, marks)


def reasons(rows: Rows, subject_id: str) -> tuple[Reason, ...]:
    """Every reason that stands for a person or deal, the one on the row first."""
    found = rows.one("SELECT reason, more FROM scores WHERE subject_id = ?", (subject_id,))
    if found is None:
        return ()
    return (unpack(json.loads(found[0])), *(unpack(each[:-1]) for each in json.loads(found[1])))


def _entries(rows: Rows, whom: _Whom, now: int) -> list[tuple[Any, ...]]:
    """The newest touches and notes."""
    read = rows.all(_TOLD.format(where=f"FROM activities a WHERE a.{whom.column} = ?"), (whom.id, now, _READ))
    if whom.kind == "company" and len(read) < _READ:
        # A CRM may link what was said to the person alone.
        loose = "FROM people p JOIN activities a ON a.person_id = p.id WHERE p.company_id = ? AND a.company_id IS NULL"
        read += rows.all(_TOLD.format(where=loose), (whom.id, now, _READ))
        read.sort(key=lambda values: -(values[5] or 0))
    return read[:_READ]


def _left_off(read: Sequence[tuple[Any, ...]], names: Names, local: dt.date) -> tuple[Sourced, ...]:
    """How the last entry went, then the weightiest sentence of it, or else of the one before."""
    if not read:
        return ()
    last = read[0]
    first = _sourced(_happened(last, names, local), last, names, local)
    said = _best_sentence(read[:2], names)
    if said is not None:
        return (first, _sourced(said[0], said[1], names, local))
    return (first, *(_sourced(_happened(values, names, local), values, names, local) for values in read[1:2]))


def _best_sentence(read: Sequence[tuple[Any, ...]], names: Names) -> tuple[str, tuple[Any, ...]] | None:
    told = [(sentence, values) for values in read for sentence in sentences(values[4]) if len(sentence) >= 12]
    if not told:
        return None
    best, values = next((pair for pair in told if weigh(pair[0])), told[0])
    text = words.shortened(best.rstrip(" ."), 140)
    if values[1] == "email" and values[2] == "in":
        who = words.upper_first(names.person(values[12]))
        return tr("{person} wrote: “{quote}”", person=who, quote=text), values
    return f"{words.upper_first(text)}{'' if text.endswith(('?', '!', '…')) else '.'}", values


def _happened(values: tuple[Any, ...], names: Names, local: dt.date) -> str:
    """'You emailed proposal v2 on Wed 18 Nov.'"""
    told = _told(values, names, local)
    # The short name of a month may end the sentence with a stop of its own.
    return told[:-1] if told.endswith("..") else told


def _told(values: tuple[Any, ...], names: Names, local: dt.date) -> str:
    entry = of_activity(values, names)
    on = entry.at.date()
    when = words.day(on, local) if abs((on - local).days) <= 1 else words.on_date(on, local)
    what, direction, seconds, outcome = values[1], values[2], values[7], values[10]
    mine, lasted = names.is_me(values[14]), words.length(seconds) if seconds else ""
    told = {"user": names.user(values[14]), "person": names.person(values[12]), "when": when, "lasted": lasted}
    if what == "call" and direction == "in":
        return tr("{person} called {when}.", person=words.upper_first(names.person(values[12])), when=when)
    if what == "call" and outcome in UNREACHED:
        return _unreached(mine, outcome == "voicemail", told)
    if what == "call" and lasted:
        if mine:
            return tr("You spoke with {person} for {lasted} {when}.", **told)
        return tr("{user} spoke with {person} for {lasted} {when}.", **told)
    if what == "call":
        return (
            tr("You spoke with {person} {when}.", **told) if mine else tr("{user} spoke with {person} {when}.", **told)
        )
    if what == "note":
        return tr("You noted something {when}.", **told) if mine else tr("{user} noted something {when}.", **told)
    return tr("{what} {when}.", what=entry.line.removesuffix("."), when=when)


def _unreached(mine: bool, voicemail: bool, told: dict[str, str]) -> str:
    if voicemail:
        if mine:
            return tr("You called {person} {when}, left a voicemail.", **told)
        return tr("{user} called {person} {when}, left a voicemail.", **told)
    if mine:
        return tr("You called {person} {when}, no answer.", **told)
    return tr("{user} called {person} {when}, no answer.", **told)


def _before_you_call(
    read: Sequence[tuple[Any, ...]], names: Names, local: dt.date, said: set[str]
) -> tuple[Sourced, ...]:
    """The weightiest sentences of the last months, newest entries first among equals; told in the order of time."""
    found: list[tuple[int, int, int, Sourced]] = []
    room = _READ_AT_MOST
    for age, values in enumerate(read):
        what, direction, body = values[1], values[2], values[4]
        on = words.local_day(values[5], names.zone)
        if not body or (what == "email" and direction != "in") or (local - on).days > _FACT_DAYS:
            continue
        room -= min(len(body), 4_000)
        if room < 0:
            break
        for place, fact in enumerate(_facts(body[:4_000])):
            if f"{fact.text}." not in said:
                found.append(
                    (
                        min(0, (local - on).days // 7 - fact.weight),
                        age,
                        place,
                        _sourced(fact.text, values, names, local),
                    )
                )
    best = sorted(found, key=lambda each: each[:3])[:MOST_FACTS]
    return tuple(each[3] for each in sorted(best, key=lambda each: (-each[1], each[2])))


def _sourced(text: str, values: tuple[Any, ...], names: Names, local: dt.date) -> Sourced:
    on = words.local_day(values[5], names.zone)
    kind = {"call": tr("Call"), "email": tr("Email"), "meeting": tr("Meeting"), "note": tr("Note")}
    when = words.short_date(on, local)
    at = words.instant(values[5], names.zone)
    return Sourced(
        text if len(text) <= 200 else words.shortened(text, LONGEST),
        "activity",
        values[0],
        f"{kind.get(values[1], tr('Entry'))}, {when}",
        at,
    )
