"""A rep's day on a real Tryton that the test starts itself: window, keys, outage, conflict and sudden death.

COMPANION_KILLS (10) is how often the process dies, COMPANION_SEED how.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from PySide6.QtWidgets import QApplication, QPushButton

from companion.bootstrap import Account
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from tests.connectors.tryton_server import DATABASE, PASSWORD, REP, Direct, TrytonServer, _wait, running
from tests.journeys.connected import Book, core_process, foot, on_screen, until, waiting
from tests.journeys.line import Ambush, Line, Moment
from tests.journeys.rep import Rep
from ui.person.screen import RecordPage

pytestmark = pytest.mark.slow

KILLS: Final = int(os.environ.get("COMPANION_KILLS", "10"))
SEED: Final = int(os.environ.get("COMPANION_SEED", "19"))
QUICK_POLL_S: Final = 2.0
TABLES: Final = ("users", "companies", "people", "deals", "activities")
CHANGING: Final = ("create", "write", "delete", "lead", "opportunity", "convert", "lost", "cancel")


def changes_something(request: bytes) -> bool:
    """Whether a call to Tryton creates, writes, deletes or presses a button."""
    body = request.partition(b"\r\n\r\n")[2]
    method = str(json.loads(body).get("method", "")) if body.startswith(b"{") else ""
    return method.startswith("model.") and method.rsplit(".", 1)[-1] in CHANGING


@dataclass
class Day:
    """The server, the line to it, the rep's book as it came with the first sync, and a colleague."""

    server: TrytonServer
    line: Line
    book: Book
    first: SyncStatus
    admin: Direct

    def notes(self, words: str) -> list[dict[str, Any]]:
        """What stands on the server with these words, by id. Only an administrator may search all notes."""
        domain = [["message", "like", f"%{words}%"]]
        found = self.admin.call("ir.note.search_read", domain, 0, None, [["id", "ASC"]], ["message", "resource"])
        return list(found)

    def counts(self) -> dict[str, int]:
        """How many living records the book has, by table."""
        sql = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM {table} WHERE gone IS NULL AND remote_id IS NOT NULL" for table in TABLES
        )
        return {str(table): int(count) for table, count in self.book.ask(sql)}

    def local(self, kind: str, remote_id: int) -> str:
        """The local id of a record."""
        ((found,),) = self.book.ask(f"SELECT id FROM {kind} WHERE remote_id = ?", (str(remote_id),))
        return str(found)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A server of our own, and the first sync."""
    pytest.importorskip("trytond")
    with running(tmp_path_factory.mktemp("tryton")) as server:
        line = Line(server.url, changes_something)
        book = Book(tmp_path_factory.mktemp("book") / "profile")
        first = book.connect(Account("tryton", line.url, DATABASE, REP), PASSWORD)
        yield Day(server, line, book, first, server.admin())
        line.cut()
        # Not the one that was started with it, where a test has started another.
        server.process.terminate()
        server.process.wait(20)


@contextmanager
def working(day: Day, qapp: QApplication) -> Iterator[Rep]:
    """The window at rest, asking the server every two seconds."""
    with day.book.window(qapp) as rep:
        assert rep.core.worker is not None
        rep.core.worker.poll_s = QUICK_POLL_S
        rep.press("F5")
        until(lambda: foot(rep).startswith("Synced"), "at rest")
        yield rep


def sent(rep: Rep) -> bool:
    """Whether everything has left."""
    return waiting(rep) == 0 and foot(rep).startswith("Synced")


# The first sync ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_sync_brings_as_many_records_as_the_server_counts(day: Day) -> None:
    here, colleague = day.counts(), day.server.colleague

    assert day.first.all_synced
    assert here["companies"] + here["people"] == colleague.count("party.party", [["active", "=", True]])
    assert here["deals"] == colleague.count("sale.opportunity")
    assert here["users"] == colleague.count("company.employee", [["active", "=", True]])
    assert here["activities"] == day.admin.count("ir.note")
    assert {tally.kind: tally.local for tally in day.first.tallies}[Kind.DEAL] == here["deals"]


def test_today_says_in_the_window_who_and_why(day: Day, qapp: QApplication) -> None:
    with working(day, qapp) as rep:
        rows = on_screen(rep)
        spoken = rows[day_row(rep, "Person Number0")]

        assert rep.app.today.left >= 1
        assert "Person Number0" in spoken
        assert "If you do nothing" in spoken
        assert "€" in spoken
        for row in range(rep.app.today.rowCount()):
            item = rep.app.today.item(row)
            assert item is not None
            assert item.row is None or item.row.reason.sentence


def day_row(rep: Rep, name: str) -> str:
    """The local id of somebody on the list."""
    found = rep.id_of(name)
    assert rep.app.today.row_of(found) >= 0, f"{name} is not on the list"
    return found


# Both ways ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_call_logged_by_keys_is_on_the_server_once(day: Day, qapp: QApplication) -> None:
    deal = day.server.facts["deals"][0]
    before = day.admin.count("ir.note")
    with working(day, qapp) as rep:
        rep.choose(day_row(rep, "Person Number0"))
        rep.press("C", "1")
        rep.type("Wants twelve months")
        rep.press("Return")
        assert rep.toast.startswith("Connected, Person Number0. Follow up")
        assert rep.focus is rep.app.page.list
        until(lambda: sent(rep), "all is sent", 60)

    (call,) = day.notes("Wants twelve months")
    assert call["resource"] == f"sale.opportunity,{deal}"
    assert call["message"].startswith("[Call] ")
    assert "outcome: interested" in call["message"]
    (step,) = [note for note in day.notes("Subject: Follow up") if "[Next step]" in note["message"]]
    assert step["resource"] == f"sale.opportunity,{deal}"
    assert day.admin.count("ir.note") == before + 2
    assert day.counts()["activities"] == before + 2


def test_an_act_taken_back_in_time_never_reaches_the_server(day: Day, qapp: QApplication) -> None:
    before = day.admin.count("ir.note")
    with working(day, qapp) as rep:
        rep.choose(day_row(rep, "Person Number10"))
        rep.press("N")
        assert waiting(rep) == 2
        rep.press("Ctrl+Z")
        assert waiting(rep) == 0
        assert rep.app.today.row_of(rep.id_of("Person Number10")) >= 0
        rep.press("F5")
        until(lambda: sent(rep), "at rest")
        time.sleep(1)

    assert day.admin.count("ir.note") == before


def test_a_colleagues_change_is_in_the_window_after_the_next_poll(day: Day, qapp: QApplication) -> None:
    person, deal = day.server.facts["people"][10], day.server.facts["deals"][10]
    with working(day, qapp) as rep:
        who = day_row(rep, "Person Number10")
        rep.choose(who)
        resets: list[int] = []
        rep.app.today.modelReset.connect(lambda: resets.append(1))

        day.server.colleague.write("party.party", person, name="Person Renamed")
        more = {"__class__": "Decimal", "decimal": "77000.00"}
        day.server.colleague.write("sale.opportunity", deal, amount=more)

        until(lambda: "Person Renamed" in on_screen(rep).get(who, ""), "the new name", QUICK_POLL_S + 20)
        until(lambda: "77" in on_screen(rep).get(who, ""), "the new amount", 10)
        assert rep.selected == who
        assert rep.focus is rep.app.page.list
        assert resets == []


def test_a_record_deleted_on_the_server_is_marked_at_the_next_start_and_still_found(
    day: Day, qapp: QApplication
) -> None:
    (gone,) = day.server.colleague.create("party.party", {"name": "Passing Ltd"})
    with working(day, qapp) as rep:
        until(lambda: named(rep, "Passing Ltd") == [None], "the newcomer")
    day.server.colleague.delete("party.party", gone)

    with working(day, qapp) as rep:
        until(lambda: named(rep, "Passing Ltd") == ["deleted"], "the delete")
        rep.press("Ctrl+K")
        rep.type("passing")
        rep.press("Return")
        page = rep.app.window.stack.currentWidget()
        assert rep.app.window.here == "record"
        assert isinstance(page, RecordPage), "what was once here is found all the same"
        assert page.model.look is not None
        assert "deleted" in page.model.look.gone.casefold()


def named(rep: Rep, name: str) -> list[str | None]:
    """How the companies of this name are marked: None for alive."""
    with rep.core.database.read() as rows:
        return [gone for (gone,) in rows.all("SELECT gone FROM companies WHERE name = ?", (name,))]


# Without the server ─────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def stopped(server: TrytonServer) -> Iterator[None]:
    """The server's process is ended, and started again on the same port over the same database."""
    server.process.terminate()
    server.process.wait(20)
    yield
    log = server.folder / "log"
    with log.open("ab") as told:
        server.process = subprocess.Popen(
            [Path(sys.executable).parent / "trytond", "-c", server.folder / "trytond.conf", "-d", DATABASE],
            stdout=told,
            stderr=told,
        )
    _wait(server.url, server.process, log)


