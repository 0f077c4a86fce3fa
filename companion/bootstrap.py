"""Putting the core together: a profile's file and key, the CRM that it belongs to, the desk and the sync worker.

Nothing here is imported before it is needed: the first list is painted from plain SQL, and SQLAlchemy, httpx and the
connectors come after it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from companion.database import Database, Write, create_database, open_database
from companion.domain.ids import uuid7
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from companion.domain.workspace import Workspace, decode

if TYPE_CHECKING:
    from companion.actions.desk import Desk
    from companion.connectors.base import Connector, ConnectorError
    from companion.connectors.http import Client
    from companion.credentials import Vault
    from companion.sync.engine import Engine
    from companion.sync.worker import Worker

Clock = Callable[[], datetime]
BOOK = "book.db"
SIGNING_OUT = "signing-out"
AT_ONCE = 20
"""How many people a change may touch and still be ranked anew in the same transaction."""
WORKSPACE = Path(__file__).parent.parent / "resources" / "workspace.json"
DEMO_SEED = 7


def wall_clock() -> datetime:
    """The time now in the zone of this computer, whose rules also tell the hour of a day after the clocks change."""
    from tzlocal import get_localzone

    return datetime.now(get_localzone())


def new_id() -> str:
    """A fresh UUIDv7."""
    return uuid7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


def profiles_folder() -> Path:
    """Where each profile has its folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Companion", appauthor=False)) / "profiles"


@dataclass(frozen=True, slots=True)
class Account:
    """Which CRM, where, and as whom. The secret (key or password) is kept apart, in the encrypted file only."""

    connector: str
    url: str = ""
    database: str = ""
    user: str = ""


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
    _desk: Desk | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def zone(self) -> tzinfo:
        """The zone of this computer now."""
        zone = self.clock().tzinfo
        assert zone is not None
        return zone

    @property
    def account_words(self) -> str:
        """What is connected, such as 'Odoo, odoo19 at crm.example, as ana'; '' for the demo book."""
        if self.demo:
            return ""
        place = self.account.url.partition("://")[2]
        return f"{self.account.connector.capitalize()}, {self.account.database} at {place}, as {self.account.user}"

    def desk(self) -> Desk:
        """Where the rep acts. Made on first use: it brings SQLAlchemy along."""
        from companion.actions.desk import Desk
        from companion.store import meta

        if self._desk is None:
            with self.database.read() as rows:
                me = meta.me(rows)
                _, tenant, user = meta.get(rows, "account") or (None, None, None)
            desk = Desk(self.database, self.clock, new_id, self.rescore, me, tenant, user)
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

    def refresh_due(self, limit: int = 50) -> bool:
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

    def learn(self) -> None:
        """Takes the norms of the stages from the book's own history. Once a start will do; any thread."""
        from companion.store import moves

        with self.database.write(patient=True) as write:
            moves.learn_norms(write)

    def connector(self) -> Connector:
        """The connector of the account, made on first use from what the encrypted file keeps."""
        if self._connector is None:
            from companion.store import meta

            with self.database.read() as rows:
                secret = meta.get(rows, "secret")
            self._connector = make_connector(self.account, secret)
        return self._connector

    def start_sync(self, listener: Callable[[SyncStatus], None], poll_s: float = 60.0) -> None:
        """Starts the worker thread, after which `listener` is called on it. Any thread but the UI's: it may connect."""
        from companion.sync.worker import Worker

        with self._lock:
            if self.worker is None:
                self.worker = Worker(make_engine(self), poll_s=poll_s)
                self.worker.subscribe(listener)
                self.worker.start()

    def sync_now(self) -> None:
        """Asks the worker for a cycle now, back-off or not."""
        if self.worker is not None:
            self.worker.wake()

    def close(self) -> None:
        """Stops sync, waits for the write under way, closes the file; erases a demo book."""
        with self._lock:
            worker, self.worker = self.worker, None
        if worker is not None:
            worker.stop()
        if self._connector is not None:
            self._connector.close()
        self.database.close()
        if self.demo:
            shutil.rmtree(self.folder, ignore_errors=True)


