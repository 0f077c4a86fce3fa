"""Layer L12: after a kill the real window opens the profile, and says no more than what is so.

A run is one life and death as in L4, then a window over what is left, with the CRM there or not. The foot's words are
compared with the outbox at once, while the sync runs and at rest, and the page of what waits with its ops.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from tests.rig.inquest import Inquest
from tests.rig.kills import Kills
from tests.rig.tally import Harm, Harmed
from tests.rig.zygote import Zygote

NOWHERE: Final = "http://127.0.0.1:1"
"""Nothing listens there."""


class WindowTruth:
    """The layer. A seed is one life, one death, one window."""

    def __init__(self, option: str = "") -> None:
        self._kills = Kills(option or "1")
        self._windows = Zygote(["tests.rig.scenarios.window"])

    def skip(self) -> str | None:
        """Nothing is needed but Qt without a screen."""
        return None

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def attack(self, seed: int) -> None:
        """One window."""
        rng = Random(seed)
        kills = self._kills
        inquest = kills.begin(rng)
        for life in range(kills.cycles):
            kills.live(inquest, rng, life)
        online = rng.random() < 0.6
        self._look(inquest, kills.url if online else NOWHERE, online)
        inquest.hold()

    def close(self) -> None:
        """Ends the processes."""
        self._windows.close()
        self._kills.close()

    def _look(self, inquest: Inquest, url: str, online: bool) -> None:
        child = self._windows.fork("window", inquest.home.folder, url, quiet=True)
        child.go()
        code = child.wait()
        self._kills.rest()
        told = [words for words in child.told if "moment" in words]
        if code or not told or told[-1]["moment"] != "waiting":
            raise AssertionError(f"the window ended with {code}: {child.told[-2:]}")
        for words in told:
            judge(words, online)


def judge(told: dict[str, Any], online: bool) -> None:
    """The words at one moment. Raises Harmed; LOST stands for work that is not in the CRM and not shown."""
    waiting, conflicts, attention = told["counts"]
    asking = conflicts + attention
    foot: str = told["foot"]
    where = f"{told['moment']}: {foot!r} with {told['counts']}"
    if foot.startswith("Synced") and (waiting or asking or told["problem"] or not told["synced"]):
        raise Harmed(Harm.LOST, where)
    if told["moment"] == "at rest":
        _judge_rest(foot, waiting, asking, told, online, where)
    if told["moment"] == "waiting":
        _judge_page(told, where)


def _judge_rest(foot: str, waiting: int, asking: int, told: dict[str, Any], online: bool, where: str) -> None:
    if online and told["phase"] == "offline":
        raise Harmed(Harm.STUCK, where)
    if not online and not foot.startswith("Offline"):
        raise Harmed(Harm.LOST, where)
    if not online and waiting and f"{waiting:,} change" not in foot:
        raise Harmed(Harm.LOST, where)
    if online and asking and f"{asking:,} need" not in foot and told["phase"] == "idle":
        raise Harmed(Harm.LOST, where)
    if online and not asking and not waiting and told["phase"] == "idle" and not foot.startswith("Synced"):
        raise Harmed(Harm.STUCK, where)


def _judge_page(told: dict[str, Any], where: str) -> None:
    if told["ops"] != told["lines"]:
        raise Harmed(Harm.LOST, f"{where}: {len(told['ops'])} ops wait, {len(told['lines'])} lines show them")
    if told["asking"] != told["cards"]:
        raise Harmed(Harm.LOST, f"{where}: {told['asking']} things ask, {told['cards']} cards show them")
    if "Everything" in told["quiet"] and told["counts"] != [0, 0, 0]:
        raise Harmed(Harm.LOST, f"{where}: {told['quiet']}")
