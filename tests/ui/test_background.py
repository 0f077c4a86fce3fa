"""An errand comes back to the thread that sent it, once; one that nobody waits for any more harms nothing."""

from __future__ import annotations

import gc
import threading

from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from ui.background import Errand


def test_the_answer_arrives_on_the_thread_that_sent_the_errand(qtbot: QtBot) -> None:
    heard: list[tuple[object, QThread]] = []
    worked_on: list[QThread] = []

    def work() -> int:
        worked_on.append(QThread.currentThread())
        return 7

    errand = Errand(work)
    errand.done.connect(lambda answer: heard.append((answer, QThread.currentThread())))
    with qtbot.waitSignal(errand.done):
        errand.start()

    assert heard == [(7, errand.thread())]
    assert worked_on[0] is not errand.thread()


def test_what_went_wrong_arrives_as_it_was_raised(qtbot: QtBot) -> None:
    errand: Errand[None] = Errand(lambda: (_ for _ in ()).throw(LookupError("nobody")))

    with qtbot.waitSignal(errand.failed) as failed:
        errand.start()

    assert isinstance(failed.args[0], LookupError)


def test_a_cancelled_errand_says_nothing(qtbot: QtBot) -> None:
    go_on = threading.Event()
    errand = Errand(lambda: go_on.wait(5))

    with qtbot.assertNotEmitted(errand.done, wait=100):
        errand.start()
        errand.cancel()
        go_on.set()


def test_errands_whose_owner_goes_while_they_answer_do_not_crash(qtbot: QtBot) -> None:
    for _ in range(300):
        owner = QObject()
        Errand(lambda: "answer", owner).start()
        del owner
        gc.collect(0)
    qtbot.wait(50)

    left = [thread for thread in threading.enumerate() if thread.name == "errand"]
    assert len(left) < 300
