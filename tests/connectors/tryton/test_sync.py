"""Days with a real Tryton: the first sync, changes both ways, and what only Tryton does."""

from __future__ import annotations

import time

import pytest

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    CursorExpired,
    Rejected,
    ScopeDenied,
    SignInNeeded,
    Unreachable,
)
from companion.connectors.tryton import TrytonConnector
from companion.domain.records import Gone, Kind
from tests.connectors.contract import AT, EVERYTHING, ConnectorContract, drain, op, push_one, sent_before
from tests.connectors.faults import CountsRequests
from tests.connectors.tryton.bench import TrytonBench
from tests.connectors.tryton_server import DATABASE, REP

pytestmark = pytest.mark.slow


def test_a_first_sync_brings_what_the_server_counts(bench: TrytonBench) -> None:
    connector, facts = bench.connector(page=50), bench.tryton.facts
    parties = bench.tryton.colleague.count("party.party", [["active", "=", True]])
    companies, people = drain(connector, Kind.COMPANY).upserts, drain(connector, Kind.PERSON).upserts
    assert len(companies) + len(people) == parties
    assert set(map(str, facts["companies"])) <= set(companies)
    assert set(map(str, facts["people"])) <= set(people)
    deals = drain(connector, Kind.DEAL)
    assert len(deals.upserts) == bench.tryton.colleague.count("sale.opportunity") >= 15
    assert len(drain(connector, Kind.ACTIVITY).upserts) >= len(facts["notes"])
    assert {each.fields["status"] for each in deals.upserts.values()} == {"open", "won", "lost"}
    assert len(drain(connector, Kind.ENGAGEMENT).upserts) >= 10


def test_a_seeded_person_and_deal_are_whole(bench: TrytonBench) -> None:
    facts = bench.tryton.facts
    connector = bench.connector()
    (person,) = connector.fetch(Kind.PERSON, [str(facts["people"][1])])
    assert person.fields["name"] == "Person Number1"
    assert person.fields["email"] == "person1@customer1.example"
    assert person.fields["mobile"] == "+49 171 1234501"
    assert person.links["company"] == str(facts["companies"][1])
    (deal,) = connector.fetch(Kind.DEAL, [str(facts["deals"][1])])
    assert deal.links["company"] == str(facts["companies"][1])
    assert deal.links["person"] == str(facts["people"][1])
    assert deal.links["owner"] == str(facts["employees"]["carl"])
    assert deal.fields["amount"] == 200_050
    assert deal.fields["currency"] == "EUR"
    assert deal.fields["close_on"] == "2026-12-02"
    assert deal.fields["campaign"] == "autumn webinar"
    (company,) = connector.fetch(Kind.COMPANY, [str(facts["companies"][0])])
    assert company.fields["website"] == "https://customer0.example"
    assert company.fields["city"] == "Ghent"


def test_a_phone_number_changed_on_its_own_row_comes_with_the_next_pull(bench: TrytonBench) -> None:
    connector, colleague = bench.connector(), bench.tryton.colleague
    company = bench.tryton.facts["companies"][3]
    before = drain(connector, Kind.COMPANY)
    stamp = colleague.read("party.party", company, "_timestamp")
    (phone,) = colleague.call("party.contact_mechanism.search", [["party", "=", company], ["type", "=", "phone"]])
    colleague.write("party.contact_mechanism", phone, value="+49 30 901899")
    assert colleague.read("party.party", company, "_timestamp") == stamp
    after = drain(connector, Kind.COMPANY, before.cursor).upserts[str(company)]
    assert after.fields["phone"] == "+49 30 901899"
    assert after.version != before.upserts[str(company)].version
    stale = op(
        Kind.COMPANY, Action.UPDATE, str(company), {"phone": "+49 30 1"}, version=before.upserts[str(company)].version
    )
    assert push_one(connector, stale, Conflict).server == after


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.DEAL, Kind.ACTIVITY])
def test_a_change_that_was_committed_much_too_late_is_found_within_the_hour(bench: TrytonBench, kind: Kind) -> None:
    connector = bench.connector()
    cursor = drain(connector, kind).cursor
    late = bench.late(kind, 480)
    found = drain(connector, kind, cursor)
    assert late not in found.upserts
    for polls in range(16):
        bench.server.ahead_s = (polls + 1) * 300.0
        drain(connector, kind, found.cursor, book=found)
        if late in found.upserts:
            return
    pytest.fail("it would never come")


