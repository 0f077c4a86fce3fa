"""Putting the core together: a profile is made, opened and erased; a CRM is connected; the demo book is begun."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from companion import rescue
from companion.core import Account, Clock, Core, make_connector, make_engine, new_id
from companion.database import Damaged, DatabaseProblem, create_database
from companion.domain.language import tr
from companion.domain.problems import CannotConnect, Problem
from companion.domain.sync_status import SyncStatus
from companion.domain.workspace import Workspace, decode
from companion.rescue import BOOK

if TYPE_CHECKING:
    from companion.connectors.base import ConnectorError
    from companion.connectors.http import Client
    from companion.credentials import Vault
    from companion.domain.ids import NewId

__all__ = ["BOOK", "Account", "Core", "make_engine", "new_id"]

SIGNING_OUT = "signing-out"
WORKSPACE = Path(__file__).parent.parent / "resources" / "workspace.json"
DEMO_SEED = 7


def wall_clock() -> datetime:
    """The time now in the zone of this computer, whose rules also tell the hour of a day after the clocks change."""
    from tzlocal import get_localzone

    return datetime.now(get_localzone())


def _seconds(clock: Clock) -> int:
    return int(clock().timestamp())


def profiles_folder() -> Path:
    """Where each profile has its folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir("Companion", appauthor=False)) / "profiles"


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
        raise CannotConnect(Problem(tr("No keyring can hold the key of your book"), vault), "keyring")
    if not wanted():
        return None
    try:
        return create_profile(folder, vault, found, secret, clock, only_mine=None if whole_team else user_id)
    except KeyProblem as problem:
        about = "passphrase" if passphrase else "keyring"
        raise CannotConnect(Problem(problem.title, problem.advice), about) from problem
    except FileExistsError as error:
        words = tr("Sign out of it first, or start Companion with another --profile. It was left untouched.")
        raise CannotConnect(Problem(tr("There is a book here already"), words)) from error
    except (OSError, DatabaseProblem) as error:
        words = tr("Look at the disk's free space and the rights of {folder}. The CRM was not changed.", folder=folder)
        raise CannotConnect(Problem(tr("Your book could not be stored on this computer"), words)) from error


def sign_in_again(core: Core, secret: str) -> None:
    """Takes a new key or password for the book that is open, if the CRM knows it as the same user's.

    Waits for the network: never on the UI thread. Raises CannotConnect; nothing is changed then.
    """
    from companion.connectors.base import SAFE
    from companion.store import meta

    _, user_id = check(core.account, secret)
    with core.database.read() as rows:
        known = meta.get(rows, "account")
    if known is not None and known[2] != user_id:
        words = f"{tr('Use a key of your own, or sign out and connect anew.')} {tr(SAFE)}"
        raise CannotConnect(Problem(tr("That is somebody else's key"), words), "secret")
    core.renew(secret)


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
    from companion.connectors.base import SAFE, SignInNeeded, Unreachable

    title = tr("The CRM does not accept this key") if error.title == SignInNeeded.title else error.title
    if error.advice in (Unreachable.advice, SignInNeeded.advice):
        return Problem(title, tr("Nothing was stored. Check what you typed and that you are online, then try again."))
    return Problem(title, error.advice.replace(tr(SAFE), tr("Nothing was stored.")))


def _tidied(account: Account, secret: str, client: Client) -> Account:
    if account.connector == "odoo":
        from companion.connectors.odoo import sign_in as odoo

        place = odoo.sign_in(client, account.url, account.database, account.user, secret)
        return Account("odoo", place.url, place.database, place.login)
    from companion.connectors.tryton import sign_in as tryton

    session = tryton.sign_in(client, account.url, account.database, account.user, secret)
    return Account("tryton", session.place.url, account.database.strip(), account.user)


def default_workspace() -> Workspace:
    """What a team begins with."""
    return decode(WORKSPACE.read_bytes())


