"""The number that lies outside the book: in the keyring beside the key, or in a file of this user's for a passphrase.

`companion.sync.restored` compares it with the book's own. A book that came back from a backup, or was copied to another
computer, is found out before anything is sent twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from companion import credentials
from companion.credentials import KeyringVault, PassphraseVault, Vault
from companion.domain.generations import Generations, OutOfReach
from companion.domain.key_problems import KeyProblem

__all__ = ["FileGenerations", "Generations", "KeyringGenerations", "OutOfReach", "forget", "of"]

PATIENCE_S: Final = 5.0
"""Seconds for an answer of the keyring. While its owner is asked to unlock it, nothing here waits."""
_LARGEST: Final = 10**15
_MACHINE_IDS: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))

T = TypeVar("T")


def of(profile_dir: Path, vault: Vault, place: Path | None = None) -> Generations | None:
    """The counter of an existing profile; None for a vault that keeps nothing. `place` stands in for the user's folder.

    Raises KeyFileDamaged.
    """
    place = place or _place()
    name = _name(profile_dir)
    if isinstance(vault, KeyringVault):
        return KeyringGenerations(vault, name, place)
    return FileGenerations(name, place) if isinstance(vault, PassphraseVault) else None


def forget(profile_dir: Path, vault: Vault, place: Path | None = None) -> None:
    """Takes the counter away: the profile is about to be erased. Content if it is gone, or can't be asked."""
    with contextlib.suppress(KeyProblem, OSError):
        place = place or _place()
        name = _name(profile_dir)
        if isinstance(vault, KeyringVault):
            vault.drop(name)
        (place / name).unlink(missing_ok=True)


class FileGenerations:
    """The number in a file that only its owner can read, apart from the profile's folder."""

    def __init__(self, name: str, place: Path) -> None:
        self._file = place / name
        self._place = place

    def install(self) -> str:
        """See Generations, as for those that follow."""
        return installation(self._place)

    def read(self) -> int | None:
        """The number."""
        try:
            return _number(self._file.read_text("ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise OutOfReach(type(error).__name__) from None

    def write(self, generation: int) -> None:
        """Replaces the file in one step."""
        _write(self._file, str(generation))


class KeyringGenerations:
    """The number in the keyring. It is asked on a thread of its own: a locked one may ask its owner, and take hours."""

    def __init__(self, vault: KeyringVault, name: str, place: Path, patience_s: float = PATIENCE_S) -> None:
        self._vault = vault
        self._entry = name
        self._place = place
        self._patience_s = patience_s
        self._asking: threading.Thread | None = None

    def install(self) -> str:
        """See Generations, as for those that follow."""
        return installation(self._place)

    def read(self) -> int | None:
        """The number."""
        kept = self._in_time(lambda: self._vault.recall(self._entry))
        try:
            return None if kept is None else _number(kept)
        except ValueError as error:
            raise OutOfReach(str(error)) from None

    def write(self, generation: int) -> None:
        """Overwrites the entry."""
        self._in_time(lambda: self._vault.keep(self._entry, str(generation)))

    def _in_time(self, ask: Callable[[], T]) -> T:
        if self._asking is not None and self._asking.is_alive():
            raise OutOfReach("the keyring has not answered yet")
        answers: list[T] = []
        troubles: list[str] = []

        def asking() -> None:
            try:
                answers.append(ask())
            except KeyProblem as problem:
                troubles.append(str(problem))

        self._asking = threading.Thread(target=asking, name="keyring", daemon=True)
        self._asking.start()
        self._asking.join(self._patience_s)
        if not answers:
            raise OutOfReach(troubles[0] if troubles else "the keyring does not answer")
        return answers[0]


def installation(place: Path) -> str:
    """What names this installation: the system's own name, made unreadable; where it has none, one kept in `place`."""
    told = _machine_id()
    if not told:
        told = _own_name(place / "installation")
    return hashlib.sha256(f"Companion {told}".encode()).hexdigest()[:32]


def _machine_id() -> str:
    if os.name == "nt":
        return _windows_machine_id()
    for file in _MACHINE_IDS:
        with contextlib.suppress(OSError, ValueError):
            if text := file.read_text("ascii").strip():
                return text
    return ""


def _windows_machine_id() -> str:
    import importlib

    winreg = importlib.import_module("winreg")
    with contextlib.suppress(OSError):
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    return ""


def _own_name(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except FileNotFoundError:
        made = os.urandom(16).hex()
        _write(file, made)
        return made
    except (OSError, ValueError) as error:
        raise OutOfReach(type(error).__name__) from None


def _write(file: Path, text: str) -> None:
    """Readable by its owner alone, there wholly or not at all, and on the disk before it counts."""
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
    except OSError as error:
        raise OutOfReach(type(error).__name__) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST))):
        raise ValueError("not a number of ours")
    return int(text)


def _name(profile_dir: Path) -> str:
    """What the entry is called. The profile's id comes from a file: its sum can lead nowhere."""
    profile = credentials.profile_of(profile_dir)
    return f"generation-{hashlib.sha256(profile.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _place() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("Companion", appauthor=False)) / "generations"