def connect(
    folder: Path,
    account: Account,
    secret: str,
    *,
    passphrase: str = "",
    whole_team: bool = True,
    wanted: Callable[[], bool] = lambda: True,
    clock: Clock = wall_clock,
) -> Core | None:
    """Signs in, and only then makes a profile in `folder`. Waits for the network: never on the UI thread.

    With a `passphrase` it protects the key, without one the keyring does. `wanted` is asked right before anything is
    stored; nothing is, and None comes back, if it says no. Raises CannotConnect.
    """
    from companion import credentials
    from companion.domain.key_problems import KeyProblem

    found, user_id = check(account, secret)
    vault: Vault | str = credentials.PassphraseVault(passphrase) if passphrase else credentials.usable_keyring()
    if isinstance(vault, str):
        raise CannotConnect(Problem("No keyring can hold the key of your book", vault), "keyring")
    if not wanted():
        return None
    try:
        return create_profile(folder, vault, found, secret, clock, only_mine=None if whole_team else user_id)
    except KeyProblem as problem:
        about = "passphrase" if passphrase else "keyring"
        raise CannotConnect(Problem(problem.title, problem.advice), about) from problem
    except FileExistsError as error:
        words = "Sign out of it first, or start Companion with another --profile. It was left untouched."
        raise CannotConnect(Problem("There is a book here already", words)) from error
    except OSError as error:
        words = f"Look at the disk's free space and the rights of {folder}. The CRM was not changed."
        raise CannotConnect(Problem("Your book could not be stored on this computer", words)) from error


def check(account: Account, secret: str) -> tuple[Account, str]:
    """Tries to sign in; returns the account as the server knows it (address tidied, the only database filled in) and
    the remote id of its user. Raises CannotConnect with what is wrong, in words, and the field that it is about.
    """
    from companion.connectors.base import ApiSunset, ConnectorError, Misconfigured, SignInNeeded
    from companion.connectors.http import Client

    try:
        with Client(time.monotonic) as client:
            found = _tidied(account, secret, client)
        connector = make_connector(found, secret)
        try:
            return found, connector.describe().user_id
        finally:
            connector.close()
    except ConnectorError as error:
        place = "database" if isinstance(error, Misconfigured) and "database" in error.title.lower() else "url"
        fields = {SignInNeeded: "secret", Misconfigured: place, ApiSunset: "url"}
        raise CannotConnect(_before_a_book(error), fields.get(type(error), "")) from error


def _before_a_book(error: ConnectorError) -> Problem:
    """A connector's words, which are meant for the middle of a sync, where changes wait here; nothing is here yet."""
    import re

    from companion.connectors.base import SignInNeeded, Unreachable

    title = "The CRM does not accept this key" if error.title == SignInNeeded.title else error.title
    if error.advice in (Unreachable.advice, SignInNeeded.advice):
        return Problem(title, "Nothing was stored. Check what you typed and that you are online, then try again.")
    return Problem(
        title, re.sub(r"[Yy]our changes (are safe|stay) on this computer[^.]*", "Nothing was stored", error.advice)
    )


def _tidied(account: Account, secret: str, client: Client) -> Account:
    if account.connector == "odoo":
        from companion.connectors.odoo import sign_in as odoo

        place = odoo.sign_in(client, account.url, account.database, account.user, secret)
        return Account("odoo", place.url, place.database, place.login)
    from companion.connectors.tryton import sign_in as tryton

    session = tryton.sign_in(client, account.url, account.database, account.user, secret)
    return Account("tryton", session.place.url, account.database.strip(), account.user)


def make_connector(account: Account, secret: Any) -> Connector:
    """The connector that an account names."""
    if account.connector == "odoo":
        from companion.connectors.http import Client
        from companion.connectors.odoo.connector import OdooConnector
        from companion.connectors.odoo.sign_in import Account as OdooAccount

        place = OdooAccount(account.url, account.database, account.user)
        return OdooConnector(Client(time.monotonic), place, secret)
    if account.connector == "tryton":
        from companion.connectors.tryton.connector import TrytonConnector

        return TrytonConnector(account.url, account.database, account.user, secret, clock=time.time)
    raise KeyError(account.connector)


def make_engine(core: Core, *, rows_at_once: int = 200) -> Engine:
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
        new_id=new_id,
        scope=Scope(only_mine),
        after_page=lambda write, records: core.rescore(write, records, core.clock()),
        rows_at_once=rows_at_once,
    )


def default_workspace() -> Workspace:
    """What a team begins with."""
    return decode(WORKSPACE.read_bytes())


def demo_book(clock: Clock = wall_clock, *, synced: bool = True) -> Core:
    """A book to try everything with: invented people, an embedded CRM, a key that is never kept, gone when closed."""
    from companion.connectors.demo.book import make_book
    from companion.connectors.demo.connector import DemoConnector
    from companion.connectors.demo.crm import DemoCrm
    from companion.store.migrations import migrate

    folder = Path(tempfile.mkdtemp(prefix="companion-demo-"))
    database = create_database(folder / BOOK, os.urandom(32), durable=False)
    migrate(database)
    now = clock()
    crm = DemoCrm(clock=lambda: clock().timestamp())
    rep = make_book(crm, now.date(), now.tzinfo or UTC, DEMO_SEED)
    core = Core(database, default_workspace(), clock, folder, Account("demo"), demo=True)
    core._connector = DemoConnector(crm, rep)
    if synced:
        sync_once(core)
    return core


