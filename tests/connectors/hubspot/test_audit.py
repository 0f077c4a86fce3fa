"""An account that tells no day's budget, as one signed in through the browser, is compared once a day all the same."""

from __future__ import annotations

from pathlib import Path
from random import Random

from companion.database import Database, create_database
from companion.domain.ids import uuid7
from companion.domain.records import Kind
from companion.store import meta, migrations, notices, records
from companion.sync.audit import EVERY_S, LATER_S, WINDOW
from companion.sync.engine import Engine
from tests.connectors.hubspot.bench import HubSpotBench

OF_TEN_SECONDS = 110
"""Requests that such an account grants an app in ten seconds; one signed in by a key has more."""


def test_it_is_compared_within_what_ten_seconds_allow(bench: HubSpotBench, tmp_path: Path) -> None:
    bench.server.dialect = bench.hubspot  # unjudged: many requests
    bench.hubspot.left_today, bench.hubspot.per_ten_seconds = None, None
    bench.colleague.burst(Kind.COMPANY, [f"Company {number}" for number in range(WINDOW + 20)])
    bench.colleague.burst(Kind.PERSON, [f"Person {number}" for number in range(WINDOW + 20)])
    for number in range(WINDOW + 20):
        what = ("call", "meeting", "email", "note", "task")[number % 5]
        bench.colleague.create(Kind.ACTIVITY, {"what": what, "body": f"Word {number}"}, {})
    bench.now += 3 * EVERY_S  # so long ago that no pull looks back
    database = create_database(tmp_path / "book.db", bytes(range(32)), durable=False)
    migrations.migrate(database)
    engine = engine_of(database, bench)
    assert engine.cycle().problem is None
    bench.hubspot.per_ten_seconds = OF_TEN_SECONDS
    spoilt = spoil(database)
    bench.now += EVERY_S + 1

    most = 0
    for _ in range(4):
        before = bench.hubspot.requests
        assert engine.cycle().problem is None, "never more than it may"
        most = max(most, bench.hubspot.requests - before)
        bench.now += 300
    with database.read() as rows:
        state = meta.get(rows, "audit")
    assert (state["rest"], state["checked"] > 3 * WINDOW) == ([], True)
    for _ in range(2):
        bench.now += LATER_S + 1
        assert engine.cycle().problem is None

    assert most <= OF_TEN_SECONDS
    with database.read() as rows:
        assert notices.get(rows, "audit") is not None
        company = records.get(rows, Kind.COMPANY, spoilt)
    assert company is not None
    assert company.value("name") != "Old"
    database.close()


def spoil(database: Database) -> str:
    """A company's change was missed: no pull tells of it again. Its local id."""
    with database.write() as write:
        found = next(iter(records.living(write, Kind.COMPANY).values()))
        records.edit(write, Kind.COMPANY, found, {"name": "Old", "version": "an older one"})
    return found


def engine_of(database: Database, bench: HubSpotBench) -> Engine:
    random = Random(1)
    return Engine(
        database,
        bench.connector(),
        clock=lambda: bench.now,
        wall=lambda: int(bench.now),
        rng=random,
        new_id=lambda: uuid7(int(bench.now * 1000), random.getrandbits(80)),
        rows_at_once=5000,
    )
