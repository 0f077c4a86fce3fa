"""How sync is doing, as one value, and the few words of the sidebar's foot that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from companion.domain.language import number, tr, trn
from companion.domain.problems import Problem
from companion.domain.records import Kind

_SET_UP: Final = frozenset({Kind.USER, Kind.PIPELINE, Kind.STAGE, Kind.LOSS_REASON})
"""What comes before the first customer: how many there are is nothing to wait for."""


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
        return tr("Sign in again to sync")
    if status.phase is Phase.STOPPED:
        return status.problem.title if status.problem else tr("Sync has stopped")
    if status.phase is Phase.OFFLINE:
        return f"{tr('Offline')} · {_waiting(status.waiting)}" if status.waiting else tr("Offline")
    if status.loading is not None:
        return _loading(status.loading)
    if status.phase is Phase.SYNCING:
        return trn("Syncing {n} change", "Syncing {n} changes", status.waiting) if status.waiting else tr("Syncing")
    return _resting(status, now)


def _resting(status: SyncStatus, now: int) -> str:
    asking = status.conflicts + status.attention
    if asking:
        return trn("{n} needs your attention", "{n} need your attention", asking)
    if status.problem is not None:
        return status.problem.title
    if status.waiting:
        return _waiting(status.waiting)
    if status.last_success_at is None:
        return tr("Not synced yet")
    return tr("Synced {ago}", ago=ago_words(now - status.last_success_at))


def _waiting(count: int) -> str:
    return trn("{n} change waiting", "{n} changes waiting", count)


def _loading(loading: Loading) -> str:
    if loading.kind in _SET_UP:
        return tr("Syncing")
    if loading.total is None or loading.total < loading.done:
        return tr("{counted} so far", counted=counted(loading.kind, loading.done))
    return tr("{done} of {counted}", done=number(loading.done), counted=counted(loading.kind, loading.total))


def counted(kind: Kind, n: int) -> str:
    """So many records of a kind: '1 person', '8,400 people'."""
    match kind:
        case Kind.USER:
            return trn("{n} user", "{n} users", n)
        case Kind.PIPELINE:
            return trn("{n} pipeline", "{n} pipelines", n)
        case Kind.STAGE:
            return trn("{n} stage", "{n} stages", n)
        case Kind.LOSS_REASON:
            return trn("{n} loss reason", "{n} loss reasons", n)
        case Kind.COMPANY:
            return trn("{n} company", "{n} companies", n)
        case Kind.PERSON:
            return trn("{n} person", "{n} people", n)
        case Kind.DEAL:
            return trn("{n} deal", "{n} deals", n)
        case Kind.ACTIVITY:
            return trn("{n} activity", "{n} activities", n)
        case Kind.ENGAGEMENT:
            return trn("{n} engagement", "{n} engagements", n)


def ago_words(seconds: int) -> str:
    """A time that has passed: 'just now', '1 min ago', '3 h ago', '2 days ago'. A clock set back reads 'just now'."""
    if seconds < 60:
        return tr("just now")
    if seconds < 3600:
        return tr("{minutes} min ago", minutes=seconds // 60)
    if seconds < 86_400:
        return tr("{hours} h ago", hours=seconds // 3600)
    return trn("{n} day ago", "{n} days ago", seconds // 86_400)