def test_a_person_who_changes_jobs_changes_company(bench: TrytonBench) -> None:
    connector, facts = bench.connector(), bench.tryton.facts
    person = str(facts["people"][5])
    before = drain(connector, Kind.PERSON)
    assert before.upserts[person].links["company"] == str(facts["companies"][5])
    move = op(Kind.PERSON, Action.UPDATE, person, links={"company": str(facts["companies"][6])})
    push_one(connector, move, Applied)
    after = drain(connector, Kind.PERSON, before.cursor).upserts[person]
    assert after.links["company"] == str(facts["companies"][6])
    push_one(connector, op(Kind.PERSON, Action.UPDATE, person, links={"company": None}), Applied)
    relations = bench.tryton.colleague.count("party.relation.all", [["from_", "=", int(person)]])
    assert relations == 0


def test_an_archived_party_leaves_as_archived(bench: TrytonBench) -> None:
    connector = bench.connector()
    company = bench.colleague.create(Kind.COMPANY, {"name": "Old Ltd"}, {})
    book = drain(connector, Kind.COMPANY)
    bench.tryton.colleague.write("party.party", company, active=False)
    drain(connector, Kind.COMPANY, book.cursor, book=book)
    assert book.gone[company].why is Gone.ARCHIVED
    assert company not in set(connector.ids(Kind.COMPANY, EVERYTHING))
    assert connector.fetch(Kind.COMPANY, [company]) == []


def test_a_merged_party_names_its_winner_and_its_notes_follow(bench: TrytonBench) -> None:
    connector, admin = bench.connector(), bench.tryton.admin()
    loser = bench.colleague.create(Kind.COMPANY, {"name": "Double Ltd"}, {})
    winner = bench.colleague.create(Kind.COMPANY, {"name": "Double Ltd"}, {})
    note = op(Kind.ACTIVITY, fields={"what": "call", "body": "Hello", "at": AT}, links={"company": loser})
    written = push_one(connector, note, Applied).remote_id
    book = drain(connector, Kind.COMPANY)
    session, *_ = admin.wizard("party.replace", "create")
    answers = {"ask": {"source": int(loser), "destination": int(winner)}}
    admin.wizard("party.replace", "execute", session, answers, "replace")
    drain(connector, Kind.COMPANY, book.cursor, book=book)
    assert book.gone[loser].why is Gone.MERGED
    assert book.gone[loser].winner_id == winner
    (moved,) = connector.fetch(Kind.ACTIVITY, [written])
    assert moved.links["company"] == winner


def test_a_party_that_turns_out_to_be_a_person_leaves_the_companies(bench: TrytonBench) -> None:
    connector = bench.connector()
    remote_id = bench.colleague.create(Kind.COMPANY, {"name": "Nora Nemo"}, {})
    companies, people = drain(connector, Kind.COMPANY), drain(connector, Kind.PERSON)
    assert remote_id in companies.upserts
    bench.tryton.colleague.write("party.party", remote_id, categories=[["add", [bench.tryton.facts["person"]]]])
    drain(connector, Kind.COMPANY, companies.cursor, book=companies)
    drain(connector, Kind.PERSON, people.cursor, book=people)
    assert companies.gone[remote_id].why is Gone.OUT_OF_SCOPE
    assert remote_id in people.upserts


def test_a_forgotten_session_is_renewed_without_a_word(bench: TrytonBench) -> None:
    connector = bench.connector()
    connector.describe()
    admin = bench.tryton.admin()
    rep = admin.call("res.user.search", [["login", "=", REP]])
    admin.call("res.user.write", rep, {"password": "correct-horse-9"})  # a change of password ends all sessions
    note = op(Kind.COMPANY, fields={"name": "After The Night Ltd"})
    made = push_one(connector, note, Applied)
    assert connector.fetch(Kind.COMPANY, [made.remote_id])


