"""What an operation touched: the one value that travels from a commit to whoever redraws or syncs."""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.domain.records import Kind


@dataclass(frozen=True, slots=True)
class Changes:
    """The records of one commit, and whether the outbox, the list of today or the sync state moved with it.

    `from_sync` tells a change that came from the CRM from one that the rep made.
    """

    records: frozenset[tuple[Kind, str]] = field(default_factory=frozenset)
    outbox: bool = False
    today: bool = False
    from_sync: bool = False

    def touches(self, record_id: str) -> bool:
        """Whether the record with this local id is among them."""
        return any(each == record_id for _, each in self.records)

    def __or__(self, other: Changes) -> Changes:
        """Both together, as when a burst is handed on as one."""
        return Changes(
            self.records | other.records,
            self.outbox or other.outbox,
            self.today or other.today,
            self.from_sync and other.from_sync,
        )
