"""The rules by which the rep's value and the CRM's become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from companion.domain.collisions import both_texts, plain
from companion.domain.records import Kind, Value
from companion.sync.merge import Plan, plan

NONE: Final[dict[str, Value]] = {}


Values = Mapping[str, Value]


def judged(
    values: Values, seen: Values, theirs: Values, *, kind: Kind = Kind.DEAL, own: Values = NONE, as_one: bool = False
) -> Plan:
    return plan(kind, values, seen, theirs, own, as_one=as_one)


def test_a_value_that_nobody_else_touched_is_written() -> None:
    assert judged({"name": "B"}, {"name": "A"}, {"name": "A"}).write == {"name"}


def test_a_value_that_the_crm_has_already_is_done_without_a_write() -> None:
    found = judged({"name": "B"}, {"name": "A"}, {"name": "B"})
    assert found == Plan(done=frozenset({"name"}))


def test_two_values_for_one_field_are_a_conflict_that_names_theirs() -> None:
    assert judged({"amount": 2}, {"amount": 1}, {"amount": 3}).conflict == {"amount": 3}


def test_edits_of_different_fields_do_not_meet() -> None:
    found = judged({"name": "B"}, {"name": "A"}, {"name": "A", "amount": 3})
    assert found == Plan(write=frozenset({"name"}))


def test_stage_and_probability_collide_together() -> None:
    found = judged(
        {"stage": "s2", "probability": 50, "name": "B"},
        {"stage": "s1", "probability": 10, "name": "A"},
        {"stage": "s1", "probability": 30, "name": "A"},
    )
    assert found.conflict == {"stage": "s1", "probability": 30}
    assert found.write == {"name"}


def test_what_the_crms_automations_made_of_my_own_last_write_is_no_strangers_change() -> None:
    values: Values = {"stage": "s3", "probability": 90}
    seen: Values = {"stage": "s2", "probability": 50}
    theirs: Values = {"stage": "s2", "probability": 40}
    assert judged(values, seen, theirs, own={"stage": "s2"}).write == {"stage", "probability"}
    assert judged(values, seen, theirs).conflict


def test_my_own_last_write_excuses_no_field_that_it_did_not_set() -> None:
    found = judged({"amount": 3}, {"amount": 1}, {"amount": 2, "name": "B"}, own={"name": "B"})
    assert found.conflict == {"amount": 2}


def test_a_follower_field_never_collides_by_itself() -> None:
    found = judged({"stage_since_at": 9}, {"stage_since_at": 1}, {"stage_since_at": 5})
    assert found.write == {"stage_since_at"}


def test_the_fields_of_a_verb_stand_or_fall_together() -> None:
    values, seen = {"status": "won", "lost_note": "x", "name": "B"}, {"status": "open", "lost_note": None, "name": "A"}
    found = judged(values, seen, {"status": "open", "lost_note": None, "name": "C"}, as_one=True)
    assert set(found.conflict) == {"status", "lost_note", "name"}


def test_a_field_that_cant_be_read_there_is_written() -> None:
    assert judged({"lost_note": "x"}, {"lost_note": None}, {}).write == {"lost_note"}


@given(st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.text(max_size=30)))
@example("  x ")
@example("a\r\nb ")
def test_a_write_followed_by_its_own_echo_is_never_a_conflict(value: Value) -> None:
    for name in ("name", "phone", "email"):
        echo = plain(Kind.PERSON, name, value)
        found = judged({name: value}, {name: "before"}, {name: echo}, kind=Kind.PERSON)
        assert not found.conflict


values = st.sampled_from([None, 0, 1, "a", "b", " a", "A"])
fields = st.sampled_from(["name", "amount", "stage", "probability", "email"])
triples = st.dictionaries(fields, st.tuples(values, values, values), min_size=1)


@given(triples)
def test_each_field_has_exactly_one_verdict_and_nothing_unseen_is_written(
    triple: dict[str, tuple[Value, Value, Value]],
) -> None:
    mine = {name: each[0] for name, each in triple.items()}
    seen = {name: each[1] for name, each in triple.items()}
    theirs = {name: each[2] for name, each in triple.items()}
    found = judged(mine, seen, theirs)
    verdicts = [found.write, found.done, frozenset(found.conflict)]
    assert sum(len(each) for each in verdicts) == len(mine)
    assert frozenset().union(*verdicts) == frozenset(mine)
    for name in found.write:
        assert plain(Kind.DEAL, name, theirs[name]) == plain(Kind.DEAL, name, seen[name])


def test_two_additions_to_one_text_are_offered_one_after_the_other() -> None:
    assert both_texts("Called.", "Called. Send offer", "Called. On leave") == "Called. On leave\nSend offer"
    assert both_texts("Called.", "Rewritten", "Called. On leave") is None
