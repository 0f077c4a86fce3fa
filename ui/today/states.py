"""What Today says when it is not an ordinary list: nobody left, nobody matched, still arriving, or too old."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from companion.domain import words
from companion.domain.language import tr, trn
from companion.domain.sync_status import Phase, SyncStatus
from companion.queries.today import Today

STALE_AFTER_S: Final = 12 * 3600
NO_STEP: Final = "no_step"
"""The offer to show the deals without a next step."""
TOMORROW: Final = "tomorrow"
"""The offer to begin with tomorrow's list, and to go back from there."""
SYNC: Final = "sync"
"""The offer to read the CRM now."""


class Emptiness(NamedTuple):
    """A sentence what this is, one what to do, and what is offered as (id, words)."""

    title: str
    hint: str
    offers: tuple[tuple[str, str], ...]


def emptiness(
    found: Today, rules: int, meetings: int, status: SyncStatus | None, *, synced: bool = True
) -> Emptiness | None:
    """What an empty list says; None while somebody is left, or while the bar above it tells how many have come.

    `rules` are at work, and `meetings` are in the calendar with those who were contacted today. `synced`: the book has
    been read from the CRM before.
    """
    if found.left:
        return None
    offers: tuple[tuple[str, str], ...] = ((NO_STEP, tr("Show deals without a next step")),)
    if found.done:
        offers = ((TOMORROW, tr("Start tomorrow’s list")), *offers)
        return Emptiness(_all_done(len(found.done), meetings), "", offers)
    if status is not None and status.last_success_at is None and status.loading:
        return None
    begins = status is None or status.phase is Phase.SYNCING
    if not synced and begins and (status is None or status.last_success_at is None):
        return Emptiness(tr("Your list is on its way."), tr("People appear here as they come."), ())
    if not synced and status is not None and status.problem is not None:
        return Emptiness(status.problem.title, status.problem.advice, ((SYNC, tr("Sync now")),))
    hint = trn("Lists come from {n} rule.", "Lists come from {n} rules.", rules)
    return Emptiness(tr("Nobody needs you today."), hint, offers)


def nobody_tomorrow() -> Emptiness:
    """What an empty list of tomorrow says."""
    offers = ((TOMORROW, tr("Back to today’s list")), (NO_STEP, tr("Show deals without a next step")))
    return Emptiness(
        tr("Nobody is on tomorrow’s list."), tr("It fills with what is planned and what falls due."), offers
    )


def _all_done(contacted: int, meetings: int) -> str:
    if not meetings:
        return trn("That’s everyone for today. {n} contacted.", "That’s everyone for today. {n} contacted.", contacted)
    return trn(
        "That’s everyone for today. {n} contacted, {meetings} booked.",
        "That’s everyone for today. {n} contacted, {meetings} booked.",
        contacted,
        meetings=trn("{n} meeting", "{n} meetings", meetings),
    )


def stale_words(status: SyncStatus | None, now: datetime, zone: tzinfo) -> str:
    """'This list is from yesterday 17:40. Connect to refresh it.'

    Nothing for a list of the last 12 hours, and nothing while the sync is at it.
    """
    at = status.last_success_at if status is not None else None
    if status is None or at is None or status.phase is Phase.SYNCING or now.timestamp() - at < STALE_AFTER_S:
        return ""
    day = words.day(datetime.fromtimestamp(at, zone).date(), now.date())
    when = tr("{day} {time}", day=day, time=words.clock(at, zone))
    return tr("This list is from {when}. Connect to refresh it.", when=when)
