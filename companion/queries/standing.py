"""How sync stands by the file alone: right at every moment, also before the sync has said anything."""

from __future__ import annotations

from dataclasses import replace

from companion.database import Rows
from companion.domain.sync_status import SyncStatus
from companion.store import meta
from companion.store.unsettled import unsettled


def standing(rows: Rows, said: SyncStatus | None) -> SyncStatus:
    """What the sync `said` last, with what the file counts now; without a word of it, when it was last in step."""
    waiting, conflicts, attention = unsettled(rows)
    status = said or SyncStatus(last_success_at=meta.get(rows, "synced_at"))
    return replace(status, waiting=waiting, conflicts=conflicts, attention=attention)