def test_while_the_server_is_stopped_all_works_and_drains_when_it_returns(day: Day, qapp: QApplication) -> None:
    with working(day, qapp) as rep:
        who = rep.id_of("Person Renamed")
        with stopped(day.server):
            rep.choose(who)
            rep.press("C", "1")
            rep.type("Talked offline")
            rep.press("Return")
            rep.press("Ctrl+K")
            rep.type("renamed")
            rep.press("Return")
            assert rep.app.window.here == "record"
            rep.press("Ctrl+1", "F5")
            until(lambda: foot(rep).startswith("Offline"), "the foot says Offline", 60)
            assert foot(rep) == f"Offline · {waiting(rep)} changes waiting"
            assert waiting(rep) >= 2
        until(lambda: sent(rep), "it drains without a touch", 180)

    assert len(day.notes("Talked offline")) == 1


def test_two_who_change_one_field_are_asked_once_and_both_values_are_kept(day: Day, qapp: QApplication) -> None:
    deal = day.server.facts["deals"][0]
    local = day.local("deals", deal)
    with working(day, qapp) as rep:
        day.line.cut()
        from companion.actions.change_deal import set_close_date

        set_close_date(rep.core.desk(), local, dt.date(2027, 3, 1), "Deal 0 closes 1 Mar")
        theirs = {"__class__": "date", "year": 2027, "month": 4, "day": 15}
        day.server.colleague.write("sale.opportunity", deal, end_date=theirs)
        day.line.mend()
        rep.press("F5")
        until(lambda: states(rep) == ["conflict"], "the conflict", 60)

        rep.press("Ctrl+Shift+W")
        page = rep.app.window.stack.currentWidget()
        assert page is not None
        keep = [each for each in page.findChildren(QPushButton) if each.text().startswith("Keep yours")]
        assert len(keep) == 1
        for _ in range(60):
            if rep.focus is keep[0]:
                break
            rep.press("Tab")
        assert rep.focus is keep[0], "the choice is reached by Tab"
        rep.press("Space")
        until(lambda: sent(rep), "the rep's answer is sent", 60)

    assert day.server.colleague.read("sale.opportunity", deal, "end_date")["end_date"] == {
        "__class__": "date",
        "year": 2027,
        "month": 3,
        "day": 1,
    }


