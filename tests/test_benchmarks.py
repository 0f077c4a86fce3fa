"""The benchmarks can be run by anybody, and a machine can read what they found. Nothing is timed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def test_the_figures_come_as_json_with_their_floors_and_bars(tmp_path: Path) -> None:
    figures = measured("P3", tmp_path)

    assert [each["id"].split()[0] for each in figures] == ["P3", "P3"]
    for each in figures:
        assert set(each) == {"id", "figure", "unit", "floor", "ratio", "bar", "ok"}
        assert each["figure"] > 0
    first = figures[0]
    assert first["ok"] is (first["ratio"] <= 2)
    assert abs(first["ratio"] - first["figure"] / first["floor"]) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("budget", "lines"), [("P11", 5), ("P12", 3), ("P13", 8)], ids=["first sync", "no news", "pipeline"]
)
def test_what_needs_a_server_or_a_window_is_played_to_its_end(tmp_path: Path, budget: str, lines: int) -> None:
    figures = measured(budget, tmp_path)

    assert [each["id"].split()[0] for each in figures] == [budget] * lines
    assert all(each["figure"] > 0 for each in figures)


def measured(budget: str, folder: Path) -> list[dict[str, Any]]:
    """The figures of a budget on the smallest book."""
    command = [sys.executable, "-m", "benchmarks", "--only", budget, "--scale", "tiny", "--rounds", "1", "--json"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    figures: list[dict[str, Any]] = json.loads(done.stdout)
    return figures