def sync_once(core: Core) -> SyncStatus:
    """One whole cycle on this thread, and everybody's reasons afterwards."""
    engine = make_engine(core, rows_at_once=2000)
    engine.recover()
    engine.hurry()
    status = engine.cycle()
    core.learn()
    while core.refresh_due(2000):
        pass
    return status


def create_profile(
    folder: Path,
    vault: Vault,
    account: Account,
    secret: Any,
    clock: Clock = wall_clock,
    *,
    only_mine: str | None = None,
) -> Core:
    """A new profile with a new key. `only_mine` is the user's remote id if nobody else's records are to be synced.

    Raises FileExistsError where there is a book, and what credentials.create raises.
    """
    from companion import credentials
    from companion.store import meta
    from companion.store.migrations import migrate

    if has_book(folder):
        raise FileExistsError(folder / BOOK)
    # A key without a book opens nothing: it is what an interrupted start left.
    credentials.erase(folder, vault)
    key = credentials.create(folder, vault)
    database = create_database(folder / BOOK, key)
    migrate(database)
    with database.write() as write:
        meta.put(write, "crm", {name: getattr(account, name) for name in Account.__slots__})
        meta.put(write, "secret", secret)
        meta.put(write, "only_mine", only_mine)
    return Core(database, default_workspace(), clock, folder, account)


def open_profile(folder: Path, vault: Vault, clock: Clock = wall_clock) -> Core:
    """Opens a profile. Raises what credentials.unlock and open_database raise; never makes or overwrites anything."""
    import json

    from companion import credentials
    from companion.store.migrations import STEPS, migrate

    database = open_database(folder / BOOK, credentials.unlock(folder, vault))
    with database.read() as rows:
        version = rows.value("PRAGMA user_version")
        account = rows.value("SELECT value FROM meta WHERE key = 'crm'")
    if version != len(STEPS):
        migrate(database)
    return Core(database, default_workspace(), clock, folder, Account(**json.loads(account)))


def open_with(folder: Path, passphrase: str) -> Core:
    """Opens a profile by the keyring, or by the passphrase where it has one. Raises KeyProblem or DatabaseProblem."""
    from companion import credentials

    return open_profile(folder, credentials.vault_of(folder, lambda: passphrase))


def method_of(folder: Path) -> Literal["keyring", "passphrase"]:
    """What opens a profile's key."""
    from companion import credentials

    return "passphrase" if credentials.method_of(folder) == "passphrase" else "keyring"


def why_no_keyring() -> str:
    """Why no keyring can hold a key here, in words; '' when one can. May take a while."""
    from companion import credentials

    found = credentials.usable_keyring()
    return found if isinstance(found, str) else ""


def has_book(folder: Path) -> bool:
    """Whether there is a book to open. Ends a sign-out first that was interrupted."""
    if (folder / SIGNING_OUT).exists():
        erase(folder)
    return (folder / BOOK).exists()


def erase(folder: Path) -> None:
    """Signs out: destroys the key, then the files. The book must be closed.

    An interrupted one is ended by `has_book`. Raises KeyringFailed or KeyringLocked, after everything else is gone, if
    the keyring keeps its entry; it opens nothing any more.
    """
    from companion import credentials
    from companion.domain.key_problems import KeyFileDamaged, KeyProblem

    if not folder.exists():
        return
    (folder / SIGNING_OUT).touch(mode=0o600)
    trouble: KeyProblem | None = None
    vault: Vault = credentials.PassphraseVault("")
    try:
        vault = credentials.vault_of(folder, str)
    except KeyFileDamaged:
        pass  # destroyed before, or never whole
    except KeyProblem as problem:
        trouble = problem
    try:
        credentials.erase(folder, vault)
    except KeyProblem as problem:
        trouble = problem
    erase_profile(folder)
    if trouble is not None:
        raise trouble


def erase_profile(folder: Path) -> None:
    """Erases a profile's files, the mark that it is being erased last. Its key must be gone first, so that a copy left
    anywhere opens no more."""
    for each in folder.iterdir():
        if each.name != SIGNING_OUT:
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    shutil.rmtree(folder, ignore_errors=True)
