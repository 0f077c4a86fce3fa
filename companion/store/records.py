"""The rows of the book, whatever their kind: put, edited, marked as gone, found by the CRM's ids.

Callers pass whole transactions; nothing here commits. Values are as `companion.domain.records` defines them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from companion.database import Rows, Write
from companion.domain.phones import dialled
from companion.domain.records import FIELDS, LINKS, Gone, Kind, Value, link_columns
from companion.store import findable
from companion.store.names import TABLES
from companion.store.schema import PARTICIPANTS, RECORDS

_AT_ONCE: Final = 400
"""How many ids go into one IN list."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of any kind as the rep sees it, unsent edits included. `links` holds local ids."""

    kind: Kind
    id: str
    remote_id: str | None
    version: str | None
    gone: Gone | None
    fields: Mapping[str, Value]
    links: Mapping[str, str | None]
    extra: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> Value:
        """A field or a link by its name."""
        return self.links[name] if name in self.links else self.fields[name]


def get(rows: Rows, kind: Kind, record_id: str) -> Record | None:
    """The record with this local id, also one that is gone."""
    names, links = FIELDS[kind], link_columns(kind)
    columns = ", ".join(("remote_id", "version", "gone", "extra", *names, *links))
    row = rows.one(f"SELECT {columns} FROM {TABLES[kind]} WHERE id = ?", (record_id,))
    if row is None:
        return None
    values = row[4:]
    return Record(
        kind,
        record_id,
        row[0],
        row[1],
        Gone(row[2]) if row[2] else None,
        dict(zip(names, values, strict=False)),
        dict(zip(LINKS[kind], values[len(names) :], strict=True)),
        json.loads(row[3]) if row[3] else {},
    )


