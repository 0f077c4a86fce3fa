"""Versions of records as the CRM told them: forgotten where the CRM may give the same one to something else."""

from __future__ import annotations

from companion.database import Write
from companion.store.names import TABLES


def forget(write: Write) -> None:
    """No record is known by its version any more: each one that is read again counts as new, and no op knows its own.

    A server that was set back counts on from an older number, so that a known version may stand for other contents.
    """
    for table in TABLES.values():
        write.text(f"UPDATE {table} SET version = NULL WHERE version IS NOT NULL")
    write.text("UPDATE outbox SET version = NULL WHERE version IS NOT NULL")
