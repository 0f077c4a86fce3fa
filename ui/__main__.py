"""The `companion` command: the window's verbs here, the others go to companion.cli."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

WINDOWLESS = ("today", "sync", "doctor", "sign-out", "bring-back", "new-key")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a verb or opens the window; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if _verb(given) in WINDOWLESS:
        from companion.cli import run

        return run(given)
    options = _parser().parse_args(given)
    from ui.app import run_window, take_pictures

    if options.pictures:
        for file in take_pictures(Path(options.pictures)):
            print(file)
        return 0
    return run_window(demo=options.demo, quick_log=options.quick_log, profile=options.profile)


def _verb(given: Sequence[str]) -> str:
    """The first word that is neither an option nor the name after --profile."""
    for before, word in zip(("", *given), given, strict=False):
        if not word.startswith("-") and before != "--profile":
            return word
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="companion",
        description="Who to contact now and why, the whole relationship before a call, and one key to log it.",
        epilog="Without a window: companion today | sync --once | doctor | sign-out | bring-back | new-key",
    )
    parser.add_argument("--demo", action="store_true", help="try everything with an invented book; nothing is kept")
    parser.add_argument("--quick-log", action="store_true", help="open the one-line window to log a touch")
    parser.add_argument("--profile", default="default", help="which of your books to open")
    parser.add_argument("--pictures", metavar="FOLDER", help="render the main screens into FOLDER and leave")
    return parser


if __name__ == "__main__":
    sys.exit(main())
