"""An errand comes back to the thread that sent it, once; one that nobody waits for any more harms nothing."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread
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


class Keeper(QObject):
    """Who sends errands that speak of it, as a view-model does."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def send(self) -> Errand[str]:
        errand = Errand(lambda: type(self).__name__, self)
        errand.done.connect(self.heard.append)
        errand.start()
        return errand


def test_who_is_held_by_its_own_errand_alone_ends_whole_when_that_has_answered(qtbot: QtBot) -> None:
    for _ in range(50):
        keeper = Keeper()
        errand = keeper.send()
        with qtbot.waitSignal(errand.done):
            pass
        ended: list[bool] = []
        weakref.finalize(keeper, ended.append, True)

        del keeper, errand
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qtbot.waitUntil(lambda ended=ended: ended == [True])  # type: ignore[misc]


def test_what_an_errand_held_last_is_destroyed_on_the_ui_thread(qtbot: QtBot) -> None:
    ended_on: list[threading.Thread] = []

    for _ in range(200):
        keeper = Keeper()
        keeper.destroyed.connect(
            lambda _=None: ended_on.append(threading.current_thread()), Qt.ConnectionType.DirectConnection
        )
        keeper.send()
        del keeper
    qtbot.waitUntil(lambda: len(ended_on) == 200)

    assert set(ended_on) == {threading.main_thread()}
