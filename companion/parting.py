"""What waits for the CRM, carried out of a book that is given up: a file that a passphrase opens on any computer."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from companion import credentials
from companion.database import Database, Rows
from companion.domain.key_problems import KeyFileDamaged
from companion.domain.language import sentence
from companion.domain.ops import OpState
from companion.store import journal, meta, outbox
from companion.store.journal_entry import Entry
from companion.store.putting_back import put_back, readable

ENDING: Final = ".companion-changes"
WORDS: Final = sentence("brought back from a file")
_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Carried:
    """What came back: how many changes, how many of the file were here already, how many could not be read."""

    ops: int
    known: int
    unreadable: int


class AnotherAccount(Exception):
    """The changes belong to another user or another CRM."""


def carry_out(database: Database, file: Path, passphrase: str) -> int:
    """Writes all changes that the CRM does not have yet to `file`; returns how many. Raises WeakPassphrase, OSError.

    The file is on the disk when it returns, readable by its owner alone. FileExistsError where there is one already.
    """
    content = content_of(database)
    sealed = credentials.seal(json.dumps(content).encode(), passphrase)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(sealed)
        stream.flush()
        os.fsync(stream.fileno())
    return len(content["ops"])


def content_of(database: Database) -> dict[str, Any]:
    """All changes that the CRM does not have yet, and whose they are, as `take` takes them."""
    with database.read() as rows:
        ops = _unfinished(rows)
        return {"account": meta.get(rows, "account"), "ops": [[each.row, each.remote] for each in ops]}


def bring_back(database: Database, file: Path, passphrase: str, now: int) -> Carried:
    """Puts the changes of a file into a book of the same account; each once, however often the file is read.

    What was to be created is looked for in the CRM before it is sent: another computer may have brought it back too.
    `now` in seconds since 1970. Raises WrongKey, KeyFileDamaged, AnotherAccount, OSError; nothing is changed then.
    """
    if file.stat().st_size > _LARGEST:
        raise KeyFileDamaged("too large")
    return take(database, json.loads(credentials.unseal(file.read_bytes(), passphrase)), now)


def check(rows: Rows, content: dict[str, Any]) -> None:
    """Raises AnotherAccount where the changes are not of this book's account."""
    known = meta.get(rows, "account")
    if known is not None and content["account"] not in (None, known):
        raise AnotherAccount


def take(database: Database, content: dict[str, Any], now: int) -> Carried:
    """Puts what `content_of` gave into a book of the same account. `now` in seconds since 1970. Raises AnotherAccount;
    nothing is changed then."""
    with database.write() as write:
        check(write, content)
        found: list[tuple[dict[str, Any], Any]] = [(row, remote) for row, remote in content["ops"]]
        good = [(row, remote) for row, remote in found if readable(row)]
        fresh = [(row, remote) for row, remote in good if outbox.get(write, row["id"]) is None]
        after = (write.value("SELECT max(seq) FROM outbox") or 0) // 16 * 16 + 16
        entries = [
            Entry(0, 0, after + 16 * number, {**row, "seq": after + 16 * number, "state": _state(row)}, remote)
            for number, (row, remote) in enumerate(fresh)
        ]
        back = put_back(write, entries, now, words=WORDS)
    return Carried(back.ops, len(good) - len(fresh), len(found) - len(good))


def _unfinished(rows: Rows) -> Sequence[Entry]:
    seqs = [row[0] for row in rows.all(f"SELECT seq FROM outbox WHERE {outbox.UNFINISHED} ORDER BY seq")]
    return journal.state_of(rows, seqs)


def _state(row: dict[str, Any]) -> str:
    state = OpState(row["state"])
    on_its_way = state in (OpState.PENDING, OpState.WAITING, OpState.IN_FLIGHT)
    return OpState.UNKNOWN if on_its_way and (row["action"] == "create" or state is OpState.IN_FLIGHT) else state
