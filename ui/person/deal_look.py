"""How a deal reads on its card and page: amount, place on its track, close date and next step, in words and tones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from companion.domain import words
from companion.domain.deals import Deal
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from companion.queries.put_away import PutAway

_CLOSE_IS_NEAR: Final = 7
"""Days before its close date from which a deal's date is tinted."""


@dataclass(frozen=True, slots=True)
class DealLook:
    """`place` is '3 of 5'; `closes` is (lead, day); `step` is (words, day), both empty where nothing is planned."""

    id: str
    name: str
    amount: str
    stage: str
    reached: int
    of: int
    place: str
    closes: tuple[str, str]
    closes_tone: Tone
    step: tuple[str, str]
    step_id: str | None
    step_tone: Tone
    open: bool
    parked: str = ""
    """Until when and why its flags keep quiet."""

    @property
    def stage_spoken(self) -> str:
        """'Proposal, 3 of 5'."""
        return ", ".join(each for each in (self.stage, self.place) if each)


def deal_look(deal: Deal, today: dt.date, away: PutAway | None = None) -> DealLook:
    """The look of a deal on the rep's day `today`; `away` while it is parked."""
    stage, step = deal.stage, deal.next_step
    is_open = deal.status == "open"
    track = stage if is_open and stage is not None and stage.outcome == "open" else None
    of = track.of if track else 0
    closes, tone = _closes(deal, today)
    return DealLook(
        deal.id,
        deal.name,
        deal.amount.words if deal.amount else "",
        _status(deal) if not is_open else stage.name if stage else "",
        track.number if track else 0,
        of,
        _tr("%1 of %2").replace("%1", str(track.number)).replace("%2", str(of)) if track and of else "",
        closes,
        tone,
        (step.subject, _when(step.on, step.at, today)) if step else ("", ""),
        step.id if step else None,
        "bad" if step and step.on and step.on < today else "none",
        is_open,
        away.sentence(today) if away is not None and away.parked and is_open else "",
    )


def _closes(deal: Deal, today: dt.date) -> tuple[tuple[str, str], Tone]:
    if deal.status != "open":
        return (("", words.dated(deal.closed.date(), today)), "none") if deal.closed else (("", ""), "none")
    if deal.close_on is None:
        return (_tr("Closes"), _tr("no date yet")), "warn"
    day = words.dated(deal.close_on, today)
    if deal.close_on < today:
        return (_tr("Was to close"), day), "bad"
    near = (deal.close_on - today).days <= _CLOSE_IS_NEAR
    return (_tr("Closes"), day), "warn" if near else "none"


def _when(on: dt.date | None, at: dt.datetime | None, today: dt.date) -> str:
    if on is None:
        return ""
    day = words.dated(on, today) if abs((on - today).days) > 1 else words.upper_first(words.day(on, today))
    return f"{day}, {words.time_of(at.time())}" if at else day


def _status(deal: Deal) -> str:
    return _tr("Won") if deal.status == "won" else _tr("Lost")


def _tr(text: str) -> str:
    return QCoreApplication.translate("DealLook", text)
