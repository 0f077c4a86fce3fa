"""One record or change that nobody can cope with stops itself alone, is not tried for ever, and is never dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from companion.connectors import payload
from companion.connectors.base import Identity, Op, Result, Unknown, Unreachable, Upsert
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.rows import Row
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import records
from companion.sync import strikes
from companion.sync.session import Session
from tests.sync.world import COLLEAGUE, REP, World, small_book

Office = Callable[..., World]
HOUR = 3600


class Sick(DemoConnector):
    """A CRM that breaks on some ops: `bad` of their fields, in one of the ways of `how`."""

    how = "500"
    applies = False
    attempts: list[float]
    world: World

    def bad(self, op: Op) -> bool:
        return "poison" in str(op.fields.get("body") or op.fields.get("role") or "")

    def push(self, ops: Sequence[Op]) -> list[Result]:
        if not any(self.bad(op) for op in ops) or self.how == "well":
            return super().push(ops)
        self.attempts.append(self.world.now)
        if self.how == "bug":
            raise UnicodeEncodeError("utf-8", "", 0, 1, "a bug in the connector")
        if self.how == "unreachable":
            raise Unreachable("the proxy hates this text")
        done = super().push([op for op in ops if self.applies or not self.bad(op)])
        rest = iter(done)
        results: list[Result] = []
        for op in ops:
            answer = next(rest) if self.applies or not self.bad(op) else None
            bad = self.bad(op)
            results.append(Unknown(op.id, "the trigger “Sum up” failed", answered=True) if bad else _sure(answer))
        return results


def _sure(answer: Result | None) -> Result:
    assert answer is not None
    return answer


class Hospital(World):
    """The office at such a CRM."""

    connector: Sick
    kept: list[float]

    def connect(self) -> DemoConnector:
        connector = Sick(self.crm, REP, wire=self.wire)
        self.kept = getattr(self, "kept", [])
        connector.attempts, connector.world = self.kept, self
        return connector

    def days(self, days: float, *, every_s: float = 600) -> None:
        """Cycles for so long; what a cycle raises is the worker's to survive."""
        end = self.now + days * 24 * HOUR
        while self.now < end:
            self.pass_time(every_s)
            with suppress(UnicodeEncodeError):
                self.engine.cycle()


@pytest.fixture
def office(tmp_path: Path) -> Hospital:
    world = Hospital(tmp_path)
    world.sync()
    return world


@pytest.mark.parametrize("how", ["500", "bug", "unreachable"])
def test_one_change_that_the_crm_breaks_on_is_tried_eight_times_in_a_day_and_then_shown(
    office: Hospital, how: str
) -> None:
    office.connector.how = how
    bad = office.log_call("P1", "poison")
    good = [office.log_call("P2", f"call {number}") for number in range(30)]
    office.days(0.2)
    assert {office.state(each) for each in good} == {OpState.DONE}
    assert office.state(bad) in (OpState.PENDING, OpState.UNKNOWN)
    office.days(3)
    assert office.state(bad) is OpState.ATTENTION
    assert office.op(bad).values["body"] == "poison", "its text is kept"
    most = strikes.MOST if how != "unreachable" else strikes.MOST + 3
    assert len(office.kept) <= most
    assert office.kept[-1] - office.kept[0] >= 24 * HOUR
    if how == "500":
        words = str(office.op(bad).problems[0]["words"])
        assert "the trigger “Sum up” failed" in words
    office.connector.how = "well"
    office.answer.retry(bad)
    assert office.sync(3).all_synced
    assert len(office.made(Kind.ACTIVITY, body="poison")) == 1


def test_a_change_that_landed_though_the_crm_said_it_failed_is_not_made_twice(office: Hospital) -> None:
    office.connector.applies = True
    office.crm.switch(identity=Identity.EXTERNAL_KEY)
    office.restart()
    office.connector.applies = True
    bad = office.log_call("P1", "poison")
    office.days(3)
    assert len(office.made(Kind.ACTIVITY, body="poison")) == 1
    assert office.state(bad) is OpState.DONE


def test_restarts_do_not_make_the_crm_be_asked_more_often(office: Hospital) -> None:
    office.log_call("P1", "poison")
    for _ in range(60):
        office.days(0.01)
        office.restart()
    assert len(office.kept) <= strikes.MOST


