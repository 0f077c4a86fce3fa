"""A reason taken apart: every fact has its record, and who would move is exactly who would."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest

from companion.actions.desk import Desk
from companion.actions.hide_reason import count_answer, hide_reason
from companion.database import Write
from companion.domain.records import Kind
from companion.queries import rule_feedback, rule_steps
from companion.queries.explain import FOR_GOOD, Explanation, explain
from companion.queries.rule_preview import preview
from companion.store import scores
from tests.book import WORKSPACE, ZONE, Book


def explained(book: Book, kind: Kind, subject: str, rule_id: str | None = None) -> Explanation:
    found = book.read(explain, kind, subject, WORKSPACE, book.now, ZONE, "me", rule_id)
    assert isinstance(found, Explanation)
    return found


def exists(book: Book, kind: str, record_id: str) -> bool:
    table = {"activity": "activities", "engagement": "engagements", "deal": "deals", "person": "people"}[kind]
    with book.database.read() as rows:
        return bool(rows.value(f"SELECT 1 FROM {table} WHERE id = ?", (record_id,)))


def full(book: Book) -> dict[str, str]:
    """People whom most rules find, by a word for each."""
    people = {}
    for name in ("proposal", "passed", "stuck", "promise", "inbound", "quiet", "quote", "lead", "trial", "renewal"):
        people[name] = book.person(name.capitalize())
    book.deal(people["proposal"], close_on=book.on(3))
    book.email(people["proposal"], book.at(-6), subject="Proposal v2")
    book.deal(people["passed"], close_on=book.on(-3))
    book.deal(people["stuck"], stage="Negotiation", stage_since_at=book.at(-40))
    book.task(people["promise"], -2, "Send a quote", promise="mine")
    book.email(people["inbound"], book.at(-1), "in", "A question")
    book.deal(people["quiet"], amount=90_000)
    for days in (40, 36, 32):
        book.email(people["quiet"], book.at(-days), "out", "Ask")
        book.email(people["quiet"], book.at(-days + 1), "in", "Re: Ask")
    book.engagement("quote_opened", people["quote"], book.at(0, "08:00"), "the quote", count=4)
    book.engagement("form", people["lead"], book.at(-1), "Call me back after the webinar")
    book.deal(people["trial"], amount=6_000, trial_ends_on=book.on(1), close_on=book.on(30))
    book.deal(people["renewal"], amount=6_000, contract_ends_on=book.on(50), close_on=book.on(50))
    book.refresh()
    return people


def test_everybody_on_the_list_has_facts_that_open_and_a_rule_in_words(book: Book) -> None:
    full(book)
    rows = book.today().rows
    assert len({row.reason.rule_id for row in rows}) >= 9

    for row in rows:
        found = explained(book, Kind(row.kind), row.id)
        assert found.reason == row.reason
        assert found.facts, row.reason.row_sentence
        assert found.grounds
        assert len(found.others) == row.more
        told = {(part.kind, part.id) for part in found.reason.full}
        assert told <= {(fact.kind, fact.id) for fact in found.facts}
        for fact in found.facts:
            assert exists(book, fact.kind, fact.id), fact
            assert fact.text


def test_another_reason_of_the_same_person_can_be_asked_for(book: Book) -> None:
    person = book.person()
    book.deal(person, close_on=book.on(-3), stage_since_at=book.at(-90))
    book.task(person, -2, "Send a quote", promise="mine")
    book.refresh()

    first, other = explained(book, Kind.PERSON, person), explained(book, Kind.PERSON, person, "stuck-in-stage")

    assert (first.reason.rule_id, first.place) == ("promise-late", 1)
    assert first.step_id is not None
    assert (other.reason.rule_id, other.step_id) == ("stuck-in-stage", None)
    assert first.reason in other.others


def test_a_deal_is_explained_by_its_own_reason_on_its_persons_row(book: Book) -> None:
    person = book.person()
    calm, late = book.deal(person, name="Calm"), book.deal(person, name="Late", close_on=book.on(-3))
    book.task(person, 3, deal_id=calm)
    book.refresh()

    found = explained(book, Kind.DEAL, late)

    assert (found.kind, found.id, found.reason.rule_id) == ("person", person, "close-date-passed")
    assert book.read(explain, Kind.DEAL, calm, WORKSPACE, book.now, ZONE, "me") is None


def test_somebody_whom_nothing_speaks_of_has_no_explanation(book: Book) -> None:
    assert book.read(explain, Kind.PERSON, book.person(), WORKSPACE, book.now, ZONE, "me") is None
    assert book.read(explain, Kind.PERSON, "nobody", WORKSPACE, book.now, ZONE, "me") is None


def test_what_is_hidden_here_is_told_with_its_end_or_that_it_has_none(book: Book) -> None:
    person = book.person()
    book.deal(person, close_on=book.on(-3), stage_since_at=book.at(-90))
    with book.database.write() as write:
        for rule, until in (("close-date-passed", book.at(7)), ("no-next-step", FOR_GOOD)):
            write.text(
                "INSERT INTO hidden_reasons (record_id, rule_id, until_at, why) VALUES (?, ?, ?, 'never')",
                (person, rule, until),
            )
    book.refresh()

    found = explained(book, Kind.PERSON, person)

    assert found.reason.rule_id == "stuck-in-stage"
    ends = {each.rule_name: each.until.date().isoformat() if each.until else None for each in found.hidden}
    assert ends == {"Close date passed": book.on(7), "No next step": None}


# What would move ────────────────────────────────────────────────────────────────────────────────────────────────────


def moving(book: Book, rule_id: str, at_once: int = 3) -> rule_steps.Moving:
    rule = WORKSPACE.rule(rule_id)
    assert rule is not None
    both = rule_steps.steps(rule)
    assert both is not None
    whom = book.read(rule_steps.subjects, both, book.now, ZONE, "me")
    found = rule_steps.Moving()
    for start in range(0, len(whom), at_once):
        some = whom[start : start + at_once]
        found += book.read(rule_steps.look, some, both, WORKSPACE, book.now, ZONE, "me")
    return found.ranked


def test_one_step_softer_and_stricter_name_who_joins_and_who_leaves(book: Book) -> None:
    for days in (2, 3, 4, 5, 6):
        person = book.person(f"Sent {days}")
        book.deal(person, close_on=book.on(40))
        book.email(person, book.at(-days), subject="Proposal")
        book.task(person, 30)
    book.refresh()

    found = moving(book, "proposal-no-reply")

    assert [each.who for each in found.joins] == ["Sent 3"]
    assert [each.who for each in found.leaves] == ["Sent 4"]
    assert found.joins[0].sentence.startswith("Proposal sent 3 days ago, no reply")


def test_whoever_has_another_reason_stays(book: Book) -> None:
    person = book.person("Both")
    book.deal(person, close_on=book.on(-1), stage_since_at=book.at(-90))
    alone = book.person("Alone")
    book.deal(alone, close_on=book.on(-1))
    book.task(alone, 30)
    book.refresh()

    found = moving(book, "close-date-passed")

    assert {each.who: each.stays for each in found.leaves} == {"Both": True, "Alone": False}


@pytest.mark.parametrize("rule", [rule for rule in WORKSPACE.rules if rule_steps.steps(rule)], ids=lambda rule: rule.id)
def test_who_moves_is_the_difference_of_two_previews(book: Book, rule) -> None:  # type: ignore[no-untyped-def]
    full(book)
    both = rule_steps.steps(rule)
    assert both is not None

    def matched(changed: object) -> set[str]:
        shown = book.read(preview, changed, WORKSPACE, book.now, ZONE, "me", 1000) if changed else None
        return {match.id for match in shown.matches} if shown else set()

    now = matched(rule)
    found = moving(book, rule.id)

    assert {each.id for each in found.joins} == (matched(both.softer) - now if both.softer else set())
    assert {each.id for each in found.leaves} == (now - matched(both.stricter) if both.stricter else set())


# Answers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_are_counted_for_thirty_days_and_by_why(book: Book, desk: Desk) -> None:
    one, two = book.person("One"), book.person("Two")
    week = dt.timedelta(days=7)
    hide_reason(desk, Kind.PERSON, one, "quiet", book.now + week, "hidden", "x")
    hide_reason(desk, Kind.PERSON, one, "quiet", book.now + week, "wrong", "x")
    hide_reason(desk, Kind.PERSON, two, "quiet", book.now + week, "never", "x")
    count_answer(desk, two, "promise-due", "done")

    found = book.read(rule_feedback.feedback, "quiet", book.now)
    assert (found.times, found.words) == (3, "You hid reasons of this rule 3 times in 30 days")
    done = book.read(rule_feedback.feedback, "promise-due", book.now)
    assert (done.times, done.hidden, done.words) == (1, 0, "")
    book.now += dt.timedelta(days=31)
    assert book.read(rule_feedback.feedback, "quiet", book.now).words == ""


@pytest.fixture
def desk(book: Book) -> Desk:
    """The rep's hand on this book."""
    ids = count(1)

    def rescore(write: Write, touched: frozenset[tuple[Kind, str]], now: dt.datetime) -> None:
        scores.refresh(write, scores.subjects_of(write, touched), WORKSPACE, now, ZONE, "me")

    return Desk(book.database, lambda: book.now, lambda: f"{next(ids):032x}", rescore, "me")
