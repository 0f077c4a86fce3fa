"""Putting the core together: a profile is made, opened and erased; a CRM is connected; the demo book is begun."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from companion import rescue
from companion.core import Clock, Core, make_engine, new_id
from companion.database import Damaged, DatabaseProblem, create_database
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from companion.domain.workspace import Workspace, decode
from companion.rescue import BOOK

if TYPE_CHECKING:
    from companion.connecting import Clocks
    from companion.connectors.tokens import Tokens
    from companion.credentials import Vault
    from companion.domain.ids import NewId
    from companion.domain.trial import Trial

__all__ = ["BOOK", "Account", "Core", "make_engine", "new_id"]

# This module is longer than most: it is the one door through which the window and the terminal reach the core.

SIGNING_OUT = "signing-out"
WORKSPACE = Path(__file__).parent.parent / "resources" / "workspace.json"
DEMO_SEED = 7
DEMO_SHOWS = ("Vehicles", "Seats")
"""Fields of the demo CRM that stand beside a deal from the start."""


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
    secret: str | Tokens,
    *,
    code: str = "",
    tried: Trial | None = None,
    passphrase: str = "",
    whole_team: bool = True,
    wanted: Callable[[], bool] = lambda: True,
    clock: Clock = wall_clock,
) -> Core | None:
    """Signs in, and only then makes a profile in `folder`. Waits for the network: never on the UI thread.

    What was `tried` is taken as it is; `code` is that of a second factor. With a `passphrase` it protects the key,
    without one the keyring does. `wanted` is asked right before anything is stored; nothing is, and None comes back, if
    it says no. Raises CannotConnect.
    """
    from companion import credentials
    from companion.domain.key_problems import KeyProblem

    found = tried or check(account, secret, code)
    vault: Vault | str = credentials.PassphraseVault(passphrase) if passphrase else credentials.usable_keyring()
    if isinstance(vault, str):
        raise CannotConnect(Problem(tr("No keyring can hold the key of your book"), vault), "keyring")
    if not wanted():
        return None
    only_mine = None if whole_team else found.user_id
    try:
        return create_profile(folder, vault, found.account, found.secret, clock, only_mine=only_mine, found=found)
    except KeyProblem as problem:
        about = "passphrase" if passphrase else "keyring"
        raise CannotConnect(Problem(problem.title, problem.advice), about) from problem
    except FileExistsError as error:
        words = tr("Sign out of it first, or start Companion with another --profile. It was left untouched.")
        raise CannotConnect(Problem(tr("There is a book here already"), words)) from error
    except (OSError, DatabaseProblem) as error:
        words = tr("Look at the disk’s free space and the rights of {folder}. The CRM was not changed.", folder=folder)
        raise CannotConnect(Problem(tr("Your book could not be stored on this computer"), words)) from error


def check(account: Account, secret: str | Tokens, code: str = "") -> Trial:
    """Signs in and looks who that is: the account as the server knows it (address tidied, the only database filled in),
    and what is to be kept. Raises CannotConnect with what is wrong, in words, and the field that it is about.
    """
    from companion import connecting

    return connecting.look(account, secret, _clocks(), code)


def try_out(
    account: Account, secret: str | Tokens, *, code: str = "", wanted: Callable[[], bool] = lambda: True
) -> Trial:
    """The same, and tries what is open to us there. Waits for the network; ends early if `wanted` says no."""
    from companion import connecting

    return connecting.try_out(account, secret, _clocks(), code, wanted)


def browser_sign_in(
    account: Account,
    client_secret: str,
    open_browser: Callable[[str], bool],
    wanted: Callable[[], bool] = lambda: True,
) -> tuple[Account, Tokens]:
    """Signs in through the browser, which `open_browser` opens at an address; it says whether that worked.

    Waits up to five minutes for the rep: never on the UI thread. `wanted` is asked several times a second, and the wait
    ends when it says no. Raises CannotConnect with the field it is about: 'client_id', 'client_secret', 'url' or ''.
    """
    from companion import connecting

    return account, connecting.by_browser(account, client_secret, _clocks(), open_browser, wanted)


def return_addresses(account: Account) -> tuple[str, ...]:
    """What the company registers in its CRM as the addresses that the browser may come back to; () for other ways."""
    from companion.connectors import registry

    grant = registry.grant(account)
    return grant.addresses if grant is not None else ()


def sign_in_again(core: Core, secret: str | Tokens, code: str = "") -> None:
    """Takes a new key, password or tokens for the book that is open, if the CRM knows them as the same user's.

    Waits for the network: never on the UI thread. Raises CannotConnect; nothing is changed then.
    """
    found = check(core.account, secret, code)
    _same_place_and_user(core, found)
    core.renew(found.secret, found.account)


def browser_again(core: Core, open_browser: Callable[[str], bool], wanted: Callable[[], bool] = lambda: True) -> None:
    """The same through the browser; what the rep does there is waited for as `browser_sign_in` does."""
    _, tokens = browser_sign_in(core.account, core.tokens().now().client_secret, open_browser, wanted)
    if wanted():
        sign_in_again(core, tokens)


def _same_place_and_user(core: Core, found: Trial) -> None:
    """A sandbox is not its production, and nobody goes on in a colleague's book."""
    from companion.connectors.base import SAFE
    from companion.store import meta

    with core.database.read() as rows:
        known = meta.get(rows, "account")
    if known is None:
        return
    if known[:2] != [found.vendor, found.tenant]:
        words = f"{tr('Sign in to the one that this book is of, or sign out and connect anew.')} {tr(SAFE)}"
        raise CannotConnect(Problem(tr("That leads to another CRM than this book’s"), words), "url")
    if known[2] != found.user_id and found.account.way == "browser":
        words = f"{tr('Sign out of the CRM in your browser, then sign in there as yourself.')} {tr(SAFE)}"
        raise CannotConnect(Problem(tr("Somebody else is signed in there"), words))
    if known[2] != found.user_id:
        words = f"{tr('Use a key of your own, or sign out and connect anew.')} {tr(SAFE)}"
        raise CannotConnect(Problem(tr("That is somebody else’s key"), words), "secret")


