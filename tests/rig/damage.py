"""Damage to the book or to its journal: bits flip, pages are zeroed, files are cut, swapped, outdated or gone.

Whatever hits one of the two, each change that the rep was told is saved is there afterwards as she made it, in a state
in which it will be sent or shown to her; and nothing is there to be sent that she did not make.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from companion.ballast import BALLAST, SIZE
from companion.database import Damaged, Database, Rows
from companion.domain.ops import FINISHED, OpState
from companion.domain.records import Kind
from companion.rescue import DAMAGED, mark, open_book
from companion.store import outbox, records
from companion.store.journal import JOURNAL, Journal, named_by
from companion.upkeep import look_after
from tests.rig.tally import Harm, Harmed
from tests.sync.world import BEGIN, COLLEAGUE, KEY, World

PAGE: Final = 4096
BOOK: Final = ("book.db", "book.db-wal")
FILES: Final = (*BOOK, JOURNAL)
Image = dict[str, bytes]
"""The files of a profile at one moment, as a kill leaves them."""


@dataclass
class Truth:
    """What the rep was told at that moment: the rows of the outbox by id, and the CRM's ids of what they name."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    remote: dict[str, tuple[Kind, str | None]] = field(default_factory=dict)

    @property
    def unsent(self) -> dict[str, dict[str, Any]]:
        """Those that have not come to their end."""
        return {key: row for key, row in self.rows.items() if row["state"] not in FINISHED}


class Office(World):
    """The rep's day on a book with its journal behind it."""

    def open_file(self) -> Database:
        return open_book(self.path.parent, KEY, int(self.now), durable=False)


def busy_day(folder: Path) -> list[Image]:
    """A day that leaves ops in every state, and the files as they were at some moments of it; the last is its end."""
    images: list[Image] = []
    office = Office(begun(folder))
    office.sync()
    images.append(_image(folder))
    for number in range(6):
        office.log_call("P1", f"Call {number} " + "x" * (number * 900))
    office.edit(Kind.PERSON, "P2", role="Head of looms")
    office.sync()
    images.append(_image(folder))
    office.restart()
    _conflict(office)
    company = office.create(Kind.COMPANY, name="Cedar")
    person = office.create(Kind.PERSON, {"company": company}, name="Dora")
    office.create(Kind.ACTIVITY, {"person": person, "company": company}, what="note", body="Met at the fair")
    office.edit(Kind.DEAL, "D2", amount=777_00)
    images.append(_image(folder))
    office.restart()
    office.log_call("P3", "The long one " + "y" * 9000)
    dropped = office.log_call("P3", "Taken back")
    office.take_back(dropped)
    office.edit(Kind.PERSON, "P3", company=office.local(Kind.COMPANY, "C1"))
    office.edit(Kind.PERSON, "P1", role="First")
    office.edit(Kind.PERSON, "P1", role="Second", city="Linz")
    gone = office.local(Kind.PERSON, "P2")
    office.save(Kind.PERSON, gone, {"phone": "+43 9"})
    _spread(office)
    images.append(_image(folder))
    office.database.close()
    return images


def begun(folder: Path) -> Path:
    """A folder with an empty book."""
    from companion.rescue import made_whole
    from companion.store.migrations import migrate

    folder.mkdir(exist_ok=True)
    with made_whole(folder, KEY, durable=False) as database:
        migrate(database)
    return folder


def _conflict(office: Office) -> None:
    office.edit(Kind.PERSON, "P1", phone="+43 1 777")
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P1", phone="+43 1 888")
    office.sync()
    assert office.ops(OpState.CONFLICT)


def _spread(office: Office) -> None:
    """Some of the queued ops come to the other states."""
    queue = office.ops(OpState.PENDING)
    now = int(office.now)
    with office.database.write() as write:
        outbox.move(write, queue[0], OpState.WAITING, now)
        for op, ways in zip(queue[1:], ([OpState.IN_FLIGHT], [OpState.IN_FLIGHT, OpState.UNKNOWN]), strict=False):
            _lead(write, op, ways, now)
        _lead(write, queue[3], [OpState.IN_FLIGHT, OpState.UNKNOWN, OpState.NEEDS_REP], now)
        outbox.move(write, queue[4], OpState.ATTENTION, now, "no", problems=[{"words": "no", "field": None}])


def _lead(write: Any, op: outbox.QueuedOp, ways: list[OpState], now: int) -> None:
    for state in ways:
        outbox.move(write, op, state, now, first_sent_at=now)
        op = outbox.replaced(op, state=state)