def test_a_clock_that_is_set_back_or_on_ends_no_wait_for_ever(office: Hospital) -> None:
    bad = office.log_call("P1", "poison")
    office.sync(3)
    for years in (10, -10, 10):
        office.now += years * 365 * 24 * HOUR
        office.days(1, every_s=2000)
    office.days(3)
    assert office.state(bad) is OpState.ATTENTION
    assert len(office.kept) <= strikes.MOST


def test_a_crm_that_fails_on_everything_for_hours_is_to_blame_itself(office: Hospital) -> None:
    office.connector.bad = lambda op: True  # type: ignore[method-assign]
    ops = [office.log_call("P1", f"call {number}") for number in range(40)]
    office.days(2, every_s=1800)
    assert {office.state(each) for each in ops} <= {OpState.PENDING, OpState.UNKNOWN}
    office.connector.how = "well"
    office.days(0.7)
    assert {office.state(each) for each in ops} == {OpState.DONE}
    assert len(office.made(Kind.ACTIVITY, what="call")) == 40


def test_the_others_go_on_at_once_when_the_crm_takes_one_of_them(office: Hospital) -> None:
    office.connector.bad = lambda op: True  # type: ignore[method-assign]
    ops = [office.log_call("P1", f"call {number}") for number in range(40)]
    office.days(0.3, every_s=300)
    office.connector.how = "well"
    fresh = office.log_call("P2", "the first that goes through")
    office.sync(3)
    assert {office.state(each) for each in (*ops, fresh)} == {OpState.DONE}


def test_an_update_of_a_record_that_cant_even_be_read_there_stops_nobody_else(office: Hospital) -> None:
    fetch = office.connector.fetch

    def broken(kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        if kind is Kind.PERSON and "P1" in remote_ids:
            raise Unreachable("answered 500")
        return fetch(kind, remote_ids)

    office.connector.fetch = broken  # type: ignore[method-assign]
    bad = office.edit(Kind.PERSON, "P1", role="Chief")
    good = [office.edit(Kind.PERSON, each, role="Chief") for each in ("P2", "P3")]
    office.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=7)
    office.days(0.5, every_s=300)
    assert [office.state(each) for each in good] == [OpState.DONE] * 2
    assert office.shown(Kind.DEAL, "D1", "amount") == 7, "reading goes on"
    office.days(4)
    assert office.state(bad) is OpState.ATTENTION


# Records ────────────────────────────────────────────────────────────────────────────────────────────────────────────

POISONS: Mapping[str, Value] = {
    "a lone surrogate": "caf\udce9",
    "an integer beyond 64 bits": 2**63,
    "not a number": float("nan"),
    "beyond all numbers": 1e400,
    "text without end": "x" * (8 << 20) + "x",
    "a list": ["a"],  # type: ignore[dict-item]
}


@pytest.mark.slow
@pytest.mark.parametrize("what", POISONS)
def test_of_ten_thousand_records_one_is_poison_and_all_others_land(tmp_path: Path, what: str) -> None:
    stamp = 1_794_000_000.0
    many = [
        Row(Kind.COMPANY, f"N{number}", {"name": f"Company {number}"}, {"owner": REP}, stamp=stamp)
        for number in range(9_998)
    ]
    bad = Row(Kind.COMPANY, "BAD", {"name": "Bad", "city": POISONS[what]}, {"owner": REP}, stamp=stamp)
    world = World(tmp_path, rows=[*small_book(), *many[:5000], bad, *many[5000:]], rows_at_once=5000)
    status = world.sync()
    with world.database.read() as rows:
        assert records.count(rows, Kind.COMPANY) == 10_000
    assert status.attention == 1
    world.crm.edit(COLLEAGUE, Kind.COMPANY, "BAD", city="Bern")
    assert world.sync().attention == 0
    assert world.shown(Kind.COMPANY, "BAD", "city") == "Bern"


