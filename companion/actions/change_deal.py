"""Change a deal: its stage, close date, amount, or that it is won or lost."""

from __future__ import annotations

from datetime import date

from companion.actions.desk import Act, Desk, Done, acting
from companion.domain.records import Kind, Value
from companion.store import edits, records


def move_stage(desk: Desk, deal_id: str, stage_id: str, words: str) -> Done:
    """Moves a deal to another stage of its pipeline."""
    with acting(desk, words) as act:
        if edits.change(act.write, act.gesture, Kind.DEAL, deal_id, {"stage": stage_id}, words):
            stage_begins(act, deal_id)
    return Done(words, act.gesture.id, deal_id)


def stage_begins(act: Act, deal_id: str) -> None:
    """Notes within an act that the deal stands in a new stage. That is for us to know: no CRM takes it as a field."""
    edits.derive(act.write, act.gesture, Kind.DEAL, deal_id, "stage", {"stage_since_at": act.at})


def set_close_date(desk: Desk, deal_id: str, close_on: date | None, words: str) -> Done:
    """Sets the day on which a deal is expected to close."""
    return _change(desk, deal_id, {"close_on": close_on.isoformat() if close_on else None}, words)


def set_amount(desk: Desk, deal_id: str, amount: int | None, words: str) -> Done:
    """Sets a deal's amount, in hundredths of its currency."""
    return _change(desk, deal_id, {"amount": amount}, words)


def win(desk: Desk, deal_id: str, words: str) -> Done:
    """Closes a deal as won."""
    with acting(desk, words) as act:
        if edits.change(act.write, act.gesture, Kind.DEAL, deal_id, {"status": "won"}, words, action="win"):
            edits.derive(act.write, act.gesture, Kind.DEAL, deal_id, "status", {"closed_at": act.at})
    return Done(words, act.gesture.id, deal_id)


def lose(desk: Desk, deal_id: str, loss_reason_id: str | None, note: str, words: str) -> Done:
    """Closes a deal as lost, for a reason and with a note where the rep gave them."""
    with acting(desk, words) as act:
        values: dict[str, Value] = {"status": "lost"}
        if loss_reason_id:
            values["loss_reason"] = loss_reason_id
        if note:
            values["lost_note"] = note
        already = records.get(act.write, Kind.DEAL, deal_id)
        edits.change(act.write, act.gesture, Kind.DEAL, deal_id, values, words, action="lose")
        if already is not None and already.fields["status"] != "lost":
            edits.derive(act.write, act.gesture, Kind.DEAL, deal_id, "status", {"closed_at": act.at})
    return Done(words, act.gesture.id, deal_id)


def _change(desk: Desk, deal_id: str, values: dict[str, Value], words: str) -> Done:
    with acting(desk, words) as act:
        edits.change(act.write, act.gesture, Kind.DEAL, deal_id, values, words)
    return Done(words, act.gesture.id, deal_id)
