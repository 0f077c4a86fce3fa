"""A real Tryton server on loopback with a small book in it, for any test: prepared once, copied and started per test.

    @pytest.fixture(scope="module")
    def tryton(tmp_path_factory):
        with running(tmp_path_factory.mktemp("tryton")) as server:
            yield server

Needs the packages that `pyproject.toml` lists for development; `pytest.importorskip("trytond")` skips without them.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import gzip
import hashlib
import importlib.metadata
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATABASE = "crm"
PASSWORD = "correct-horse-9"
ADMIN_PASSWORD = "battery-staple-7"
REP, COLLEAGUE = "rita", "carl"
MODULES = ("party_relationship", "sale_opportunity", "marketing_campaign")
COMPANIES, PEOPLE, DEALS = 20, 60, 15
MAX_ATTEMPTS = 2
"""Wrong passwords before the door closes. Tryton's default is 5, with a wait that doubles each time: 28 s in all."""
_PROGRAM = Path(__file__).with_name("tryton_program.py")
_SEED = 4  # raise it when the seed changes


class Failed(Exception):
    """What Tryton answered instead of a result."""


class Direct:
    """Somebody who speaks to the server directly, past the connector."""

    def __init__(self, url: str, user: str, password: str = PASSWORD) -> None:
        self._url = f"{url}/{DATABASE}/rpc/"
        # Tryton says that a long answer is packed even where it is not, unless we can unpack.
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip"}
        self.context: dict[str, Any] = {}
        uid, token, *_ = self._send("common.db.login", user, {"password": password}, "en")
        secret = base64.b64encode(f"{user}:{uid}:{token}".encode()).decode()
        self._headers["Authorization"] = f"Session {secret}"
        self.context = {**self.call("res.user.get_preferences", True), "active_test": False}

    def call(self, method: str, *params: Any) -> Any:
        """`call("party.party.create", [{...}])`"""
        return self._send(f"model.{method}", *params, self.context)

    def wizard(self, name: str, method: str, *params: Any) -> Any:
        return self._send(f"wizard.{name}.{method}", *params, self.context)

    def create(self, model: str, *rows: dict[str, Any]) -> list[int]:
        return list(self.call(f"{model}.create", list(rows)))

    def write(self, model: str, number: int | str, **values: Any) -> None:
        self.call(f"{model}.write", [int(number)], values)

    def delete(self, model: str, number: int | str) -> None:
        self.call(f"{model}.delete", [int(number)])

    def read(self, model: str, number: int | str, *fields: str) -> dict[str, Any]:
        return dict(self.call(f"{model}.read", [int(number)], list(fields))[0])

    def count(self, model: str, domain: list[Any] | None = None) -> int:
        return int(self.call(f"{model}.search_count", domain or [], 0, None))

    def _send(self, method: str, *params: Any) -> Any:
        body = json.dumps({"id": 1, "method": method, "params": list(params)}).encode()
        with urllib.request.urlopen(urllib.request.Request(self._url, body, self._headers), timeout=60) as answer:
            raw = answer.read()
            if answer.headers.get("Content-Encoding") == "gzip":
                raw = gzip.decompress(raw)
        told = json.loads(raw)
        if "error" in told:
            raise Failed(told["error"])
        return told["result"]


