"""A sign-in under way, between the thread that waits for the CRM and the window."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ui.background import on_ui_thread


class Trip:
    """A sign-in under way, as the thread sees it that waits for the CRM: it may send the rep to the browser."""

    def __init__(self, opened: Callable[[str], None]) -> None:
        self._opened = opened
        self._ended = threading.Event()

    def open_browser(self, url: str) -> bool:
        """Opens the CRM's own page for signing in; the rep is told where no browser comes. Any thread."""
        on_ui_thread(lambda: self._opened(url))
        return True

    def wanted(self) -> bool:
        """Whether the rep still waits for it. Any thread."""
        return not self._ended.is_set()

    def end(self) -> None:
        """Nobody waits for it any more."""
        self._ended.set()
