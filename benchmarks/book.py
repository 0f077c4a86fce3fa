"""An invented book of any size on an encrypted file, written through the store once and copied for each benchmark.

The same seed gives the same book, and the clock stands at one Tuesday morning, so that runs on different days compare.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import tempfile
import time
import zoneinfo
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

from companion.bootstrap import Account, Core, default_workspace
from companion.database import Database, create_database, open_database
from companion.domain.ids import uuid7
from companion.domain.records import Kind

ROOT: Final = Path(__file__).parent.parent
ZONE: Final = zoneinfo.ZoneInfo("Europe/Oslo")
NOW: Final = dt.datetime(2026, 11, 24, 9, 12, tzinfo=ZONE)
KEY: Final = bytes(range(32))
ME: Final = "user-me"
HEAVY: Final = "person-heavy"
"""The person with a long history."""
STAGES: Final = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closing")
_DAY: Final = 86_400
_ROWS_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. `history` is how many entries the person with the longest history has."""

    name: str
    people: int
    companies: int
    deals: int
    activities: int
    history: int


SCALES: Final = {
    scale.name: scale
    for scale in (
        Scale("tiny", 60, 25, 20, 600, 200),
        Scale("rep", 5_000, 2_000, 1_000, 50_000, 5_000),
        Scale("big", 100_000, 20_000, 50_000, 1_000_000, 5_000),
    )
}


class Clock:
    """Aware local time that begins at NOW and goes on as time does."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self) -> dt.datetime:
        return NOW + dt.timedelta(seconds=time.monotonic() - self._began)


def file_of(scale: Scale) -> Path:
    """The book at this scale, made on the first call and kept in the temporary folder for the next run."""
    folder = Path(tempfile.gettempdir()) / f"companion-bench-{_fingerprint()}"
    file = folder / f"{scale.name}.db"
    if not file.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = folder / f"{scale.name}.making"
        unfinished.unlink(missing_ok=True)
        database = create_database(unfinished, KEY, durable=False)
        fill(database, scale)
        database.copy_to(file)
        database.close()
        for each in folder.glob(f"{scale.name}.making*"):
            each.unlink()
    return file


@contextmanager
def opened(scale: Scale) -> Iterator[Database]:
    """A copy of the book, opened as the app opens it: encrypted, every commit durable."""
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        copy = Path(folder) / "book.db"
        shutil.copyfile(file_of(scale), copy)
        database = open_database(copy, KEY)
        try:
            yield database
        finally:
            database.close()


class StillCore(Core):
    """A core without a CRM: nothing moves but what the benchmark does."""

    def start_sync(self, listener: Any, poll_s: float = 60.0) -> None:
        """Does nothing."""


def core_of(database: Database) -> Core:
    """The core over an opened book."""
    return StillCore(database, default_workspace(), Clock(), database.path.parent, Account("none"))


def fill(database: Database, scale: Scale) -> None:
    """Writes the book and everybody's reasons."""
    from companion.store import meta, migrations, records, scores

    migrations.migrate(database)
    made = _Invented(scale)
    with database.write() as write:
        meta.put(write, "me", ME)
        for kind, rows in made.every():
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                records.put(write, kind, some)
        write.text("UPDATE moves SET at = ? WHERE at IS NULL", (int(NOW.timestamp()) - 40 * _DAY,))
        scores.refresh_all(write, default_workspace(), NOW, ZONE, ME)


