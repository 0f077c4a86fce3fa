"""What calls, emails, meetings and tasks say about a person, as signals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Final

from companion.domain import marketing_signals, snooze_signals
from companion.domain.activities import NOT_HELD, TOUCHES, UNREACHED, is_two_way
from companion.domain.language import in_english, tr
from companion.domain.meetings import ends, meeting_words
from companion.domain.relationship import Entry, Relationship, Snooze
from companion.domain.signals import Agreed, Moment, Signal, Signals, as_day, workdays_between
from companion.domain.words import day_start, first_name, lower_first, one_line, topic, upper_first

_DAY: Final = 86_400
_STALE: Final = 30 * _DAY
"""An unanswered inbound older than this is no longer waited for."""
_UNLOGGED: Final = 7 * _DAY
_SOON_DAYS: Final = 7
_DELIVER: Final = ("send over ", "send ", "share ", "deliver ", "provide ", "get ", "prepare ", "email ")


def observe(relationship: Relationship, moment: Moment, agreed: Agreed) -> Signals:
    """The signals that do not depend on which deal is looked at."""
    found: Signals = {}
    entries = relationship.entries
    past = [each for each in entries if each.what in TOUCHES and _took_place(each, moment)]
    ahead = [each for each in entries if _planned(each, moment)]
    tasks = [each for each in entries if each.what == "task" and not each.done]
    theirs = next((each for each in past if is_two_way(each.what, each.direction, each.outcome, each.duration_s)), None)
    ours = next((each for each in past if each.direction != "in"), None)
    own_at = ours.at if ours and ours.at else 0
    quiet_since = relationship.quiet_since(moment.at)
    _plans(found, tasks, ahead, past, moment)
    _meetings(found, entries, ahead, relationship, moment, agreed)
    _waiting(found, past, tasks, relationship.snoozes, moment)
    _promises(found, tasks, moment)
    _tasks(found, tasks, past, moment)
    if relationship.person is not None:
        _proposal(found, past, theirs, moment, agreed)
        _quiet(found, past, theirs, moment)
        # Whoever asked for quiet knew what there was: only what came since is news.
        marketing_signals.observe(found, relationship.marks, max(own_at, quiet_since), moment, agreed)
        _person(found, relationship, max(own_at, quiet_since), moment)
    snooze_signals.observe(found, relationship, past[0].at or 0 if past else 0, own_at, moment)
    _passed(found, relationship, own_at, moment)
    return found


def _took_place(entry: Entry, moment: Moment) -> bool:
    return entry.at is not None and entry.at <= moment.at and entry.outcome not in NOT_HELD


def _planned(entry: Entry, moment: Moment) -> bool:
    if entry.what not in ("meeting", "call") or entry.at is None or entry.outcome in NOT_HELD or entry.done:
        return False
    return entry.at > moment.at or (entry.what == "meeting" and ends(entry) > moment.at)


def _plans(
    found: Signals, tasks: Sequence[Entry], ahead: Sequence[Entry], past: Sequence[Entry], moment: Moment
) -> None:
    """A touch planned within days pauses what nags; one far off does so only if they asked for that time."""
    furthest = 10_000 if past and past[0].outcome == "not_now" else _SOON_DAYS
    for each in (*tasks, *ahead):
        days = moment.days_until(each.due_on) if each.what == "task" else (moment.day(each.at or 0) - moment.today).days
        hour_ahead = days == 0 and (each.what != "task" or (each.due_at or 0) > moment.at)
        if hour_ahead or (days is not None and 0 < days <= furthest):
            found["planned_touch"] = Signal(True, "activity", each.id)
            return


def _meetings(
    found: Signals,
    entries: Sequence[Entry],
    ahead: Sequence[Entry],
    relationship: Relationship,
    moment: Moment,
    agreed: Agreed,
) -> None:
    mine = [each for each in ahead if each.id not in relationship.shared]
    if mine:
        meeting = min(mine, key=lambda each: (each.at or 0, each.id))
        at = meeting.at or 0
        if at <= moment.at or moment.day(at) == moment.today:
            found["meeting_at"] = Signal(at, "activity", meeting.id)
            found["meeting_minutes"] = Signal((at - moment.at) // 60, "activity", meeting.id)
            found["meeting_words"] = Signal(meeting_words(meeting), "activity", meeting.id)
            open_topic = next(
                (topic for topic, marks in agreed.topics if not any(mark in relationship.spoken for mark in marks)),
                None,
            )
            if open_topic and relationship.spoken:
                found["topic_open"] = Signal(open_topic, "activity", meeting.id)
    held = next((each for each in entries if _ended(each, moment)), None)
    if held is None or held.done or held.outcome or held.id in relationship.shared:
        return
    if relationship.me is not None and held.owner_id not in (None, relationship.me):
        return
    if ends(held) <= relationship.quiet_since(moment.at):
        return
    start = held.at or 0
    if any(each.at is not None and each.id != held.id and start <= each.at <= moment.at for each in entries):
        return
    found["unlogged_at"] = Signal(start, "activity", held.id)
    found["unlogged_days"] = Signal(moment.days_since(start), "activity", held.id)
    found["unlogged_words"] = Signal(tr("Met") if held.what == "meeting" else tr("Call"), "activity", held.id)


def _ended(entry: Entry, moment: Moment) -> bool:
    return (
        entry.what == "meeting"
        and entry.at is not None
        and moment.at - _UNLOGGED < entry.at
        and ends(entry) <= moment.at
        and entry.outcome not in NOT_HELD
    )


def _waiting(
    found: Signals, past: Sequence[Entry], tasks: Sequence[Entry], snoozes: Sequence[Snooze], moment: Moment
) -> None:
    newest = past[0] if past else None
    if newest is None or newest.direction != "in" or newest.what == "meeting" or newest.at is None:
        return
    if newest.at < moment.at - _STALE or (newest.what == "call" and newest.outcome and newest.outcome not in UNREACHED):
        return
    if newest.what == "call" and not newest.outcome and newest.duration_s:
        return
    if "planned_touch" in found and any((each.at or 0) >= newest.at for each in tasks):
        return
    # To snooze is to have read it and to answer later; a parking lasts for weeks and must not swallow a question.
    if any(each.until_at > moment.at and each.made_at >= newest.at and not each.parked for each in snoozes):
        return
    found["inbound_unanswered_days"] = Signal(moment.days_since(newest.at), "activity", newest.id)
    found["inbound_at"] = Signal(newest.at, "activity", newest.id)
    found["inbound_verb"] = Signal(tr("Emailed") if newest.what == "email" else tr("Rang"), "activity", newest.id)
    if newest.subject:
        found["inbound_words"] = Signal(topic(newest.subject), "activity", newest.id)


def _promises(found: Signals, tasks: Sequence[Entry], moment: Moment) -> None:
    mine = [(as_day(each.due_on), each) for each in tasks if each.promise == "mine"]
    dated = sorted((on, each.id, each) for on, each in mine if on is not None)
    if not dated:
        return
    on, _, promise = dated[0]
    days = (on - moment.today).days
    found["promise_on"] = Signal(on, "activity", promise.id)
    found["promise_words"] = Signal(promise_words(promise.subject), "activity", promise.id)
    if days >= 0:
        found["promise_due_days"] = Signal(days, "activity", promise.id)
    else:
        found["promise_late_days"] = Signal(-days, "activity", promise.id)


def promise_words(subject: str | None) -> str:
    """What was promised, to follow 'You promised': 'Send a quote' gives 'a quote', 'Call back' gives 'to call back'."""
    text = one_line(subject)
    if not text:
        return tr("something")
    if not in_english():
        return text
    small = text.lower()
    for verb in _DELIVER:
        if small.startswith(verb):
            return lower_first(text[len(verb) :])
    if small.split(" ", 1)[0] in ("call", "book", "check", "ask", "come", "introduce", "set", "add", "answer", "write"):
        return f"to {lower_first(text)}"
    return lower_first(text)


def _tasks(found: Signals, tasks: Sequence[Entry], past: Sequence[Entry], moment: Moment) -> None:
    due: list[tuple[dt.date, int, str, Entry]] = []
    for each in tasks:
        on = as_day(each.due_on) or (moment.day(each.due_at) if each.due_at else None)
        if on is not None and on <= moment.today and each.promise is None:
            due.append((on, each.due_at or 0, each.id, each))
    if not due:
        return
    on, due_at, _, task = min(due)
    missed = past[0] if past and past[0].what == "call" and past[0].outcome in UNREACHED else None
    at = due_at or day_start(on, moment.zone)
    if due_at > (past[0].at or 0 if past else 0):
        found["due_after_touch"] = Signal(True, "activity", task.id)
    if missed is not None and missed.at is not None:
        found["retry_at"] = Signal(at, "activity", task.id)
        found["retry_minutes"] = Signal((at - moment.at) // 60, "activity", task.id)
        found["no_answer_at"] = Signal(missed.at, "activity", missed.id)
        if due_at and on == moment.today:
            found["retry_clock_at"] = Signal(due_at, "activity", task.id)
        return
    found["task_words"] = Signal(upper_first(one_line(task.subject)) or tr("Next step"), "activity", task.id)
    found["task_on"] = Signal(on, "activity", task.id)
    until = at if due_at or on < moment.today else moment.midnight + _DAY
    found["task_minutes"] = Signal((until - moment.at) // 60, "activity", task.id)
    if due_at:
        found["task_due_at"] = Signal(due_at, "activity", task.id)
    if on < moment.today:
        found["task_late_days"] = Signal((moment.today - on).days, "activity", task.id)


def _proposal(found: Signals, past: Sequence[Entry], theirs: Entry | None, moment: Moment, agreed: Agreed) -> None:
    for each in past:
        if theirs is not None and each.id == theirs.id:
            return
        if each.what == "email" and each.direction != "in" and each.subject and each.at is not None:
            small = each.subject.lower()
            if any(word in small for word in agreed.proposal_words):
                found["proposal_unanswered_days"] = Signal(moment.days_since(each.at), "activity", each.id)
                return


def _quiet(found: Signals, past: Sequence[Entry], theirs: Entry | None, moment: Moment) -> None:
    if theirs is not None and theirs.at is not None and "planned_touch" not in found:
        on = moment.day(theirs.at)
        found["quiet_days"] = Signal((moment.today - on).days, "activity", theirs.id)
        found["quiet_workdays"] = Signal(workdays_between(on, moment.today), "activity", theirs.id)
    waits: list[int] = []
    asked: Entry | None = None
    newest: Entry | None = None
    for each in reversed(past):
        if each.direction != "in":
            asked = asked or (each if each.what == "email" else None)
        elif asked is not None and each.at is not None and asked.at is not None:
            waits.append((moment.day(each.at) - moment.day(asked.at)).days)
            asked, newest = None, each
    if len(waits) >= 2 and newest is not None:
        found["usual_reply_days"] = Signal(max(1, sorted(waits)[len(waits) // 2]), "activity", newest.id)


def _person(found: Signals, relationship: Relationship, own_at: int, moment: Moment) -> None:
    person = relationship.person
    if person is None:
        return
    if person.best_time:
        found["best_time"] = Signal(lower_first(one_line(person.best_time)), "person", person.id)
    created = person.created_at or 0
    if (person.journey or "").lower() in ("lead", "new lead", "new", "mql") and not own_at and created:
        days = moment.days_since(created)
        if 0 <= days <= 14 and "fresh_days" not in found:
            found["fresh_days"] = Signal(days, "person", person.id)
            if person.source or person.campaign:
                found["lead_source"] = Signal(one_line(person.source or person.campaign), "person", person.id)
    if person.extra and "irthday" in person.extra:
        _birthday(found, person.id, person.extra, moment)


def _birthday(found: Signals, person_id: str, extra: str, moment: Moment) -> None:
    for name, value in json.loads(extra).items():
        born = as_day(str(value)) if "birthday" in name.lower() else None
        if born is not None:
            coming = dt.date(moment.today.year, born.month, min(born.day, 28))
            if coming < moment.today:
                coming = coming.replace(year=coming.year + 1)
            found["birthday_days"] = Signal((coming - moment.today).days, "person", person_id)


def _passed(found: Signals, relationship: Relationship, own_at: int, moment: Moment) -> None:
    for each in relationship.moves:
        if each.field != "owner_id" or each.became != relationship.me or not each.was or each.at <= own_at:
            continue
        days = moment.days_since(each.at)
        name = (relationship.colleagues or {}).get(each.was)
        if 0 <= days <= 7 and name:
            kind = relationship.kind if each.record_id == relationship.id else "deal"
            found["passed_on"] = Signal(moment.day(each.at), kind, each.record_id)
            found["passed_days"] = Signal(days, kind, each.record_id)
            found["passed_by"] = Signal(first_name(name), kind, each.record_id)
            return
    for entry in relationship.entries:
        if entry.outcome == "passed_on" and entry.at and own_at < entry.at <= moment.at and entry.owner_id:
            days = moment.days_since(entry.at)
            name = (relationship.colleagues or {}).get(entry.owner_id)
            if days <= 7 and name and entry.owner_id != relationship.me:
                found["passed_on"] = Signal(moment.day(entry.at), "activity", entry.id)
                found["passed_days"] = Signal(days, "activity", entry.id)
                found["passed_by"] = Signal(first_name(name), "activity", entry.id)
            return
