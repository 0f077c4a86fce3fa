"""What the tests of the client share: no screen, a theme, and pictures at any scale."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import fonts
from ui.theme.theme import Theme
from ui.widgets.animate import Motion


def pytest_configure(config: pytest.Config) -> None:
    """Let pass what the platform without a screen says about every window that has a smallest size."""
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support propagateSizeHints\(\)")


Grab = Callable[..., QImage]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, applied, with nothing in motion; back to light and 100 % after the test."""
    Motion.reduced = True
    made = Theme("light")
    made.apply(qapp)
    yield made
    Motion.reduced = False
    fonts.set_scale(100)
    made.set_mode("light")
    made.apply(qapp)


@pytest.fixture(params=["light", "dark"])
def each_theme(request: pytest.FixtureRequest, theme: Theme) -> Theme:
    """The theme, once light and once dark."""
    theme.set_mode(request.param)
    return theme


@pytest.fixture
def grab(theme: Theme) -> Grab:
    """A picture of a widget as it paints at a device pixel ratio."""

    def taken(widget: QWidget, ratio: float = 1.0) -> QImage:
        size = widget.size()
        image = QImage(round(size.width() * ratio), round(size.height() * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.color("surface"))
        widget.render(image)
        return image

    return taken


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is announced."""
    said: list[str] = []

    def hear(event: object) -> None:
        message = getattr(event, "message", None)
        if message is not None:
            said.append(message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return said
