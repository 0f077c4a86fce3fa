"""Odoo's records, as a real server served them, in Companion's words."""

from __future__ import annotations

from typing import Any

import pytest

from companion.connectors.odoo import activities, engagements, mapping, marker
from companion.connectors.odoo.activities import Around
from companion.connectors.odoo.mapping import Lookups
from companion.connectors.odoo.session import ActivityTypes
from companion.connectors.odoo.wire import Row
from companion.domain.records import FIELDS, LINKS
from tests.connectors.odoo.canned import recorded

FIRM = {"id": 6, "is_company": True, "active": True}
ADA = {"id": 1006, "is_company": False, "active": True, "type": "contact", "commercial_partner_id": [6, "Adler"]}
LOOKUPS = Lookups(partners={6: FIRM, 1006: ADA}, won_stages=frozenset([4]), tags={1: "Hot"}, colleagues=frozenset([3]))
TYPES = ActivityTypes({2: "Call", 4: "To-Do"}, {2: "call", 3: "meeting", 1: "email", 4: "task"})
LEAD = {"id": 1, "partner_id": [1006, "Ada"]}
AROUND = Around(LOOKUPS, {1: LEAD}, frozenset([3]), {3: "2"}, TYPES, note=2, now=1_795_300_000)


def rows(name: str) -> list[Row]:
    """The records of a recorded page."""
    found: list[Row] = recorded(name)["response"]["body"]
    return found


def first(name: str, **changes: Any) -> Row:
    return {**rows(name)[0], **changes}


def test_a_company_and_a_person_are_partners_told_apart() -> None:
    firm = mapping.company(rows("pull_res.partner")[2], LOOKUPS)
    assert firm.fields["name"] == "Company 0000 Adler GmbH"
    assert firm.fields["website"] == "https://company0.example"
    assert firm.fields["email"] is None
    human = mapping.person({**ADA, "name": "Ada", "function": "CFO", "mobile": "+49 1", "create_date": False}, LOOKUPS)
    assert human.links["company"] == "6"
    assert human.fields["role"] == "CFO"
    assert human.fields["mobile"] == "+49 1"
    assert "consent" not in human.fields


def test_a_person_whose_company_was_put_away_is_not_linked_to_it() -> None:
    away = Lookups(partners={6: {**FIRM, "active": False}})
    assert mapping.person({**ADA, "name": "Ada"}, away).links["company"] is None
    assert mapping.place(1006, Lookups(partners={1006: {**ADA, "active": False}})) == {"person": None, "company": None}


def test_a_deal_has_its_money_in_hundredths_and_its_days_as_days() -> None:
    deal = mapping.deal(first("pull_crm.lead"), LOOKUPS)
    assert deal.fields["amount"] == 100_000
    assert deal.fields["close_on"] == "2026-12-01"
    assert deal.fields["created_at"] == 1_795_291_665
    assert deal.fields["status"] == "open"
    assert deal.fields["source"] == "src0"
    assert deal.links == {
        "person": "1006", "company": "6", "owner": "2", "stage": "1", "pipeline": "all", "loss_reason": None,
    }  # fmt: skip
    assert deal.extra["Team"] == "Sales"


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (rows("lost_lead")[0], "lost"),
        (rows("won_lead")[0], "won"),
        ({"active": False, "probability": 0.0, "stage_id": [2, "Qualified"]}, "lost"),
        ({"active": True, "probability": 100.0, "stage_id": [4, "Won"]}, "won"),
        ({"active": True, "probability": 0.0, "stage_id": [1, "New"]}, "open"),
        ({"active": False, "probability": 40.0, "stage_id": [1, "New"]}, "open"),
    ],
)
def test_won_and_lost_are_read_from_19_and_from_older_servers(row: Row, status: str) -> None:
    assert mapping.status(row, LOOKUPS) == status


