"""What memory a window takes, in a process of its own: the app's on the profile in the given folder, or a bare one."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

SETTLED_MS = 4_000
"""Until then what comes after the first paint is imported and read."""


def main() -> int:
    """Opens it and waits until it has settled; prints in kB what is resident, shared or not."""
    if len(sys.argv) > 1:
        from benchmarks.start_app import started

        kept: object = started(Path(sys.argv[1]))
    else:
        kept = QApplication(sys.argv[:1]), (window := QMainWindow())
        window.resize(1320, 840)
        window.show()
    QTimer.singleShot(SETTLED_MS, _tell)
    application = QApplication.instance()
    assert kept is not None
    assert application is not None
    return application.exec()


def _tell() -> None:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"), re.MULTILINE)
    assert found is not None
    os.write(1, f"{found[1]}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
