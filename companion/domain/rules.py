"""A rule: conditions over signals, a sentence that says why, a level, a place on the list and a verb; from data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from companion.domain.language import tr
from companion.domain.signals import VOCABULARY, Signals
from companion.domain.words import VERBS

NEXT, NOW, LATER = 1, 2, 3
PLACES: Final = {"next": NEXT, "now": NOW, "later": LATER}
"""Where a rule puts a person: Next up, Contact now, Later today."""

TINTS: Final = ("warn", "bad", "accent", "good")
COMPARISONS: Final = ("is", ">=", "<=", ">", "<")
WAITING_LEVEL: Final = 3
"""Rules up to this level stand for customers who wait or money at risk: they are never placed under Later today."""


class Condition(NamedTuple):
    """A signal compared with a value. An absent signal fails, except that 'is false' asks for just that."""

    signal: str
    comparison: str
    value: Any


class Piece(NamedTuple):
    """A piece of a sentence: words as they stand, or the name of a fact."""

    text: str
    is_fact: bool


Clause = tuple[Piece, ...]
Template = tuple[Clause, ...]


class Rule(NamedTuple):
    """One rule. `say`, `row` and `if_nothing` are alternatives: the first whose facts are all known is told.

    `row` is the sentence without what the list's columns show; empty means as `say`. `tint` colours the first clause,
    or the last one if `tint_last`, while `tint_when` holds. `always` holds for what outlives a touch of today or a
    snooze. `deadline` and `waiting` name the signals that rank within the level; `label` stands for a missing stage.
    A rule that `yields` keeps its rank but lets a fresher or quieter reason (level 5 or 6) speak for it: a planned call
    is better explained by the renewal that it is about.
    """

    id: str
    name: str
    level: int
    place: int
    when: tuple[Condition, ...]
    say: tuple[Template, ...]
    if_nothing: tuple[Template, ...]
    icon: str
    verb: str
    row: tuple[Template, ...] = ()
    tint: str | None = None
    tint_last: bool = False
    tint_when: tuple[Condition, ...] = ()
    always: tuple[Condition, ...] | None = None
    later_when: tuple[Condition, ...] = ()
    deadline: str | None = None
    waiting: str | None = None
    label: str | None = None
    yields: bool = False
    on: bool = True
    source: Mapping[str, Any] = MappingProxyType({})


def holds(conditions: Iterable[Condition], signals: Signals) -> bool:
    """Whether all of them hold."""
    for signal, comparison, value in conditions:
        known = signals.get(signal)
        if known is None:
            if value is False and comparison == "is":
                continue
            return False
        have = known.value
        if comparison == ">=":
            if have < value:
                return False
        elif comparison == "<=":
            if have > value:
                return False
        elif comparison == "is":
            if have != value:
                return False
        elif comparison == ">":
            if have <= value:
                return False
        elif have >= value:
            return False
    return True


_FACT: Final = re.compile(r"\{([a-z_]+)\}")
_KEYS: Final = frozenset(
    "id name level place when say row if_nothing icon verb tint tint_on tint_when always later_when deadline waiting "
    "label yields on".split()
)


def parse_template(text: str, facts: Iterable[str]) -> tuple[Template, list[str]]:
    """A sentence's clauses and pieces, and the names in it that are no facts."""
    unknown = [name for name in _FACT.findall(text) if name not in facts]
    clauses = []
    for clause in text.split(" · "):
        pieces = _FACT.split(clause)
        clauses.append(tuple(Piece(piece, bool(i % 2)) for i, piece in enumerate(pieces) if piece))
    return tuple(clauses), unknown


