"""What becomes of each field when the rep's change meets the CRM's present value: pure planning, no I/O.

theirs = mine                  done, nothing to write
theirs = what the rep saw      write mine
theirs is the rep's own write  write mine (nobody else has touched the record since)
anything else                  a conflict: theirs stays in the CRM, mine on the card
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from companion.domain.collisions import DERIVED, group, plain
from companion.domain.records import Kind, Value

Normaliser = Callable[[Kind, str, Value], Value]
"""A value as this CRM would store it, for comparison only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`write`: to send. `done`: the CRM has it already. `conflict`: what the CRM has where both changed, by name."""

    write: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    conflict: Mapping[str, Value] = field(default_factory=dict)


def plan(
    kind: Kind,
    values: Mapping[str, Value],
    seen: Mapping[str, Value],
    theirs: Mapping[str, Value],
    own: Mapping[str, Value],
    normalise: Normaliser = plain,
    *,
    as_one: bool = False,
) -> Plan:
    """Judges each of `values`. A name that is absent from `theirs` can't be read there and is written.

    `own` is what the rep's own last write set, if the record is still as that write left it (else empty): what the
    CRM's automations made of it then is no stranger's change. `as_one` is for verbs: their fields stand or fall
    together.
    """

    def alike(name: str, one: Value, other: Value) -> bool:
        return normalise(kind, name, one) == normalise(kind, name, other)

    def together(name: str) -> str:
        return "" if as_one else group(kind, name)

    still_ours = {group(kind, name) for name, value in own.items() if alike(name, value, theirs.get(name, value))}
    still_ours -= {
        group(kind, name)
        for name, value in own.items()
        if name not in DERIVED and not alike(name, value, theirs.get(name, value))
    }
    done, write, collided = set(), set(), set()
    for name, mine in values.items():
        if name in theirs and alike(name, theirs[name], mine):
            done.add(name)
        elif (
            name not in theirs
            or name in DERIVED
            or (name in seen and alike(name, theirs[name], seen[name]))
            or group(kind, name) in still_ours
        ):
            write.add(name)
        else:
            collided.add(name)
    drawn_in = {together(name) for name in collided}
    conflict = collided | {name for name in write if together(name) in drawn_in}
    return Plan(frozenset(write - conflict), frozenset(done), {name: theirs.get(name) for name in conflict})
