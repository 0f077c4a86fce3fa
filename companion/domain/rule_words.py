"""A rule in plain words: its level, what it asks for with today's values, and its threshold one step further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from companion.domain import words
from companion.domain.language import tr, trn
from companion.domain.reasons import FACTS
from companion.domain.rules import Condition, Rule
from companion.domain.signals import VOCABULARY, Moment, Signal, Signals


class Ground(NamedTuple):
    """One condition as it holds today: 'proposal sent 6 days ago, no reply', and its limit, '4 days' ('' for none)."""

    said: str
    limit: str


class Threshold(NamedTuple):
    """The condition of a rule that can be moved by one step, as its place in `when`, with both neighbours' values.

    `softer` finds at least as many as the rule does now, `stricter` at most; None where there is no such step.
    """

    place: int
    softer: int | None
    stricter: int | None


def level_words(level: int) -> str:
    """What a level stands for: 'Money at risk'."""
    return (
        tr("Next up"),
        tr("Someone waits for you"),
        tr("Money at risk"),
        tr("Agreed touch"),
        tr("Fresh interest"),
        tr("Going quiet"),
        tr("Tidying up"),
    )[min(max(level, 1), 7) - 1]


def grounds(rule: Rule, signals: Signals, moment: Moment) -> tuple[Ground, ...]:
    """Why the rule holds today: its conditions, then the day that its tint or its rank goes by, if that adds one."""
    found = [Ground(_said(each, signals, moment), limit_words(each)) for each in rule.when]
    asked = {each.signal for each in rule.when}
    more = (each for each in rule.tint_when if each.signal in signals and each.signal not in asked)
    found += [Ground(_said(each, signals, moment), "") for each in more]
    return tuple(each for each in found if each.said)


def evidence(rule: Rule, signals: Signals) -> tuple[Signal, ...]:
    """The signals that its sentence tells, then those that its conditions ask for; one for each record."""
    told = next((each for each in rule.say if all(name in signals for name in _names(each))), ())
    names = [*_names(told), *(each.signal for each in rule.when)]
    by_record = {(signals[name].kind, signals[name].id): signals[name] for name in reversed(names) if name in signals}
    return tuple(dict.fromkeys(by_record[signals[n].kind, signals[n].id] for n in names if n in signals))


def _names(template: Any) -> list[str]:
    return [FACTS[piece.text][0] for clause in template for piece in clause if piece.is_fact]


def threshold(rule: Rule) -> Threshold | None:
    """The number that the rule turns on: its first limit with a floor, else its first with a ceiling."""
    numbers = [(i, each) for i, each in enumerate(rule.when) if _is_limit(each)]
    floors = [pair for pair in numbers if pair[1].comparison in (">=", ">")]
    for place, each in (floors or numbers)[:1]:
        step = _step(each)
        down, up = each.value - step, each.value + step
        lowest = 1 if each.signal in _FROM_ONE else 0
        down_or_none = down if down >= lowest else None
        return Threshold(place, *((down_or_none, up) if each.comparison in (">=", ">") else (up, down_or_none)))
    return None


def moved(rule: Rule, place: int, value: int, rule_id: str) -> Rule:
    """The rule under another id with another limit."""
    when = list(rule.when)
    when[place] = when[place]._replace(value=value)
    return rule._replace(id=rule_id, when=tuple(when), on=True)


def limit_words(condition: Condition) -> str:
    """'4 days', '€50k'; '' where the limit says no more than that there is something."""
    return number_words(condition, condition.value) if _is_limit(condition) and condition.value else ""


def number_words(condition: Condition, value: int) -> str:
    """A value as the condition's limit."""
    kind = VOCABULARY[condition.signal].type
    if condition.signal.endswith("_minutes"):
        return words.length(value * 60)
    if kind == "money":
        return words.short_money(value, None)
    return words.days(value) if kind == "days" or condition.signal == "quiet_workdays" else f"{value}"


def _is_limit(condition: Condition) -> bool:
    return VOCABULARY[condition.signal].type in ("days", "count", "money") and type(condition.value) is int


