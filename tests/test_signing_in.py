"""From a sign-in to a book and back: a trial is kept, a book stays with its place and user, tokens outlive the day."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from companion import bootstrap, credentials
from companion.bootstrap import Account, Core
from companion.connectors.base import SecondFactorNeeded
from companion.connectors.tokens import Tokens
from companion.domain import language
from companion.domain.key_problems import LeaseEnded
from companion.domain.problems import CannotConnect
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.domain.trial import Right, Trial
from companion.store import meta
from tests.connectors.espocrm.fake_espocrm import FakeEspo
from tests.connectors.fake_server import FakeServer, Reply, serving
from tests.connectors.fake_sign_in import FakeBrowser
from tests.connectors.hubspot.fake_hubspot import FakeHubSpot

PASSPHRASE = "correct horse battery"
QUICK = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
SECRET = "app-secret"


@pytest.fixture
def hubspot() -> FakeHubSpot:
    return FakeHubSpot(now=time.time())


@pytest.fixture
def served(hubspot: FakeHubSpot) -> Iterator[FakeServer]:
    with serving(hubspot, lambda: hubspot.now) as server:
        yield server


def account_at(server: FakeServer) -> Account:
    return Account("hubspot", server.url, way="browser", client_id="app-1")


def nora() -> FakeBrowser:
    """She signs in and allows it."""
    return FakeBrowser(lambda asked: {"code": "code-of-nora", "state": asked["state"]})


def tried(server: FakeServer) -> Trial:
    browser = nora()
    account, tokens = bootstrap.browser_sign_in(account_at(server), SECRET, browser.open)
    browser.closed()
    return bootstrap.try_out(account, tokens)


def connected(folder: Path, server: FakeServer) -> Core:
    """A book that was made from a sign-in through the browser."""
    trial = tried(server)
    core = bootstrap.create_profile(folder, QUICK, trial.account, trial.secret, found=trial)
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    return core


def kept(core: Core, key: str) -> Any:
    with core.database.read() as rows:
        return meta.get(rows, key)


# Through the browser ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sign_in_through_the_browser_becomes_a_book_that_syncs_and_opens_again(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    trial = tried(served)
    core = bootstrap.connect(
        tmp_path / "book", trial.account, trial.secret, tried=trial, passphrase=PASSPHRASE, whole_team=True
    )
    assert core is not None
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    assert Tokens(**kept(core, "secret")).client_secret == SECRET
    core.close()

    again = bootstrap.open_with(tmp_path / "book", PASSPHRASE)
    assert (again.account.way, again.account.client_id) == ("browser", "app-1")
    assert again.account.user == "nora@sales.example"
    assert bootstrap.sync_once(again).phase is Phase.IDLE
    again.close()


def test_what_was_tried_tells_who_where_and_what_is_open(served: FakeServer, hubspot: FakeHubSpot) -> None:
    trial = tried(served)

    assert trial.user_name.startswith("Nora")
    assert (trial.user_id, trial.vendor.casefold()) == ("11", "hubspot")
    assert str(hubspot.portal) in trial.tenant
    assert trial.rights[Kind.PERSON] is Right.WRITE
    assert trial.skew_s is not None
    assert abs(trial.skew_s) < 60
    assert SECRET not in repr(trial)
    assert trial.secret.access not in repr(trial)


def test_a_clock_that_is_off_is_told(served: FakeServer, hubspot: FakeHubSpot) -> None:
    hubspot.now += 600

    trial = bootstrap.try_out(replace(account_at(served), way="key", user="nora@sales.example"), "key-nora")

    assert trial.skew_s is not None
    assert 590 < trial.skew_s < 615


def test_a_kind_that_may_not_be_read_is_told_as_such(served: FakeServer, hubspot: FakeHubSpot) -> None:
    hubspot.keys["key-nora"].closed = {"deals", "leads"}

    trial = bootstrap.try_out(replace(account_at(served), way="key", user="nora@sales.example"), "key-nora")

    assert trial.rights[Kind.DEAL] is Right.NONE
    assert trial.rights[Kind.PERSON] is Right.WRITE


def test_tokens_that_end_are_renewed_in_the_middle_of_a_day_and_kept(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    before = kept(core, "secret")
    for key in hubspot.keys.values():
        key.ends_at = 0

    assert bootstrap.sync_once(core).phase is Phase.IDLE
    after = kept(core, "secret")
    core.close()

    assert after["refresh"] != before["refresh"]
    assert after["refresh"] in hubspot.refresh_tokens
    again = bootstrap.open_profile(tmp_path / "book", QUICK)
    assert bootstrap.sync_once(again).phase is Phase.IDLE
    again.close()


def test_revoked_the_sync_asks_for_a_person_who_comes_back_through_the_browser(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    hubspot.refresh_tokens.clear()
    for key in hubspot.keys.values():
        key.ends_at = 0
    status = bootstrap.sync_once(core)
    assert status.phase is Phase.SIGN_IN
    assert status.problem is not None
    assert "Sign in again" in status.problem.title

    bootstrap.browser_again(core, nora().open)

    assert bootstrap.sync_once(core).phase is Phase.IDLE
    assert kept(core, "secret")["client_secret"] == SECRET, "the app's secret is typed once"
    core.close()


def test_a_network_that_fails_while_renewing_keeps_the_sign_in(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    for key in hubspot.keys.values():
        key.ends_at = 0
    served.fail(when=lambda request: "/oauth/" in request.path, instead=Reply(502, b"", kind="text/html"), times=99)
    before = kept(core, "secret")

    assert bootstrap.sync_once(core).phase is Phase.OFFLINE
    assert kept(core, "secret") == before

    served.faults.clear()
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    core.close()


def test_signing_out_erases_the_book_and_ends_the_sign_in_at_the_crm_too(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    account, tokens = core.account, core.tokens().now()
    core.close()
    assert tokens.refresh in hubspot.refresh_tokens

    bootstrap.sign_out(tmp_path / "book", account, tokens)

    assert tokens.refresh not in hubspot.refresh_tokens
    assert not (tmp_path / "book").exists()


def test_signing_out_needs_no_network(tmp_path: Path, served: FakeServer) -> None:
    core = connected(tmp_path / "book", served)
    account, tokens = core.account, core.tokens().now()
    core.close()
    served.close()

    bootstrap.sign_out(tmp_path / "book", account, tokens)

    assert not (tmp_path / "book").exists()


def test_only_the_ways_through_the_browser_have_addresses_to_register() -> None:
    assert bootstrap.return_addresses(Account("odoo", "https://crm.example")) == ()
    assert bootstrap.return_addresses(Account("espocrm", "https://crm.example", way="password")) == ()
    for connector in ("hubspot", "salesforce"):
        addresses = bootstrap.return_addresses(Account(connector, way="browser", client_id="x"))
        assert all(each.startswith(("http://localhost", "http://127.0.0.1")) for each in addresses)
        assert addresses


def test_a_crm_without_that_way_says_so() -> None:
    browser = nora()

    with pytest.raises(CannotConnect):
        bootstrap.browser_sign_in(Account("odoo", "https://crm.example"), "", browser.open)

    assert browser.opened == []


# A book stays with its place and its user ───────────────────────────────────────────────────────────────────────────


def test_a_book_is_bound_from_its_first_moment_on(tmp_path: Path, served: FakeServer) -> None:
    trial = tried(served)
    core = bootstrap.create_profile(tmp_path / "book", QUICK, trial.account, trial.secret, found=trial)

    assert kept(core, "account") == [trial.vendor, trial.tenant, trial.user_id]
    core.close()


def test_a_sandbox_with_the_same_users_stops_the_sync_in_words_and_gets_nothing(
    tmp_path: Path, espo: tuple[FakeEspo, Account]
) -> None:
    _, account = espo
    core = bootstrap.connect(tmp_path / "book", account, "secret-ana", passphrase=PASSPHRASE)
    assert core is not None
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    sandbox = FakeEspo(time.time)
    sandbox.token(sandbox.user("ana"))
    with serving(sandbox.dialect, time.time) as elsewhere:
        core.renew(kept(core, "secret"), replace(account, url=elsewhere.url))

        status = bootstrap.sync_once(core)

        assert status.phase is Phase.STOPPED
        assert status.problem is not None
        assert status.problem.title == "This is another account’s copy"
        assert "Nothing was sent" in status.problem.advice
        assert not [each for each in elsewhere.asked if each.writes]
        core.close()


def test_an_account_behind_the_same_address_that_is_another_now_is_not_synced(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    connected(tmp_path / "book", served).close()
    hubspot.portal = 9_000_245
    core = bootstrap.open_profile(tmp_path / "book", QUICK)
    asked = hubspot.writes

    status = bootstrap.sync_once(core)
    core.close()

    assert status.phase in (Phase.STOPPED, Phase.SIGN_IN)
    assert status.problem is not None
    assert hubspot.writes == asked


def test_signing_in_again_to_a_sandbox_is_refused_and_changes_nothing(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    before = kept(core, "secret")
    hubspot.portal = 9_000_245

    with pytest.raises(CannotConnect) as caught:
        bootstrap.browser_again(core, nora().open)

    assert caught.value.problem.title == "That leads to another CRM than this book’s"
    assert caught.value.field == "url"
    assert kept(core, "secret") == before
    core.close()


@pytest.mark.parametrize(
    ("way", "title"), [("key", "That is somebody else’s key"), ("browser", "Somebody else is signed in there")]
)
def test_a_colleagues_sign_in_is_refused_and_changes_nothing(
    tmp_path: Path, served: FakeServer, way: str, title: str
) -> None:
    core = connected(tmp_path / "book", served)
    core.account = replace(core.account, user="bruno@sales.example", way=way)
    before = kept(core, "secret")

    with pytest.raises(CannotConnect) as caught:
        bootstrap.sign_in_again(core, "key-admin")

    assert caught.value.problem.title == title
    assert kept(core, "secret") == before
    core.close()


# Passwords, keys and second steps ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def espo() -> Iterator[tuple[FakeEspo, Account]]:
    crm = FakeEspo(time.time)
    crm.user("ana")
    with serving(crm.dialect, time.time) as server:
        yield crm, Account("espocrm", server.url, user="ana", way="password")


def test_a_password_is_used_once_and_never_kept(tmp_path: Path, espo: tuple[FakeEspo, Account]) -> None:
    _, account = espo
    core = bootstrap.connect(tmp_path / "book", account, "secret-ana", passphrase=PASSPHRASE)
    assert core is not None

    assert kept(core, "secret") != "secret-ana"
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    core.close()


def test_a_second_step_asks_for_its_code_and_goes_on(espo: tuple[FakeEspo, Account]) -> None:
    crm, account = espo
    crm.codes["ana"] = "123456"

    with pytest.raises(CannotConnect) as caught:
        bootstrap.try_out(account, "secret-ana")
    assert caught.value.field == "code"
    assert isinstance(caught.value.__cause__, SecondFactorNeeded)
    assert caught.value.problem.title == "The CRM asks for a code"

    assert bootstrap.try_out(account, "secret-ana", code="123456").secret != "secret-ana"


def test_a_trial_that_is_no_longer_wanted_asks_for_no_more(espo: tuple[FakeEspo, Account]) -> None:
    _, account = espo

    trial = bootstrap.try_out(account, "secret-ana", wanted=lambda: False)

    assert trial.user_id


# Older books, other languages, the start ────────────────────────────────────────────────────────────────────────────


def test_a_book_from_before_there_were_ways_opens_with_its_key(tmp_path: Path) -> None:
    account = Account("odoo", "https://crm.example", "sales", "ana")
    core = bootstrap.create_profile(tmp_path / "book", QUICK, account, "old key")
    with core.database.write() as write:
        old = {name: getattr(account, name) for name in ("connector", "url", "database", "user")}
        meta.put(write, "crm", old)
        meta.put(write, "secret", "old key")
    core.close()

    again = bootstrap.open_profile(tmp_path / "book", QUICK)

    assert again.account == account
    assert again.tokens().now() == Tokens("old key")
    again.close()


def test_a_wrong_database_is_shown_beside_its_field_in_every_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class German:
        def gettext(self, message: str) -> str:
            return "Es gibt dort keine solche Datei" if message.startswith("There is no data") else message

        def ngettext(self, one: str, many: str, n: int) -> str:
            return one if n == 1 else many

    def told(request: object) -> Reply:
        return Reply(200, {"id": 1, "result": "8.2"})

    language.speak(German(), "de")
    try:
        with serving(told, time.time) as server, pytest.raises(CannotConnect) as caught:
            bootstrap.check(Account("tryton", server.url, "no/such", "ana"), "pw")
    finally:
        language.speak(None)

    assert caught.value.problem.title == "Es gibt dort keine solche Datei"
    assert caught.value.field == "database"


def test_a_book_that_was_away_too_long_opens_through_the_browser(
    tmp_path: Path, served: FakeServer, hubspot: FakeHubSpot
) -> None:
    core = connected(tmp_path / "book", served)
    with core.database.write() as write:
        for fact in ("synced_at", "known_at", "latest_at"):
            meta.put(write, fact, int(time.time()) - 40 * 86_400)
    core.close()
    hubspot.refresh_tokens.clear()
    for key in hubspot.keys.values():
        key.ends_at = 0

    with pytest.raises(LeaseEnded) as caught:
        bootstrap.open_with(tmp_path / "book", PASSPHRASE)
    assert caught.value.refused
    assert caught.value.way == "browser"

    opened = bootstrap.open_with(tmp_path / "book", PASSPHRASE, open_browser=nora().open)
    assert bootstrap.sync_once(opened).phase is Phase.IDLE
    opened.close()


def test_opening_a_book_imports_nothing_of_signing_in() -> None:
    code = (
        "import sys; from companion import bootstrap; bootstrap.demo_book(synced=False).close();"
        "print([name for name in ('authlib', 'http.server', 'companion.connectors.sign_in') if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert told.stdout.strip() == "[]"
