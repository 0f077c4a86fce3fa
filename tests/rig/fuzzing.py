"""L10: every decoder and parser under bytes that nobody foresaw; 'L10:search' attacks one, 'L10:texts' a group."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.rig.fuzz.child import HUNG_S
from tests.rig.fuzz.targets import GROUPS, TARGETS

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = float(os.environ.get("COMPANION_FUZZ_SECONDS", "20"))
"""How long one run lasts. For a campaign: 1800 by the environment."""

_RUNS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


class Found(AssertionError):
    """An input that something could not bear. The message holds it, and how to call it again."""


class Fuzzing:
    """One run attacks one target for SECONDS; seeds go round the targets. `inputs` counts what was tried, by target.

    Without atheris (it is there for Linux on x86-64 alone) inputs are changed by chance, which reaches less.
    """

    def __init__(self, option: str = "", *, seconds: float = SECONDS, blind: bool | None = None) -> None:
        self.names = list(GROUPS.get(option) or ([option] if option else TARGETS))
        self.seconds = seconds
        self.blind = importlib.util.find_spec("atheris") is None if blind is None else blind
        self.inputs: dict[str, int] = {}
        if self.blind and blind is None:
            sys.stderr.write("L10: atheris is missing, so inputs are changed by chance, not led by coverage\n")

    def skip(self) -> str | None:
        """It runs everywhere."""
        return None

    def points(self) -> int | None:
        """Without end."""
        return None

    def attack(self, seed: int) -> None:
        """One target; raises Found."""
        name = self.names[seed % len(self.names)]
        folder = Path(tempfile.mkdtemp(prefix="companion-fuzz-"))
        try:
            self._run(name, seed, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Nothing is shared."""

    def _run(self, name: str, seed: int, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.rig.fuzz.child", name, str(folder)]
        command += ["--seconds", str(self.seconds), "--seed", str(seed), *(["--blind"] if self.blind else [])]
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder), "QT_QPA_PLATFORM": "offscreen", "HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=self.seconds + HUNG_S * 8,
            check=False,
        )
        said = ended.stdout.decode("utf-8", "replace")
        if ended.returncode:
            raise Found(f"{name}: {_last_words(said)}; again: {_again(name, folder)}")
        runs = _RUNS.search(said)
        assert runs is not None, f"{name} did not say what it did: {said[-300:]}"
        self.inputs[name] = self.inputs.get(name, 0) + int(runs[1])


def _last_words(said: str) -> str:
    """The error and the place that raised it, out of a traceback."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [
        line for line in lines if re.match(r"[\w.]*(Error|Exception|Slow|Expired|Refused|Harmed)\b|==\d+== ERROR", line)
    ]
    places = [line for line in lines if (line.startswith("File ") and "/companion/" in line) or "/ui/" in line]
    return f"{(errors or lines or ['it ended without a word'])[0][:200]} {places[-1][:160] if places else ''}".strip()


def _again(name: str, folder: Path) -> str:
    """The command that shows it again."""
    found = sorted(each for each in folder.iterdir() if each.is_file())
    data = found[0].read_bytes().hex() if found else "''"
    return f"python -m tests.rig.fuzz.child {name} . --input {data}"
