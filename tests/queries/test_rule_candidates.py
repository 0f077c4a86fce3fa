"""Whoever shows a signal is among those whom a rule that asks for it looks at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import pytest

from companion import bootstrap
from companion.bootstrap import Core
from companion.database import Rows
from companion.domain.ranking import seen
from companion.domain.records import Kind
from companion.domain.rules import Condition, Rule
from companion.domain.signals import VOCABULARY, Moment
from companion.queries.rule_candidates import candidates
from companion.store import meta, moves, relationships, scores
from tests.book import WORKSPACE, ZONE, Book
from tests.journeys.window import MORNING
from tests.queries.test_explain import full


@pytest.fixture(scope="module")
def demo() -> Iterator[Core]:
    core = bootstrap.demo_book(lambda: MORNING)
    yield core
    core.database.close()


def shown(rows: Rows, me: str | None, now: dt.datetime, zone: dt.tzinfo) -> dict[str, set[tuple[Kind, str]]]:
    """Who shows each signal now."""
    moment = Moment.of(now, zone)
    agreed = WORKSPACE.agreed(moves.stage_norms(rows))
    who = defaultdict(set)
    for some in scores.slices(scores.everyone(rows, me)):
        for relationship, _ in relationships.load(rows, some, moment, me):
            for _, signals in seen(relationship, moment, agreed):
                for signal in signals:
                    who[signal].add((Kind(relationship.kind), relationship.id))
    return who


def asks(signal: str) -> Rule:
    """A rule about one signal alone."""
    return WORKSPACE.rules[0]._replace(when=(Condition(signal, "is", "anything"),))


def rare(book: Book) -> None:
    """What few books have, each at the edge of what its signal looks back to."""
    full(book)
    book.activity("meeting", book.person("Meets since Friday"), book.at(-4), ends_at=book.at(1), done=False)
    together = book.activity("meeting", book.person("Meets today"), book.at(0, "15:00"), done=False)
    book.put(Kind.ACTIVITY, id="old", what="email", direction="in", at=book.at(-30, "09:30"), done=True)
    guests = [(together, book.person("Joins")), ("old", book.person("Was copied"))]
    passed_on = [book.person("Passed on"), book.deal(book.person("Her deal was passed on"))]
    with book.database.write() as write:
        write.many("INSERT INTO participants (record_id, person_id) VALUES (?, ?)", guests)
        moved = "INSERT INTO moves (record_id, field, was, became, at) VALUES (?, 'owner_id', 'ingrid', 'me', ?)"
        write.many(moved, [(each, book.at(-7, "00:01")) for each in passed_on])
    book.activity("note", book.person("Handed on"), book.at(-7, "00:01"), outcome="passed_on", owner_id="ingrid")
    book.activity("meeting", book.person("Unlogged"), book.at(-7, "09:30"), ends_at=book.at(-7, "10:00"), done=False)
    lead = book.person("A lead", created_at=book.at(-14, "00:01"), journey="Lead", source="the fair")
    book.person("Born", extra={"Birthday__c": "1980-12-24"}, best_time="mornings")
    book.deal(lead, None, is_lead=True, created_at=book.at(-14, "00:01"))
    book.deal(None, 10_000, close_on=book.on(-1), stage_since_at=book.at(-90))
    gone = book.person("Gone", gone=book.at(-1))
    book.deal(gone, 10_000, close_on=book.on(-1))
    waiting = book.person("Replied")
    book.snooze(waiting, book.at(30), waits_for="reply", event_at=0, made=book.at(-2))
    book.email(waiting, book.at(-1), "in")
    met = book.person("Met")
    book.activity("meeting", met, book.at(-1, "10:00"), ends_at=book.at(-1, "11:00"), done=False, subject="Demo")
    book.snooze(met, book.at(30), waits_for="meeting", event_at=book.at(-1, "11:00"), made=book.at(-2))
    book.snooze(book.deal(book.person("Parked")), book.at(-14, "00:01"), "budget", made=book.at(-40), parked=1)
    book.snooze(book.person("Snoozed"), book.at(-1), "the offsite", made=book.at(-9))
    missed = book.person("Missed")
    book.call(missed, book.at(-1), "no_answer")
    book.task(missed, 0, due_at=book.at(0, "11:00"))
    book.task(None, -3, deal_id=book.deal(None))
    book.task(book.person("Promised"), 1, "Send a quote", promise="mine")
    book.task(book.person("Later today"), 0, due_at=book.at(0, "16:00"))
    book.engagement("page_read", book.person("Reads"), book.at(-6, "00:01"), "Pricing page", count=3)
    book.refresh()


def overlooked(rows: Rows, me: str | None, now: dt.datetime, zone: dt.tzinfo) -> dict[str, set[tuple[Kind, str]]]:
    """Who shows a signal and would not be looked at."""
    who = shown(rows, me, now, zone)
    found = {name: who[name] - set(candidates(rows, asks(name), Moment.of(now, zone), me)) for name in VOCABULARY}
    return {name: some for name, some in found.items() if some}


def test_nobody_of_the_demo_book_is_overlooked(demo: Core) -> None:
    with demo.database.read() as rows:
        assert overlooked(rows, meta.me(rows), demo.clock(), demo.zone) == {}
        assert overlooked(rows, None, demo.clock(), demo.zone) == {}


def test_nobody_with_a_rare_signal_is_overlooked(book: Book) -> None:
    rare(book)

    with book.database.read() as rows:
        who = shown(rows, "me", book.now, ZONE)
        assert set(VOCABULARY) - set(who) == {"trial_use", "close_moves"}
        assert overlooked(rows, "me", book.now, ZONE) == {}


def test_a_rule_about_a_few_looks_at_a_few(book: Book) -> None:
    for each in range(20):
        book.person(f"P{each}")
    born = book.person("Born", extra={"Birthday": "1980-11-24"})

    looked_at = book.read(candidates, asks("birthday_days"), Moment.of(book.now, ZONE), "me")

    assert looked_at == [(Kind.PERSON, born)]
