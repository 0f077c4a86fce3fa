"""Calls, meetings, e-mails, notes and tasks as HubSpot has them, and as the book has them."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from companion.connectors.base import Action, Applied, Upsert
from companion.connectors.hubspot.outcomes import SHIPPED
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op, push_one
from tests.connectors.fake_server import Reply
from tests.connectors.hubspot.bench import AGREED, HubSpotBench
from tests.connectors.hubspot.fake_properties import Property, iso

OWN = "0f1c2d3e-0000-4000-8000-000000000001"


def logged(
    bench: HubSpotBench, fields: dict[str, Value], field_map: FieldMap = AGREED
) -> tuple[Upsert, dict[str, str]]:
    """A log on a person of its own: as it comes back, and as it lies in HubSpot."""
    person = bench.colleague.create(Kind.PERSON, {"name": "Ada Log"}, {})
    connector = bench.opened(field_map=field_map)
    made = push_one(connector, op(Kind.ACTIVITY, fields={"at": AT, **fields}, links={"person": person}), Applied)
    (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
    name, _, number = made.remote_id.partition(":")
    return echo, bench.hubspot.records.of[name][int(number)].values


def test_an_owner_who_is_told_as_a_number_is_none_of_the_book(bench: HubSpotBench) -> None:
    note = bench.colleague.create(Kind.ACTIVITY, {"what": "note", "body": "Hello"}, {})
    connector = bench.connector()
    connector.describe()

    def turned(reply: Reply) -> Reply:
        body = copy.deepcopy(reply.body)
        for row in body["results"]:  # type: ignore[index]
            row["properties"]["hubspot_owner_id"] = 2**31
        return Reply(reply.status, body, reply.headers)

    bench.server.fail(when=lambda request: request.path.endswith("/notes/batch/read"), turn=turned)
    (told,) = connector.fetch(Kind.ACTIVITY, [note])

    assert (told.fields["body"], told.links["owner"]) == ("Hello", None)


@pytest.mark.parametrize(("code", "guid"), SHIPPED.items())
def test_an_outcome_of_ours_is_the_disposition_that_stands_for_it(bench: HubSpotBench, code: str, guid: str) -> None:
    echo, values = logged(bench, {"what": "call", "outcome": code, "body": "x"})
    assert values["hs_call_disposition"] == guid
    assert echo.fields["outcome"] == code
    assert "Companion" not in values["hs_call_body"].replace("o_companion_text", "")


def test_an_outcome_that_the_account_made_itself_is_known_by_its_label(bench: HubSpotBench) -> None:
    bench.hubspot.records.properties["calls"]["hs_call_disposition"].options[OWN] = "Wants changes"
    echo, values = logged(bench, {"what": "call", "outcome": "wants_changes"})
    assert (values["hs_call_disposition"], echo.fields["outcome"]) == (OWN, "wants_changes")


def test_an_outcome_that_a_team_agreed_on_goes_first(bench: HubSpotBench) -> None:
    bench.hubspot.records.properties["calls"]["hs_call_disposition"].options[OWN] = "Gesprochen"
    agreed = replace(AGREED, outcomes={"connected": OWN})
    echo, values = logged(bench, {"what": "call", "outcome": "connected"}, agreed)
    assert (values["hs_call_disposition"], echo.fields["outcome"]) == (OWN, "connected")


def test_an_outcome_without_a_disposition_stands_in_the_text_for_all_to_see(bench: HubSpotBench) -> None:
    echo, values = logged(bench, {"what": "call", "outcome": "not_a_fit", "body": "No budget."})
    assert "hs_call_disposition" not in values
    assert "[Companion · Outcome: not a fit]" in values["hs_call_body"]
    assert (echo.fields["outcome"], echo.fields["body"]) == ("not_a_fit", "No budget.")


def test_dispositions_come_from_the_calling_api_where_the_property_has_none(bench: HubSpotBench) -> None:
    bench.hubspot.records.properties["calls"]["hs_call_disposition"].options.clear()
    bench.hubspot.dispositions = {OWN: "Wants changes"}
    row = bench.hubspot.records.create("calls", {"hs_timestamp": iso(AT)})
    row.values["hs_call_disposition"] = OWN
    (call,) = bench.connector().fetch(Kind.ACTIVITY, [f"calls:{row.number}"])
    assert call.fields["outcome"] == "wants_changes"


def test_a_call_keeps_its_length_in_milliseconds_and_its_direction(bench: HubSpotBench) -> None:
    echo, values = logged(bench, {"what": "call", "duration_s": 245, "direction": "in", "subject": "Back"})
    assert (values["hs_call_duration"], values["hs_call_direction"]) == ("245000", "INBOUND")
    assert values["hs_timestamp"] == iso(AT)
    assert (echo.fields["duration_s"], echo.fields["direction"], echo.fields["subject"]) == (245, "in", "Back")


@pytest.mark.parametrize("what", ["meeting", "email", "note", "task"])
def test_what_a_type_has_no_property_for_comes_back_out_of_its_text(bench: HubSpotBench, what: str) -> None:
    fields: dict[str, Value] = {"what": what, "body": "First\n\n  second", "outcome": "interested", "promise": "mine"}
    echo, _ = logged(bench, fields)
    assert {name: echo.fields[name] for name in fields} == fields


def test_a_promise_goes_into_the_property_that_a_team_made_for_it(bench: HubSpotBench) -> None:
    bench.hubspot.records.properties["notes"]["promised_by"] = Property(
        "promised_by", "enumeration", options={"US": "mine", "THEM": "theirs"}, shipped=False
    )
    agreed = replace(AGREED, fields={**AGREED.fields, "activity.promise": "promised_by"})
    note, values = logged(bench, {"what": "note", "body": "x", "promise": "theirs"}, agreed)
    assert (values["promised_by"], note.fields["promise"]) == ("THEM", "theirs")
    assert "Companion ·" not in values["hs_note_body"]
    call, values = logged(bench, {"what": "call", "body": "x", "promise": "theirs"}, agreed)
    assert call.fields["promise"] == "theirs"
    assert "[Companion · Promise: theirs]" in values["hs_call_body"]


def test_a_note_shows_its_subject_above_its_text(bench: HubSpotBench) -> None:
    echo, values = logged(bench, {"what": "note", "subject": "Visit <today>", "body": "1 < 2"})
    assert values["hs_note_body"].startswith('<p class="o_companion_head"><b>Visit &lt;today&gt;</b></p>')
    assert (echo.fields["subject"], echo.fields["body"]) == ("Visit <today>", "1 < 2")


def test_html_of_a_colleague_is_read_as_text(bench: HubSpotBench) -> None:
    html = (
        '<div style="" dir="auto"><p style="margin:0;">Spoke to <strong>Ada</strong></p><ul><li>budget</li></ul></div>'
    )
    row = bench.hubspot.records.create("notes", {"hs_timestamp": iso(AT), "hs_note_body": html})
    (note,) = bench.connector().fetch(Kind.ACTIVITY, [f"notes:{row.number}"])
    assert note.fields["body"] == "Spoke to Ada\n\n- budget"
    assert note.fields["subject"] is None


def test_a_change_of_the_text_leaves_what_its_first_line_says(bench: HubSpotBench) -> None:
    echo, _ = logged(bench, {"what": "note", "body": "Before", "promise": "theirs", "subject": "Visit"})
    connector = bench.connector()
    push_one(connector, op(Kind.ACTIVITY, Action.UPDATE, echo.remote_id, {"body": "After"}), Applied)
    (after,) = connector.fetch(Kind.ACTIVITY, [echo.remote_id])
    assert {name: after.fields[name] for name in ("body", "promise", "subject")} == {
        "body": "After", "promise": "theirs", "subject": "Visit"
    }  # fmt: skip


def test_a_meeting_ends_when_it_was_said_to(bench: HubSpotBench) -> None:
    ahead = AT + 86_400
    echo, values = logged(bench, {"what": "meeting", "at": ahead, "duration_s": 1800, "done": False, "subject": "Demo"})
    assert values["hs_meeting_end_time"] == iso(ahead + 1800)
    assert values["hs_meeting_outcome"] == "SCHEDULED"
    assert (echo.fields["at"], echo.fields["ends_at"], echo.fields["done"]) == (ahead, ahead + 1800, False)
    bench.now = ahead + 7200
    bench.connector().describe()
    (after,) = bench.connector().fetch(Kind.ACTIVITY, [echo.remote_id])
    assert after.fields["done"] is True


def test_an_email_that_they_sent_comes_in(bench: HubSpotBench) -> None:
    told = {"hs_timestamp": iso(AT), "hs_email_direction": "INCOMING_EMAIL", "hs_email_text": "Dear\nNora"}
    row = bench.hubspot.records.create("emails", {**told, "hs_email_subject": "Offer"})
    (email,) = bench.connector().fetch(Kind.ACTIVITY, [f"emails:{row.number}"])
    assert (email.fields["direction"], email.fields["body"], email.fields["subject"]) == ("in", "Dear\nNora", "Offer")


def test_a_task_with_an_hour_keeps_it_and_one_without_gets_none(bench: HubSpotBench) -> None:
    due = AT + 40_000
    hourly, values = logged(bench, {"what": "task", "subject": "Ring", "due_at": due, "due_on": "2026-11-22"})
    assert values["hs_timestamp"] == iso(due)
    assert (hourly.fields["due_at"], hourly.fields["due_on"]) == (due, "2026-11-22")
    daily, _ = logged(bench, {"what": "task", "subject": "Ring", "due_on": "2026-11-22"})
    assert (daily.fields["due_at"], daily.fields["due_on"]) == (None, "2026-11-22")


def test_a_day_without_an_hour_is_that_day_for_colleagues_far_to_the_east_and_west() -> None:
    bench = HubSpotBench(zone="Europe/Brussels")
    _, values = logged(bench, {"what": "task", "subject": "x", "due_on": "2026-12-31"})
    assert values["hs_timestamp"] == "2026-12-31T11:00:00.001Z"
    bench.close()


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "US/Eastern", "Asia/Kolkata", "Nowhere"])
def test_a_day_is_that_day_in_whatever_zone_the_account_lies(zone: str) -> None:
    bench = HubSpotBench(zone=zone)
    for day in ("2026-11-01", "2027-03-14", "2027-03-28", "2028-02-29"):
        echo, _ = logged(bench, {"what": "task", "subject": "x", "due_on": day, "done": False})
        assert (echo.fields["due_on"], echo.fields["due_at"]) == (day, None)
        deal = push_one(bench.connector(), op(Kind.DEAL, fields={"name": "D", "close_on": day}), Applied)
        assert bench.connector().fetch(Kind.DEAL, [deal.remote_id])[0].fields["close_on"] == day
    bench.close()
