"""An open book and what works on it: the desk where the rep acts, the connector, and the thread that syncs.

Nothing here is imported before it is needed: the first list is painted from plain SQL, and SQLAlchemy, httpx and the
connectors come after it.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from companion.database import Damaged, Database, DatabaseProblem, Write
from companion.domain.account import Account
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.ids import NewId, uuid7
from companion.domain.language import spoken
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.domain.workspace import Workspace

if TYPE_CHECKING:
    from companion.actions.desk import Desk
    from companion.connectors.base import Connector
    from companion.connectors.tokens import Keeper, Tokens
    from companion.domain.generations import Generations
    from companion.sync.engine import Engine
    from companion.sync.worker import Worker

Clock = Callable[[], datetime]
AT_ONCE = 20
"""How many people are ranked anew in one transaction: some 10 ms, for which an act of the rep's may have to wait."""
CLOSE_S = 3.0
"""Seconds that closing waits for the request under way."""


def new_id() -> str:
    """A fresh UUIDv7."""
    return uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


@dataclass
class Core:
    """An open book and what works on it. Closing it stops the sync and lets go of the file."""

    database: Database
    workspace: Workspace
    clock: Clock
    folder: Path
    account: Account
    demo: bool = False
    worker: Worker | None = None
    _connector: Connector | None = None
    _connect: Callable[[FieldMap], Connector] | None = None
    """Makes the connector where it is no account's: that of the demo book."""
    read_by: FieldMap = NOTHING
    """The map of fields by which the connector was made."""
    _tokens: Keeper | None = None
    _desk: Desk | None = None
    _heard_by: tuple[Callable[[SyncStatus], None], float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    generations: Generations | None = None
    """The counter outside the file; None for the demo book, which nothing outlives."""
    new_id: NewId = new_id
    """Where every local id comes from."""

    @property
    def zone(self) -> tzinfo:
        """The zone of this computer now."""
        zone = self.clock().tzinfo
        assert zone is not None
        return zone

    @property
    def account_words(self) -> str:
        """What is connected, such as 'Odoo, odoo19 at crm.example, as ana'; '' for the demo book."""
        return "" if self.demo else self.account.words

    def desk(self) -> Desk:
        """Where the rep acts. Made on first use: it brings SQLAlchemy along."""
        from companion.actions.desk import Desk
        from companion.store import meta

        if self._desk is None:
            with self.database.read() as rows:
                me = meta.me(rows)
                _, tenant, user = meta.get(rows, "account") or (None, None, None)
            desk = Desk(self.database, self.clock, self.new_id, self.rescore, me, tenant, user)
            if me is None:
                return desk
            self._desk = desk
        return self._desk

    def rescore(self, write: Write, records: frozenset[tuple[Kind, str]], now: datetime) -> None:
        """Puts the reasons of the people and deals anew that these records belong to: at once where they are few.

        A page of a first load touches hundreds, whose history is still on its way: they are looked at by `refresh_due`.
        """
        from companion.store import meta, scores

        if any(kind is Kind.USER for kind, _ in records):
            meta.learn_me(write)
        me = meta.me(write)
        if me is None:
            return
        subjects = scores.subjects_of(write, records)
        if len(subjects) > AT_ONCE:
            scores.look_again(write, subjects, now)
        else:
            scores.refresh(write, subjects, self.workspace, now, self.zone, me)

    def refresh_due(self, limit: int = AT_ONCE) -> bool:
        """Looks again at those whose reasons change with time alone; True if there may be more. Any thread."""
        from companion.store import meta, scores

        now = self.clock()
        with self.database.read() as rows:
            due = scores.due(rows, now, limit)
            me = meta.me(rows)
        if not due or me is None:
            return False
        with self.database.write(patient=True) as write:
            scores.refresh(write, due, self.workspace, now, self.zone, me)
            write.touched_today()
        return len(due) >= limit

    def tidy(self) -> bool:
        """Does a few milliseconds of what a commit of the rep's would have to do else; True if there may be more.

        Any thread but the UI's; leave the file to others between two calls.
        """
        from companion.store import findable

        with self.database.write(patient=True) as write:
            return findable.merge(write, findable.STEP)

    def reword(self) -> None:
        """Where the reasons stand in another language than the one spoken: everybody is due to be looked at again.

        Any thread but the UI's: `refresh_due` then words them anew, a slice at a time.
        """
        from companion.store import meta, scores

        with self.database.read() as rows:
            if (meta.get(rows, "worded_in") or "en") == spoken():
                return
        with self.database.write(patient=True) as write:
            me = meta.me(write)
            if me is not None:
                scores.look_again(write, scores.everyone(write, me), self.clock())
            meta.put(write, "worded_in", spoken())

    def _rank_what_came(self, status: SyncStatus) -> None:
        """After each page of a first load, so that rows appear while the rest is still on its way."""
        while self.refresh_due():
            pass

    def learn(self) -> None:
        """Takes the norms of the stages from the book's own history. Once a start will do; any thread."""
        from companion.store import moves

        with self.database.write(patient=True) as write:
            moves.learn_norms(write)

    def tokens(self) -> Keeper:
        """Where the account's key, password or tokens lie. Any thread."""
        from companion.kept_tokens import KeptTokens

        if self._tokens is None:
            self._tokens = KeptTokens(self.database, self.folder, time.monotonic)
        return self._tokens

    def connector(self) -> Connector:
        """The connector of the account, made on first use from what the encrypted file keeps."""
        if self._connector is None:
            self._connector = self.connect_by(self.field_map())
        return self._connector

    def field_map(self) -> FieldMap:
        """Which field of the CRM is which of ours, as the team agreed on it."""
        from companion.store import workspaces

        with self.database.read() as rows:
            return workspaces.field_map(rows) or self.workspace.field_map

    def connect_by(self, field_map: FieldMap) -> Connector:
        """A connector by another map in the place of the one there is, which is closed. On the sync's thread."""
        if self._connector is not None:
            self._connector.close()
        make = self._connect or partial(make_connector, self.account, self.tokens())
        self._connector, self.read_by = make(field_map), field_map
        return self._connector

    def start_sync(self, listener: Callable[[SyncStatus], None], poll_s: float = 60.0) -> None:
        """Starts the worker thread, after which `listener` is called on it. Any thread but the UI's: it may connect.

        First the book is looked after. One that turns out damaged is not synced: the listener hears what to do.
        """
        from companion import upkeep
        from companion.store import lease
        from companion.sync.worker import Worker

        if not self.demo:
            now = int(self.clock().timestamp())
            try:
                lease.note(self.database, now)
                upkeep.look_after(self.database, self.folder, now)
            except Damaged as problem:
                listener(SyncStatus(Phase.STOPPED, problem=Problem(problem.title, problem.advice)))
                return
            except DatabaseProblem:
                pass  # on a full disk what waits is sent all the same; the sync tells what it can't do
        with self._lock:
            if self.worker is None:
                self._heard_by = (listener, poll_s)
                self.worker = Worker(make_engine(self), poll_s=poll_s)
                self.worker.subscribe(self._rank_what_came)
                self.worker.subscribe(listener)
                self.worker.start()

    def renew(self, secret: str | Tokens, account: Account | None = None) -> None:
        """Keeps a new key, password or tokens of the same user and goes on syncing with it. Not on the UI thread.

        `account` is how the user signs in from now on, where that changed.
        """
        from companion.kept_tokens import as_kept
        from companion.store import meta

        with self._lock:
            worker, self.worker = self.worker, None
        if worker is not None:
            worker.stop()
        if self._connector is not None:
            self._connector.close()
            self._connector = None
        with self.database.write() as write:
            meta.put(write, "secret", as_kept(secret))
            if account is not None and account != self.account:
                meta.put(write, "crm", asdict(account))
        self.account, self._tokens = account or self.account, None
        if self._heard_by is not None:
            self.start_sync(*self._heard_by)

    def sync_now(self) -> None:
        """Asks the worker for a cycle now, back-off or not."""
        if self.worker is not None:
            self.worker.wake()

    def leave_off_reading(self) -> None:
        """Ends a first reading of the CRM for now; what is here stays, and `sync_now` reads on."""
        if self.worker is not None:
            self.worker.engine.leave_off()

    def close(self) -> None:
        """Stops sync, waits for the write under way, closes the file; erases a demo book.

        Where a request hangs it returns after CLOSE_S seconds, and the file is closed when that request has ended.
        """
        with self._lock:
            worker, self.worker = self.worker, None
        if worker is not None and not worker.stop(CLOSE_S):
            # A request hangs. The file is whole at every moment, and is let go when an answer or the time-out came.
            threading.Thread(target=self._close_after, args=(worker,), name="closing", daemon=True).start()
            return
        self._let_go()

    def _close_after(self, worker: Worker) -> None:
        while not worker.stop():
            pass
        self._let_go()

    def _let_go(self) -> None:
        if self._connector is not None:
            self._connector.close()
        self.database.close()
        if self.demo:
            shutil.rmtree(self.folder, ignore_errors=True)


def make_connector(account: Account, tokens: Keeper, field_map: FieldMap | None = None) -> Connector:
    """The connector that an account names, signing in with what `tokens` keeps."""
    from companion import settings
    from companion.connectors import registry
    from companion.connectors.http import Client

    http = Client(time.monotonic, proxy=settings.way_out(), wall=time.time)
    return registry.open_connector(account, tokens, http=http, wall=time.time, field_map=field_map)


def make_engine(core: Core, *, rows_at_once: int = 100) -> Engine:
    """What keeps `core` and its CRM alike; `rows_at_once` bounds a transaction of the sync's."""
    import random

    from companion.connectors.base import Scope
    from companion.store import meta
    from companion.sync.engine import Engine

    with core.database.read() as rows:
        only_mine = meta.get(rows, "only_mine")
    return Engine(
        core.database,
        core.connector(),
        clock=time.monotonic,
        wall=lambda: int(core.clock().timestamp()),
        rng=random.SystemRandom(),
        new_id=core.new_id,
        scope=Scope(only_mine),
        after_page=lambda write, records: core.rescore(write, records, core.clock()),
        rows_at_once=rows_at_once,
        generations=core.generations,
        connect=core.connect_by,
        field_map=core.read_by,
        shipped=core.workspace.field_map,
    )