def _step(condition: Condition) -> int:
    if condition.signal.endswith("_minutes"):
        return 60 if condition.value < 1_440 else 1_440
    return max(1, condition.value // 5) if VOCABULARY[condition.signal].type == "money" else 1


_FROM_ONE: Final = frozenset(
    "close_passed_days promise_late_days task_late_days close_moves quote_opens pages_read "
    "task_minutes contacts".split()
)
"""Signals that are absent below one: a softer limit than one finds nobody else."""


def _said(condition: Condition, signals: Signals, moment: Moment) -> str:
    signal, _, value = condition
    if VOCABULARY[signal].type == "yes":
        says_yes, says_no = _yes_no(signal)
        return says_yes if value else says_no
    known = signals.get(signal)
    if known is None:
        return ""
    say = _SAYS.get(signal)
    if say is None:
        return f"{tr(VOCABULARY[signal].words)} {_plain(known.value, VOCABULARY[signal].type, moment)}"
    money = signals.get("deal_money")
    return say(money.value if signal == "deal_amount" and money else known.value, moment)


def _plain(value: Any, kind: str, moment: Moment) -> str:
    if kind == "days":
        return words.days(value)
    if kind == "day":
        return words.dated(value, moment.today)
    return _at(value, moment) if kind == "instant" else str(value)


def _yes_no(signal: str) -> tuple[str, str]:
    """What stands there when such a signal is asked for, and when its absence is."""
    return {
        "open_deal": (tr("they have an open deal"), tr("they have no open deal")),
        "no_next_step": (tr("no next step on the deal"), tr("a next step on the deal")),
        "planned_touch": (tr("a touch is planned"), tr("no touch is planned")),
        "reply_awaited": (tr("you waited for their reply"), ""),
        "meeting_awaited": (tr("you waited for the meeting"), ""),
        "due_after_touch": (tr("planned for later the same day"), ""),
    }.get(signal, (tr(VOCABULARY[signal].words), ""))


def _at(value: int, moment: Moment) -> str:
    on = words.on_day(moment.day(value), moment.today)
    return tr("{on_day} at {time}", on_day=on, time=words.clock(value, moment.zone))


_Say = Callable[[Any, Moment], str]
_SAYS: Final[Mapping[str, _Say]] = {
    "deal_amount": lambda value, moment: tr("the deal is worth {amount}", amount=words.short_money(*value)),
    "stage_days": lambda value, moment: tr("in this stage for {days}", days=words.days(value)),
    "stage_over_days": lambda value, moment: tr("in this stage {days} longer than usual", days=words.days(value)),
    "close_days": lambda value, moment: tr("closes {ahead}", ahead=words.ahead(value)),
    "close_passed_days": lambda value, moment: tr("close date passed {ago}", ago=words.ago(value)),
    "close_moves": lambda value, moment: tr("close date moved {times} this month", times=words.times(value)),
    "contacts": lambda value, moment: trn("{n} person known on the deal", "{n} people known on the deal", value),
    "renewal_days": lambda value, moment: tr("the contract ends {ahead}", ahead=words.ahead(value)),
    "trial_days": lambda value, moment: tr("the trial ends {ahead}", ahead=words.ahead(value)),
    "proposal_unanswered_days": lambda value, moment: tr("proposal sent {ago}, no reply", ago=words.ago(value)),
    "promise_due_days": lambda value, moment: tr("your promise is due {ahead}", ahead=words.ahead(value)),
    "promise_late_days": lambda value, moment: tr("your promise is {days} late", days=words.days(value)),
    "inbound_unanswered_days": lambda value, moment: tr("they wrote or rang {ago}, no answer", ago=words.ago(value)),
    "quiet_days": lambda value, moment: tr("no contact for {days}", days=words.days(value)),
    "quiet_workdays": lambda value, moment: trn(
        "no contact for {n} working day", "no contact for {n} working days", value
    ),
    "usual_reply_days": lambda value, moment: tr("they usually reply within {days}", days=words.days(value)),
    "quote_opens": lambda value, moment: tr("opened your quote {times}", times=words.times(value)),
    "pages_read": lambda value, moment: tr("read one page {times} this week", times=words.times(value)),
    "meeting_at": lambda value, moment: tr("they meet you {when}", when=_at(value, moment)),
    "meeting_minutes": lambda value, moment: tr("they meet you {when}", when=words.until(value * 60)),
    "unlogged_at": lambda value, moment: tr("you met {when}, nothing logged", when=_at(value, moment)),
    "task_minutes": lambda value, moment: (
        tr("the next step is due {when}", when=words.until(value * 60)) if value > 0 else tr("the next step is due")
    ),
    "task_late_days": lambda value, moment: tr("the next step waits for {days}", days=words.days(value)),
    "retry_at": lambda value, moment: tr("to be tried again {when}", when=_at(value, moment)),
    "fresh_days": lambda value, moment: tr("came in {ago}", ago=words.ago(value)),
    "snooze_days": lambda value, moment: tr("put away until {ago}", ago=words.ago(value)),
    "passed_days": lambda value, moment: tr("passed on to you {ago}", ago=words.ago(value)),
    "birthday_days": lambda value, moment: tr("their birthday is {ahead}", ahead=words.ahead(value)),
}
"""What the value of a signal is today, in the middle of a sentence."""