def test_a_changed_password_asks_for_a_new_sign_in_and_loses_nothing(bench: TrytonBench) -> None:
    connector, fresh, admin = bench.connector(), bench.connector(), bench.tryton.admin()
    connector.describe()
    rep = admin.call("res.user.search", [["login", "=", REP]])
    try:
        admin.call("res.user.write", rep, {"password": "another-horse-3"})
        with pytest.raises(SignInNeeded):
            connector.push([op(Kind.COMPANY, fields={"name": "Not yet"})])
        for _ in range(5):  # … and the door is not locked by trying
            with pytest.raises(SignInNeeded):
                connector.pull(Kind.COMPANY, EVERYTHING, None)
            with pytest.raises(SignInNeeded):
                fresh.describe()
        connector.close()
    finally:
        admin.call("res.user.write", rep, {"password": "correct-horse-9"})
    push_one(bench.connector(), op(Kind.COMPANY, fields={"name": "Now"}), Applied)


def test_a_logged_call_is_readable_in_tryton(bench: TrytonBench) -> None:
    connector = bench.connector()
    company, person, deal = ConnectorContract().family(bench)
    call = op(
        Kind.ACTIVITY,
        fields={
            "what": "call",
            "direction": "out",
            "outcome": "no_answer",
            "duration_s": 40,
            "at": AT,
            "body": "Busy.",
        },
        links={"company": company, "person": person, "deal": deal},
    )
    made = push_one(connector, call, Applied)
    note = bench.tryton.colleague.read("ir.note", made.remote_id, "message", "resource")
    assert note["resource"] == f"sale.opportunity,{deal}"
    told = "at: 2026-11-21 22:00:00 | direction: out | outcome: no_answer | duration: 40 s"
    linked = f"deal: {deal} | person: {person} | company: {company} | companion: {call.id}"
    assert note["message"].splitlines() == [f"[Call] {told} | {linked}", "", "Busy."]


def test_a_corrected_note_is_a_further_note_of_the_same_activity(bench: TrytonBench) -> None:
    connector = bench.connector()
    company = bench.colleague.create(Kind.COMPANY, {"name": "Notes Ltd"}, {})
    colleagues = bench.colleague.create(Kind.ACTIVITY, {"what": "note", "body": "Thier words"}, {"company": company})
    cursor = drain(connector, Kind.ACTIVITY).cursor
    correction = op(Kind.ACTIVITY, Action.UPDATE, colleagues, {"body": "Their words"})
    push_one(connector, correction, Applied)
    push_one(connector, sent_before(correction), Applied)
    after = drain(connector, Kind.ACTIVITY, cursor).upserts[colleagues]
    assert after.fields["body"] == "Their words"
    assert after.links["company"] == company
    assert bench.tryton.colleague.count("ir.note", [["resource", "=", f"party.party,{company}"]]) == 2
    push_one(connector, op(Kind.ACTIVITY, Action.DELETE, colleagues), Applied)
    assert bench.tryton.colleague.count("ir.note", [["resource", "=", f"party.party,{company}"]]) == 0


def test_a_lead_passes_every_stage_on_its_way_to_a_sale(bench: TrytonBench) -> None:
    connector = bench.connector()
    company = bench.colleague.create(Kind.COMPANY, {"name": "Buyer Ltd"}, {})
    deal = bench.colleague.create(Kind.DEAL, {"name": "From lead to sale"}, {"company": company})
    bench.tryton.colleague.write("sale.opportunity", deal, employee=None)
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Gone quiet"}), Applied)
    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, links={"stage": "opportunity"}), Applied)
    push_one(connector, op(Kind.DEAL, Action.WIN, deal), Applied)
    (won,) = connector.fetch(Kind.DEAL, [deal])
    assert won.links["stage"] == "converted"
    assert won.fields["status"] == "won"
    assert won.links["owner"] == connector.describe().user_id
    assert bench.tryton.colleague.read("sale.opportunity", deal, "sales")["sales"]
    lost = push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {}), Rejected)
    assert "converted" in lost.problems[0].words
    assert lost.problems[0].field == "stage"


