"""Attacks Companion for as long as you like: `python -m tests.rig.campaign --layer L1 --schedules 1000 --seed 7`.

Each layer attacks in its own way (docs/rig.md). A run is decided by its seed alone, so a failure replays with the same
commit, layer and seed: `--replay SEED`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from tests.rig.tally import Tally


class Layer(Protocol):
    """One way of attacking."""

    def skip(self) -> str | None:
        """Why this machine can't run it; None where it can."""

    def points(self) -> int | None:
        """How many different runs there are, where they can be counted; None where seeds never end."""

    def attack(self, seed: int) -> None:
        """One run. Raises Harmed, or whatever the code under attack raised. Countable layers take seeds 0, 1, …"""

    def close(self) -> None:
        """Lets go of what the runs shared."""


LAYERS: Final[Mapping[str, str]] = {
    "L0": "tests.rig.planner:Planner",
    "L1": "tests.rig.schedules:Schedules",
    "L2": "tests.rig.failures:Failures",
    "L3": "tests.rig.syscalls:Syscalls",
    "L4": "tests.rig.kills:Kills",
    "L5": "tests.rig.power:PowerLoss",
    "L6": "tests.rig.full_disk:FullDisk",
    "L7": "tests.rig.network:Network",
    "L8": "tests.rig.clocks:Clocks",
    "L9": "tests.rig.soak:Soak",
    "L10": "tests.rig.fuzzing:Fuzzing",
    "L11": "tests.rig.seeded_bugs:SeededBugs",
    "L12": "tests.rig.window_truth:WindowTruth",
    "damage": "tests.rig.damage:Damage",
}
"""Where each layer stands, as 'module:class'. The class takes an option: the name after a colon, as in 'L3:log'."""


def layer(name: str) -> Layer:
    """The layer of this name, such as 'L5' or 'L3:sync'."""
    number, _, option = name.partition(":")
    module, _, made = LAYERS[number].partition(":")
    found: Layer = getattr(import_module(module), made)(*([option] if option else []))
    return found


def campaign(
    name: str, schedules: int | None, seed: int, shard: tuple[int, int] = (0, 1), *, seconds: float | None = None
) -> Tally:
    """Makes so many runs of a layer (None: all that there are), this shard's part; ends early after `seconds`.

    An interrupt ends it too: what was found so far is told.
    """
    tally = Tally(name)
    attacking = layer(name)
    began = time.monotonic()
    try:
        tally.skipped = attacking.skip()
        if tally.skipped is None:
            for number in _seeds(attacking, schedules, seed, shard):
                _once(attacking, number, tally)
                if seconds is not None and time.monotonic() - began > seconds:
                    break
    except KeyboardInterrupt:
        pass
    finally:
        attacking.close()
    tally.seconds = time.monotonic() - began
    return tally


def _seeds(attacking: Layer, schedules: int | None, seed: int, shard: tuple[int, int]) -> Iterator[int]:
    points = attacking.points()
    first = seed * 1_000_000 if points is None else 0
    count = schedules if points is None else min(points, schedules if schedules is not None else points)
    if count is None:
        raise SystemExit("this layer has no end: say how many --schedules")
    # A countable layer that is not run whole is sampled evenly.
    step = 1 if points is None else points / max(count, 1)
    k, n = shard
    yield from (first + int(index * step) for index in range(k, count, n))


def _once(attacking: Layer, seed: int, tally: Tally) -> None:
    try:
        attacking.attack(seed)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is a finding
        tally.ran(seed, error)
    else:
        tally.ran(seed, None)


def main(arguments: Sequence[str]) -> int:
    """The command. Exit code 1 where anything was found, 2 where the machine can't run the layer."""
    parser = argparse.ArgumentParser(prog="python -m tests.rig.campaign", description=__doc__)
    parser.add_argument("--layer", required=True, help=f"one of {', '.join(LAYERS)}; 'L3:name' picks a scenario")
    parser.add_argument("--schedules", type=int, default=None, help="how many runs; all, where they can be counted")
    parser.add_argument("--seconds", type=float, default=None, help="end after so long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard", default="0/1", help="k/n: every n-th run from the k-th on, k from 0")
    parser.add_argument("--json", type=Path, default=None, help="append the tally to this file, one line each")
    parser.add_argument("--replay", type=int, default=None, help="one run by its own seed, with its traceback")
    options = parser.parse_args(arguments)
    try:
        layer(options.layer).close()
    except (KeyError, ValueError, TypeError, AssertionError):
        parser.error(f"there is no layer {options.layer}")
    if options.replay is not None:
        layer(options.layer).attack(options.replay)
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    k, n = (int(part) for part in options.shard.split("/"))
    tally = campaign(options.layer, options.schedules, options.seed, (k, n), seconds=options.seconds)
    line = json.dumps({**tally.told(), "seed": options.seed, "shard": options.shard})
    sys.stdout.write(line + "\n")
    if options.json is not None:
        with options.json.open("a") as file:
            file.write(line + "\n")
    if tally.skipped is not None:
        sys.stderr.write(f"SKIPPED: {tally.skipped}\n")
        return 2
    return 0 if tally.clean else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
