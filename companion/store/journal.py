"""The outbox a second time: an append-only file beside the book, for the day on which the book is damaged.

Each transaction that changes the outbox, through whatever SQL, writes the changed rows there before it commits, and the
commit keeps the number of the last entry. So a book that is older than its journal, or a journal that is older than its
book, is found out when both are opened. What a rescue needs to sync again without asking stands there too: the head.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from companion.database import Database, Rows, Write
from companion.domain.records import LINKS, STRANGER, Kind
from companion.store.journal_file import Journal
from companion.store.names import TABLES

if TYPE_CHECKING:
    from companion.store.journal_entry import Entry

__all__ = ["JOURNAL", "BookIsOlder", "Journal", "follow", "number", "rebuild", "state_of"]

JOURNAL: Final = "outbox.journal"
"""The file's name beside the book."""

SEQ: Final = "journal_seq"
"""Among the single facts of the book: the number of the last entry that it knows."""

HEAD: Final = (
    "crm",
    "secret",
    "only_mine",
    "account",
    "user_name",
    "me",
    "notices",
    "generation",
    "install",
    "in_doubt",
    "rewound",
    "typed",
)
"""The single facts that a rescue puts back; when one changes, it is written at once."""

FACTS: Final = (*HEAD, "known_at", "latest_at", "synced_at")
"""Those that the head holds: also how long the book was away from the CRM, which may be a day old there."""

LONG: Final = 256 * 1024
"""In bytes: a longer file is made anew at the next start, with the unfinished ops alone."""

_HEAD_SEQ: Final = -1
_NAMED: Final = ", ".join(f"'{key}'" for key in HEAD)


def _due(rows: str) -> str:
    # OR IGNORE would not do: within a trigger the way in which the outer statement treats conflicts counts instead.
    return f"INSERT INTO journal_due SELECT seq FROM ({rows}) WHERE seq NOT IN (SELECT seq FROM journal_due)"


_WATCH: Final = (
    "CREATE TEMP TABLE journal_due (seq INTEGER PRIMARY KEY)",
    *(
        f"CREATE TEMP TRIGGER journal_{verb.lower()} AFTER {verb} ON main.outbox BEGIN {_due(rows)}; END"
        for verb, rows in (
            ("INSERT", "SELECT new.seq AS seq"),
            ("UPDATE", "SELECT new.seq AS seq UNION SELECT old.seq"),
            ("DELETE", "SELECT old.seq AS seq"),
        )
    ),
    *(
        f"CREATE TEMP TRIGGER journal_head_{verb.lower()} AFTER {verb} ON main.meta WHEN new.key IN ({_NAMED}) BEGIN"
        f" {_due(f'SELECT {_HEAD_SEQ} AS seq')}; END"
        for verb in ("INSERT", "UPDATE")
    ),
)


class BookIsOlder(Exception):
    """The journal knows of changes that the book does not: they must be put back before anything is written."""


class _Follower:
    """Writes what a transaction changed into the journal, and takes it back where the transaction comes to nothing."""

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._at: int | None = None

    def record(self, write: Write) -> None:
        due = [row[0] for row in write.all("SELECT seq FROM temp.journal_due ORDER BY seq")]
        if not due:
            return
        from companion.store.journal_entry import numbered

        entries = numbered(number(write), state_of(write, due))
        write.text("DELETE FROM temp.journal_due")
        write.text("INSERT OR REPLACE INTO meta VALUES (?, ?)", (SEQ, str(entries[-1].number)))
        self._at = self._database.commits
        self._journal.append(entries)

    def mend(self) -> None:
        """Makes the journal anew where not all of it can be read, where it is not the book's, or where it holds what is
        over: a right to see a record that ended must leave no trace of it there."""
        told = self._journal.read()
        if told.whole and told.number == told.floor:
            return
        with self._database.write(patient=True) as write:
            rebuild(write, self._journal)

    def take_back(self) -> None:
        if self._at == self._database.commits:
            self._journal.take_back()
        self._at = None


def follow(database: Database, journal: Journal, *, anew: bool = False) -> None:
    """Has the journal follow each transaction from now on; first makes it anew where it is missing, damaged or long.

    Call it when the book has its present shape; `anew` when it has just got it. Raises BookIsOlder, or OSError.
    """
    with database.read() as rows:
        known, last = number(rows), journal.last_number()
        if last is None:
            told = journal.read()
            last = told.number
        if last > known:
            raise BookIsOlder(f"{known}, and the journal {last}")
        if anew or last < known or not journal.path.exists() or journal.path.stat().st_size > LONG:
            rebuild(rows, journal)
    follower = _Follower(database, journal)
    # Each session's first entry renews the head: what it says of the last sync grows old.
    database.prepare((*_WATCH, f"INSERT INTO journal_due VALUES ({_HEAD_SEQ})"))
    database.before_commit.append(follower.record)
    database.after_rollback.append(follower.take_back)
    database.on_upkeep.append(follower.mend)
    database.on_close.append(journal.close)


def number(rows: Rows) -> int:
    """The number of the last entry that the book knows; 0 where it knows of none."""
    return int(rows.value("SELECT value FROM meta WHERE key = ?", (SEQ,)) or 0)


def rebuild(rows: Rows, journal: Journal) -> None:
    """Makes the journal anew: the head, and the ops that have not come to their end."""
    from companion.store import outbox
    from companion.store.journal_entry import Entry

    unfinished = [row[0] for row in rows.all(f"SELECT seq FROM outbox WHERE {outbox.UNFINISHED} ORDER BY seq")]
    at = number(rows)
    ops = state_of(rows, unfinished)
    head = {**_head(rows), "floor": at, "count": len(ops)}
    journal.rewrite([Entry(at, at, head=head), *(Entry(at, at, each.seq, each.row, each.remote) for each in ops)])


def state_of(rows: Rows, seqs: Sequence[int]) -> list[Entry]:
    """These ops as they stand, not numbered yet; -1 stands for the head."""
    from companion.store import outbox
    from companion.store.journal_entry import Entry

    found: list[Entry] = []
    for seq in seqs:
        if seq == _HEAD_SEQ:
            found.append(Entry(0, 0, head=_head(rows)))
            continue
        row = rows.one(f"SELECT {outbox.COLUMNS} FROM outbox WHERE seq = ?", (seq,))
        if row is None:
            found.append(Entry(0, 0, seq))
        else:
            named = dict(zip(outbox.NAMES, row, strict=True))
            found.append(Entry(0, 0, seq, named, remote_of(rows, named)))
    return found


def _head(rows: Rows) -> dict[str, Any]:
    marks = ", ".join("?" * len(FACTS))
    found: dict[str, str] = dict(rows.all(f"SELECT key, value FROM meta WHERE key IN ({marks})", FACTS))
    return {"facts": found, "shape": rows.value("PRAGMA user_version")}


def remote_of(rows: Rows, row: Mapping[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Kind and the CRM's id of each record that an op names, by local id."""
    return {
        record_id: (kind.value, rows.value(f"SELECT remote_id FROM {TABLES[kind]} WHERE id = ?", (record_id,)))
        for kind, record_id in named_by(row)
    }


def named_by(row: Mapping[str, Any]) -> Iterable[tuple[Kind, str]]:
    """The records that an op names by local id: its own, and those that its links went, or go, to."""
    kind = Kind(row["kind"])
    yield kind, row["record_id"]
    for column in ("links", "seen", "theirs"):
        values = json.loads(row[column]) if row[column] else {}
        for name, target in LINKS[kind].items():
            if isinstance(values.get(name), str) and not values[name].startswith(STRANGER):
                yield target, values[name]