@dataclass
class TrytonServer:
    """A running server; `facts` are remote ids that the seed left."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    facts: dict[str, Any] = field(default_factory=dict)
    started_s: float = 0.0

    @functools.cached_property
    def colleague(self) -> Direct:
        """Carl; signed in once, which is a call less for each test."""
        return Direct(self.url, COLLEAGUE)

    def admin(self) -> Direct:
        return Direct(self.url, "admin", ADMIN_PASSWORD)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[TrytonServer]:
    """A server of its own over a copy of the seeded database in `folder`."""
    seed = _seeded()
    shutil.copy(seed / f"{DATABASE}.sqlite", folder)
    with _started(folder) as server:
        server.facts = json.loads((seed / "facts.json").read_text())
        yield server


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[TrytonServer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = _config(folder, port)
    began = time.monotonic()
    with (folder / "log").open("wb") as log:
        # -P: the folder of the program holds modules of other names' fame.
        process = subprocess.Popen(
            [sys.executable, "-P", _PROGRAM, "-c", config, "-d", DATABASE], stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, folder / "log")
        yield TrytonServer(url, folder, process, started_s=time.monotonic() - began)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    body = b'{"id": 1, "method": "common.server.version", "params": []}'
    request = urllib.request.Request(f"{url}/rpc/", body, {"Content-Type": "application/json"})
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=5).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"Tryton did not start:\n{log.read_text()[-2000:]}")


def _config(folder: Path, port: int = 0) -> Path:
    path = folder / "trytond.conf"
    path.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\nroot = {folder}/web\n"
        f"[session]\nmax_attempt = {MAX_ATTEMPTS}\n"
    )
    return path


def _seeded() -> Path:
    """The folder with the prepared database: made once per version, by one of all test processes."""
    versions = sorted(
        f"{each.name}=={each.version}" for each in importlib.metadata.distributions() if "trytond" in each.name.lower()
    )
    key = hashlib.blake2b(f"{_SEED} {versions} {Path(__file__).read_bytes()!r}".encode(), digest_size=8).hexdigest()
    cache = Path(tempfile.gettempdir()) / f"companion-tryton-{key}"
    if cache.exists():
        return cache
    with _lock(cache.with_suffix(".lock")):
        if not cache.exists():
            work = Path(tempfile.mkdtemp(prefix="companion-tryton-"))
            _initialise(work)
            with _started(work) as server:
                facts = _seed(server)
            (work / "facts.json").write_text(json.dumps(facts))
            # What the server wrote last lies in the log beside the file; only the file is copied.
            with contextlib.closing(sqlite3.connect(work / f"{DATABASE}.sqlite")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            work.rename(cache)
    return cache


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    import fcntl

    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _initialise(folder: Path) -> None:
    (folder / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text(ADMIN_PASSWORD)
    program = Path(sys.executable).parent / "trytond-admin"
    admin: list[str | Path] = [program, "-c", _config(folder), "-d", DATABASE]
    environment = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    for arguments in (["--all", "--email", "admin@example.com"], ["-u", *MODULES, "--activate-dependencies"]):
        subprocess.run([*admin, *arguments], env=environment, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def _seed(server: TrytonServer) -> dict[str, Any]:
    """A company with two employees, and a book: companies, people, opportunities in all states, notes, campaigns."""
    admin = server.admin()
    (euro,) = admin.create("currency.currency", {"name": "Euro", "code": "EUR", "symbol": "€", "digits": 2})
    (us,) = admin.create("party.party", {"name": "Our Company GmbH"})
    (company,) = admin.create("company.company", {"party": us, "currency": euro})
    admin.create("country.country", {"name": "Belgium", "code": "BE"}, {"name": "Germany", "code": "DE"})
    works, employs = admin.create("party.relation.type", {"name": "Works for"}, {"name": "Employs"})
    admin.write("party.relation.type", works, reverse=employs)
    admin.write("party.relation.type", employs, reverse=works)
    (person,) = admin.create("party.category", {"name": "Person"})
    groups = {row["name"]: row["id"] for row in admin.call("res.group.search_read", [], 0, None, None, ["name"])}
    employees = {}
    for login in (REP, COLLEAGUE):
        party, *_ = admin.create("party.party", {"name": login.title(), "categories": [["add", [person]]]})
        (employees[login],) = admin.create("company.employee", {"party": party, "company": company})
        user = {
            "name": login.title(),
            "login": login,
            "password": PASSWORD,
            "groups": [["add", [groups["Sales"], groups["Sale Opportunity"]]]],
            "companies": [["add", [company]]],
            "company": company,
            "employees": [["add", [employees[login]]]],
            "employee": employees[login],
        }
        admin.create("res.user", user)
    campaigns = admin.create("marketing.campaign", {"name": "spring fair"}, {"name": "autumn webinar"})
    sources = admin.create("marketing.source", {"name": "newsletter"}, {"name": "search"})
    facts = {"employees": employees, "works": works, "person": person, "us": us}
    return facts | _book(server.colleague, facts, campaigns, sources)


def _book(colleague: Direct, facts: dict[str, Any], campaigns: list[int], sources: list[int]) -> dict[str, Any]:
    cities = ("Ghent", "Berlin", "Lyon", "Turin")
    companies = colleague.create(
        "party.party",
        *(
            {
                "name": f"Customer {number} Ltd",
                "contact_mechanisms": [["create", [
                    {"type": "phone", "value": f"+49 30 9018{number:02}"},
                    {"type": "email", "value": f"office@customer{number}.example"},
                    {"type": "website", "value": f"https://customer{number}.example"},
                ]]],
                "addresses": [["create", [{"city": cities[number % 4]}]]],
            }
            for number in range(COMPANIES)
        ),
    )  # fmt: skip
    people = colleague.create(
        "party.party",
        *(
            {
                "name": f"Person Number{number}",
                "contact_mechanisms": [["create", [
                    {"type": "mobile", "value": f"+49 171 12345{number:02}"},
                    {"type": "email", "value": f"person{number}@customer{number % COMPANIES}.example"},
                ]]],
                "relations": [["create", [{"to": companies[number % COMPANIES], "type": facts["works"]}]]],
            }
            for number in range(PEOPLE)
        ),
    )  # fmt: skip
    mechanisms = {row["party"]: row["id"] for row in colleague.call(
        "party.contact_mechanism.search_read", [["party", "in", people]], 0, None, None, ["party"])}  # fmt: skip
    employees = list(facts["employees"].values())
    deals = colleague.create(
        "sale.opportunity",
        *(
            {
                "description": f"Deal {number}",
                "party": companies[number],
                "contact": mechanisms[people[number]],
                "employee": employees[number % 2],
                "amount": {"__class__": "Decimal", "decimal": f"{(number + 1) * 1000}.50"},
                "end_date": {"__class__": "date", "year": 2026, "month": 12, "day": number + 1},
                "marketing_campaign": campaigns[number % 2] if number % 3 else None,
                "marketing_source": sources[number % 2] if number % 3 else None,
            }
            for number in range(DEALS)
        ),
    )
    for number, deal in enumerate(deals):
        for button in (("opportunity",), (), ("opportunity", "convert"), ("lost",), ("cancel",))[number % 5]:
            colleague.call(f"sale.opportunity.{button}", [deal])
    targets = [f"party.party,{each}" for each in (*companies[:6], *people[:8])]
    targets += [f"sale.opportunity,{each}" for each in deals]
    words = [f"Talked about offer {place}.\nThey will call back." for place in range(len(targets))]
    written = colleague.create("ir.note", *({"resource": on, "message": said} for on, said in zip(targets, words)))
    return {"companies": companies, "people": people, "deals": deals, "notes": written}
