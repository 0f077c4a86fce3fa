"""Work until killed: the real worker syncs on its thread while the rep logs calls and changes deals."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

from companion.domain.sync_status import SyncStatus
from tests.rig.scenarios.acts import Rep, opened
from tests.rig.zygote import Tell

LONGEST_S = 3.0


def run(home: Path, url: str, tell: Tell, seed: int, first: int) -> None:
    """Acts by the seed, numbered from `first` on; reads every tenth of a second, so that a death meets everything."""
    rng = Random(seed)
    tell({"milestone": "started"})
    core = opened(home, url)
    tell({"milestone": "opened"})

    def heard(status: SyncStatus) -> None:
        tell({"milestone": str(status.phase), "waiting": status.waiting})

    core.start_sync(heard, poll_s=0.1)
    rep = Rep(core, tell)
    until = time.monotonic() + LONGEST_S
    number = first
    while time.monotonic() < until and number < first + 30:
        acts(rep, rng, number)
        number += 1
        time.sleep(rng.choice((0.0, 0.0, 0.002, 0.01, 0.03)))
    time.sleep(max(0.0, until - time.monotonic()))
    core.close()
    tell({"closed": True})


def acts(rep: Rep, rng: Random, number: int) -> None:
    """One act, whose word and amount nobody else has."""
    word = f"w{number}"
    deal = rng.choice(("D1", "D2"))
    match rng.randrange(4):
        case 0:
            rep.logs_a_call_about(word, deal, 100_000 + number)
        case 1:
            rep.sets_an_amount(word, deal, 100_000 + number)
        case _:
            rep.logs_a_call(word, rng.choice(("P1", "P2", "P3")))
