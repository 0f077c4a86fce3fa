"""The schedules as a layer: each seed is an office, a CRM, one or two reps, and fifty things that happen.

The option picks a CRM, the number of steps, or both: 'L1', 'L1:25', 'L1:odoo-like', 'L1:odoo-like/25'. Without a CRM
the seed picks one, so that consecutive seeds go through all of them. With 'back' among them, as in 'L1:back/25', the
CRM and the profiles go back in time again and again, and much is made in between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.rig.machine import Schedule
from tests.rig.moves import GOING_BACK, STEPS, Move, schedule
from tests.rig.office import CRMS, Rig

_NAMES = tuple(CRMS)
_BACK = "back"


class Schedules:
    """Plays the schedule of a seed."""

    def __init__(self, option: str = "", rig: Rig | None = None) -> None:
        parts = [part for part in option.split("/") if part]
        self.steps = next((int(part) for part in parts if part.isdigit()), STEPS)
        self.crm = next((part for part in parts if part in CRMS), None)
        self.weights = GOING_BACK if _BACK in parts else {}
        if any(part not in (*CRMS, _BACK) and not part.isdigit() for part in parts):
            raise ValueError(option)  # a name that was mistyped must not play something else
        self.rig = rig

    def skip(self) -> str | None:
        """It runs anywhere."""
        return None

    def points(self) -> int | None:
        """Seeds never end."""
        return None

    def close(self) -> None:
        """Nothing is held."""

    def attack(self, seed: int) -> None:
        """One schedule."""
        rig, moves, reps, same_user = self.drawn(seed)
        Schedule(rig, reps, same_user).play(moves)

    def drawn(self, seed: int) -> tuple[Rig, list[Move], int, bool]:
        """What a seed stands for."""
        rng = Random(seed)
        name = self.crm or _NAMES[seed % len(_NAMES)]
        rig = self.rig or Rig(name, CRMS[name])
        rig = replace(rig, deadliness=rig.deadliness + int(rng.random() < 0.5))
        reps = rig.reps or (2 if rng.random() < 0.3 else 1)
        same_user = rng.random() < 0.5 if rig.same_user is None else rig.same_user
        return rig, schedule(rng, self.steps, reps, self.weights), reps, same_user

    def trace(self, seed: int) -> list[str]:
        """What happens in the schedule of a seed, in words."""
        rig, moves, reps, same_user = self.drawn(seed)
        played = Schedule(rig, reps, same_user)
        played.play(moves)
        return played.office.told()

    def shrunk(self, seed: int) -> tuple[list[Move], BaseException | None]:
        """The fewest moves of a failing seed that still fail alike, found by leaving moves out; and what they raise."""
        rig, moves, reps, same_user = self.drawn(seed)
        error = _outcome(rig, moves, reps, same_user)
        if error is None:
            return moves, None
        kind = _kind(error)
        size = max(1, len(moves) // 2)
        while True:
            start, shorter = 0, False
            while start < len(moves):
                fewer = moves[:start] + moves[start + size :]
                found = _outcome(rig, fewer, reps, same_user)
                if found is not None and _kind(found) == kind:
                    moves, error, shorter = fewer, found, True
                else:
                    start += size
            if size == 1 and not shorter:
                return moves, error
            size = max(1, size // 2)


def _outcome(rig: Rig, moves: Sequence[Move], reps: int, same_user: bool) -> BaseException | None:
    try:
        Schedule(rig, reps, same_user).play(moves)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return error
    return None


def _kind(error: BaseException) -> tuple[str, str]:
    """Failures that begin with the same word are alike."""
    return type(error).__name__, re.sub(r"[0-9a-f]*[0-9][0-9a-f]*", "", str(error))[:40]
