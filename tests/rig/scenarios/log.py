"""Open the profile, log a call with a next step, change a deal, close."""

from __future__ import annotations

from pathlib import Path

from tests.rig.scenarios.acts import Rep, opened
from tests.rig.zygote import Tell


def run(home: Path, url: str, tell: Tell) -> None:
    """No network: it is what a rep does on a train."""
    core = opened(home, url)
    rep = Rep(core, tell)
    rep.logs_a_call("w101")
    rep.sets_an_amount("w102", "D1", 1102)
    rep.logs_a_call_about("w103", "D2", 1103)
    core.close()
    tell({"closed": True})
