"""Layer L3: the real process is killed at, or refused, its n-th write, sync, open, rename, send … of each kind.

A warm process forks Companion, strace attaches to it with one injection, and it runs a scenario on a real encrypted
file with the CRM behind a real socket. The first run, unharmed, counts the calls: every one is a point for a kill, and
for each error that such a call may give.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.rig.crm_server import Office, Served, State
from tests.rig.homes import Home, workroom
from tests.rig.inquest import Act, Inquest
from tests.rig.tally import Harmed
from tests.rig.zygote import Child, Zygote

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "pwrite64": ("ENOSPC", "EIO", "EINTR"),
    "write": ("ENOSPC", "EIO", "EINTR"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO", "ENOSPC"),
    "openat": ("EIO", "ENOSPC", "EINTR"),
    "rename": ("EIO", "ENOSPC"),
    "unlink": ("EIO",),
    "sendto": ("EINTR", "EPIPE"),
    "recvfrom": ("EINTR", "ECONNRESET"),
    "connect": ("ECONNREFUSED",),
    "mkdir": ("ENOSPC",),
    "pread64": ("EIO",),
}
"""The calls that are counted, each with the errors that it may give."""

NOT_KILLED_AT: Final = frozenset({"pread64"})
"""Reading changes nothing: a death there is a death at the next write."""

ATTACH_S: Final = 5.0
CRM: Final = "hubspot-like"


class Point(Struct, frozen=True):
    """What happens at the n-th call of a kind: 'KILL' or an error's name."""

    call: str
    n: int
    what: str

    def __str__(self) -> str:
        return f"{self.what} at {self.call} {self.n}"

    @property
    def injection(self) -> str:
        """As strace wants it."""
        how = "signal=KILL" if self.what == "KILL" else f"error={self.what}"
        return f"inject={self.call}:{how}:when={self.n}"


class Syscalls:
    """The layer. Its option names a scenario: one of `scenarios.prepared.PREPARED`."""

    def __init__(self, option: str = "log") -> None:
        from tests.rig.scenarios.prepared import PREPARED

        self.scenario = option
        self._prepare: Callable[[Home, Office], list[Act]] = PREPARED[option]
        self._room = workroom()
        self._office = Office(CRM)
        self._served = Served(self._office).__enter__()
        self._zygote: Zygote | None = None

    def skip(self) -> str | None:
        """strace must be there, and be allowed to attach."""
        if shutil.which("strace") is None:
            return "strace is not installed"
        try:
            self._attached(self._fork(self._fresh()), Point("rename", 65535, "EIO"))
        except Refused as error:
            return f"strace may not attach here: {error}"
        return None

    def points(self) -> int:
        """Kills first, then errors."""
        return len(self._points)

    def attack(self, seed: int) -> None:
        """One point."""
        point = self._points[seed]
        try:
            self._run(point)
        except Harmed as error:
            raise Harmed(error.harm, f"{self.scenario}, {point}: {error}") from error

    def close(self) -> None:
        """Ends the processes."""
        if self._zygote is not None:
            self._zygote.close()
        self._served.__exit__()
        shutil.rmtree(self._room, ignore_errors=True)

    # A run ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _run(self, point: Point) -> None:
        home = self._fresh()
        child = self._fork(home)
        self._attached(child, point)
        self._served.rest()
        inquest = Inquest(home, self._office, {act.word: act for act in self._template.acts})
        inquest.hear(child.told)
        inquest.hold()

    def _attached(self, child: Child, point: Point, log: Path | None = None) -> int:
        """Runs the child to its end with the injection; returns its exit code."""
        calls = ",".join(CALLS) if log else point.call
        command = ["strace", "-f", "-p", str(child.pid), "-o", str(log or os.devnull), "-e", f"trace={calls}"]
        tracer = subprocess.Popen([*command, "-e", point.injection], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            _wait_until_attached(tracer)
            child.go()
            return child.wait()
        except Refused:
            child.kill()
            child.wait()
            raise
        finally:
            tracer.terminate()
            tracer.wait()
            assert tracer.stderr is not None
            tracer.stderr.close()

    def _fork(self, home: Home) -> Child:
        if self._zygote is None:
            self._zygote = Zygote()
        return self._zygote.fork(self.scenario, home.folder, self._served.url)

    def _fresh(self) -> Home:
        """The home and the CRM as they were before the scenario."""
        self._office.restore(self._template.crm)
        return self._template.home.copy_to(self._room / "run")

    @cached_property
    def _template(self) -> Template:
        home = Home(self._room / "template")
        if self.scenario == "first":
            home.folder.mkdir()
        else:
            home.make(self._office.crm)
        acts = self._prepare(home, self._office)
        return Template(home, self._office.state(), acts)

    @cached_property
    def _points(self) -> list[Point]:
        log = self._room / "calls"
        child = self._fork(self._fresh())
        code = self._attached(child, Point("rename", 65535, "EIO"), log)
        if code != 0:
            raise RuntimeError(f"the unharmed run of {self.scenario} fails: {child.told[-2:]}")
        counted = Counter(re.findall(r"^\d+\s+(\w+)\(", log.read_text(), re.MULTILINE))
        each = [(call, n) for call in CALLS for n in range(1, counted[call] + 1)]
        kills = [Point(call, n, "KILL") for call, n in each if call not in NOT_KILLED_AT]
        return kills + [Point(call, n, error) for call, n in each for error in CALLS[call]]


class Template(Struct):
    """What each run begins with: the home, the CRM's state, and the acts that wait in the outbox."""

    home: Home
    crm: State
    acts: list[Act]


class Refused(Exception):
    """strace could not attach."""


def _wait_until_attached(tracer: subprocess.Popen[bytes]) -> None:
    assert tracer.stderr is not None
    said = b""
    until = time.monotonic() + ATTACH_S
    while b"attached" not in said and time.monotonic() < until:
        if select.select([tracer.stderr], [], [], 0.1)[0]:
            part = os.read(tracer.stderr.fileno(), 4096)
            said += part
            if not part:
                break
    if b"attached" not in said:
        raise Refused(said.decode(errors="replace").strip()[:200] or "no answer")