def local_ids(rows: Rows, kind: Kind, remote_ids: Iterable[str]) -> dict[str, str]:
    """Local ids by remote id, for those that the book has."""
    found: dict[str, str] = {}
    wanted = list(remote_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        found.update(rows.all(f"SELECT remote_id, id FROM {TABLES[kind]} WHERE remote_id IN ({marks})", some))
    return found


def remote_id(rows: Rows, kind: Kind, record_id: str) -> str | None:
    """The CRM's id of a record, None while it has none."""
    found: str | None = rows.value(f"SELECT remote_id FROM {TABLES[kind]} WHERE id = ?", (record_id,))
    return found


def count(rows: Rows, kind: Kind) -> int:
    """How many records of a kind the CRM has and the rep may see, as far as the book knows."""
    return int(rows.value(f"SELECT count(*) FROM {TABLES[kind]} WHERE gone IS NULL AND remote_id IS NOT NULL"))


def last_row(rows: Rows, kind: Kind) -> int:
    """The number of the row that was added last, 0 without any: cheap to ask, and another after each new one."""
    return int(rows.value(f"SELECT max(rowid) FROM {TABLES[kind]}") or 0)


def is_living(rows: Rows, kind: Kind, record_id: str) -> bool:
    """Whether it is here and has not left the CRM."""
    record = get(rows, kind, record_id)
    return record is not None and record.gone is None


def living(rows: Rows, kind: Kind) -> dict[str, str]:
    """The local id of each such record, by the CRM's."""
    return dict(rows.all(f"SELECT remote_id, id FROM {TABLES[kind]} WHERE gone IS NULL AND remote_id IS NOT NULL"))


def versions(rows: Rows, kind: Kind, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """(version, gone) by local id."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        for row in rows.all(f"SELECT id, version, gone FROM {TABLES[kind]} WHERE id IN ({marks})", some):
            found[row[0]] = (row[1], row[2])
    return found


def without_id(rows: Rows, kind: Kind) -> set[str]:
    """The local ids of the living records of a kind that have no id in the CRM: new ones, and any that lost theirs."""
    return {row[0] for row in rows.all(f"SELECT id FROM {TABLES[kind]} WHERE gone IS NULL AND remote_id IS NULL")}


def forget_versions(write: Write, kind: Kind) -> None:
    """Lets the next full pass write each record of a kind again, though its version has not changed."""
    write.text(f"UPDATE {TABLES[kind]} SET version = NULL")


def by_name(rows: Rows, kind: Kind, name: str) -> str | None:
    """The local id of the one living record of a kind with this name; None where there is none, or more than one."""
    found = rows.all(
        f"SELECT id FROM {TABLES[kind]} WHERE name = ? COLLATE NOCASE AND gone IS NULL LIMIT 2", (name.strip(),)
    )
    return str(found[0][0]) if len(found) == 1 else None


def put(write: Write, kind: Kind, rows: Sequence[Mapping[str, Any]], *, known: Collection[str] | None = None) -> None:
    """Inserts rows or overwrites the columns that they name. Each has `id`; links come as '<link>_id' columns.

    A row that comes back from the dead loses its mark when it names `gone`. `extra` is a mapping. A caller that has
    looked up which of the ids are in the book already gives them as `known`.
    """
    ids = [row["id"] for row in rows]
    if len(set(ids)) < len(ids):
        known = set(ids)  # one comes twice: the second overwrites the first
    elif known is None:
        known = _known(write, kind, ids)
    alike: dict[tuple[bool, tuple[str, ...]], list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        whole = _stored(kind, row)
        alike[whole["id"] in known, tuple(whole)].append(tuple(whole.values()))
        write.touched(kind, whole["id"])
    newest = findable.newest(write, kind)
    for (is_known, names), group in alike.items():
        insert = f"INSERT INTO {TABLES[kind]} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        # New rows go in without the clause: with it SQLite is ready for the triggers of updates, at twice the cost.
        changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
        clash = f" ON CONFLICT (id) DO {f'UPDATE SET {changed}' if changed else 'NOTHING'}" if is_known else ""
        write.many(insert + clash, group)
    findable.add_newer(write, kind, newest)


def _known(rows: Rows, kind: Kind, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        found.update(row[0] for row in rows.all(f"SELECT id FROM {TABLES[kind]} WHERE id IN ({marks})", some))
    return found


def edit(write: Write, kind: Kind, record_id: str, values: Mapping[str, Any]) -> None:
    """Overwrites columns of one record (links as '<link>_id')."""
    whole = _stored(kind, values)
    if "phone_key" in whole:
        whole["phone_key"] = _phone_key_with(write, kind, record_id, values)
    names = ", ".join(f"{name} = ?" for name in whole)
    write.text(f"UPDATE {TABLES[kind]} SET {names} WHERE id = ?", (*whole.values(), record_id))
    write.touched(kind, record_id)


def mark_gone(write: Write, kind: Kind, record_id: str, why: Gone | None, at: int | None) -> None:
    """Marks a record as gone, or with None as back. Nothing is deleted: what was synced stays searchable."""
    edit(write, kind, record_id, {"gone": why, "gone_at": at})


def erase(write: Write, kind: Kind, record_id: str) -> None:
    """Deletes a row for good: a creation that was undone before it left, or a right to see that ended."""
    table = RECORDS[kind]
    # Once the row is gone nothing tells any more whose list it moved.
    for link, of in (("person", Kind.PERSON), ("deal", Kind.DEAL)):
        if link in LINKS[kind]:
            whose = write.value(f"SELECT {link}_id FROM {TABLES[kind]} WHERE id = ?", (record_id,))
            if whose is not None:
                write.touched(of, whose)
    for (person,) in write.all("SELECT person_id FROM participants WHERE record_id = ?", (record_id,)):
        write.touched(Kind.PERSON, person)
    write.run(delete(table).where(table.c.id == record_id))
    write.run(delete(PARTICIPANTS).where(PARTICIPANTS.c.record_id == record_id))
    write.touched(kind, record_id)


def whole(rows: Rows, kind: Kind, record_id: str) -> dict[str, Any] | None:
    """A record's row as it lies in the file, by column; None without one."""
    names = [row[1] for row in rows.all(f"PRAGMA table_info({TABLES[kind]})")]
    row = rows.one(f"SELECT {', '.join(names)} FROM {TABLES[kind]} WHERE id = ?", (record_id,))
    return dict(zip(names, row, strict=True)) if row else None


def bring_back(write: Write, kind: Kind, row: Mapping[str, Any]) -> None:
    """Puts a row back that `erase` took, as `whole` told it; under a new number where its own was given away."""
    taken = write.value(f"SELECT 1 FROM {TABLES[kind]} WHERE n = ?", (row["n"],))
    values = {name: value for name, value in row.items() if name != "n" or not taken}
    marks = ", ".join("?" * len(values))
    write.text(f"INSERT INTO {TABLES[kind]} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    n = write.value(f"SELECT n FROM {TABLES[kind]} WHERE id = ?", (row["id"],))
    findable.add_again(write, kind, int(n))
    for link, of in (("person", Kind.PERSON), ("deal", Kind.DEAL)):
        if link in LINKS[kind] and row[f"{link}_id"] is not None:
            write.touched(of, row[f"{link}_id"])
    write.touched(kind, row["id"])


def set_participants(write: Write, people: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Replaces the further people of records: by record, (person's local id, role)."""
    write.many("DELETE FROM participants WHERE record_id = ?", [(record_id,) for record_id in people])
    rows = [(record_id, person, role) for record_id, some in people.items() for person, role in some]
    write.many("INSERT OR IGNORE INTO participants (record_id, person_id, role) VALUES (?, ?, ?)", rows)


@dataclass(frozen=True, slots=True)
class Loose:
    """A link to a record that has not arrived. `link` 'participant' stands for a further person with a `role`."""

    kind: Kind
    record_id: str
    link: str
    target: Kind
    target_remote_id: str
    role: str | None = None


def remember_loose(write: Write, links: Sequence[Loose]) -> None:
    """Keeps links until what they point at arrives."""
    write.many(
        "INSERT OR IGNORE INTO loose_links (target_kind, target_remote_id, kind, record_id, link, role)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(each.target, each.target_remote_id, each.kind, each.record_id, each.link, each.role) for each in links],
    )


def forget_loose(write: Write, record_ids: Sequence[str]) -> None:
    """Drops what these records' links waited for: they have just been told anew."""
    if record_ids and write.value("SELECT 1 FROM loose_links LIMIT 1"):
        write.many("DELETE FROM loose_links WHERE record_id = ?", [(each,) for each in record_ids])


def tie_loose(write: Write, target: Kind, arrived: Mapping[str, str]) -> None:
    """Ties links that waited for records that arrived now; `arrived` maps remote ids to local ids."""
    if not arrived or not write.value("SELECT 1 FROM loose_links WHERE target_kind = ? LIMIT 1", (target,)):
        return
    wanted = list(arrived)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        where = f"target_kind = ? AND target_remote_id IN ({marks})"
        found = write.all(
            f"SELECT target_remote_id, kind, record_id, link, role FROM loose_links WHERE {where}", [target, *some]
        )
        for target_remote_id, kind, record_id, link, role in found:
            _tie(write, Kind(kind), record_id, link, role, arrived[target_remote_id])
        write.text(f"DELETE FROM loose_links WHERE {where}", [target, *some])


def _tie(write: Write, kind: Kind, record_id: str, link: str, role: str | None, local_id: str) -> None:
    if link == "participant":
        row = {"record_id": record_id, "person_id": local_id, "role": role or ""}
        write.run(insert(PARTICIPANTS).on_conflict_do_nothing(), [row])
    else:
        write.text(f"UPDATE {TABLES[kind]} SET {link}_id = ? WHERE id = ? AND {link}_id IS NULL", (local_id, record_id))
    write.touched(kind, record_id)


def _stored(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(row)
    if "extra" in whole:
        whole["extra"] = json.dumps(whole["extra"], ensure_ascii=True) if whole["extra"] else None
    if kind in (Kind.PERSON, Kind.COMPANY) and ("phone" in whole or "mobile" in whole):
        whole["phone_key"] = phone_key(whole.get("phone"), whole.get("mobile"))
    return whole


def _phone_key_with(write: Write, kind: Kind, record_id: str, values: Mapping[str, Any]) -> str:
    names = ("phone", "mobile") if kind is Kind.PERSON else ("phone",)
    now = write.one(f"SELECT {', '.join(names)} FROM {TABLES[kind]} WHERE id = ?", (record_id,))
    kept = dict(zip(names, now or (), strict=False))
    return phone_key(*(values.get(name, kept.get(name)) for name in names))


_NOT_DIGITS: Final = re.compile(r"\D+")
_OTHERS: Final = bytes(code for code in range(128) if not chr(code).isdigit())
"""The same for ASCII, which nearly every number is written in, in less than half of the time."""
_CODES_OF_TWO: Final = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
    "90 91 92 93 94 95 98".split()
)
"""ITU-T E.164: these country codes have two digits, 1 and 7 have one, all others three."""


def phone_key(*numbers: Any) -> str:
    """What search finds a phone number by: its digits from every place at which somebody may begin to type it.

    The country code and the trunk zero are often left out, and people remember a number by its last four digits. Where
    no plus tells that a number begins with a country code, each length that one could have is taken.
    """
    words: list[str] = []
    for number in numbers:
        text = dialled(str(number).strip()) if number else ""
        digits = text.encode().translate(None, _OTHERS).decode() if text.isascii() else _NOT_DIGITS.sub("", text)
        digits = digits.lstrip("0")
        if not digits:
            continue
        if text.startswith(("+", "00")):
            own = digits[1 if digits[0] in "17" else 2 if digits[:2] in _CODES_OF_TWO else 3 :].lstrip("0")
            words += [digits, own, "0" + own, digits[-4:]]
        else:
            words += [digits[cut:] for cut in range(4) if len(digits) - cut >= 4]
            words += ["0" + digits, digits[-4:]]
    return " ".join(filter(None, dict.fromkeys(words)))
