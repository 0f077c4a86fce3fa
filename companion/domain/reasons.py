"""A reason: why somebody stands on the list, as a sentence whose every fact links to its record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from companion.domain import words
from companion.domain.language import in_english, number, tr
from companion.domain.rules import Clause, Rule, Template, holds
from companion.domain.signals import Moment, Signals

LONGEST: Final = 60
"""Characters of a reason at most, as English has it; other languages get half as many again."""


class Part(NamedTuple):
    """One clause of a reason: its text, its tone ('warn', 'bad', 'accent', 'good' or None), and the record that it
    rests on, as a kind and a local id.
    """

    text: str
    tone: str | None
    kind: str
    id: str


class Reason(NamedTuple):
    """Why, what happens otherwise, and what to do. Parts are joined by ' · '.

    `row` is the sentence for a list whose columns show amount and stage; `full` stands anywhere else. `tint` is the
    tone of the whole (of the strip), `icon` an icon's name, `verb` a code of `words.VERBS`.
    """

    rule_id: str
    rule_name: str
    level: int
    place: int
    icon: str
    tint: str | None
    verb: str
    if_nothing: str
    row: tuple[Part, ...]
    full: tuple[Part, ...]
    label: str | None = None

    @property
    def row_sentence(self) -> str:
        """The row's sentence as one text."""
        return " · ".join(part.text for part in self.row)

    @property
    def sentence(self) -> str:
        """The full sentence as one text."""
        return " · ".join(part.text for part in self.full)

    @property
    def verb_words(self) -> str:
        """The verb as a button says it."""
        return tr(words.VERBS.get(self.verb, words.VERBS["open"]))


_Say = Callable[[Any, Signals, Moment], str]


def _money(value: Any, signals: Signals, moment: Moment) -> str:
    return words.short_money(value[0], value[1])


def _day(value: Any, signals: Signals, moment: Moment) -> str:
    return words.day(value, moment.today)


def _due_day(value: Any, signals: Signals, moment: Moment) -> str:
    return words.due_day(value, moment.today)


def _on_day(value: Any, signals: Signals, moment: Moment) -> str:
    return words.on_day(value if isinstance(value, dt.date) else moment.day(value), moment.today)


def _short_date(value: Any, signals: Signals, moment: Moment) -> str:
    return words.short_date(value, moment.today)


def _since(value: Any, signals: Signals, moment: Moment) -> str:
    return tr("today") if value == moment.today else tr("since {day}", day=words.day(value, moment.today))


def _clock(value: Any, signals: Signals, moment: Moment) -> str:
    return words.clock(value, moment.zone)


def _day_clock(value: Any, signals: Signals, moment: Moment) -> str:
    day = words.on_day(moment.day(value), moment.today)
    return tr("{day} at {time}", day=day, time=words.clock(value, moment.zone))


def _ago(value: Any, signals: Signals, moment: Moment) -> str:
    return words.ago(value)


def _ahead(value: Any, signals: Signals, moment: Moment) -> str:
    return words.ahead(value)


def _days(value: Any, signals: Signals, moment: Moment) -> str:
    return words.days(value)


def _count(value: Any, signals: Signals, moment: Moment) -> str:
    return number(value)


def _times(value: Any, signals: Signals, moment: Moment) -> str:
    return words.times(value)


def _text(value: Any, signals: Signals, moment: Moment) -> str:
    return str(value)


FACTS: Final[Mapping[str, tuple[str, _Say]]] = {
    "amount": ("deal_money", _money),
    "stage": ("stage", _text),
    "stage_age": ("stage_days", _days),
    "stage_usual": ("stage_usual_days", _count),
    "close_day": ("close_on", _day),
    "close_passed": ("close_passed_days", _ago),
    "close_moves": ("close_moves", _times),
    "contract_end": ("contract_ends_on", _short_date),
    "renewal": ("renewal_days", _ahead),
    "trial_end": ("trial_days", _ahead),
    "trial_use": ("trial_use", _text),
    "proposal_age": ("proposal_unanswered_days", _ago),
    "promise": ("promise_words", _text),
    "promise_day": ("promise_on", _due_day),
    "promise_late": ("promise_late_days", _ago),
    "inbound": ("inbound_words", _text),
    "inbound_verb": ("inbound_verb", _text),
    "inbound_day": ("inbound_at", _on_day),
    "quiet": ("quiet_days", _days),
    "usual": ("usual_reply_days", _count),
    "quote_opens": ("quote_opens", _times),
    "quote_since": ("quote_since_on", _since),
    "page": ("page", _text),
    "pages_read": ("pages_read", _times),
    "meeting": ("meeting_words", _text),
    "meeting_time": ("meeting_at", _clock),
    "topic": ("topic_open", _text),
    "met": ("unlogged_words", _text),
    "met_when": ("unlogged_at", _day_clock),
    "task": ("task_words", _text),
    "task_day": ("task_on", _day),
    "task_time": ("task_due_at", _clock),
    "no_answer_when": ("no_answer_at", _day_clock),
    "retry_time": ("retry_clock_at", _clock),
    "best_time": ("best_time", _text),
    "callback": ("callback", _text),
    "lead_source": ("lead_source", _text),
    "snooze_day": ("snooze_ended_on", _on_day),
    "snooze": ("snooze_words", _text),
    "waited_since": ("reply_awaited_on", _day),
    "met_over": ("meeting_awaited_words", _text),
    "parking": ("parked_words", _text),
    "resumes": ("parked_back", _text),
    "passed_by": ("passed_by", _text),
    "passed_day": ("passed_on", _on_day),
    "birthday": ("birthday_days", _ahead),
}
"""The facts that a sentence may name: which signal each tells, and how."""

