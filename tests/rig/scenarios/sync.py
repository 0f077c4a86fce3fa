"""Open the profile, send what waits, read what a colleague did meanwhile, change something in between, close."""

from __future__ import annotations

from pathlib import Path

from companion.bootstrap import make_engine
from tests.rig.scenarios.acts import Rep, opened
from tests.rig.zygote import Tell


def run(home: Path, url: str, tell: Tell) -> None:
    """On this thread, so that the n-th system call is always the same one."""
    core = opened(home, url)
    engine = make_engine(core)
    engine.recover()
    status = engine.cycle()
    tell({"phase": status.phase, "waiting": status.waiting})
    Rep(core, tell).sets_an_amount("w201", "D2", 1201)
    status = engine.cycle(read=False)
    tell({"phase": status.phase, "waiting": status.waiting})
    core.close()
    tell({"closed": True})
