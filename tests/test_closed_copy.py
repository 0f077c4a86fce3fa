"""S-04: a book whose passphrase is forgotten is set aside whole, and comes back whole when the passphrase does."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import bootstrap, closed_copy, credentials, parting
from companion.bootstrap import Account
from companion.closed_copy import ClosedCopy, InUse, NotMoved, Occupied
from companion.connectors.base import Identity
from companion.connectors.demo.switches import DemoSwitches
from companion.database import Database, open_database
from companion.domain.key_problems import WrongKey
from companion.domain.records import Kind
from companion.parting import Carried
from companion.store import edits, meta
from companion.store.edits import Gesture
from tests.sync.world import COLLEAGUE, World

PASSPHRASE = "correct horse battery"
CANARY = "canary-note-7731"
DAY = dt.date(2026, 11, 22)
NOW = 1_795_000_000
ACCOUNT = Account("odoo", "https://canary-crm.example", "sales", "canary-ines")


def vault(passphrase: str = PASSPHRASE) -> credentials.PassphraseVault:
    return credentials.PassphraseVault(passphrase, seconds=0.0, memory_kib=64)


def made(folder: Path, *, notes: int = 0, passphrase: str = PASSPHRASE) -> Path:
    """A closed profile with notes that the CRM does not have yet."""
    core = bootstrap.create_profile(folder, vault(passphrase), ACCOUNT, "canary-api-key")
    with core.database.write() as write:
        meta.put(write, "account", ["odoo", "canary-crm.example", "7"])
        gesture = Gesture(bootstrap.new_id(), NOW, "log", bootstrap.new_id, hold_s=0)
        for number in range(notes):
            edits.create(write, gesture, Kind.ACTIVITY, {"what": "call", "at": number}, {}, CANARY)
    core.close()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, as it is on the disk."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def waiting(database: Database) -> int:
    with database.read() as rows:
        return int(rows.value("SELECT count(*) FROM outbox"))


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A profile's closed book with two notes, beside the files that a running window leaves there."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "default.lock").write_text("1\n")
    return made(tmp_path / "profiles" / "default", notes=2)


def test_a_book_is_set_aside_byte_by_byte_under_a_name_that_says_the_day(profile: Path) -> None:
    before = contents(profile)

    place = closed_copy.set_aside(profile, DAY)

    assert place == profile.with_name("default.closed-2026-11-22")
    assert contents(place) == before
    assert not bootstrap.has_book(profile)
    assert sorted(each.name for each in profile.parent.iterdir()) == ["default.closed-2026-11-22", "default.lock"]
    assert not any(b"canary" in each for each in before.values())


def test_an_earlier_copy_of_the_same_day_stays_as_it_is(profile: Path) -> None:
    first = closed_copy.set_aside(profile, DAY)
    before = contents(first)
    made(profile, passphrase="another one altogether")

    second = closed_copy.set_aside(profile, DAY)
    made(profile)
    third = closed_copy.set_aside(profile, dt.date(2026, 12, 1))

    assert contents(first) == before
    assert second.name == "default.closed-2026-11-22-2"
    assert closed_copy.found(profile) == [
        ClosedCopy(third, dt.date(2026, 12, 1), 1),
        ClosedCopy(second, DAY, 2),
        ClosedCopy(first, DAY, 1),
    ]


def test_whatever_has_the_name_already_is_never_replaced(profile: Path) -> None:
    taken = closed_copy.place_for(profile, DAY)
    taken.symlink_to("/nowhere/at/all")
    file = profile.with_name(f"{taken.name}-2")
    file.write_text("something of the rep's own")

    place = closed_copy.set_aside(profile, DAY)

    assert place.name == f"{taken.name}-3"
    assert taken.is_symlink()
    assert file.read_text() == "something of the rep's own"


def test_a_name_that_is_taken_at_the_last_moment_is_not_replaced_either(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = closed_copy.place_for(profile, DAY)
    early.mkdir()
    (early / "book.db").write_bytes(b"an earlier one")
    monkeypatch.setattr(closed_copy, "place_for", lambda folder, day: early)
    before = contents(profile)

    with pytest.raises(NotMoved):
        closed_copy.set_aside(profile, DAY)

    assert contents(profile) == before
    assert contents(early) == {"book.db": b"an earlier one"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights that bind this user")
def test_a_folder_that_nobody_may_change_leaves_all_as_it_was(profile: Path) -> None:
    before = contents(profile)
    profile.parent.chmod(0o500)
    try:
        with pytest.raises(NotMoved) as refused:
            closed_copy.set_aside(profile, DAY)
    finally:
        profile.parent.chmod(0o700)

    assert "Nothing was changed" in refused.value.advice
    assert contents(profile) == before


def test_a_disk_that_refuses_leaves_all_as_it_was(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    before = contents(profile)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(NotMoved):
            closed_copy.set_aside(profile, DAY)

    assert contents(profile) == before
    assert closed_copy.found(profile) == []


def test_a_book_that_is_open_here_is_not_moved(profile: Path) -> None:
    core = bootstrap.open_profile(profile, vault())
    with pytest.raises(InUse):
        closed_copy.set_aside(profile, DAY)
    assert waiting(core.database) == 2
    core.close()

    assert closed_copy.set_aside(profile, DAY).is_dir()


_HOLDER = """
import sys
from pathlib import Path
from companion import bootstrap, credentials
core = bootstrap.open_profile(Path(sys.argv[1]), credentials.PassphraseVault(sys.argv[2]))
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(profile: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the book open until its input ends."""
    command = [sys.executable, "-c", _HOLDER, str(profile), PASSPHRASE]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the system itself refuses")
def test_a_book_that_another_process_has_open_is_not_moved_until_that_ends(
    profile: Path, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(InUse):
        closed_copy.set_aside(profile, DAY)
    assert (profile / "book.db").exists()

    holder.kill()  # its marks stay behind, as after a crash
    holder.wait()
    assert (profile / "in-use").exists()
    place = closed_copy.set_aside(profile, DAY)

    core = bootstrap.open_profile(place, vault())
    assert waiting(core.database) == 2
    core.close()


def test_a_copy_becomes_the_book_again_with_all_that_waited(profile: Path) -> None:
    before = contents(profile)
    place = closed_copy.set_aside(profile, DAY)

    closed_copy.reopen(place, profile)

    assert contents(profile) == before
    assert not place.exists()
    core = bootstrap.open_profile(profile, vault())
    assert waiting(core.database) == 2
    assert core.account == ACCOUNT
    core.close()


def test_a_copy_never_takes_the_place_of_a_book(profile: Path) -> None:
    place = closed_copy.set_aside(profile, DAY)
    made(profile, passphrase="another one altogether")
    before, aside = contents(profile), contents(place)

    with pytest.raises(Occupied):
        closed_copy.reopen(place, profile)

    assert contents(profile) == before
    assert contents(place) == aside


def test_only_copies_of_this_profile_are_found(profile: Path) -> None:
    for name in ("default.closed-2026-13-40", "default.closed-", "other.closed-2026-11-22", "default.closed-2026-11-2"):
        made(profile.with_name(name))
    profile.with_name("default.closed-2026-11-21").mkdir()  # holds no book

    assert closed_copy.found(profile) == []
    assert closed_copy.found(profile.parent / "nowhere" / "default") == []
    assert closed_copy.is_one(profile.with_name("other.closed-2026-11-22"))
    assert not closed_copy.is_one(profile)


def test_what_a_copy_had_not_sent_comes_into_the_new_book_once(profile: Path) -> None:
    place = closed_copy.set_aside(profile, DAY)
    made(profile, passphrase="another one altogether")
    core = bootstrap.open_profile(profile, vault("another one altogether"))
    assert closed_copy.not_brought_back(profile) == ClosedCopy(place, DAY)
    assert closed_copy.asks_passphrase(place)

    before = contents(place)
    with pytest.raises(WrongKey):
        closed_copy.bring_back(core.database, place, lambda: "a wrong passphrase", NOW)
    assert contents(place) == before
    assert waiting(core.database) == 0

    assert closed_copy.bring_back(core.database, place, lambda: PASSPHRASE, NOW) == Carried(2, 0, 0)
    assert closed_copy.not_brought_back(profile) is None
    assert closed_copy.bring_back(core.database, place, lambda: PASSPHRASE, NOW) == Carried(0, 2, 0)
    assert waiting(core.database) == 2
    assert not any(CANARY.encode() in each for each in contents(profile.parent).values())
    core.close()


def test_a_copy_of_another_account_gives_nothing(profile: Path) -> None:
    place = closed_copy.set_aside(profile, DAY)
    made(profile)
    core = bootstrap.open_profile(profile, vault())
    with core.database.write() as write:
        meta.put(write, "account", ["odoo", "canary-crm.example", "8"])

    with pytest.raises(parting.AnotherAccount):
        closed_copy.bring_back(core.database, place, lambda: PASSPHRASE, NOW)

    assert waiting(core.database) == 0
    assert closed_copy.not_brought_back(profile) is not None
    core.close()
    copy = bootstrap.open_profile(place, vault())
    with copy.database.read() as rows:
        assert rows.all("SELECT DISTINCT state FROM outbox") == [("pending",)]
    copy.close()


def test_a_copy_that_is_a_book_again_after_its_changes_were_taken_makes_no_double(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    forgetful = DemoSwitches(identity=Identity.MARKER)  # it makes a record for every create that it is sent
    world = World(tmp_path / "one", switches=forgetful)
    world.sync()
    person = world.create(Kind.PERSON, {}, name="Nils Newcomer")
    world.create(Kind.ACTIVITY, {"person": person}, what="call", body="Wants a quote", done=True)
    world.edit(Kind.DEAL, "D1", amount=123_00)
    copy = tmp_path / "default.closed-2026-11-22"
    key = credentials.create(copy, vault())
    world.database.copy_under(copy / "book.db", key)
    world.database.close()
    (tmp_path / "two").mkdir()
    other = World(tmp_path / "two")
    other.crm, other.now = world.crm, world.now
    other.database.close()
    other.open()
    other.sync()

    assert closed_copy.bring_back(other.database, copy, lambda: PASSPHRASE, int(other.now)).ops == 3
    for _ in range(4):
        other.pass_time(1000)
        other.sync()
    other.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=456_00)

    again = open_database(copy / "book.db", key)
    with again.read() as rows:
        told = {str(action): str(state) for action, state in rows.all("SELECT action, state FROM outbox")}
    assert told == {"create": "unknown", "update": "pending"}, "a creation would be sent without a look at the CRM"
    (tmp_path / "one" / "book.db").unlink()
    again.copy_under(tmp_path / "one" / "book.db", bytes(range(32)))
    again.close()
    world.now = other.now
    world.open()
    for _ in range(4):
        world.pass_time(1000)
        world.sync()

    assert sum(row.fields.get("name") == "Nils Newcomer" for row in world.crm.rows(Kind.PERSON)) == 1
    assert sum(row.fields.get("body") == "Wants a quote" for row in world.crm.rows(Kind.ACTIVITY)) == 1
    deal = world.crm.row(Kind.DEAL, "D1")
    assert deal is not None
    assert deal.fields["amount"] == 456_00
    world.database.close()
    other.database.close()
