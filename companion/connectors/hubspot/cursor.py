"""How far a kind has been read: windows of HubSpot's stamps of change, and a place inside the window.

The index behind HubSpot's search lags seconds to minutes, so a window reaches back behind the last one, and further
once an hour. Inside a window rows are read in the order of their ids and never by HubSpot's own paging, which ends at
10,000 results: that many may share one stamp.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from msgspec.structs import replace

from companion.connectors.window import Window

ARCHIVED_EVERY_S: Final = 900
"""The list of archived records can't be asked for what is new: so often for each page that it took the last time."""
_MOST_OFTEN_PAGES: Final = 96


class Cursor(Window, frozen=True, omit_defaults=True):
    """`archived_at` is until when the archived records are known, `archives_to` the same after this pull where it reads
    them, `archived_pages` how many pages they took.
    """

    overlap_s: ClassVar[int] = 600
    long_overlap_s: ClassVar[int] = 2 * 3600

    last: str = ""
    archived_at: int = 0
    archives_to: int | None = None
    archived_pages: int = 0

    def begun(self, now: int) -> Self:
        """The same, with the server's own time as its first answer said it: until then it was reckoned."""
        long_at = now if self.long_at == self.began else self.long_at
        return replace(self, began=now, long_at=long_at, archives_to=None if self.archives_to is None else now)

    def next_phase(self, phases: int) -> Self:
        """At the beginning of the next phase, or at the end of the pull."""
        after = super().next_phase(phases)
        if not after.done:
            return after
        known = self.began if self.full else self.archives_to
        archived_at = self.archived_at if known is None else known
        return replace(after, archived_at=archived_at, archives_to=None)

    def following(self, now: int) -> Self:
        """The window after this one. It reads the archived records too where they are due."""
        due = now - self.archived_at >= ARCHIVED_EVERY_S * min(max(1, self.archived_pages), _MOST_OFTEN_PAGES)
        pages = 0 if due else self.archived_pages
        return replace(super().following(now), archives_to=now if due else None, archived_pages=pages)
