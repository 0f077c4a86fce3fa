"""F4: whom a rule would find, before it is saved; each rule of the starting workspace, the slowest told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from companion.bootstrap import Core
from companion.domain.rules import Rule
from companion.queries.rule_preview import preview
from companion.store import meta


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Every rule, some times over."""
    with book.opened(scale) as database:
        core = book.core_of(database)
        with floor.no_collection():
            for rule in core.workspace.rules:
                _preview(core, rule)
            slowest = max(floor.p95(_times(core, rule, max(3, rounds // 5))) for rule in core.workspace.rules)
    yield at_most("F4 whom a rule would find, the slowest rule", slowest, "ms", 200)


def _times(core: Core, rule: Rule, rounds: int) -> list[float]:
    return [floor.worked(partial(_preview, core, rule)) for _ in range(rounds)]


def _preview(core: Core, rule: Rule) -> None:
    with core.database.read() as rows:
        preview(rows, rule, core.workspace, core.clock(), core.zone, meta.me(rows))
