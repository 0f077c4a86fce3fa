"""S-15: who signs out while changes wait can carry them in a file, and bring them back into a new book."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import parting
from companion.domain.key_problems import KeyFileDamaged, WeakPassphrase, WrongKey
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import meta
from tests.sync.world import COLLEAGUE, World

PASSPHRASE = "correct horse battery"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An office with a rep who has worked offline."""
    (tmp_path / "one").mkdir()
    made = World(tmp_path / "one")
    made.sync()
    yield made
    made.database.close()


def anew(world: World, folder: Path) -> World:
    """The same rep with a fresh book on another computer, the same CRM."""
    folder.mkdir()
    fresh = World(folder)
    fresh.crm = world.crm
    fresh.now = world.now
    fresh.database.close()
    fresh.open()
    fresh.sync()
    return fresh


def work(world: World) -> None:
    """A call with somebody new, an edit, and a conflict: in three states."""
    person = world.create(Kind.PERSON, {}, name="Nils Newcomer")
    world.create(Kind.ACTIVITY, {"person": person}, what="call", body="Wants a quote", done=True)
    world.edit(Kind.DEAL, "D1", amount=123_00)
    world.edit(Kind.DEAL, "D2", amount=99)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D2", amount=98)


def test_what_waited_arrives_once_from_another_computer(world: World, tmp_path: Path) -> None:
    work(world)
    file = tmp_path / f"mine{parting.ENDING}"

    assert parting.carry_out(world.database, file, PASSPHRASE) == 4
    assert b"Newcomer" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    other = anew(world, tmp_path / "two")
    carried = parting.bring_back(other.database, file, PASSPHRASE, int(other.now))
    assert carried == parting.Carried(4, 0, 0)
    again = parting.bring_back(other.database, file, PASSPHRASE, int(other.now))
    assert again == parting.Carried(0, 4, 0)

    for _ in range(4):
        other.pass_time(1000)
        other.sync()

    people = [row for row in world.crm.rows(Kind.PERSON) if row.fields.get("name") == "Nils Newcomer"]
    calls = [row for row in world.crm.rows(Kind.ACTIVITY) if row.fields.get("body") == "Wants a quote"]
    assert len(people) == len(calls) == 1
    assert calls[0].links["person"] == people[0].id
    deal = world.crm.row(Kind.DEAL, "D1")
    assert deal is not None
    assert deal.fields["amount"] == 123_00
    assert [op.values for op in other.ops(OpState.CONFLICT)] == [{"amount": 99}]
    other.database.close()


def test_two_computers_that_bring_back_the_same_file_make_no_double(world: World, tmp_path: Path) -> None:
    work(world)
    file = tmp_path / f"mine{parting.ENDING}"
    parting.carry_out(world.database, file, PASSPHRASE)

    for name in ("two", "three"):
        other = anew(world, tmp_path / name)
        parting.bring_back(other.database, file, PASSPHRASE, int(other.now))
        for _ in range(3):
            other.pass_time(1000)
            other.sync()
        other.database.close()

    assert sum(row.fields.get("body") == "Wants a quote" for row in world.crm.rows(Kind.ACTIVITY)) == 1
    assert sum(row.fields.get("name") == "Nils Newcomer" for row in world.crm.rows(Kind.PERSON)) == 1


def test_a_wrong_passphrase_a_weak_one_and_a_damaged_file_change_nothing(world: World, tmp_path: Path) -> None:
    work(world)
    file = tmp_path / f"mine{parting.ENDING}"
    with pytest.raises(WeakPassphrase):
        parting.carry_out(world.database, file, "short")
    parting.carry_out(world.database, file, PASSPHRASE)
    with pytest.raises(FileExistsError):
        parting.carry_out(world.database, file, PASSPHRASE)
    before = world.ops(*OpState)

    with pytest.raises(WrongKey):
        parting.bring_back(world.database, file, "another passphrase", int(world.now))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(WrongKey):
        parting.bring_back(world.database, file, PASSPHRASE, int(world.now))
    file.write_bytes(b"something else")
    with pytest.raises(KeyFileDamaged):
        parting.bring_back(world.database, file, PASSPHRASE, int(world.now))
    assert world.ops(*OpState) == before


def test_changes_of_another_account_are_not_taken(world: World, tmp_path: Path) -> None:
    work(world)
    file = tmp_path / f"mine{parting.ENDING}"
    parting.carry_out(world.database, file, PASSPHRASE)
    other = anew(world, tmp_path / "two")
    with other.database.write() as write:
        meta.put(write, "account", ["demo", "another", "U2"])

    with pytest.raises(parting.AnotherAccount):
        parting.bring_back(other.database, file, PASSPHRASE, int(other.now))
    assert not other.ops(*OpState)
    other.database.close()
