"""A process that has everything imported and forks a fresh Companion in a millisecond, as often as one is to die.

A `Zygote` belongs to whoever attacks; `fork` gives a `Child` that waits for `go`, so that a tracer can be attached.
What the child tells (what the rep was told is saved) comes through a pipe that the attacker owns and outlives it.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tests.rig.tally import Harm, Harmed

Tell = Callable[[dict[str, Any]], None]
Scenario = Callable[..., None]
"""Takes the home, the CRM's address, how to tell what was acknowledged, and by name what the attacker adds."""

LONGEST_S: Final = 30.0
_PR_SET_PTRACER: Final = 0x59616D61
_SCENARIOS: Final = "tests.rig.scenarios"


class Child:
    """A forked Companion. `told` grows as it tells."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self.told: list[dict[str, Any]] = []
        self._zygote = zygote

    def go(self) -> None:
        """Lets it begin."""
        self._zygote.say({"do": "go"})

    def listen(self, timeout_s: float) -> bool:
        """Takes what it told; waits at most so long for a first word. False if there was none."""
        before = len(self.told)
        self.told += self._zygote.heard(timeout_s)
        return len(self.told) > before

    def kill(self) -> None:
        """kill -9, this one process."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout_s: float = LONGEST_S) -> int:
        """Its end, as `os.waitstatus_to_exitcode` gives it: -9 for a kill. Raises Harmed if it does not come."""
        self._zygote.say({"do": "wait"})
        until = time.monotonic() + timeout_s
        while not self._zygote.answers(0.005):
            self.listen(0.0)
            if time.monotonic() > until:
                self.kill()
                self._zygote.answer()
                raise Harmed(Harm.STUCK, f"still running after {timeout_s} s: {self.told[-3:]}")
        status = int(self._zygote.answer())
        self.listen(0.0)
        return status


class Zygote:
    """The warm process. `warm` names further modules to import, such as 'ui.app'."""

    def __init__(self, warm: Sequence[str] = ()) -> None:
        self._ears, mouth = os.pipe()
        os.set_blocking(self._ears, False)
        self._rest = b""
        command = [sys.executable, "-m", "tests.rig.zygote", str(mouth), *warm]
        root = Path(__file__).parents[2]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=[mouth], cwd=root, bufsize=0)
        os.close(mouth)
        assert self.answer() == "warm"

    def fork(self, scenario: str, home: Path, url: str, *, quiet: bool = True, **more: Any) -> Child:
        """A child that will run `scenario` ('log') in a home, with its CRM at `url`. One at a time."""
        self.say({"do": "fork", "scenario": scenario, "home": str(home), "url": url, "quiet": quiet, "more": more})
        return Child(self, int(self.answer()))

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        os.close(self._ears)

    def say(self, words: dict[str, Any]) -> None:
        """One command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")

    def answers(self, timeout_s: float) -> bool:
        """Whether an answer comes within so many seconds."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], timeout_s)[0])

    def answer(self) -> str:
        """The next answer."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the zygote is dead")
        return line.decode().strip()

    def heard(self, timeout_s: float) -> list[dict[str, Any]]:
        """What a child has told meanwhile."""
        if not select.select([self._ears], [], [], timeout_s)[0]:
            return []
        parts = [self._rest]
        while True:
            try:
                part = os.read(self._ears, 65536)
            except BlockingIOError:
                break
            if not part:
                break
            parts.append(part)
        *lines, self._rest = b"".join(parts).split(b"\n")
        return [json.loads(line) for line in lines]


# In the warm process ────────────────────────────────────────────────────────────────────────────────────────────────


def _commands() -> Iterator[dict[str, Any]]:
    for line in iter(sys.stdin.buffer.readline, b""):
        yield json.loads(line)


def _reply(words: object) -> None:
    os.write(1, f"{words}\n".encode())


def _serve(mouth: int) -> None:
    pid, gate = 0, -1
    for command in _commands():
        match command["do"]:
            case "fork":
                behind, gate = os.pipe()
                pid = os.fork()
                if not pid:
                    os.close(gate)
                    _child(command, behind, mouth)
                os.close(behind)
                _reply(pid)
            case "go":
                os.write(gate, b"g")
                os.close(gate)
            case "wait":
                _reply(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _rehearsed() -> list[str]:
    """What else is imported while a rep works: a child plays it and tells. The parent must not: it would hold files."""
    ears, mouth = os.pipe()
    if not os.fork():
        played = ""
        try:
            import_module(f"{_SCENARIOS}.rehearsal").run()
            played = "\n".join(sys.modules)
        finally:
            with os.fdopen(mouth, "w") as file:
                file.write(played)
            os._exit(0)
    os.close(mouth)
    with os.fdopen(ears) as file:
        names = file.read().split()
    os.wait()
    return [name for name in names if name not in sys.modules and not name.startswith("__")]


def _child(command: dict[str, Any], gate: int, mouth: int) -> None:
    """Never returns. What the scenario raises is told, and is exit code 1."""
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(2**64 - 1), 0, 0, 0)
    logging.disable()
    code = 0
    if os.read(gate, 1) != b"g":
        os._exit(3)

    def tell(words: dict[str, Any]) -> None:
        os.write(mouth, json.dumps(words).encode() + b"\n")

    try:
        run: Scenario = import_module(f"{_SCENARIOS}.{command['scenario']}").run
        run(Path(command["home"]), command["url"], tell, **command["more"])
    except BaseException as error:  # noqa: BLE001 - the parent judges it
        tell({"broke": type(error).__name__, "why": str(error)[:500]})
        if not command["quiet"]:
            traceback.print_exc()
        code = 1
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """The warm process: imports what a scenario may need, then forks on demand."""
    mouth, *warm = arguments
    for name in (*(f"{_SCENARIOS}.{each}" for each in ("log", "sync", "start", "work")), *warm):
        import_module(name)
    for name in _rehearsed():
        with suppress(ImportError):
            import_module(name)
    _reply("warm")
    _serve(int(mouth))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
