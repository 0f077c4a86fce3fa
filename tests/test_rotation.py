"""S-05: the book gets another key, and opens with one of both wherever that is interrupted."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from companion import credentials, rotation
from companion.credentials import PassphraseVault
from companion.database import Database, KeyRefused, _salt, create_database, open_database
from companion.store import meta
from companion.store.migrations import STEPS, migrate

VAULT = PassphraseVault("correct horse battery", seconds=0.0, memory_kib=64)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book with something in it, closed."""
    key = credentials.create(tmp_path, VAULT)
    database = create_database(tmp_path / "book.db", key)
    migrate(database)
    with database.write() as write:
        meta.put(write, "kept", "x" * 5000)
    database.close()
    return tmp_path / "book.db"


def kept(book: Path) -> object:
    """What is in the book, opened as the next start opens it."""
    database = open_database(book, rotation.settled(book, VAULT))
    try:
        with database.read() as rows:
            assert rows.value("PRAGMA user_version") == len(STEPS)
            return meta.get(rows, "kept")
    finally:
        database.close()


def test_afterwards_the_new_key_opens_the_book_and_the_old_one_does_not(book: Path) -> None:
    old = credentials.unlock(book.parent, VAULT)

    rotation.rotate(book, VAULT)

    new = credentials.unlock(book.parent, VAULT)
    assert new != old
    assert kept(book) == "x" * 5000
    with pytest.raises(KeyRefused):
        open_database(book, old)
    assert {each.name for each in book.parent.iterdir()} == {"book.db", "key.json"}
    assert book.stat().st_mode & 0o077 == 0


def test_the_key_file_of_an_interrupted_rotation_cannot_be_turned_round(book: Path) -> None:
    _, following = credentials.begin_rotation(book.parent, VAULT)
    text = (book.parent / "key.json").read_text()

    assert following.hex() not in text
    assert credentials.begin_rotation(book.parent, VAULT)[1] == following
    assert kept(book) == "x" * 5000
    assert credentials.rotating(book.parent, VAULT) is None


def test_a_book_under_its_new_key_survives_noise_in_its_first_bytes_as_a_new_one_does(book: Path) -> None:
    key = credentials.create(book.parent / "fresh", VAULT)
    fresh = create_database(book.parent / "fresh" / "book.db", key)
    migrate(fresh)
    fresh.close()
    rotation.rotate(book, VAULT)

    for path, of in ((book.parent / "fresh" / "book.db", key), (book, credentials.unlock(book.parent, VAULT))):
        with path.open("rb") as file:
            assert file.read(16) == _salt(of), path


class Stopped(BaseException):
    """The process dies here."""


def points(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], at: int) -> bool:
    """Does something, and dies at its n-th step that leaves a trace; True if it came so far."""
    left = [at]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Stopped
            return real(*arguments, **named)

        return step

    with monkeypatch.context() as patch:
        for owner, name in ((os, "fsync"), (os, "open"), (Path, "replace"), (Path, "unlink"), (Database, "close")):
            patch.setattr(owner, name, dying(getattr(owner, name)))
        try:
            act()
        except Stopped:
            return True
    return False


def test_wherever_it_is_interrupted_one_of_both_keys_opens_the_whole_book(
    book: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = 0
    for at in range(100):
        copy = tmp_path_factory.mktemp("copy") / "profile"
        shutil.copytree(book.parent, copy)
        if not points(monkeypatch, lambda copy=copy: rotation.rotate(copy / "book.db", VAULT), at):  # type: ignore[misc]
            break
        reached += 1
        assert kept(copy / "book.db") == "x" * 5000, f"after step {at}"
        rotation.rotate(copy / "book.db", VAULT)
        assert kept(copy / "book.db") == "x" * 5000
    assert reached > 10


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_killed_at_any_moment_the_book_opens(book: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    for number in range(40):
        copy = tmp_path_factory.mktemp("copy") / "profile"
        shutil.copytree(book.parent, copy)
        for _ in killed_after(number * 0.0007, lambda copy=copy: rotation.rotate(copy / "book.db", VAULT)):  # type: ignore[misc]
            assert kept(copy / "book.db") == "x" * 5000


def killed_after(seconds: float, act: Callable[[], object]) -> Iterator[int]:
    """Does something in a process of its own, and kills it after so long."""
    import time

    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    yield os.waitpid(child, 0)[1]
