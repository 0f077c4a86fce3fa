"""Odoo plans a next step by the day: its hour stands in the note, where colleagues read it, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from companion.connectors.base import Action, Applied, Upsert
from companion.domain.records import Kind, Value
from tests.connectors.contract import op
from tests.connectors.odoo.bench import OdooBench

DUE = 1_795_703_400  # 26 November 2026, 14:30 UTC


@pytest.fixture
def bench() -> Iterator[OdooBench]:
    """A fresh server."""
    bench = OdooBench()
    yield bench
    bench.close()


def planned(bench: OdooBench, **fields: Value) -> str:
    person = bench.bo.create(Kind.PERSON, {"name": "Ada"}, {})
    values: dict[str, Value] = {"what": "task", "subject": "Ring", "done": False, "due_on": "2026-11-26", **fields}
    (answer,) = bench.connector().push([op(Kind.ACTIVITY, fields=values, links={"person": person})])
    assert isinstance(answer, Applied)
    return answer.remote_id


def read(bench: OdooBench, remote_id: str) -> Upsert:
    (found,) = bench.connector().fetch(Kind.ACTIVITY, [remote_id])
    return found


def note(bench: OdooBench, remote_id: str) -> str:
    return str(bench.odoo.tables["mail.activity"][int(remote_id.partition(":")[2])]["note"])


def changed(bench: OdooBench, remote_id: str, **fields: Value) -> None:
    (answer,) = bench.connector().push([op(Kind.ACTIVITY, Action.UPDATE, remote_id, fields=fields)])
    assert isinstance(answer, Applied), answer


def test_the_hour_of_a_next_step_is_told_in_its_note_and_comes_back(bench: OdooBench) -> None:
    step = planned(bench, due_at=DUE, body="Bring the list.", promise="mine")

    assert "Due at: 2026-11-26 14:30:00 UTC" in note(bench, step)
    told = read(bench, step).fields
    assert (told["due_at"], told["promise"], told["body"]) == (DUE, "mine", "Bring the list.")


def test_a_colleague_who_moves_it_to_another_day_takes_the_hour_away(bench: OdooBench) -> None:
    step = planned(bench, due_at=DUE)
    bench.odoo.tables["mail.activity"][int(step.partition(":")[2])]["date_deadline"] = "2026-11-30"

    told = read(bench, step).fields

    assert (told["due_on"], told["due_at"]) == ("2026-11-30", None)


def test_another_hour_or_text_leaves_the_rest_of_the_note(bench: OdooBench) -> None:
    step = planned(bench, due_at=DUE, body="Bring the list.")

    changed(bench, step, due_at=DUE + 3600)
    told = read(bench, step).fields
    assert (told["due_at"], told["body"]) == (DUE + 3600, "Bring the list.")

    changed(bench, step, body="Bring both lists.")
    told = read(bench, step).fields
    assert (told["due_at"], told["body"]) == (DUE + 3600, "Bring both lists.")

    changed(bench, step, due_on="2026-11-27", due_at=None)
    told = read(bench, step).fields
    assert (told["due_on"], told.get("due_at"), told["body"]) == ("2026-11-27", None, "Bring both lists.")


def test_a_step_without_an_hour_says_nothing_of_one(bench: OdooBench) -> None:
    step = planned(bench, body="Bring the list.")

    assert "Companion ·" not in note(bench, step)
    assert "due_at" not in read(bench, step).fields
