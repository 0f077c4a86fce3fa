"""Facts about a person or deal that rules may ask about: a closed list, each with the record that it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from companion.domain.words import day_start, local_day


class Signal(NamedTuple):
    """A signal's value (see VOCABULARY for its type) and its evidence: a kind of record and a local id."""

    value: Any
    kind: str
    id: str


Signals = dict[str, Signal]


class Meaning(NamedTuple):
    """What a signal is: its words in a sentence, and its type: yes, days, count, money, text, day or instant."""

    words: str
    type: str


VOCABULARY: Final[Mapping[str, Meaning]] = {
    "open_deal": Meaning("they have an open deal", "yes"),
    "deal_amount": Meaning("the deal is worth", "money"),
    "stage": Meaning("the deal’s stage is", "text"),
    "stage_days": Meaning("in this stage for", "days"),
    "stage_usual_days": Meaning("this stage usually takes", "days"),
    "stage_over_days": Meaning("in this stage longer than usual by", "days"),
    "close_on": Meaning("closes on", "day"),
    "close_days": Meaning("closes within", "days"),
    "close_passed_days": Meaning("close date passed for", "days"),
    "close_moves": Meaning("close date moved this month", "count"),
    "no_next_step": Meaning("no dated next step", "yes"),
    "planned_touch": Meaning("a touch is planned", "yes"),
    "contacts": Meaning("people known on the deal", "count"),
    "contract_ends_on": Meaning("contract ends on", "day"),
    "renewal_days": Meaning("contract ends within", "days"),
    "trial_ends_on": Meaning("trial ends on", "day"),
    "trial_days": Meaning("trial ends within", "days"),
    "trial_use": Meaning("use of the trial", "text"),
    "proposal_unanswered_days": Meaning("proposal sent without reply for", "days"),
    "promise_words": Meaning("what you promised", "text"),
    "promise_on": Meaning("promised for", "day"),
    "promise_due_days": Meaning("promise due within", "days"),
    "promise_late_days": Meaning("promise late by", "days"),
    "inbound_unanswered_days": Meaning("waits for your answer for", "days"),
    "inbound_at": Meaning("wrote to you at", "instant"),
    "inbound_words": Meaning("what they wrote about", "text"),
    "inbound_verb": Meaning("how they reached you", "text"),
    "quiet_days": Meaning("no contact for", "days"),
    "quiet_workdays": Meaning("no contact for (working days)", "count"),
    "usual_reply_days": Meaning("they usually reply within", "days"),
    "quote_opens": Meaning("opened your quote", "count"),
    "quote_since_on": Meaning("opened your quote since", "day"),
    "pages_read": Meaning("read one page this week", "count"),
    "page": Meaning("the page they read", "text"),
    "meeting_at": Meaning("meets you at", "instant"),
    "meeting_minutes": Meaning("meets you within (minutes)", "count"),
    "meeting_words": Meaning("the meeting", "text"),
    "topic_open": Meaning("not discussed yet", "text"),
    "unlogged_at": Meaning("met you at, nothing logged", "instant"),
    "unlogged_days": Meaning("met you without a log for", "days"),
    "unlogged_words": Meaning("how you met", "text"),
    "task_words": Meaning("the next step", "text"),
    "task_on": Meaning("the next step is planned for", "day"),
    "task_due_at": Meaning("the next step’s hour", "instant"),
    "task_minutes": Meaning("the next step is due within (minutes)", "count"),
    "task_late_days": Meaning("the next step waits for", "days"),
    "due_after_touch": Meaning("the next step was set for later the same day", "yes"),
    "retry_at": Meaning("try again at", "instant"),
    "retry_minutes": Meaning("try again within (minutes)", "count"),
    "retry_clock_at": Meaning("try again at the hour of", "instant"),
    "no_answer_at": Meaning("nobody answered at", "instant"),
    "best_time": Meaning("best reached", "text"),
    "fresh_days": Meaning("a fresh lead for", "days"),
    "callback": Meaning("asked for a callback", "text"),
    "lead_source": Meaning("where the lead comes from", "text"),
    "snooze_days": Meaning("a snooze ended within", "days"),
    "snooze_ended_on": Meaning("a snooze ended on", "day"),
    "snooze_words": Meaning("what the snooze waits for", "text"),
    "reply_awaited": Meaning("they replied, which you waited for", "yes"),
    "reply_awaited_on": Meaning("you waited for a reply since", "day"),
    "meeting_awaited": Meaning("the meeting that you waited for is over", "yes"),
    "meeting_awaited_words": Meaning("the meeting that you waited for", "text"),
    "parked_words": Meaning("why you parked them", "text"),
    "parked_back": Meaning("how the parking ended", "text"),
    "passed_on": Meaning("passed on to you on", "day"),
    "passed_days": Meaning("passed on to you within", "days"),
    "passed_by": Meaning("who passed them on", "text"),
    "birthday_days": Meaning("has a birthday within", "days"),
}
"""Every signal by name, as the rule editor says it. Absent means not so: no comparison with an absent signal holds."""

ANCHORED: Final = frozenset(VOCABULARY) - frozenset(
    "quiet_days quiet_workdays usual_reply_days best_time planned_touch birthday_days".split()
)
"""Signals that only arise while something is open or fresh; a rule without one must look at everybody each day."""


class Moment:
    """Now, where the rep is: the instant in seconds, the local day and its first second."""

    __slots__ = ("_days", "at", "midnight", "today", "zone")

    def __init__(self, at: int, zone: dt.tzinfo, today: dt.date, midnight: int) -> None:
        self.at = at
        self.zone = zone
        self.today = today
        self.midnight = midnight
        self._days: dict[int, dt.date] = {}

    @classmethod
    def of(cls, now: dt.datetime, zone: dt.tzinfo) -> Moment:
        """From an aware datetime and the rep's zone."""
        today = now.astimezone(zone).date()
        return cls(int(now.timestamp()), zone, today, day_start(today, zone))

    def day(self, at: int) -> dt.date:
        """The local day of an instant."""
        found = self._days.get(at)
        if found is None:
            found = self._days[at] = local_day(at, self.zone)
        return found

    def days_since(self, at: int) -> int:
        """Calendar days from the local day of an instant to today."""
        return 0 if self.midnight <= at <= self.at else (self.today - self.day(at)).days

    def days_until(self, day: str | None) -> int | None:
        """Calendar days from today to 'YYYY-MM-DD', negative when past; None for what is no day."""
        on = as_day(day)
        return None if on is None else (on - self.today).days


class Agreed(NamedTuple):
    """What the team agreed that signals depend on: words that mark a proposal, topics to be raised, days a stage takes.

    `usual_days` answers for a stage's id and name.
    """

    proposal_words: Sequence[str] = ("proposal", "quote", "offer", "quotation")
    callback_words: Sequence[str] = ("callback", "call back", "call me")
    topics: Sequence[tuple[str, Sequence[str]]] = ()
    usual_days: Callable[[str | None, str | None], int | None] = lambda stage_id, name: None
    trial_fields: Sequence[str] = ()


def as_day(text: str | None) -> dt.date | None:
    """A calendar day, or None for text that is none."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def workdays_between(first: dt.date, last: dt.date) -> int:
    """Days of Monday to Friday after `first` up to `last`."""
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, 7)
    return weeks * 5 + sum((first.weekday() + step) % 7 < 5 for step in range(1, rest + 1))
