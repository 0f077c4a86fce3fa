"""One line of a history in words: who did what to whom, when, and how it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from companion.domain import words
from companion.domain.engagements import words_of
from companion.domain.language import sentence, tr, trn
from companion.domain.workspace import Workspace


class Entry(NamedTuple):
    """An activity, a marketing touch or a deal's beginning. `kind` and `id` name the record; `what` is the activity's.

    `chip` with `tone` is the outcome; `who` is the person, told where the history is not their own; `gone` says why the
    record left the CRM ('deleted', 'archived'), which stays readable here.
    """

    kind: str
    id: str
    what: str
    icon: str
    heading: str
    at: dt.datetime
    subject: str | None = None
    body: str | None = None
    chip: str | None = None
    tone: str | None = None
    author: str | None = None
    who: str | None = None
    person_id: str | None = None
    deal_id: str | None = None
    gone: str | None = None
    short: str | None = None

    @property
    def line(self) -> str:
        """The entry in one short line: 'You emailed proposal v2', 'Marta emailed: Onboarding in December?'."""
        return self.short or self.heading


@dataclass(slots=True)
class Names:
    """What headings need to know: the rep's id, the users' and people's names, the agreed buttons."""

    me: str | None
    users: Mapping[str, str]
    zone: dt.tzinfo
    workspace: Workspace | None = None
    people: dict[str, str] = field(default_factory=dict)
    attended: dict[str, int] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def user(self, user_id: str | None) -> str:
        """'You', a colleague's first name, or 'Someone'."""
        if self.is_me(user_id):
            return tr("You")
        return words.first_name(self.users[user_id]) if user_id is not None and user_id in self.users else tr("Someone")

    def is_me(self, user_id: str | None) -> bool:
        """Whether it is the rep, whom sentences call 'you'."""
        return user_id is None or user_id == self.me

    def person(self, person_id: str | None) -> str:
        """The first name, or 'them'."""
        found = self._first.get(person_id or "")
        if found is None:
            name = self.people.get(person_id or "")
            found = self._first[person_id or ""] = words.first_name(name) if name else tr("them")
        return found


ACTIVITY: Final = (
    "a.id, a.what, a.direction, a.subject, a.body, a.at, a.ends_at, a.duration_s, a.due_on, a.done, a.outcome, "
    "a.promise, a.person_id, a.deal_id, a.owner_id, a.gone"
)
"""The columns of `activities a` that `of_activity` takes."""

_ICONS: Final = {"call": "phone-call", "meeting": "video", "note": "sticky-note", "task": "square-check"}
_UNREACHED: Final = {
    "no_answer": (sentence("No answer"), "phone-missed"),
    "voicemail": (sentence("Voicemail left"), "voicemail"),
    "busy": (sentence("Busy"), "phone-off"),
}
_SYSTEM: Final = frozenset({"stage_moved", "passed_on", "close_moved"})


def of_activity(values: tuple[Any, ...], names: Names, *, tell_who: bool = False) -> Entry:
    """A row of ACTIVITY columns as an entry. An activity without a time is shown at the beginning of time."""
    activity, what, direction, subject, body, at, ends_at, seconds, _due_on, done, outcome, promise = values[:12]
    person_id, deal_id, owner_id, gone = values[12:16]
    line = words.one_line(subject)
    if seconds is None and ends_at and at and what == "meeting":
        seconds = ends_at - at
    heading, icon = _heading(what, direction, line, seconds, outcome, person_id, owner_id, names, done, promise)
    chip, tone = _chip(what, outcome, names, names.attended.get(activity, 0))
    shown = (
        what in ("email", "task") or (what == "note" and heading != line) or (what == "call" and not _plain_call(line))
    )
    return Entry(
        kind="activity",
        id=activity,
        what=what,
        icon=icon,
        heading=heading,
        at=words.instant(at or 0, names.zone),
        subject=line if shown and line and line != heading else None,
        body=body or None,
        chip=chip,
        tone=tone,
        author=names.user(owner_id) if owner_id != names.me else None,
        who=names.people.get(person_id) if tell_who and person_id else None,
        person_id=person_id,
        deal_id=deal_id,
        gone=gone,
        short=_email_line(direction, line, person_id, owner_id, names) if what == "email" and line else None,
    )


