"""Signing in to a real EspoCRM and out of it, the doctor, and the first sync of a book."""

from __future__ import annotations

import base64
import hmac
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import bootstrap, connecting, credentials, doctor
from companion.connectors.base import Scope, SecondFactorNeeded, SignInNeeded
from companion.connectors.espocrm.connector import EspoConnector
from companion.connectors.espocrm.sign_in import sign_in
from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.core import Core
from companion.domain.account import Account
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import records
from tests.connectors.espocrm.live import server
from tests.connectors.espocrm.live.bench import LiveBench
from tests.connectors.espocrm.live.server import PASSWORD, REP

pytestmark = server.proof()

CLOCKS = connecting.Clocks(time.monotonic, time.time)
MANY = 450
"""More than two pages of the API's largest."""


# Signing in and out ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_password_lets_in_as_its_user_and_a_wrong_one_does_not(bench: LiveBench) -> None:
    typed = Account("espocrm", f" {bench.espo.url}/ ", user=REP, way="password")
    with Client(time.monotonic) as http:
        with pytest.raises(SignInNeeded) as refused:
            sign_in(http, typed, "wrong")
        account, token = sign_in(http, typed, PASSWORD)
        told = EspoConnector(http, account, token).describe()

    assert "does not accept" in refused.value.title
    assert token not in (PASSWORD, "")
    assert (account.url, told.user_id, told.version) == (bench.espo.url, bench.ana, bench.espo.version)


def test_signing_out_ends_the_token_on_the_server(bench: LiveBench) -> None:
    with Client(time.monotonic) as http:
        account, token = sign_in(http, bench.account, PASSWORD)
        EspoConnector(http, account, token).describe()

        connecting.revoke(account, Tokens(token), CLOCKS)

        with pytest.raises(SignInNeeded):
            EspoConnector(http, account, token).describe()
    assert bench.connector().describe().user_id == bench.ana, "the other tokens of the user go on"


def test_a_second_step_is_asked_for_and_its_code_lets_in(bench: LiveBench) -> None:
    secret = switch_on_second_step(bench)
    try:
        with Client(time.monotonic) as http:
            with pytest.raises(SecondFactorNeeded):
                sign_in(http, bench.account, PASSWORD)
            with pytest.raises(SignInNeeded) as wrong:
                sign_in(http, bench.account, PASSWORD, "000000")
            account, token = sign_in(http, bench.account, PASSWORD, code(secret))
            assert EspoConnector(http, account, token).describe().user_id == bench.ana
        assert not isinstance(wrong.value, SecondFactorNeeded)
    finally:
        body = {"auth2FA": False, "auth2FAMethod": None, "password": admins_password()}
        bench.espo.admin.ask("PUT", f"UserSecurity/{bench.ana}", body)
        bench.espo.admin.ask("PUT", "Settings/1", {"auth2FA": False})


def switch_on_second_step(bench: LiveBench) -> str:
    """As the user does in the own account; returns the secret of the codes."""
    bench.espo.admin.ask("PUT", "Settings/1", {"auth2FA": True, "auth2FAMethodList": ["Totp"]})
    me = bench.espo.people[bench.ana]
    about = {"id": bench.ana, "auth2FAMethod": "Totp", "password": PASSWORD}
    told = me.ask("POST", "UserSecurity/action/getTwoFactorUserSetupData", {**about, "reset": False})
    secret = str(told["auth2FATotpSecret"])
    on = {"auth2FA": True, "auth2FAMethod": "Totp", "code": code(secret), "password": PASSWORD}
    me.ask("PUT", f"UserSecurity/{bench.ana}", on)
    return secret


def code(secret: str) -> str:
    """The code of now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def admins_password() -> str:
    """The password of the variables."""
    return os.environ["COMPANION_ESPOCRM_PASSWORD"]


# A book of one's own ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def core(bench: LiveBench, tmp_path: Path) -> Iterator[Core]:
    """The rep's new profile on this computer."""
    vault = credentials.PassphraseVault("correct horse battery", seconds=0.0, memory_kib=64)
    found = bootstrap.check(bench.account, PASSWORD)
    made = bootstrap.create_profile(tmp_path / "book", vault, bench.account, bench.secret, found=found)
    yield made
    made.close()


def test_the_doctor_finds_nothing_wrong_with_the_connection(bench: LiveBench, core: Core) -> None:
    told = list(doctor.connection(core))

    assert all(each.well for each in told), told
    assert any(bench.espo.version in each.what for each in told)
    assert not any(bench.secret in str(each) for each in told)


def test_a_first_sync_brings_hundreds_of_records_and_the_second_only_what_is_new(bench: LiveBench, core: Core) -> None:
    bench.bo.burst(Kind.COMPANY, [f"Many {number}" for number in range(MANY)])
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    connector = bench.connector()
    for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY):
        with core.database.read() as rows:
            assert set(records.living(rows, kind)) == set(connector.ids(kind, Scope())), kind
    new = bench.bo.create(Kind.COMPANY, {"name": "Newcomer Ltd"}, {})
    assert bootstrap.sync_once(core).phase is Phase.IDLE
    with core.database.read() as rows:
        assert new in set(records.living(rows, Kind.COMPANY))