def test_the_contact_in_a_lead_is_a_person_of_its_own() -> None:
    row = first("pull_crm.lead", partner_id=False, partner_name="Prospect Ltd")
    person = mapping.lead_person(row, LOOKUPS)
    assert person.remote_id == "lead-1"
    assert person.fields["name"] == "Ada Adler 0"
    assert mapping.deal(row, LOOKUPS).links["person"] == "lead-1"
    assert mapping.deal(row, LOOKUPS).extra["Company"] == "Prospect Ltd"
    nobody = {**row, "contact_name": False, "email_from": False, "phone": False}
    assert mapping.deal(nobody, LOOKUPS).links["person"] is None


def test_two_changes_within_one_second_have_two_versions() -> None:
    row = first("pull_crm.lead")
    assert mapping.deal(row, LOOKUPS).version == mapping.deal(dict(row), LOOKUPS).version
    assert mapping.deal(row, LOOKUPS).version != mapping.deal({**row, "expected_revenue": 1001.0}, LOOKUPS).version


def test_a_planned_activity_is_a_next_step_on_its_day() -> None:
    step = activities.step(first("pull_mail.activity", res_id=1), AROUND)
    assert step.remote_id == "activity:2"
    assert step.fields["what"] == "task"
    assert step.fields["body"] == "Call about offer 1"
    assert step.fields["due_on"] == "2026-12-02"
    assert step.fields["done"] is False
    assert "due_at" not in step.fields
    assert (step.links["deal"], step.links["person"], step.links["owner"]) == ("1", "1006", "2")


def test_a_done_activity_is_a_done_step() -> None:
    row = {**first("pull_mail.activity"), **rows("activity_after_done")[0], "write_date": "2026-11-21 20:16:19"}
    step = activities.step(row, AROUND)
    assert step.fields["done"] is True
    assert step.fields["done_at"] == 1_795_292_179


def message(**changes: Any) -> Row:
    """A note of a colleague's on a deal."""
    row = {
        "id": 9, "model": "crm.lead", "res_id": 1, "message_type": "comment", "subtype_id": [2, "Note"],
        "mail_activity_type_id": False, "author_id": [3, "Administrator"], "email_from": "a@b.example",
        "partner_ids": [], "notified_partner_ids": [], "subject": False, "body": "<p>Hello</p>", "attachment_ids": [],
        "date": "2026-11-21 20:16:02", "message_id": "<x@vm>", "write_date": "2026-11-21 20:16:02",
    }  # fmt: skip
    return {**row, **changes}


@pytest.mark.parametrize(
    ("row", "what", "direction"),
    [
        (message(), "note", None),
        (message(message_type="email", subtype_id=[1, "Discussions"], author_id=[1006, "Ada"]), "email", "in"),
        (message(message_type="email", subtype_id=[1, "Discussions"], author_id=False), "email", "in"),
        (message(message_type="email", subtype_id=[1, "Discussions"]), "email", "out"),
        (message(subtype_id=[1, "Discussions"], partner_ids=[1006]), "email", "out"),
        (message(subtype_id=[1, "Discussions"], partner_ids=[3]), "note", None),
        (message(message_type="notification", mail_activity_type_id=[2, "Call"]), "call", "out"),
        (message(message_type="notification", mail_activity_type_id=[4, "To-Do"]), "note", None),
    ],
)
def test_a_message_is_what_it_was_and_went_the_way_it_went(row: Row, what: str, direction: str | None) -> None:
    told = activities.message(row, AROUND)
    assert told is not None
    assert (told.fields["what"], told.fields["direction"]) == (what, direction)
    assert told.links["deal"] == "1"


def test_a_call_that_was_ticked_off_in_odoo_tells_its_story_as_text() -> None:
    told = activities.message(message(**rows("activity_done_message")[0], message_type="notification"), AROUND)
    assert told is not None
    assert told.fields["what"] == "call"
    assert str(told.fields["subject"]).startswith("Call done : Activity 0")
    assert "<" not in str(told.fields["body"])
    assert "done!" in str(told.fields["body"])


