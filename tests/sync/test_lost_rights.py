"""A right to see ends: what it showed is in no table of the book any more, and what the rep had not sent waits."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from companion.actions.desk import Desk
from companion.actions.snooze import snooze
from companion.actions.undo import undo
from companion.connectors.base import Schema
from companion.connectors.demo.connector import DemoConnector
from companion.database import Write
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import records, scores
from tests.book import WORKSPACE
from tests.sync.world import COLLEAGUE, REP, World, small_book

DAY = 24 * 3600
CANARY = "Zanzibarowska"


class Closing(DemoConnector):
    """A CRM that stops showing some fields: `closed` to this user."""

    closed: set[tuple[Kind, str]]

    def schema(self) -> Schema:
        facts = super().schema().fields
        return Schema(
            tuple(replace(each, readable=False) if (each.kind, each.name) in self.closed else each for each in facts)
        )


class Ranked(World):
    """The office with today's list derived from each page."""

    connector: Closing

    def connect(self) -> DemoConnector:
        connector = Closing(self.crm, REP, wire=self.wire)
        connector.closed = set()
        return connector

    def open(self) -> None:
        super().open()
        self.engine.after_page = self.derive

    def derive(self, write: Write, touched: frozenset[tuple[Kind, str]]) -> None:
        now = datetime.fromtimestamp(self.now, UTC)
        scores.refresh(write, scores.subjects_of(write, touched), WORKSPACE, now, UTC, None)

    @property
    def desk(self) -> Desk:
        now = datetime.fromtimestamp(self.now, UTC)
        return Desk(self.database, lambda: now, self.new_id, lambda write, touched, at: None, hold_s=0)

    def tables_with(self, word: str) -> dict[str, int]:
        """How often a word stands in each table, the search's own tables and indexes included."""
        found: dict[str, int] = {}
        with self.database.read() as rows:
            for (table,) in rows.all("SELECT name FROM sqlite_master WHERE type = 'table'"):
                for row in rows.all(f"SELECT * FROM {table}"):
                    hits = [each for each in row if word.lower() in _plain(each).lower()]
                    if hits:
                        found[table] = found.get(table, 0) + len(hits)
            for index in ("names", "notes"):
                if rows.value(f"SELECT count(*) FROM {index} WHERE {index} MATCH ?", (f'"{word}"',)):
                    found[f"{index} finds it"] = 1
        return found


