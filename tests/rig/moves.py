"""What can happen in a schedule, as plain data: each move with its weight, and how its arguments are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any, Final

from companion.domain.records import Kind
from tests.rig.faults import READS, WRITES, Fault

Move = tuple[str, tuple[Any, ...]]
"""The name of what happens and its arguments. The first argument of a rep's move is which rep."""
Draw = Callable[[Random], Any]

STEPS: Final = 50

# The same record and field again and again: edits that do not meet test nothing.
_TARGETS: Final = (
    *[(Kind.DEAL, "D1", "amount")] * 5,
    *[(Kind.DEAL, "D1", "name")] * 2,
    (Kind.DEAL, "D2", "amount"),
    (Kind.DEAL, "D1", "close_on"),
    (Kind.PERSON, "P1", "role"),
    (Kind.PERSON, "P2", "city"),
    (Kind.COMPANY, "C1", "city"),
    (Kind.PERSON, "P3", "role"),
)
_FIELDS: Final = ((Kind.DEAL, "amount"), (Kind.PERSON, "role"), (Kind.PERSON, "city"))
_DEALS: Final = ((Kind.DEAL, "D1"), (Kind.DEAL, "D2"))
_MORTALS: Final = ((Kind.DEAL, "D2"), (Kind.DEAL, "D1"), (Kind.PERSON, "P3"), (Kind.ACTIVITY, None))


def one_of(*choices: Any) -> Draw:
    """One of these, all alike."""
    return lambda rng: choices[int(rng.random() * len(choices))]


def whole(first: int, last: int) -> Draw:
    """A whole number, both ends among them."""
    return lambda rng: first + int(rng.random() * (last - first + 1))


def sometimes(share: float, draw: Draw, otherwise: Any = None) -> Draw:
    """In this share of all cases what `draw` gives."""
    return lambda rng: draw(rng) if rng.random() < share else otherwise


def together(*draws: Draw) -> Draw:
    """A tuple of what each gives."""
    return lambda rng: tuple(draw(rng) for draw in draws)


_TARGET: Final = one_of(*_TARGETS)
_PERSON: Final = one_of("P1", "P2")
_SECONDS: Final = one_of(1, 12, 60, 300)
_DIES: Final = sometimes(0.25, one_of("before", "after"))
_FAULTS: Final = together(sometimes(0.7, one_of(*WRITES), Fault.NONE), sometimes(0.5, one_of(*WRITES), Fault.NONE))
_READ_FAULT: Final = sometimes(0.27, together(whole(0, 6), one_of(*READS)))
_DEATH: Final = together(whole(0, 3), whole(0, 9), one_of("before", "after"))

REPS_MOVES: Final[dict[str, tuple[int, tuple[Draw, ...]]]] = {
    "edits": (22, (_TARGET, _DIES)),
    "moves_a_deal_on": (3, (one_of("D1", "D2"), one_of("S1", "S2"), _DIES)),
    "logs_a_call": (8, (_PERSON, _DIES)),
    "meets_somebody_new": (4, (_DIES,)),
    "wins_a_customer": (2, (_DIES,)),
    "edits_the_newest_person": (3, (_DIES,)),
    "takes_back": (5, (whole(0, 2),)),
    "answers": (6, (whole(0, 3), one_of("mine", "mine", "theirs", "instead", "retry", "drop", "wavers"))),
    "syncs": (20, (_FAULTS, _READ_FAULT, _DEATH, _SECONDS, sometimes(0.2, _TARGET))),
    "syncs_well": (8, (_SECONDS,)),
    "restarts": (2, ()),
    "goes_offline_or_online": (1, (one_of(True, False),)),
    "signs_out_or_in": (1, (one_of(True, False),)),
    "syncs_as_somebody_else": (1, ()),
    "copies_or_restores_the_profile": (1, (one_of("copies", "restores"),)),
}
"""What a rep does, and what Companion does for the rep: its weight and its arguments after the rep's own number."""

OTHERS_MOVES: Final[dict[str, tuple[int, tuple[Draw, ...]]]] = {
    "colleague_edits": (18, (_TARGET,)),
    "colleague_moves_a_deal_on": (1, (one_of("D1", "D2"), one_of("S1", "S2"))),
    "colleague_writes_a_note": (2, (_PERSON,)),
    "colleague_edits_what_a_rep_made": (3, (whole(0, 5),)),
    "admin_deletes": (2, (one_of(*_MORTALS),)),
    "admin_brings_back": (2, (one_of(*_DEALS),)),
    "admin_merges": (1, ()),
    "admin_hides_or_shows": (1, (one_of(True, False),)),
    "admin_passes_on": (1, (one_of("D1", "D2"), one_of("U1", "U2"))),
    "admin_changes_everything": (1, ()),
    "admin_demands": (1, (one_of(True, False),)),
    "admin_changes_a_field": (
        2,
        (one_of("hide", "freeze", "retire", "demand"), one_of(*_FIELDS), one_of(True, False)),
    ),
    "admin_copies_or_sets_back": (1, (one_of("copies", "copies", "sets back"),)),
    "admin_maintains": (1, (one_of(True, False),)),
    "others_burn_the_quota": (1, ()),
}
"""What a colleague and the administrator do in the CRM."""


GOING_BACK: Final[Mapping[str, int]] = {
    "admin_copies_or_sets_back": 20,
    "copies_or_restores_the_profile": 6,
    "meets_somebody_new": 12,
    "edits_the_newest_person": 8,
    "wins_a_customer": 6,
    "syncs_well": 14,
    "syncs": 10,
    "edits": 10,
}
"""Other weights: time goes back again and again, and much is made in between."""


def schedule(rng: Random, steps: int, reps: int, weights: Mapping[str, int]) -> list[Move]:
    """A schedule of so many steps for one or two reps; `weights` stand in for the moves' own."""
    table = [(name, weights.get(name, weight), draws, True) for name, (weight, draws) in REPS_MOVES.items()]
    table += [(name, weights.get(name, weight), draws, False) for name, (weight, draws) in OTHERS_MOVES.items()]
    sums = list(accumulate(weight for _, weight, _, _ in table))
    return [_move(rng, rng.choices(table, cum_weights=sums)[0], reps) for _ in range(steps)]


def _move(rng: Random, entry: tuple[str, int, Sequence[Draw], bool], reps: int) -> Move:
    name, _, draws, reps_own = entry
    who = (int(rng.random() * reps),) if reps_own else ()
    return name, (*who, *(draw(rng) for draw in draws))
