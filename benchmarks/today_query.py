"""P3: the first 50 rows of today with their reasons, against the same rows read raw."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import book, floor
from benchmarks.book import KEY, NOW, ZONE, Scale
from benchmarks.figure import Figure, at_most, over_floor
from companion.bootstrap import default_workspace
from companion.queries.today import today

ROWS = 50
_RAW = """
    SELECT x.*, p.name, p.mobile, p.phone, p.email, c.name, d.name, d.amount, d.currency, s.name
    FROM (SELECT * FROM scores ORDER BY section, level, due_at, stake DESC, waiting_days DESC, subject_id LIMIT ?) x
    LEFT JOIN people p ON p.id = x.person_id LEFT JOIN companies c ON c.id = x.company_id
    LEFT JOIN deals d ON d.id = x.deal_id LEFT JOIN stages s ON s.id = d.stage_id"""


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """The query as the screen asks it."""
    workspace = default_workspace()
    with book.opened(scale) as database:
        raw = floor.raw(database.path, KEY)

        def ours() -> None:
            with database.read() as rows:
                today(rows, NOW, ZONE, ROWS, workspace)

        bare, asked = floor.in_turns(
            rounds * 10, lambda: raw.execute(_RAW, (ROWS,)).fetchall(), ours, measure=floor.worked
        )
        raw.close()
    yield over_floor("P3 today, 50 rows", floor.p50(asked), floor.p50(bare), "ms", 2)
    yield at_most("P3 today, 50 rows, p95", floor.p95(asked), "ms", 5)