class _Invented:
    """Rows as the store takes them. People with a deal have most of the history, as they do in life."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        self.random = Random(7)
        self.now = int(NOW.timestamp())
        self.ids = (uuid7((self.now - 900 * _DAY) * 1000 + n, self.random.getrandbits(80)) for n in range(10**9))
        self.companies = self._ids(scale.companies)
        self.people = [HEAVY, *self._ids(scale.people - 1)]
        self.deals = self._ids(scale.deals)
        self.remote = 0

    def every(self) -> Iterator[tuple[Kind, Iterator[dict[str, Any]]]]:
        """Each kind with its rows, what is linked to first."""
        users = [{"id": ME, "name": "Nora Lind"}, *({"id": f"user-{i}", "name": f"Colleague {i}"} for i in range(9))]
        stages = (
            {"name": name, "position": i, "probability": 18 * i, "outcome": "open", "pipeline_id": "sales"}
            for i, name in enumerate(STAGES, 1)
        )
        yield Kind.USER, self._known(users)
        yield Kind.PIPELINE, self._known([{"id": "sales", "name": "Sales"}])
        yield Kind.STAGE, self._known([{"id": f"stage-{i}", **stage} for i, stage in enumerate(stages)])
        yield Kind.COMPANY, self._known(self._company(each) for each in self.companies)
        yield Kind.PERSON, self._known(self._person(i, each) for i, each in enumerate(self.people))
        yield Kind.DEAL, self._known(self._deal(i, each) for i, each in enumerate(self.deals))
        yield Kind.ACTIVITY, self._known(self._activity(i) for i in range(self.scale.activities))

    def _ids(self, count: int) -> list[str]:
        return list(islice(self.ids, count))

    def _known(self, rows: Any) -> Iterator[dict[str, Any]]:
        for row in rows:
            self.remote += 1
            yield {**row, "remote_id": str(self.remote), "version": "1"}

    def _owner(self) -> str:
        return ME if self.random.random() < 0.6 else f"user-{self.random.randrange(9)}"

    def _words(self, count: int) -> str:
        return " ".join(self.random.choices(_WORDS, k=count))

    def _company(self, company_id: str) -> dict[str, Any]:
        name = f"{self.random.choice(_LAST)} {self.random.choice(_TRADES)}"
        return {"id": company_id, "name": name, "city": self.random.choice(_CITIES), "owner_id": self._owner()}

    def _person(self, i: int, person_id: str) -> dict[str, Any]:
        first, last = self.random.choice(_FIRST), self.random.choice(_LAST)
        return {
            "id": person_id,
            "name": f"{first} {last}",
            "role": self.random.choice(_ROLES),
            "phone": f"+47 {self.random.randrange(10**7, 10**8)}",
            "mobile": f"0{self.random.randrange(10**9, 10**10)}",
            "email": f"{first}.{last}{i}@example.com".lower(),
            "created_at": self.now - self.random.randrange(900) * _DAY,
            "company_id": self.companies[i % len(self.companies)],
            "owner_id": ME if person_id == HEAVY else self._owner(),
        }

    def _deal(self, i: int, deal_id: str) -> dict[str, Any]:
        person = i * 3 % len(self.people)
        since = self.random.randrange(60)
        close = NOW.date() + dt.timedelta(self.random.randrange(-8, 90))
        return {
            "id": deal_id,
            "name": self._words(3).capitalize(),
            "amount": self.random.randrange(2_000, 90_000) * 100,
            "currency": "EUR",
            "status": "open" if self.random.random() < 0.7 else self.random.choice(("won", "lost")),
            "close_on": close.isoformat(),
            "stage_since_at": self.now - since * _DAY,
            "created_at": self.now - (since + self.random.randrange(200)) * _DAY,
            "person_id": self.people[person],
            "company_id": self.companies[person % len(self.companies)],
            "owner_id": ME if person == 0 else self._owner(),
            "stage_id": f"stage-{self.random.randrange(len(STAGES))}",
            "pipeline_id": "sales",
        }

    def _activity(self, i: int) -> dict[str, Any]:
        deal = None
        if i < self.scale.history:
            person = 0
        elif self.random.random() < 0.7:
            deal = self.random.randrange(len(self.deals))
            person = deal * 3 % len(self.people)
        else:
            person = self.random.randrange(1, len(self.people))
        what = self.random.choices(("email", "call", "note", "meeting", "task"), (45, 25, 12, 8, 10))[0]
        days = int(self.random.expovariate(1 / 200))
        row: dict[str, Any] = {
            "id": next(self.ids),
            "what": what,
            "subject": self._words(4).capitalize(),
            "body": self._words(self.random.randrange(8, 40)) if what in ("email", "note", "call") else None,
            "direction": self.random.choice(("in", "out", "out")) if what in ("email", "call") else None,
            "at": self.now - days * _DAY - self.random.randrange(_DAY),
            "due_on": None,
            "done": True,
            "outcome": self.random.choice(("connected", "no_answer", "voicemail")) if what == "call" else None,
            "person_id": self.people[person],
            "company_id": self.companies[person % len(self.companies)],
            "deal_id": self.deals[deal] if deal is not None and self.random.random() < 0.5 else None,
            "owner_id": ME,
        }
        if what == "task" and days < 60:
            row |= {"done": False, "due_on": (NOW.date() + dt.timedelta(self.random.randrange(-3, 40))).isoformat()}
        return row


def _fingerprint() -> str:
    """What the book depends on: changed code makes a new one."""
    digest = hashlib.sha256()
    files = [
        *(ROOT / "companion/store").glob("*.py"),
        *(ROOT / "companion/domain").glob("*.py"),
        ROOT / "resources/workspace.json",
        Path(__file__),
    ]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _made_up(beginnings: str, ends: str) -> Sequence[str]:
    return [begin + end for begin in beginnings.split() for end in ends.split()]


_FIRST: Final = _made_up("Mar Jo An El Li So Pe Ka Ro Da Vi Te", "ta na ra lin nas vid mi ke sa lo ")
_LAST: Final = _made_up(
    "Hal Ber Sol Mor Lind Vik Fer Nor Dal Stein Grun Kess", "vorsen gren eira ström man ner ler sen "
)
_TRADES: Final = "Logistics Shipping Foods Energy Textiles Studio Robotics Clinics Timber Media".split()
_CITIES: Final = "Oslo Bergen Porto Lyon Gent Graz Turku Split Leeds Vaasa".split()
_ROLES: Final = ("Head of operations", "Buyer", "Founder", "IT manager", "Finance director", "Team lead")
_WORDS: Final = [
    *"price offer renewal contract meeting call budget team roll out pilot invoice delivery date trial quote".split(),
    *"asked sent waits agreed signed moved planned for with about the and next week soon later".split(),
    *_made_up("pro con re in de per sub trans ex im", "ject vert port form tain scribe duct fer spect gress"),
]
