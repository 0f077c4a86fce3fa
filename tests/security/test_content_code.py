"""No code is taken from where data lies: not from the folder of the shell, not from the profile (S-46)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.watched import watched

ROOT = Path(__file__).parents[2]
NAMES = (
    "json",
    "argparse",
    "pathlib",
    "sqlite3",
    "ssl",
    "keyring",
    "httpx",
    "PySide6",
    "rapidfuzz",
    "tomllib",
    "msgspec",
)
PLANTED = "import os\nopen(os.environ['PLANTED'], 'a').write(__name__ + chr(10))\n"
ENTRY = "import sys\nfrom ui.__main__ import main\nsys.exit(main())\n"
"""What an installer writes for the command `companion`."""


@pytest.fixture
def planted(tmp_path: Path) -> dict[str, str]:
    """A folder for the shell and a profile full of modules and libraries that are not ours; returns the environment."""
    folders = [tmp_path / "cwd", *(tmp_path / f"{each}/Companion" for each in ("data", "config", "cache", "state"))]
    folders.append(tmp_path / "data/Companion/profiles/default")
    for folder in folders:
        folder.mkdir(parents=True)
        for name in NAMES:
            (folder / f"{name}.py").write_text(PLANTED)
        for name in ("libQt6Core.so.6", "libsqlcipher.so", "qt.conf", "sitecustomize.py", "conftest.py"):
            (folder / name).write_text(PLANTED if name.endswith(".py") else "planted")
        for name in ("platforms", "imageformats", "companion"):
            (folder / name).mkdir()
            (folder / name / "libqoffscreen.so").write_bytes(b"\x7fELF")
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    (bin_folder / "companion").write_text(ENTRY)
    homes = {f"XDG_{each.upper()}_HOME": str(tmp_path / each) for each in ("data", "config", "cache", "state")}
    return {**homes, "PLANTED": str(tmp_path / "loaded"), "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}


@pytest.mark.slow
@pytest.mark.parametrize("verb", [["today", "--demo"], ["doctor"], ["--demo", "--pictures", "pictures"]])
def test_the_command_loads_nothing_from_the_folder_it_is_typed_in(
    verb: list[str], planted: dict[str, str], tmp_path: Path
) -> None:
    entry = str(tmp_path / "bin/companion")

    seen = watched([sys.executable, entry, *verb], tmp_path, env=planted, cwd=tmp_path / "cwd")

    assert not Path(planted["PLANTED"]).exists(), Path(planted["PLANTED"]).read_text()
    code = (".py", ".pyc", ".so", ".so.6", ".conf", ".dll", ".pth")
    from_data = [each for each in seen.opened if "/cwd/" in each or "Companion/" in each or not each.startswith("/")]
    assert [each for each in from_data if each.endswith(code)] == []
    assert "Traceback" not in seen.said, seen.said[-2000:]


def test_the_folder_of_the_shell_leaves_the_path_with_our_first_line(planted: dict[str, str], tmp_path: Path) -> None:
    """`python -m ui`, which puts that folder first: from `ui` on nothing more is found there."""
    code = (
        "import sys, os; sys.path[:1] = [os.getcwd()]; import ui, json, tomllib, rapidfuzz;"
        "print(os.getcwd() in sys.path)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path / "cwd",
        env={**os.environ, **planted},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout.strip() == "False"
    assert not Path(planted["PLANTED"]).exists()


def test_planted_code_would_be_noticed(planted: dict[str, str], tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import rapidfuzz"], cwd=tmp_path / "cwd", env={**os.environ, **planted}, check=True
    )

    assert "rapidfuzz" in Path(planted["PLANTED"]).read_text()
