"""What went wrong in a slot or while painting is said in the window and kept for a report, not printed and lost."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

log = logging.getLogger(__name__)


def watch(say: Callable[[], None]) -> None:
    """From now on an exception that nobody caught is logged, and `say` is called where it was the UI thread's."""

    def mishap(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("an act came to nothing", exc_info=(kind, error, trace))
        if threading.current_thread() is threading.main_thread():
            say()

    sys.excepthook = mishap
