"""What the brief tells of whoever is selected, in the words that it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from companion.domain import words
from companion.domain.changes import Changes
from companion.domain.reasons import Reason
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from ui.person.promise_look import MOST, PromiseLook, keep, promise_look
from ui.session import Session, Subject
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from companion.queries.brief import Brief, Sourced
    from companion.queries.entries import Entry
    from companion.queries.put_away import PutAway
    from ui.person.deal_look import DealLook

_TONES: Final[dict[str, Tone]] = {"warn": "warn", "bad": "bad", "accent": "info", "good": "good"}


Expected = Callable[[str], Reason | None]
"""By the local id of a person or deal."""


def nothing_expected(subject_id: str) -> Reason | None:
    """The list that is shown is of now."""
    return None


@dataclass(frozen=True, slots=True)
class FactLook:
    """A fact, its source in words, and the record that it rests on."""

    text: str
    source: str
    kind: Kind
    id: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ReasonLook:
    """The strip: the fact, then its stake in bold; `if_nothing` stands under it, quietly."""

    text: str
    tail: str
    tone: Tone
    icon: str
    if_nothing: str = ""
    asked: str = ""
    """What a click on it is for; '' where no rule stands behind it."""


@dataclass(frozen=True, slots=True)
class BriefLook:
    """Everything that the pane shows; empty parts are left out there."""

    name: str = ""
    key: str = ""
    subtitle: str = ""
    number: str = ""
    email: str = ""
    reason: ReasonLook | None = None
    left_off: str = ""
    promises: tuple[PromiseLook, ...] = ()
    facts: tuple[FactLook, ...] = ()
    deal: DealLook | None = None
    recent: tuple[FactLook, ...] = ()
    saved: str = ""


class BriefViewModel(QObject):
    """Reads the brief of one subject at a time. Lives on the UI thread.

    `expected` tells the reason for which somebody stands on a list of another day, where that is shown.
    """

    loaded = Signal()
    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""

    def __init__(self, session: Session, expected: Expected | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._expected = expected or nothing_expected
        self.subject: Subject | None = None
        self.look = BriefLook()
        self._offline = False
        self._told_offline = False
        self._tells_saved = False
        self._read_at: tuple[object, ...] = ()

    def show(self, subject: Subject | None) -> bool:
        """Shows somebody; True when it is somebody else than before."""
        moved = (subject and subject.id) != (self.subject and self.subject.id)
        self.subject = subject
        self._tells_saved = self._tells_saved and not moved
        self._load()
        return moved

    def changed(self, changes: Changes) -> None:
        """Something was committed: the brief is read again, where anybody is shown."""
        if self.subject is not None:
            self._load()

    def sync_moved(self, status: SyncStatus) -> None:
        """How sync is doing."""
        self._offline = status.phase is Phase.OFFLINE

    def saved(self) -> None:
        """The rep's act is durable. Offline it says so, the first time in a session."""
        if self._offline and not self._told_offline:
            self._told_offline = self._tells_saved = True
            self._load()

    def keep(self, number: int) -> None:
        """A promise was kept, by its number in the look."""
        done = keep(self._session, self.look.promises[number])
        self.done.emit(done.words, done.gesture_id)

    def deal_subject(self, deal_id: str) -> Subject:
        """The deal on the card, to be opened."""
        name = self.look.deal.name if self.look.deal else ""
        return Subject(Kind.DEAL, deal_id, name, self._person_id, deal_id, name)

    def step_evidence(self, step_id: str) -> tuple[Kind, str]:
        """The next step as a record of the history."""
        return Kind.ACTIVITY, step_id

    @property
    def _person_id(self) -> str | None:
        return self.subject.person_id if self.subject else None

    def _load(self) -> None:
        """Reads the brief, unless nothing was written since, and tells only what reads differently.

        One key moves the selection, the list and the book: each of them asks.
        """
        subject, session = self.subject, self._session
        now = session.clock()
        minute = now.replace(second=0, microsecond=0)
        ahead = self._expected(subject.id) if subject is not None else None
        at = (subject, session.database.commits, minute, self._tells_saved, ahead)
        if at == self._read_at:
            return
        was, self._read_at = self._read_at, at
        found = None
        if subject is not None:
            from companion.queries.brief import brief

            with session.database.read() as rows:
                found = brief(rows, subject.kind.value, subject.id, now, session.zone, workspace=session.workspace)
        look = self._look(found, ahead) if found else BriefLook(name=subject.name if subject else "")
        if look != self.look or not was or (was[0] is None) != (subject is None):
            self.look = look
            self.loaded.emit()

    def _look(self, found: Brief, ahead: Reason | None) -> BriefLook:
        from ui.person.deal_look import deal_look

        today = self._session.clock().date()
        return BriefLook(
            found.name,
            found.id,
            found.subtitle,
            found.number or "",
            found.email or "",
            reason_of(found, today) if ahead is None else self._ahead_look(ahead),
            " ".join(each.text for each in found.left_off),
            promises_of(found),
            facts_of(found),
            deal_look(found.deals[0], today, found.parked.get(found.deals[0].id)) if found.deals else None,
            tuple(recent(each, today, found.name) for each in found.recently),
            self.tr("Saved on this computer, syncs later") if self._tells_saved else "",
        )

    def _ahead_look(self, reason: Reason) -> ReasonLook:
        """The strip of who stands on tomorrow's list: in the words of tomorrow, which the line under it says."""
        look = reason_look(reason)
        said = self.tr("As it reads tomorrow morning.")
        return replace(look, if_nothing=f"{said} {look.if_nothing}".strip())