def test_our_own_log_comes_back_with_what_odoo_has_no_field_for() -> None:
    op = "0192f0c4a1b27000800000000000abcd"
    mark = marker.Marker(op, "call", "out", "left_message", 240)
    around = Around(LOOKUPS, {1: {"id": 1}}, frozenset([3]), {3: "2"}, TYPES, 2, 0, copies={op: 1006})
    told = activities.message(message(message_id=mark.message_id(), mail_activity_type_id=[2, "Call"]), around)
    assert told is not None
    assert told.op_id == op
    assert (told.fields["outcome"], told.fields["duration_s"]) == ("left_message", 240)
    assert (told.links["deal"], told.links["person"], told.links["company"]) == ("1", "1006", "6")


def test_the_line_that_odoo_writes_when_our_step_is_done_is_no_touch() -> None:
    told = activities.message(message(message_id=marker.answer_of("0" * 32)), AROUND)
    assert told is not None
    assert told.fields["what"] == "note"
    assert told.op_id is None


def test_a_message_that_was_emptied_is_gone_but_an_attachment_keeps_it() -> None:
    assert activities.message(message(body=""), AROUND) is None
    kept = activities.message(message(body="", attachment_ids=[1, 2]), AROUND)
    assert kept is not None
    assert kept.extra["Attachments"] == "2"


def test_a_meeting_with_somebody_from_outside_is_a_meeting_and_our_own_is_not() -> None:
    told = activities.meeting(first("pull_calendar.event"), AROUND)
    assert told is not None
    assert told.remote_id == "event:1"
    assert (told.fields["at"], told.fields["duration_s"]) == (1_796_119_200, 3600)
    assert told.fields["done"] is False
    assert (told.links["person"], told.links["deal"]) == ("1006", "1")
    assert told.people == (("1006", ""),)
    assert activities.meeting(first("pull_calendar.event", partner_ids=[3], opportunity_id=False), AROUND) is None


def test_one_mailing_trace_is_what_was_sent_and_what_came_of_it() -> None:
    trace = {
        "id": 5, "model": "res.partner", "res_id": 1006, "email": "ada@adler.example", "trace_status": "open",
        "mass_mailing_id": [1, "News"], "campaign_id": [1, "Spring"], "source_id": [2, "Fair"],
        "sent_datetime": "2026-11-01 08:00:00", "open_datetime": "2026-11-01 09:00:00", "reply_datetime": False,
        "links_click_datetime": False, "write_date": "2026-11-01 09:00:00",
    }  # fmt: skip
    told = engagements.engagements(trace, {}, {}, LOOKUPS)
    assert [each.remote_id for each in told] == engagements.events(trace) == ["trace:5:sent", "trace:5:open"]
    assert [each.fields["what"] for each in told] == ["email_sent", "email_opened"]
    assert {each.links["person"] for each in told} == {"1006"}
    assert engagements.events({**trace, "trace_status": "bounce", "open_datetime": False}) == []
    by_list = {**trace, "model": "mailing.contact", "res_id": 77}
    assert engagements.engagements(by_list, {}, {}, LOOKUPS) == []
    assert engagements.engagements(by_list, {}, {"ada@adler.example": 1006}, LOOKUPS)[0].links["person"] == "1006"


def test_only_names_of_the_book_are_used() -> None:
    told = [
        mapping.deal(first("pull_crm.lead"), LOOKUPS),
        mapping.person({**ADA, "name": "Ada", "is_blacklisted": True}, LOOKUPS),
        mapping.lead_person(first("pull_crm.lead", partner_id=False), LOOKUPS),
        mapping.stage({"id": 1, "name": "New", "sequence": 0}, LOOKUPS),
        activities.step(first("pull_mail.activity"), AROUND),
    ]
    for upsert in told:
        assert set(upsert.fields) <= set(FIELDS[upsert.kind])
        assert set(upsert.links) <= set(LINKS[upsert.kind])
