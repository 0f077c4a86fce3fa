"""The number outside the book: kept from other users, from half-written files, from a keyring that keeps us waiting."""

from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from companion import bootstrap, credentials, generation
from companion.bootstrap import Account
from companion.credentials import KeyringVault, PassphraseVault
from companion.generation import FileGenerations, KeyringGenerations, OutOfReach

QUICK = PassphraseVault("correct horse", seconds=0.0, memory_kib=8)


class Keyring(KeyringBackend):
    """A keyring in memory. While `asking` is not set, it waits for its owner."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.asking = threading.Event()
        self.asking.set()
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        self.asking.wait(20)
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls += 1
        self.asking.wait(20)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


def test_the_file_holds_the_number_for_its_owner_alone(tmp_path: Path) -> None:
    kept = FileGenerations("one", tmp_path / "state")
    assert kept.read() is None

    kept.write(41)
    kept.write(42)

    assert FileGenerations("one", tmp_path / "state").read() == 42
    assert FileGenerations("two", tmp_path / "state").read() is None
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "state" / "one").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "-1", "1" * 40, "١٢", "ten", "1\n"])
def test_a_file_that_holds_no_number_tells_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "one").write_text(text, "utf-8")
    with pytest.raises(OutOfReach):
        FileGenerations("one", tmp_path).read()


def test_what_can_not_be_written_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(OutOfReach):
        FileGenerations("one", tmp_path / "state").write(1)


def test_the_keyring_holds_it_beside_the_key(tmp_path: Path) -> None:
    keyring = Keyring()
    vault = KeyringVault(keyring)
    credentials.create(tmp_path / "profile", vault)

    found = generation.of(tmp_path / "profile", vault, tmp_path / "state")
    assert found is not None
    assert found.read() is None
    found.write(7)

    assert found.read() == 7
    assert len(keyring.entries) == 2
    generation.forget(tmp_path / "profile", vault, tmp_path / "state")
    assert len(keyring.entries) == 1


def test_a_keyring_that_asks_its_owner_keeps_nobody_waiting(tmp_path: Path) -> None:
    keyring = Keyring()
    kept = KeyringGenerations(KeyringVault(keyring), "one", tmp_path, patience_s=0.05)
    kept.write(3)
    keyring.asking.clear()

    for _ in range(3):
        with pytest.raises(OutOfReach):
            kept.read()
    assert keyring.calls == 2, "one question at a time"
    keyring.asking.set()
    assert kept._asking is not None
    kept._asking.join()

    assert kept.read() == 3


def test_a_keyring_that_refuses_is_out_of_reach(tmp_path: Path) -> None:
    class Locked(Keyring):
        def get_password(self, service: str, username: str) -> str | None:
            raise RuntimeError("secret words")

    with pytest.raises(OutOfReach) as caught:
        KeyringGenerations(KeyringVault(Locked()), "one", tmp_path).read()
    assert "secret" not in str(caught.value)


def test_an_installation_has_one_name_that_does_not_tell_the_systems_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "machine-id"
    own.write_text("0123456789abcdef0123456789abcdef\n")
    monkeypatch.setattr(generation, "_MACHINE_IDS", (own,))
    first = generation.installation(tmp_path)
    assert first == generation.installation(tmp_path / "elsewhere")
    assert "0123456789abcdef" not in first

    own.write_text("fedcba9876543210fedcba9876543210\n")
    assert generation.installation(tmp_path) != first


def test_a_system_without_a_name_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "_machine_id", lambda: "")
    first = generation.installation(tmp_path / "a")
    assert generation.installation(tmp_path / "a") == first
    assert generation.installation(tmp_path / "b") != first


def test_a_profile_has_its_number_from_the_first_sync_until_it_is_signed_out(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    bootstrap.create_profile(folder, QUICK, Account("odoo", "https://crm.example", "sales", "ana"), "key").close()
    core = bootstrap.open_profile(folder, QUICK)
    assert core.generations is not None
    core.generations.write(5)
    core.close()
    again = bootstrap.open_profile(folder, QUICK)
    assert again.generations is not None
    assert again.generations.read() == 5
    again.close()

    bootstrap.erase(folder)

    assert again.generations.read() is None


def test_a_profile_whose_id_would_lead_elsewhere_stays_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "profile_of", lambda folder: "../../../etc/passwd")
    found = generation.of(tmp_path, QUICK, tmp_path / "state")
    assert found is not None
    found.write(1)
    assert [each.parent for each in tmp_path.rglob("generation-*")] == [tmp_path / "state"]
