"""P8: a page of the longest history, at its top and in its depth, against the same rows by their key, raw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks import book, floor
from benchmarks.book import HEAVY, KEY, NOW, ZONE, Scale
from benchmarks.figure import Figure, over_floor
from companion.bootstrap import default_workspace
from companion.database import Database
from companion.queries.entries import ACTIVITY
from companion.queries.timeline import Key, timeline

ROWS = 50
_RAW = (
    f"SELECT a.n, a.at, {ACTIVITY} FROM activities a WHERE a.person_id = ? AND a.gone IS NULL "
    "AND (a.at, a.n) < (?, ?) ORDER BY a.at DESC, a.n DESC LIMIT ?"
)


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """The first page, and one behind three quarters of the history."""
    with book.opened(scale) as database:
        raw = floor.raw(database.path, KEY)
        last = raw.execute("SELECT max(n) FROM activities").fetchone()[0]
        deep = _key_at(raw, scale.history * 3 // 4)
        for name, key, below in (("first page", None, (int(NOW.timestamp()), last)), ("deep page", deep, deep[::2])):
            yield _page(f"P8 timeline, {name}", database, raw, key, below, rounds)
        raw.close()


def _page(name: str, database: Database, raw: Any, key: Key | None, below: tuple[int, int], rounds: int) -> Figure:
    workspace = default_workspace()

    def ours() -> None:
        with database.read() as rows:
            timeline(rows, "person", HEAVY, NOW, ZONE, before=key, limit=ROWS, workspace=workspace)

    def bare() -> None:
        raw.execute(_RAW, (HEAVY, *below, ROWS)).fetchall()

    floors, pages = floor.in_turns(rounds * 10, bare, ours, measure=floor.worked)
    return over_floor(name, floor.p50(pages), floor.p50(floors), "ms", 2)


def _key_at(raw: Any, depth: int) -> Key:
    sql = "SELECT at, n FROM activities WHERE person_id = ? ORDER BY at DESC, n DESC LIMIT 1 OFFSET ?"
    at, n = raw.execute(sql, (HEAVY, depth)).fetchone()
    return Key(at, 2, n)
