"""A rep's whole day at the keyboard, over a book with forty people to call: nothing is in the way, nothing gets lost.

30 contacts (12 reached, with an outcome, words and a next step; 18 not), 3 briefs, 8 changes of deals, 10 snoozes and
5 searches. How fast the keys were is told in the log; whether that is fast enough is for `benchmarks/day.py`, which
plays the same day. That the window never stands still is judged here, by a heartbeat that leaves out what other
programs took.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PySide6.QtWidgets import QApplication

from benchmarks import day, floor
from benchmarks.day import AMOUNT, Day, Hand, Told
from benchmarks.heart import Heart
from companion.connectors.demo.crm import DemoCrm
from companion.domain.records import Kind
from companion.store import outbox
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, opened

NO_GAP_ABOVE_MS = 100
MOST_DAYS = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worked:
    """The day when it is over."""

    rep: Rep
    crm: DemoCrm
    day: Day
    hand: Hand
    heart: Heart
    before: dict[Kind, frozenset[str]]
    """What the CRM had in the morning."""


@pytest.fixture(scope="module")
def worked(qapp: QApplication) -> Iterator[Worked]:
    """The day is played once, its changes are sent, and the tests look at what became of it."""
    with a_day(qapp) as played:
        yield played


@contextmanager
def a_day(qapp: QApplication) -> Iterator[Worked]:
    """From an empty outbox in the morning to an empty one in the evening."""
    clock = Clock()
    core, crm = day.busy_book(clock)
    before = {kind: frozenset(row.id for row in crm.rows(kind)) for kind in Kind}
    with opened(qapp, core) as rep:
        hand, heart = Hand(qapp), Heart(rep.app)
        for thread in rep.app.behind.threads:
            thread.join(30)
        hand.rest(day.COFFEE_S)
        heart.start()
        played = Day(rep.app, hand, lambda: clock.forward(seconds=40))
        played.work()
        heart.stop()
        clock.forward(minutes=2)
        _everything_sent(rep)
        yield Worked(rep, crm, played, hand, heart, before)


def _everything_sent(rep: Rep) -> None:
    rep.core.sync_now()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        QApplication.processEvents()
        with rep.core.database.read() as rows:
            if not outbox.counts(rows):
                return
        time.sleep(0.01)
    raise AssertionError("changes are left that were not sent")


def logged(worked: Worked) -> Counter[Told]:
    """What was logged into the CRM today, however often it stands there."""
    names = {row.id: str(row.fields["name"]) for row in worked.crm.rows(Kind.PERSON)}
    found: Counter[Told] = Counter()
    for row in worked.crm.rows(Kind.ACTIVITY):
        if row.id not in worked.before[Kind.ACTIVITY] and row.fields["what"] != "task":
            who = names[str(row.links["person"])]
            body = str(row.fields.get("body") or "")
            found[Told(who, str(row.fields["what"]), str(row.fields["outcome"]), body)] += 1
    return found


def deal_of(worked: Worked, who: str) -> dict[str, object]:
    """The deal of one of those who were searched for, as the CRM has it."""
    person = next(row.id for row in worked.crm.rows(Kind.PERSON) if row.fields["name"] == who)
    row = next(row for row in worked.crm.rows(Kind.DEAL) if row.links["person"] == person)
    return {**row.fields, "stage": row.links["stage"]}


def test_the_day_was_as_long_as_it_says(worked: Worked) -> None:
    told = worked.day.told
    assert len(told) == day.CONTACTS
    assert sum(each.outcome == "interested" for each in told) == day.CONNECTED
    assert len(worked.day.snoozed) == day.SNOOZES
    assert len(worked.day.moved) + len(worked.day.dated) + len(worked.day.valued) == 8


def test_each_log_stands_in_the_crm_once_and_nothing_else_does(worked: Worked) -> None:
    assert logged(worked) == Counter(worked.day.told)


def test_each_contact_left_a_next_step_with_a_day(worked: Worked) -> None:
    new = [row for row in worked.crm.rows(Kind.ACTIVITY) if row.id not in worked.before[Kind.ACTIVITY]]
    steps = [row for row in new if row.fields["what"] == "task"]

    assert len(steps) == day.CONTACTS
    assert all(row.fields["due_on"] for row in steps)


def test_the_deals_are_as_the_rep_put_them(worked: Worked) -> None:
    for who in worked.day.moved:
        assert deal_of(worked, who)["stage"] == "S2", who
    for who in worked.day.dated:
        assert deal_of(worked, who)["close_on"] == "2026-11-27", who
    for who in worked.day.valued:
        assert deal_of(worked, who)["amount"] == int(AMOUNT) * 100, who


def test_nobody_who_was_put_away_or_called_is_left_on_the_list(worked: Worked) -> None:
    left = {each.name for each in worked.rep.app.today.subjects()}

    assert not left & set(worked.day.snoozed)
    assert not left & {each.who for each in worked.day.told}


def test_not_one_dialog_was_opened(worked: Worked) -> None:
    assert worked.rep.counter.dialogs == []


def test_the_window_never_stood_still(worked: Worked, qapp: QApplication) -> None:
    """A gap of ours comes every day; one that another program made does not, so it has two more days to stay away."""
    hearts = [worked.heart]
    while hearts[-1].longest >= NO_GAP_ABOVE_MS and len(hearts) < MOST_DAYS:
        with a_day(qapp) as another:
            hearts.append(another.heart)

    assert all(len(heart.gaps) > 500 for heart in hearts)
    assert hearts[-1].longest < NO_GAP_ABOVE_MS, [round(heart.longest) for heart in hearts]


def test_what_it_cost_stays_within_the_bars(worked: Worked) -> None:
    costs = worked.day.costs

    assert max(costs["connected"]) <= 8
    assert max(costs["no answer"]) == 1
    assert max(costs["stage and close date"]) <= 9
    assert max(costs["snooze"]) == 2


def test_every_key_painted_something(worked: Worked, record_property: Callable[[str, object], None]) -> None:
    every = [each for times in worked.hand.work.values() for each in times]

    assert len(every) == worked.hand.pressed
    record_property("key to paint, work alone, p95, ms", round(floor.p95(every)))
    log.info("key to paint, work alone: p95 %.0f ms of %s keys", floor.p95(every), len(every))
