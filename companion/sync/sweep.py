"""Compares all ids of a kind with the CRM's, for what left or came back without a word."""

from __future__ import annotations

from companion.connectors.base import ScopeDenied
from companion.database import Write
from companion.domain.records import Gone, Kind
from companion.store import cursors, outbox, poison, records, sweep_questions
from companion.sync import brake
from companion.sync.leaving import bury_one
from companion.sync.pull import Pull
from companion.sync.session import Session

_AT_ONCE = 200


class Sweep:
    """Finding what left without a word."""

    def __init__(self, session: Session, pull: Pull) -> None:
        self.session = session
        self.pull = pull

    def kind(self, kind: Kind) -> None:
        """Sweeps one kind. What the ids lack is looked up once more before it is believed to be gone."""
        session = self.session
        with session.database.read() as rows:
            local = records.living(rows, kind)
        try:
            theirs = set(session.connector.ids(kind, session.scope))
        except ScopeDenied:
            return
        missing = [remote_id for remote_id in local if remote_id not in theirs]
        with session.write() as write:
            if brake.judge(write, kind, len(missing), session.wall()) is not brake.Verdict.REMOVE:
                cursors.put(write, kind, swept_at=session.wall())
                return
        for start in range(0, len(missing), _AT_ONCE):
            self.remove(kind, missing[start : start + _AT_ONCE], local)
        self.add(kind, theirs.difference(local))
        with session.write() as write:
            sweep_questions.forget(write, kind)
            cursors.put(write, kind, swept_at=session.wall())

    def add(self, kind: Kind, unknown: set[str]) -> None:
        """Reads what no pull has brought: a right that was given back leaves no trace in the changes."""
        with self.session.database.read() as rows:
            wanted = sorted(unknown - poison.ids(rows, kind))
        for start in range(0, len(wanted), _AT_ONCE):
            found = self.session.connector.fetch(kind, wanted[start : start + _AT_ONCE])
            with self.session.write() as write:
                self.pull.take(write, kind, found)

    def remove(self, kind: Kind, missing: list[str], local: dict[str, str]) -> None:
        """Marks those as gone that the CRM does not show by id either; what it shows has left the scope."""
        session = self.session
        found = {each.remote_id for each in session.connector.fetch(kind, missing)}
        with session.write() as write:
            for remote_id in missing:
                if remote_id in found and (
                    session.scope.user_id is None or self.just_made(write, kind, local[remote_id])
                ):
                    continue
                why = Gone.OUT_OF_SCOPE if remote_id in found else Gone.DELETED
                bury_one(write, kind, local[remote_id], why, None, session.wall())

    def just_made(self, write: Write, kind: Kind, record_id: str) -> bool:
        """Whether the rep made the record since the last sweep: a list of ids may lag behind a creation."""
        made = outbox.creation(write, record_id)
        swept_at = cursors.get(write, kind).swept_at
        return made is not None and (made.done_at is None or swept_at is None or made.done_at >= swept_at)