def test_a_refusal_names_the_field_where_tryton_does(bench: TrytonBench) -> None:
    connector = bench.connector()
    result = push_one(
        connector, op(Kind.DEAL, Action.UPDATE, str(bench.tryton.facts["deals"][3]), {"amount": 1}), Rejected
    )
    assert result.problems[0].field == "amount"
    assert "not allowed to modify" in result.problems[0].words
    result = push_one(connector, op(Kind.COMPANY, fields={"name": "X", "country": "Atlantis"}), Rejected)
    assert result.problems[0].field == "country"
    result = push_one(
        connector, op(Kind.PERSON, Action.UPDATE, str(bench.tryton.facts["people"][0]), {"journey": "x"}), Rejected
    )
    assert "no field for: journey" in result.problems[0].words


def test_a_person_without_any_way_to_reach_them_can_still_be_on_a_deal(bench: TrytonBench) -> None:
    connector = bench.connector()
    company = bench.colleague.create(Kind.COMPANY, {"name": "Silent Ltd"}, {})
    person = bench.colleague.create(Kind.PERSON, {"name": "Silent Sam"}, {})
    links = {"company": company, "person": person}
    made = push_one(connector, op(Kind.DEAL, fields={"name": "Quiet", "currency": "EUR"}, links=links), Applied)
    (deal,) = connector.fetch(Kind.DEAL, [made.remote_id])
    assert deal.links["person"] == person
    assert deal.links["company"] == company


def test_a_deal_of_a_person_alone_has_no_company(bench: TrytonBench) -> None:
    connector = bench.connector()
    person = bench.colleague.create(Kind.PERSON, {"name": "Private Paul"}, {})
    made = push_one(connector, op(Kind.DEAL, fields={"name": "Private"}, links={"person": person}), Applied)
    (deal,) = connector.fetch(Kind.DEAL, [made.remote_id])
    assert deal.links["person"] == person
    assert deal.links["company"] is None


def test_an_unchanged_book_costs_few_requests(bench: TrytonBench) -> None:
    transport = CountsRequests()
    connector = bench.connector(transport=transport)
    cursors = {kind: drain(connector, kind).cursor for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)}
    transport.sent.clear()
    for kind, cursor in cursors.items():
        drain(connector, kind, cursor)
    assert len(transport.sent) <= 12


def test_a_kind_that_tryton_does_not_have_is_said_so(bench: TrytonBench) -> None:
    connector = bench.connector()
    assert Kind.LOSS_REASON not in connector.describe().kinds
    with pytest.raises(ScopeDenied):
        connector.pull(Kind.LOSS_REASON, EVERYTHING, None)


@pytest.mark.parametrize("cursor", [b"", b"nonsense", b'{"since": "x"}', b"[]", b"\xff"])
def test_a_cursor_of_another_time_begins_a_full_pass_or_says_so(bench: TrytonBench, cursor: bytes) -> None:
    connector = bench.connector()
    try:
        assert connector.pull(Kind.DEAL, EVERYTHING, cursor).upserts
    except CursorExpired:
        assert cursor


def test_the_tenant_tells_databases_apart(bench: TrytonBench) -> None:
    told = bench.connector().describe()
    assert told.tenant == f"{bench.tryton.url.removeprefix('http://')}/{DATABASE}"
    assert told.user_name == "Rita"
    assert told.currency == "EUR"
    assert told.notes == ()


def test_nothing_is_sent_before_the_first_call(bench: TrytonBench) -> None:
    transport = CountsRequests()
    connector = bench.connector(transport=transport)
    assert connector.push([]) == []
    assert connector.budget().left is None
    connector.close()
    assert transport.sent == []


def test_a_database_that_is_there_no_longer_is_named_and_asked_for_again(bench: TrytonBench) -> None:
    connector = TrytonConnector(bench.tryton.url, "nope", REP, "x" * 9, clock=time.monotonic)
    with pytest.raises(Unreachable) as caught:
        connector.describe()
    assert "no database called nope" in caught.value.title
    connector.close()