class _Reading:
    """Reads one rule and gathers what is wrong with it, in words."""

    def __init__(self, data: Mapping[str, Any], facts: Iterable[str], where: str) -> None:
        self.data = data
        self.facts = facts
        self.where = where
        self.problems: list[str] = [f"{where}: nobody knows “{key}”" for key in sorted(set(data) - _KEYS)]

    def problem(self, words: str) -> None:
        self.problems.append(f"{self.where}: {words}")

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problem(f"“{key}” is missing")
            return ""
        return value

    def maybe(self, key: str, allowed: Sequence[str] | Mapping[str, Any] | None = None) -> str | None:
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or (allowed is not None and value not in allowed):
            self.problem(f"“{key}” can’t be “{value}”")
            return None
        return value

    def templates(self, key: str) -> tuple[Template, ...]:
        value = self.data.get(key, [])
        found = []
        for each in [value] if isinstance(value, str) else value if isinstance(value, list) else [value]:
            if not isinstance(each, str) or not each.strip():
                self.problem(f"“{key}” must be a sentence")
                continue
            template, unknown = parse_template(tr(each), self.facts)
            for name in unknown:
                self.problem(f"“{key}” speaks of “{name}”, which is no fact")
            found.append(template)
        return tuple(found)

    def conditions(self, key: str) -> tuple[Condition, ...]:
        value = self.data.get(key, [])
        found = []
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, list) or len(each) != 3:
                self.problem(f"“{key}” must be a list of a signal, a comparison and a value")
                continue
            condition = Condition(*each)
            if self._sound(condition, key):
                found.append(condition)
        return tuple(found)

    def _sound(self, condition: Condition, key: str) -> bool:
        signal, comparison, value = condition
        meaning = VOCABULARY.get(str(signal))
        if meaning is None:
            self.problem(f"“{key}” asks for “{signal}”, which nobody observes")
        elif comparison not in COMPARISONS:
            self.problem(f"“{key}” compares with “{comparison}”; known are {', '.join(COMPARISONS)}")
        elif meaning.type in ("days", "count", "money", "instant") and type(value) is not int:
            self.problem(f"“{signal}” is compared with a number, not “{value}”")
        elif meaning.type in ("yes", "text", "day") and comparison != "is":
            self.problem(f"“{signal}” can only be compared by “is”")
        elif meaning.type == "yes" and not isinstance(value, bool):
            self.problem(f"“{signal}” is either true or false, not “{value}”")
        else:
            return True
        return False


def decode_rule(data: Any, facts: Iterable[str], where: str) -> tuple[Rule | None, list[str]]:
    """A rule from decoded JSON, or None and what is wrong with it. `facts` are the names that sentences may use."""
    if not isinstance(data, Mapping):
        return None, [f"{where}: must be a rule"]
    read = _Reading(data, facts, where)
    level = data.get("level")
    if not isinstance(level, int) or isinstance(level, bool) or not 1 <= level <= 7:
        read.problem("“level” must be a number from 1 to 7")
        level = 7
    place = PLACES.get(read.maybe("place", PLACES) or "now", NOW)
    if place == LATER and level <= WAITING_LEVEL:
        read.problem(f"level {level} can’t be placed under Later today")
    always = data.get("always")
    rule = Rule(
        id=read.text("id"),
        name=tr(read.text("name")),
        level=level,
        place=place,
        when=read.conditions("when"),
        say=read.templates("say"),
        if_nothing=read.templates("if_nothing"),
        icon=read.text("icon"),
        verb=read.maybe("verb", VERBS) or "open",
        row=read.templates("row"),
        tint=read.maybe("tint", TINTS),
        tint_last=read.maybe("tint_on", ("fact", "stake")) == "stake",
        tint_when=read.conditions("tint_when"),
        always=() if always is True else read.conditions("always") if always else None,
        later_when=read.conditions("later_when"),
        deadline=read.maybe("deadline", VOCABULARY),
        waiting=read.maybe("waiting", VOCABULARY),
        label=tr(read.maybe("label") or "") or None,
        yields=data.get("yields") is True,
        on=data.get("on", True) is True,
        source=data,
    )
    if not rule.when:
        read.problem("a rule needs at least one condition")
    if not rule.say:
        read.problem("a rule must say why")
    if not rule.if_nothing:
        read.problem("a rule must say what happens if nothing is done")
    return (None if read.problems else rule), read.problems
