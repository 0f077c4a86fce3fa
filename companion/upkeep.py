"""What a book needs now and then, in the background: a close look after a crash, old ops forgotten, room kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from companion.database import Damaged, Database
from companion.rescue import CHECK_DUE, DAMAGED, mark
from companion.store import meta, outbox, reminders, soundness

KEEP_DAYS: Final = 90
"""How long an op that came to its end and a reminder are kept: as a proof, and for the rep to look up."""
CHECK_DAYS: Final = 7
_COPY_DAYS: Final = 30
_LEAP_DAYS: Final = 31
_DAY_S: Final = 86_400
_AT_ONCE: Final = 500
_CHECKED: Final = "checked_at"
_PRUNED: Final = "pruned_at"


def look_after(database: Database, folder: Path, now: int) -> None:
    """Does what is due. May take seconds: on a thread in the background, before the first sync of a session.

    `now` in seconds since 1970. Raises Damaged where the file is; the next start rescues it.
    """
    if _check_is_due(database, folder, now):
        _check(database, folder, now)
    for each in database.on_upkeep:
        each()
    _forget_copies(folder, now)
    with database.read() as rows:
        pruned_at = meta.get(rows, _PRUNED) or 0
    if abs(now - pruned_at) >= _DAY_S:
        # A clock that has leapt by months is not believed the first time: what ended yesterday is not old.
        prune(database, now if now - pruned_at < _LEAP_DAYS * _DAY_S else 0)
        with database.write(patient=True) as write:
            if now - pruned_at < _LEAP_DAYS * _DAY_S:
                reminders.prune(write, now - KEEP_DAYS * _DAY_S)
            meta.put(write, _PRUNED, now)


def prune(database: Database, now: int) -> int:
    """Forgets the ops that came to their end 90 days ago; returns how many those were."""
    count = 0
    while True:
        with database.write(patient=True) as write:
            some = outbox.prune(write, now - KEEP_DAYS * _DAY_S, _AT_ONCE)
        count += some
        if some < _AT_ONCE:
            return count


def _forget_copies(folder: Path, now: int) -> None:
    """Copies from before an update hold what the rep may no longer be allowed to see: they go after a month."""
    for copy in folder.glob("book.before-*"):
        if now - copy.stat().st_mtime > _COPY_DAYS * _DAY_S:
            copy.unlink()


def _check_is_due(database: Database, folder: Path, now: int) -> bool:
    if (folder / CHECK_DUE).exists():
        return True
    with database.read() as rows:
        checked_at = meta.get(rows, _CHECKED)
    if checked_at is None:  # a new book begins its week
        with database.write(patient=True) as write:
            meta.put(write, _CHECKED, now)
        return False
    return bool(abs(now - checked_at) >= CHECK_DAYS * _DAY_S)


def _check(database: Database, folder: Path, now: int) -> None:
    words = soundness.trouble(database)
    if words:
        mark(folder / DAMAGED)
        raise Damaged(words)
    with database.write(patient=True) as write:
        meta.put(write, _CHECKED, now)
    (folder / CHECK_DUE).unlink(missing_ok=True)
