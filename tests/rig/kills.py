"""Layer L4: kill -9 at any moment, again and again, of the real process that works with a CRM over a real socket.

A run is one profile that lives through several deaths: during the start, a migration, a save, a push, a pull. Then all
that the rep was ever told as saved must be in the CRM once, or be asked about.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from random import Random
from typing import Final

from companion.domain.records import Kind
from tests.rig.crm_server import Office, Served, State
from tests.rig.homes import Home, workroom
from tests.rig.inquest import Act, Inquest
from tests.rig.scenarios.prepared import COLLEAGUE, crashed
from tests.rig.zygote import Child, Zygote

CYCLES: Final = 5
LATEST_S: Final = 0.15
CRMS: Final = ("the best", "salesforce-like", "hubspot-like", "pipedrive-like", "dataverse-like", "odoo-like")
STRIKES: Final[Mapping[str, frozenset[str]]] = {
    "in a request": frozenset({"who_am_i", "changes", "search", "deleted", "ids", "count", "high_water"}),
    "in a look": frozenset({"read", "made_by"}),
    "in a write": frozenset({"write"}),
}
"""Death while the CRM has such a request in hand. A look is what precedes a write, when its op is under way already."""
MILESTONES: Final = ("started", "opened", "acked", "syncing", "idle", "a request", "a write", *STRIKES, *STRIKES)
"""After one of these comes a pause of up to LATEST_S, and the end; a strike is the end itself."""
PATIENCE_S: Final = 2.0


class Kills:
    """The layer. A seed is a run of CYCLES lives; its option is how many."""

    def __init__(self, option: str = "") -> None:
        self.cycles = int(option or CYCLES)
        self._room = workroom()
        self._office = Office()
        self._served = Served(self._office).__enter__()
        self._zygote = Zygote()
        self._templates: dict[tuple[str, bool], tuple[Home, State, list[Act]]] = {}

    def skip(self) -> str | None:
        """Nothing is needed but processes."""
        return None

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def attack(self, seed: int) -> None:
        """One profile through all its lives."""
        rng = Random(seed)
        inquest = self.begin(rng)
        for life in range(self.cycles):
            self.live(inquest, rng, life)
        inquest.hold()

    def close(self) -> None:
        """Ends the processes."""
        self._zygote.close()
        self._served.__exit__()
        shutil.rmtree(self._room, ignore_errors=True)

    # A life ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def url(self) -> str:
        """Where the CRM is."""
        return self._served.url

    def rest(self) -> None:
        """Waits until the CRM has done all that it was asked."""
        self._served.rest()

    def live(self, inquest: Inquest, rng: Random, life: int) -> None:
        """One life and its end; sometimes somebody looks into the file before the next."""
        self._colleague(rng, life)
        child = self._zygote.fork(
            "work", inquest.home.folder, self._served.url, seed=rng.getrandbits(32), first=1000 * (life + 1)
        )
        milestone, times = rng.choice(MILESTONES), rng.randrange(1, 6)
        wait_s = rng.random() ** 2 * LATEST_S
        if milestone in STRIKES:
            self._struck(child, STRIKES[milestone], times)
        else:
            self._wait_for(child, milestone, times)
            time.sleep(wait_s)
        child.kill()
        child.wait()
        self._office.hear = lambda verb: None
        self._served.rest()
        inquest.hear(child.told)
        if rng.random() < 0.3:
            inquest.look()

    def _struck(self, child: Child, verbs: frozenset[str], times: int) -> None:
        """Dies while the CRM has its n-th request in hand, which takes effect all the same: no answer ever comes."""
        left = [None] * times
        dead = threading.Event()

        def strike(verb: str) -> None:
            if verb in verbs and not dead.is_set():
                left.pop()
                if not left:
                    child.kill()
                    dead.set()

        self._office.hear = strike
        child.go()
        until = time.monotonic() + PATIENCE_S
        while not dead.is_set() and time.monotonic() < until:
            child.listen(0.002)

    def _wait_for(self, child: Child, milestone: str, times: int) -> None:
        asked = self._office.requests.total
        writes, before = self._office.requests["write"], asked()
        child.go()
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            child.listen(0.001)
            match milestone:
                case "a request":
                    seen = asked() - before
                case "a write":
                    seen = self._office.requests["write"] - writes
                case "acked":
                    seen = sum("acked" in words for words in child.told)
                case _:
                    seen = sum(words.get("milestone") == milestone for words in child.told) * times
            if seen >= times:
                return

    def _colleague(self, rng: Random, life: int) -> None:
        """Between two lives somebody else works too."""
        crm = self._office.crm
        for _ in range(rng.randrange(3)):
            if rng.random() < 0.5:
                crm.edit(COLLEAGUE, Kind.DEAL, rng.choice(("D1", "D2")), amount=rng.randrange(10**8, 10**9))
            else:
                crm.create(COLLEAGUE, Kind.ACTIVITY, what="note", body=f"colleague {life}", person="P1")

    # The beginning ──────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, rng: Random) -> Inquest:
        """A profile as the run finds it."""
        name, old = rng.choice(CRMS), rng.random() < 0.3
        home, crm, acts = self._template(name, old)
        self._office.reset(name)
        self._office.restore(crm)
        return Inquest(home.copy_to(self._room / "run"), self._office, {act.word: act for act in acts})

    def _template(self, name: str, old: bool) -> tuple[Home, State, list[Act]]:
        """A synced home; an `old` one has the oldest shape and was killed before."""
        if (name, old) not in self._templates:
            room = self._room / f"{len(self._templates)}"
            home = Home(room / "home")
            self._office.reset(name)
            home.make(self._office.crm)
            acts = crashed(home, self._office) if old else []
            self._templates[name, old] = home, self._office.state(), acts
        return self._templates[name, old]
