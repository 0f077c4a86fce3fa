"""Each op gets one answer, and what stops a cycle is raised only where nothing was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from companion.connectors.answering import in_groups, one_by_one, together
from companion.connectors.base import (
    Applied,
    Op,
    RateLimited,
    Rejected,
    Result,
    RetryLater,
    ScopeDenied,
    SignInNeeded,
    Unknown,
    Unreachable,
)
from companion.connectors.http import Doubtful
from companion.domain.records import Kind
from tests.connectors.contract import op

THREE = [op(Kind.COMPANY, fields={"name": name}) for name in ("a", "b", "c")]


def failing(at: str, error: Exception, sent: list[str]) -> Callable[[Op], Result]:
    """A CRM that takes all ops but the one that is called `at`."""

    def send(one: Op) -> Result:
        sent.append(str(one.fields["name"]))
        if one.fields["name"] == at:
            raise error
        return Applied(one.id, "7")

    return send


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (Doubtful("no answer"), Unknown),
        (Unreachable("no network"), RetryLater),
        (KeyError("id"), Unknown),
        (ScopeDenied("no right to read res.partner"), Rejected),
    ],
)
def test_trouble_with_one_op_is_its_answer_and_the_others_go_on(error: Exception, answer: type) -> None:
    sent: list[str] = []

    results = one_by_one(THREE, failing("b", error, sent))

    assert [type(each) for each in results] == [Applied, answer, Applied]
    assert [each.op_id for each in results] == [each.id for each in THREE]
    assert sent == ["a", "b", "c"]


def test_a_right_that_is_missing_is_told_in_words_for_the_rep() -> None:
    told = one_by_one(THREE[:1], failing("a", ScopeDenied("no right to read res.partner"), []))[0]

    assert isinstance(told, Rejected)
    assert told.problems[0].words == ScopeDenied.title


def test_a_pause_that_the_crm_asks_for_goes_with_the_answer() -> None:
    told = one_by_one(THREE[:1], failing("a", RateLimited("busy", after_s=30.0), []))[0]

    assert isinstance(told, RetryLater)
    assert told.after_s == 30.0


def test_what_stops_a_cycle_is_raised_before_anything_was_sent_and_else_leaves_the_rest_unsent() -> None:
    sent: list[str] = []
    with pytest.raises(SignInNeeded):
        one_by_one(THREE, failing("a", SignInNeeded("ended"), sent))
    assert sent == ["a"]

    sent.clear()
    results = one_by_one(THREE, failing("b", SignInNeeded("ended"), sent))

    assert [type(each) for each in results] == [Applied, RetryLater, RetryLater]
    assert sent == ["a", "b"]


def test_ops_of_one_key_that_follow_each_other_go_together_as_many_as_may() -> None:
    names = "aaabba-aaaa-"
    ops = [op(Kind.COMPANY, fields={"name": name.strip("-")}) for name in names]
    asked: list[str] = []

    def send(group: Sequence[Op]) -> list[Result]:
        asked.append("".join(str(each.fields["name"]) or "-" for each in group))
        return [Applied(each.id, "7") for each in group]

    results = in_groups(together([*ops, ops[-1]], lambda each: str(each.fields["name"]), 3), send)

    assert asked == ["aaa", "bb", "a", "-", "aaa", "a", "-", "-"]
    assert len(results) == len(ops) + 1