def of_engagement(values: tuple[Any, ...], names: Names, *, tell_who: bool = False) -> Entry:
    """A row (id, what, subject, at, count, person_id, deal_id, gone) as an entry."""
    engagement, what, subject, at, count, person_id, deal_id, gone = values
    body = words_of(what, words.one_line(subject))
    if count and count > 1:
        body = f"{body.rstrip('.')}, {words.times(count)}"
    return Entry(
        kind="engagement",
        id=engagement,
        what=what,
        icon="megaphone" if what not in ("email_opened", "quote_opened") else "eye",
        heading=tr("Marketing"),
        at=words.instant(at or 0, names.zone),
        body=body,
        who=names.people.get(person_id) if tell_who and person_id else None,
        person_id=person_id,
        deal_id=deal_id,
        gone=gone,
    )


def of_deal(values: tuple[Any, ...], names: Names) -> Entry:
    """A row (id, name, created_at, source, campaign, person_id) as the entry of its beginning."""
    deal_id, name, at, source, campaign, person_id = values
    body = words.one_line(name) or tr("Deal")
    if campaign or source:
        body = _with_origin(body, words.lower_first(words.one_line(source)), words.one_line(campaign))
    when = words.instant(at or 0, names.zone)
    return Entry("deal", deal_id, "deal", "circle-plus", tr("Deal created"), when, body=body, person_id=person_id)


def _heading(
    what: str,
    direction: str | None,
    line: str,
    seconds: int | None,
    outcome: str | None,
    person_id: str | None,
    owner_id: str | None,
    names: Names,
    done: int | None,
    promise: str | None,
) -> tuple[str, str]:
    person, user, mine = names.person(person_id), names.user(owner_id), names.is_me(owner_id)
    lasted = f", {words.length(seconds)}" if seconds else ""
    if what == "email":
        if direction == "in":
            who = words.upper_first(person)
            if mine:
                return tr("{person} emailed you", person=who), "mail-open"
            return tr("{person} emailed {user}", person=who, user=user), "mail-open"
        if mine:
            return tr("You emailed {person}", person=person), "mail"
        return tr("{user} emailed {person}", user=user, person=person), "mail"
    if what == "call":
        if outcome in _UNREACHED:
            words_of_it, icon = _UNREACHED[outcome]
            return tr(words_of_it), icon
        name = tr("{person} called", person=words.upper_first(person)) if direction == "in" else tr("Call")
        return f"{name}{lasted}", "phone-incoming" if direction == "in" else "phone-call"
    if what == "meeting":
        return f"{words.shortened(line, 60) or tr('Meeting')}{lasted}", "video"
    if what == "task":
        kind = {"mine": tr("You promised"), "theirs": tr("They promised")}.get(promise or "", tr("Next step"))
        return (tr("{what}, done", what=kind) if done else kind), "square-check" if done else "calendar"
    return line if outcome in _SYSTEM and line else tr("Note"), _ICONS.get(what, "sticky-note")


def _email_line(direction: str | None, line: str, person_id: str | None, owner_id: str | None, names: Names) -> str:
    topic = words.shortened(words.topic(line).split(",", 1)[0], 60)
    person, user, mine = words.upper_first(names.person(person_id)), names.user(owner_id), names.is_me(owner_id)
    if direction == "in" and mine:
        return tr("{person} emailed: {topic}", person=person, topic=topic)
    topic = words.lower_first(topic)
    if direction == "in":
        return tr("{who} emailed {topic}", who=person, topic=topic)
    return tr("You emailed {topic}", topic=topic) if mine else tr("{who} emailed {topic}", who=user, topic=topic)


def _with_origin(name: str, source: str, campaign: str) -> str:
    if source and campaign:
        return tr("{name}, from the {source} “{campaign}”", name=name, source=source, campaign=campaign)
    if campaign:
        return tr("{name}, from “{campaign}”", name=name, campaign=campaign)
    return tr("{name}, from {source}", name=name, source=source)


def _plain_call(line: str) -> bool:
    return not line or line.lower().startswith(("call", "no answer", "left voicemail", "voicemail", "busy"))


def _chip(what: str, outcome: str | None, names: Names, attended: int) -> tuple[str | None, str | None]:
    if what == "meeting" and attended > 1:
        return trn("{n} attended", "{n} attended", attended), None
    if what not in ("call", "meeting") or not outcome or outcome in _UNREACHED or names.workspace is None:
        return None, None
    known = names.workspace.outcome(outcome)
    if known is None or known[1] is None:
        return None, None
    return known[1].label, known[1].tone
