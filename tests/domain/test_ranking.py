"""Who comes first: levels, then deadline, money and waiting; small things never outrank a waiting customer."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from companion.domain.ranking import NO_DEADLINE, Rank, found, stake_of
from companion.domain.relationship import DealRow, Entry, PersonRow, Relationship
from companion.domain.rules import LATER
from companion.domain.signals import Moment
from tests.book import WORKSPACE, ZONE, Book

NOW = dt.datetime(2026, 11, 24, 9, 12, tzinfo=ZONE)
MOMENT = Moment.of(NOW, ZONE)
AGREED = WORKSPACE.agreed({})


def deal(person: str, **values: object) -> DealRow:
    empty = dict.fromkeys(DealRow._fields)
    return DealRow(**{**empty, "id": f"deal of {person}", "status": "open", "person_id": person, **values})  # type: ignore[arg-type]


def entry(entry_id: str, what: str, days_ago: int, **values: object) -> Entry:
    empty = dict.fromkeys(Entry._fields)
    at = int(NOW.timestamp()) - days_ago * 86_400
    return Entry(**{**empty, "id": entry_id, "what": what, "at": at, **values})  # type: ignore[arg-type]


def relationship(person: str, deals: list[DealRow], entries: list[Entry]) -> Relationship:
    row = PersonRow(**{**dict.fromkeys(PersonRow._fields), "id": person, "name": person})  # type: ignore[arg-type]
    return Relationship("person", person, row, deals, sorted(entries, key=lambda each: -(each.at or 0)))


def waiting(person: str, days_ago: int) -> Relationship:
    return relationship(person, [], [entry(f"{person}-in", "email", days_ago, direction="in", subject="A question")])


@st.composite
def neglected(draw: st.DrawFn, person: str) -> Relationship:
    """Somebody with any number of small things: no next step, one contact, quiet, stuck, a task that is late."""
    amount = draw(st.integers(0, 10**12))
    since = int(NOW.timestamp()) - draw(st.integers(0, 400)) * 86_400
    one = deal(person, amount=amount, currency="EUR", stage_name="Discovery", probability=100, stage_since_at=since)
    ago = draw(st.integers(0, 300))
    entries = [
        entry(f"{person}-{i}", "email", ago + i, direction="out" if i % 2 == 0 else "in")
        for i in range(draw(st.integers(0, 6)))
    ]
    if draw(st.booleans()):
        late = (NOW.date() - dt.timedelta(draw(st.integers(0, 90)))).isoformat()
        entries.append(entry(f"{person}-task", "task", 100, done=0, due_on=late, subject="Send it"))
    made = relationship(person, [one], entries)
    made.contacts = {one.id: 1}
    return made


def ranks(some: list[Relationship]) -> list[Rank]:
    return sorted(reasons[0].rank for each in some if (reasons := found(each, WORKSPACE.rules, MOMENT, AGREED)))


@given(st.data(), st.integers(0, 29), st.integers(1, 25))
def test_no_pile_of_low_items_outranks_a_waiting_customer(data: st.DataObject, days_ago: int, pile: int) -> None:
    others = [data.draw(neglected(f"p{i}")) for i in range(pile)]
    customer = waiting("customer", days_ago)

    order = ranks([*others, customer])
    place = [rank.id for rank in order].index("customer")

    assert all(rank.level <= 2 for rank in order[:place])


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 7), st.integers(0, NO_DEADLINE), st.integers(-9, 0)), min_size=2
    )
)
def test_the_order_is_total_and_does_not_depend_on_the_order_of_arrival(keys: list[tuple[int, int, int, int]]) -> None:
    some = [Rank(*key, 0, f"{i:04}") for i, key in enumerate(keys)]

    backwards = some[::-1]

    assert sorted(some) == sorted(backwards)
    assert len(set(some)) == len(some)


def test_within_a_level_the_deadline_comes_first_then_money_then_waiting(book: Book) -> None:
    soon = book.person("Soon")
    book.deal(soon, 1_000, close_on=book.on(-9))
    rich = book.person("Rich")
    book.deal(rich, 90_000, close_on=book.on(-3))
    poor = book.person("Poor")
    book.deal(poor, 5_000, close_on=book.on(-3))
    book.refresh()

    assert [row.who for row in book.today().rows] == ["Soon", "Rich", "Poor"]


def test_a_person_stands_once_with_the_strongest_reason(book: Book) -> None:
    person = book.person()
    book.deal(person, close_on=book.on(-3), stage_since_at=book.at(-90))
    book.task(person, -2, "Send a quote", promise="mine")
    book.refresh()
    (row,) = book.today().rows

    assert row.reason.rule_id == "promise-late"
    assert row.more == len(book.reasons(person)) - 1 == 2


def test_no_rule_for_who_waits_or_for_money_at_risk_stands_under_later() -> None:
    assert [rule.id for rule in WORKSPACE.rules if rule.level <= 3 and rule.place == LATER] == []


def test_the_stake_is_amount_times_probability_and_one_half_where_nobody_said() -> None:
    assert stake_of(deal("p", amount=10_000, probability=70)) == 7_000
    assert stake_of(deal("p", amount=10_000, stage_probability=20)) == 2_000
    assert stake_of(deal("p", amount=10_000)) == 5_000
    assert stake_of(None) == 0


def test_the_list_is_in_the_order_of_the_ranks(book: Book) -> None:
    for i in range(30):
        person = book.person(f"P{i}")
        book.deal(person, 1_000 * i, close_on=book.on(i - 15))
        if i % 4 == 0:
            book.email(person, book.at(-i - 1), "in")
    book.refresh()
    with book.database.read() as rows:
        keys = rows.all("SELECT section, level, due_at, -stake, -waiting_days, subject_id FROM scores")

    shown = [row.id for row in book.today().rows]

    assert shown == [key[5] for key in sorted(keys)]
