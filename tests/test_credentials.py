"""The key of the encrypted file: kept wrapped, never replaced, never shown, whatever the keyring does."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked as BackendLocked
from keyring.errors import PasswordDeleteError, PasswordSetError

from companion import credentials
from companion.credentials import KeyringVault, PassphraseVault

WORDS = "correct horse battery staple"


class MemoryKeyring(KeyringBackend):
    """A keyring as the systems have them, with the smallest limit among them: 2,560 bytes of UTF-16 on Windows."""

    priority = 1.0

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        super().__init__()  # type: ignore[no-untyped-call]

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise PasswordSetError("too large")
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class LockedKeyring(MemoryKeyring):
    """The rep dismissed the prompt."""

    def get_password(self, service: str, username: str) -> str | None:
        raise BackendLocked("Failed to unlock the collection!")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise BackendLocked("Failed to unlock the collection!")


class ForgetfulKeyring(MemoryKeyring):
    """Accepts every write and keeps nothing, as the library's null back-end does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class TalkativeKeyring(MemoryKeyring):
    """Its error repeats the secret that it was to keep."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"cannot store {password!r}")


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profiles" / "one"


def quick(passphrase: str = WORDS) -> PassphraseVault:
    """A passphrase vault that takes milliseconds rather than 0.3 s."""
    return PassphraseVault(passphrase, seconds=0.0, memory_kib=1024)


def test_the_key_that_was_made_is_the_key_that_unlocks(folder: Path, keyring: MemoryKeyring) -> None:
    key = credentials.create(folder, KeyringVault(keyring))
    assert len(key) == 32
    assert credentials.unlock(folder, KeyringVault(keyring)) == key


def test_two_profiles_have_different_keys_and_different_keyring_entries(tmp_path: Path, keyring: MemoryKeyring) -> None:
    vault = KeyringVault(keyring)
    one, two = credentials.create(tmp_path / "one", vault), credentials.create(tmp_path / "two", vault)
    assert one != two
    assert len(keyring.items) == 2
    assert credentials.unlock(tmp_path / "one", vault) == one


def test_the_keyring_holds_thirty_two_bytes_under_our_name_and_the_file_holds_no_key_in_clear(
    folder: Path, keyring: MemoryKeyring
) -> None:
    key = credentials.create(folder, KeyringVault(keyring))
    ((service, _), kept) = next(iter(keyring.items.items()))
    assert (service, len(base64.b64decode(kept))) == ("Companion", 32)
    clear = (folder / "key.json").read_text("ascii")
    for secret in (key, base64.b64decode(kept)):
        assert base64.b64encode(secret).decode() not in clear
        assert secret.hex() not in clear
    assert base64.b64decode(kept) != key


def test_a_moved_profile_still_finds_its_entry(folder: Path, tmp_path: Path, keyring: MemoryKeyring) -> None:
    key = credentials.create(folder, KeyringVault(keyring))
    folder.rename(tmp_path / "elsewhere")
    assert credentials.unlock(tmp_path / "elsewhere", KeyringVault(keyring)) == key


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_file_and_folder_are_the_owners_alone_whatever_the_umask_says(folder: Path, keyring: MemoryKeyring) -> None:
    before = os.umask(0)
    try:
        credentials.create(folder, KeyringVault(keyring))
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key.json").stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == ["key.json"]


def test_a_second_key_is_never_made_over_the_first(folder: Path, keyring: MemoryKeyring) -> None:
    key = credentials.create(folder, KeyringVault(keyring))
    with pytest.raises(credentials.KeyExists):
        credentials.create(folder, KeyringVault(keyring))
    assert credentials.unlock(folder, KeyringVault(keyring)) == key
    assert len(keyring.items) == 1


def test_a_deleted_keyring_entry_is_told_and_makes_no_new_key(folder: Path, keyring: MemoryKeyring) -> None:
    credentials.create(folder, KeyringVault(keyring))
    before = (folder / "key.json").read_bytes()
    keyring.items.clear()
    with pytest.raises(credentials.KeyMissing) as caught:
        credentials.unlock(folder, KeyringVault(keyring))
    assert "not in your system’s keyring" in caught.value.title
    assert (folder / "key.json").read_bytes() == before
    assert keyring.items == {}


@pytest.mark.parametrize("entry", [base64.b64encode(bytes(32)).decode(), "not base64 \N{PILE OF POO}", "", "AAAA"])
def test_a_replaced_keyring_entry_is_told_and_changes_nothing(folder: Path, keyring: MemoryKeyring, entry: str) -> None:
    credentials.create(folder, KeyringVault(keyring))
    before = (folder / "key.json").read_bytes()
    keyring.items = dict.fromkeys(keyring.items, entry)
    with pytest.raises(credentials.WrongKey):
        credentials.unlock(folder, KeyringVault(keyring))
    assert (folder / "key.json").read_bytes() == before


def test_a_locked_keyring_is_an_error_of_its_own_and_makes_no_profile(folder: Path) -> None:
    with pytest.raises(credentials.KeyringLocked):
        credentials.create(folder, KeyringVault(LockedKeyring()))
    assert not (folder / "key.json").exists()


def test_a_keyring_that_is_locked_now_opens_the_same_profile_later(folder: Path, keyring: MemoryKeyring) -> None:
    key = credentials.create(folder, KeyringVault(keyring))
    with pytest.raises(credentials.KeyringLocked) as caught:
        credentials.unlock(folder, KeyringVault(LockedKeyring()))
    assert "Unlock it and try again" in caught.value.advice
    assert credentials.unlock(folder, KeyringVault(keyring)) == key


def test_a_keyring_that_keeps_nothing_is_found_out_before_a_key_depends_on_it(folder: Path) -> None:
    with pytest.raises(credentials.KeyringFailed):
        credentials.create(folder, KeyringVault(ForgetfulKeyring()))
    assert not (folder / "key.json").exists()


def test_an_error_of_the_keyring_never_repeats_the_secret(folder: Path) -> None:
    with pytest.raises(credentials.KeyringFailed) as caught:
        credentials.create(folder, KeyringVault(TalkativeKeyring()))
    assert str(caught.value) == "set_password: RuntimeError"
    assert caught.value.__suppress_context__


def test_a_passphrase_opens_what_it_closed_and_no_other_does(folder: Path) -> None:
    key = credentials.create(folder, quick())
    assert credentials.unlock(folder, quick()) == key
    with pytest.raises(credentials.WrongKey):
        credentials.unlock(folder, quick(WORDS + "r"))


def test_a_passphrase_typed_on_another_keyboard_is_the_same_passphrase(folder: Path) -> None:
    composed, decomposed = "crème brûlée", "cre\u0300me bru\u0302le\u0301e"
    assert composed != decomposed
    key = credentials.create(folder, quick(composed))
    assert credentials.unlock(folder, quick(decomposed)) == key


def test_a_passphrase_with_half_a_character_does_not_crash(folder: Path) -> None:
    key = credentials.create(folder, quick("\ud83d half a smile"))
    assert credentials.unlock(folder, quick("\ud83d half a smile")) == key


def test_a_passphrase_of_seven_characters_is_refused(folder: Path) -> None:
    with pytest.raises(credentials.WeakPassphrase):
        credentials.create(folder, quick("1234567"))
    assert not (folder / "key.json").exists()


@pytest.mark.slow
def test_guessing_a_passphrase_costs_a_quarter_second_each(folder: Path) -> None:
    credentials.create(folder, PassphraseVault(WORDS))
    said = json.loads((folder / "key.json").read_text("ascii"))
    assert said["memory_kib"] >= 64 * 1024
    assert said["passes"] >= 3
    started = time.thread_time()
    credentials.unlock(folder, PassphraseVault(WORDS))
    assert time.thread_time() - started >= 0.25 * 0.8, "a fifth is left for a processor that changed its pace"


def test_the_profile_says_what_opens_it_and_the_other_way_in_is_refused(folder: Path, keyring: MemoryKeyring) -> None:
    credentials.create(folder, KeyringVault(keyring))
    assert credentials.method_of(folder) == "keyring"
    with pytest.raises(credentials.WrongKey):
        credentials.unlock(folder, quick())


def test_the_rep_is_asked_for_a_passphrase_only_where_it_takes_one(folder: Path, keyring: MemoryKeyring) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append("Passphrase: ")
        return WORDS

    key = credentials.create(folder, quick())
    assert credentials.unlock(folder, credentials.vault_of(folder, ask)) == key
    assert len(asked) == 1

    credentials.create(folder / "other", KeyringVault(keyring))
    vault: object = None
    with contextlib.suppress(credentials.KeyringFailed):  # where the tests run, there may be no keyring
        vault = credentials.vault_of(folder / "other", ask)
    assert vault is None or isinstance(vault, KeyringVault)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b"\x00\xff", b'{"version": 2}', b"[" * 100_000, b'{"nonce": 1, "wrapped": 2}'],
    ids=["empty", "cut", "no object", "binary", "newer", "deep", "wrong types"],
)
def test_a_damaged_key_file_is_told_and_left_as_it_is(folder: Path, keyring: MemoryKeyring, damage: bytes) -> None:
    credentials.create(folder, KeyringVault(keyring))
    (folder / "key.json").write_bytes(damage)
    with pytest.raises(credentials.KeyFileDamaged):
        credentials.unlock(folder, KeyringVault(keyring))
    assert (folder / "key.json").read_bytes() == damage


def test_no_key_file_is_told_and_none_is_made(folder: Path, keyring: MemoryKeyring) -> None:
    folder.mkdir(parents=True)
    with pytest.raises(credentials.KeyFileDamaged):
        credentials.unlock(folder, KeyringVault(keyring))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("field", ["passes", "memory_kib", "salt", "profile", "nonce", "wrapped"])
def test_no_part_of_the_key_file_can_be_exchanged(folder: Path, field: str) -> None:
    credentials.create(folder, quick())
    said = json.loads((folder / "key.json").read_text("ascii"))
    said[field] = said[field] + 1 if isinstance(said[field], int) else said[field].replace(said[field][:6], "AAAAAA", 1)
    (folder / "key.json").write_text(json.dumps(said), "ascii")
    with pytest.raises(credentials.WrongKey):
        credentials.unlock(folder, quick())


@pytest.mark.parametrize(
    ("field", "value"), [("passes", 10**9), ("memory_kib", 10**9), ("passes", "many"), ("salt", "")]
)
def test_a_key_file_cannot_make_the_app_hang_or_eat_the_memory(folder: Path, field: str, value: object) -> None:
    credentials.create(folder, quick())
    said = json.loads((folder / "key.json").read_text("ascii"))
    (folder / "key.json").write_text(json.dumps({**said, field: value}), "ascii")
    with pytest.raises(credentials.KeyFileDamaged):
        credentials.unlock(folder, quick())


def test_erasing_takes_the_keyrings_entry_and_the_file_and_can_be_repeated(
    folder: Path, keyring: MemoryKeyring
) -> None:
    credentials.create(folder, KeyringVault(keyring))
    credentials.erase(folder, KeyringVault(keyring))
    assert keyring.items == {}
    assert not (folder / "key.json").exists()
    credentials.erase(folder, KeyringVault(keyring))


def test_the_outer_key_is_destroyed_before_the_file(folder: Path) -> None:
    class Watching(MemoryKeyring):
        file_was_there = False

        def delete_password(self, service: str, username: str) -> None:
            self.file_was_there = (folder / "key.json").exists()
            super().delete_password(service, username)

    keyring = Watching()
    credentials.create(folder, KeyringVault(keyring))
    credentials.erase(folder, KeyringVault(keyring))
    assert keyring.file_was_there


def test_erasing_under_a_locked_keyring_destroys_the_file_and_tells_what_stayed(
    folder: Path, keyring: MemoryKeyring
) -> None:
    credentials.create(folder, KeyringVault(keyring))
    with pytest.raises(credentials.KeyringLocked):
        credentials.erase(folder, KeyringVault(LockedKeyring()))
    assert not (folder / "key.json").exists()


def test_erasing_a_damaged_key_file_leaves_nothing(folder: Path, keyring: MemoryKeyring) -> None:
    credentials.create(folder, KeyringVault(keyring))
    (folder / "key.json").write_bytes(b"{")
    credentials.erase(folder, KeyringVault(keyring))
    assert not (folder / "key.json").exists()


def test_no_secret_stands_in_a_repr(keyring: MemoryKeyring) -> None:
    keyring.set_password("Companion", "x", "hidden")
    assert WORDS not in repr(PassphraseVault(WORDS))
    assert "hidden" not in repr(KeyringVault(keyring))


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_no_core_dump_is_written_once_a_key_is_in_memory(folder: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from companion import credentials as c\n"
        "c.create(Path(sys.argv[1]), c.PassphraseVault('correct horse', seconds=0))\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    run = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout.strip() == "(0, 0)"


# Where the keyring library looks: an environment variable, a configuration file, plug-ins. None of it may be followed.
PLUGIN = """
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return None
    def set_password(self, service, username, password): open({file!r}, "a").write(password)
    def delete_password(self, service, username): pass
