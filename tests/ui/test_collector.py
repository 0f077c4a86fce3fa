"""Rings of objects end on the UI thread, whichever thread asks for memory; and they do end."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from ui import collector
from ui.background import Errand
from ui.collector import Collector, collect_what_is_due

ROOT: Final = Path(__file__).resolve().parents[2]

MADE: Final = """
import gc
from companion import settings
from ui.app import make_application
from ui.collector import Collector

make_application(settings.Settings())
application = make_application(settings.Settings())
print(len(application.findChildren(Collector)), gc.isenabled())
"""


class Ring(QObject):
    """An object of Qt that Python alone holds, and that holds itself."""

    def __init__(self) -> None:
        super().__init__()
        self.own = self


def test_a_ring_ends_on_the_ui_thread_while_another_thread_asks_for_memory(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "EVERY_MS", 20)
    ended_on: list[threading.Thread] = []
    owner = QObject()
    Collector(owner)
    ring = Ring()
    ring.destroyed.connect(
        lambda _=None: ended_on.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
    )
    del ring

    asking = Errand(lambda: [[each] for each in range(200_000)])
    with qtbot.waitSignal(asking.done):
        asking.start()
    assert ended_on == [] or ended_on == [threading.main_thread()]
    kept: list[list[int]] = []

    def ended() -> bool:
        # What ends meanwhile counts against what is made: only more and more of it makes a collection due for sure.
        kept.extend([each] for each in range(gc.get_threshold()[0] + 1))
        return bool(ended_on)

    qtbot.waitUntil(ended)

    assert ended_on == [threading.main_thread()]


def test_what_is_due_is_collected() -> None:
    gc.collect()
    ring = Ring()
    ended = weakref.ref(ring)
    del ring
    kept = [[each] for each in range(gc.get_threshold()[0] + 1)]

    collect_what_is_due()

    assert gc.get_count()[0] < len(kept)
    assert ended() is None


def test_the_application_collects_for_itself_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MADE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split() == ["1", "False"]
