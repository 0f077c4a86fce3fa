"""The OS keyring and the key of the encrypted file; nothing else touches secrets.

A random 256-bit key encrypts the book. It lies in the profile's `key.json`, wrapped (AES-256-GCM) by a second key that
is either in the OS keyring or made from a passphrase. A missing second key never leads to a new first one: that would
turn the book, and what has not been sent yet, into noise. Secrets of a CRM are not here but in the encrypted file.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from companion.domain.key_problems import (
    SHORTEST_PASSPHRASE,
    KeyExists,
    KeyFileDamaged,
    KeyMissing,
    KeyProblem,
    KeyringFailed,
    KeyringLocked,
    WeakPassphrase,
    WrongKey,
)
from companion.domain.language import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyring.backend import KeyringBackend

__all__ = [
    "KeyExists",
    "KeyFileDamaged",
    "KeyMissing",
    "KeyProblem",
    "KeyringFailed",
    "KeyringLocked",
    "KeyringVault",
    "PassphraseVault",
    "Vault",
    "WeakPassphrase",
    "WrongKey",
    "begin_rotation",
    "create",
    "end_rotation",
    "erase",
    "method_of",
    "profile_of",
    "rotating",
    "seal",
    "unlock",
    "unseal",
    "usable_keyring",
    "vault_of",
]

SERVICE: Final = "Companion"
KEY_FILE: Final = "key.json"
KEY_BYTES: Final = 32

# The only back-ends that keep a secret from other users of the computer. Everything else that the keyring library may
# find (plain files, null, plug-ins, what an environment variable or a configuration file names) is never asked.
ALLOWED_BACKENDS: Final = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)

# RFC 9106 asks for at least 64 MiB and three passes where memory is scarce; the passes grow until the time is reached.
# One lane, so that the processor time of this thread is the time that an attacker's thread needs.
ARGON2_MEMORY_KIB: Final = 128 * 1024
ARGON2_PASSES: Final = 3
ARGON2_SECONDS: Final = 0.3
# A key file from elsewhere must not be able to hang the app.
ARGON2_MEMORY_LIMIT_KIB: Final = 1024 * 1024
ARGON2_PASSES_LIMIT: Final = 1000


class Vault(Protocol):
    """Where the second key comes from. `header` is what key.json says in clear about it."""

    method: str

    def make(self, profile: str) -> tuple[bytes, dict[str, Any]]:
        """A new second key for the profile of this id, kept where it belongs, and what it takes to get it again."""

    def fetch(self, header: dict[str, Any]) -> bytes:
        """The second key of a profile. Never makes one."""

    def forget(self, header: dict[str, Any]) -> None:
        """Destroys the second key where it is kept; content if it is gone already."""


@dataclass(frozen=True, slots=True)
class KeyringVault:
    """The second key lies in the OS keyring. Blocks while the system asks the user to unlock it."""

    backend: KeyringBackend = field(repr=False)
    method = "keyring"

    @property
    def name(self) -> str:
        """What the keyring calls itself."""
        return str(self.backend.name)

    def make(self, profile: str) -> tuple[bytes, dict[str, Any]]:
        """Writes a key and reads it back: a back-end that keeps nothing accepts every write."""
        key = os.urandom(KEY_BYTES)
        self._ask("set_password", profile, _text(key))
        if self._ask("get_password", profile) != _text(key):
            raise KeyringFailed("what was written could not be read back")
        return key, {}

    def fetch(self, header: dict[str, Any]) -> bytes:
        """Reads the key of the profile that `header` names."""
        kept = self._ask("get_password", header["profile"])
        if kept is None:
            raise KeyMissing
        try:
            key = base64.b64decode(kept, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise WrongKey("the keyring’s entry is not a key of ours")
        return key

    def forget(self, header: dict[str, Any]) -> None:
        """Deletes the entry."""
        if self._ask("get_password", header["profile"]) is not None:
            self._ask("delete_password", header["profile"])

    def recall(self, name: str) -> str | None:
        """What `keep` wrote under a name; None if nothing."""
        return self._ask("get_password", name)

    def keep(self, name: str, text: str) -> None:
        """Keeps a short text that is no key beside the keys. Raises KeyProblem."""
        self._ask("set_password", name, text)

    def drop(self, name: str) -> None:
        """Deletes what `keep` wrote; content if there is nothing."""
        if self._ask("get_password", name) is not None:
            self._ask("delete_password", name)

    def _ask(self, verb: str, *args: str) -> str | None:
        try:
            answer: str | None = getattr(self.backend, verb)(SERVICE, *args)
        except Exception as error:  # noqa: BLE001 - each back-end lets errors of its own libraries through
            # The words of such an error may hold what was to be kept: only its name is told.
            name = type(error).__name__
            if name in {"KeyringLocked", "LockedException", "PromptDismissedException", "KeychainDenied"}:
                raise KeyringLocked(name) from None
            raise KeyringFailed(f"{verb}: {name}") from None
        return answer


@dataclass(frozen=True, slots=True)
class PassphraseVault:
    """The second key is made from what the rep types. Making it takes at least `seconds` of one processor."""

    passphrase: str = field(repr=False)
    seconds: float = ARGON2_SECONDS
    memory_kib: int = ARGON2_MEMORY_KIB
    method = "passphrase"

    def make(self, profile: str) -> tuple[bytes, dict[str, Any]]:
        """Makes the key with as many passes as this computer needs for the time."""
        if len(self.passphrase) < SHORTEST_PASSPHRASE:
            raise WeakPassphrase
        salt = os.urandom(16)
        passes = ARGON2_PASSES
        while True:
            started = time.thread_time()
            key = self._derive(salt, self.memory_kib, passes)
            spent = time.thread_time() - started
            if spent >= self.seconds or passes >= ARGON2_PASSES_LIMIT:
                return key, {"salt": _text(salt), "memory_kib": self.memory_kib, "passes": passes}
            passes = min(ARGON2_PASSES_LIMIT, int(passes * self.seconds / max(spent, 0.001)) + 1)

    def fetch(self, header: dict[str, Any]) -> bytes:
        """Makes the key again with what `header` says."""
        try:
            salt = base64.b64decode(header["salt"], validate=True)
            memory, passes = int(header["memory_kib"]), int(header["passes"])
        except (KeyError, TypeError, ValueError) as error:
            raise KeyFileDamaged(str(error)) from None
        if len(salt) < 8 or not 8 <= memory <= ARGON2_MEMORY_LIMIT_KIB or not 1 <= passes <= ARGON2_PASSES_LIMIT:
            raise KeyFileDamaged("parameters out of bounds")
        return self._derive(salt, memory, passes)

    def forget(self, header: dict[str, Any]) -> None:
        """Nothing is kept anywhere."""

    def _derive(self, salt: bytes, memory_kib: int, passes: int) -> bytes:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        # Composed and decomposed letters look alike but differ between keyboards.
        typed = unicodedata.normalize("NFKC", self.passphrase).encode("utf-8", "surrogatepass")
        kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=1, memory_cost=memory_kib)
        return kdf.derive(typed)


def create(profile_dir: Path, vault: Vault) -> bytes:
    """Makes the 256-bit key of a new profile, keeps it wrapped in `profile_dir`, and returns it. Raises KeyProblem."""
    _forbid_core_dumps()
    if (profile_dir / KEY_FILE).exists():
        raise KeyExists(str(profile_dir / KEY_FILE))
    profile_dir.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    profile_dir.chmod(stat.S_IRWXU)
    key, profile = os.urandom(KEY_BYTES), os.urandom(16).hex()
    outer, details = vault.make(profile)
    header = {"version": 1, "profile": profile, "method": vault.method, **details}
    _write(profile_dir / KEY_FILE, {**header, **_wrap(key, outer, header)})
    return key


def unlock(profile_dir: Path, vault: Vault) -> bytes:
    """The 256-bit key of an existing profile. Raises KeyProblem; never makes or changes anything."""
    _forbid_core_dumps()
    header, nonce, wrapped = _read(profile_dir / KEY_FILE)
    if header["method"] != vault.method:
        raise WrongKey(f"this profile is opened by {header['method']}")
    return _unwrap(wrapped, nonce, vault.fetch(header), header)


def begin_rotation(profile_dir: Path, vault: Vault) -> tuple[bytes, bytes]:
    """The key of a profile and the one that shall follow it: made now, or by an attempt that came to no end.

    Both are kept, wrapped, until `end_rotation`. Raises KeyProblem.
    """
    file = profile_dir / KEY_FILE
    header, nonce, wrapped = _read(file)
    outer = vault.fetch(header)
    key = _unwrap(wrapped, nonce, outer, header)
    following = _following(file, outer, header)
    if following is None:
        following = os.urandom(KEY_BYTES)
        both = {**_wrap(key, outer, header), "next": _wrap(following, outer, _to_come(header))}
        _write(file, {**header, **both})
    return key, following


def rotating(profile_dir: Path, vault: Vault) -> bytes | None:
    """The key that shall follow, where a rotation came to no end; None otherwise, without asking the vault."""
    file = profile_dir / KEY_FILE
    header, _, _ = _read(file)
    return _following(file, vault.fetch(header), header) if _next_of(file) else None


def end_rotation(profile_dir: Path, vault: Vault, key: bytes) -> None:
    """Keeps `key` as the only one: the one under which the book stands now."""
    file = profile_dir / KEY_FILE
    header, _, _ = _read(file)
    _write(file, {**header, **_wrap(key, vault.fetch(header), header)})


def profile_of(profile_dir: Path) -> str:
    """The random id of a profile, by which the keyring knows it. Raises KeyFileDamaged."""
    return str(_read(profile_dir / KEY_FILE)[0]["profile"])


def method_of(profile_dir: Path) -> str:
    """What opens this profile: "keyring" or "passphrase". Raises KeyFileDamaged."""
    return str(_read(profile_dir / KEY_FILE)[0]["method"])


def vault_of(profile_dir: Path, ask_passphrase: Callable[[], str]) -> Vault:
    """What opens this profile; asks for a passphrase only where it takes one. Raises KeyFileDamaged, KeyringFailed."""
    if method_of(profile_dir) == PassphraseVault.method:
        return PassphraseVault(ask_passphrase())
    keyring = usable_keyring()
    if isinstance(keyring, str):
        raise KeyringFailed(keyring)
    return keyring


def erase(profile_dir: Path, vault: Vault) -> None:
    """Destroys what opens the profile, the outer key first; after it nobody can read the book. Can be repeated.

    If the keyring refuses, the wrapped key is destroyed all the same, and then the keyring's trouble raised.
    """
    file = profile_dir / KEY_FILE
    if not file.exists():
        return
    try:
        header, _, _ = _read(file)
        if header["method"] == vault.method:
            vault.forget(header)
    except KeyFileDamaged:
        pass  # nothing in it says where the other key is; what is left of it goes all the same
    finally:
        _shred(file)


def usable_keyring() -> KeyringVault | str:
    """The keyring of this desktop, or in words for the rep why there is none. Takes up to 0.2 s: not for the start."""
    from keyring.core import load_keyring

    found: list[KeyringBackend] = []
    for name in ALLOWED_BACKENDS:
        try:
            found.append(load_keyring(name))
        except Exception:  # noqa: BLE001 - a back-end says in its own errors that it does not fit this system
            continue
    if not found:
        return tr("This computer offers no keyring that Companion trusts, so a passphrase has to protect your book.")
    return KeyringVault(max(found, key=lambda backend: float(backend.priority)))


def _wrap(key: bytes, outer: bytes, header: dict[str, Any]) -> dict[str, str]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return {"nonce": _text(nonce), "wrapped": _text(AESGCM(outer).encrypt(nonce, key, _bound(header)))}


def _unwrap(wrapped: bytes, nonce: bytes, outer: bytes, header: dict[str, Any]) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(outer).decrypt(nonce, wrapped, _bound(header))
    except InvalidTag:
        raise WrongKey from None


def seal(data: bytes, passphrase: str) -> bytes:
    """What only the passphrase opens again, whatever computer it is carried to. Takes a quarter of a second."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, details = PassphraseVault(passphrase).make("")
    header = {"version": 1, "method": PassphraseVault.method, **details}
    nonce = os.urandom(12)
    return json.dumps(header).encode("ascii") + b"\n" + nonce + AESGCM(key).encrypt(nonce, data, _bound(header))


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed. Raises WrongKey, or KeyFileDamaged where it is no file of ours."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    first, _, rest = sealed.partition(b"\n")
    try:
        header = json.loads(first)
        key = PassphraseVault(passphrase).fetch(header)
        return AESGCM(key).decrypt(rest[:12], rest[12:], _bound(header))
    except InvalidTag:
        raise WrongKey from None
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise KeyFileDamaged(type(error).__name__) from None


