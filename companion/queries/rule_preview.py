"""Whom a rule would put on the list if it were as it is written now, with the exact words; before it is saved."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import tr
from companion.domain.ranking import Found, found
from companion.domain.records import Kind
from companion.domain.relationship import Relationship
from companion.domain.rules import Rule
from companion.domain.signals import ANCHORED, Moment
from companion.domain.workspace import Workspace
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


_OF_DEALS: Final = frozenset(
    "open_deal deal_amount stage stage_days stage_usual_days stage_over_days close_on close_days close_passed_days "
    "close_moves no_next_step contacts contract_ends_on renewal_days trial_ends_on trial_days trial_use".split()
)
_OF_TASKS: Final = frozenset(
    "promise_words promise_on promise_due_days promise_late_days task_words task_on task_due_at task_minutes "
    "task_late_days retry_at retry_minutes retry_clock_at".split()
)


_OF_MARKS: Final = frozenset({"quote_opens", "quote_since_on", "pages_read", "page"})
_NEEDED: Final = {
    "close_passed_days": "close_on IS NOT NULL",
    "close_days": "close_on IS NOT NULL",
    "close_moves": "id IN (SELECT record_id FROM moves WHERE field = 'close_on')",
    "deal_amount": "amount IS NOT NULL",
    "renewal_days": "contract_ends_on IS NOT NULL",
    "trial_days": "trial_ends_on IS NOT NULL",
}
"""What a deal must have before such a signal can be there at all."""


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
    matched: list[tuple[Found, Relationship]] = []
    whom = candidates(rows, trial, me)
    for start in range(0, len(whom), 200):
        for relationship, hidden in relationships.load(rows, whom[start : start + 200], moment, me):
            matched += [(each, relationship) for each in found(relationship, (trial,), moment, agreed, hidden)]
    matched.sort(key=lambda pair: pair[0].rank)
    before = rows.value("SELECT count(*) FROM scores WHERE rule_id = ? OR instr(more, ?)", (rule.id, f'["{rule.id}",'))
    shown = tuple(
        Match(each.kind, each.id, name_of(each), reason.reason.row_sentence) for reason, each in matched[:limit]
    )
    return Preview(shown, len(matched), int(before))


def name_of(relationship: Relationship) -> str:
    """What to call the subject on a row."""
    named = relationship.person.name if relationship.person else relationship.deals[0].name
    return words.one_line(named) or tr("No name")


def candidates(rows: Rows, rule: Rule, me: str | None) -> list[tuple[Kind, str]]:
    """Everybody whom the rule can find at all, by the signals that it asks for."""
    asked = {condition.signal for condition in rule.when if condition.value is not False}
    if asked & _OF_DEALS:
        sql = "SELECT id, person_id FROM deals WHERE gone IS NULL AND (status IS NULL OR status != 'lost')"
        sql += "".join(f" AND {needed}" for signal, needed in _NEEDED.items() if signal in asked)
        listed = rows.all(f"{sql} AND owner_id = ?" if me else sql, (me,) if me else ())
        found = [(Kind.PERSON, person) if person else (Kind.DEAL, deal) for deal, person in listed]
    elif asked & _OF_TASKS:
        sql = "SELECT DISTINCT person_id, deal_id FROM activities WHERE what = 'task' AND done = 0 AND gone IS NULL"
        sql += " AND promise = 'mine'" if any(each.startswith("promise_") for each in asked) else ""
        found = [(Kind.PERSON, person) if person else (Kind.DEAL, deal) for person, deal in rows.all(sql)]
    elif asked & _OF_MARKS:
        sql = "SELECT DISTINCT person_id FROM engagements WHERE gone IS NULL AND what IN ('quote_opened', 'page_read')"
        found = [(Kind.PERSON, person) for (person,) in rows.all(sql)]
    elif asked & ANCHORED:
        found = [(Kind(kind), each) for kind, each in rows.all("SELECT subject_kind, subject_id FROM rechecks")]
    else:
        sql = "SELECT id FROM people WHERE gone IS NULL"
        listed = rows.all(f"{sql} AND owner_id = ?" if me else sql, (me,) if me else ())
        found = [(Kind.PERSON, each) for (each,) in listed]
    return [pair for pair in dict.fromkeys(found) if pair[1] is not None]
