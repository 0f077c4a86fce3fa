"""Makes new rows findable, a whole batch in one statement; what changes or goes later, triggers keep true.

An insert trigger could do it too, but SQLite then opens a savepoint for each row and FTS5 flushes its index at each
savepoint: that made the inserts of a first load 3 times slower.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.database import Rows, Write
from companion.domain.records import Kind
from companion.store.names import TABLES

_SHOWN: Final = "WHERE n > ? AND gone IS NOT 'out_of_scope'"
_NAME: Final = "INSERT INTO names (rowid, name, about, numbers) SELECT"
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
