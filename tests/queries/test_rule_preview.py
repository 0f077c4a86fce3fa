"""Before a rule is saved it shows whom it finds, in the words of their rows."""

from __future__ import annotations

from companion.domain.rules import Condition
from companion.queries.rule_preview import preview
from tests.book import WORKSPACE, ZONE, Book


def test_a_stricter_rule_shows_who_would_leave(book: Book) -> None:
    for i in range(5):
        book.deal(book.person(f"P{i}"), close_on=book.on(-1 - i))
    book.refresh()
    rule = WORKSPACE.rule("close-date-passed")
    assert rule is not None

    stricter = rule._replace(when=(Condition("close_passed_days", ">=", 4),))
    shown = book.read(preview, stricter, WORKSPACE, book.now, ZONE, "me")

    assert (shown.words, [match.who for match in shown.matches]) == ("2 people, 3 fewer than before", ["P4", "P3"])
    assert shown.matches[0].sentence == "Close date passed 5 days ago · no new date"


def test_every_rule_finds_by_preview_whom_it_found_for_the_list(book: Book) -> None:
    for i in range(6):
        person = book.person(f"P{i}")
        book.deal(person, 80_000, "Negotiation", close_on=book.on(i - 3), stage_since_at=book.at(-40))
        book.email(person, book.at(-i - 1), "in" if i % 2 else "out", "Proposal")
        book.task(person, i - 2, "Send a quote", promise="mine" if i == 1 else None)
        book.engagement("page_read", person, book.at(-1), "Pricing page", count=3)
    book.refresh()

    for rule in WORKSPACE.rules:
        shown = book.read(preview, rule, WORKSPACE, book.now, ZONE, "me")
        assert (rule.id, shown.total) == (rule.id, shown.before)


def test_a_rule_that_is_off_shows_whom_it_would_find(book: Book) -> None:
    book.person("Born Today", extra={"Birthday": "1980-11-24"})
    book.refresh()
    rule = WORKSPACE.rule("birthday")
    assert rule is not None

    shown = book.read(preview, rule, WORKSPACE, book.now, ZONE, "me")

    assert (shown.total, shown.before, shown.matches[0].sentence) == (1, 0, "Birthday today")
