"""The lively demo: a colleague is faster once; whoever moved the same deal elsewhere gets a card with both values."""

from __future__ import annotations

from dataclasses import replace

from companion import bootstrap
from companion.actions.change_deal import move_stage
from companion.queries.needs_attention import needs_attention


def test_the_first_change_meets_a_colleagues_and_both_values_are_kept() -> None:
    core = bootstrap.demo_book(lively=True)
    with core.database.read() as rows:
        deal = rows.value("SELECT id FROM deals WHERE name = 'Route planning rollout'")
        closing = rows.value("SELECT id FROM stages WHERE name = 'Closing'")
    move_stage(replace(core.desk(), hold_s=0), deal, closing, "Moved to Closing")

    bootstrap.sync_once(core)

    with core.database.read() as rows:
        stage = rows.value("SELECT s.name FROM deals d JOIN stages s ON s.id = d.stage_id WHERE d.id = ?", (deal,))
        cards = needs_attention(rows, core.clock()).conflicts
    core.close()
    assert stage == "Negotiation"
    assert len(cards) == 1
