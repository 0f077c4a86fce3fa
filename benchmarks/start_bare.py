"""The floor of a cold start: an empty main window."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QMainWindow

from benchmarks.first_paint import FirstPaint


def main() -> int:
    """Opens it; ends at its first paint."""
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1320, 840)
    window.show()
    FirstPaint(window)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
