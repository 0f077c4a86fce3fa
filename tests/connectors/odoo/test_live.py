"""The contract, and what is Odoo's own, proven against a real server.

Skipped unless COMPANION_ODOO_URL, _DATABASE, _USER and _KEY name one that may be written to: it leaves records behind.
COMPANION_ODOO_COLLEAGUE_USER and _KEY make the colleague another user.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from companion.connectors.base import Action, Applied, Misconfigured, Op, Scope, SignInNeeded
from companion.connectors.http import Client
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo import sign_in
from companion.domain.records import Gone, Kind, Value
from tests.connectors.contract import AT, ConnectorContract, drain, op, push_one, sent_before
from tests.connectors.odoo.live import LiveBench, missing

pytestmark = pytest.mark.slow
if missing():
    pytest.skip(f"NOT PROVEN on a real Odoo: set {', '.join(missing())}", allow_module_level=True)


CANT = dict.fromkeys(
    ("server", "quota", "now", "pc_clock_off_by", "late", "result_cap", "administrator", "duplicate", "dependent",
     "partial_batches", "shuffled_answers", "expire", "revoke", "renewals"),
    "shown against the small Odoo in memory",
)  # fmt: skip


@pytest.fixture
def bench() -> Iterator[LiveBench]:
    """One server for all tests."""
    bench = LiveBench()
    yield bench
    bench.close()


class TestLiveOdoo(ConnectorContract):
    """The whole contract."""

    CANT = CANT


class TestLiveOdooOverJsonRpc(ConnectorContract):
    """The whole contract once more over JSON-RPC, the wire of Odoo 16 to 18, which 19 still answers."""

    CANT = CANT

    @pytest.fixture(autouse=True)
    def _old_wire(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sign_in, "JSON2_SINCE", 99)

    @pytest.fixture
    def bench(self, _old_wire: None) -> Iterator[LiveBench]:
        bench = LiveBench()
        yield bench
        bench.close()


class TestWhatIsOdoosOwn:
    """What a colleague sees in Odoo's own screens after our writes, and what Odoo does that no other CRM does."""

    def test_a_log_stands_in_the_chatter_of_deal_and_person_under_our_name_on_its_own_day(
        self, bench: LiveBench
    ) -> None:
        connector, (_, person, deal) = bench.connector(), family(bench)
        before = bench.mails()
        call = logged(person, deal, at=AT - 3 * 86400)
        made = push_one(connector, call, Applied)
        push_one(bench.connector(), sent_before(call), Applied)
        rows = bench.messages("crm.lead", deal) + bench.messages("res.partner", person)
        ours = [row for row in rows if "Wants a quote" in row["body"]]
        assert [(row["model"], row["res_id"]) for row in ours] == [
            ("crm.lead", int(deal)),
            ("res.partner", int(person)),
        ]
        assert {row["author_id"][1] for row in ours} == {connector.describe().user_name}
        assert {row["date"] for row in ours} == {stamp(AT - 3 * 86400)}
        assert {row["mail_activity_type_id"][1] for row in ours} == {"Call"}
        assert all("<b>Called</b> · left message · 4 min" in row["body"] for row in ours)
        assert bench.odoo.call("crm.activity.report", "search_count", domain=[["lead_id", "=", int(deal)]]) == 1
        assert bench.mails() == before
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert echo.fields["outcome"] == "left_message"
        assert echo.fields["duration_s"] == 240
        assert echo.fields["subject"] == "Called"
        assert echo.links["person"] == person

    def test_a_log_that_is_taken_back_leaves_both_places(self, bench: LiveBench) -> None:
        connector, (_, person, deal) = bench.connector(), family(bench)
        made = push_one(connector, logged(person, deal), Applied)
        push_one(connector, op(Kind.ACTIVITY, Action.DELETE, made.remote_id), Applied)
        rows = bench.messages("crm.lead", deal) + bench.messages("res.partner", person)
        assert not [row for row in rows if "Wants a quote" in row["body"]]

    def test_a_log_that_is_reworded_changes_in_both_places(self, bench: LiveBench) -> None:
        connector, (_, person, deal) = bench.connector(), family(bench)
        made = push_one(connector, logged(person, deal), Applied)
        change = op(Kind.ACTIVITY, Action.UPDATE, made.remote_id, {"body": "Wants two quotes", "outcome": "connected"})
        push_one(connector, change, Applied)
        rows = bench.messages("crm.lead", deal) + bench.messages("res.partner", person)
        assert sum("Wants two quotes" in row["body"] for row in rows) == 2
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert (echo.fields["body"], echo.fields["outcome"]) == ("Wants two quotes", "connected")

    def test_a_planned_call_that_a_log_answers_does_not_count_as_a_second_call(self, bench: LiveBench) -> None:
        connector, (_, person, deal) = bench.connector(), family(bench)
        planned = bench.plan_call(deal, connector.describe().user_id)
        cursor = drain(connector, Kind.ACTIVITY).cursor
        push_one(connector, logged(person, deal), Applied)
        done = op(Kind.ACTIVITY, Action.COMPLETE, planned, {"done": True, "done_at": AT})
        push_one(connector, done, Applied)
        after = drain(connector, Kind.ACTIVITY, cursor)
        mine = [each for each in after.upserts.values() if each.links.get("deal") == deal]
        assert {str(each.fields["what"]) for each in mine} - {"task"} == {"call"}
        assert bench.odoo.call("crm.activity.report", "search_count", domain=[["lead_id", "=", int(deal)]]) == 1

    def test_a_call_that_a_colleague_ticks_off_in_odoo_is_a_call(self, bench: LiveBench) -> None:
        connector, (_, _, deal) = bench.connector(), family(bench)
        planned = bench.plan_call(deal, connector.describe().user_id)
        cursor = drain(connector, Kind.ACTIVITY).cursor
        bench.odoo.call("mail.activity", "action_feedback", [int(planned.split(":")[1])], feedback="All well")
        after = drain(connector, Kind.ACTIVITY, cursor)
        told = [each for each in after.upserts.values() if each.links.get("deal") == deal]
        done = {str(each.fields["what"]): each.fields["done"] for each in told}
        assert done.pop("task", True) is True  # 16 deletes what is done, later versions archive it
        assert done == {"call": True}
        assert "All well" in str(next(each for each in told if each.fields["what"] == "call").fields["body"])

    def test_the_reps_words_about_a_lost_deal_stand_in_its_chatter_once(self, bench: LiveBench) -> None:
        connector, (_, _, deal) = bench.connector(), family(bench)
        reason = next(iter(connector.ids(Kind.LOSS_REASON, Scope())))
        lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Went to the tender"}, {"loss_reason": reason})
        push_one(connector, lost, Applied)
        push_one(connector, sent_before(lost), Applied)
        assert sum("Went to the tender" in row["body"] for row in bench.messages("crm.lead", deal)) == 1
        row = bench.odoo.call("crm.lead", "read", [int(deal)], fields=["active", "lost_reason_id", "probability"])[0]
        assert (row["active"], row["probability"], row["lost_reason_id"][0]) == (False, 0.0, int(reason))

    def test_a_lost_deal_is_opened_again(self, bench: LiveBench) -> None:
        connector, (_, _, deal) = bench.connector(), family(bench)
        push_one(connector, op(Kind.DEAL, Action.LOSE, deal), Applied)
        push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"status": "open"}), Applied)
        (after,) = connector.fetch(Kind.DEAL, [deal])
        assert after.fields["status"] == "open"

    def test_the_contact_in_a_lead_is_a_person_until_odoo_makes_a_partner_of_it(self, bench: LiveBench) -> None:
        connector = bench.connector()
        vals = {"name": "Web enquiry", "type": "lead", "contact_name": "Lena Lead", "email_from": "lena@lead.example"}
        lead = bench.odoo.call("crm.lead", "create", vals_list=[vals])[0]
        book = drain(connector, Kind.PERSON)
        assert book.upserts[f"lead-{lead}"].fields["name"] == "Lena Lead"
        assert connector.fetch(Kind.DEAL, [str(lead)])[0].links["person"] == f"lead-{lead}"

        push_one(connector, op(Kind.PERSON, Action.UPDATE, f"lead-{lead}", {"role": "Buyer"}), Applied)
        push_one(connector, logged(f"lead-{lead}", None), Applied)
        assert sum("Wants a quote" in row["body"] for row in bench.messages("crm.lead", str(lead))) == 1

        partner = bench.odoo.call("res.partner", "create", vals_list=[{"name": "Lena Lead"}])[0]
        bench.odoo.call("crm.lead", "write", [lead], vals={"partner_id": partner, "type": "opportunity"})
        after = drain(connector, Kind.PERSON, book.cursor)
        assert after.gone[f"lead-{lead}"].winner_id == str(partner)
        assert str(partner) in after.upserts

    def test_a_meeting_ahead_stands_in_the_calendar_and_invites_nobody(self, bench: LiveBench) -> None:
        connector, (_, person, deal), before = bench.connector(), family(bench), bench.mails()
        fields: dict[str, Value] = {
            "what": "meeting",
            "subject": "Demo",
            "at": AT + 86400,
            "ends_at": AT + 90000,
            "done": False,
        }
        meeting = op(Kind.ACTIVITY, fields=fields, links={"person": person, "deal": deal})
        made = push_one(connector, meeting, Applied)
        number = int(made.remote_id.removeprefix("event:"))
        row = bench.odoo.call("calendar.event", "read", [number], fields=["start", "opportunity_id", "partner_ids"])[0]
        assert row["start"] == stamp(AT + 86400)
        assert row["opportunity_id"][0] == int(deal)
        assert int(person) in row["partner_ids"]
        assert bench.mails() == before
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert (echo.links["person"], echo.links["deal"]) == (person, deal)
        assert push_one(connector, sent_before(meeting), Applied).remote_id == made.remote_id

    def test_a_message_that_was_emptied_in_the_chatter_is_deleted(self, bench: LiveBench) -> None:
        connector, (_, person, _) = bench.connector(), family(bench)
        note = bench.colleague.create(Kind.ACTIVITY, {"body": "Soon gone"}, {"person": person})
        book = drain(connector, Kind.ACTIVITY)
        assert note in book.upserts
        bench.odoo.call("mail.message", "write", [int(note.split(":")[1])], vals={"body": ""})
        after = drain(connector, Kind.ACTIVITY, book.cursor)
        assert after.gone[note].why is Gone.DELETED
        assert note not in set(connector.ids(Kind.ACTIVITY, Scope()))

    def test_what_hung_on_a_deal_comes_with_the_deal_when_it_is_given_to_us(self, bench: LiveBench) -> None:
        connector = bench.connector()
        mine = Scope(user_id=connector.describe().user_id)
        theirs = bench.colleague.create(Kind.DEAL, {"name": "Theirs"}, {"company": family(bench)[0]})
        bench.odoo.call("crm.lead", "message_post", [int(theirs)], body="Old story", message_type="comment")
        cursor = drain(connector, Kind.ACTIVITY, scope=mine).cursor
        bench.odoo.call("crm.lead", "write", [int(theirs)], vals={"user_id": int(mine.user_id or 0)})
        after = drain(connector, Kind.ACTIVITY, cursor, scope=mine)
        assert any(each.fields["body"] == "Old story" for each in after.upserts.values())

    def test_a_deal_that_is_given_away_leaves_the_scope(self, bench: LiveBench) -> None:
        connector, (_, _, deal) = bench.connector(), family(bench)
        mine = Scope(user_id=connector.describe().user_id)
        cursor = drain(connector, Kind.DEAL, scope=mine).cursor
        bench.odoo.call("crm.lead", "write", [int(deal)], vals={"user_id": False})
        assert drain(connector, Kind.DEAL, cursor, mine).gone[deal].why is Gone.OUT_OF_SCOPE

    def test_a_key_that_is_not_accepted_asks_to_sign_in(self, bench: LiveBench) -> None:
        with Client(time.monotonic) as http, pytest.raises(SignInNeeded):
            sign_in.sign_in(http, bench.url, bench.account.database, bench.account.login, "0" * 40)

    def test_signing_in_finds_the_only_database(self, bench: LiveBench) -> None:
        with Client(time.monotonic) as http:
            assert sign_in.sign_in(http, f" {bench.url}/ ", "", bench.account.login, bench.key) == bench.account

    def test_a_database_that_is_not_there_is_a_wrong_address(self, bench: LiveBench) -> None:
        with Client(time.monotonic) as http, pytest.raises(Misconfigured):
            sign_in.sign_in(http, bench.url, "nowhere", bench.account.login, bench.key)


def family(bench: LiveBench) -> tuple[str, str, str]:
    """A company, a person there and an open deal of ours."""
    return ConnectorContract().family(bench)


def logged(person: str, deal: str | None, at: int = AT) -> Op:
    """A call with all that a log may say."""
    fields: dict[str, Value] = {
        "what": "call",
        "direction": "out",
        "subject": "Called",
        "outcome": "left_message",
        "duration_s": 240,
        "body": "Wants a quote",
        "at": at,
        "done": True,
        "done_at": at,
    }
    return op(Kind.ACTIVITY, fields=fields, links={"person": person, "deal": deal})
