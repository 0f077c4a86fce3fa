"""A CRM that was set back gives a new record of the rep's another one's id: both stay, and the rep is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest

from companion.actions.answer_notice import answer_notice
from companion.connectors.base import Action, Applied, Identity, Op
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import HUBSPOT_LIKE, ODOO_LIKE, PIPEDRIVE_LIKE, DemoSwitches
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Gone, Kind
from companion.domain.sync_status import Phase
from companion.store import notices
from tests.sync.world import COLLEAGUE, REP, FaultyWire, World, with_switches

Office = Callable[..., World]

COUNTING = [ODOO_LIKE, PIPEDRIVE_LIKE, HUBSPOT_LIKE]
"""They count their records, and nothing in what they tell of changes shows that they were set back."""


def set_back(office: Office, switches: DemoSwitches, **options: object) -> tuple[World, str]:
    """An office whose CRM has lost the rep's Dora, and nobody has looked since; and her local id."""
    world = office(switches=switches, **options)
    world.pass_time(3600)
    before = world.crm.snapshot()
    dora = world.create(Kind.PERSON, name="Dora", role="Head")
    world.sync(2)
    world.crm.rewind(before)
    return world, dora


def told(world: World) -> Notice | None:
    with world.database.read() as rows:
        return notices.get(rows, "rewound")


def go_on(world: World) -> None:
    assert answer_notice(world.answer.desk, "rewound", "", "send")
    world.settle()


@pytest.mark.parametrize("switches", COUNTING)
def test_the_reps_older_record_stays_with_its_changes_and_is_made_again(office: Office, switches: DemoSwitches) -> None:
    world, older = set_back(office, switches)
    newer = world.create(Kind.PERSON, name="Emil")
    world.sync()
    edit = world.change(Kind.PERSON, older, role="Chief")
    world.sync(3)

    first, second = world.record(Kind.PERSON, older), world.record(Kind.PERSON, newer)
    assert first is not None
    assert second is not None
    assert (first.fields["name"], first.fields["role"]) == ("Dora", "Chief")
    assert (second.fields["name"], second.fields["role"]) == ("Emil", None)
    assert world.state(edit) is OpState.PENDING
    notice = told(world)
    assert notice is not None
    assert notice.facts == {"missing": 1, "mine": 1}

    go_on(world)

    [dora], [emil] = world.made(Kind.PERSON, name="Dora"), world.made(Kind.PERSON, name="Emil")
    assert (dora.fields["role"], emil.fields.get("role")) == ("Chief", None)
    assert world.local(Kind.PERSON, emil.id) == newer


@pytest.mark.parametrize("switches", COUNTING)
def test_a_colleagues_record_goes_when_the_rep_was_asked_and_a_change_of_it_is_kept(
    office: Office, switches: DemoSwitches
) -> None:
    world = office(switches=switches)
    world.pass_time(3600)
    before = world.crm.snapshot()
    nina = world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync(2)
    local = world.local(Kind.PERSON, nina)
    call = world.log_call(nina, "a long talk")
    world.sync()
    world.crm.rewind(before)
    newer = world.create(Kind.PERSON, name="Emil")
    world.sync()
    edit = world.change(Kind.PERSON, local, role="Chief")
    world.sync()

    record, talk = world.record(Kind.PERSON, local), world.record(Kind.ACTIVITY, call)
    assert record is not None
    assert talk is not None
    assert (record.gone, talk.links["person"]) == (None, local)

    go_on(world)

    record, emil = world.record(Kind.PERSON, local), world.record(Kind.PERSON, newer)
    assert record is not None
    assert emil is not None
    assert record.gone is Gone.DELETED
    assert world.state(edit) is OpState.ATTENTION
    assert emil.fields["role"] is None


def test_an_id_of_what_was_deleted_may_be_given_anew(office: Office) -> None:
    world = office(switches=ODOO_LIKE)
    world.pass_time(3600)
    before = world.crm.snapshot()
    nina = world.crm.create(COLLEAGUE, Kind.PERSON, name="Nina")
    world.sync(2)
    local = world.local(Kind.PERSON, nina)
    edit = world.edit(Kind.PERSON, nina, role="Chief")
    world.crm.delete(COLLEAGUE, Kind.PERSON, nina)
    world.settle()
    world.sync(apart_s=21 * 3600)
    assert world.state(edit) is OpState.ATTENTION
    # Nothing else was made there meanwhile: only the number is free again.
    world.crm.rewind(before)
    newer = world.create(Kind.PERSON, name="Emil")
    world.sync(2)

    assert told(world) is None
    emil, record = world.record(Kind.PERSON, newer), world.record(Kind.PERSON, local)
    assert emil is not None
    assert record is not None
    assert (emil.fields["name"], emil.gone, emil.remote_id) == ("Emil", None, nina)
    assert (record.fields["name"], record.gone) == ("Nina", Gone.DELETED)
    assert world.state(edit) is OpState.ATTENTION


