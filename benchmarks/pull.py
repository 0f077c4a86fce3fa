"""P10: a first load: HTTP, decode, map, merge, store; against http.client, msgspec and executemany, in turns.

Records a second of processor time, not of the clock: a core that others share in gives the same figure.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from benchmarks import floor
from benchmarks.book import KEY, NOW, ROOT, Clock, Scale, StillCore
from benchmarks.figure import Figure, at_least, of_floor
from benchmarks.pull_server import COMPANIES, FIRM
from companion.bootstrap import Account, Core, default_workspace, new_id
from companion.connectors.base import Page, Scope, Upsert
from companion.connectors.http import Client
from companion.connectors.odoo import mapping
from companion.database import create_database
from companion.domain.collisions import plain
from companion.domain.records import Kind
from companion.store import meta, migrations, records
from companion.sync.pull import Pull
from companion.sync.retry import Backoff
from companion.sync.session import Session

PAGE: Final = 1000
AT_ONCE: Final = 2000
"""Rows in one commit of a first load without a window."""


def measure(scale: Scale, rounds: int) -> Iterator[Figure]:
    """Both ways read the same pages into a new encrypted file each time."""
    pages = 2 if scale.name == "tiny" else 20
    floors, ours = [], []
    with serving(pages) as port:
        for _ in range(2 if scale.name == "tiny" else 3):
            floors.append(pages * PAGE / _bare(port, pages))
            ours.append(pages * PAGE / _pulled(port))
    yield of_floor("P10 first load", max(ours), max(floors), "rec/s", 0.4)
    yield at_least("P10 first load, a core", max(ours), "rec/s", 30_000)


@contextmanager
def serving(pages: int, size: int = PAGE, *more: str) -> Iterator[int]:
    """The port of a server with so many pages of people; `more` as it takes it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pull_server", str(pages), str(size), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()


class _Row(msgspec.Struct):
    id: int
    name: str
    email: str
    phone: str
    mobile: str
    function: str
    city: str
    tz: str
    create_date: str
    write_date: str
    user_id: list[Any]
    commercial_partner_id: list[Any]


def _bare(port: int, pages: int) -> float:
    """Seconds of processor time for the floor."""
    decoder = msgspec.json.Decoder(list[_Row])
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        file = floor.raw(Path(folder) / "floor.db", KEY)
        file.execute(
            "CREATE TABLE people (n INTEGER PRIMARY KEY, id TEXT UNIQUE, name, email, phone, mobile, role, city, "
            "time_zone, created_at, version, owner, company)"
        )
        began = time.process_time()
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for n in range(pages):
            connection.request("GET", f"/people/{n}")
            rows = decoder.decode(connection.getresponse().read())
            file.execute("BEGIN")
            file.executemany(
                "INSERT INTO people VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [_values(row) for row in rows]
            )
            file.execute("COMMIT")
        taken = time.process_time() - began
        connection.close()
        file.close()
    return taken


def _values(row: _Row) -> tuple[Any, ...]:
    return (
        *(str(row.id), row.name, row.email, row.phone, row.mobile, row.function, row.city, row.tz, row.create_date),
        *(row.write_date, row.user_id[0], row.commercial_partner_id[0]),
    )


class Loopback:
    """As much of a connector as a first load needs: the shared HTTP client, and Odoo's mapping of people."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/people"
        self._http = Client(time.monotonic)
        firms = range(FIRM, FIRM + COMPANIES)
        self._lookups = mapping.Lookups(partners={n: {"id": n, "is_company": True} for n in firms}, tags={1: "Fair"})

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page that the cursor names."""
        n = int(cursor or b"0")
        rows: Any = self._http.read("GET", f"{self._address}/{n}").json()
        people: Sequence[Upsert] = [mapping.person(row, self._lookups) for row in rows]
        return Page(people, str(n + 1).encode(), more=bool(rows))

    def close(self) -> None:
        """Lets go of the connection."""
        self._http.close()


def _pulled(port: int) -> float:
    """Seconds of processor time for ours."""
    with tempfile.TemporaryDirectory(prefix="companion-bench-") as folder:
        database = create_database(Path(folder) / "book.db", KEY)
        migrations.migrate(database)
        core = StillCore(database, default_workspace(), Clock(), Path(folder), Account("none"))
        with database.write() as write:
            firms = [{"id": f"firm-{n}", "remote_id": str(FIRM + n), "name": f"Firm {n}"} for n in range(COMPANIES)]
            records.put(write, Kind.USER, [{"id": "me", "remote_id": "2", "name": "Nora Lind"}])
            records.put(write, Kind.COMPANY, firms)
            meta.put(write, "me", "me")
        connector = Loopback(port)
        session = session_of(core, connector, AT_ONCE)
        began = time.process_time()
        Pull(session, lambda kind, done, total: None).kind(Kind.PERSON)
        taken = time.process_time() - began
        connector.close()
        database.close()
    return taken


def session_of(core: Core, connector: Any, rows_at_once: int) -> Session:
    """What the sync works with; `connector` needs no more than what is asked of it."""
    described: Any = None
    return Session(
        core.database,
        connector,
        described,
        Scope(),
        lambda: int(NOW.timestamp()),
        new_id,
        plain,
        Backoff(time.monotonic, Random(1)),
        lambda write, touched: core.rescore(write, touched, core.clock()),
        rows_at_once,
    )