def reason_of(found: Brief | None, today: dt.date) -> ReasonLook | None:
    """The strip of a person or deal: the first reason, else that it was put away."""
    if found is None:
        return None
    if not found.reasons:
        return away_look(found.away, today)
    look = reason_look(found.reasons[0])
    if found.away is not None and found.away.parked:
        # Parked, and there all the same: somebody waits. The strip says for what, the line under it the rest.
        return replace(look, if_nothing=f"{found.away.sentence(today)}. {look.if_nothing}")
    return look


def away_look(away: PutAway | None, today: dt.date) -> ReasonLook | None:
    """The strip of who is snoozed or parked: until when, and why."""
    return ReasonLook(away.sentence(today), "", "none", "alarm-clock") if away is not None else None


def facts_of(found: Brief | None) -> tuple[FactLook, ...]:
    """What to know before the call: what was said."""
    return tuple(map(_fact, found.before_you_call)) if found is not None else ()


def promises_of(found: Brief | None) -> tuple[PromiseLook, ...]:
    """Whose word is open, and since when."""
    return tuple(map(promise_look, found.promises[:MOST])) if found is not None else ()


def reason_look(reason: Reason) -> ReasonLook:
    """A reason as its strip: what has a tone of its own behind the first clause stands in bold."""
    parts = [part.text for part in reason.full]
    tone = _TONES.get(reason.tint or "", "none")
    asked = asked_words(reason)
    if len(parts) == 1:
        return ReasonLook(parts[0], "", tone, reason.icon, reason.if_nothing, asked)
    return ReasonLook(f"{' · '.join(parts[:-1])} · ", parts[-1], tone, reason.icon, reason.if_nothing, asked)


def asked_words(reason: Reason) -> str:
    """What a reason says of its rule while the mouse rests on it."""
    said = _tr("Shown by the list “%1”. Not useful? Click or press Alt+Enter.")
    return said.replace("%1", reason.rule_name)


def _fact(sourced: Sourced) -> FactLook:
    return FactLook(sourced.text.rstrip("."), sourced.source, Kind(sourced.kind), sourced.id)


def recent(entry: Entry, today: dt.date, name: str) -> FactLook:
    """An entry of `name`'s in one line: 'You emailed proposal v2', 'Call, 18 min'."""
    subject = words.one_line(entry.subject)
    text = entry.heading
    if entry.what == "email" and subject:
        topic = words.lower_first(words.shortened(subject, 60))
        to_them = f" {words.first_name(name)}"
        if entry.heading.endswith(to_them):
            text = f"{entry.heading.removesuffix(to_them)} {topic.split(',')[0]}"
        else:
            text = f"{entry.heading}: {topic}"
    elif (entry.kind == "engagement" and entry.body) or (entry.what == "note" and entry.body):
        text = words.shortened(words.one_line(entry.body), 70).rstrip(".")
    return FactLook(text, words.short_date(entry.at.date(), today), Kind(entry.kind), entry.id, entry.icon)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Brief", text)
