"""What goes on behind the window, off the UI thread: imports, who is ranked anew, the sync's start, tidying."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from companion.database import DatabaseProblem
from ui.session import Book
from ui.warm import warm
from ui.widgets.animate import Motion

TIDY_PAUSE_S: Final = 0.05
"""Between two steps of the tidying: the rep's own acts and the sync go first."""

log = logging.getLogger(__name__)


class Behind:
    """Threads of the window's own. Made, asked and ended on the UI thread; the file stays open until all have ended.

    `prepare` and `sync` are called on a thread: what is looked up ahead, and what starts the sync.
    """

    def __init__(self, core: Book, prepare: Callable[[], None], sync: Callable[[], None]) -> None:
        self.threads: list[threading.Thread] = []
        self._core = core
        self._prepare = prepare
        self._sync = sync
        self._ending = threading.Event()

    def run(self, work: Callable[[], None]) -> None:
        """Does a piece of work on a thread of its own."""
        self.threads = [each for each in self.threads if each.is_alive()]
        thread = threading.Thread(target=work, name="behind the window", daemon=True)
        self.threads.append(thread)
        thread.start()

    def begin(self) -> None:
        """After the first paint: what the first keys would import, and beside it all else up to the sync."""
        self.run(lambda: warm(self._ending.is_set))
        self.run(self._begin)

    def keep_up(self) -> None:
        """From time to time: whoever's reasons time has moved."""
        self.run(self._keep_up)

    def leave_off(self) -> None:
        """Nothing further is begun."""
        self._ending.set()

    def end(self) -> None:
        """Waits for what is under way; afterwards the file may close."""
        self.leave_off()
        for each in self.threads:
            each.join()
        gc.unfreeze()  # what `warm` took out of the collector's sight holds the key of the book that closes

    def _begin(self) -> None:
        try:
            self._core.database.warm()
            self._core.desk()
            self._core.learn()
            self._core.reword()
            self._prepare()
            self._look_again()
            if not self._ending.is_set():
                self._sync()
        except Exception:
            log.exception("the start of sync failed")
        _ask_about_motion()
        self._tidy()

    def _keep_up(self) -> None:
        self._look_again()
        self._tidy()

    def _look_again(self) -> None:
        while not self._ending.is_set() and self._core.refresh_due():
            pass

    def _tidy(self) -> None:
        with suppress(DatabaseProblem):  # a full disk has other words for the rep
            while not self._ending.wait(TIDY_PAUSE_S) and self._core.tidy():
                pass


def _ask_about_motion() -> None:
    from ui.theme.system_motion import asks_for_less

    Motion.system = asks_for_less()
    Motion.reduced = Motion.reduced or Motion.system
