"""A cold start: what the first paint of Today brings along, in a process of its own, from an encrypted profile."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from companion import credentials
from companion.bootstrap import BOOK
from companion.database import create_database
from companion.domain.records import Kind
from companion.store import meta, records, scores
from companion.store.migrations import migrate
from tests.book import WORKSPACE, ZONE

ROOT: Final = Path(__file__).parents[2]
NOW: Final = dt.datetime(2026, 11, 24, 9, 12, tzinfo=ZONE)
LATER: Final = (
    *("sqlalchemy", "httpx", "keyring", "truststore", "authlib", "rapidfuzz", "msgspec", "nh3", "ssl"),
    *("companion.actions", "companion.connectors", "companion.sync", "companion.store.records"),
    *("companion.domain.dates", "companion.queries.brief", "companion.queries.search"),
    *("ui.palette", "ui.person.screen", "ui.pipeline", "ui.settings", "ui.log.screen", "ui.person.deal_look"),
    *("html", "calendar", "tomllib"),
)
"""What the first paint can do without: each of these costs the rep time before the list is there."""

STARTED: Final = """
import builtins, datetime as dt, json, linecache, sys
from pathlib import Path
from companion import bootstrap, settings
from ui.app import App, make_application
from PySide6.QtCore import QTimer
from ui.first_paint import AfterFirstPaint


class Known:
    method = "known"
    def fetch(self, header):
        return bytes(32)


application = make_application(settings.Settings())
now = dt.datetime.fromisoformat(sys.argv[2])
app = App(bootstrap.open_profile(Path(sys.argv[1]), Known(), lambda: now), settings.Settings())
painted = {}

def tell():
    painted["modules"] = sorted(sys.modules)
    painted["read"] = sorted(linecache.cache)
    painted["import"] = builtins.__import__.__name__
    painted["rows"] = [each.name for each in app.today.subjects()]

def leave():
    print(json.dumps({**painted, "brief": app.brief.model.look.name}))
    app.window.close()
    application.quit()

AfterFirstPaint(app.page.list.viewport(), tell)
app.start(sync=False)
QTimer.singleShot(400, leave)
application.exec()
"""


class Known:
    """A vault whose key everybody knows."""

    method = "known"

    def make(self, profile: str) -> tuple[bytes, dict[str, Any]]:
        return bytes(32), {}

    def fetch(self, header: dict[str, Any]) -> bytes:
        return bytes(32)

    def forget(self, header: dict[str, Any]) -> None: ...


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    database = create_database(folder / BOOK, credentials.create(folder, Known()))
    migrate(database)
    with database.write() as write:
        meta.put(write, "me", "me")
        meta.put(write, "crm", {"connector": "none"})
        records.put(write, Kind.USER, [{"id": "me", "name": "Nora Lind"}])
        records.put(write, Kind.PERSON, [{"id": "marta", "name": "Marta Ferreira", "owner_id": "me"}])
        task = {"id": "task", "what": "task", "subject": "Call again", "due_on": "2026-11-24", "done": False}
        records.put(write, Kind.ACTIVITY, [{**task, "person_id": "marta", "owner_id": "me", "at": 1_790_000_000}])
        scores.refresh_all(write, WORKSPACE, NOW, ZONE, "me")
    database.close()
    return folder


def test_the_first_paint_has_real_rows_and_brings_along_nothing_that_it_does_not_need(profile: Path) -> None:
    command = [sys.executable, "-c", STARTED, str(profile), NOW.isoformat()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["rows"] == ["Marta Ferreira"]
    assert told["brief"] == "Marta Ferreira"
    brought = [name for name in LATER if any(f"{each}.".startswith(f"{name}.") for each in told["modules"])]
    assert brought == []

    # PySide6 would read the source of each module to look for its own name, and import by a function in Python.
    assert told["import"] == "__import__"
    assert [each for each in told["read"] if each.startswith((f"{ROOT}/ui/", f"{ROOT}/companion/"))] == []
