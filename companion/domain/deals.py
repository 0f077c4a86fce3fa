"""A deal: what may be earned, how far it has come, and when it should close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from companion.domain.money import Money


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline. `number` counts the open ones from 1, of `of`; probability is 0 to 100."""

    id: str
    name: str
    number: int
    of: int
    probability: int | None = None
    outcome: str = "open"


@dataclass(frozen=True, slots=True)
class NextStep:
    """An open task or a meeting ahead: what was agreed to happen next. `at` is None where no hour was agreed."""

    id: str
    subject: str
    on: dt.date | None
    at: dt.datetime | None
    what: str = "task"


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal as screens show it. `status` is 'open', 'won' or 'lost'."""

    id: str
    name: str
    amount: Money | None
    stage: Stage | None
    status: str
    close_on: dt.date | None
    probability: int | None = None
    is_lead: bool = False
    stage_since: dt.datetime | None = None
    created: dt.datetime | None = None
    closed: dt.datetime | None = None
    contract_ends_on: dt.date | None = None
    trial_ends_on: dt.date | None = None
    lost_note: str | None = None
    source: str | None = None
    campaign: str | None = None
    person_id: str | None = None
    company_id: str | None = None
    owner_id: str | None = None
    next_step: NextStep | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
