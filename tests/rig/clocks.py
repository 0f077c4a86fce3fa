"""L8: the clock of a real process jumps, years ahead or back, while the rep works and the sync runs."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any, Final

from companion.domain.records import Kind
from tests.rig.crm_server import Office, Served
from tests.rig.tally import Harm, Harmed

YEAR_S: Final = 365 * 24 * 3600
JUMPS: Final = {
    "ten years ahead": 10 * YEAR_S,
    "ten years back": -10 * YEAR_S,
    "a sleep of thirty days": 30 * 24 * 3600,
    "a day back": -24 * 3600,
    "summer time begins": 3600,
    "summer time ends": -3600,
    "two minutes back": -120,
    "a second back": -1,
    "a second ahead": 1,
    "back to the truth": 0,
}
ZONES: Final = ("UTC", "Europe/Vienna", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kathmandu", "Pacific/Pago_Pago")
LIFE: Final = 8
"""So many jumps in one process; then it is killed or closed, and another one goes on."""
PATIENCE_S: Final = 60.0
LOOKS: Final = 3
"""At a second of rest: a thread that never rests shows in each."""
RESTING_S: Final = 0.5
MOST_CYCLES: Final = 40
MOST_REQUESTS: Final = 500
PROGRAM: Final = ("-m", "tests.rig.clock_life")


class Clocks:
    """The layer. One seed is one jump; every eighth begins a new process on the same book."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="clocks-"))
        self._office = Office()
        self._served: Served | None = None
        self._life: subprocess.Popen[str] | None = None
        self._lived = 0
        self._amount = 1000_00
        self._ahead_s = 0.0

    def skip(self) -> str | None:
        """Linux with libfaketime."""
        return None if _library() else "libfaketime is not installed"

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def close(self) -> None:
        """Ends the process and the server."""
        self._end(kill=True)
        if self._served is not None:
            self._served.__exit__()
        shutil.rmtree(self._folder, ignore_errors=True)

    def attack(self, seed: int) -> None:
        """One jump."""
        rng = Random(seed)
        if self._lived % LIFE == 0:
            self._end(kill=rng.random() < 0.5)
            self._begin()
        self._lived += 1
        try:
            self._jump(rng, seed)
            if self._lived % LIFE == 0:
                self._rests()
        except BaseException:
            # The next run begins with a process and a CRM that this one has not spoilt.
            self._lived = 0
            raise

    def _jump(self, rng: Random, seed: int) -> None:
        _, cycles, spent = self._ask("how")
        asked, began = sum(self._office.requests.values()), time.monotonic()
        before, after = f"before {seed}", f"after {seed}"
        self._ask("call", before, rng.choice((0, 1)))
        first = self._next_amount()
        jump = rng.choice(list(JUMPS))
        self._lie(self._ahead_s + JUMPS[jump] if JUMPS[jump] else 0.0)
        if rng.random() < 0.4:
            self._ask("zone", rng.choice(ZONES))
        last = self._next_amount()
        self._ask("call", after, 0)
        self._comes_to_rest(jump)
        self._judge(jump, (before, after), (first, last))
        self._is_calm(jump, cycles, spent, asked, time.monotonic() - began)

    def _rests(self) -> None:
        """In a second with nothing to do but a look for news; the best of a few."""
        worked: list[float] = []
        while len(worked) < LOOKS:
            before = self._ask("how")[2]
            time.sleep(1.0)
            worked.append(self._ask("how")[2] - before)
            if worked[-1] < RESTING_S:
                return
        raise AssertionError(f"{min(worked):.1f} s of work in a second with nothing to do")

    def _next_amount(self) -> int:
        self._amount += 1
        self._ask("amount", self._amount)
        return self._amount

    def _comes_to_rest(self, jump: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while self._ask("how")[0]:
            if time.monotonic() > ends:
                raise Harmed(Harm.STUCK, f"{jump}: {self._ask('how')[0]} changes wait after {PATIENCE_S:g} s")
            time.sleep(0.25)

    def _judge(self, jump: str, bodies: tuple[str, str], amounts: tuple[int, int]) -> None:
        calls = [row.fields.get("body") for row in self._office.crm.rows(Kind.ACTIVITY)]
        for body in bodies:
            if calls.count(body) != 1:
                harm = Harm.DOUBLED if body in calls else Harm.LOST
                raise Harmed(harm, f"{jump}: '{body}' is there {calls.count(body)} times")
        written = [write.new for write in self._office.crm.log if write.field == "amount" and write.id == "D1"]
        if written[-1] != amounts[1] or written != sorted(written, key=lambda value: int(str(value))):
            raise Harmed(Harm.OVERWRITTEN_UNSEEN, f"{jump}: out of order: {written[-3:]}")

    def _is_calm(self, jump: str, cycles: float, spent: float, asked: int, seconds: float) -> None:
        _, now_cycles, now_spent = self._ask("how")
        made = now_cycles - cycles
        requests = sum(self._office.requests.values()) - asked
        assert made <= MOST_CYCLES + 4 * seconds, f"{jump}: {made} cycles in {seconds:.1f} s"
        assert requests <= MOST_REQUESTS + 40 * seconds, f"{jump}: {requests} requests in {seconds:.1f} s"
        work = now_spent - spent
        assert work < 2.0 + 0.5 * seconds, f"{jump}: {work:.1f} s of work in {seconds:.1f} s"

    # The process ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        if self._served is None:
            self._served = Served(self._office)
            self._served.__enter__()
            self._lie(0.0)
        environment = {
            **os.environ,
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._folder / "ahead"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
        }
        self._life = subprocess.Popen(
            [sys.executable, *PROGRAM, str(self._folder), self._served.url],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ends = time.monotonic() + PATIENCE_S
        while not self._ask("synced"):
            assert time.monotonic() < ends, "the first sync never came"
            time.sleep(0.25)

    def _end(self, *, kill: bool) -> None:
        if self._life is None:
            return
        assert self._life.stdin is not None
        assert self._life.stdout is not None
        if kill:
            self._life.kill()
        self._life.stdin.close()
        self._life.wait(20)
        self._life.stdout.close()
        self._life = None

    def _ask(self, *words: Any) -> Any:
        assert self._life is not None
        assert self._life.stdin is not None
        assert self._life.stdout is not None
        self._life.stdin.write(json.dumps(words) + "\n")
        self._life.stdin.flush()
        return json.loads(self._life.stdout.readline() or '"the process has died"')

    def _lie(self, ahead_s: float) -> None:
        self._ahead_s = ahead_s if abs(ahead_s) <= 25 * YEAR_S else 0.0
        fresh = self._folder / "ahead.new"
        fresh.write_text(f"{self._ahead_s:+.0f}\n")
        fresh.replace(self._folder / "ahead")


def _library() -> Path | None:
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None or not sys.platform.startswith("linux"):
        return None
    library = Path(found.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    return library if library.exists() else None
