"""The rig's own test: thirty known bugs, each planted into the real engine, each of which must be found.

The numbers are those of the catalogue in docs/rig.md; the bugs themselves stand in `planted.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from companion.connectors.base import Finds, Identity
from companion.connectors.demo import reading
from companion.connectors.demo.switches import DemoSwitches
from companion.store import identities, outbox
from companion.sync.engine import Engine
from tests.rig import hunts, planted
from tests.rig.office import CRMS, Rig
from tests.rig.planted import engine
from tests.rig.schedules import Schedules

ENOUGH: Final = 150
"""Schedules in which a bug must be found."""

_BY_KEY: Final = DemoSwitches(identity=Identity.EXTERNAL_KEY)
_MINUTES: Final = DemoSwitches(
    changes=Finds.TIMESTAMP, precision_s=60.0, overlap_s=0, identity=Identity.EXTERNAL_KEY, deletes=Finds.FEED
)


def _schedules(rig: Rig) -> None:
    layer = Schedules(rig=rig)
    for seed in range(ENOUGH):
        layer.attack(1_000_000 + seed)


def _on(name: str, bug: Any, **options: Any) -> Callable[[], None]:
    return lambda: _schedules(Rig(name, CRMS[name], bug, **options))


def _patched(place: Any, name: str, other: Any, bug: Any = Engine) -> Callable[[], None]:
    return _while_other(place, name, other, lambda: _schedules(Rig("the best", CRMS["the best"], bug)))


def _while_other(place: Any, name: str, other: Any, story: Callable[[], None]) -> Callable[[], None]:
    def hunt() -> None:
        with _other(place, name, other):
            story()

    return hunt


def _never_far_back(rig: Rig) -> Callable[[], None]:
    """Without the window that reaches far back once an hour: it would heal within the hour what must not break."""

    def hunt() -> None:
        with _other(reading, "LONG_EVERY_S", math.inf):
            _schedules(rig)

    return hunt


@contextmanager
def _other(place: Any, name: str, other: Any) -> Iterator[None]:
    real = getattr(place, name)
    setattr(place, name, other)
    try:
        yield
    finally:
        setattr(place, name, real)


def _power() -> None:
    from tests.rig.power import finds_normal

    assert not finds_normal(), "lost: a commit that was told as durable is gone after a power cut"


def _forgets_the_unknown(write: Any) -> None:
    write.text("DELETE FROM outbox WHERE state = 'unknown'")


CATALOGUE: Final[Mapping[int, tuple[str, Callable[[], None]]]] = {
    1: ("no key on create", lambda: _schedules(Rig("by key", _BY_KEY, engine(planted.NoKey)))),
    2: ("new key per retry", lambda: _schedules(Rig("by key", _BY_KEY, engine(planted.NewKeyPerRetry)))),
    3: ("key not durable before send", lambda: _schedules(Rig("by key", _BY_KEY, engine(planted.KeyInMemory)))),
    4: ("op deleted on 401", _on("the best", engine(planted.DropsOn401))),
    5: ("op deleted when refused", _on("the best", engine(planted.DropsRefused))),
    6: ("cursor saved before data", _on("the best", engine(pull=planted.CursorFirst, compares=False), deadliness=3)),
    7: ("cursor from our own clock", lambda: hunts.late(planted.CursorByOurClock)),
    8: (
        "> instead of >= on equal stamps",
        _never_far_back(Rig("minutes", _MINUTES, engine(compares=False), crm=planted.BeyondTheStamp)),
    ),
    9: ("last writer wins", _on("the best", engine(planted.LastWriterWins))),
    10: ("one base per record", _on("the best", engine(planted.BasePerRecord))),
    11: ("pull overwrites unsent edits", _on("the best", engine(pull=planted.Clobbers))),
    12: (
        "the first edit is parked, the second sent",
        _while_other(outbox, "_asking", lambda rows, record_ids: {}, hunts.parked),
    ),
    13: ("in flight becomes pending at the start", _on("no identity", planted.Forgets)),
    14: ("child sent before its parent", _on("the best", engine(planted.ChildFirst))),
    15: (
        "the CRM's id does not reach the record",
        _patched(identities, "identify", lambda *arguments: None, engine(pull=planted.KeepsTheOldId)),
    ),
    16: ("one poisoned change blocks the queue", lambda: hunts.poison(engine(planted.Blocks))),
    17: ("given up silently after some tries", _on("the best", engine(planted.Skips))),
    18: ("an empty page deletes all", _on("the best", engine(pull=planted.EmptyMeansGone))),
    19: ("not visible is taken for deleted", _on("the best", engine(planted.MissingMeansDone))),
    20: ("a merge is ignored", lambda: hunts.merged(engine(pull=planted.IgnoresMerges))),
    21: ("the whole record is written back", _on("the best", engine(planted.WritesAll))),
    22: ("no normaliser", lambda: hunts.echo(planted.ComparesLetters)),
    23: ("a commit is not flushed", _power),
    24: ("edit and op in two transactions", _on("the best", Engine, two_transactions=True)),
    25: ("a migration drops what is unknown", lambda: hunts.migration(_forgets_the_unknown)),
    26: ("waits by the wall clock", lambda: hunts.wall_jump(planted.WallBackoff)),
    27: ("a new token is not kept before its use", lambda: hunts.rotation(planted.RotatesInMemory)),
    28: ("two processes send one op", lambda: hunts.two_processes(planted.ClaimsNothing)),
    29: ("a pause that is over makes a storm", lambda: hunts.storm(planted.ObeysAll)),
    30: ("sent to another account after a new sign-in", _on("the best", planted.AnyAccount)),
}
"""Each bug by its number: what it is, and a hunt that raises when it finds it."""

HEALTHY: Final[Mapping[str, Callable[[], None]]] = {
    "poison": hunts.poison,
    "echo": hunts.echo,
    "late": hunts.late,
    "merged": hunts.merged,
    "parked": hunts.parked,
    "wall jump": hunts.wall_jump,
    "rotation": hunts.rotation,
    "two processes": hunts.two_processes,
    "storm": hunts.storm,
    "migration": hunts.migration,
}
"""The stories with nothing planted: none of them may find anything."""


class SeededBugs:
    """Each run plants one bug; it fails where the rig does not find it. The option is not used."""

    def __init__(self, option: str = "") -> None:
        self.option = option

    def skip(self) -> str | None:
        """It runs anywhere."""
        return None

    def points(self) -> int | None:
        """So many bugs."""
        return len(CATALOGUE)

    def close(self) -> None:
        """Nothing is held."""

    def attack(self, seed: int) -> None:
        """Hunts the bug of this place in the catalogue."""
        number = sorted(CATALOGUE)[seed]
        name, hunt = CATALOGUE[number]
        try:
            hunt()
        except AssertionError:
            return
        raise RuntimeError(f"the rig does not find bug {number}: {name}")
