"""Set and finish next steps, also without a call behind them."""

from __future__ import annotations

from companion.actions.desk import Desk, Done, acting
from companion.actions.keep_draft import Draft
from companion.actions.log_activity import NextStep, add_step, finish_draft, finish_step
from companion.domain.records import Kind
from companion.store import records


def add_next_step(
    desk: Desk, step: NextStep, person_id: str | None, deal_id: str | None, words: str, draft: Draft | None = None
) -> Done:
    """Agrees a next step with a person or on a deal. `draft`: see `log_activity`."""
    with acting(desk, words) as act:
        deal = records.get(act.write, Kind.DEAL, deal_id) if deal_id else None
        person = records.get(act.write, Kind.PERSON, person_id) if person_id else None
        company_id = (deal and deal.links["company"]) or (person and person.links["company"]) or None
        links = {"person": person_id, "company": company_id, "deal": deal_id, "owner": desk.me}
        made = add_step(act, step, links)
        if draft is not None:
            finish_draft(act, draft)
    return Done(words, act.gesture.id, made)


def complete_step(desk: Desk, step_id: str, words: str) -> Done:
    """Finishes a next step, or keeps a promise."""
    with acting(desk, words) as act:
        step = records.get(act.write, Kind.ACTIVITY, step_id)
        finish_step(act, step_id, str(step.fields["subject"] or "") if step else "")
    return Done(words, act.gesture.id, step_id)
