"""One cycle of two-way sync: what is in doubt, push, pull, sweep; no threads, no sleeping, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

from companion.connectors.base import (
    ApiSunset,
    Connector,
    ConnectorError,
    Description,
    Misconfigured,
    RateLimited,
    Rewound,
    Scope,
    SignInNeeded,
    Unreachable,
)
from companion.database import Database
from companion.domain.collisions import plain
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.generations import Generations
from companion.domain.ids import NewId
from companion.domain.language import sentence
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus
from companion.store import meta, outbox
from companion.store.unsettled import next_answer
from companion.sync import drift, merge, rewind, skew
from companion.sync.doubts import Doubts
from companion.sync.liveness import STUCK, Liveness
from companion.sync.mapped import Connect, Mapped
from companion.sync.pace import Pace, Paced
from companion.sync.pull import Endless, Pull
from companion.sync.push import Push
from companion.sync.reading import Reading
from companion.sync.restored import Copy
from companion.sync.retry import Backoff
from companion.sync.session import AfterPage, Session
from companion.sync.standing import Counts, status_of

ROWS_BESIDE_A_WINDOW: Final = 100
OP_CAP_S: Final = 600.0
ASKS_ANEW_S: Final = 24 * 3600.0
"""Seconds after which the CRM is asked again who we are, what it can do and what its clock says."""

_ANOTHER = Problem(
    sentence("This is another account’s copy"),
    sentence("Sign in as the user whose book this is, or add this account under Settings. Nothing was sent."),
)
_STALE = Problem(
    sentence("Today’s list may not be up to date"),
    sentence("Everything was synced, but not everything could be ranked. Copy the report if it stays."),
)
_PART = Problem(
    sentence("Only a part of your book is here"),
    sentence("What is here stays, and your changes are sent. Sync now reads the rest."),
)


class _LeftOff(Exception):
    """The rep has enough of a first reading for now."""


class Engine:
    """Keeps one cache file and one CRM alike. Belongs to one thread.

    `clock` is monotonic, in seconds, and decides when to try again; `wall` gives seconds since 1970, for stamps only.
    `rows_at_once` bounds a transaction: 100 while a window is open, thousands for a first load without one. The hook
    `after_page` runs in each transaction with the records it touched. `publish` hears the status while a cycle runs.
    `generations` is the counter outside the file; None for a book that no other copy can stand in for. `rest` waits so
    many seconds; None where requests need no pace. `connect` makes another connector where the team agreed on another
    map of fields than `field_map`, by which `connector` was made; `shipped` holds where the book keeps none.
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
        generations: Generations | None = None,
        rest: Callable[[float], object] | None = None,
        connect: Connect | None = None,
        field_map: FieldMap = NOTHING,
        shipped: FieldMap = NOTHING,
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
        self.copy = Copy(database, generations, self._now, self._stamp)
        self.reading = Reading(self._now, self._stamp, self.puller)
        self.mapped = Mapped(database, connect, shipped, field_map)
        self.liveness = Liveness(self._now, 2 * self.crm_backoff.cap_s)
        self.rest = rest
        self.pace = Pace(self._now, self._stamp, rng, self._rest)
        self._description: Description | None = None
        self._described_at = 0.0
        self._misses: dict[str, int] = {}
        self._loading: Loading | None = None
        self._began = (clock(), wall())
        self._broke_off = False
        self._left_off = False
        self._counts = Counts()

    # What callers use ───────────────────────────────────────────────────────────────────────────────────────────────

    def recover(self, why: str = sentence("Companion was closed while it was sent")) -> int:
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
            self.recover(sentence("it was broken off while it was sent"))
        self._broke_off = True
        phase, problem = self._attempt(read)
        self._broke_off = False
        self._loading = None
        if phase is not Phase.IDLE or problem is not None:
            self.liveness.excused()
        elif self._is_stuck():
            phase, problem = Phase.STOPPED, STUCK.spoken()
        return self.status(phase, problem)

    def hurry(self) -> None:
        """The rep asked, or the network came back: nothing waits any longer."""
        self._left_off = False
        self.crm_backoff.hurry()
        self.op_backoff.hurry()

    def leave_off(self) -> None:
        """Ends a first reading after the page under way, which stays; nothing is read until `hurry`. Any thread."""
        self._left_off = self._loading is not None

    def next_s(self) -> float | None:
        """Seconds until something is worth trying; None when nothing waits for a time.

        What came due while the last cycle ran counts: it was not looked at.
        """
        if wait := self.crm_backoff.waits_s(""):
            return wait
        clock, wall = self._began
        with self.database.read() as rows:
            held = (outbox.next_time(rows, wall), next_answer(rows, wall))
            left = outbox.counts(rows)
        waits = [max(0.0, float(each - self.wall())) for each in held if each is not None]
        if any(left.get(state) for state in (OpState.PENDING, OpState.WAITING, OpState.UNKNOWN)):
            waits += [each for each in (self.op_backoff.next_s(clock),) if each is not None]
        return min(waits, default=None)

    @property
    def poll_s(self) -> float:
        """Seconds that this CRM wants between two looks for news; 0 where it doesn't mind, or has not been asked."""
        return self._description.poll_s if self._description is not None else 0.0

    def status(self, phase: Phase, problem: Problem | None = None) -> SyncStatus:
        """How things stand by what the file says; honest in each phase."""
        return status_of(self.database, phase, problem, self._loading, self._counts)

    # A cycle ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _attempt(self, read: bool) -> tuple[Phase, Problem | None]:
        hold = self.copy.hold()
        if hold is not None and not hold.reads:
            return hold.phase, hold.problem
        try:
            session = self._session()
            if session is None:
                return Phase.STOPPED, _ANOTHER.spoken()
            self.publish(self.status(Phase.SYNCING))
            if hold is None:
                self._send(session)
            if read and not self._left_off:
                self._read(session)
                self._left_off = False  # it was the last page already
        except _LeftOff:
            self.crm_backoff.succeeded("")
            return Phase.IDLE, _PART.spoken()
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
        if hold is not None:
            return hold.phase, hold.problem
        if self._left_off:
            return Phase.IDLE, _PART.spoken()
        return Phase.IDLE, _STALE.spoken() if session.troubles else self._why_not_all()

    def _why_not_all(self) -> Problem | None:
        """What keeps changes here though the CRM answers."""
        with self.database.read() as rows:
            return rewind.problem(rows) or self.copy.problem(rows)

    def _is_stuck(self) -> bool:
        with self.database.read() as rows:
            return self.liveness.overdue(rows)

    def _session(self) -> Session | None:
        """The account's session; None if the file belongs to another account."""
        if (mapped := self.mapped.connector()) is not None:
            self.connector, self._description = mapped, None
        connector = self.connector if self.rest is None else Paced(self.connector, self.pace)
        if self._description is None or self.clock() - self._described_at >= ASKS_ANEW_S:
            self._description = None
            description = skew.asked(self.database, connector, self.wall)
            if not self._is_ours(description):
                return None
            self._description, self._described_at = description, self.clock()
        return Session(
            self.database,
            skew.corrected(self.database, connector),
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
        push = self.pusher(session)
        drift.follow(session)
        if kind := rewind.first_to_read(session):
            # Whether it was set back is told by its first page; that it has no end is for the reading to say.
            with suppress(Endless):
                self._hear(session, lambda: self.puller(session).kind(kind))
        if not rewind.leave_if_answered(session):
            return
        self._hear(session, lambda: self._empty(push))

    def _empty(self, push: Push) -> None:
        Doubts(push).run()
        if self.copy.may_send():
            with self.copy.counted():
                push.run()

    def pusher(self, session: Session) -> Push:
        """What empties the outbox."""
        return Push(session, self._misses)

    def puller(self, session: Session) -> Pull:
        """What reads the CRM."""
        return Pull(session, self._progress)

    def _read(self, session: Session) -> None:
        self._hear(session, lambda: self.reading.run(session))

    def _hear(self, session: Session, do: Callable[[], None]) -> None:
        try:
            do()
        except Rewound:
            rewind.enter(session)
            self.reading.run(session)

    def _now(self) -> float:
        return self.clock()

    def _stamp(self) -> int:
        return self.wall()

    def _rest(self, seconds: float) -> None:
        if self.rest is not None:
            self.rest(seconds)

    def _progress(self, kind: Kind, done: int, total: int | None) -> None:
        if self._left_off:
            raise _LeftOff
        self._loading = Loading(kind, done, total)
        self.publish(self.status(Phase.SYNCING))
