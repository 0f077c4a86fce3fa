"""What a snooze or a parking that has ended says, as signals."""

from __future__ import annotations

from companion.domain import snoozes
from companion.domain.language import tr
from companion.domain.meetings import meeting_words
from companion.domain.relationship import Relationship, Snooze
from companion.domain.signals import Moment, Signal, Signals
from companion.domain.words import on_day, one_line


def observe(found: Signals, relationship: Relationship, touched_at: int, own_at: int, moment: Moment) -> None:
    """The snooze that ended last, while nobody was in touch since; their reply ends one, it does not answer it."""
    for each in sorted(relationship.snoozes, key=lambda each: -each.until_at):
        since = touched_at if each.ended_by is None else own_at
        if each.until_at <= moment.at and since < each.until_at and moment.days_since(each.until_at) <= 14:
            kind = relationship.kind if each.record_id == relationship.id else "deal"
            found["snooze_ended_on"] = Signal(moment.day(each.until_at), kind, each.record_id)
            found["snooze_days"] = Signal(moment.days_since(each.until_at), kind, each.record_id)
            _event(found, each, relationship, moment)
            if each.parked:
                found["parked_back"] = Signal(_back(each, found, moment), kind, each.record_id)
            if each.words:
                name = "parked_words" if each.parked else "snooze_words"
                found[name] = Signal(one_line(each.words), kind, each.record_id)
            return


def _event(found: Signals, snooze: Snooze, relationship: Relationship, moment: Moment) -> None:
    """What the snooze waited for has come."""
    event = next((each for each in relationship.entries if each.id == snooze.event_id), None)
    if event is None:
        return
    if snooze.ended_by == snoozes.REPLY:
        found["reply_awaited"] = Signal(True, "activity", event.id)
        found["reply_awaited_on"] = Signal(moment.day(snooze.made_at), "activity", event.id)
    else:
        found["meeting_awaited"] = Signal(True, "activity", event.id)
        found["meeting_awaited_words"] = Signal(meeting_words(event), "activity", event.id)


def _back(snooze: Snooze, found: Signals, moment: Moment) -> str:
    """'resumes today', 'they replied': how a parking ended."""
    if "reply_awaited" in found:
        return tr("they replied")
    if "meeting_awaited" in found:
        return tr("{meeting} is over", meeting=found["meeting_awaited_words"].value)
    on = moment.day(snooze.until_at)
    return tr("resumes today") if on == moment.today else tr("resumed {on_day}", on_day=on_day(on, moment.today))
