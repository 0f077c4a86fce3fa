"""S-01, S-04, S-07: every file of a profile is the owner's alone and unreadable without its key, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from companion import bootstrap, credentials
from companion.bootstrap import Account
from companion.database import DatabaseProblem
from companion.domain.key_problems import KeyProblem
from companion.domain.records import Kind
from companion.store import edits
from companion.store.edits import Gesture

PASSPHRASE = "correct horse battery"
WORD = "canary-in-a-note-5512"
VAULT = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A user whose new files everybody may read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def working(folder: Path) -> bootstrap.Core:
    """A profile in the middle of its work: the write-ahead log and the journal are there."""
    account = Account("odoo", "https://127.0.0.1:9", "sales", "ana")
    core = bootstrap.create_profile(folder, VAULT, account, "an api key")
    with core.database.write() as write:
        gesture = Gesture(bootstrap.new_id(), 1_795_000_000, WORD, bootstrap.new_id, hold_s=0)
        edits.create(write, gesture, Kind.ACTIVITY, {"what": "note", "body": WORD}, {}, WORD)
    return core


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
@pytest.mark.usefixtures("open_to_all")
def test_every_file_is_the_owners_alone_and_none_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    core = working(folder)

    names = {each.name for each in folder.iterdir()}
    assert {"book.db", "book.db-wal", "outbox.journal", "key.json"} <= names
    for each in (folder, *folder.iterdir()):
        assert each.stat().st_mode & 0o077 == 0, each.name
    for each in (each for each in folder.iterdir() if each.is_file()):
        content = each.read_bytes()
        assert not content.startswith(b"SQLite format 3"), each.name
        assert WORD.encode() not in content, each.name
        assert b"an api key" not in content, each.name
    core.close()


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_rights_that_others_got_are_taken_back_when_the_book_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    working(folder).close()
    for each in (folder, *folder.iterdir()):
        each.chmod(each.stat().st_mode | 0o066)

    bootstrap.open_profile(folder, VAULT).close()

    for each in (folder, *folder.iterdir()):
        assert each.stat().st_mode & 0o077 == 0, each.name


@pytest.mark.parametrize("lost", ["key.json", "the passphrase"])
def test_without_its_key_the_book_stays_as_it_is_and_no_new_one_is_made(tmp_path: Path, lost: str) -> None:
    folder = tmp_path / "book"
    working(folder).close()
    if lost == "key.json":
        (folder / "key.json").rename(tmp_path / "key.json")
    vault = VAULT if lost == "key.json" else credentials.PassphraseVault("not it at all", seconds=0.0, memory_kib=64)
    before = {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}

    with pytest.raises((KeyProblem, DatabaseProblem)):
        bootstrap.open_profile(folder, vault)

    assert {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()} == before
    if lost == "key.json":
        (tmp_path / "key.json").rename(folder / "key.json")
    core = bootstrap.open_profile(folder, VAULT)
    with core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox") == 1
    core.close()
