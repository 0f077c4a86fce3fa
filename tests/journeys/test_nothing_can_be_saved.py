"""The disk is full while the rep logs a call: the window says so, the text stays, and with room again it is saved."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion.ballast import Ballast, follow
from companion.bootstrap import BOOK
from companion.database import Database, DiskFull
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened
from tests.small_disk import FILLER, fill, small_disk

MARTA = "Marta Ferreira"
KEPT = "Wants twelve months"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MiB."""
    with small_disk(tmp_path / "disk", 64) as disk:
        yield disk


@pytest.fixture
def rep(qapp: QApplication, disk: Path) -> Iterator[Rep]:
    """A rep whose book lies on the small disk."""
    core = demo_copy(Clock())
    key = core.database._key
    core.database.copy_to(disk / BOOK)
    core.database.close()
    shutil.rmtree(core.folder)
    with opened(qapp, replace(core, database=Database(disk / BOOK, key), folder=disk)) as working:
        yield working


def fill_up(rep: Rep, disk: Path) -> None:
    """To the last byte, also of the write-ahead log: what was folded into the file already would be written over.

    Nobody writes meanwhile: what tidies behind the window would give the ballast back while there is still room.
    """
    end = time.monotonic() + 10
    database = rep.core.database
    while True:
        with database._turn.taken(patient=True):
            if not database._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                fill(disk)
                return
        assert time.monotonic() < end, "somebody reads all the time"
        time.sleep(0.01)


def calls(rep: Rep) -> int:
    with rep.core.database.read() as rows:
        return int(rows.value("SELECT count(*) FROM outbox WHERE fields LIKE ?", (f"%{KEPT}%",)))


def test_a_call_that_can_not_be_saved_is_said_so_and_stays_in_the_form(rep: Rep, disk: Path, qtbot: QtBot) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C", "1")
    rep.type(KEPT)
    fill_up(rep, disk)

    with qtbot.captureExceptions() as raised:
        rep.press("Return")

    assert [kind for kind, _, _ in raised] == [DiskFull]
    assert rep.toast == ("Not saved. The disk of this computer is full. What you typed is still here.")
    assert rep.app.sheet.isVisible()
    assert rep.app.logging.text == KEPT
    assert calls(rep) == 0

    (disk / FILLER).unlink()
    rep.press("Return")

    assert not rep.app.sheet.isVisible()
    assert calls(rep) == 1


def test_with_ballast_the_call_is_saved_at_once_and_the_rep_is_told_of_the_disk(rep: Rep, disk: Path) -> None:
    ballast = follow(rep.core.database, disk, 0)
    assert ballast.make()
    rep.choose(rep.id_of(MARTA))
    rep.press("C", "1")
    rep.type(KEPT)
    fill_up(rep, disk)

    rep.press("Return")

    assert calls(rep) == 1
    assert not Ballast(disk).is_whole
    assert os.statvfs(disk).f_bavail > 0