@pytest.mark.parametrize(
    "broken",
    [
        Upsert(Kind.DEAL, "X", "1", {"name": "X"}, {"person": "p\ud800"}),
        Upsert(Kind.DEAL, "X", "1", {"name": "X"}, people=(("P1", "role\ud800"),)),
        Upsert(Kind.DEAL, "X", "1", {"name": "X"}, people=(("p\ud800", "role"),)),
        Upsert(Kind.DEAL, "X", "1", {"name": "X"}, op_id="op\ud800"),
        Upsert(Kind.DEAL, "X\ud800", "1", {"name": "X"}),
        Upsert(Kind.DEAL, "X", "1\ud800", {"name": "X"}),
    ],
    ids=["link", "role", "participant", "mark", "id", "version"],
)
def test_a_broken_character_anywhere_in_a_record_stops_that_record_alone(office: Hospital, broken: Upsert) -> None:
    good = Upsert(Kind.DEAL, "Y", "1", {"name": "Y"}, {"person": "P1"})
    pull = office.engine.puller(_session(office))
    with pull.session.write() as write:
        pull.take(write, Kind.DEAL, [broken, good])
    assert office.shown(Kind.DEAL, "Y", "name") == "Y"
    with office.database.read() as rows:
        assert rows.value("SELECT count(*) FROM poison") == 1


def _session(office: Hospital) -> Session:
    session = office.engine._session()
    assert session is not None
    return session


def test_broken_characters_in_what_is_shown_beside_a_record_are_marked(office: Hospital) -> None:
    odd = Upsert(Kind.DEAL, "Y", "1", {"name": "Y"}, extra={"Tags\ud800": "hot\udfff", "Notes": "n" * (2 << 20)})
    pull = office.engine.puller(_session(office))
    with pull.session.write() as write:
        pull.take(write, Kind.DEAL, [odd])
    record = office.record(Kind.DEAL, office.local(Kind.DEAL, "Y"))
    assert record is not None
    "".join([*record.extra, *record.extra.values()]).encode()


@pytest.mark.parametrize(
    ("kind", "remote_id", "odd"),
    [
        (Kind.DEAL, "D1", {"amount": "a lot"}),
        (Kind.DEAL, "D1", {"close_on": "next spring"}),
        (Kind.DEAL, "D1", {"close_on": 20261220}),
        (Kind.DEAL, "D1", {"close_on": "2026-02-30"}),
        (Kind.DEAL, "D1", {"created_at": 10**15}),
        (Kind.DEAL, "D1", {"probability": "high", "stage_since_at": "yesterday"}),
    ],
)
def test_a_field_that_was_retyped_is_kept_beside_the_record_and_stops_nothing(
    office: Hospital, kind: Kind, remote_id: str, odd: dict[str, Value]
) -> None:
    office.crm.edit(COLLEAGUE, kind, remote_id, name="Sails", **odd)
    office.sync()
    record = office.record(kind, office.local(kind, remote_id))
    assert record is not None
    assert record.fields["name"] == "Sails"
    assert {record.fields[name] for name in odd} == {None}
    assert set(record.extra.values()) == {str(value) for value in odd.values()}
    clash = office.save(kind, record.id, {"name": "Masts"})
    unsent = office.edit(kind, remote_id, amount=5)
    office.crm.edit(COLLEAGUE, kind, remote_id, name="Keels")
    office.sync()
    assert office.state(clash) is OpState.CONFLICT
    assert unsent is not None
    assert office.sync().problem is None


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 5_000, b"[" + b"9" * 5_000 + b"]", b'{"a": 1e999999}', b'{"a": "\xed\xa0\x80"}']
)
def test_an_answer_that_is_nested_or_long_without_end_is_no_crash(body: bytes) -> None:
    try:
        value = payload.decode(body)
    except payload.Unreadable:
        return
    assert payload.unsound(value) is not None or json.dumps(value)


# Keyboard ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_broken_characters_from_the_keyboard_are_cleaned_at_the_door(office: Hospital) -> None:
    call = office.log_call("P1", "Hello \ud83d wor\0ld")
    edit = office.edit(Kind.PERSON, "P1", role="Chief \udcff")
    assert office.op(call).values["body"] == "Hello \ufffd world"
    assert office.shown(Kind.PERSON, "P1", "role") == "Chief \ufffd"
    assert office.sync(2).all_synced
    assert office.state(edit) is OpState.DONE


def test_a_number_that_no_crm_can_hold_is_refused_at_the_door_and_nothing_is_kept_of_it(office: Hospital) -> None:
    for number in (2**63, float("inf")):
        with pytest.raises(ValueError):
            office.edit(Kind.DEAL, "D1", amount=number)
    assert office.shown(Kind.DEAL, "D1", "amount") == 100_00
    assert not office.ops(*OpState)
