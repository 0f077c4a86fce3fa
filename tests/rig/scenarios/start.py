"""Start after a crash: a file of an older shape with ops in flight, its log left over, the journal ahead."""

from __future__ import annotations

from pathlib import Path

from companion.bootstrap import make_engine
from tests.rig.scenarios.acts import Rep, opened
from tests.rig.zygote import Tell


def run(home: Path, url: str, tell: Tell) -> None:
    """What the worker does first, and the rep's first act."""
    core = opened(home, url)
    tell({"in doubt": make_engine(core).recover()})
    Rep(core, tell).logs_a_call("w301")
    core.close()
    tell({"closed": True})
