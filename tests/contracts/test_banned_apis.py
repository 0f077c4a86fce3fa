"""What the linter bans, and where: pixels in view-models; clocks, sleep and randomness in the core."""

from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUFF = Path(sysconfig.get_path("scripts")) / "ruff"

BANNED = [
    ("ui/today/viewmodel.py", "from PySide6.QtWidgets import QWidget"),
    ("ui/settings/deep/viewmodel.py", "import PySide6.QtGui"),
    ("companion/store/people.py", "import time; time.time()"),
    ("companion/sync/engine.py", "import time; time.sleep(1)"),
    ("companion/actions/snooze.py", "import datetime; datetime.datetime.now()"),
    ("companion/queries/today.py", "from datetime import date; date.today()"),
    ("companion/sync/retry.py", "import random; random.random()"),
]
ALLOWED = [
    ("ui/today/screen.py", "from PySide6.QtWidgets import QWidget"),
    ("ui/today/viewmodel.py", "from PySide6.QtCore import QObject"),
    ("companion/bootstrap.py", "import time; time.time()"),
    ("companion/cli.py", "import datetime; datetime.datetime.now(datetime.UTC)"),
    ("companion/sync/retry.py", "import random; random.Random(7).random()"),
]


@pytest.mark.parametrize(("file", "code"), BANNED)
def test_the_linter_bans_it_here(file: str, code: str) -> None:
    assert "TID251" in lint(file, code)


@pytest.mark.parametrize(("file", "code"), ALLOWED)
def test_the_linter_allows_it_here(file: str, code: str) -> None:
    assert "TID251" not in lint(file, code)


def lint(file: str, code: str) -> str:
    """What ruff says about this code, were it in this file of ours."""
    run = subprocess.run(
        [RUFF, "check", "--no-cache", "--output-format", "concise", "--stdin-filename", file, "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout
