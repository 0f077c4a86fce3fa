"""A sync that never ends: pages of new activities through merge and store, as fast as they go, on a thread."""

from __future__ import annotations

import threading

from benchmarks.book import HEAVY
from benchmarks.pull import session_of
from companion.bootstrap import Core
from companion.connectors.base import Page, Upsert
from companion.domain.records import Kind, Value
from companion.sync.engine import ROWS_BESIDE_A_WINDOW
from companion.sync.pull import Pull

PAGE = 1000


class BusySync(threading.Thread):
    """Writes until `stop` is set, in the batches that a sync beside a window uses. `begun` is set at the first page."""

    def __init__(self, core: Core, stop: threading.Event) -> None:
        super().__init__(name="busy sync")
        self._stop_asked = stop
        self.begun = threading.Event()
        self._core = core
        self._count = 0

    def run(self) -> None:
        """Page after page."""
        core = self._core
        session = session_of(core, None, ROWS_BESIDE_A_WINDOW)
        pull = Pull(session, lambda kind, done, total: None)
        with core.database.read() as rows:
            people = [row[0] for row in rows.all("SELECT remote_id FROM people WHERE id <> ? LIMIT 3000", (HEAVY,))]
        while not self._stop_asked.is_set():
            pull.save(Kind.ACTIVITY, self._page(people), None)
            self.begun.set()

    def _page(self, people: list[str]) -> Page:
        first, self._count = self._count, self._count + PAGE
        return Page(
            [self._activity(n, people[n % len(people)]) for n in range(first, first + PAGE)], b"more", more=True
        )

    @staticmethod
    def _activity(n: int, person: str) -> Upsert:
        fields: dict[str, Value] = {
            "what": "email",
            "subject": f"Mail {n}",
            "body": "About the offer " * 8,
            "at": 1_790_000_000 + n,
            "done": True,
            "direction": "in",
        }
        return Upsert(Kind.ACTIVITY, f"busy-{n}", "1", fields, {"person": person})
