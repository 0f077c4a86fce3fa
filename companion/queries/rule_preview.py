"""Whom a rule would put on the list if it were as it is written now, with the exact words; before it is saved."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.ranking import Candidate, argued
from companion.domain.reasons import tell
from companion.domain.relationship import Relationship
from companion.domain.rules import Rule
from companion.domain.signals import Moment
from companion.domain.workspace import Workspace
from companion.queries.rule_candidates import candidates
from companion.store import moves, relationships


class Match(NamedTuple):
    """Somebody whom the rule finds, and what their row would say. `kind` and `id` name the subject."""

    kind: str
    id: str
    who: str
    sentence: str


class Preview(NamedTuple):
    """The matches in their rank, at most as many as asked for; `total` counts all, `before` those of the saved rule."""

    matches: tuple[Match, ...]
    total: int
    before: int

    @property
    def words(self) -> str:
        """'5 people, 1 more than before'."""
        people = "1 person" if self.total == 1 else f"{self.total:,} people"
        change = self.total - self.before
        return f"{people}, {abs(change):,} {'more' if change > 0 else 'fewer'} than before" if change else people


def preview(
    rows: Rows,
    rule: Rule,
    workspace: Workspace,
    now: dt.datetime,
    zone: dt.tzinfo,
    me: str | None,
    limit: int = 20,
) -> Preview:
    """Who matches `rule` now, whether it is on or not. Looks only at people and deals that can match at all."""
    moment = Moment.of(now, zone)
    agreed = workspace.agreed(moves.stage_norms(rows))
    trial = rule._replace(on=True)
    matched: list[tuple[Candidate, Relationship]] = []
    whom = candidates(rows, trial, moment, me)
    for start in range(0, len(whom), 200):
        for relationship, hidden in relationships.load(rows, whom[start : start + 200], moment, me):
            matched += [(each, relationship) for each in argued(relationship, (trial,), moment, agreed, hidden)]
    matched.sort(key=lambda pair: pair[0][0])
    before = rows.value("SELECT count(*) FROM scores WHERE rule_id = ? OR instr(more, ?)", (rule.id, f'["{rule.id}",'))
    shown = tuple(_match(how, relationship, moment) for how, relationship in matched[:limit])
    return Preview(shown, len(matched), int(before))


def _match(how: Candidate, relationship: Relationship, moment: Moment) -> Match:
    rank, rule, signals, _ = how
    said = tell(rule, signals, moment, rank.place).row_sentence
    return Match(relationship.kind, relationship.id, name_of(relationship), said)


def name_of(relationship: Relationship) -> str:
    """What to call the subject on a row."""
    named = relationship.person.name if relationship.person else relationship.deals[0].name
    return words.one_line(named) or tr("No name")
