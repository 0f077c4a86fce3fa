"""A team takes a field from elsewhere: with the next sync it is read and written there, and it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from companion.actions.change_deal import lose
from companion.actions.map_field import map_field, map_outcome, show_field
from companion.actions.redo import redo
from companion.actions.undo import undo
from companion.bootstrap import Core, demo_book, make_engine
from companion.connectors.demo.connector import DemoConnector
from companion.domain.field_map import CrmField, FieldMap
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from companion.queries.crm_fields import OurField, crm_fields_now
from companion.store import crm_fields, meta, notices, workspaces
from companion.sync.engine import Engine

VEHICLES = "Vehicles"
WORDS = "Note on the loss comes from “Vehicles”"


class Day:
    """The demo book, an engine at work on it, and a clock moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        self.core: Core = demo_book(lambda: self.now)
        self.engine: Engine = make_engine(self.core)
        with self.core.database.read() as rows:
            sql = "SELECT id, remote_id, lost_note FROM deals WHERE json_extract(extra, '$.Vehicles') = '12'"
            self.deal, self.remote_id, self.as_shipped = rows.all(sql)[0]

    def sync(self) -> SyncStatus:
        self.now += timedelta(minutes=1)
        self.engine.hurry()
        return self.engine.cycle()

    def lost_note(self) -> str | None:
        with self.core.database.read() as rows:
            found: str | None = rows.value("SELECT lost_note FROM deals WHERE id = ?", (self.deal,))
        return found

    def field(self, name: str) -> OurField:
        return next(each for each in crm_fields_now(self.core.database).ours if each.name == name)


def agreed_on(day: Day) -> tuple[str | None, str | None]:
    """What is kept of the choices, and what the CRM told of its fields."""
    with day.core.database.read() as rows:
        return meta.text(rows, workspaces.KEY), meta.text(rows, crm_fields.KEY)


@pytest.fixture
def day() -> Iterator[Day]:
    day = Day()
    yield day
    day.core.close()


def test_a_field_comes_from_elsewhere_with_the_next_sync_and_back_again(day: Day) -> None:
    assert map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    assert day.lost_note() == day.as_shipped

    assert day.sync().phase is Phase.IDLE
    assert day.lost_note() == "12"

    assert map_field(day.core.desk(), Kind.DEAL, "lost_note", None, WORDS)
    assert day.sync().phase is Phase.IDLE
    assert day.lost_note() == day.as_shipped


def test_undo_before_the_sync_leaves_nothing_of_it_and_redo_takes_it_from_there_again(day: Day) -> None:
    desk, before = day.core.desk(), agreed_on(day)
    map_field(desk, Kind.DEAL, "lost_note", VEHICLES, WORDS)
    after = agreed_on(day)

    undone = undo(desk)
    assert undone is not None
    assert undone.words == f"Undone: {WORDS}"
    assert undone.took_back
    assert agreed_on(day) == before
    day.sync()
    assert day.lost_note() == day.as_shipped

    again = redo(desk)
    assert again is not None
    assert again.words == f"Done again: {WORDS}"
    assert agreed_on(day)[0] == after[0]
    day.sync()
    assert day.lost_note() == "12"


def test_undo_after_the_sync_reads_the_field_as_before_with_the_next_one(day: Day) -> None:
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()
    assert day.lost_note() == "12"

    assert undo(day.core.desk()) is not None
    assert not day.field("lost_note").own
    day.sync()

    assert day.lost_note() == day.as_shipped
    assert agreed_on(day)[0] is None
    assert (day.field("lost_note").theirs or CrmField(Kind.DEAL, "", "", "")).theirs == "lost_note"


