"""P9: what the palette asks at each key, for people, companies, deals, notes and numbers in any format."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from companion.database import Database
from companion.queries.search import search


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Every beginning of each text, as it is typed."""
    with book.opened(scale) as database:
        texts = _texts(database, max(4, rounds // 2))
        typed = [text[:end] for text in texts for end in range(1, len(text) + 1)]
        with database.read() as rows:
            search(rows, "m")
        with floor.no_collection():
            times = [floor.worked(partial(_search, database, text)) for text in typed]
    yield at_most("P9 search, a key, p95", floor.p95(times), "ms", 30)
    yield at_most("P9 search, a key, longest", max(times), "ms", 100)


def _search(database: Database, text: str) -> None:
    with database.read() as rows:
        search(rows, text, 6)


def _texts(database: Database, each: int) -> list[str]:
    with database.read() as rows:
        step = max(1, int(rows.value("SELECT count(*) FROM people")) // each)
        people = rows.all("SELECT name, phone, mobile FROM people WHERE n % ? = 0 LIMIT ?", (step, each))
        companies = rows.all("SELECT name FROM companies LIMIT ?", (each,))
        notes = rows.all("SELECT body FROM activities WHERE body IS NOT NULL LIMIT ?", (each,))
    texts = [name for name, *_ in people] + [name for (name,) in companies]
    texts += [phone for _, phone, _ in people] + [mobile[1:] for _, _, mobile in people]
    texts += [" ".join(body.split()[:3]) for (body,) in notes]
    # Mistyped: nothing begins like this, so that names alike are looked for.
    return texts + [name.replace("n", "m", 1) for name, *_ in people[: each // 2]]
