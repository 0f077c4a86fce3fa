"""P5: the day ends: whose reasons time has moved is looked at again in slices, as the app does it behind the window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from benchmarks import book, floor
from benchmarks.book import Scale
from benchmarks.figure import Figure, at_most


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """In processor time, all slices with their commits, and the longest that one of them holds the file."""
    with book.opened(scale) as database:
        core = book.core_of(database)
        while core.refresh_due():
            pass
        began, today = core.clock, core.clock().date()
        midnight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), book.ZONE)
        core.clock = lambda: midnight + (began() - book.NOW)
        slices = []
        with floor.no_collection():
            more = True
            while more:
                slices.append(floor.worked(core.refresh_due))
                with database.read() as rows:
                    left = rows.value("SELECT count(*) FROM rechecks WHERE at <= ?", (int(core.clock().timestamp()),))
                more = bool(left)
    yield at_most("P5 midnight, all slices", sum(slices), "ms", 300)
    yield at_most("P5 midnight, the longest slice", max(slices), "ms", 16)
