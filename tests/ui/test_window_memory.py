"""The window opens where it was closed: on a screen that is there, parted as it was, at the place and row of before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core
from tests.journeys.window import CALM, Clock, demo_copy, put_away, reopened
from ui.main_window import memory
from ui.shell import App
from ui.theme.theme import Theme


@pytest.fixture(autouse=True)
def settings_file(tmp_path: Path, qapp: QApplication) -> Iterator[Path]:
    """An own file of kept values."""
    before = QSettings.defaultFormat()
    qapp.setOrganizationName("Companion")
    qapp.setApplicationName("Companion")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    yield tmp_path / "Companion" / "Companion.ini"
    QSettings.setDefaultFormat(before)


@contextmanager
def running(core: Core) -> Iterator[App]:
    """The application as it is started, until it is closed."""
    app = App(core, CALM)
    app.start(sync=False, as_before=True)
    for _ in range(4):
        QApplication.processEvents()
    yield app
    put_away(app)


def test_size_panes_place_and_row_are_as_they_were(theme: Theme, qtbot: QtBot) -> None:
    # The screen of the platform without one is 800 pixels wide: only the height is free.
    clock = Clock()
    core = demo_copy(clock)
    again = reopened(core, clock)
    with running(core) as app:
        app.window.resize(960, 640)
        QApplication.processEvents()
        app.page.splitter.setSizes([600, 304])
        app.page.select_name("Priya Raman")
        app.commands.run("go.pipeline")
        parted, chosen = app.page.splitter.saveState(), app.page.subject()

    with running(again) as app:
        qtbot.waitUntil(lambda: app.window.here == "go.pipeline")
        assert (app.window.width(), app.window.height()) == (960, 640)
        assert app.page.splitter.saveState() == parted
        assert app.page.subject() == chosen


def test_a_form_that_was_open_is_not_where_it_opens(theme: Theme) -> None:
    clock = Clock()
    core = demo_copy(clock)
    again = reopened(core, clock)
    with running(core) as app:
        app.commands.run("settings")

    with running(again) as app:
        assert app.window.here == "go.today"


def test_a_window_of_a_screen_that_is_gone_comes_onto_one_that_is_there(theme: Theme, qtbot: QtBot) -> None:
    far = QWidget()
    qtbot.addWidget(far)
    far.setGeometry(QRect(9_000, 9_000, 1_000, 700))
    QSettings().setValue("window/geometry", far.saveGeometry())

    with running(demo_copy(Clock())) as app:
        seen = app.window.frameGeometry().intersected(QGuiApplication.primaryScreen().availableGeometry())
        assert seen.width() >= 120
        assert seen.height() >= 60


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\xff" * 400, b"[window]\ngeometry=@ByteArray(junk)\nsplitter=7\nplace=9\n"]
)
def test_a_file_of_nonsense_is_passed_over(junk: bytes, settings_file: Path, theme: Theme) -> None:
    settings_file.parent.mkdir(parents=True, exist_ok=True)
    settings_file.write_bytes(junk)

    with running(demo_copy(Clock())) as app:
        assert app.window.here == "go.today"
        assert app.window.width() >= 960
        assert min(app.page.splitter.sizes()) > 0


@pytest.mark.parametrize("value", [7, "x", QByteArray(b"\x01\xd9\xd0\xcb" + b"\xff" * 60)])
def test_values_of_another_kind_are_passed_over(value: object, theme: Theme) -> None:
    kept = QSettings()
    for name in ("geometry", "splitter", "place", "selected"):
        kept.setValue(f"window/{name}", value)

    with running(demo_copy(Clock())) as app:
        assert app.window.here == "go.today"
        assert {app.window.here} <= memory.PLACES
        assert app.window.isVisible()
