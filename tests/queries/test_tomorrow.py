"""Tomorrow's list says this evening what the list will say in the morning, without whom the rep was in touch with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from companion import bootstrap
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.snooze import snooze
from companion.bootstrap import Core
from companion.domain.records import Kind
from companion.queries.today import Row, Today, today
from companion.queries.tomorrow import MORNING, candidates, tomorrow
from tests.journeys.window import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def core(clock: Clock) -> Iterator[Core]:
    made = bootstrap.demo_book(clock)
    yield made
    made.close()


def ahead(core: Core) -> Today:
    with core.database.read() as rows:
        among = candidates(rows, core.clock(), core.zone)
        return tomorrow(rows, among, core.workspace, core.clock(), core.zone)


def next_morning(core: Core, clock: Clock) -> Today:
    then = datetime.combine(core.clock().date() + timedelta(days=1), MORNING, core.zone)
    clock.forward(seconds=(then - core.clock()).total_seconds())
    while core.refresh_due(2000):
        pass
    with core.database.read() as rows:
        return today(rows, core.clock(), core.zone)


def said(row: Row) -> tuple[object, ...]:
    return row.section, row.id, row.who, row.company, row.reason.row_sentence, str(row.amount), row.deal_id, row.more


def test_tomorrows_list_is_the_one_that_the_morning_brings(core: Core, clock: Clock) -> None:
    with core.database.read() as rows:
        touched = {each.person_id for each in today(rows, core.clock(), core.zone).done}
    evening = ahead(core)
    morning = next_morning(core, clock)

    assert len(evening.rows) >= 10
    assert evening.date == morning.date
    assert [said(row) for row in evening.rows] == [said(row) for row in morning.rows if row.person_id not in touched]


def test_whoever_is_contacted_leaves_tomorrows_list_though_the_morning_brings_them_back(
    core: Core, clock: Clock
) -> None:
    first = ahead(core).rows[0]
    again = NextStep("Call again", core.clock().date() + timedelta(days=1), None)
    entry = LogEntry("call", "No answer", "out", "no_answer", next_step=again)
    log_activity(core.desk(), entry, first.person_id, first.deal_id, "No answer")

    left = ahead(core)

    assert first.id not in [row.id for row in left.rows]
    assert left.left == len(left.rows)
    assert first.id in [row.id for row in next_morning(core, clock).rows]


def test_who_is_snoozed_beyond_tomorrow_is_not_on_it(core: Core) -> None:
    first = ahead(core).rows[0]
    until = core.clock() + timedelta(days=5)
    snooze(core.desk(), Kind.PERSON, first.id, until, None, "Snoozed")

    assert first.id not in [row.id for row in ahead(core).rows]


def test_who_stood_on_it_before_is_read_alone(core: Core) -> None:
    whole = ahead(core)
    some = [(Kind(row.kind), row.id) for row in whole.rows[2:5]]
    with core.database.read() as rows:
        found = tomorrow(rows, some, core.workspace, core.clock(), core.zone)

    assert [said(row) for row in found.rows] == [said(row) for row in whole.rows[2:5]]