_FREE_TEXT: Final = {name for name, (_, say) in FACTS.items() if say is _text}


def tell(rule: Rule, signals: Signals, moment: Moment, place: int) -> Reason:
    """The reason of a rule whose conditions hold, placed where it now belongs."""
    tint = rule.tint if rule.tint and holds(rule.tint_when, signals) else None
    fallback = next((signals[each.signal] for each in rule.when if each.signal in signals), None)
    grounds = (fallback.kind, fallback.id) if fallback else ("person", "")
    full = _sentence(_told(rule.say, signals), rule, signals, moment, tint, grounds)
    row = _sentence(_told(rule.row, signals), rule, signals, moment, tint, grounds) if rule.row else full
    nothing = "".join(_words(clause, signals, moment) for clause in _told(rule.if_nothing, signals))
    return Reason(
        rule.id,
        rule.name,
        rule.level,
        place,
        rule.icon,
        tint,
        rule.verb,
        tr("If you do nothing: {nothing}", nothing=nothing),
        row or full,
        full,
        rule.label,
    )


def _told(alternatives: Sequence[Template], signals: Signals) -> Template:
    for template in alternatives:
        if all(FACTS[piece.text][0] in signals for clause in template for piece in clause if piece.is_fact):
            return template
    if not alternatives:
        return ()
    last = alternatives[-1]
    known = tuple(clause for clause in last if all(not p.is_fact or FACTS[p.text][0] in signals for p in clause))
    return known or tuple(tuple(piece for piece in clause if not piece.is_fact) for clause in last)


def _words(clause: Clause, signals: Signals, moment: Moment, less: int = 0) -> str:
    said = []
    for text, is_fact in clause:
        if is_fact:
            signal, say = FACTS[text]
            text_said = say(signals[signal].value, signals, moment)
            if less > 0 and text in _FREE_TEXT and len(text_said) > 8:
                shorter = words.shortened(text_said, max(8, len(text_said) - less))
                less -= len(text_said) - len(shorter)
                text_said = shorter
            said.append(text_said)
        else:
            said.append(text)
    return "".join(said)


def _sentence(
    template: Template, rule: Rule, signals: Signals, moment: Moment, tint: str | None, grounds: tuple[str, str]
) -> tuple[Part, ...]:
    texts = [_words(clause, signals, moment) for clause in template]
    longest = LONGEST if in_english() else LONGEST * 3 // 2
    over = len(" · ".join(texts)) - longest
    if over > 0:
        texts = []
        for clause in template:
            before = _words(clause, signals, moment)
            after = _words(clause, signals, moment, over) if over > 0 else before
            over -= len(before) - len(after)
            texts.append(after)
        while over > 0 and len(texts) > 1:
            over -= len(texts.pop()) + 3
        if over > 0:
            texts[0] = words.shortened(texts[0], longest)
    toned = len(texts) - 1 if rule.tint_last else 0
    return tuple(
        Part(text, tint if i == toned else None, *_grounds(clause, signals, grounds))
        for i, (text, clause) in enumerate(zip(texts, template, strict=False))
    )


def _grounds(clause: Clause, signals: Signals, otherwise: tuple[str, str]) -> tuple[str, str]:
    for text, is_fact in clause:
        if is_fact:
            signal = signals[FACTS[text][0]]
            return signal.kind, signal.id
    return otherwise


def pack(reason: Reason) -> list[Any]:
    """A reason as plain lists, for the cache."""
    row = [[part.text, part.tone, part.kind, part.id] for part in reason.row]
    full = None if reason.full == reason.row else [[part.text, part.tone, part.kind, part.id] for part in reason.full]
    head = [reason.rule_id, reason.rule_name, reason.level, reason.place, reason.icon, reason.tint, reason.verb]
    return [*head, reason.if_nothing, row, full, reason.label]


def unpack(packed: Sequence[Any]) -> Reason:
    """What `pack` gave, as a reason again."""
    rule_id, rule_name, level, place, icon, tint, verb, if_nothing, row, full, label = packed
    row_parts = tuple(map(Part._make, row))
    full_parts = row_parts if full is None else tuple(map(Part._make, full))
    return Reason(rule_id, rule_name, level, place, icon, tint, verb, if_nothing, row_parts, full_parts, label)
