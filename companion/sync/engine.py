"""One cycle of two-way sync: what is in doubt, push, pull, sweep; no threads, no sleeping, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from companion.connectors.base import (
    ApiSunset,
    Connector,
    ConnectorError,
    CursorExpired,
    Description,
    Finds,
    Misconfigured,
    RateLimited,
    Scope,
    SignInNeeded,
    Unreachable,
)
from companion.database import Database, Rows
from companion.domain.collisions import plain
from companion.domain.ids import NewId
from companion.domain.ops import ASKS_REP, OpState
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus, Tally
from companion.store import cursors, meta, notices, outbox, poison, records, sweep_questions
from companion.sync import drift, merge
from companion.sync.doubts import Doubts
from companion.sync.pull import Pull
from companion.sync.push import Push
from companion.sync.retry import Backoff
from companion.sync.session import AfterPage, Session
from companion.sync.sweep import Sweep

SWEEP_EVERY_S: Final = 20 * 3600
ROWS_BESIDE_A_WINDOW: Final = 200
OP_CAP_S: Final = 600.0

_ANOTHER = Problem(
    "This is another account's copy",
    "Sign in as the user whose book this is, or add this account under Settings. Nothing was sent.",
)
_STALE = Problem(
    "Today's list may not be up to date",
    "Everything was synced, but not everything could be ranked. Copy the report if it stays.",
)


class Engine:
    """Keeps one cache file and one CRM alike. Belongs to one thread.

    `clock` is monotonic, in seconds, and decides when to try again; `wall` gives seconds since 1970, for stamps only.
    `rows_at_once` bounds a transaction: 200 while a window is open, thousands for a first load without one. The hook
    `after_page` runs in each transaction with the records it touched. `publish` hears the status while a cycle runs.
    """

    def __init__(
        self,
        database: Database,
        connector: Connector,
        *,
        clock: Callable[[], float],
        wall: Callable[[], int],
        rng: Random,
        new_id: NewId,
        scope: Scope | None = None,
        after_page: AfterPage = lambda write, touched: None,
        normalise: merge.Normaliser = plain,
        rows_at_once: int = ROWS_BESIDE_A_WINDOW,
        publish: Callable[[SyncStatus], None] = lambda status: None,
    ) -> None:
        self.database = database
        self.connector = connector
        self.clock = clock
        self.wall = wall
        self.new_id = new_id
        self.scope = scope or Scope()
        self.after_page = after_page
        self.normalise = normalise
        self.rows_at_once = rows_at_once
        self.publish = publish
        self.crm_backoff = Backoff(clock, rng)
        self.op_backoff = Backoff(clock, rng, cap_s=OP_CAP_S)
        self._description: Description | None = None
        self._misses: dict[str, int] = {}
        self._swept_at: dict[Kind, float] = {}
        self._loading: Loading | None = None
        self._began = (clock(), wall())
        self._broke_off = False

    # What callers use ───────────────────────────────────────────────────────────────────────────────────────────────

    def recover(self, why: str = "Companion was closed while it was sent") -> int:
        """At the start of a process: whatever was in flight is in doubt. Returns how many ops that were."""
        self._broke_off = True
        with self.database.write() as write:
            left = outbox.in_state(write, OpState.IN_FLIGHT, limit=1_000_000)
            for op in left:
                outbox.move(write, op, OpState.UNKNOWN, self.wall(), why)
        self._broke_off = False
        return len(left)

    def cycle(self, *, read: bool = True) -> SyncStatus:
        """Sends what is due and, with `read`, reads what changed. Never raises a ConnectorError; bugs come through."""
        self._began = (self.clock(), self.wall())
        if self._broke_off:
            # The disk refused in the middle of the last one: what was on its way then would be so for ever.
            self.recover("it was broken off while it was sent")
        self._broke_off = True
        phase, problem = self._attempt(read)
        self._broke_off = False
        self._loading = None
        return self.status(phase, problem)

    def hurry(self) -> None:
        """The rep asked, or the network came back: nothing waits any longer."""
        self.crm_backoff.hurry()
        self.op_backoff.hurry()

    def next_s(self) -> float | None:
        """Seconds until something is worth trying; None when nothing waits for a time.

        What came due while the last cycle ran counts: it was not looked at.
        """
        if wait := self.crm_backoff.waits_s(""):
            return wait
        clock, wall = self._began
        with self.database.read() as rows:
            held = outbox.next_time(rows, wall)
            left = outbox.counts(rows)
        waits = [] if held is None else [max(0.0, float(held - self.wall()))]
        if any(left.get(state) for state in (OpState.PENDING, OpState.WAITING, OpState.UNKNOWN)):
            waits += [each for each in (self.op_backoff.next_s(clock),) if each is not None]
        return min(waits, default=None)

    def status(self, phase: Phase, problem: Problem | None = None) -> SyncStatus:
        """How things stand by what the file says; honest in each phase."""
        with self.database.read() as rows:
            counts = outbox.counts(rows)
            asking = sum(counts.get(state, 0) for state in ASKS_REP - {OpState.CONFLICT})
            return SyncStatus(
                phase=phase,
                waiting=sum(count for state, count in counts.items() if state not in ASKS_REP),
                conflicts=counts.get(OpState.CONFLICT, 0),
                attention=asking
                + poison.count(rows)
                + len(sweep_questions.unanswered(rows))
                + len(notices.open_ones(rows)),
                last_success_at=meta.get(rows, "synced_at"),
                tallies=tuple(self._tallies(rows)),
                loading=self._loading,
                problem=problem or self._quiet_problem(rows),
            )

    # A cycle ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, read: bool) -> tuple[Phase, Problem | None]:
        try:
            session = self._session()
            if session is None:
                return Phase.STOPPED, _ANOTHER
            self.publish(self.status(Phase.SYNCING))
            self._send(session)
            if read:
                self._read(session)
        except SignInNeeded as error:
            self._description = None
            return Phase.SIGN_IN, Problem(error.title, error.advice)
        except (ApiSunset, Misconfigured) as error:
            self._description = None
            self.crm_backoff.failed("")
            return Phase.STOPPED, Problem(error.title, error.advice)
        except ConnectorError as error:
            self.crm_backoff.failed("", error.after_s if isinstance(error, RateLimited) else None)
            phase = Phase.OFFLINE if isinstance(error, Unreachable) else Phase.STOPPED
            return phase, Problem(error.title, error.advice)
        self.crm_backoff.succeeded("")
        return Phase.IDLE, _STALE if session.troubles else None

    def _session(self) -> Session | None:
        """The account's session; None if the file belongs to another account (I-14)."""
        if self._description is None:
            description = self.connector.describe()
            if not self._is_ours(description):
                return None
            self._description = description
        return Session(
            self.database,
            self.connector,
            self._description,
            self.scope,
            self.wall,
            self.new_id,
            self.normalise,
            self.op_backoff,
            self.after_page,
            self.rows_at_once,
        )

    def _is_ours(self, description: Description) -> bool:
        account = [description.vendor, description.tenant, description.user_id]
        with self.database.read() as rows:
            known = meta.get(rows, "account")
        if known is None:
            with self.database.write() as write:
                meta.put(write, "account", account)
                meta.put(write, "user_name", description.user_name)
        return known in (None, account)

    def _send(self, session: Session) -> None:
        drift.follow(session)
        push = self.pusher(session)
        Doubts(push).run()
        push.run()

    def pusher(self, session: Session) -> Push:
        """What empties the outbox."""
        return Push(session, self._misses)

    def puller(self, session: Session) -> Pull:
        """What reads the CRM."""
        return Pull(session, self._progress)

    def _read(self, session: Session) -> None:
        pull = self.puller(session)
        for kind in Kind:
            if kind in session.description.kinds:
                pull.kind(kind)
                self._maybe_sweep(session, kind)
                if kind is Kind.USER:
                    self._know_me(session)
        with self.database.write(patient=True, from_sync=True) as write:
            meta.put(write, "synced_at", self.wall())

    def _know_me(self, session: Session) -> None:
        """Keeps under 'me' which record is the signed-in user's."""
        remote_id = session.description.user_id
        with self.database.read() as rows:
            me = records.local_ids(rows, Kind.USER, [remote_id]).get(remote_id)
            known = meta.get(rows, "me")
        if me is not None and me != known:
            with self.database.write(patient=True, from_sync=True) as write:
                meta.put(write, "me", me)
                write.touched_today()

    def _maybe_sweep(self, session: Session, kind: Kind) -> None:
        """Sweeps a kind where not all that leaves is told, and any that was read afresh: at most every 20 hours."""
        with self.database.read() as rows:
            place = cursors.get(rows, kind)
            asked = sweep_questions.every(rows).get(kind)
        if asked is not None and asked.answer is None:
            return
        silent = session.description.kinds[kind].deletes is not Finds.IN_STREAM
        afresh = place.swept_at is None and place.full_at is not None
        last = self._swept_at.get(kind)
        wanted = asked is not None and asked.answer == "remove"
        recently = last is not None and self.clock() - last < SWEEP_EVERY_S
        if not wanted and not afresh and (not silent or recently):
            return
        try:
            Sweep(session, self.puller(session)).kind(kind)
        except CursorExpired:
            return
        self._swept_at[kind] = self.clock()

    def _progress(self, kind: Kind, done: int, total: int | None) -> None:
        self._loading = Loading(kind, done, total)
        self.publish(self.status(Phase.SYNCING))

    def _tallies(self, rows: Rows) -> list[Tally]:
        places = {kind: cursors.get(rows, kind) for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)}
        found = []
        for kind, place in places.items():
            local = records.count(rows, kind)
            gap = meta.get(rows, f"gap_{kind.value}")
            found.append(Tally(kind, local, place.total if gap is None else local + gap))
        return found

    def _quiet_problem(self, rows: Rows) -> Problem | None:
        """A kind that may not be read is told, though everything else goes on."""
        for kind in Kind:
            if words := cursors.get(rows, kind).problem:
                return Problem(words, f"Ask your administrator for the right to read {kind.value.replace('_', ' ')}s.")
        return None
