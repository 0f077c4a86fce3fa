"""PREP: what is read before a call, of the longest history: the brief, the three pages, the next meeting."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import book, floor
from benchmarks.book import HEAVY, NOW, ZONE, Scale
from benchmarks.figure import Figure, at_most
from companion.bootstrap import default_workspace
from companion.database import Database, Rows
from companion.queries.brief import brief
from companion.queries.company import company
from companion.queries.deal import deal
from companion.queries.next_meeting import meeting_with, next_meeting
from companion.queries.person import person

FRAME_MS = 16


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Each of them within a frame, 95 times in 100."""
    with book.opened(scale) as database:
        for name, ask in _asked(database):
            taken = floor.in_turns(rounds * 5, ask, measure=floor.worked)[0]
            yield at_most(f"PREP {name}, p95", floor.p95(taken), "ms", FRAME_MS)


def _asked(database: Database) -> list[tuple[str, Callable[[], object]]]:
    workspace = default_workspace()

    def asking(ask: Callable[[Rows], object]) -> Callable[[], object]:
        def asked() -> None:
            with database.read() as rows:
                ask(rows)

        return asked

    with database.read() as rows:
        company_id = rows.value("SELECT company_id FROM people WHERE id = ?", (HEAVY,))
        deal_id = rows.value("SELECT id FROM deals WHERE gone IS NULL ORDER BY person_id = ? DESC LIMIT 1", (HEAVY,))
    return [
        ("brief of a person", asking(lambda rows: brief(rows, "person", HEAVY, NOW, ZONE, workspace))),
        ("brief of a company", asking(lambda rows: brief(rows, "company", company_id, NOW, ZONE, workspace))),
        ("page of a person", asking(lambda rows: person(rows, HEAVY, NOW, ZONE, workspace))),
        ("page of a company", asking(lambda rows: company(rows, company_id, NOW, ZONE, workspace))),
        ("page of a deal", asking(lambda rows: deal(rows, deal_id, NOW, ZONE, workspace))),
        ("next meeting", asking(lambda rows: next_meeting(rows, NOW, "me"))),
        ("meeting with a person", asking(lambda rows: meeting_with(rows, NOW, "me", HEAVY))),
    ]
