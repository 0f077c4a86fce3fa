"""A program under strace, without a network: which files it opened and whom it called."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_CALL = re.compile(r'(?:open|openat|execve)\((?:AT_FDCWD(?:<[^>]*>)?, )?"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Seen:
    """What was seen: paths as they were given to the kernel, and connects as strace writes them."""

    code: int
    said: str
    opened: tuple[str, ...]
    connects: tuple[str, ...]


def watched(
    command: Sequence[str],
    folder: Path,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    seconds: float = 300,
) -> Seen:
    """Runs a command to its end in a network of its own in which nothing is up. Skips where that can't be done."""
    if (why := unable()) is not None:
        pytest.skip(why)
    trace = folder / "trace"
    whole = ["unshare", "--net", "--map-root-user", "strace", "-f", "-qq", "-s", "4096", "-o", str(trace)]
    whole += ["-e", "trace=open,openat,connect,execve", "-e", "signal=none", *command]
    ended = subprocess.run(
        whole,
        cwd=cwd,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **(env or {})},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    lines = trace.read_text("utf-8", "replace").splitlines()
    opened = tuple(found[1] for line in lines if (found := _CALL.search(line)))
    connects = tuple(line for line in lines if "connect(" in line and "AF_" in line)
    return Seen(ended.returncode, ended.stdout + ended.stderr, opened, connects)


@functools.cache
def unable() -> str | None:
    """Why this machine can't watch; None where it can."""
    if sys.platform != "linux":
        return "NOT PROVEN here: strace is for Linux"
    if shutil.which("strace") is None or shutil.which("unshare") is None:
        return "NOT PROVEN here: strace or unshare is missing"
    tried = subprocess.run(
        ["unshare", "--net", "--map-root-user", "strace", "-qq", "-o", os.devnull, "true"],
        capture_output=True,
        check=False,
    )
    return None if tried.returncode == 0 else "NOT PROVEN here: no tracing or no network of its own is allowed"
