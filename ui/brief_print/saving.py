"""Puts a finished file into a folder of the rep's: a name that every system takes, never over another file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from companion.domain.text import plain_name

_REFUSED: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*%]+')
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST: Final = 80
_TRIES: Final = 500


def file_name(name: str, day: str) -> str:
    """'Marta Ferreira, 2026-11-24.pdf'; what a name of a file can't hold is left out."""
    plain = " ".join(_REFUSED.sub(" ", plain_name(name, _LONGEST)).split()).strip(". ")
    while len(plain.encode("utf-8", "replace")) > 2 * _LONGEST:
        plain = plain[:-1]
    if not plain or _RESERVED.fullmatch(plain):
        plain = f"Brief {plain}".strip()
    return f"{plain}, {' '.join(_REFUSED.sub(' ', day).split())}.pdf"


def save(data: bytes, folder: Path, name: str) -> Path:
    """Writes the file, for the rep's eyes only; a second of the same name gets a number. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, ending = name.rpartition(".")
    for number in range(1, _TRIES):
        path = folder / (name if number == 1 else f"{stem} ({number}){dot}{ending}")
        try:
            # Exclusive: neither another file nor a link that stands there is written through.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        return _fill(handle, path, data)
    raise FileExistsError(name)


def _fill(handle: int, path: Path, data: bytes) -> Path:
    """All of it or nothing: half a brief would be taken for a whole one."""
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
