"""One target under fire, in a process of its own: `python -m tests.rig.fuzz.child TARGET FOLDER --seconds 20 --seed 7`.

With atheris inputs are led by the branches that they reach; without it, by chance alone. `--input HEX` calls the target
once, as a finding asks for.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

SLOWEST_S: Final = 1.0
"""Seconds of this thread's own time that one input may take."""
COUNTING_COSTS: Final = 4
"""So many times as long does code take whose branches are counted."""
LONGEST_INPUT: Final = 4_096
MEMORY_MB: Final = 1_500
HUNG_S: Final = 30

Call = Callable[[bytes], None]


class TooSlow(AssertionError):
    """An input took longer than a rep would wait for."""


def timed(target: Call, slowest_s: float = SLOWEST_S) -> Call:
    """`target`, which fails where it was slow. Its own time counts, not that of other processes."""

    def call(data: bytes) -> None:
        began = time.thread_time()
        target(data)
        took = time.thread_time() - began
        if took > slowest_s:
            raise TooSlow(f"{took:.2f} s")

    return call


def led(name: str, seconds: float, seed: int, folder: Path) -> None:
    """Under atheris; never returns. What it finds lies in `folder` as crash-…, oom-… or timeout-…"""
    import atheris

    from tests.rig.fuzz.targets import TARGETS, target

    with atheris.instrument_imports(include=["companion", "ui", TARGETS[name].partition(":")[0]]):
        made = target(name)
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, each in enumerate(made.seeds):
        (corpus / str(number)).write_bytes(each)
    options = {
        "max_total_time": int(seconds),
        "seed": seed & 0x7FFFFFFF or 1,
        "max_len": LONGEST_INPUT,
        "timeout": HUNG_S,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    atheris.Setup(
        [name, str(corpus), *(f"-{key}={value}" for key, value in options.items())],
        timed(made, SLOWEST_S * COUNTING_COSTS),
    )
    atheris.Fuzz()


def blind(name: str, seconds: float, seed: int, folder: Path) -> None:
    """By chance: seeds and what became of them, with bytes changed, doubled, cut out and crossed."""
    from tests.rig.fuzz.targets import target

    made = target(name)
    call, chance = timed(made), random.Random(seed)
    known = [bytes(each) for each in made.seeds] or [b""]
    ends, runs = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        data = known[runs] if runs < len(known) else mutated(chance.choice(known), known, chance)
        runs += 1
        try:
            call(data)
        except BaseException:
            (folder / "crash-blind").write_bytes(data)
            raise
        if chance.random() < 0.02 and len(known) < 2_000:
            known.append(data)
    sys.stderr.write(f"stat::number_of_executed_units: {runs}\n")


def mutated(data: bytes, known: Sequence[bytes], chance: random.Random) -> bytes:
    """One to four changes of one input."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randint(0, len(made)), chance.randint(0, len(made))))
        what = chance.randrange(5)
        if what == 0:
            made[at:at] = chance.randbytes(chance.randint(1, 8))
        elif what == 1 and made:
            made[min(at, len(made) - 1)] = chance.randrange(256)
        elif what == 2:
            del made[at:end]
        elif what == 3:
            made[at:at] = made[at:end]
        else:
            made[at:end] = chance.choice(known)
    return bytes(made[:LONGEST_INPUT])


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--blind", action="store_true", help="without atheris")
    parser.add_argument("--input", default=None, help="call the target once with these bytes, in hexadecimal")
    options = parser.parse_args(arguments)
    if options.input is not None:
        from tests.rig.fuzz.targets import target

        timed(target(options.target))(bytes.fromhex(options.input))
        return 0
    (blind if options.blind else led)(options.target, options.seconds, options.seed, options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
