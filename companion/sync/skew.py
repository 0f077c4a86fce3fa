"""How far this computer's clock is from the CRM's, and what that makes of when something took place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import Connector, Description, Op, Result
from companion.database import Database
from companion.domain.skew import believed
from companion.store import meta
from companion.sync.through import Through

OFF_BY_S: Final = 120
"""Seconds that two clocks may differ before it matters; a zone's change is none, these are seconds since 1970."""

_KEY: Final = "skew_s"
_SLOWEST_S: Final = 30
_AT_ONCE_S: Final = 60
_STAMPS: Final = ("at", "done_at", "closed_at")


def asked(database: Database, connector: Connector, wall: Callable[[], int]) -> Description:
    """Describes the connector, and keeps how far the CRM's clock is ahead of this one's where it tells.

    An answer that took long tells nothing, as does a time that can't be; what was known then stays.
    """
    before = wall()
    found = connector.describe()
    after = wall()
    server_time = believed(found.server_time)
    if server_time is None or not 0 <= after - before <= _SLOWEST_S:
        return found
    skew = int(server_time - (before + after) / 2)
    with database.read() as rows:
        known = meta.get(rows, _KEY)
    if known is None or abs(known - skew) > 2:
        with database.write(patient=True, from_sync=True) as write:
            meta.put(write, _KEY, skew)
    return found


def corrected(database: Database, connector: Connector) -> Connector:
    """The connector, through which what is sent bears the CRM's time where this clock is wrong."""
    with database.read() as rows:
        skew: int = meta.get(rows, _KEY) or 0
    return Punctual(connector, skew) if abs(skew) > OFF_BY_S else connector


class Punctual(Through):
    """Moves by `skew_s` what was stamped by this computer's clock."""

    def __init__(self, connector: Connector, skew_s: int) -> None:
        super().__init__(connector)
        self.skew_s = skew_s

    def push(self, ops: Sequence[Op]) -> list[Result]:
        return super().push([self._punctual(op) for op in ops])

    def _punctual(self, op: Op) -> Op:
        """A time that the rep typed stays; what says 'now', as the moment of the op does, is moved."""
        stamps = {
            name: value + self.skew_s
            for name, value in op.fields.items()
            if name in _STAMPS and isinstance(value, int) and 0 <= op.at - value <= _AT_ONCE_S
        }
        return replace(op, fields={**op.fields, **stamps}, at=op.at + self.skew_s)
