"""The judge of a death finds what must never be: an act lost, half there, doubled, or not shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from companion.bootstrap import Core
from companion.domain.ops import OpState
from companion.domain.records import Kind
from companion.store import outbox
from tests.rig.crm_server import Office
from tests.rig.homes import USER, Home, NearConnector
from tests.rig.inquest import Inquest
from tests.rig.scenarios.acts import Rep
from tests.rig.tally import Harm, Harmed


@pytest.fixture
def inquest(tmp_path: Path) -> Inquest:
    office = Office("hubspot-like")
    home = Home(tmp_path / "home")
    home.make(office.crm)
    made = Inquest(home, office)
    _in(made, lambda core: _three_acts(core, made))
    return made


def _three_acts(core: Core, inquest: Inquest) -> None:
    told: list[dict[str, object]] = []
    rep = Rep(core, told.append)
    rep.logs_a_call("w1")
    rep.sets_an_amount("w2", "D1", 5)
    rep.logs_a_call_about("w3", "D2", 6)
    inquest.hear(told)


def _in(inquest: Inquest, do: Callable[[Core], None]) -> None:
    with inquest.home.lived_in():
        core = inquest.home.open(NearConnector(inquest.crm, USER))
        do(core)
        core.close()


def _sql(inquest: Inquest, sql: str) -> None:
    def run(core: Core) -> None:
        with core.database.write() as write:
            assert write.text(sql)

    _in(inquest, run)


def test_a_good_day_passes(inquest: Inquest) -> None:
    assert inquest.hold().all_synced


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM outbox WHERE said = 'w2'", "told as saved and is nowhere"),
        ("DELETE FROM outbox WHERE said = 'Next step: w1'", "half there"),
        ("DELETE FROM activities WHERE subject = 'w1' AND what = 'task'", "entries on the screen"),
        ("UPDATE deals SET amount = 7 WHERE remote_id = 'D1'", "does not show"),
        ("UPDATE outbox SET state = 'done' WHERE said = 'w2'", "amount"),
    ],
)
def test_damage_to_the_file_is_found(inquest: Inquest, damage: str, words: str) -> None:
    _sql(inquest, damage)

    with pytest.raises(Harmed, match=words) as found:
        inquest.hold()
    assert found.value.harm in (Harm.LOST, Harm.STUCK)


def test_a_call_that_is_twice_in_the_crm_is_found(inquest: Inquest) -> None:
    inquest.crm.create(USER, Kind.ACTIVITY, what="call", subject="w1")

    with pytest.raises(Harmed, match="made 3 records of 2") as found:
        inquest.hold()
    assert found.value.harm is Harm.DOUBLED


def test_an_op_that_was_sent_a_second_time_under_another_key_is_found(inquest: Inquest) -> None:
    def again(core: Core) -> None:
        with core.database.write() as write:
            op = next(op for op in outbox.in_state(write, OpState.PENDING) if op.said == "w1")
            outbox.add(write, outbox.replaced(op, id="f" * 32, seq=0))

    _in(inquest, again)

    with pytest.raises(Harmed):
        inquest.hold()