def demo_book(clock: Clock = wall_clock, *, synced: bool = True, lively: bool = False, new_id: NewId = new_id) -> Core:
    """A book to try everything with: invented people, an embedded CRM, a key that is never kept, gone when closed.

    In a `lively` one a colleague moves a deal of the rep's right before her first change arrives there. `new_id` gives
    the local ids, for who wants the same book twice.
    """
    from companion.connectors.demo.book import a_colleague_moves_first, make_book
    from companion.connectors.demo.connector import DemoConnector
    from companion.connectors.demo.crm import DemoCrm
    from companion.connectors.demo.wire import straight
    from companion.store.migrations import migrate

    folder = Path(tempfile.mkdtemp(prefix="companion-demo-"))
    database = create_database(folder / BOOK, os.urandom(32), durable=False)
    migrate(database)
    now = clock()
    crm = DemoCrm(clock=lambda: clock().timestamp())
    rep = make_book(crm, now.date(), now.tzinfo or UTC, DEMO_SEED)
    core = Core(database, default_workspace(), clock, folder, Account("demo"), demo=True, new_id=new_id)
    core._connector = DemoConnector(crm, rep, wire=a_colleague_moves_first(crm) if lively else straight)
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
    from companion import credentials, generation
    from companion.store import meta
    from companion.store.migrations import migrate

    if has_book(folder):
        raise FileExistsError(folder / BOOK)
    # A key without a book opens nothing: it is what an interrupted start left.
    credentials.erase(folder, vault)
    key = credentials.create(folder, vault)
    with rescue.made_whole(folder, key) as database:
        migrate(database)
        with database.write() as write:
            meta.put(write, "crm", {name: getattr(account, name) for name in Account.__slots__})
            meta.put(write, "secret", secret)
            meta.put(write, "only_mine", only_mine)
    database = rescue.open_book(folder, key, _seconds(clock))
    counter = generation.of(folder, vault)
    return Core(database, default_workspace(), clock, folder, account, generations=counter)


def open_profile(folder: Path, vault: Vault, clock: Clock = wall_clock) -> Core:
    """Opens a profile; a damaged or missing book is rescued where its journal is there.

    Raises what credentials.unlock and rescue.open_book raise; nothing is made or overwritten then.
    """
    import json

    from companion import generation, rotation

    _keep_private(folder)
    database = rescue.open_book(folder, rotation.settled(folder / BOOK, vault), _seconds(clock))
    with database.read() as rows:
        account = rows.value("SELECT value FROM meta WHERE key = 'crm'")
    if account is None:
        database.close()
        raise Damaged("the book does not say which CRM it is of")
    counter = generation.of(folder, vault)
    return Core(database, default_workspace(), clock, folder, Account(**json.loads(account)), generations=counter)


def _keep_private(folder: Path) -> None:
    """Takes back what rights others got, as by a restored backup."""
    if os.name == "posix" and folder.exists():
        for each in (folder, *folder.iterdir()):
            mode = each.stat().st_mode
            if mode & 0o077:
                each.chmod(mode & 0o700)


def open_with(folder: Path, passphrase: str, key: str = "", *, clock: Clock = wall_clock) -> Core:
    """Opens a profile by the keyring, or by the passphrase where it has one. Raises KeyProblem or DatabaseProblem.

    A book that was away from the CRM for too long asks it first, with `key` where one is given: never on the UI thread.
    """
    from companion import credentials

    core = open_profile(folder, credentials.vault_of(folder, lambda: passphrase), clock)
    try:
        _keep_lease(core, key)
    except BaseException:
        core.close()
        raise
    return core


def _keep_lease(core: Core, key: str) -> None:
    from companion.domain.key_problems import LeaseEnded
    from companion.store import lease, meta

    now = int(core.clock().timestamp())
    with core.database.read() as rows:
        left = lease.days_left(rows, now)
        secret = key or meta.get(rows, "secret")
    if left is None or left > 0:
        return
    try:
        check(core.account, secret)
    except CannotConnect as trouble:
        raise LeaseEnded(lease.DAYS - left, refused=trouble.field == "secret") from trouble
    lease.renew(core.database, now)
    if key:
        core.renew(key)


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
    return rescue.is_here(folder)


def erase(folder: Path) -> None:
    """Signs out: destroys the key, then the files. The book must be closed.

    An interrupted one is ended by `has_book`. Raises KeyringFailed or KeyringLocked, after everything else is gone, if
    the keyring keeps its entry; it opens nothing any more.
    """
    from companion import credentials, generation
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
    generation.forget(folder, vault)
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
