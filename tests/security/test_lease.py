"""S-17: a laptop that never sees the CRM again closes its book after thirty days, and loses nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from companion import bootstrap, credentials
from companion.bootstrap import Account, Core
from companion.domain.key_problems import LeaseEnded
from companion.store import meta
from tests.connectors.loopback import serving
from tests.connectors.odoo.fake_odoo import FakeOdoo
from tests.connectors.odoo.served import over_http

PASSPHRASE = "correct horse battery"
THEN = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


def at(**later: float) -> Callable[[], datetime]:
    return lambda: THEN + timedelta(**later)


def knows(*keys: str) -> Callable[[bytes], bytes]:
    """An Odoo that accepts these keys."""
    odoo = FakeOdoo(THEN.timestamp)
    odoo.keys = dict.fromkeys(keys, 5)
    return over_http(odoo)


def profile(folder: Path, url: str) -> None:
    """A book that was synced once."""
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    core = bootstrap.create_profile(folder, vault, Account("odoo", url, "books", "ana"), "old key", at())
    with core.database.write() as write:
        meta.put(write, "synced_at", int(THEN.timestamp()))
    core.close()


def opened(folder: Path, key: str = "", **later: float) -> Core:
    return bootstrap.open_with(folder, PASSPHRASE, key, clock=at(**later))


def test_within_thirty_days_the_book_opens_without_the_crm(tmp_path: Path) -> None:
    profile(tmp_path, "http://127.0.0.1:9")

    opened(tmp_path, days=29).close()


def test_after_thirty_days_without_a_network_it_stays_closed_and_whole(tmp_path: Path) -> None:
    profile(tmp_path, "http://127.0.0.1:9")
    before = (tmp_path / "key.json").read_bytes()

    with pytest.raises(LeaseEnded) as caught:
        opened(tmp_path, days=31)

    assert not caught.value.refused
    assert "31 days" in caught.value.advice
    assert (tmp_path / "key.json").read_bytes() == before
    opened(tmp_path, days=20).close()


def test_when_the_crm_still_knows_the_user_nobody_is_asked(tmp_path: Path) -> None:
    with serving(knows("old key")) as crm:
        profile(tmp_path, crm.url("").rstrip("/"))
        opened(tmp_path, days=31).close()
    opened(tmp_path, days=60).close()


def test_a_key_that_was_withdrawn_opens_nothing_and_a_new_one_is_kept(tmp_path: Path) -> None:
    with serving(knows("new key")) as crm:
        profile(tmp_path, crm.url("").rstrip("/"))
        with pytest.raises(LeaseEnded) as caught:
            opened(tmp_path, days=40)
        assert caught.value.refused

        opened(tmp_path, "new key", days=40).close()

    core = opened(tmp_path, days=41)
    with core.database.read() as rows:
        assert meta.get(rows, "secret") == "new key"
    core.close()
