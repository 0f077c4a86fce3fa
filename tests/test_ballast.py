"""The disk is full: the ballast makes room for a thousand notes and a copy of them, and comes back with the room."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion.ballast import Ballast
from companion.database import DiskFull
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import notices
from companion.upkeep import look_after
from tests.rig.damage import Office, begun
from tests.small_disk import FILLER, fill, small_disk

NOTE = "Wants the quote by Friday, with the option for twelve months. " * 5


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    with small_disk(tmp_path / "disk", 24) as disk:
        yield disk


@pytest.fixture
def office(disk: Path) -> Iterator[Office]:
    """A synced book on it, with its ballast."""
    office = Office(begun(disk / "profile"))
    office.sync()
    look_after(office.database, office.path.parent, int(office.now))
    assert Ballast(office.path.parent).is_whole
    yield office
    office.database.close()


def told(office: Office) -> list[str]:
    with office.database.read() as rows:
        return [each.kind for each in notices.open_ones(rows)]


def test_a_thousand_notes_more_and_a_copy_find_room_on_a_full_disk(office: Office, disk: Path) -> None:
    fill(disk)

    saved = [office.create(Kind.ACTIVITY, {}, what="note", body=f"{number} {NOTE}") for number in range(1000)]
    office.database.copy_to(disk / "export.db")

    assert len(saved) == 1000
    assert told(office) == ["disk_full"]
    assert not Ballast(office.path.parent).is_whole


def test_with_nothing_left_a_save_is_refused_whole_and_the_book_goes_on(office: Office, disk: Path) -> None:
    fill(disk)
    Ballast(office.path.parent).release()
    fill(disk)
    before = len(office.ops(*OpState))

    refused = 0
    for number in range(20):
        try:
            office.create(Kind.ACTIVITY, {}, what="note", body=f"{number} {'x' * 20_000}")
        except DiskFull:
            refused += 1
    kept = len(office.ops(*OpState)) - before

    assert refused > 0
    assert kept == 20 - refused
    (disk / FILLER).unlink()
    office.create(Kind.ACTIVITY, {}, what="note", body="with room again")
    office.restart()
    assert len(office.ops(*OpState)) == before + kept + 1
    assert office.settle().waiting == 0
    assert len(office.made(Kind.ACTIVITY)) == kept + 1


def test_with_room_again_the_ballast_comes_back_and_the_notice_goes(office: Office, disk: Path) -> None:
    fill(disk)
    office.create(Kind.ACTIVITY, {}, what="note", body=NOTE)
    assert told(office) == ["disk_full"]
    look_after(office.database, office.path.parent, int(office.now))
    assert told(office) == ["disk_full"]

    (disk / FILLER).unlink()
    look_after(office.database, office.path.parent, int(office.now))

    assert told(office) == []
    assert Ballast(office.path.parent).is_whole


def test_half_a_ballast_is_none(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    ballast.file.write_bytes(b"x")

    assert not ballast.is_whole
    assert ballast.make() == (shutil.disk_usage(tmp_path).free > 12 * 1024 * 1024)
    assert ballast.is_whole
