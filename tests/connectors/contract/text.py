"""Texts, days and money come back as they were sent."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.ops import AT, op, push_one
from tests.connectors.contract.part import Part


class Text(Part):
    """Any script, any day, any amount."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("Ünïcödé — naïve façade, 東京, Ελλάδα", id="unicode"),
            pytest.param("שלום עולם \u202eabc\u202c مرحبا", id="right to left"),
            pytest.param("👩‍💻🎉 done 🇧🇪", id="emoji"),
            pytest.param("<b>bold</b> & <script>alert(1)</script> 1 < 2 &amp; 3", id="HTML"),
            pytest.param("first\n\nsecond\n  indented\n- item", id="lines"),
            pytest.param("word " * 6_399 + "end", id="32,000 characters"),
        ],
    )
    def test_what_is_written_in_a_note_comes_back_letter_by_letter(self, bench: Bench, text: str) -> None:
        connector = bench.connector()
        links = {"company": self.own(bench, Kind.COMPANY)}
        note = op(Kind.ACTIVITY, fields={"what": "note", "body": text, "at": AT}, links=links)
        made = push_one(connector, note, Applied)
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert echo.fields["body"] == text

    @pytest.mark.parametrize("text", ["nul\0byte", "lone \ud800 surrogate"])
    def test_what_no_database_takes_does_not_stop_a_note(self, bench: Bench, text: str) -> None:
        connector = bench.connector()
        note = op(
            Kind.ACTIVITY,
            fields={"what": "note", "body": text, "at": AT},
            links={"person": self.own(bench, Kind.PERSON)},
        )
        made = push_one(connector, note, Applied)
        (echo,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        body = str(echo.fields["body"])
        assert body.startswith(text[:3])
        assert body.endswith(text[-4:])
        body.encode()

    def test_a_day_stays_that_day(self, bench: Bench) -> None:
        connector = bench.connector()
        company, _, deal = self.family(bench)
        for day in ("2026-12-31", "2027-01-01", "2027-03-28", "2028-02-29"):
            push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"close_on": day}), Applied)
            (after,) = connector.fetch(Kind.DEAL, [deal])
            assert after.fields["close_on"] == day
            fields: dict[str, Value] = {"what": "task", "subject": "x", "due_on": day, "done": False, "at": AT}
            made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"company": company}), Applied)
            assert connector.fetch(Kind.ACTIVITY, [made.remote_id])[0].fields["due_on"] == day

    def test_money_keeps_its_cents(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        for cents in (0, 1, 123_456, 99_999_999_99):
            push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"amount": cents}), Applied)
            assert connector.fetch(Kind.DEAL, [deal])[0].fields["amount"] == cents
