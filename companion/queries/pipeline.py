"""The rep's open deals: what needs attention first, then by the month of closing, then what is parked, with sums."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.deals import NextStep, Stage
from companion.domain.language import tr
from companion.domain.money import Money
from companion.domain.signals import as_day
from companion.queries.deal import moment
from companion.queries.put_away import PutAway, parked_deals

GroupKind = Literal["attention", "this_month", "next_month", "later", "undated", "parked"]
ATTENTION: Final = frozenset(
    {"close-date-passed", "no-next-step", "stuck-in-stage", "slipping", "quiet", "proposal-no-reply"}
)
"""Rules that speak of the deal's own state; the others are about today's call."""
_ORDER: Final[tuple[GroupKind, ...]] = ("attention", "this_month", "next_month", "later", "undated", "parked")
_TOUCH: Final = "('call', 'email', 'meeting')"


class PipelineRow(NamedTuple):
    """One open deal. `why` says what needs attention, None where nothing does; `parked` while its flags keep quiet.

    A tuple, with its name cleaned when it is asked for: a team has thousands, a screen shows thirty.
    """

    id: str
    raw_name: str | None
    company_id: str | None
    person_id: str | None
    amount: Money | None
    stage: Stage | None
    close_on: dt.date | None
    why: str | None
    parked: PutAway | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return words.one_line(self.raw_name) or tr("Deal")


@dataclass(frozen=True, slots=True)
class Group:
    """Deals that stand together. `month` is the first day of theirs, for the two groups that have one."""

    kind: GroupKind
    month: dt.date | None
    rows: tuple[PipelineRow, ...]

    @property
    def sums(self) -> tuple[Money, ...]:
        """What they come to, one sum a currency, the largest first."""
        return sums(self.rows)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All open deals of the rep."""

    groups: tuple[Group, ...]
    today: dt.date

    @property
    def rows(self) -> tuple[PipelineRow, ...]:
        """Every deal, in the order of the groups."""
        return tuple(chain.from_iterable(group.rows for group in self.groups))

    @property
    def open(self) -> tuple[Money, ...]:
        """What all of them come to."""
        return sums(self.rows)

    @property
    def closing(self) -> tuple[Money, ...]:
        """What those come to that should close this month, wherever they stand."""
        month = (self.today.year, self.today.month)
        return sums([row for row in self.rows if row.close_on and (row.close_on.year, row.close_on.month) == month])

    @property
    def attention(self) -> int:
        """How many need attention."""
        return self._count("attention")

    @property
    def parked(self) -> int:
        """How many are parked: they stand apart, and in the sums."""
        return self._count("parked")

    def _count(self, kind: GroupKind) -> int:
        return next((len(group.rows) for group in self.groups if group.kind == kind), 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """Whom a deal is with, what comes next on it, and when anybody last reached its person."""

    company: str | None
    step: NextStep | None
    promised: bool
    touched: dt.datetime | None


# Asked once for 'open' and once for no status at all, so that the index by owner, status and date gives the order.
_DEALS: Final = """
    SELECT id, name, amount, currency, close_on, person_id, company_id, stage_id FROM deals
    WHERE owner_id IS (SELECT json_extract(value, '$') FROM meta WHERE key = 'me') AND status IS ? AND gone IS NULL
    ORDER BY close_on, amount DESC, id"""
_REASONS: Final = "SELECT deal_id, reason, more FROM scores WHERE deal_id IS NOT NULL"


def pipeline(rows: Rows, now: dt.datetime, zone: dt.tzinfo) -> Pipeline:
    """The rep's open deals in their groups; `now` is aware. Next steps and touches are asked for by `progress`."""
    today = now.astimezone(zone).date()
    stages = _stages(rows)
    whys = _whys(rows)
    parked = parked_deals(rows, now, zone)
    by_kind: dict[GroupKind, list[PipelineRow]] = {kind: [] for kind in _ORDER}
    day = today.isoformat()
    found = rows.all(_DEALS, ("open",)) + rows.all(_DEALS, (None,))
    for deal, name, amount, currency, close_on, person_id, company_id, stage_id in found:
        row = PipelineRow(
            deal,
            name,
            company_id,
            person_id,
            None if amount is None else Money(amount, currency),
            stages.get(stage_id),
            _day(close_on) if close_on else None,
            None if deal in parked else whys.get(deal) or (_passed() if close_on and close_on < day else None),
            parked.get(deal),
        )
        by_kind[_kind(row, today)].append(row)
    return Pipeline(tuple(_group(kind, by_kind[kind], today) for kind in _ORDER if by_kind[kind]), today)


def _passed() -> str:
    return tr("Close date passed")


def progress(rows: Rows, deals: Sequence[PipelineRow], now: dt.datetime, zone: dt.tzinfo) -> dict[str, Progress]:
    """Of some deals: the company, the soonest open task or meeting, and the last touch, by the deal's id."""
    return {deal.id: _progress(rows, deal, int(now.timestamp()), zone) for deal in deals}


def sums(rows: Sequence[PipelineRow]) -> tuple[Money, ...]:
    """What deals come to, one sum a currency, the largest first; nothing without amounts."""
    totals: dict[str | None, int] = {}
    for row in rows:
        if row.amount is not None:
            totals[row.amount.currency] = totals.get(row.amount.currency, 0) + row.amount.hundredths
    return tuple(Money(total, currency) for currency, total in sorted(totals.items(), key=lambda each: -each[1]))


def _progress(rows: Rows, row: PipelineRow, now: int, zone: dt.tzinfo) -> Progress:
    deal, person = row.id, row.person_id
    company = words.one_line(rows.value("SELECT name FROM companies WHERE id = ?", (row.company_id,))) or None
    step = rows.one(
        "SELECT id, subject, due_on, due_at, promise FROM activities WHERE person_id IS ? AND what = 'task' "
        "AND done = 0 AND gone IS NULL AND (due_on IS NOT NULL OR due_at IS NOT NULL) AND promise IS NOT 'theirs' "
        "AND (deal_id = ? OR deal_id IS NULL) ORDER BY coalesce(due_on, ''), due_at LIMIT 1",
        (person, deal),
    )
    column, key = ("person_id", person) if person else ("deal_id", deal)
    touched = rows.value(
        f"SELECT at FROM activities WHERE {column} = ? AND at <= ? AND what IN {_TOUCH} AND gone IS NULL "
        "ORDER BY at DESC LIMIT 1",
        (key, now),
    )
    meeting = rows.one(
        f"SELECT id, subject, at FROM activities WHERE {column} = ? AND at > ? AND what = 'meeting' "
        "AND coalesce(done, 0) = 0 AND gone IS NULL ORDER BY at LIMIT 1",
        (key, now),
    )
    planned = _step(step, zone) if step else None
    held = _meeting(meeting, zone) if meeting else None
    if held is not None and (planned is None or planned.on is None or (held.on and held.on < planned.on)):
        return Progress(company, held, False, moment(touched, zone))
    return Progress(company, planned, bool(step and step[4] == "mine"), moment(touched, zone))


def _meeting(values: Sequence[Any], zone: dt.tzinfo) -> NextStep:
    meeting, subject, at = values
    on = words.local_day(at, zone)
    return NextStep(meeting, words.one_line(subject) or tr("Meeting"), on, moment(at, zone), "meeting")


def _step(values: Sequence[Any], zone: dt.tzinfo) -> NextStep:
    step, subject, due_on, due_at, _ = values
    on = as_day(due_on) or (words.local_day(due_at, zone) if due_at else None)
    return NextStep(step, words.one_line(subject) or tr("Next step"), on, moment(due_at, zone))


def _stages(rows: Rows) -> dict[str, Stage]:
    """Every stage by its id, with its place among the open ones of its pipeline."""
    tracks: dict[str | None, list[str]] = {}
    listed = rows.all(
        "SELECT id, name, probability, coalesce(outcome, 'open'), pipeline_id FROM stages WHERE gone IS NULL "
        "ORDER BY position, n"
    )
    for stage, _, _, outcome, pipeline_id in listed:
        if outcome == "open":
            tracks.setdefault(pipeline_id, []).append(stage)
    made = {}
    for stage, name, probability, outcome, pipeline_id in listed:
        track = tracks.get(pipeline_id, [])
        number = track.index(stage) + 1 if stage in track else len(track)
        made[stage] = Stage(stage, words.one_line(name) or tr("Stage"), number, len(track), probability, outcome)
    return made


@lru_cache(maxsize=4096)
def _day(text: str) -> dt.date | None:
    """A day of the store; many deals close on the same one."""
    return as_day(text)


def _whys(rows: Rows) -> dict[str, str]:
    """Of each deal that has one the first reason that speaks of its own state, in its own words.

    All reasons are decoded as one text: a team has thousands.
    """
    found = rows.all(_REASONS)
    read = json.loads(f"[{','.join(f'[{reason},{more or []}]' for _, reason, more in found)}]")
    whys = {}
    for (deal, _, _), (reason, more) in zip(found, read, strict=True):
        first = next((packed for packed in (reason, *more) if packed[0] in ATTENTION), None)
        if first is not None:
            whys[deal] = " · ".join(part[0] for part in first[8])
    return whys


def _kind(row: PipelineRow, today: dt.date) -> GroupKind:
    if row.parked is not None:
        return "parked"
    if row.why is not None:
        return "attention"
    if row.close_on is None:
        return "undated"
    ahead = (row.close_on.year - today.year) * 12 + row.close_on.month - today.month
    return "this_month" if ahead <= 0 else "next_month" if ahead == 1 else "later"


def _group(kind: GroupKind, rows: list[PipelineRow], today: dt.date) -> Group:
    first = today.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    month = {"this_month": first, "next_month": following}.get(kind)
    if kind == "attention":
        rows.sort(key=lambda row: row.close_on or dt.date.max)
    return Group(kind, month, tuple(rows))
