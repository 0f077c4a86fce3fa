"""What the journeys share: a rep at a window over the demo book."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what the platform without a screen can't do: keep a smallest size, and put an open menu on top."""
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support propagateSizeHints\(\)")
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support (raise\(\)|grabbing the keyboard)")


@pytest.fixture
def clock() -> Clock:
    """A quarter past nine, and it stands."""
    return Clock()


@pytest.fixture
def rep(qapp: QApplication, clock: Clock) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book."""
    with opened(qapp, demo_copy(clock)) as working:
        yield working
