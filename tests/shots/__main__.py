"""Draws every screen and state into out/shots, in light and dark, at 100 and 200 %."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from tests.shots import surroundings


def main(arguments: list[str]) -> int:
    """The exit code: 1 where a picture differs from its baseline under --check."""
    parser = argparse.ArgumentParser(prog="shots", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="a scene, or the start of its name")
    parser.add_argument("--language", metavar="XX", default="en", help="draw them in this language")
    parser.add_argument("--text-size", metavar="PERCENT", type=int, default=100)
    parser.add_argument("--theme", choices=("light", "dark"), action="append", help="one of both")
    parser.add_argument("--scale", type=int, choices=(100, 125, 150, 200), action="append", help="default: 100 and 200")
    parser.add_argument("--out", type=Path, default=surroundings.ROOT / "out" / "shots")
    parser.add_argument("--list", action="store_true", help="only the names")
    parser.add_argument("--accept", action="store_true", help="keep these pictures as the baselines")
    parser.add_argument("--check", action="store_true", help="compare with the baselines")
    chosen = parser.parse_args(arguments)
    home = surroundings.enter(arguments)
    try:
        from tests.shots.taking import run

        return run(chosen)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
