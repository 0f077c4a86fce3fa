"""Versions of records as the CRM told them, and where a record is not as the version says that it was read in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from companion.database import Rows, Write
from companion.domain.records import Kind
from companion.store.names import TABLES

OUTGROWN: Final = "\x1f"
"""Ends the version of a record that shows more than it was read with; no CRM's own version ends like that."""


def forget(write: Write) -> None:
    """No record is known by its version any more: each one that is read again counts as new, and no op knows its own.

    A server that was set back counts on from an older number, so that a known version may stand for other contents.
    """
    for table in TABLES.values():
        write.text(f"UPDATE {table} SET version = NULL WHERE version IS NOT NULL")
    write.text("UPDATE outbox SET version = NULL WHERE version IS NOT NULL")


def outgrow(write: Write, kind: Kind, record_id: str, now: str | None, over: str | None = None) -> None:
    """A record takes a value that the CRM has in version `now`, or in one that it did not tell; no read brought it.

    The next read does. Should the CRM be set back before that, it tells the old version again, as a search that lags
    does too: nothing then says that the record differs, unless this is kept.

    Where the version is known `over` which the value was written, the record has outgrown that one: it may be another
    than was read here, and a CRM that was set back may count up to the one that was read once more.
    """
    if over is not None:
        write.text(
            f"UPDATE {TABLES[kind]} SET version = ? WHERE id = ? AND version IS NOT NULL",
            (f"{over}{OUTGROWN}", record_id),
        )
        return
    write.text(
        f"UPDATE {TABLES[kind]} SET version = version || ?"
        " WHERE id = ? AND version IS NOT NULL AND version IS NOT ? AND substr(version, -1) <> ?",
        (OUTGROWN, record_id, now, OUTGROWN),
    )


def outgrown(rows: Rows, kind: Kind) -> list[str]:
    """The CRM's ids of the living records that no read has brought since they took such a value."""
    found = rows.all(
        f"SELECT remote_id FROM {TABLES[kind]} WHERE substr(version, -1) = ? AND gone IS NULL AND remote_id IS NOT NULL"
        " ORDER BY remote_id",
        (OUTGROWN,),
    )
    return [row[0] for row in found]


def forget_of(write: Write, kind: Kind, record_ids: Iterable[str]) -> None:
    """These records are not known by their versions any more: what is read of them counts as new."""
    for record_id in record_ids:
        write.text(f"UPDATE {TABLES[kind]} SET version = NULL WHERE id = ?", (record_id,))
