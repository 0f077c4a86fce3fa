"""The benchmarks can be run by anybody, and a machine can read what they found. Nothing is timed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def test_the_figures_come_as_json_with_their_floors_and_bars(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "--only", "P3", "--scale", "tiny", "--rounds", "1", "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    figures: list[dict[str, Any]] = json.loads(done.stdout)

    assert [each["id"].split()[0] for each in figures] == ["P3", "P3"]
    for each in figures:
        assert set(each) == {"id", "figure", "unit", "floor", "ratio", "bar", "ok"}
        assert each["figure"] > 0
    first = figures[0]
    assert first["ok"] is (first["ratio"] <= 2)
    assert abs(first["ratio"] - first["figure"] / first["floor"]) < 0.05
