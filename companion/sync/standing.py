"""How things stand by what the file says: the status that the rep is told, honest in each phase."""

from __future__ import annotations

from collections.abc import Mapping

from companion.database import Database, Rows
from companion.domain.language import tr
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus, Tally
from companion.store import cursors, meta, records
from companion.store.unsettled import unsettled

_COUNTED = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)


class Counts:
    """How many records of each kind are here. Those of a large book are counted anew only where a commit touched one,
    or where another process added one, as the terminal may: a look for news that finds none comes every minute.
    """

    def __init__(self) -> None:
        self._known: dict[Kind, tuple[tuple[int | None, int], int]] = {}

    def of(self, rows: Rows, kind: Kind, touched_at: int | None) -> int:
        """The count of a kind; `touched_at` must have been asked for before `rows` began."""
        known, stand = self._known.get(kind), (touched_at, records.last_row(rows, kind))
        if known is None or known[0] != stand:
            known = self._known[kind] = (stand, records.count(rows, kind))
        return known[1]


def status_of(
    database: Database, phase: Phase, problem: Problem | None, loading: Loading | None, counts: Counts
) -> SyncStatus:
    """The status now. What speaks against 'all synced' is counted, whatever the phase."""
    touched = {kind: database.touched_at.get(kind) for kind in _COUNTED}
    with database.read() as rows:
        here = {kind: counts.of(rows, kind, touched[kind]) for kind in _COUNTED}
        waiting, conflicts, attention = unsettled(rows)
        return SyncStatus(
            phase=phase,
            waiting=waiting,
            conflicts=conflicts,
            attention=attention,
            last_success_at=meta.get(rows, "synced_at"),
            tallies=tuple(_tallies(rows, here)),
            loading=loading,
            problem=problem or _quiet_problem(rows),
        )


def _tallies(rows: Rows, here: Mapping[Kind, int]) -> list[Tally]:
    found = []
    for kind, local in here.items():
        gap = meta.get(rows, f"gap_{kind.value}")
        found.append(Tally(kind, local, cursors.get(rows, kind).total if gap is None else local + gap))
    return found


def _quiet_problem(rows: Rows) -> Problem | None:
    """A kind that may not be read is told, though everything else goes on."""
    for kind in Kind:
        if words := cursors.get(rows, kind).problem:
            return Problem(words, tr("Ask your administrator for the right to read it."))
    return None