def states(rep: Rep) -> list[str]:
    """The states of the ops that are not finished."""
    with rep.core.database.read() as rows:
        return [state for (state,) in rows.all("SELECT state FROM outbox WHERE state NOT IN ('done', 'discarded')")]


# Sudden death ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_process_that_is_killed_around_a_request_leaves_each_call_exactly_once(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    person, deal = (
        day.local("people", day.server.facts["people"][10]),
        day.local("deals", day.server.facts["deals"][10]),
    )
    died: dict[str, int] = {}
    for n in range(KILLS):
        moment = chance.choice([*Moment, Moment.WORKING, Moment.DONE, Moment.DONE])
        with core_process(day.book.folder, person, deal, f"Killed {n:02}.") as process:
            hear(process, "logged")
            day.line.lie_in_wait(Ambush(moment, chance.randrange(2), lambda: end(process), chance.uniform(0.0, 0.05)))
            assert process.wait(90) == -signal.SIGKILL, f"kill {n} ({moment}) did not happen"
        died[moment] = died.get(moment, 0) + 1
    day.line.lie_in_wait(None)
    with core_process(day.book.folder, person, deal) as process:
        hear(process, "sent")
        process.communicate("\n", timeout=60)

    record_property(f"{KILLS} kills with seed {SEED}", str(died))
    for n in range(KILLS):
        written = day.notes(f"Killed {n:02}.")
        calls = [each for each in written if each["message"].startswith("[Call]")]
        steps = [each for each in written if each["message"].startswith("[Next step]")]
        assert len(calls) == 1, f"call {n}"
        # The next call answered it, which Tryton keeps as a further note.
        assert len([each for each in steps if "revises:" not in each["message"]]) == 1, f"next step {n}"
        assert len(steps) == (1 if n == KILLS - 1 else 2), f"next step {n}"
    assert day.book.sync().all_synced
    here = day.book.ask(
        "SELECT what, count(*), count(remote_id) FROM activities WHERE gone IS NULL"
        " AND (body LIKE 'Killed %' OR subject LIKE 'After Killed %') GROUP BY what ORDER BY what"
    )
    assert here == [("call", KILLS, KILLS), ("task", KILLS, KILLS)]


def end(process: subprocess.Popen[Any]) -> None:
    """As the power cut does it."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def hear(process: subprocess.Popen[str], word: str, patience_s: float = 90.0) -> None:
    """Waits for a line of the process's."""
    out, end_at = process.stdout, time.monotonic() + patience_s
    assert out is not None
    while time.monotonic() < end_at:
        if select.select([out], [], [], 1.0)[0]:
            line = out.readline()
            assert line, f"the process ended before it said {word}"
            if line.strip() == word:
                return
    raise AssertionError(f"the process did not say {word}")
