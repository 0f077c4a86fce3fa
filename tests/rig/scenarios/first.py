"""The very first start: a profile is made, synced once, and the rep logs a call."""

from __future__ import annotations

from pathlib import Path

from companion.bootstrap import make_engine
from tests.rig.scenarios.acts import Rep, opened
from tests.rig.zygote import Tell


def run(home: Path, url: str, tell: Tell) -> None:
    """No home of a rep's is any emptier."""
    core = opened(home, url)
    make_engine(core).cycle()
    Rep(core, tell).logs_a_call("w401")
    core.close()
    tell({"closed": True})
