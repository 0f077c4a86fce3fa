"""L7: the real HTTP client and a real server, with every trouble of a network between them.

`L7` sends a few changes through one trouble, at one endpoint and at one part of its bytes. `L7:drain` lets the real
worker thread meet each trouble with 200 changes waiting, heals it, and measures how long they take to leave.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Final

from companion.connectors.base import Identity
from companion.connectors.demo.switches import PROFILES
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.sync.worker import Worker
from tests.rig.distant_office import DistantWorld, Way, in_a_folder
from tests.rig.tally import Harm, Harmed
from tests.rig.trouble_on_the_way import AT_A_BYTE, DECILES, HARMLESS, OF_CONNECTING, OF_TLS, Fault, Trouble

ENDPOINTS: Final = (
    "traits",
    "who_am_i",
    "high_water",
    "changes",
    "search",
    "deleted",
    "ids",
    "read",
    "made_by",
    "write",
)
SEEN_TWICE: Final = (Trouble.REQUEST_TWICE, Trouble.REQUEST_LATE)
"""A request that takes effect behind our back: only a CRM that knows a key again can promise anything."""

DRAINED: Final = 200
OUTAGE_S: Final = 2.0
NOTICED_S: Final = 20.0
"""How long a busy machine may take to notice it, beyond that."""
MOST_S: Final = 120.0


class Network:
    """The layer. `drained_s` holds what the option 'drain' measured: seconds from healing to empty, by trouble."""

    def __init__(self, option: str = "") -> None:
        if option not in ("", "drain"):
            raise ValueError(option)
        self.option = option
        self.drained_s: dict[Trouble, float] = {}
        self._way: Way | None = None

    def skip(self) -> str | None:
        """Runs wherever there is a loopback."""
        return None

    def points(self) -> int | None:
        """One run each for 'drain'; else every trouble at every endpoint and decile, with chance for the rest."""
        return len(Trouble) if self.option else None

    def attack(self, seed: int) -> None:
        """One run."""
        way = self._way = self._way or Way()
        if self.option:
            trouble = list(Trouble)[seed]
            in_a_folder(lambda folder: self._drain(way, folder, trouble))
        else:
            in_a_folder(lambda folder: _one_by_one(way, folder, seed))

    def close(self) -> None:
        """Ends server and proxy."""
        if self._way is not None:
            self._way.close()
            self._way = None

    def _drain(self, way: Way, folder: Path, trouble: Trouble) -> None:
        """Two hundred calls are logged while the network is in trouble; then it is not any more."""
        world = way.world(folder, "the best" if trouble in SEEN_TWICE else "odoo-like", tls=trouble in OF_TLS)
        worker = Worker(world.engine)
        heard: list[SyncStatus] = []
        worker.subscribe(heard.append)
        worker.start()
        try:
            _until(lambda: worker.status.all_synced, 20)
            heard.clear()
            way.proxy.fault = Fault(trouble)
            for _ in range(DRAINED):
                world.rep_calls()
            time.sleep(OUTAGE_S)
            if trouble not in HARMLESS:
                noticed = lambda: any(status.problem is not None for status in heard)  # noqa: E731
                assert _until(noticed, NOTICED_S), f"{trouble} was not noticed"
                assert not any(status.all_synced for status in heard), "called synced in the middle of it"
            way.proxy.fault = None
            healed = time.monotonic()
            if not _until(lambda: worker.status.all_synced, MOST_S):
                raise Harmed(Harm.STUCK, f"{trouble}: {worker.status} {MOST_S:g} s after healing")
            self.drained_s[trouble] = time.monotonic() - healed
        finally:
            way.proxy.fault = None
            assert worker.stop()
            world.judge()
        world.restart()  # an engine whose worker has ended asks for nothing more
        world.catch_up()
        world.judge_at_rest()
        world.close()


KNOWS_NOTHING: Final = "no identity"
"""A CRM that recognises nothing: whatever is in doubt, only the rep can look."""


def fault_of(rng: Random, number: int) -> tuple[Fault, str]:
    """The trouble of the run `number`, and the kind of CRM: troubles, endpoints and deciles are taken in turn."""
    trouble = list(Trouble)[number % len(Trouble)]
    turn = number // len(Trouble)
    endpoint = None if trouble in OF_CONNECTING else ENDPOINTS[turn % len(ENDPOINTS)]
    if turn % 3 == 0 and endpoint is not None:
        endpoint = "write"
    decile = DECILES[(turn + number) % len(DECILES)] if trouble in AT_A_BYTE else 0.5
    able = [] if trouble in SEEN_TWICE else [KNOWS_NOTHING]
    able += [
        name
        for name, switches in PROFILES.items()
        if trouble not in SEEN_TWICE or switches.identity in (Identity.CLIENT_ID, Identity.EXTERNAL_KEY)
    ]
    return Fault(trouble, decile, endpoint), rng.choice(able)


def _one_by_one(way: Way, folder: Path, seed: int) -> None:
    """A few changes of the rep's and a colleague's meet one fault, a cycle at a time."""
    rng = Random(seed)
    fault, profile = fault_of(rng, seed % 1_000_000)
    world = way.world(folder, profile, tls=fault.trouble in OF_TLS)
    try:
        _changes(world, rng, alone=profile == KNOWS_NOTHING)
        before = world.count()
        way.proxy.fault = fault
        for _ in range(rng.randint(1, 2)):
            world.engine.hurry()
            status = world.sync(apart_s=rng.choice((0.0, 5.0, 400.0)))
            world.judge()
            if rng.random() < 0.4:
                world.rep_calls("P3")
        if world.count()[Kind.COMPANY] < before[Kind.COMPANY]:
            raise Harmed(Harm.LOST, "records left the book while the network was in trouble")
        if fault.endpoint is None and fault.trouble not in HARMLESS:
            assert status.phase in (Phase.OFFLINE, Phase.STOPPED), f"{fault.trouble} is called {status.phase}"
            assert status.problem is not None
        way.proxy.fault = None
        if rng.random() < 0.3:
            world.restart()
        world.settle()
        if world.rep_looks():
            world.settle()
        world.judge_at_rest()
    finally:
        way.proxy.fault = None
        world.close()


def _changes(world: DistantWorld, rng: Random, *, alone: bool) -> None:
    """Always a call; besides, rep and colleague at the same few records. `alone`: nothing hangs on new records."""
    world.rep_calls()
    if rng.random() < 0.6:
        world.rep_edits(Kind.DEAL, "D1", "amount")
    if rng.random() < 0.4 and not alone:
        world.rep_makes()
    if rng.random() < 0.3:
        world.colleague_edits(Kind.DEAL, rng.choice(("D1", "D2")), "amount")
    if rng.random() < 0.4:
        world.rep_edits(Kind.PERSON, "P2", "role")


def _until(true: object, seconds: float) -> bool:
    assert callable(true)
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True
