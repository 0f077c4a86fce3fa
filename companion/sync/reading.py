"""Reads every kind of record: what changed, and at its time what left without a word and what differs all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors.base import CursorExpired, Finds
from companion.domain.records import Kind
from companion.store import cursors, meta, records, sweep_questions
from companion.sync import rewind
from companion.sync.audit import Audit
from companion.sync.pull import Endless, Pull
from companion.sync.session import Session
from companion.sync.sweep import Sweep

SWEEP_EVERY_S: Final = 20 * 3600


class Reading:
    """Reading, and what it remembers from one cycle to the next. `clock` is monotonic, `wall` for stamps."""

    def __init__(self, clock: Callable[[], float], wall: Callable[[], int], puller: Callable[[Session], Pull]) -> None:
        self.clock = clock
        self.wall = wall
        self.puller = puller
        self.audit = Audit(clock)
        self._swept_at: dict[Kind, float] = {}

    def run(self, session: Session) -> None:
        """Reads up to now. A server that was set back is read whole, and nothing is taken away from then on.

        Raises Endless after the other kinds were read, where a kind has no end.
        """
        with session.database.read() as rows:
            back = rewind.active(rows)
        if back:
            session = rewind.reading(session)
        pull = self.puller(session)
        endless: Endless | None = None
        for kind in Kind:
            if kind in session.description.kinds:
                try:
                    pull.kind(kind)
                except Endless as error:
                    endless = error
                else:
                    if not back:
                        self._maybe_sweep(session, kind)
                if kind is Kind.USER:
                    _know_me(session)
        if back:
            # It asks the CRM for ids itself: a kind without an end must not keep the rep from being asked.
            rewind.survey(session)
        if endless is not None:
            raise endless
        with session.database.write(patient=True, from_sync=True) as write:
            meta.put(write, "synced_at", self.wall())
        if not back:
            self.audit.maybe(session, pull)

    def _maybe_sweep(self, session: Session, kind: Kind) -> None:
        """Sweeps a kind where not all that leaves is told, and any that was read afresh: at most every 20 hours."""
        with session.database.read() as rows:
            place = cursors.get(rows, kind)
            asked = sweep_questions.every(rows).get(kind)
        said = asked.said(self.wall()) if asked is not None else None
        if asked is not None and said is None:
            return
        silent = session.description.kinds[kind].deletes is not Finds.IN_STREAM
        afresh = place.swept_at is None and place.full_at is not None
        last = self._swept_at.get(kind)
        wanted = said == "remove"
        recently = last is not None and self.clock() - last < SWEEP_EVERY_S
        if not wanted and not afresh and (not silent or recently):
            return
        try:
            Sweep(session, self.puller(session)).kind(kind)
        except CursorExpired:
            return
        self._swept_at[kind] = self.clock()
        rewind.suspect(session, kind)


def _know_me(session: Session) -> None:
    """Keeps under 'me' which record is the signed-in user's."""
    remote_id = session.description.user_id
    with session.database.read() as rows:
        me = records.local_ids(rows, Kind.USER, [remote_id]).get(remote_id)
        known = meta.get(rows, "me")
    if me is not None and me != known:
        with session.database.write(patient=True, from_sync=True) as write:
            meta.put(write, "me", me)
            write.touched_today()
