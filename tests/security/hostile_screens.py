"""Every screen over a book full of traps, in a process of its own that is watched from outside.

`python -m tests.security.hostile_screens CANARY_FILE`
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class Bait:
    """Where the traps point: nothing here touches it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.url = "http://127.0.0.1:9/canary.png"


def main(file: str) -> int:
    """Looks at everything; prints a word at its end."""
    from PySide6.QtWidgets import QApplication

    from companion import bootstrap
    from tests.journeys.canary import Canary
    from tests.journeys.test_hostile_content import look_at_everything, poisoned
    from tests.journeys.window import Clock, opened

    app = QApplication([])
    core = poisoned(Clock(), cast(Canary, Bait(Path(file))))
    bootstrap.sync_once(core)
    with opened(app, core) as rep:
        look_at_everything(rep)
    sys.stdout.write("looked at everything\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
