"""Who would join or leave the list if a rule's limit were one step softer or stricter: read in slices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from companion.database import Rows
from companion.domain import rule_words
from companion.domain.ranking import Candidate, Rank, argued
from companion.domain.reasons import tell
from companion.domain.records import Kind
from companion.domain.relationship import Relationship
from companion.domain.rules import Rule
from companion.domain.signals import Moment
from companion.domain.workspace import Workspace
from companion.queries.rule_candidates import candidates
from companion.queries.rule_preview import name_of
from companion.store import moves, relationships

_SOFTER: Final = "softer"
_STRICTER: Final = "stricter"


class Mover(NamedTuple):
    """Somebody who would join or leave, and what the row says or would say. `stays` is who stands there anyway."""

    kind: str
    id: str
    who: str
    sentence: str
    stays: bool
    rank: Rank


@dataclass(frozen=True, slots=True)
class Steps:
    """A rule beside its two neighbours: the limits in words ('3 days', '5 days'), '' where there is no such step."""

    rule: Rule
    softer: Rule | None
    stricter: Rule | None
    softer_words: str
    stricter_words: str


class Moving(NamedTuple):
    """Who would join with the softer limit, and who would leave with the stricter one."""

    joins: tuple[Mover, ...] = ()
    leaves: tuple[Mover, ...] = ()

    def __add__(self, other: object) -> Moving:
        if not isinstance(other, Moving):
            return NotImplemented
        return Moving((*self.joins, *other.joins), (*self.leaves, *other.leaves))

    @property
    def ranked(self) -> Moving:
        """The same, strongest first."""
        return Moving(*(tuple(sorted(each, key=lambda mover: mover.rank)) for each in self))


def steps(rule: Rule) -> Steps | None:
    """The rule one step softer and one stricter; None where it turns on no number."""
    limit = rule_words.threshold(rule)
    if limit is None:
        return None
    condition = rule.when[limit.place]

    def neighbour(value: int | None, rule_id: str) -> tuple[Rule | None, str]:
        if value is None:
            return None, ""
        return rule_words.moved(rule, limit.place, value, rule_id), rule_words.number_words(condition, value)

    softer, softer_words = neighbour(limit.softer, _SOFTER)
    stricter, stricter_words = neighbour(limit.stricter, _STRICTER)
    return Steps(rule, softer, stricter, softer_words, stricter_words)


def subjects(rows: Rows, both: Steps, now: dt.datetime, zone: dt.tzinfo, me: str | None) -> list[tuple[Kind, str]]:
    """Whom to look at: everybody that the softer rule can find, else whom the rule has found. `look` takes slices."""
    if both.softer is not None:
        return candidates(rows, both.softer, Moment.of(now, zone), me)
    found = rows.all(
        "SELECT subject_kind, subject_id FROM scores WHERE rule_id = ? OR instr(more, ?)",
        (both.rule.id, f'["{both.rule.id}",'),
    )
    return [(Kind(kind), each) for kind, each in found]


def look(
    rows: Rows,
    some: Sequence[tuple[Kind, str]],
    both: Steps,
    workspace: Workspace,
    now: dt.datetime,
    zone: dt.tzinfo,
    me: str | None,
) -> Moving:
    """Who of these would move; `now` is aware. At most 400 at once: 20 take some 5 ms."""
    moment = Moment.of(now, zone)
    agreed = workspace.agreed(moves.stage_norms(rows))
    rules = tuple(each for each in (both.rule._replace(on=True), both.softer, both.stricter) if each is not None)
    joins: list[Mover] = []
    leaves: list[Mover] = []
    for relationship, hidden in relationships.load(rows, some, moment, me):
        if both.rule.id in hidden:
            continue
        found = {each[1].id: each for each in argued(relationship, rules, moment, agreed)}
        here, softer = found.get(both.rule.id), found.get(_SOFTER)
        if here is None and softer is not None:
            joins.append(_mover(rows, relationship, softer, both, moment))
        elif here is not None and both.stricter is not None and _STRICTER not in found:
            leaves.append(_mover(rows, relationship, here, both, moment))
    return Moving(tuple(joins), tuple(leaves))


def _mover(rows: Rows, relationship: Relationship, how: Candidate, both: Steps, moment: Moment) -> Mover:
    rank, rule, signals, _ = how
    said = tell(rule, signals, moment, rank.place).row_sentence
    stays = _stays(rows, relationship.id, both.rule.id)
    return Mover(relationship.kind, relationship.id, name_of(relationship), said, stays, rank)


def _stays(rows: Rows, subject_id: str, rule_id: str) -> bool:
    """Whether somebody stands on the list for another reason than this rule's."""
    row = rows.one("SELECT rule_id, others FROM scores WHERE subject_id = ?", (subject_id,))
    return row is not None and (row[0] != rule_id or row[1] > 0)