def _bound(header: dict[str, Any]) -> bytes:
    """The header as the cipher authenticates it, so that no part of the file can be exchanged."""
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")


def _read(file: Path) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        header = json.loads(file.read_bytes())
        nonce = base64.b64decode(header.pop("nonce"), validate=True)
        wrapped = base64.b64decode(header.pop("wrapped"), validate=True)
        header.pop("next", None)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise KeyFileDamaged(type(error).__name__) from None
    known = (
        header.get("version") == 1 and isinstance(header.get("profile"), str) and isinstance(header.get("method"), str)
    )
    if not known or len(nonce) != 12 or len(wrapped) != KEY_BYTES + 16:
        raise KeyFileDamaged("not a key file of this version")
    return header, nonce, wrapped


def _next_of(file: Path) -> dict[str, str] | None:
    found = json.loads(file.read_bytes()).get("next")
    return found if isinstance(found, dict) else None


def _following(file: Path, outer: bytes, header: dict[str, Any]) -> bytes | None:
    """The key that shall follow; None where no rotation is under way, or what is there is not of our making."""
    found = _next_of(file)
    if found is None:
        return None
    try:
        nonce, wrapped = (base64.b64decode(found[name], validate=True) for name in ("nonce", "wrapped"))
        return _unwrap(wrapped, nonce, outer, _to_come(header))
    except (KeyError, TypeError, ValueError, WrongKey):
        return None


def _to_come(header: dict[str, Any]) -> dict[str, Any]:
    """What a key that shall follow is bound to: it can't take the place of the present one by being copied there."""
    return {**header, "next": True}


def _write(file: Path, content: dict[str, Any]) -> None:
    """Readable by its owner alone, there wholly or not at all, and on the disk before it counts."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(json.dumps(content, indent=1).encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _shred(file: Path) -> None:
    """Overwritten first, for the disks where that helps."""
    with file.open("r+b") as stream:
        stream.write(bytes(file.stat().st_size))
        stream.flush()
        os.fsync(stream.fileno())
    file.unlink()


def _forbid_core_dumps() -> None:
    """From here on a key is in memory: a crash must not write it to the disk."""
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
