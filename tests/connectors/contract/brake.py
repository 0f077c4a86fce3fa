"""A list of ids that lost half of itself, or all, takes nothing away: the engine asks first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from companion.connectors.base import Budget, Connector, Description, Op, Page, Result, Schema, Scope, Upsert
from companion.database import Database, create_database
from companion.domain.ids import uuid7
from companion.domain.records import Kind
from companion.store import migrations, records, sweep_questions
from companion.sync.engine import Engine
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.ops import AT
from tests.connectors.contract.part import Part

MANY = 120
DAY_S = 86_400


class Forgetful:
    """A CRM whose lists of ids, and looks at records, leave out what it `lost`."""

    def __init__(self, inner: Connector) -> None:
        self._inner = inner
        self.lost: set[str] = set()

    def describe(self) -> Description:
        return self._inner.describe()

    def schema(self) -> Schema:
        return self._inner.schema()

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        return self._inner.pull(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        return (each for each in self._inner.ids(kind, scope) if kind is not Kind.COMPANY or each not in self.lost)

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        found = self._inner.fetch(kind, remote_ids)
        return [each for each in found if kind is not Kind.COMPANY or each.remote_id not in self.lost]

    def push(self, ops: Sequence[Op]) -> list[Result]:
        return self._inner.push(ops)

    def find_by_op(self, op: Op) -> str | None:
        return self._inner.find_by_op(op)

    def budget(self) -> Budget:
        return self._inner.budget()

    def close(self) -> None:
        self._inner.close()


class Brake(Part):
    """The sweep's safety brake, over this connector."""

    @pytest.mark.parametrize("share", [1.0, 0.5], ids=["empty", "halved"])
    def test_a_list_of_ids_that_shrank_takes_nothing_away_before_the_rep_has_answered(
        self, bench: Bench, share: float, tmp_path: Path
    ) -> None:
        bench.colleague.burst(Kind.COMPANY, [f"Many {number}" for number in range(MANY)])
        bench.settle()
        crm = Forgetful(bench.connector())
        theirs = sorted(crm.ids(Kind.COMPANY, Scope()))
        crm.lost = set(theirs[: int(len(theirs) * share)])
        with _book(tmp_path) as database:
            clock = [0.0]
            engine = _engine(database, crm, clock)
            for _ in range(2):
                engine.cycle()
                with database.read() as rows:
                    (question,) = sweep_questions.unanswered(rows)
                    assert set(records.living(rows, Kind.COMPANY)) == set(theirs)
                assert (question.kind, question.missing) == (Kind.COMPANY, len(crm.lost))
                clock[0] += DAY_S
            crm.lost = set()
            engine.cycle()
            with database.read() as rows:
                assert set(records.living(rows, Kind.COMPANY)) == set(theirs)


@contextmanager
def _book(folder: Path) -> Iterator[Database]:
    database = create_database(folder / "book.db", bytes(range(32)), durable=False)
    migrations.migrate(database)
    try:
        yield database
    finally:
        database.close()


def _engine(database: Database, crm: Connector, clock: list[float]) -> Engine:
    random = Random(1)
    return Engine(
        database,
        crm,
        clock=lambda: clock[0],
        wall=lambda: int(AT + clock[0]),
        rng=random,
        new_id=lambda: uuid7(int((AT + clock[0]) * 1000), random.getrandbits(80)),
        rows_at_once=5000,
    )
