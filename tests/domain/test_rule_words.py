"""A rule in plain words: every condition of every rule reads as a sentence with today's values."""

from __future__ import annotations

import pytest

from companion.domain import rule_words
from companion.domain.ranking import argued
from companion.domain.records import Kind
from companion.domain.rules import Condition
from companion.domain.signals import VOCABULARY, Moment, Signal
from companion.store import relationships
from tests.book import WORKSPACE, ZONE, Book

VALUES = {"days": 3, "count": 3, "money": 5_000_000, "instant": 1_795_500_000, "yes": True, "text": "x"}


@pytest.mark.parametrize("rule", WORKSPACE.rules, ids=lambda rule: rule.id)
def test_every_condition_of_every_rule_is_a_sentence(book: Book, rule) -> None:  # type: ignore[no-untyped-def]
    moment = Moment.of(book.now, ZONE)
    signals = {
        each.signal: Signal(VALUES[VOCABULARY[each.signal].type], "person", "p")
        for each in (*rule.when, *rule.tint_when)
        if each.value is not False
    }
    signals["deal_money"] = Signal((5_000_000, "EUR"), "deal", "d")

    said = rule_words.grounds(rule, signals, moment)

    silent = [each for each in rule.when if each.signal.endswith("_awaited") and each.value is False]
    assert len(said) >= len(rule.when) - len(silent)
    for ground in said:
        assert len(ground.said) >= 8, ground
        assert "_" not in ground.said
        assert "None" not in ground.said


def test_the_words_are_those_of_today_with_the_limit(book: Book) -> None:
    person = book.person()
    book.deal(person, close_on=book.on(3))
    book.email(person, book.at(-6), subject="Proposal v2")
    moment = Moment.of(book.now, ZONE)

    with book.database.read() as rows:
        ((relationship, _),) = relationships.load(rows, [(Kind.PERSON, person)], moment, "me")
    _, rule, signals, _ = argued(relationship, WORKSPACE.rules, moment, WORKSPACE.agreed({}))[0]

    assert [tuple(each) for each in rule_words.grounds(rule, signals, moment)] == [
        ("proposal sent 6 days ago, no reply", "4 days"),
        ("they have an open deal", ""),
        ("no touch is planned", ""),
        ("closes in 3 days", ""),
    ]


@pytest.mark.parametrize(
    ("rule_id", "softer", "stricter"),
    [
        ("proposal-no-reply", "3 days", "5 days"),
        ("close-date-passed", None, "2 days"),
        ("quiet", "9 days", "11 days"),
        ("renewal", "61 days", "59 days"),
        ("promise-due", "1 day", None),
        ("one-contact", "€40k", "€60k"),
        ("next-step-due", "48 h", None),
        ("no-next-step", None, None),
    ],
)
def test_a_threshold_moves_by_one_step_and_never_to_where_nothing_is(
    rule_id: str, softer: str | None, stricter: str | None
) -> None:
    rule = WORKSPACE.rule(rule_id)
    assert rule is not None

    found = rule_words.threshold(rule)

    said = (None, None)
    if found is not None:
        condition = rule.when[found.place]
        said = tuple(  # type: ignore[assignment]
            None if value is None else rule_words.number_words(condition, value)
            for value in (found.softer, found.stricter)
        )
    assert said == (softer, stricter)


def test_a_limit_of_nothing_is_not_told() -> None:
    assert rule_words.limit_words(Condition("fresh_days", ">=", 0)) == ""
    assert rule_words.limit_words(Condition("meeting_at", ">", 0)) == ""
    assert rule_words.limit_words(Condition("deal_amount", ">=", 5_000_000)) == "€50k"
