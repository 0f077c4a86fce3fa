"""P1: from the start of the process to Today painted from the encrypted file, against a bare window, in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import book, floor
from benchmarks.book import KEY, ROOT, Scale
from benchmarks.figure import Figure, at_most, over_floor
from benchmarks.start_app import KnownVault
from companion import credentials
from companion.bootstrap import BOOK
from companion.database import open_database
from companion.store import meta


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Both are started once before, so that the files are in memory."""
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        make_profile(Path(folder), scale)
        bare = [sys.executable, "-m", "benchmarks.start_bare"]
        app = [sys.executable, "-m", "benchmarks.start_app", folder]
        compiled = {**os.environ, "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        # An installed app is compiled: this environment may forbid to keep what was.
        compiled.pop("PYTHONDONTWRITEBYTECODE", None)
        _start(bare, compiled), _start(app, compiled)
        empty, today = [], []
        for _ in range(max(3, rounds // 2)):
            empty.append(_start(bare, compiled))
            today.append(_start(app, compiled))
    yield over_floor("P1 cold start to Today", floor.p50(today), floor.p50(empty), "ms", 1.8)
    yield at_most("P1 cold start to Today, median", floor.p50(today), "ms", 1000)


def make_profile(folder: Path, scale: Scale) -> None:
    """A profile with the book in it, as signing in leaves one."""
    key = credentials.create(folder, KnownVault())
    file = folder / BOOK
    file.write_bytes(book.file_of(scale).read_bytes())
    connection = floor.raw(file, KEY)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
    connection.close()
    database = open_database(file, key)
    with database.write() as write:
        meta.put(write, "crm", {"connector": "none"})
    database.close()


def _start(command: list[str], environment: Mapping[str, str]) -> float:
    """Milliseconds until the process says that it has painted."""
    began = time.monotonic_ns()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if not done.stdout.strip():
        raise RuntimeError(f"{command[-1]} painted nothing: {done.stderr[-2000:]}")
    return (int(done.stdout) - began) / 1e6
