"""The rest of the book: hundreds of people whom nobody needs to call today, with a year of history each."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from random import Random
from typing import TypeVar

from companion.connectors.demo import company_names, people_names, phrases
from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import (
    BRUNO,
    CHEN,
    CLOSING,
    DISCOVERY,
    DORA,
    EMIL,
    EVALUATION,
    LOST,
    NEGOTIATION,
    NORA,
    PROPOSAL,
    WON,
    Company,
    Deal,
    Person,
    Writer,
)

T = TypeVar("T")

COLLEAGUES = (BRUNO, CHEN, DORA, EMIL)
COMPANIES = {NORA: 22, BRUNO: 41, CHEN: 40, DORA: 41, EMIL: 37}
PEOPLE = {NORA: 95, BRUNO: 121, CHEN: 122, DORA: 123, EMIL: 109}
OPEN_DEALS = {NORA: 10, BRUNO: 16, CHEN: 14, DORA: 16, EMIL: 12}
CLOSED_DEALS = {NORA: 9, BRUNO: 8, CHEN: 8, DORA: 8, EMIL: 7}
OPEN_STAGES = (DISCOVERY, EVALUATION, EVALUATION, PROPOSAL, PROPOSAL, NEGOTIATION, CLOSING)
MORNING, DAY_S = 8 * 3600 + 900, 9 * 3600
LOSS_REASONS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7")


class Crowd:
    """Makes them up from `seed`; what one rep's book looks like does not depend on how the others' came out."""

    def __init__(self, w: Writer, places: Sequence[Place], seed: int) -> None:
        self._w, self._places, self._random = w, places, Random(seed)
        self._roll = self._random.random
        heads, trades = list(company_names.HEADS), company_names.TRADES
        names = [(f"{head} {end}", industry) for head in heads for end, industry in trades]
        self._company_names = iter(self._random.sample(names, sum(COMPANIES.values())))
        first, last = people_names.FIRST, people_names.LAST
        picks = self._random.sample(range(len(first) * len(last)), sum(PEOPLE.values()))
        self._people_names = iter([f"{first[n // len(last)]} {last[n % len(last)]}" for n in picks])

    def write(self) -> None:
        """Everybody."""
        for rep in (NORA, *COLLEAGUES):
            self._book_of(rep)

    def _book_of(self, rep: str) -> None:
        companies = [self._company(rep) for _ in range(COMPANIES[rep])]
        people: list[list[Person]] = [[] for _ in companies]
        for n in range(PEOPLE[rep]):
            at = n if n < 2 * len(companies) else int(self._roll() * len(companies))
            people[at % len(companies)].append(self._person(companies[at % len(companies)]))
        busy = OPEN_DEALS[rep]
        for n, there in enumerate(people):
            for person in there:
                self._past(person)
                self._marketing(person)
            if n < busy:
                self._open_deal(there, n)
        for n in range(CLOSED_DEALS[rep]):
            self._closed_deal(people[(busy + n) % len(people)])

    def _company(self, rep: str) -> Company:
        name, industry = next(self._company_names)
        domain = f"{name.lower().replace(' ', '-')}.example"
        return self._w.company(name, self._one(self._places), industry, rep, domain, created=-self._int(200, 900))

    def _person(self, company: Company) -> Person:
        return self._w.person(
            company,
            next(self._people_names),
            self._one(people_names.ROLES),
            created=-self._int(180, 420),
            source=self._one(phrases.SOURCES),
            campaign=self._one(phrases.CAMPAIGNS),
            journey=self._one(phrases.JOURNEYS),
            consent="yes" if self._roll() < 0.7 else None,
        )

    # History ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _past(self, person: Person) -> None:
        """One to four episodes, the last of them long enough ago that nobody waits for anything."""
        offset = -self._int(20, 150)
        for _ in range(1 + int(self._roll() * 4)):
            self._one((self._thread, self._thread, self._spoke, self._met, self._tried))(person, None, offset)
            offset -= self._int(14, 80)
            if offset < -360:
                return

    def _thread(self, person: Person, deal: Deal | None, offset: int) -> None:
        """An exchange of e-mails in which we have the last word."""
        subject, ask, answer, last = self._one(phrases.THREADS)
        about = deal.name.lower() if deal is not None else "the planner"
        subject = subject.format(deal=about)
        gap = self._gap()
        w = self._w
        w.email("out", person, deal, self._when(offset - gap), subject, ask.format(first=person.first, deal=about))
        at = self._when(offset)
        w.email("in", person, deal, at, f"Re: {subject}", answer)
        w.email("out", person, deal, at + 600 + int(self._roll() * 5400), f"Re: {subject}", last)

    def _spoke(self, person: Person, deal: Deal | None, offset: int) -> None:
        """A call that was answered, now and then theirs."""
        outcome, body = self._one(phrases.CALLS)
        body = body.format(deal=deal.name.lower() if deal is not None else "the planner")
        direction = "in" if self._roll() < 0.2 else "out"
        minutes = self._int(3, 24)
        self._w.call(person, deal, self._when(offset), outcome, body, minutes=minutes, direction=direction)

    def _tried(self, person: Person, deal: Deal | None, offset: int) -> None:
        """Nobody answered, and the next day somebody did."""
        self._w.call(person, deal, self._when(offset - 1), self._one(("no_answer", "voicemail", "no_answer", "busy")))
        self._spoke(person, deal, offset)

    def _met(self, person: Person, deal: Deal | None, offset: int) -> None:
        """A meeting, sometimes with a note of what was learnt there."""
        subject, minutes, body = self._one(phrases.MEETINGS)
        at = self._when(offset) // 1800 * 1800
        self._w.meeting(person, deal, at, minutes, subject, body)
        if self._roll() < 0.5:
            title, note = self._one(phrases.NOTES)
            self._w.note(person, deal, at + minutes * 60 + 900, title, note)

    def _marketing(self, person: Person) -> None:
        for _ in range(int(self._roll() * 3.2)):
            what, subject = self._one(phrases.TOUCHES)
            at = self._w.days.second(-self._int(21, 330), int(MORNING + self._roll() * DAY_S))
            self._w.engagement(what, person, None, at, subject)

    # Deals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open_deal(self, there: list[Person], n: int) -> None:
        """A deal that goes its way: fresh talk, a next step ahead, several contacts. Some colleagues' ones do not."""
        rep, days = there[0].owner, self._w.days
        trouble = self._one(_TROUBLES) if rep != NORA else None
        close = -self._int(2, 12) if trouble == "passed" else self._int(28, 130)
        ends = days.on(self._int(100, 190)) if n % 5 in (1, 3, 4) else None
        deal = self._w.deal(
            there[0],
            self._one(company_names.DEALS),
            None if trouble == "amount" else self._amount(),
            self._one(OPEN_STAGES),
            close,
            created=-self._int(25, 110),
            since=-self._int(2, 9),
            others=()
            if trouble == "alone"
            else tuple((other, self._one(people_names.BUYING_ROLES)) for other in there[1:4]),
            source=self._one(phrases.SOURCES),
            contract_ends_on=ends,
            extra={"Vehicles": str(3 + n % 17)} if n % 8 < 5 else None,
        )
        last = -self._int(15, 40) if trouble == "quiet" else -self._int(1, 7)
        for offset in (last - 34, last - 21, last - 9):
            self._one((self._thread, self._met, self._spoke))(there[0], deal, offset)
        self._spoke(there[0], deal, days.workday(last))
        if trouble not in ("step", "quiet"):
            due = self._int(-4, 0) if trouble == "late" else self._int(2, 16)
            promise = "mine" if trouble == "late" else None
            written = self._when(days.workday(last))
            self._w.task(
                there[0],
                deal,
                written,
                days.next_workday(due) if due > 0 else days.workday(due),
                self._one(phrases.STEPS),
                promise=promise,
            )

    def _closed_deal(self, there: list[Person]) -> None:
        won = self._roll() < 0.6
        closed = -self._int(20, 300)
        at = self._w.days.second(closed, 54000)
        deal = self._w.deal(
            there[0],
            self._one(company_names.DEALS),
            self._amount(),
            WON if won else LOST,
            closed,
            created=closed - self._int(30, 120),
            since=closed,
            others=tuple((other, self._one(people_names.BUYING_ROLES)) for other in there[1:3]),
            loss_reason=None if won else self._one(LOSS_REASONS),
            source=self._one(phrases.SOURCES),
            closed_at=at,
            lost_note=None if won else self._one(phrases.LOST_NOTES),
        )
        for offset in (closed - 25, closed - 12, closed - 3):
            self._one((self._thread, self._met, self._spoke))(there[0], deal, offset)

    # Chance ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _one(self, choices: Sequence[T]) -> T:
        return choices[int(self._roll() * len(choices))]

    def _int(self, least: int, most: int) -> int:
        return least + int(self._roll() * (most - least + 1))

    def _gap(self) -> int:
        """Days until an answer: most within two, a few after a week."""
        return 1 + min(8, int(-1.4 * log(1.0 - self._roll())))

    def _amount(self) -> int:
        return self._int(4, 70) * 1000 + self._int(0, 1) * 500

    def _when(self, offset: int) -> int:
        """Some minute of the working hours of that day, or of the Friday before."""
        return self._w.days.second(self._w.days.workday(offset), int(MORNING + self._roll() * DAY_S) // 60 * 60)


_TROUBLES = (None, None, None, None, None, "passed", "quiet", "step", "alone", "late", "amount")
