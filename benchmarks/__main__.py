"""`python -m benchmarks`: measures every figure and prints the table; see docs/performance.md."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.book import SCALES, Scale, file_of
from benchmarks.figure import Figure, as_json, as_table
from benchmarks.floor import share_of_processor

MEASURED = {
    "P1": "start",
    "P2": "memory",
    "P3": "today_query",
    "P4": "rerank",
    "P5": "midnight",
    "P6": "keys",
    "P7": "commit",
    "P8": "timeline",
    "P9": "search",
    "P10": "pull",
    "P11": "first_sync",
    "P12": "no_news",
    "P13": "pipeline",
    "F4": "preview",
    "DAY": "day",
    "PREP": "prep",
}
"""Which module measures which budget."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table. A missed bar is told, it is no failure of the command."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scale = SCALES[options.scale]
    file_of(scale)
    as_text = options.json != "-"
    if as_text:
        print(f"{scale.name}: {scale.people:,} people, {scale.activities:,} activities, encrypted, synchronous=FULL")
        print(f"{os.cpu_count()} processors; a thread gets {share_of_processor():.0%} of one, load {_load()}")
    figures = list(_measured(options.only, scale, options.rounds))
    if options.json is not None:
        text = json.dumps(as_json(figures), indent=1, ensure_ascii=False)
        if as_text:
            Path(options.json).write_text(text + "\n", encoding="utf-8")
        else:
            print(text)
    if as_text:
        print(as_table(figures))
        print(f"afterwards a thread gets {share_of_processor():.0%} of a processor, load {_load()}")
    return 0


def _measured(only: str, scale: Scale, rounds: int) -> Iterator[Figure]:
    wanted = [each.strip().upper() for each in only.split(",")] if only else list(MEASURED)
    for budget in wanted:
        print(f"measuring {budget} …", file=sys.stderr)
        yield from importlib.import_module(f"benchmarks.{MEASURED[budget]}").measure(scale, rounds)


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what Companion promises.")
    parser.add_argument("--only", default="", help="budgets to measure, such as P3,P7")
    parser.add_argument("--scale", choices=list(SCALES), default="rep", help="how large the book is")
    parser.add_argument("--rounds", type=int, default=20, help="more rounds, steadier figures")
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-", help="write the figures; without FILE, print")
    return parser


if __name__ == "__main__":
    sys.exit(main())
