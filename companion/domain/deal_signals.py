"""What a deal's stage, dates, amount and contacts say, as signals."""

from __future__ import annotations

import json
import re
from typing import Final

from companion.domain.relationship import DealRow, Relationship
from companion.domain.signals import Agreed, Moment, Signal, Signals, as_day
from companion.domain.words import one_line

_RENEWAL_AHEAD: Final = 120
_TRIAL_AHEAD: Final = 14


def observe(relationship: Relationship, deal: DealRow, moment: Moment, agreed: Agreed) -> Signals:
    """The signals of one deal of the relationship."""
    found: Signals = {}
    if deal.amount:
        found["deal_amount"] = Signal(deal.amount, "deal", deal.id)
        found["deal_money"] = Signal((deal.amount, deal.currency), "deal", deal.id)
    _contract(found, deal, moment, agreed)
    if deal.status not in ("won", "lost"):
        found["open_deal"] = Signal(True, "deal", deal.id)
        _stage(found, deal, moment, agreed)
        _close(found, relationship, deal, moment)
        _next_step(found, relationship, deal, moment)
        _lead(found, relationship, deal, moment)
        contacts = (relationship.contacts or {}).get(deal.id)
        if contacts:
            found["contacts"] = Signal(contacts, "deal", deal.id)
    return found


def _contract(found: Signals, deal: DealRow, moment: Moment, agreed: Agreed) -> None:
    renewal = moment.days_until(deal.contract_ends_on)
    if renewal is not None and 0 <= renewal <= _RENEWAL_AHEAD and deal.status != "lost":
        found["renewal_days"] = Signal(renewal, "deal", deal.id)
        found["contract_ends_on"] = Signal(as_day(deal.contract_ends_on), "deal", deal.id)
    trial = moment.days_until(deal.trial_ends_on)
    if trial is not None and 0 <= trial <= _TRIAL_AHEAD and deal.status not in ("won", "lost"):
        found["trial_days"] = Signal(trial, "deal", deal.id)
        found["trial_ends_on"] = Signal(as_day(deal.trial_ends_on), "deal", deal.id)
        if deal.extra:
            extra = {name.lower(): (name, value) for name, value in json.loads(deal.extra).items()}
            use = next((extra[name] for name in agreed.trial_fields if name in extra and extra[name][1]), None)
            if use:
                found["trial_use"] = Signal(_use_words(use[0], one_line(str(use[1]))), "deal", deal.id)


def _use_words(field: str, use: str) -> str:
    """'2 of 5 active' in the field Seats is '2 of 5 seats active'; anything else stands as it is."""
    counted = re.fullmatch(r"(\d+ of \d+)(?: ([a-z]+))?", use)
    if not counted or " " in field or "_" in field:
        return use
    return " ".join(each for each in (counted.group(1), field.lower(), counted.group(2)) if each)


def _stage(found: Signals, deal: DealRow, moment: Moment, agreed: Agreed) -> None:
    if not deal.stage_name:
        return
    found["stage"] = Signal(one_line(deal.stage_name), "deal", deal.id)
    usual = agreed.usual_days(deal.stage_id, deal.stage_name)
    if deal.stage_since_at is None or deal.stage_since_at > moment.at:
        return
    days = moment.days_since(deal.stage_since_at)
    found["stage_days"] = Signal(days, "deal", deal.id)
    if usual:
        found["stage_usual_days"] = Signal(usual, "deal", deal.id)
        found["stage_over_days"] = Signal(days - usual, "deal", deal.id)


def _close(found: Signals, relationship: Relationship, deal: DealRow, moment: Moment) -> None:
    days = moment.days_until(deal.close_on)
    if days is not None:
        found["close_on"] = Signal(as_day(deal.close_on), "deal", deal.id)
        if days >= 0:
            found["close_days"] = Signal(days, "deal", deal.id)
        else:
            found["close_passed_days"] = Signal(-days, "deal", deal.id)
    month = moment.today.replace(day=1)
    moves = sum(
        each.record_id == deal.id
        and each.field == "close_on"
        and moment.day(each.at) >= month
        and (each.became or "") > (each.was or "9999")
        for each in relationship.moves
    )
    if moves:
        found["close_moves"] = Signal(moves, "deal", deal.id)


def _next_step(found: Signals, relationship: Relationship, deal: DealRow, moment: Moment) -> None:
    for each in relationship.entries:
        if each.deal_id not in (None, deal.id) or each.done:
            continue
        if each.what == "task" and (each.due_on or each.due_at):
            return
        if each.what in ("meeting", "call") and (each.at or 0) > moment.at:
            return
    found["no_next_step"] = Signal(True, "deal", deal.id)


def _lead(found: Signals, relationship: Relationship, deal: DealRow, moment: Moment) -> None:
    if not deal.is_lead or not deal.created_at or deal.created_at <= relationship.quiet_since(moment.at):
        return
    if any(each.what in ("call", "email", "meeting") and each.direction != "in" for each in relationship.entries):
        return
    days = moment.days_since(deal.created_at)
    marked = any(each.what == "form" and moment.days_since(each.at or 0) <= 14 for each in relationship.marks)
    if 0 <= days <= 14 and not marked:
        found["fresh_days"] = Signal(days, "deal", deal.id)
        if deal.source or deal.campaign:
            found["lead_source"] = Signal(one_line(deal.source or deal.campaign), "deal", deal.id)
