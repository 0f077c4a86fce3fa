"""What lies in a home before a scenario runs there, and what a colleague does meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any, Final

from companion import credentials
from companion.bootstrap import make_engine
from companion.connectors.demo.wire import NotSent, T
from companion.database import Rows, create_database, open_database
from companion.domain.records import Kind
from companion.store import migrations
from tests.rig.crm_server import Office
from tests.rig.homes import USER, VAULT, Home, NearConnector
from tests.rig.inquest import Act, Inquest
from tests.rig.scenarios.acts import Rep

COLLEAGUE: Final = "U2"
_OWN_TABLES: Final = """SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
    AND name NOT LIKE 'names%' AND name NOT LIKE 'notes%' AND name NOT LIKE 'sqlite%'"""


def nothing(home: Home, office: Office) -> list[Act]:
    """A book that is in sync."""
    return []


def five_waiting(home: Home, office: Office) -> list[Act]:
    """Five ops wait, one of them collides; a colleague adds to the page that is pulled, and once more while we send."""
    acts = _acted(home, office, _five)
    office.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=777)
    office.crm.create(COLLEAGUE, Kind.ACTIVITY, what="note", body="colleague", person="P2")

    def late(verb: str) -> None:
        if verb == "write" and office.requests["write"] == 1:
            office.crm.edit(COLLEAGUE, Kind.PERSON, "P3", role="late")

    office.hear = late
    return acts


def _five(rep: Rep) -> None:
    rep.logs_a_call("w1")
    rep.sets_an_amount("w2", "D1", 1002)
    rep.logs_a_call("w3", "P2")


def crashed(home: Home, office: Office) -> list[Act]:
    """A file of the oldest shape as a kill left it: ops in flight that the CRM has, one made meanwhile, its log."""
    acts = _killed_while_sending(home, office)
    older(home)
    return acts


def behind(home: Home, office: Office) -> list[Act]:
    """A book that a tool for backups has set back by some acts, beside a journal that knows of them."""
    kept = home.copy_to(home.folder.with_name("kept"))
    acts = _killed_while_sending(home, office)
    journal = home.profile / "outbox.journal"
    if journal.exists():
        for side in ("", "-wal"):
            (home.profile / f"book.db{side}").unlink(missing_ok=True)
        shutil.copyfile(kept.profile / "book.db", home.profile / "book.db")
    return acts


def _killed_while_sending(home: Home, office: Office) -> list[Act]:
    told: list[dict[str, Any]] = []
    image = home.folder.with_name("image")

    def dies(request: str, do: Callable[[], T], /) -> T:
        if image.exists():
            raise NotSent("dead")
        answer = do()
        if request == "write":
            Rep(core, told.append).sets_an_amount("w9", "D2", 1009)
            home.copy_to(image)
        return answer

    with home.lived_in():
        core = home.open(NearConnector(office.crm, USER, wire=dies))
        rep = Rep(core, told.append)
        rep.logs_a_call("w1")
        rep.sets_an_amount("w2", "D1", 1002)
        make_engine(core).cycle(read=False)
        core.close()
    Home(image).copy_to(home.folder)
    (home.profile / "book.db-shm").unlink(missing_ok=True)
    inquest = Inquest(home, office)
    inquest.hear(told)
    return list(inquest.acts.values())


def older(home: Home) -> None:
    """Puts the book into the shape that the first Companion gave it; nothing where there was no other since."""
    if len(migrations.STEPS) == 1:
        return
    key = credentials.unlock(home.profile, VAULT)
    new = open_database(home.profile / "book.db", key)
    old = create_database(home.folder.with_name("old") / "book.db", key)
    with old.write() as write, new.read() as rows:
        migrations.STEPS[0](write)
        write.text("PRAGMA user_version = 1")
        for (table,) in write.all(_OWN_TABLES):
            names = [name for name in _columns(write, table) if name in _columns(rows, table)]
            found = rows.all(f"SELECT {', '.join(names)} FROM {table}")
            write.text(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(names))
            write.many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", found)
    new.close()
    for file in home.profile.glob("book.db*"):
        file.unlink()
    for name in ("book.db", "book.db-wal"):
        shutil.copyfile(old.path.with_name(name), home.profile / name)
    old.close()
    (home.profile / "outbox.journal").unlink(missing_ok=True)


def _columns(rows: Rows, table: str) -> list[str]:
    return [row[1] for row in rows.all(f"PRAGMA table_info({table})")]


def _acted(home: Home, office: Office, act: Callable[[Rep], None]) -> list[Act]:
    inquest = Inquest(home, office)
    told: list[dict[str, object]] = []
    with home.lived_in():
        core = home.open(NearConnector(office.crm, USER))
        act(Rep(core, told.append))
        core.close()
    inquest.hear(told)
    return list(inquest.acts.values())


PREPARED: Mapping[str, Callable[[Home, Office], list[Act]]] = {
    "log": nothing,
    "sync": five_waiting,
    "start": crashed,
    "behind": behind,
    "first": lambda home, office: [],
}
"""By scenario."""
