"""An exception in a slot: the window says so and goes on, and the report has a line of it."""

from __future__ import annotations

import logging
import sys

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions

from companion import settings
from companion.recent import Recent
from tests.journeys.window import Clock, demo_copy, put_away
from ui.app import Opening
from ui.mishap import watch


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_slot_is_said_in_the_window_and_kept_for_the_report(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # put back afterwards
    recent = Recent()
    recent.listen()
    opening = Opening(settings.Settings(), demo_copy(Clock()).folder)
    opening._open(demo_copy(Clock()))
    assert opening.app is not None
    watch(opening.say_mishap)

    def fails() -> None:
        raise ZeroDivisionError("in a slot")

    try:
        QTimer.singleShot(0, opening, fails)
        for _ in range(20):
            QApplication.processEvents()

        assert opening.app.window.toast.isVisible()
        assert opening.app.window.toast.text.startswith("That did not work.")
        assert any("ZeroDivisionError" in line for line in recent.lines)
    finally:
        for name in ("companion", "ui"):
            logging.getLogger(name).removeHandler(recent)
        put_away(opening.app)


def test_the_tests_themselves_fail_on_an_exception_in_a_slot(qapp: QApplication) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with capture_exceptions() as caught:
        QTimer.singleShot(0, QObject(qapp), fails)
        for _ in range(20):
            QApplication.processEvents()

    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
