"""The window over a book that is connected to a real CRM, by the real clock; and waiting for what comes by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import pytest
from PySide6.QtWidgets import QApplication

from companion import bootstrap
from companion.bootstrap import Account
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from companion.store.names import TABLES
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, opened

PASSPHRASE: Final = "corvid lantern ferry oat"
POLL_S: Final = 60.0
HERE = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Book:
    """A profile on the disk, connected once."""

    folder: Path

    def connect(self, account: Account, secret: str) -> SyncStatus:
        """Signs in and reads everything, as the first run does; then lets go of the file."""
        core = bootstrap.connect(self.folder, account, secret, passphrase=PASSPHRASE)
        assert core is not None
        try:
            return bootstrap.sync_once(core)
        finally:
            core.close()

    def sync(self) -> SyncStatus:
        """One cycle without a window."""
        core = bootstrap.open_with(self.folder, PASSPHRASE)
        try:
            return bootstrap.sync_once(core)
        finally:
            core.close()

    def ask(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """What the file says."""
        core = bootstrap.open_with(self.folder, PASSPHRASE)
        try:
            with core.database.read() as rows:
                return rows.all(sql, parameters)
        finally:
            core.close()

    def counts(self) -> Mapping[Kind, int]:
        """How many records of each kind are here and alive."""
        one = "SELECT count(*) FROM {} WHERE gone IS NULL AND remote_id IS NOT NULL"
        return {kind: int(self.ask(one.format(table))[0][0]) for kind, table in TABLES.items()}

    @contextmanager
    def window(self, qapp: QApplication) -> Iterator[Rep]:
        """The window over the book, polling once a minute."""
        core = bootstrap.open_with(self.folder, PASSPHRASE)
        with opened(qapp, core, replace(CALM, poll_minutes=1)) as rep:
            yield rep


def until(condition: Callable[[], object], what: str, patience_s: float = 30.0) -> float:
    """Lets the window live until something is so; returns the seconds it took. Nothing is touched meanwhile."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        if waited > patience_s:
            pytest.fail(f"not within {patience_s:.0f} s: {what}")
        QApplication.processEvents()
        time.sleep(0.02)
    return time.monotonic() - began


def foot(rep: Rep) -> str:
    """The words at the foot of the sidebar, as they are on the screen's model."""
    return rep.app.frame.foot[0]


def on_screen(rep: Rep) -> dict[str, str]:
    """Today's rows as a screen reader says them, by local id."""
    today = rep.app.today
    rows = [today.item(row) for row in range(today.rowCount())]
    return {item.row.id: item.look.spoken for item in rows if item is not None and item.row is not None}


def waiting(rep: Rep) -> int:
    """Changes that the CRM does not have yet."""
    with rep.core.database.read() as rows:
        return int(rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded')"))


@contextmanager
def core_process(folder: Path, person: str, deal: str, words: str = "") -> Iterator[subprocess.Popen[str]]:
    """A core of its own that logs one call and sends it; killed at the end if it still lives."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.logging_process", str(folder), person, deal, words],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    tell: IO[str] | None = process.stdin
    assert tell is not None
    tell.write(PASSPHRASE + "\n")
    tell.flush()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        tell.close()
        if process.stdout is not None:
            process.stdout.close()