def test_what_the_rep_found_in_the_crm_is_not_counted_as_missing_there(office: Office) -> None:
    wire = FaultyWire(write=["lose"])
    world = office(switches=with_switches(ODOO_LIKE, identity=Identity.NONE), wire=wire)
    world.pass_time(3600)
    call = world.log_call("P1", "hello")
    world.sync(3)
    assert world.state(call) is OpState.NEEDS_REP
    assert world.answer.found(call)
    world.settle()
    before = world.crm.snapshot()
    world.create(Kind.PERSON, name="Dora")
    world.sync(2)
    world.crm.rewind(before)
    world.create(Kind.PERSON, name="Emil")
    world.sync(2)

    notice = told(world)
    assert notice is not None
    assert notice.facts == {"missing": 1, "mine": 1}
    go_on(world)
    assert [len(world.made(Kind.PERSON, name=name)) for name in ("Dora", "Emil")] == [1, 1]
    assert len(world.made(Kind.ACTIVITY, body="hello")) == 1


@pytest.mark.parametrize("switches", COUNTING)
def test_it_is_found_out_though_the_answer_was_lost(office: Office, switches: DemoSwitches) -> None:
    wire = FaultyWire()
    world, older = set_back(office, switches, wire=wire)
    newer = world.create(Kind.PERSON, name="Emil")
    wire.faults["write"] = ["lose"]
    world.engine.cycle(read=False)
    assert world.state(newer) is OpState.UNKNOWN
    for _ in range(6):
        world.pass_time(100)
        world.engine.cycle(read=False)
    world.sync()

    assert world.state(newer) is OpState.DONE
    assert [world.record(Kind.PERSON, each) is not None for each in (older, newer)] == [True, True]

    go_on(world)

    assert [len(world.made(Kind.PERSON, name=name)) for name in ("Dora", "Emil")] == [1, 1]


@pytest.mark.parametrize("switches", [ODOO_LIKE, PIPEDRIVE_LIKE])
def test_read_before_it_is_settled_the_new_one_is_not_written_over_the_older(
    office: Office, switches: DemoSwitches
) -> None:
    wire = FaultyWire()
    world, older = set_back(office, switches, wire=wire)
    world.create(Kind.PERSON, name="Emil")
    wire.faults |= {"write": ["lose"], "find": ["drop"]}
    world.sync(2)
    assert wire.faults["find"] == []
    assert told(world) is not None

    record = world.record(Kind.PERSON, older)
    assert record is not None
    assert record.fields["name"] == "Dora"

    go_on(world)

    assert [len(world.made(Kind.PERSON, name=name)) for name in ("Dora", "Emil")] == [1, 1]


@pytest.mark.parametrize("switches", COUNTING)
def test_what_a_colleague_made_under_the_id_of_the_reps_is_a_record_of_its_own(
    office: Office, switches: DemoSwitches
) -> None:
    world = office(switches=switches)
    world.pass_time(3600)
    before = world.crm.snapshot()
    mine = world.create(Kind.PERSON, name="Dora", role="Head")
    call = world.create(Kind.ACTIVITY, {"person": mine}, what="call", body="hello", done=True)
    world.sync(3)
    world.crm.rewind(before)
    other = DemoConnector(world.crm, COLLEAGUE)
    [made] = other.push(
        [Op(world.new_id(), Kind.PERSON, Action.CREATE, None, {"name": "Zoe"}, {}, {}, None, int(world.now), None)]
    )
    assert isinstance(made, Applied)
    edit = world.change(Kind.PERSON, mine, role="Chief")
    world.sync(2)

    record = world.record(Kind.PERSON, mine)
    assert record is not None
    assert (record.fields["name"], record.fields["role"], record.remote_id) == ("Dora", "Chief", None)
    assert world.shown(Kind.PERSON, made.remote_id, "name") == "Zoe"
    assert world.state(edit) is not OpState.DONE
    notice = told(world)
    assert notice is not None
    assert notice.facts == {"missing": 2, "mine": 2}

    go_on(world)

    [dora], [zoe] = world.made(Kind.PERSON, name="Dora"), world.made(Kind.PERSON, name="Zoe")
    assert (dora.fields["role"], zoe.fields.get("role")) == ("Chief", None)
    [talk] = world.made(Kind.ACTIVITY, body="hello")
    assert talk.links["person"] == dora.id
    assert world.record(Kind.ACTIVITY, call) is None


