"""The demo book: the same every time, full of people, and calm but for those who are planted."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from companion.connectors.base import Action, Op, Rejected, Scope
from companion.connectors.demo.book import SIGNED_IN, USERS, deal_without_amount, make_book, pass_on, plant_conflict
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row
from companion.connectors.demo.writer import INGRID, KARL, NEGOTIATION
from companion.domain.records import FIELDS, LINKS, Kind

OSLO = ZoneInfo("Europe/Oslo")
TUESDAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 9, 12, tzinfo=OSLO).timestamp()


def book(today: date = TUESDAY, seed: int = 7, now: float = MORNING) -> DemoCrm:
    crm = DemoCrm(lambda: now)
    assert make_book(crm, today, OSLO, seed) == SIGNED_IN
    return crm


@pytest.fixture(scope="module")
def crm() -> DemoCrm:
    return book()


def named(crm: DemoCrm, kind: Kind, name: str) -> Row:
    (row,) = [row for row in crm.rows(kind) if row.fields.get("name") == name]
    return row


def history(crm: DemoCrm, person: Row) -> list[Row]:
    return [row for row in crm.rows(Kind.ACTIVITY) if row.links["person"] == person.id]


def when(row: Row, field: str = "at") -> datetime:
    at = row.fields[field]
    assert isinstance(at, int)
    return datetime.fromtimestamp(at, OSLO)


def contents(crm: DemoCrm) -> bytes:
    return msgspec.json.encode([crm.rows(kind) for kind in Kind])


def test_the_same_seed_gives_the_same_book_and_another_seed_another() -> None:
    assert contents(book()) == contents(book())
    assert contents(book()) != contents(book(seed=8))


def test_it_is_a_team_of_five_reps_with_a_year_of_work(crm: DemoCrm) -> None:
    owners = Counter(row.links["owner"] for row in crm.rows(Kind.PERSON))
    open_deals = [row for row in crm.rows(Kind.DEAL) if row.fields["status"] == "open"]
    assert sum(owners.values()) >= 600
    assert 120 <= owners[SIGNED_IN] <= 140
    assert len(crm.rows(Kind.COMPANY)) >= 200
    assert len(crm.rows(Kind.DEAL)) >= 120
    assert sum(row.links["owner"] == SIGNED_IN for row in open_deals) == 25
    assert len(crm.rows(Kind.ACTIVITY)) > 3000
    assert len(crm.rows(Kind.ENGAGEMENT)) > 500
    assert {row.fields["outcome"] for row in crm.rows(Kind.STAGE)} == {"open", "won", "lost"}
    assert set(USERS) == {row.id for row in crm.rows(Kind.USER)}


def test_every_field_is_known_and_every_link_leads_to_a_record(crm: DemoCrm) -> None:
    there = {kind: {row.id for row in crm.rows(kind)} for kind in Kind}
    for kind in Kind:
        for row in crm.rows(kind):
            assert set(row.fields) <= set(FIELDS[kind])
            assert set(row.links) <= set(LINKS[kind])
            for name, target in row.links.items():
                assert target is None or target in there[LINKS[kind][name]], (row, name)
            assert {person for person, _ in row.people} <= there[Kind.PERSON]


def test_nothing_has_happened_that_lies_ahead(crm: DemoCrm) -> None:
    for row in crm.rows(Kind.ACTIVITY):
        if row.fields["done"] or row.fields["what"] in ("call", "email", "note"):
            assert when(row).timestamp() <= MORNING, row
    assert all(when(row).timestamp() <= MORNING for row in crm.rows(Kind.ENGAGEMENT))


def test_numbers_and_addresses_are_fictional_and_only_one_man_has_two_cards(crm: DemoCrm) -> None:
    people = crm.rows(Kind.PERSON)
    mobiles = Counter(row.fields["mobile"] for row in people)
    emails = Counter(str(row.fields["email"]) for row in people)
    assert max(mobiles.values()) == 1
    assert [email for email, times in emails.items() if times > 1] == ["lukas.novak@meridian.example"]
    assert all(email.endswith(".example") and email.isascii() for email in emails)


def test_marta_stands_there_as_in_the_picture(crm: DemoCrm) -> None:
    marta = named(crm, Kind.PERSON, "Marta Ferreira")
    deal = named(crm, Kind.DEAL, "Route planning rollout")
    entries = history(crm, marta)
    kinds = Counter(row.fields["what"] for row in entries)
    newest = max(entries, key=when)
    assert kinds == {"call": 6, "email": 14, "meeting": 3, "note": 4}
    assert newest.fields["subject"] == "Proposal v2, 12 vehicles, 24 months"
    assert newest.fields["body"] == "Includes the Bergen depot. Marta takes it to the board on the 27th."
    assert when(newest).isoformat() == "2026-11-18T16:20:00+01:00"
    assert marta.fields["mobile"] == "+47 55 12 40 18"
    assert marta.extra == {"Vehicles": "12"}
    assert (deal.fields["amount"], deal.fields["close_on"]) == (4_800_000, "2026-11-27")
    assert {role for _, role in deal.people} == {"Decides", "Champion"}


@pytest.mark.parametrize(
    ("name", "deal", "amount"),
    [
        ("Jonas Weber", "Depot scanners", 31),
        ("Daniel Osei", "Clinic onboarding", 22),
        ("Priya Raman", "Grid forecasting", 76),
        ("Tom Brandt", "Seat expansion", 18),
        ("Sofia Marchetti", "Studio licences", 9),
        ("Kenji Watanabe", "Front desk rollout", 54),
        ("Lukas Novak", "Toolroom seats", 6),
        ("Henrik Dahl", "Fleet analytics", 21),
    ],
)
def test_the_people_of_the_pictures_have_their_deals(crm: DemoCrm, name: str, deal: str, amount: int) -> None:
    row = named(crm, Kind.DEAL, deal)
    assert row.links["person"] == named(crm, Kind.PERSON, name).id
    assert row.links["owner"] == SIGNED_IN
    assert row.fields["amount"] == amount * 100_000


def test_the_demo_is_soon_and_this_mornings_calls_are_over_whatever_the_clock_says() -> None:
    for hour in (7, 12, 17):
        now = datetime(2026, 11, 24, hour, 5, tzinfo=OSLO).timestamp()
        crm = book(now=now)
        (demo,) = [row for row in history(crm, named(crm, Kind.PERSON, "Jonas Weber")) if not row.fields["done"]]
        calls = [row for row in history(crm, named(crm, Kind.PERSON, "Elena Petrova")) if row.fields["what"] == "call"]
        assert 3600 <= when(demo).timestamp() - now <= 2 * 3600
        assert when(max(calls, key=when)).timestamp() == now - 20 * 60


def test_on_any_day_of_the_year_the_promises_are_due_and_the_silence_is_as_long() -> None:
    for today in (date(2026, 2, 28), date(2026, 8, 1), date(2027, 1, 3), date(2028, 2, 29)):
        crm = book(today)
        (promise,) = [
            row for row in history(crm, named(crm, Kind.PERSON, "Daniel Osei")) if row.fields.get("promise") == "mine"
        ]
        last = max(history(crm, named(crm, Kind.PERSON, "Sofia Marchetti")), key=when)
        assert promise.fields["due_on"] == today.isoformat()
        assert (today - when(last).date()).days == 24


def test_the_crowd_works_on_weekdays_in_office_hours(crm: DemoCrm) -> None:
    bruno = {row.id for row in crm.rows(Kind.PERSON) if row.links["owner"] == "U2"}
    times = [
        when(row) for row in crm.rows(Kind.ACTIVITY) if row.links["person"] in bruno and row.fields["what"] == "call"
    ]
    off_days = sum(time.weekday() > 4 for time in times)
    assert len(times) > 100
    assert off_days <= 3, "only the planted ones may fall on a weekend"
    assert all(7 <= time.hour < 19 for time in times)


def test_nobody_of_the_reps_waits_for_an_answer(crm: DemoCrm) -> None:
    newest: dict[str, Row] = {}
    for row in sorted(crm.rows(Kind.ACTIVITY), key=when):
        if row.fields["what"] in ("call", "email") and when(row).timestamp() <= MORNING:
            newest[str(row.links["person"])] = row
    for person in crm.rows(Kind.PERSON):
        touch = newest.get(person.id)
        if touch is not None and person.links["owner"] == SIGNED_IN:
            assert (touch.fields["what"], touch.fields["direction"]) != ("email", "in"), person.fields["name"]


def test_a_colleague_moves_the_deal_that_the_rep_moves() -> None:
    crm = book()
    deal = plant_conflict(crm)
    row = crm.row(Kind.DEAL, deal)
    assert row is not None
    assert row.links["stage"] == NEGOTIATION
    assert {write.actor for write in crm.log} == {KARL}
    assert "stage" in {write.field for write in crm.log}


def test_a_deal_without_an_amount_is_refused_in_negotiation() -> None:
    crm = book()
    op = Op("a" * 32, Kind.DEAL, Action.UPDATE, deal_without_amount(crm), {}, {"stage": NEGOTIATION})
    (result,) = DemoConnector(crm, SIGNED_IN).push([op])
    assert isinstance(result, Rejected)
    assert result.problems[0].words == "'Amount' is required in Negotiation"


def test_ingrid_passes_leila_on_with_all_her_history() -> None:
    crm = book()
    connector = DemoConnector(crm, SIGNED_IN)
    scope = Scope(SIGNED_IN)
    cursors = {kind: drained(connector, kind, scope, None)[1] for kind in (Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)}
    leila = pass_on(crm)
    people, _ = drained(connector, Kind.PERSON, scope, cursors[Kind.PERSON])
    deals, _ = drained(connector, Kind.DEAL, scope, cursors[Kind.DEAL])
    activities, _ = drained(connector, Kind.ACTIVITY, scope, cursors[Kind.ACTIVITY])
    assert people == {leila}
    assert len(deals) == 1
    assert len(activities) == 2
    assert {write.actor for write in crm.log} == {INGRID}


def drained(connector: DemoConnector, kind: Kind, scope: Scope, cursor: bytes | None) -> tuple[set[str], bytes]:
    got: set[str] = set()
    while True:
        page = connector.pull(kind, scope, cursor)
        got |= {upsert.remote_id for upsert in page.upserts}
        cursor = page.cursor
        if not page.more:
            return got, cursor
