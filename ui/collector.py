"""Objects that refer to each other in a ring end on the UI thread: one of Qt's that another thread destroys takes the
process down, and Python would collect them on whichever thread happens to ask for memory."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

EVERY_MS: Final = 1_000
"""How often it looks; the sync's threads leave few rings within that."""


class Collector(QObject):
    """Collects in Python's stead as long as the application runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what was imported stays: the first look at all of it would fall into a key
        looking = QTimer(self)
        looking.timeout.connect(collect_what_is_due)
        looking.start(EVERY_MS)


def collect_what_is_due() -> None:
    """The oldest generation whose count is beyond Python's own threshold, as Python itself would; on the UI thread."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
