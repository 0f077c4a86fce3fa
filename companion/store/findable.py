"""Makes new rows findable, a whole batch in one statement; what changes or goes later, triggers keep true.

An insert trigger could do it too, but SQLite then opens a savepoint for each row and FTS5 flushes its index at each
savepoint: that made the inserts of a first load 3 times slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.database import Rows, Write
from companion.domain.records import Kind
from companion.store import meta
from companion.store.names import TABLES

_SHOWN: Final = "WHERE n > ? AND gone IS NOT 'out_of_scope'"
_NAME: Final = "INSERT INTO names (rowid, name, about, numbers) SELECT"
_MERGED: Final = "index_merged"
"""How many rows there were when everything was made one part."""
_IN_BULK: Final = 1_000
_LEFT_TO_US: Final = {"automerge": 0, "crisismerge": 64}
"""For FTS5: a commit merges nothing by itself, but where very many parts were left."""
STEP: Final = 32
"""Pages that are merged at once: some milliseconds."""
_NEW: Final[Mapping[Kind, str]] = {
    Kind.PERSON: f"""{_NAME} n * 4, name, coalesce(role, '') || ' ' || coalesce(email, ''), phone_key
        FROM people {_SHOWN}""",
    Kind.COMPANY: f"""{_NAME} n * 4 + 1, name, coalesce(city, '') || ' ' || coalesce(website, ''), phone_key
        FROM companies {_SHOWN}""",
    Kind.DEAL: f"{_NAME} n * 4 + 2, name, '', '' FROM deals {_SHOWN}",
    Kind.ACTIVITY: f"INSERT INTO notes (rowid, subject, body) SELECT n, subject, body FROM activities {_SHOWN}",
}


def newest(rows: Rows, kind: Kind) -> int:
    """The number of the newest row of a kind, to be given to `add_newer` after the insert."""
    return int(rows.value(f"SELECT max(n) FROM {TABLES[kind]}") or 0) if kind in _NEW else 0


def add_newer(write: Write, kind: Kind, than: int) -> None:
    """Makes the rows findable that were inserted since `newest` said `than`."""
    if kind in _NEW:
        write.text(_NEW[kind], (than,))


def add_again(write: Write, kind: Kind, n: int) -> None:
    """Makes the one row findable that was put back under this number."""
    if kind in _NEW:
        write.text(_NEW[kind].replace("n > ?", "n = ?"), (n,))


def merge(write: Write, pages: int) -> bool:
    """Merges up to so many pages of the search indexes; True if there may be more to merge.

    Left to itself an index merges within the commit that brings too many parts together: after a first load that was
    one of the rep's, and took 50 ms. So everything that came in bulk becomes one part here, and commits are told to
    leave it alone.
    """
    _leave_commits_alone(write)
    before = write.value("SELECT total_changes()")
    rows = newest(write, Kind.ACTIVITY) + newest(write, Kind.PERSON)
    merged = meta.get(write, _MERGED) or 0
    # By the rules of FTS5 a negative number begins to make one part of all, and positive ones go on with it.
    begins = rows - merged > max(_IN_BULK, merged // 2)
    for index in ("names", "notes"):
        write.text(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (-pages if begins else pages,))
    # Each command counts as one change itself; one that found nothing to merge counts no more.
    more = bool(write.value("SELECT total_changes()") - before > 2)
    if begins:
        meta.put(write, _MERGED, rows)
    return more


def _leave_commits_alone(write: Write) -> None:
    for index in ("names", "notes"):
        if write.value(f"SELECT v FROM {index}_config WHERE k = 'automerge'") != _LEFT_TO_US["automerge"]:
            for name, value in _LEFT_TO_US.items():
                write.text(f"INSERT INTO {index} ({index}, rank) VALUES (?, ?)", (name, value))
