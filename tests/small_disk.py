"""A disk so small that it can be filled, for what happens when nothing more can be written."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

FILLER = "filler"
"""The file that takes what room there is; without it there is room again."""


@contextmanager
def small_disk(disk: Path, mebibytes: int) -> Iterator[Path]:
    """A disk of that size in a new folder; skips the test where none can be mounted."""
    disk.mkdir()
    size = f"size={mebibytes}m"
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "small", str(disk)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {error}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> None:
    """To the last byte."""
    with (disk / FILLER).open("ab", buffering=0) as file:
        for size in (1024 * 1024, 4096, 1):
            with suppress(OSError):
                while file.write(bytes(size)):
                    pass
