"""S-15, S-16: signing out destroys the key before the files, and ends at the next start where it was stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from companion import bootstrap, credentials
from companion.bootstrap import Account
from companion.database import DatabaseProblem, open_database
from companion.domain.key_problems import KeyProblem

PASSPHRASE = "correct horse battery"
ACCOUNT = Account("odoo", "https://127.0.0.1:9", "sales", "ana")


class Stopped(BaseException):
    """The process dies here."""


def made(folder: Path) -> bytes:
    """A profile whose book is closed; returns its key."""
    vault = credentials.PassphraseVault(PASSPHRASE, seconds=0.0, memory_kib=64)
    bootstrap.create_profile(folder, vault, ACCOUNT, "an api key").close()
    (folder / "quarantine").mkdir()
    (folder / "quarantine" / "book.db").write_bytes(b"something that was set aside")
    return credentials.unlock(folder, vault)


def opens(folder: Path) -> bool:
    """Whether what is left in the folder, and the right passphrase, open the book."""
    try:
        key = credentials.unlock(folder, credentials.PassphraseVault(PASSPHRASE))
        open_database(folder / bootstrap.BOOK, key).close()
    except (KeyProblem, DatabaseProblem):
        return False
    return True


def stopped_at(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], at: int) -> bool:
    """Does something, and dies at its n-th step on the disk; True if it came so far."""
    left = [at]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Stopped
            return real(*arguments, **named)

        return step

    steps = ((os, "fsync"), (os, "unlink"), (os, "rmdir"), (Path, "unlink"), (Path, "touch"), (Path, "open"))
    with monkeypatch.context() as patch:
        for owner, name in (*steps, (Path, "replace")):
            patch.setattr(owner, name, dying(getattr(owner, name)))
        try:
            act()
        except Stopped:
            return True
    return False


def test_wherever_signing_out_is_stopped_the_next_start_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = made(tmp_path / "template")
    reached, opened = 0, []
    for at in range(200):
        folder = tmp_path / f"copy-{at}"
        shutil.copytree(tmp_path / "template", folder)
        if not stopped_at(monkeypatch, lambda folder=folder: bootstrap.erase(folder), at):  # type: ignore[misc]
            break
        reached += 1
        opened.append(opens(folder))
        begun = not folder.exists() or not any(folder.iterdir()) or (folder / bootstrap.SIGNING_OUT).exists()
        assert begun or opened[-1], "half gone, and nobody knows that it should go"
        if begun:
            assert not bootstrap.has_book(folder)
            assert not folder.exists() or not any(folder.iterdir())
    assert reached > 5
    assert opened == sorted(opened, reverse=True), "a key that was gone came back"
    assert not opened[-1]
    assert len(key) == 32


def test_the_key_is_gone_while_every_other_file_is_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "book"
    made(folder)
    before = {each.name for each in folder.iterdir()} - {"key.json"}
    seen: list[set[str]] = []
    monkeypatch.setattr(bootstrap, "erase_profile", lambda place: seen.append({each.name for each in place.iterdir()}))

    bootstrap.erase(folder)

    assert seen == [before | {bootstrap.SIGNING_OUT}]
    assert not opens(folder)
