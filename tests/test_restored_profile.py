"""A profile's folder that comes back from a backup, or stands on another computer, as its owner meets it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from companion import bootstrap, generation
from companion.actions.answer_notice import answer_notice
from companion.actions.log_activity import LogEntry, log_activity
from companion.actions.undo import undo
from companion.bootstrap import Account, Core
from companion.connectors.base import Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.switches import DemoSwitches
from companion.credentials import PassphraseVault
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import notices, records
from tests.sync.world import REP, small_book

QUICK = PassphraseVault("correct horse", seconds=0.0, memory_kib=8)


class Owner:
    """One profile, its CRM, and the folder's backup."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "profile"
        self.backup = folder / "backup"
        self.crm = DemoCrm(
            lambda: bootstrap.wall_clock().timestamp(), DemoSwitches(identity=Identity.IDEMPOTENCY_KEY, key_life_s=0)
        )
        self.crm.load(small_book())
        core = bootstrap.create_profile(self.folder, QUICK, Account("demo"), "no secret")
        self._connected(core)
        bootstrap.sync_once(core)
        core.close()

    def open(self) -> Core:
        """As the app opens it."""
        return self._connected(bootstrap.open_profile(self.folder, QUICK))

    def log_a_call(self) -> None:
        """Logged, closed, and the folder backed up before anything leaves."""
        core = self.open()
        with core.database.read() as rows:
            person = records.local_ids(rows, Kind.PERSON, ["P1"])["P1"]
        log_activity(replace(core.desk(), hold_s=0), LogEntry("call", "Called"), person, None, "Logged")
        core.close()
        shutil.copytree(self.folder, self.backup)

    def restore(self) -> None:
        """The folder as it was."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.backup, self.folder)

    def _connected(self, core: Core) -> Core:
        core._connector = DemoConnector(self.crm, REP)
        return core

    @property
    def calls(self) -> int:
        """How many the CRM has."""
        return sum(row.fields.get("what") == "call" for row in self.crm.rows(Kind.ACTIVITY))


def kinds(core: Core) -> list[str]:
    with core.database.read() as rows:
        return [each.kind for each in notices.open_ones(rows)]


def test_a_folder_from_a_backup_sends_no_call_twice_and_says_that_it_was_restored(tmp_path: Path) -> None:
    owner = Owner(tmp_path)
    owner.log_a_call()
    core = owner.open()
    assert bootstrap.sync_once(core).waiting == 0
    core.close()
    assert owner.calls == 1

    owner.restore()
    core = owner.open()
    bootstrap.sync_once(core)
    status = bootstrap.sync_once(core)

    assert owner.calls == 1
    assert (status.waiting, kinds(core)) == (0, ["restored"])
    core.close()


def test_a_folder_on_another_computer_waits_for_its_owners_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Owner(tmp_path)
    owner.log_a_call()
    core = owner.open()
    bootstrap.sync_once(core)
    core.close()
    monkeypatch.setattr(generation, "_machine_id", lambda: "another computer")
    owner.restore()
    core = owner.open()

    status = bootstrap.sync_once(core)

    assert (status.phase, status.waiting, kinds(core)) == (Phase.STOPPED, 1, ["cloned"])
    assert answer_notice(core.desk(), "cloned", "", "here")
    assert bootstrap.sync_once(core).phase is Phase.STOPPED, "Undo still has its time"
    assert undo(core.desk()) is not None
    assert kinds(core) == ["cloned"]
    assert answer_notice(replace(core.desk(), hold_s=0), "cloned", "", "here")
    bootstrap.sync_once(core)
    status = bootstrap.sync_once(core)
    assert (status.waiting, owner.calls, kinds(core)) == (0, 1, [])
    core.close()


def test_the_demo_book_counts_nothing_and_asks_nothing() -> None:
    core = bootstrap.demo_book(synced=False)
    try:
        assert core.generations is None
        assert bootstrap.sync_once(core).phase is Phase.IDLE
        assert kinds(core) == []
    finally:
        core.close()