def _image(folder: Path) -> Image:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def _lay(image: Image, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in image.items():
        (folder / name).write_bytes(content)
    (folder / BALLAST).touch()
    os.truncate(folder / BALLAST, SIZE)  # there already: to write it takes longer than all the rest


def truth_of(rows: Rows) -> Truth:
    """What the outbox says, whole."""
    found = Truth()
    for row in rows.all(f"SELECT {outbox.COLUMNS} FROM outbox"):
        named = dict(zip(outbox.NAMES, row, strict=True))
        found.rows[named["id"]] = named
        for kind, record_id in named_by(named):
            found.remote[record_id] = (kind, records.remote_id(rows, kind, record_id))
    return found


class Damage:
    """Each seed is one damage to one of the two files of the same day."""

    def __init__(self, option: str = "") -> None:
        self._place = Path(tempfile.mkdtemp(prefix="companion-damage-"))
        self._images = busy_day(self._place / "day")
        self._end = self._images[-1]
        _lay(self._end, self._place / "truth")
        with closing(open_book(self._place / "truth", KEY, BEGIN, durable=False)) as database, database.read() as rows:
            self.truth = truth_of(rows)
        self._foreign = busy_day(self._place / "other")[-1] if option == "foreign" else self._images[1]

    def skip(self) -> str | None:
        """It runs everywhere."""
        return None

    def points(self) -> int | None:
        """Damage never ends."""
        return None

    def close(self) -> None:
        """Takes the files away."""
        shutil.rmtree(self._place)

    def attack(self, seed: int) -> None:
        """One damage, and two starts: the first may only find out."""
        rng = Random(seed)
        image, what = self.damaged(rng)
        folder = self._place / "profile"
        _lay(image, folder)
        try:
            self.start(folder)
            self.judge(folder)
        except Harmed as harmed:
            raise Harmed(harmed.harm, f"{what}: {harmed}") from harmed
        except Exception as error:
            raise AssertionError(f"{what}: {type(error).__name__}: {error}") from error

    def damaged(self, rng: Random) -> tuple[Image, str]:
        """The files at the end of the day with one of the two hurt, and what was done."""
        image = dict(self._end)
        ways: list[Callable[[Image, Random], str]] = [
            *(_flip, _flip, _zero, _cut, _noise) * 2,
            *(self.outdate_log, self.lose_log, self.outdate_book, self.outdate_file, self.lose_book),
            *(self.lose_journal, self.outdate_journal, self.empty),
        ]
        return image, rng.choice(ways)(image, rng)

    def outdate_log(self, image: Image, rng: Random) -> str:
        """An older write-ahead log, or one of another book, beside the newest file."""
        older = [each for each in self._images[:-1] if "book.db-wal" in each]
        image["book.db-wal"] = rng.choice(older)["book.db-wal"]
        return "another -wal"

    def lose_log(self, image: Image, rng: Random) -> str:
        """The file comes back without the log."""
        image.pop("book.db-wal", None)
        return "no -wal"

    def outdate_book(self, image: Image, rng: Random) -> str:
        """An older book, log and all."""
        older = rng.choice(self._images[:-1])
        for name in BOOK:
            image.pop(name, None)
            if name in older:
                image[name] = older[name]
        return "an older book"

    def outdate_file(self, image: Image, rng: Random) -> str:
        """The older file under the newest log."""
        image["book.db"] = rng.choice(self._images[:-1])["book.db"]
        return "an older file under the newest -wal"

    def lose_book(self, image: Image, rng: Random) -> str:
        """The file is gone."""
        image.pop("book.db")
        if rng.random() < 0.5:
            image.pop("book.db-wal", None)
        return "no book"

    def lose_journal(self, image: Image, rng: Random) -> str:
        """The journal is gone."""
        image.pop(JOURNAL)
        return "no journal"

    def outdate_journal(self, image: Image, rng: Random) -> str:
        """An older journal."""
        image[JOURNAL] = rng.choice(self._images[:-1])[JOURNAL]
        return "an older journal"

    def empty(self, image: Image, rng: Random) -> str:
        """A file without a byte."""
        name = rng.choice([name for name in FILES if name in image])
        image[name] = b""
        return f"{name} empty"

    def start(self, folder: Path) -> None:
        """As the app does after a crash: open, look, and start again if that found damage."""
        try:
            with closing(open_book(folder, KEY, BEGIN, durable=False)) as database:
                mark(folder / "check-due")
                look_after(database, folder, BEGIN)
        except Damaged:
            if not (folder / DAMAGED).exists():
                raise
            with closing(open_book(folder, KEY, BEGIN, durable=False)) as database:
                look_after(database, folder, BEGIN)

    def judge(self, folder: Path) -> None:
        """What the rep was told against what is there."""
        with closing(open_book(folder, KEY, BEGIN, durable=False)) as database, database.read() as rows:
            found = truth_of(rows)
            self.nothing_lost(found)
            self.nothing_strange(found)
            self.shown(rows, found)
            told = Journal(folder / JOURNAL, KEY).read()
            if not told.whole or {each.row["id"] for each in told.rows.values() if each.row} < found.unsent.keys():
                raise Harmed(Harm.LOST, "the journal does not follow the book")

    def nothing_lost(self, found: Truth) -> None:
        """Each unsent op is there, unsent."""
        for key, row in self.truth.unsent.items():
            there = found.rows.get(key)
            if there is None or there["state"] in FINISHED:
                raise Harmed(Harm.LOST, f"{row['state']} {row['said']} is {there and there['state']}")
            if there["state"] != row["state"] and (row["state"], there["state"]) != ("in_flight", "unknown"):
                raise Harmed(Harm.DOUBLED, f"{row['said']} was {row['state']} and is {there['state']}")
            for kind, record_id in named_by(row):
                if self.truth.remote[record_id] != found.remote.get(record_id):
                    raise Harmed(Harm.LOST, f"{kind} {record_id} is no longer {self.truth.remote[record_id]}")

    def nothing_strange(self, found: Truth) -> None:
        """What could be sent is what the rep made."""
        for key, row in found.unsent.items():
            mine = self.truth.unsent.get(key)
            if mine is None or any(row[name] != mine[name] for name in row if name != "state"):
                raise Harmed(Harm.CORRUPT_SENT, f"{row['said']} is {row} and was {mine}")

    def shown(self, rows: Rows, found: Truth) -> None:
        """The screen shows each edit that waits, the newest of a field."""
        newest: dict[tuple[str, str], tuple[Kind, Any]] = {}
        for row in sorted(found.unsent.values(), key=lambda row: row["seq"]):
            if OpState(row["state"]) is OpState.CONFLICT or row["action"] == "delete":
                continue
            for name, value in {**json.loads(row["fields"]), **json.loads(row["links"])}.items():
                newest[row["record_id"], name] = (Kind(row["kind"]), value)
        for (record_id, name), (kind, value) in newest.items():
            record = records.get(rows, kind, record_id)
            if record is None or record.value(name) != value:
                shown = record and record.value(name)
                raise Harmed(Harm.LOST, f"{name} of a {kind} shows {shown!r} and not {value!r}")


def damage(seed: int) -> None:
    """One damage on a day of its own; slow beside `Damage`, which shares the day."""
    layer = Damage()
    try:
        layer.attack(seed)
    finally:
        layer.close()


def _some(image: Image, rng: Random) -> str:
    """One of the two: the journal, or a file of the book."""
    return rng.choice([name for name in FILES if image.get(name)])


def _flip(image: Image, rng: Random) -> str:
    name = _some(image, rng)
    data = bytearray(image[name])
    bits = rng.choice((1, 1, 8, 200))
    for _ in range(bits):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    image[name] = bytes(data)
    return f"{bits} bits of {name}"


def _zero(image: Image, rng: Random) -> str:
    name = _some(image, rng)
    data = bytearray(image[name])
    at = rng.randrange(-(-len(data) // PAGE)) * PAGE
    data[at : at + PAGE] = bytes(len(data[at : at + PAGE]))
    image[name] = bytes(data)
    return f"page at {at} of {name} zeroed"


def _noise(image: Image, rng: Random) -> str:
    name = _some(image, rng)
    data = bytearray(image[name])
    size = rng.choice((16, 512, PAGE, 4 * PAGE))
    at = rng.randrange(len(data))
    data[at : at + size] = rng.randbytes(len(data[at : at + size]))
    image[name] = bytes(data)
    return f"{size} bytes of noise at {at} of {name}"


def _cut(image: Image, rng: Random) -> str:
    name = _some(image, rng)
    size = rng.randrange(len(image[name]))
    if rng.random() < 0.5:
        size = size // PAGE * PAGE
    image[name] = image[name][:size]
    return f"{name} cut at {size}"
