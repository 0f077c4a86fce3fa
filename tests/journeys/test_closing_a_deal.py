"""Won and lost: one path, the reason asked once and skippable, and Undo."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.rep import Rep

MARTA = "Marta Ferreira"


def deal(rep: Rep) -> tuple[Any, ...]:
    with rep.core.database.read() as rows:
        row = rows.one("SELECT status, loss_reason_id IS NOT NULL FROM deals WHERE person_id = ?", (rep.id_of(MARTA),))
    assert row is not None
    return row


def actions(rep: Rep) -> list[str]:
    with rep.core.database.read() as rows:
        return [row[0] for row in rows.all("SELECT action FROM outbox WHERE state = 'pending' ORDER BY seq")]


@pytest.fixture(autouse=True)
def _on_marta(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))


def test_one_key_wins_the_deal(rep: Rep) -> None:
    rep.press("W")

    assert deal(rep) == ("won", 0)
    assert actions(rep) == ["win"]
    assert rep.toast == "Won: Route planning rollout"
    assert rep.focus is rep.app.page.list


def test_two_keys_lose_it_with_its_reason_and_undo_opens_it_again(rep: Rep) -> None:
    rep.press("L", "2")

    assert deal(rep) == ("lost", 1)
    assert actions(rep) == ["lose"]
    assert rep.toast.startswith("Lost: Route planning rollout, ")

    rep.press("Ctrl+Z")
    assert deal(rep) == ("open", 0)
    assert actions(rep) == []


def test_without_a_reason_the_deal_stays_open(rep: Rep) -> None:
    rep.press("L", "Escape")

    assert deal(rep) == ("open", 0)
    assert actions(rep) == []


def test_an_outcome_that_ends_a_deal_asks_why_once_it_is_logged(rep: Rep) -> None:
    rep.press("C", "4", "Return", "1")

    assert deal(rep) == ("lost", 1)
    assert actions(rep) == ["create", "lose"]
