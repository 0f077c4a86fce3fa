"""The last lines of trouble that this run logged, for a report: heard from the start, so it imports next to nothing."""

from __future__ import annotations

import logging
from collections import deque


class Recent(logging.Handler):
    """Keeps the last lines that Companion's own parts logged as trouble, for a report."""

    def __init__(self, most: int = 50) -> None:
        super().__init__(logging.WARNING)
        self._lines: deque[str] = deque(maxlen=most)

    def listen(self) -> None:
        """Hears Companion's own loggers from now on. What libraries say may hold contents: it is not heard."""
        for name in ("companion", "ui"):
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        kind = f" {record.exc_info[0].__name__}" if record.exc_info and record.exc_info[0] else ""
        self._lines.append(
            f"{record.levelname} {record.module}:{record.lineno} {record.msg.split('%')[0].strip()}{kind}"
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """Where it was and what kind of trouble, without what was put into the words."""
        return tuple(self._lines)