def test_as_it_ships_is_undone_too_and_what_the_crm_had_told_of_the_field_is_said_again(day: Day) -> None:
    desk = day.core.desk()
    map_field(desk, Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()
    before = agreed_on(day)
    map_field(desk, Kind.DEAL, "lost_note", None, "Note on the loss is as it ships")

    undo(desk)

    assert agreed_on(day) == before
    day.sync()
    assert day.lost_note() == "12"


def test_what_was_agreed_on_since_is_not_undone_along_with_an_earlier_choice(day: Day) -> None:
    desk = day.core.desk()
    first = show_field(desk, Kind.DEAL, VEHICLES, False, "“Vehicles” is no longer shown", day.core.workspace.field_map)
    assert first is not None
    map_field(desk, Kind.DEAL, "lost_note", VEHICLES, WORDS)
    since = agreed_on(day)

    done = undo(desk, first.gesture_id)

    assert done is not None
    assert done.words == "Not undone: “Vehicles” is no longer shown. It was changed again since"
    assert not done.took_back
    assert agreed_on(day) == since
    assert redo(desk) is None


def test_what_the_rep_writes_arrives_in_the_field_that_was_chosen(day: Day) -> None:
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()

    with day.core.database.read() as rows:
        reason = rows.value("SELECT id FROM loss_reasons LIMIT 1")
    lose(day.core.desk(), day.deal, reason, "Too dear", "Lost")
    day.sync()

    (there,) = day.engine.connector.fetch(Kind.DEAL, [day.remote_id])
    assert there.extra[VEHICLES] == "Too dear"
    with day.core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded')") == 0


def test_unsent_words_stay_when_the_field_is_taken_from_elsewhere_and_back(day: Day) -> None:
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()
    lose(day.core.desk(), day.deal, None, "Too dear", "Lost")  # the CRM asks for a reason: it stays here
    day.sync()

    map_field(day.core.desk(), Kind.DEAL, "lost_note", None, WORDS)
    assert day.sync().attention == 1

    assert day.lost_note() == "Too dear"


def test_the_choice_survives_a_restart(day: Day) -> None:
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.core._connector = None
    again = make_engine(day.core)

    again.cycle()

    assert day.lost_note() == "12"
    assert isinstance(again.connector, DemoConnector)


def test_a_restart_between_the_choice_and_the_sync_reads_everything_anew_all_the_same(day: Day) -> None:
    day.sync()
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    fresh = make_engine(day.core)  # its connector knows the map already, the book not yet

    fresh.cycle()
    fresh.cycle()

    assert day.lost_note() == "12"


def test_only_the_kind_that_was_changed_is_read_again(day: Day) -> None:
    day.sync()
    with day.core.database.read() as rows:
        before = {str(kind): at for kind, at in rows.all("SELECT kind, full_at FROM cursors")}
    day.now += timedelta(hours=1)
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)

    day.sync()

    with day.core.database.read() as rows:
        after = {str(kind): at for kind, at in rows.all("SELECT kind, full_at FROM cursors")}
    assert {kind for kind, at in after.items() if at != before[kind]} == {"deal"}


def test_back_to_as_it_ships_what_stood_elsewhere_goes_and_no_field_is_mourned(day: Day) -> None:
    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()
    map_field(day.core.desk(), Kind.DEAL, "lost_note", None, WORDS)
    connect = day.core._connect
    assert connect is not None

    def without(field_map: FieldMap) -> DemoConnector:
        made = connect(field_map)
        assert isinstance(made, DemoConnector)
        made._crm.fields.retired.add((Kind.DEAL, "lost_note"))
        return made

    day.core._connect = without
    day.sync()

    assert day.lost_note() is None
    with day.core.database.read() as rows:
        assert not notices.every(rows)


def test_what_can_be_chosen_is_told_with_how_often_it_is_filled(day: Day) -> None:
    day.sync()
    note = day.field("lost_note")

    assert (note.theirs.theirs if note.theirs else None, note.own) == ("lost_note", False)
    vehicles = next(each for each in note.choices if each.theirs == VEHICLES)
    assert vehicles.filled is not None
    assert 0 < vehicles.filled < 1
    assert not day.field("close_on").choices, "a text can't be a day"

    map_field(day.core.desk(), Kind.DEAL, "lost_note", VEHICLES, WORDS)
    day.sync()
    chosen = day.field("lost_note")
    assert (chosen.theirs.theirs if chosen.theirs else None, chosen.own) == (VEHICLES, True)
    assert VEHICLES in {each.theirs for each in chosen.choices}


def test_a_field_that_the_crm_does_not_have_cant_be_chosen(day: Day) -> None:
    desk = day.core.desk()

    assert not map_field(desk, Kind.DEAL, "lost_note", "made_up", WORDS)
    assert not map_field(desk, Kind.DEAL, "stage_since_at", VEHICLES, WORDS)
    assert not show_field(desk, Kind.DEAL, "made_up", True, WORDS)
    assert not map_field(desk, Kind.DEAL, "lost_note", None, WORDS), "as it ships already"


def test_further_fields_and_outcomes_are_kept_beside_each_other(day: Day) -> None:
    desk = day.core.desk()

    assert show_field(desk, Kind.DEAL, VEHICLES, True, WORDS)
    assert map_outcome(desk, "no_answer", "Kein Kontakt", WORDS)
    assert map_field(desk, Kind.DEAL, "lost_note", VEHICLES, WORDS)

    with day.core.database.read() as rows:
        kept = workspaces.field_map(rows)
    assert kept == FieldMap({"deal.lost_note": VEHICLES}, {"no_answer": "Kein Kontakt"}, {"deal": (VEHICLES,)})
    assert show_field(desk, Kind.DEAL, VEHICLES, False, WORDS)
    with day.core.database.read() as rows:
        kept = workspaces.field_map(rows)
    assert kept is not None
    assert not kept.shown.get("deal")


def test_a_section_that_cant_be_read_leaves_the_crm_as_it_ships(day: Day) -> None:
    with day.core.database.write() as write:
        meta.put(write, workspaces.KEY, {"field_map": {"fields": {"deal.stage": 7}, "weather": "fine"}})

    assert day.sync().phase is Phase.IDLE
    assert day.lost_note() == day.as_shipped
