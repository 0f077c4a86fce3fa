"""One deal as its card and page show it: how far it has come, when it closes, what is next, who is on it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows
from companion.domain import words
from companion.domain.deals import Deal, NextStep, Stage
from companion.domain.language import tr
from companion.domain.money import Money
from companion.domain.signals import as_day
from companion.domain.workspace import Workspace
from companion.queries.people_map import Known, PeopleMap, people_map
from companion.queries.put_away import PutAway, of_deal


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the company or on the deal; `tag` is the buying role, such as 'Decides'."""

    id: str
    name: str
    role: str | None
    tag: str | None


@dataclass(frozen=True, slots=True)
class DealPage:
    """A deal with its company and people; `away` while it, or its person, is put away."""

    deal: Deal
    company_name: str | None
    owner_name: str | None
    account: PeopleMap
    loss_reason: str | None
    away: PutAway | None

    @property
    def people(self) -> tuple[Known, ...]:
        """Who is on the account."""
        return self.account.people


_DEAL: Final = """
    SELECT d.id, d.name, d.amount, d.currency, d.status, d.close_on, d.probability, d.is_lead, d.stage_since_at,
        d.created_at, d.closed_at, d.contract_ends_on, d.trial_ends_on, d.lost_note, d.source, d.campaign, d.person_id,
        d.company_id, d.owner_id, d.extra, s.id, s.name, s.probability, s.outcome, s.position, d.pipeline_id,
        s.pipeline_id
    FROM deals d LEFT JOIN stages s ON s.id = d.stage_id WHERE d.gone IS NULL AND """


def find(rows: Rows, deal_id: str, zone: dt.tzinfo) -> Deal | None:
    """The deal with this id, None when it is gone."""
    found = _deals(rows, "d.id = ?", (deal_id,), zone)
    return found[0] if found else None


def of_person(rows: Rows, person_id: str, zone: dt.tzinfo) -> tuple[Deal, ...]:
    """A person's open deals, the soonest to close first; the newest closed one where there is none."""
    return _current(_deals(rows, "d.person_id = ?", (person_id,), zone))


def of_company(rows: Rows, company_id: str, zone: dt.tzinfo) -> tuple[Deal, ...]:
    """A company's open deals, as for a person."""
    return _current(_deals(rows, "d.company_id = ?", (company_id,), zone))


def deal(
    rows: Rows, deal_id: str, now: dt.datetime, zone: dt.tzinfo, workspace: Workspace | None = None
) -> DealPage | None:
    """Everything about a deal but its history."""
    found = find(rows, deal_id, zone)
    if found is None:
        return None
    names = rows.one(
        "SELECT (SELECT name FROM companies WHERE id = d.company_id), (SELECT name FROM users WHERE id = d.owner_id), "
        "(SELECT name FROM loss_reasons WHERE id = d.loss_reason_id) FROM deals d WHERE d.id = ?",
        (deal_id,),
    )
    return DealPage(
        found,
        words.one_line(names[0]) or None if names else None,
        words.one_line(names[1]) or None if names else None,
        people_map(rows, found.company_id, (found,), now, zone, workspace),
        names[2] if names else None,
        of_deal(rows, deal_id, now, zone),
    )


def next_step(rows: Rows, person_id: str | None, deal_id: str | None, zone: dt.tzinfo) -> NextStep | None:
    """The soonest open task, or meeting that has not ended, of a deal (or of a person without regard to deals)."""
    where, marks = _whose(person_id, deal_id)
    found = rows.all(
        f"SELECT id, subject, due_on, due_at, what FROM activities WHERE {where} AND what = 'task' AND done = 0 "
        "AND gone IS NULL AND (due_on IS NOT NULL OR due_at IS NOT NULL) AND promise IS NOT 'theirs' "
        "ORDER BY coalesce(due_on, ''), due_at LIMIT 1",
        marks,
    )
    for step, subject, due_on, due_at, what in found:
        on = as_day(due_on) or (words.local_day(due_at, zone) if due_at else None)
        return NextStep(step, words.one_line(subject) or tr("Next step"), on, moment(due_at, zone), what)
    return None


def moment(at: int | None, zone: dt.tzinfo) -> dt.datetime | None:
    """An instant of the store as an aware datetime where the rep is."""
    return None if at is None else words.instant(at, zone)


def _whose(person_id: str | None, deal_id: str | None) -> tuple[str, tuple[Any, ...]]:
    if deal_id is None:
        return "person_id = ?", (person_id,)
    if person_id is None:
        return "deal_id = ?", (deal_id,)
    return "(deal_id = ? OR (deal_id IS NULL AND person_id = ?))", (deal_id, person_id)


def _deals(rows: Rows, where: str, marks: Sequence[Any], zone: dt.tzinfo) -> list[Deal]:
    return [_deal(rows, values, zone) for values in rows.all(_DEAL + where, marks)]


def _deal(rows: Rows, values: Sequence[Any], zone: dt.tzinfo) -> Deal:
    deal_id, name, amount, currency, status, close_on, probability, is_lead, since, created, closed = values[:11]
    contract, trial, lost_note, source, campaign, person_id, company_id, owner_id, extra = values[11:20]
    status = status or "open"
    return Deal(
        id=deal_id,
        name=words.one_line(name) or tr("Deal"),
        amount=Money(amount, currency) if amount is not None else None,
        stage=_stage(rows, values[20:]),
        status=status,
        close_on=as_day(close_on),
        probability=probability,
        is_lead=bool(is_lead),
        stage_since=moment(since, zone),
        created=moment(created, zone),
        closed=moment(closed, zone),
        contract_ends_on=as_day(contract),
        trial_ends_on=as_day(trial),
        lost_note=lost_note,
        source=source,
        campaign=campaign,
        person_id=person_id,
        company_id=company_id,
        owner_id=owner_id,
        next_step=next_step(rows, person_id, deal_id, zone) if status == "open" else None,
        extra=json.loads(extra) if extra else {},
    )


def _stage(rows: Rows, values: Sequence[Any]) -> Stage | None:
    stage_id, name, probability, outcome, _position, of_deal, of_stage = values
    if stage_id is None:
        return None
    pipeline = of_stage or of_deal
    track = rows.all(
        "SELECT id FROM stages WHERE gone IS NULL AND coalesce(outcome, 'open') = 'open' AND pipeline_id IS ? "
        "ORDER BY position, n",
        (pipeline,),
    )
    ids = [each for (each,) in track]
    number = ids.index(stage_id) + 1 if stage_id in ids else len(ids)
    return Stage(stage_id, words.one_line(name) or tr("Stage"), number, len(ids), probability, outcome or "open")


def _current(deals: list[Deal]) -> tuple[Deal, ...]:
    going = [deal for deal in deals if deal.status == "open"]
    if going:
        return tuple(sorted(going, key=lambda each: (each.close_on or dt.date.max, each.id)))
    past = sorted(deals, key=lambda each: (each.closed is not None, each.closed or each.created, each.id), reverse=True)
    return tuple(past[:1])
