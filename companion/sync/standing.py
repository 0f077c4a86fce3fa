"""How things stand by what the file says: the status that the rep is told, honest in each phase."""

from __future__ import annotations

from companion.database import Database, Rows
from companion.domain.language import tr
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus, Tally
from companion.store import cursors, meta, records
from companion.store.unsettled import unsettled

_COUNTED = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)


def status_of(database: Database, phase: Phase, problem: Problem | None, loading: Loading | None) -> SyncStatus:
    """The status now. What speaks against 'all synced' is counted, whatever the phase."""
    with database.read() as rows:
        waiting, conflicts, attention = unsettled(rows)
        return SyncStatus(
            phase=phase,
            waiting=waiting,
            conflicts=conflicts,
            attention=attention,
            last_success_at=meta.get(rows, "synced_at"),
            tallies=tuple(_tallies(rows)),
            loading=loading,
            problem=problem or _quiet_problem(rows),
        )


def _tallies(rows: Rows) -> list[Tally]:
    found = []
    for kind in _COUNTED:
        local, gap = records.count(rows, kind), meta.get(rows, f"gap_{kind.value}")
        found.append(Tally(kind, local, cursors.get(rows, kind).total if gap is None else local + gap))
    return found


def _quiet_problem(rows: Rows) -> Problem | None:
    """A kind that may not be read is told, though everything else goes on."""
    for kind in Kind:
        if words := cursors.get(rows, kind).problem:
            return Problem(words, tr("Ask your administrator for the right to read it."))
    return None