def _clocks() -> Clocks:
    from companion import settings
    from companion.connecting import Clocks

    return Clocks(time.monotonic, time.time, settings.way_out())


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
    shown = FieldMap(shown={Kind.DEAL: DEMO_SHOWS})
    workspace = replace(default_workspace(), field_map=shown)
    core = Core(database, workspace, clock, folder, Account("demo"), demo=True, new_id=new_id)
    wire = a_colleague_moves_first(crm) if lively else straight
    core._connect = lambda field_map: DemoConnector(crm, rep, wire=wire, field_map=field_map)
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
    secret: str | Tokens,
    clock: Clock = wall_clock,
    *,
    only_mine: str | None = None,
    found: Trial | None = None,
) -> Core:
    """A new profile with a new key. `only_mine` is the user's remote id if nobody else's records are to be synced.

    With what a sign-in `found` the book is bound to that place and user from its first moment on. Raises
    FileExistsError where there is a book, and what credentials.create raises.
    """
    from companion import credentials, generation
    from companion.kept_tokens import as_kept
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
            meta.put(write, "secret", as_kept(secret))
            meta.put(write, "only_mine", only_mine)
            if found is not None:
                meta.put(write, "account", [found.vendor, found.tenant, found.user_id])
                meta.put(write, "user_name", found.user_name)
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


def open_with(
    folder: Path,
    passphrase: str,
    key: str = "",
    *,
    code: str = "",
    open_browser: Callable[[str], bool] | None = None,
    wanted: Callable[[], bool] = lambda: True,
    clock: Clock = wall_clock,
) -> Core:
    """Opens a profile by the keyring, or by the passphrase where it has one. Raises KeyProblem or DatabaseProblem.

    A book that was away from the CRM for too long asks it first, with `key` (and the `code` of a second factor) where
    one is given, or through the browser where `open_browser` is: never on the UI thread.
    """
    from companion import credentials

    core = open_profile(folder, credentials.vault_of(folder, lambda: passphrase), clock)
    try:
        _keep_lease(core, key, code, open_browser, wanted)
    except BaseException:
        core.close()
        raise
    return core


def _keep_lease(
    core: Core, key: str, code: str, open_browser: Callable[[str], bool] | None, wanted: Callable[[], bool]
) -> None:
    from companion.connectors.base import SignInNeeded
    from companion.domain.key_problems import LeaseEnded
    from companion.store import lease

    now = int(core.clock().timestamp())
    with core.database.read() as rows:
        left = lease.days_left(rows, now)
    if left is None or left > 0:
        return
    try:
        if key:
            sign_in_again(core, key, code)
        elif open_browser is not None:
            browser_again(core, open_browser, wanted)
        else:
            _known_still(core)
    except CannotConnect as trouble:
        refused, code_asked = isinstance(trouble.__cause__, SignInNeeded), trouble.field == "code"
        raise LeaseEnded(lease.DAYS - left, refused=refused, way=core.account.way, code=code_asked) from trouble
    lease.renew(core.database, now)


def _known_still(core: Core) -> None:
    """Asks the CRM with what is kept. Raises CannotConnect."""
    from companion.connecting import in_words

    with in_words(core.account):
        core.connector().describe()


def method_of(folder: Path) -> Literal["keyring", "passphrase"]:
    """What opens a profile's key. The keyring where its file is damaged: opening the book says so in words."""
    from companion import credentials
    from companion.domain.key_problems import KeyFileDamaged

    try:
        return "passphrase" if credentials.method_of(folder) == "passphrase" else "keyring"
    except KeyFileDamaged:
        return "keyring"


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


def lost_its_book(folder: Path) -> bool:
    """Whether a book was here: its key still is, and the book and its journal are gone."""
    return rescue.is_gone(folder)


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


def sign_out(folder: Path, account: Account, tokens: Tokens) -> None:
    """Erases, and tells the CRM that the tokens are over. Raises as `erase` does. Waits for the network."""
    from companion import connecting

    try:
        erase(folder)
    finally:
        connecting.revoke(account, tokens, _clocks())


def erase_profile(folder: Path) -> None:
    """Erases a profile's files, the mark that it is being erased last. Its key must be gone first, so that a copy left
    anywhere opens no more."""
    for each in folder.iterdir():
        if each.name != SIGNING_OUT:
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    shutil.rmtree(folder, ignore_errors=True)
