"""P2: the memory of the app with today shown, against a bare window's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import floor
from benchmarks.book import ROOT, Scale
from benchmarks.figure import Figure, over_floor
from benchmarks.start import make_profile


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """What is resident: the share that falls to one process would fall with every other that uses Qt just then."""
    if not Path("/proc/self/status").exists():
        return
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        make_profile(Path(folder), scale)
        bare, today = [], []
        for _ in range(max(1, rounds // 7)):
            bare.append(_taken())
            today.append(_taken(folder))
    yield over_floor("P2 memory with today shown", floor.p50(today), floor.p50(bare), "MB", 2)


def _taken(*arguments: str) -> float:
    command = [sys.executable, "-m", "benchmarks.memory_of", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=True
    )
    return int(done.stdout) / 1024