def _plain(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.decode("latin-1")
    try:
        return json.dumps(json.loads(str(cell)), ensure_ascii=False)
    except ValueError:
        return str(cell)


@pytest.fixture
def office(tmp_path: Path) -> Ranked:
    book = [
        replace(row, fields={**row.fields, "name": f"Ada {CANARY}"}) if row.id == "P1" else row for row in small_book()
    ]
    world = Ranked(tmp_path, rows=book)
    world.sync()
    return world


def test_the_canary_is_seen_where_it_is(office: Ranked) -> None:
    assert {"people", "names finds it", "names_data"} <= office.tables_with(CANARY).keys()


def test_a_person_who_may_no_longer_be_seen_is_in_no_table(office: Ranked) -> None:
    person = office.local(Kind.PERSON, "P1")
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P1", best_time=f"{CANARY} mornings", email=f"{CANARY}@example.com")
    office.crm.create(
        COLLEAGUE, Kind.ACTIVITY, what="task", subject="Ring", person="P1", due_on="2026-11-01", done=False
    )
    office.sync()
    done = office.edit(Kind.PERSON, "P1", role=f"Chief {CANARY}")
    office.sync()
    open_op = office.change(Kind.PERSON, person, best_time="evenings", name=f"Ada M. {CANARY}")
    with office.database.write() as write:
        write.text("UPDATE outbox SET said = ?", (f"Role of Ada {CANARY}",))
        assert write.text("UPDATE scores SET reason = ? WHERE subject_id = ?", (f"Ada {CANARY}", person))
        write.text("UPDATE gestures SET words = ?", (f"Role of Ada {CANARY}",))
    until = datetime.fromtimestamp(office.now, UTC) + timedelta(days=9)
    snooze(office.desk, Kind.PERSON, person, until, f"{CANARY} is away", f"Snoozed {CANARY}")
    snooze(office.desk, Kind.PERSON, person, until, f"{CANARY} is ill", f"Snoozed {CANARY}")
    before = office.tables_with(CANARY)
    assert {"people", "outbox", "gestures", "held_values", "snoozes", "scores"} <= before.keys(), before
    office.crm.hide(REP, Kind.PERSON, "P1")
    office.sync(2)
    assert office.state(done) is OpState.DONE
    assert office.state(open_op) is OpState.ATTENTION
    left = office.tables_with(CANARY)
    assert left.keys() <= {"outbox", "names_data", "notes_data"}, left
    assert office.op(open_op).values == {"best_time": "evenings", "name": f"Ada M. {CANARY}"}, (
        "the rep's own words stay"
    )
    assert office.op(open_op).seen == {}
    assert CANARY not in office.op(open_op).said
    assert "no longer see" in office.op(open_op).problems[0]["words"]  # type: ignore[operator]


def test_what_the_rep_wrote_about_a_hidden_person_is_asked_about_when_they_are_back(office: Ranked) -> None:
    op = office.edit(Kind.PERSON, "P1", role="Chief")
    office.crm.hide(REP, Kind.PERSON, "P1")
    office.sync(2)
    assert office.state(op) is OpState.ATTENTION
    office.crm.show(REP, Kind.PERSON, "P1")
    office.sync(2)
    assert office.shown(Kind.PERSON, "P1", "name") == f"Ada {CANARY}"
    office.answer.retry(op or "")
    office.sync(2)
    (asked,) = office.ops(OpState.CONFLICT)
    assert asked.theirs == {"role": "Head"}
    office.answer.mine(asked.id)
    assert office.sync(2).all_synced
    assert office.there(Kind.PERSON, "P1", "role") == "Chief"


def test_a_conflict_about_a_hidden_person_shows_theirs_again_when_they_are_back(office: Ranked) -> None:
    op = office.edit(Kind.PERSON, "P1", role="Chief")
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P1", role=f"Boss {CANARY}")
    office.sync()
    assert office.state(op) is OpState.CONFLICT
    office.crm.hide(REP, Kind.PERSON, "P1")
    office.sync()
    assert not office.op(op).theirs
    office.crm.show(REP, Kind.PERSON, "P1")
    office.sync()
    assert office.op(op).theirs == {"role": f"Boss {CANARY}"}


def test_undo_after_a_right_ended_brings_nothing_back(office: Ranked) -> None:
    person = office.local(Kind.PERSON, "P1")
    until = datetime.fromtimestamp(office.now, UTC) + timedelta(days=9)
    snooze(office.desk, Kind.PERSON, person, until, f"{CANARY} is away", f"Snoozed {CANARY}")
    snooze(office.desk, Kind.PERSON, person, until, "later", f"Snoozed {CANARY} again")
    office.crm.hide(REP, Kind.PERSON, "P1")
    office.sync()
    done = undo(office.desk)
    assert done is not None
    assert CANARY not in done.words
    assert not office.tables_with(CANARY).keys() - {"names_data"}


def test_an_answer_that_undo_would_take_back_keeps_nothing_of_whom_the_rep_may_no_longer_see(office: Ranked) -> None:
    refused = office.edit(Kind.PERSON, "P1", name=f"Ada {CANARY} II", email="nonsense")
    office.sync()
    assert office.state(refused) is OpState.ATTENTION
    office.answer.drop(refused or "")
    again = office.edit(Kind.PERSON, "P1", email="nonsense again")
    office.sync()
    office.answer.retry(again or "", {"email": "ada@aster.example"})
    office.sync()
    assert "gestures" in office.tables_with(CANARY)
    office.crm.hide(REP, Kind.PERSON, "P1")
    office.sync(2)

    assert not office.tables_with(CANARY).keys() - {"names_data"}


def test_an_answer_that_undo_would_take_back_keeps_nothing_of_a_field_that_is_closed(office: Ranked) -> None:
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P1", name="Ada", role=f"{CANARY} chief")
    office.sync()
    refused = office.edit(Kind.PERSON, "P1", email="nonsense", role="Boss")
    office.sync()
    office.answer.retry(refused or "", {"email": "ada@aster.example"})
    office.sync(2)
    assert "gestures" in office.tables_with(CANARY)
    office.connector.closed = {(Kind.PERSON, "role")}
    _hide_there(office, Kind.PERSON, "role")
    office.pass_time(DAY)
    office.sync(2)

    assert office.tables_with(CANARY) == {}


def test_a_field_that_may_no_longer_be_read_is_in_no_table(office: Ranked) -> None:
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P2", email=f"{CANARY}@example.com", role=f"{CANARY} buyer")
    office.crm.edit(COLLEAGUE, Kind.DEAL, "D1", source=f"{CANARY} fair")
    office.sync()
    done = office.edit(Kind.PERSON, "P2", role=f"{CANARY} boss")
    office.sync()
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P1", name="Ada")
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P2", role=f"Former {CANARY}")
    office.sync()
    unsent = office.edit(Kind.PERSON, "P2", role="Head of yarn")
    clash = office.edit(Kind.PERSON, "P3", role="Head")
    office.crm.edit(COLLEAGUE, Kind.PERSON, "P3", role=f"{CANARY} chief")
    office.connector.closed = {(Kind.PERSON, "role"), (Kind.PERSON, "email"), (Kind.DEAL, "source")}
    with office.database.read() as rows:
        assert records.get(rows, Kind.PERSON, office.local(Kind.PERSON, "P2")) is not None
    assert {"people", "outbox", "held_values", "names finds it"} <= office.tables_with(CANARY).keys()
    _hide_there(office, Kind.PERSON, "role", "email")
    _hide_there(office, Kind.DEAL, "source")
    office.pass_time(DAY)
    office.sync(2)
    assert office.tables_with(CANARY) == {}
    assert office.state(done) is OpState.DONE
    for op, text in ((unsent, "Head of yarn"), (clash, "Head")):
        assert office.state(op) is OpState.ATTENTION
        assert office.op(op).values == {"role": text}
        assert "can’t be changed by you" in str(office.op(op).problems[0]["words"])
    assert office.shown(Kind.PERSON, "P2", "role") == "Head of yarn"
    assert office.shown(Kind.PERSON, "P2", "name") == "Ben"


def test_a_field_that_may_be_read_again_is_filled_again(office: Ranked) -> None:
    office.connector.closed = {(Kind.PERSON, "role")}
    office.pass_time(DAY)
    office.sync()
    assert office.shown(Kind.PERSON, "P2", "role") is None
    office.connector.closed = set()
    office.pass_time(DAY)
    office.sync(2)
    assert office.shown(Kind.PERSON, "P2", "role") == "Buyer"


def _hide_there(office: Ranked, kind: Kind, *names: str) -> None:
    """The CRM leaves the fields out of what it shows."""
    truth = office.crm.snapshot()
    truth.rows[kind] = {
        key: replace(row, fields={name: value for name, value in row.fields.items() if name not in names})
        for key, row in truth.rows[kind].items()
    }
    office.crm.rewind(truth)