@pytest.mark.parametrize("moved", [1, 10])
def test_a_record_that_was_made_later_is_another_one_but_where_most_were_the_crms_clock_has_moved(
    office: Office, moved: int
) -> None:
    world = office(switches=ODOO_LIKE)
    made_at = int(world.now)
    people = [world.crm.create(COLLEAGUE, Kind.PERSON, name=f"N{n}", created_at=made_at) for n in range(10)]
    world.pass_time(3600)
    world.sync()
    locals_before = {each: world.local(Kind.PERSON, each) for each in people}
    before = world.crm.snapshot()
    world.create(Kind.PERSON, name="Dora")
    world.sync(2)
    world.crm.rewind(before)
    for each in people[:moved]:
        world.crm.edit(COLLEAGUE, Kind.PERSON, each, created_at=made_at + 7200)
    world.create(Kind.PERSON, name="Emil")
    world.sync(2)

    assert told(world) is not None
    changed = [each for each in people if world.local(Kind.PERSON, each) != locals_before[each]]
    assert changed == (people[:1] if moved == 1 else [])


def test_a_search_that_lags_keeps_no_other_lost_record_from_being_made_again(office: Office) -> None:
    world = office(switches=with_switches(ODOO_LIKE, search_lag_s=30.0))
    world.pass_time(3600)
    before = world.crm.snapshot()
    names = [f"N{number}" for number in range(12)]
    for name in names:
        world.create(Kind.PERSON, name=name)
    world.sync(3)
    world.crm.rewind(before)
    world.create(Kind.PERSON, name="Emil")
    world.sync(2)
    assert answer_notice(world.answer.desk, "rewound", "", "send")
    phases = [world.sync(apart_s=60).phase for _ in range(6)]

    assert set(phases) == {Phase.IDLE}
    assert [len(world.made(Kind.PERSON, name=name)) for name in names] == [1] * 12


@pytest.mark.parametrize("switches", COUNTING)
def test_after_such_an_answer_nothing_else_is_sent(office: Office, switches: DemoSwitches) -> None:
    world, _dora = set_back(office, switches)
    world.create(Kind.PERSON, name="Emil")
    edit = world.edit(Kind.DEAL, "D1", amount=7)
    world.sync(3)

    assert world.state(edit) is OpState.PENDING
    assert world.there(Kind.DEAL, "D1", "amount") == 100_00


class FindsTheWinner(DemoConnector):
    """Its marks move with a merge, as where they are records of their own."""

    def find_by_op(self, op: Op) -> str | None:
        found = super().find_by_op(op)
        merged = self.merged.get(found or "")
        return merged or found

    merged: ClassVar[dict[str, str]] = {}


class OneOfTwo(World):
    def connect(self) -> DemoConnector:
        return FindsTheWinner(self.crm, REP, wire=self.wire)


@pytest.mark.parametrize("switches", [ODOO_LIKE, PIPEDRIVE_LIKE])
def test_two_that_were_merged_while_an_answer_was_lost_are_one(
    office: Office, monkeypatch: pytest.MonkeyPatch, switches: DemoSwitches
) -> None:
    wire = FaultyWire()
    world = office(switches=switches, wire=wire)
    world.__class__ = OneOfTwo
    world.restart()
    world.create(Kind.PERSON, name="Dora")
    world.sync(2)
    newer = world.create(Kind.PERSON, name="Dora Ek")
    wire.faults["write"] = ["lose"]
    world.engine.cycle(read=False)
    [first], [second] = world.made(Kind.PERSON, name="Dora"), world.made(Kind.PERSON, name="Dora Ek")
    world.crm.merge(COLLEAGUE, Kind.PERSON, second.id, first.id)
    monkeypatch.setitem(FindsTheWinner.merged, second.id, first.id)
    for _ in range(3):
        world.pass_time(100)
        world.engine.cycle(read=False)

    assert world.state(newer) is OpState.DONE
    assert world.local(Kind.PERSON, first.id) == newer
    assert world.settle().all_synced
    assert told(world) is None
