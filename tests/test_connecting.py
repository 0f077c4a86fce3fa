"""Connecting a CRM: whatever is wrong is told in words beside its field, and nothing is stored before it works."""

from __future__ import annotations

import json
import math
import socket
import ssl
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace

from companion import bootstrap, connecting, credentials
from companion.bootstrap import Account
from companion.connectors import registry
from companion.connectors.base import (
    ApiSunset,
    ConnectorError,
    Description,
    Misconfigured,
    RateLimited,
    SignInNeeded,
    Unreachable,
)
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.tokens import Tokens
from companion.domain.problems import CannotConnect
from companion.domain.trial import Trial
from tests.connectors.loopback import answer, serving
from tests.sync.world import REP, small_book

PASSPHRASE = "correct horse battery"


def odoo(url: str, database: str = "sales") -> Account:
    return Account("odoo", url, database, "ana")


def known(account: Account, secret: str | Tokens, code: str = "") -> Trial:
    """What a CRM that knows everybody tells."""
    return Trial(account, secret, "5", "Ana", "18.0", {}, vendor="odoo", tenant="sales")


def trouble(folder: Path, account: Account, secret: str = "key") -> CannotConnect:
    with pytest.raises(CannotConnect) as caught:
        bootstrap.connect(folder / "book", account, secret, passphrase=PASSPHRASE)
    assert not (folder / "book").exists()
    return caught.value


def old_odoo(request: bytes) -> bytes:
    """An Odoo 18 with one database, 'sales', and one key, 'key'."""
    head, _, body = request.partition(b"\r\n\r\n")
    path = head.split(b" ")[1].decode()
    if path == "/web/webclient/version_info":
        return answer(json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"server_version": "18.0"}}).encode())
    if path != "/jsonrpc":
        return answer(b"not found", status="404 Not Found", kind="text/plain")
    database, _, key, *_ = json.loads(body)["params"]["args"]
    if database != "sales":
        error = {"code": 200, "message": "Odoo Server Error", "data": {"name": "psycopg2.OperationalError"}}
        return answer(json.dumps({"jsonrpc": "2.0", "id": 1, "error": error}).encode())
    return answer(json.dumps({"jsonrpc": "2.0", "id": 1, "result": 5 if key == "key" else False}).encode())


def test_nobody_listens_at_the_address(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    found = trouble(tmp_path, odoo(f"http://127.0.0.1:{port}"))

    assert (found.field, found.problem.title) == ("url", "Nothing answers at 127.0.0.1")


def test_an_address_that_is_not_the_crms(tmp_path: Path) -> None:
    with serving(lambda request: answer(b"<h1>Welcome</h1>", kind="text/html")) as place:
        found = trouble(tmp_path, odoo(place.url("")))

    assert found.field == "url"
    assert found.problem.title


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    with serving(lambda request: answer(), context=context) as place:
        found = trouble(tmp_path, odoo(place.url("")))

    assert (found.field, found.problem.title) == ("url", "This computer does not trust 127.0.0.1")
    assert place.asked == []


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    with serving(old_odoo) as place:
        found = trouble(tmp_path, odoo(place.url(""), "nope"))

    assert (found.field, found.problem.title) == ("database", "There is no database called nope there")


def test_a_key_that_is_not_accepted(tmp_path: Path) -> None:
    with serving(old_odoo) as place:
        found = trouble(tmp_path, odoo(place.url("")), "wrong")

    assert (found.field, found.problem.title) == ("secret", "Odoo does not accept that API key")
    assert "changes are safe" not in found.problem.advice


def test_a_server_that_is_too_old(tmp_path: Path) -> None:
    body = json.dumps({"version": "14.0"}).encode()
    with serving(lambda request: answer(body)) as place:
        found = trouble(tmp_path, odoo(place.url("")))

    assert found.field == "url"
    assert "Odoo 14.0" in found.problem.advice


@pytest.mark.parametrize("told", [math.nan, math.inf, 1e18])
def test_a_time_that_can_not_be_says_nothing_of_this_computers_clock(
    monkeypatch: pytest.MonkeyPatch, told: float
) -> None:
    class Strange(DemoConnector):
        def describe(self) -> Description:
            return replace(super().describe(), server_time=told)

    crm = DemoCrm(lambda: 1_795_000_000.0)
    crm.load(small_book())
    monkeypatch.setattr(registry, "sign_in", lambda http, account, secret, code: (account, secret))
    monkeypatch.setattr(registry, "open_connector", lambda *_, **__: Strange(crm, REP))

    found = connecting.look(odoo("https://crm.example"), "key", connecting.Clocks(lambda: 0.0, lambda: 1_795_000_000.0))

    assert found.skew_s is None


@pytest.mark.parametrize("error", [Unreachable(), RateLimited(after_s=5), SignInNeeded(), ApiSunset(), Misconfigured()])
def test_every_error_of_a_connector_has_words_for_a_first_run(
    error: ConnectorError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Account:
        raise error

    monkeypatch.setattr(registry, "sign_in", fail)

    found = trouble(tmp_path, odoo("https://crm.example"))

    assert found.problem.title
    assert found.problem.advice
    assert found.field in ("url", "database", "secret", "")


def test_without_keyring_and_passphrase_nothing_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "check", known)
    # The desktop of whoever runs this may have one.
    monkeypatch.setattr(credentials, "ALLOWED_BACKENDS", ())

    with pytest.raises(CannotConnect) as caught:
        bootstrap.connect(tmp_path / "book", odoo("https://crm.example"), "key")

    assert caught.value.field == "keyring"
    assert not (tmp_path / "book").exists()


def test_cancelled_at_the_last_moment_nothing_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "check", known)

    made = bootstrap.connect(
        tmp_path / "book", odoo("https://crm.example"), "key", passphrase=PASSPHRASE, wanted=lambda: False
    )

    assert made is None
    assert not (tmp_path / "book").exists()


def test_what_an_interrupted_start_left_is_no_obstacle_and_a_book_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "check", known)
    place, account = tmp_path / "book", odoo("https://crm.example")
    made = bootstrap.connect(place, account, "key", passphrase=PASSPHRASE)
    assert made is not None
    made.close()
    before = (place / bootstrap.BOOK).read_bytes()

    with pytest.raises(CannotConnect, match="There is a book here already"):
        bootstrap.connect(place, account, "key", passphrase=PASSPHRASE)
    assert (place / bootstrap.BOOK).read_bytes() == before

    for left in place.iterdir():
        if left.name != "key.json":
            left.unlink()
    again = bootstrap.connect(place, account, "key", passphrase=PASSPHRASE)
    assert again is not None
    again.close()
