"""How sync is doing, as one value, and the few words of the sidebar's foot that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from companion.domain.problems import Problem
from companion.domain.records import Kind

_PLURALS: Final = {
    Kind.USER: "users",
    Kind.PIPELINE: "pipelines",
    Kind.STAGE: "stages",
    Kind.LOSS_REASON: "loss reasons",
    Kind.COMPANY: "companies",
    Kind.PERSON: "people",
    Kind.DEAL: "deals",
    Kind.ACTIVITY: "activities",
    Kind.ENGAGEMENT: "engagements",
}


class Phase(StrEnum):
    """What the sync does now."""

    IDLE = "idle"
    SYNCING = "syncing"
    OFFLINE = "offline"
    SIGN_IN = "sign_in"
    STOPPED = "stopped"
    """Something must be put right first; the problem says what."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of a kind are here, and how many the CRM says that it has (None: it did not say)."""

    kind: Kind
    local: int
    remote: int | None = None


@dataclass(frozen=True, slots=True)
class Loading:
    """How far the first reading of a kind has come; `total` is None where the CRM does not tell."""

    kind: Kind
    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How sync is doing. Times are seconds since 1970.

    `waiting` changes are not in the CRM yet, those whose fate is unknown among them; `conflicts` and `attention`
    (refused changes, unreadable records, open questions) wait for the rep.
    """

    phase: Phase = Phase.IDLE
    waiting: int = 0
    conflicts: int = 0
    attention: int = 0
    last_success_at: int | None = None
    tallies: tuple[Tally, ...] = ()
    loading: Loading | None = None
    problem: Problem | None = None

    @property
    def all_synced(self) -> bool:
        """Whether nothing is left to send, to read or to decide, as far as anybody can know."""
        return (
            self.phase is Phase.IDLE
            and not (self.waiting or self.conflicts or self.attention)
            and self.last_success_at is not None
            and self.problem is None
            and self.loading is None
        )


def foot_words(status: SyncStatus, now: int) -> str:
    """The line at the foot of the sidebar, such as 'Offline · 3 changes waiting'."""
    if status.phase is Phase.SIGN_IN:
        return "Sign in again to sync"
    if status.phase is Phase.STOPPED:
        return status.problem.title if status.problem else "Sync has stopped"
    if status.phase is Phase.OFFLINE:
        return f"Offline · {_changes(status.waiting)} waiting" if status.waiting else "Offline"
    if status.loading is not None:
        return _loading(status.loading)
    if status.phase is Phase.SYNCING:
        return f"Syncing {_changes(status.waiting)}" if status.waiting else "Syncing"
    return _resting(status, now)


def _resting(status: SyncStatus, now: int) -> str:
    asking = status.conflicts + status.attention
    if asking:
        return f"{asking:,} need{'s' if asking == 1 else ''} your attention"
    if status.problem is not None:
        return status.problem.title
    if status.waiting:
        return f"{_changes(status.waiting)} waiting"
    if status.last_success_at is None:
        return "Not synced yet"
    return f"Synced {ago_words(now - status.last_success_at)}"


def _changes(count: int) -> str:
    return f"{count:,} change{'' if count == 1 else 's'}"


def _loading(loading: Loading) -> str:
    noun = _PLURALS[loading.kind]
    if loading.total is None or loading.total < loading.done:
        return f"{loading.done:,} {noun} so far"
    return f"{loading.done:,} of {loading.total:,} {noun}"


def ago_words(seconds: int) -> str:
    """A time that has passed: 'just now', '1 min ago', '3 h ago', '2 days ago'. A clock set back reads 'just now'."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    if seconds < 86_400:
        return f"{seconds // 3600} h ago"
    days = seconds // 86_400
    return f"{days} day{'' if days == 1 else 's'} ago"