"""


@pytest.mark.parametrize(
    "named", ["keyrings.alt.file.PlaintextKeyring", "keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"]
)
def test_a_plaintext_or_null_keyring_is_never_taken_even_when_the_environment_names_it(
    tmp_path: Path, named: str
) -> None:
    plugin, leaked = tmp_path / "site" / "keyrings" / "alt", tmp_path / "leaked"
    plugin.mkdir(parents=True)
    (plugin / "__init__.py").write_text("")
    (plugin / "file.py").write_text(PLUGIN.format(file=str(leaked)))
    metadata = tmp_path / "site" / "keyrings_alt-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    code = (
        "import keyring, sys\n"
        "from companion import credentials as c\n"
        "ours = c.usable_keyring()\n"
        "ours = ours if isinstance(ours, str) else repr(ours.backend)\n"
        "print(type(keyring.get_keyring()).__name__, '|', ours)"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(Path(__file__).parents[1])]),
        "PYTHON_KEYRING_BACKEND": named,
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus",
    }
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, env=environment
    )
    library_would_take, ours = run.stdout.strip().split(" | ")
    assert library_would_take == named.rpartition(".")[2]
    assert ours.startswith(("This computer offers no keyring", "<keyring.backends.macOS", "<keyring.backends.Windows"))
    assert not leaked.exists()


def test_the_keyring_library_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, companion.credentials; print({'keyring', 'cryptography'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout.strip() == "set()"
