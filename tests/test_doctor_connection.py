"""`companion doctor --connection`: why a connection does not work, in words for support, and never a secret."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from companion import bootstrap, credentials, doctor
from companion.bootstrap import Core
from companion.connectors.hubspot.wire import SUNSET
from companion.connectors.reach import Means
from companion.domain.account import Account
from companion.domain.finding import Finding
from companion.domain.records import Kind
from companion.store import meta
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.fake_server import Reply, Request
from tests.connectors.hubspot.bench import HubSpotBench
from tests.test_cli import PASSPHRASE, closed_port

CANARY = "canary-api-key-4711"


class Office:
    """A book of Ana's, connected to an EspoCRM on loopback."""

    def __init__(self, folder: Path) -> None:
        self.bench = EspoBench()
        self.folder = folder
        account = self.bench.account
        token = self.bench.espo.token(self.bench.ana)
        self.core = self._book(account, token)

    def _book(self, account: Account, secret: str) -> Core:
        vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
        core = bootstrap.create_profile(self.folder, vault, account, secret)
        found = self.bench.connector().describe()
        with core.database.write() as write:
            meta.put(write, "account", [found.vendor, found.tenant, found.user_id])
        return core

    def looked(self) -> list[Finding]:
        return list(doctor.connection(self.core, Means(time.monotonic, lambda: self.bench.now, proxies=dict)))

    def with_secret(self, secret: str) -> None:
        with self.core.database.write() as write:
            meta.put(write, "secret", secret)

    def known_as(self, place: int, other: str) -> None:
        with self.core.database.write() as write:
            known = meta.get(write, "account")
            known[place] = other
            meta.put(write, "account", known)

    def close(self) -> None:
        self.core.close()
        self.bench.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "data" / "Companion" / "profiles" / "default")
    yield made
    made.close()


def troubles(found: list[Finding]) -> list[str]:
    return [each.what for each in found if not each.well]


def told(found: list[Finding]) -> str:
    return "\n".join(each.line for each in found)


def test_a_connection_that_works_tells_the_way_the_key_the_version_and_each_right(office: Office) -> None:
    found = office.looked()

    words = told(found)
    assert troubles(found) == []
    assert "The CRM accepts the key" in words
    assert "It is EspoCRM 8.4.2, which Companion speaks with" in words
    assert "Companies: Read and write" in words
    assert "Marketing touches: Read only" in words


def test_a_key_that_is_no_longer_accepted(office: Office) -> None:
    office.with_secret(CANARY)

    found = office.looked()

    assert troubles(found) == ["The CRM does not accept the key"]
    assert "The server answers" in told(found), "the way there is told to be open"


def test_a_key_of_a_colleagues_and_a_key_to_another_place(office: Office) -> None:
    office.known_as(2, "somebody-else")
    assert "The key is somebody else’s" in troubles(office.looked())

    office.known_as(1, "https://sandbox.example")
    assert "The key leads to another CRM than this book’s" in troubles(office.looked())


def test_a_kind_that_is_closed_to_the_rep(office: Office) -> None:
    office.bench.administrator.forbid(Kind.DEAL)

    found = office.looked()

    assert troubles(found) == ["Deals: Not open to you"]
    assert "Ask your administrator" in next(each.advice for each in found if not each.well)


def test_a_sign_in_page_of_the_network_instead_of_the_crm(office: Office) -> None:
    page = Reply(200, b"<h1>Welcome to the hotel</h1>", kind="text/html")
    office.bench.server.fail(instead=page, times=99)

    found = office.looked()

    assert troubles(found) == ["127.0.0.1 answered with a web page"]
    assert "Your network may want you to sign in first" in found[-1].advice


def test_a_server_that_is_too_old(office: Office) -> None:
    def turn(reply: Reply) -> Reply:
        return Reply(reply.status, reply.raw.replace(b"8.4.2", b"5.0.1"), reply.headers, reply.kind)

    def asks_who(request: Request) -> bool:
        return "App/user" in request.path

    office.bench.server.fail(when=asks_who, turn=turn, times=99)

    found = office.looked()

    assert len(troubles(found)) == 1
    assert "5.0.1" in told(found)


@pytest.mark.parametrize(("days_before", "well"), [(400, True), (181, True), (179, False), (-1, False)])
def test_the_announced_end_of_a_version_is_told_and_is_a_trouble_when_it_comes_near(
    tmp_path: Path, days_before: int, well: bool
) -> None:
    bench = HubSpotBench()
    bench.now = datetime.fromisoformat(f"{SUNSET}T12:00:00+00:00").timestamp() - days_before * 86_400
    account = Account("hubspot", bench.server.url, "245", "nora@sales.example", "key")
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    core = bootstrap.create_profile(tmp_path / "profiles" / "default", vault, account, "key-nora")

    found = list(doctor.connection(core, Means(time.monotonic, lambda: bench.now, proxies=dict)))
    core.close()
    bench.close()

    (end,) = [each for each in found if "ends this version of its interface on 8 Mar 2028" in each.what]
    assert end.well is well
    assert bool(end.advice) is not well
    assert "It is HubSpot 2026-09, which Companion speaks with" in told(found)


def test_nobody_is_named_and_no_secret_is_told_whatever_goes_wrong(office: Office) -> None:
    everything = told(office.looked())
    office.with_secret(CANARY)
    everything += told(office.looked())
    office.bench.server.fail(instead=Reply(403, {"message": CANARY, "token": CANARY}), times=99)
    everything += told(office.looked())
    office.bench.server.close()
    everything += told(office.looked())

    assert CANARY not in everything
    for name in ("Ana", "ana", "Firm", "Ada"):
        assert name not in everything


# In the terminal ────────────────────────────────────────────────────────────────────────────────────────────────────


def run(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The verb as support asks a rep to type it."""
    hidden = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"HOME": str(home), "PYTHON_KEYRING_BACKEND": "", "HTTPS_PROXY": f"http://ana:{CANARY}@proxy.example:3128"}
    env |= {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    return subprocess.run(
        [sys.executable, "-m", "ui", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        env=env,
        timeout=120,
        check=False,
    )


def test_the_verb_asks_no_network_unless_told_to(office: Office, tmp_path: Path) -> None:
    office.core.close()
    asked = len(office.bench.server.asked)

    done = run(tmp_path, "doctor", typed=f"{PASSPHRASE}\n")

    assert len(office.bench.server.asked) == asked
    assert "127.0.0.1" not in done.stdout


def test_the_verb_tells_the_page_and_no_secret(office: Office, tmp_path: Path) -> None:
    office.with_secret(CANARY)
    office.core.close()

    done = run(tmp_path, "doctor", "--connection", typed=f"{PASSPHRASE}\n")

    assert done.returncode == 1
    assert "look  The CRM does not accept the key" in done.stdout
    assert "ok    The server answers" in done.stdout
    assert CANARY not in done.stdout + done.stderr
    assert PASSPHRASE not in done.stdout + done.stderr


def test_an_address_can_be_looked_at_before_there_is_a_book(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--connection", f"https://127.0.0.1:{closed_port()}")

    assert done.returncode == 1
    assert "look  Nothing answers at 127.0.0.1" in done.stdout
    assert "look  This computer has a proxy (proxy.example:3128), and Companion goes without it" in done.stdout
    assert CANARY not in done.stdout
