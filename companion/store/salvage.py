"""What can still be read of a damaged book, judged strictly, and joined with what its journal says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlcipher3 import dbapi2 as driver

from companion.database import DatabaseProblem, Reader, open_database, problem_of
from companion.domain.language import sentence
from companion.domain.ops import FINISHED, OpState
from companion.store import journal, outbox
from companion.store.journal_entry import Entry, Told
from companion.store.names import TABLES
from companion.store.putting_back import readable

T = TypeVar("T")

_FROM_DAMAGED: Final = sentence("It was read from a damaged file: look whether it is right, then send it")

_FURTHER = (
    OpState.DRAFT,
    OpState.PENDING,
    OpState.WAITING,
    OpState.ATTENTION,
    OpState.CONFLICT,
    OpState.IN_FLIGHT,
    OpState.UNKNOWN,
    OpState.NEEDS_REP,
    OpState.DISCARDED,
    OpState.DONE,
)
"""Where two copies disagree and neither says when, the one that has come further is less likely to be sent twice."""


@dataclass(slots=True)
class Salvage:
    """Rows of the outbox that read as ops, the last number of the journal that the book knew, and its facts.

    `sure` says that the outbox's pages and its order are all sound.
    """

    ops: list[Entry] = field(default_factory=list)
    number: int = -1
    facts: dict[str, str] = field(default_factory=dict)
    sure: bool = False


def salvage(path: Path, key: bytes, told: Told) -> Salvage:
    """Reads what its journal doesn't tell of a damaged book, as far as it can be read.

    There is one connection for each question: damage that one of them meets blinds it.
    """
    found = Salvage()
    found.facts = dict(attempt(path, key, lambda rows: rows.all("SELECT key, value FROM meta")) or [])
    if found.facts.get(journal.SEQ, "").isdigit():
        found.number = int(found.facts[journal.SEQ])
    if told.whole and told.number >= found.number:
        return found
    found.sure = attempt(path, key, lambda rows: rows.all("PRAGMA quick_check('outbox')")) == [("ok",)]
    found.ops = list(_ops(path, key, found.number))
    return found


def united(told: Told, found: Salvage) -> list[Entry]:
    """The newest word on each op."""
    rows = told.rows
    for each in found.ops:
        known = rows.get(each.seq)
        if known is None:
            rows[each.seq] = each if found.sure else _for_the_rep(each)
        elif _is_newer(each, known, told, found):
            rows[each.seq] = each
    return list(rows.values())


def _is_newer(each: Entry, known: Entry, told: Told, found: Salvage) -> bool:
    if not found.sure or known.row is None or each.row is None:
        return False
    if found.number >= 0:
        return known.number <= found.number
    return _FURTHER.index(OpState(each.row["state"])) > _FURTHER.index(OpState(known.row["state"]))


def _for_the_rep(each: Entry) -> Entry:
    """An op that only a damaged page knows is shown, and sent when the rep says so."""
    if each.row is None or each.row["state"] in FINISHED:
        return each
    problems = json.dumps([{"words": _FROM_DAMAGED, "field": None}])
    row = {**each.row, "state": OpState.ATTENTION.value, "problems": problems}
    return Entry(each.number, each.last, each.seq, row, each.remote)


def _ops(path: Path, key: bytes, number: int) -> Iterator[Entry]:
    seqs: set[int] = set()
    for order in ("ASC", "DESC"):
        rows: list[Any] = []
        attempt(path, key, partial(_collect, order=order, into=rows))
        for row in rows:
            named = dict(zip(outbox.NAMES, row, strict=True))
            if readable(named) and named["seq"] not in seqs:
                seqs.add(named["seq"])
                yield Entry(number, number, named["seq"], named, _remote(path, key, named))


def _remote(path: Path, key: bytes, row: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """As journal.remote_of, each record by itself."""
    found = {}
    for kind, record_id in journal.named_by(row):
        question = f"SELECT remote_id FROM {TABLES[kind]} WHERE id = ?"
        found[record_id] = (
            kind.value,
            attempt(path, key, partial(Reader.value, sql=question, parameters=(record_id,))),
        )
    return found


def _collect(reader: Reader, order: str, into: list[Any]) -> None:
    """Row by row, so that what comes before a damaged page is kept."""
    into.extend(reader.each(f"SELECT {outbox.COLUMNS} FROM outbox ORDER BY seq {order}"))


@contextmanager
def _reader(path: Path, key: bytes) -> Iterator[Reader]:
    database = open_database(path, key, durable=False)
    try:
        with database.read() as rows:
            yield rows
    finally:
        database.close()


def attempt(path: Path, key: bytes, question: Callable[[Reader], T]) -> T | None:
    """The answer, or None where damage is in the way."""
    try:
        with _reader(path, key) as rows:
            return question(rows)
    except Exception as error:
        if isinstance(error, driver.Error | DatabaseProblem | ValueError) or problem_of(error):
            return None
        raise
