"""What `packaging/environment` does on machines that lack something: the command to type, and nothing half done."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [ROOT / "packaging" / name for name in ("environment", "run", "test", "bench", "lock")] + [ROOT / ".ci/run"]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts are for bash")

Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs a line of bash that knows the functions, on a machine whose commands are the fakes given by name."""

    def run(line: str, **fakes: str) -> subprocess.CompletedProcess[str]:
        commands = tmp_path / "commands"
        commands.mkdir(exist_ok=True)
        for name, body in fakes.items():
            fake = commands / name.replace("_", "-")
            fake.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
            fake.chmod(0o755)
        return subprocess.run(
            ["bash", "-c", f'set -euo pipefail; . "{ROOT}/packaging/environment"; venv={tmp_path}/venv; {line}'],
            env={"PATH": f"{commands}:/usr/bin:/bin", "HOME": str(tmp_path), "COMPANION_PYTHON": sys.executable},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


ANYONE = "echo 1000"
ROOT_USER = "echo 0"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_bash_that_parses(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True, timeout=10)
    assert os.access(script, os.X_OK) or script.name == "environment"


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libX11.so.6", "libx11-6"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libEGL.so.1", "libegl1"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libz.so.1", "zlib1g"),
    ],
)
def test_a_library_is_asked_for_by_the_name_of_its_package(shell: Shell, soname: str, package: str) -> None:
    assert shell(f"debian_package {soname}").stdout.strip() == package


def test_without_root_the_command_to_type_is_told(shell: Shell) -> None:
    run = shell('install_or_say "Qt needs libraries" libegl1 libgl1', id=ANYONE, apt_get="exit 9")
    assert run.returncode == 1
    assert run.stderr.splitlines() == [
        "Qt needs libraries. Install what is missing with:",
        "    sudo apt-get install libegl1 libgl1",
    ]


def test_as_root_the_packages_are_installed_without_a_question(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = shell('install_or_say "Qt needs libraries" libegl1', id=ROOT_USER, apt_get=f'echo "$@" >> {log}')
    assert run.returncode == 0
    assert log.read_text("utf-8").splitlines() == ["update -qq", "install -qq -y --no-install-recommends libegl1"]


def test_what_apt_said_is_told_when_it_fails(shell: Shell) -> None:
    run = shell('install_or_say "Why" libegl1', id=ROOT_USER, apt_get="echo no network; exit 100")
    assert run.returncode == 1
    assert "no network\nCould not install: libegl1" in run.stderr


def test_an_interpreter_that_only_refuses_is_passed_over(shell: Shell) -> None:
    fakes = dict.fromkeys(("python3.13", "python3.12", "python3.11"), "exit 127")
    run = shell("unset COMPANION_PYTHON; find_python", **fakes, python3=f'exec {sys.executable} "$@"')
    assert run.stdout.strip() == "python3"


def test_a_python_without_its_venv_module_names_the_package(shell: Shell) -> None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    half = f'case "$2" in *ensurepip*) exit 1;; *) exec {sys.executable} "$@";; esac'
    run = shell("COMPANION_PYTHON=half-python make_venv", id=ANYONE, apt_get="", half_python=half)
    assert run.returncode == 1
    assert f"sudo apt-get install python{version}-venv" in run.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="libraries of Linux")
def test_missing_libraries_are_named_once_each(shell: Shell) -> None:
    missing = (
        'printf "\\tlibEGL.so.1 => not found\\n\\tlibxcb-cursor.so.0 => not found\\n\\tlibc.so.6 => /lib/libc.so.6\\n"'
    )
    run = shell(f"python={sys.executable}; check_libraries", id=ANYONE, apt_get="", ldd=missing)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == "    sudo apt-get install libegl1 libxcb-cursor0"


def test_an_unchanged_lock_installs_nothing_and_a_changed_one_does(shell: Shell, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    line = f"python={tmp_path}/commands/fake-python; install_locked requirements.txt requirements-dev.txt"
    pip = f'echo "$@" >> {calls}; mkdir -p {tmp_path}/venv'

    assert shell(line, fake_python=pip).returncode == 0
    assert shell(line, fake_python=pip).returncode == 0
    assert len(calls.read_text("utf-8").splitlines()) == 1
    assert "requirements-dev.txt" in calls.read_text("utf-8")

    with (tmp_path / "venv/locked/requirements.txt").open("a") as lock:
        lock.write("# an older lock\n")
    assert shell(line, fake_python=pip).returncode == 0
    assert len(calls.read_text("utf-8").splitlines()) == 2


def test_an_install_that_failed_is_tried_again_the_next_time(shell: Shell, tmp_path: Path) -> None:
    line = f"python={tmp_path}/commands/fake-python; install_locked requirements.txt"
    assert shell(line, fake_python="exit 1").returncode == 1
    assert not (tmp_path / "venv" / "locked").exists()
    assert shell(line, fake_python="exit 0").returncode == 0


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_library_has_its_hash_and_no_place_to_come_from(lock: str) -> None:
    text = (ROOT / "packaging" / lock).read_text("utf-8")
    pins = [block for block in text.replace("\\\n", " ").splitlines() if "==" in block and not block.startswith("#")]
    assert len(pins) > 20
    assert [pin for pin in pins if "--hash=sha256:" not in pin] == []
    assert "://" not in text
