"""How things stand by what the file says: the status that the rep is told, honest in each phase (I-39)."""

from __future__ import annotations

from companion.database import Database, Rows
from companion.domain.ops import ASKS_REP, OpState
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus, Tally
from companion.store import cursors, meta, notices, outbox, poison, records, sweep_questions

_COUNTED = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)


def status_of(database: Database, phase: Phase, problem: Problem | None, loading: Loading | None) -> SyncStatus:
    """The status now. What speaks against 'all synced' is counted, whatever the phase."""
    with database.read() as rows:
        counts = outbox.counts(rows)
        asking = sum(counts.get(state, 0) for state in ASKS_REP - {OpState.CONFLICT})
        questions = len(sweep_questions.unanswered(rows)) + len(notices.open_ones(rows))
        return SyncStatus(
            phase=phase,
            waiting=sum(count for state, count in counts.items() if state not in ASKS_REP),
            conflicts=counts.get(OpState.CONFLICT, 0),
            attention=asking + poison.count(rows) + questions,
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
            return Problem(words, f"Ask your administrator for the right to read {kind.value.replace('_', ' ')}s.")
    return None
