"""P4: one change: the touched people's reasons found anew, their rows written, the list told; without the commit."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most
from companion.domain.records import Kind
from companion.store import records
from ui.session import Session
from ui.today.viewmodel import TodayViewModel


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Different people of the list in turn, each with an activity that changes."""
    with book.opened(scale) as database:
        core = book.core_of(database)
        model = TodayViewModel(Session(database, core.clock, core.workspace, core.desk))
        model.load()
        with database.read() as rows:
            changing = rows.all(
                "SELECT a.id, a.due_on FROM scores x JOIN activities a ON a.person_id = x.person_id "
                "WHERE a.what = 'task' GROUP BY x.subject_id ORDER BY x.subject_id LIMIT ?",
                (rounds * 5,),
            )
        times = []
        with floor.no_collection():
            for i, (activity, _) in enumerate(changing):
                with database.write() as write:
                    records.edit(write, Kind.ACTIVITY, activity, {"due_on": f"2026-11-2{i % 10}", "done": False})
                    touched = write.touched_records
                    ranked = floor.worked(lambda: core.rescore(write, touched, core.clock()))  # noqa: B023
                times.append(ranked + floor.worked(model.load))
    yield at_most("P4 re-rank after a change, p95", floor.p95(times), "ms", 16)
