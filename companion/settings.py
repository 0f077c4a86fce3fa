"""What the rep can choose: one frozen dataclass, one TOML file."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_type_hints

log = logging.getLogger(__name__)

FILE: Final = "settings.toml"
_PROXY: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/?", re.ASCII)

# Nobody writes this much by hand; what is larger is not our file.
LARGEST_BYTES: Final = 64 * 1024

LANGUAGES: Final = ("en", "de", "fr", "es")
"""The languages that Companion speaks, by their two letters."""

# The whole numbers that may be chosen, by setting: lowest and highest.
BOUNDS: Final = {
    "text_size": (80, 200),
    "poll_minutes": (1, 240),
    "morning_hour": (4, 12),
    "lock_minutes": (0, 240),
    "meeting_minutes": (1, 60),
    "quiet_from": (0, 24),
    "quiet_until": (0, 23),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every choice, with what a new rep gets. Change one with `dataclasses.replace`, keep it with `save`."""

    theme: Literal["system", "light", "dark"] = "system"
    language: Literal["system", "en", "de", "fr", "es"] = "system"
    """What the window speaks and the log line reads; `language_of` tells which one "system" is."""
    density: Literal["comfortable", "compact"] = "comfortable"
    text_size: int = 100
    """Percent of the system's text size."""
    reduce_motion: bool = False
    single_keys: Literal["on", "with-ctrl", "off"] = "on"
    """Whether a letter alone logs a call; a letter typed where text goes never does."""
    keep_running: bool = False
    """Stay in the tray when the window is closed."""
    notifications: bool = True
    """Whether reminders come as notifications of the system; else they stand in the window."""
    notification_words: Literal["full", "names", "count"] = "names"
    """What a notification says, as a locked screen may show it: all; who, without what anybody wrote; how many."""
    meeting_minutes: int = 10
    """How long before a meeting it is told."""
    quiet_from: int = 20
    """Local hour from which nothing but a meeting is told; 24, or the same as `quiet_until`: never quiet."""
    quiet_until: int = 7
    poll_minutes: int = 1
    """How often the CRM is asked for what is new."""
    morning_hour: int = 8
    """When a day starts: local hour at which a person snoozed to a day comes back."""
    lock_minutes: int = 0
    """Minutes without a touch after which the book is closed until its key is given again; 0: never."""
    proxy: str = ""
    """The company's proxy, where it is the only way to the CRM, such as 'http://proxy.example:3128'; '' goes straight.
    Without a name and a password, which would stand here for all to read. What the system or the environment says of
    proxies is not asked: whoever can set it could read along."""


def language_of(chosen: str, system: Iterable[str]) -> str:
    """The two letters of the language to speak: the chosen one, else the first of the system's that is spoken here.

    `system` are the system's languages, the best first, as 'de', 'de_AT' or 'de-AT'. English where none is spoken.
    """
    wanted = (each.replace("_", "-").partition("-")[0].lower() for each in system) if chosen == "system" else (chosen,)
    return next((each for each in wanted if each in LANGUAGES), "en")


def default_file() -> Path:
    """Where this user's settings lie."""
    import platformdirs

    return Path(platformdirs.user_config_dir("Companion", appauthor=False)) / FILE


def way_out(file: Path | None = None) -> str | None:
    """The proxy that was chosen; None where Companion goes straight."""
    return load(file or default_file()).proxy or None


def load(file: Path) -> Settings:
    """The settings in `file`. Never raises: a value that is not allowed is the default, a damaged file is set aside."""
    return Settings(**{name: value for name, value in _read(file).items() if _allowed(name, value)})


def save(file: Path, settings: Settings) -> None:
    """Replaces `file` in one step, never half written; what a newer version put there stays. Raises OSError."""
    chosen = {field.name: getattr(settings, field.name) for field in fields(settings)}
    unknown = {name: value for name, value in _read(file).items() if name not in chosen and _writable(name, value)}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in {**chosen, **unknown}.items()]
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, fresh = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        Path(fresh).replace(file)
    except OSError:
        Path(fresh).unlink(missing_ok=True)
        raise


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            log.warning("the settings can’t be read: %s", error)
        return {}
    try:
        if len(content) > LARGEST_BYTES:
            raise ValueError("too large")
        import tomllib  # a rep who chose nothing has no file

        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        aside = file.with_name(file.name + ".damaged")
        log.warning("the settings are damaged (%s), kept as %s", error, aside)
        with contextlib.suppress(OSError):
            file.replace(aside)
        return {}


def _allowed(name: str, value: object) -> bool:
    kind = _KINDS.get(name)
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        lowest, highest = BOUNDS[name]
        return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest
    if kind is str:
        return isinstance(value, str) and (not value or _PROXY.fullmatch(value) is not None)
    return isinstance(value, str) and value in get_args(kind)


def _writable(name: str, value: object) -> bool:
    # What JSON and TOML write alike.
    return name.isidentifier() and name.isascii() and isinstance(value, str | bool | int) and str(value).isprintable()


_KINDS: Final = get_type_hints(Settings)
