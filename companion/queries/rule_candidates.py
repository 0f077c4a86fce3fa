"""Whom a rule can find at all: a few quick questions to the tables, before anybody's whole relationship is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, NamedTuple

from companion.database import Rows
from companion.domain.activities import NOT_HELD, TOUCHES
from companion.domain.records import Kind
from companion.domain.rules import Rule
from companion.domain.signals import ANCHORED, Moment

_DAY: Final = 86_400


class _Trace(NamedTuple):
    """What must be there for any of these signals to arise: rows of a person's and a deal's id, either may be missing.

    The question may name `:me`, `:now`, `:tomorrow` (a day) and `:since`: `back` days ago, always more than the signal
    looks back.
    """

    signals: frozenset[str]
    sql: str
    back: int = 0


def _of(names: str) -> frozenset[str]:
    return frozenset(names.split())


_LIVE_DEALS: Final = (
    "SELECT person_id, id FROM deals WHERE gone IS NULL AND (status IS NULL OR status != 'lost')"
    " AND (:me IS NULL OR owner_id = :me)"
)
_OPEN_TASKS: Final = "SELECT person_id, deal_id FROM activities WHERE what = 'task' AND done = 0 AND gone IS NULL"
_RECENT: Final = "FROM activities WHERE gone IS NULL AND at >= :since"
_WITH_THEM: Final = f"SELECT person_id, deal_id {_RECENT}"
_LAST_WORD_THEIRS: Final = (
    "max(CASE WHEN direction = 'in' THEN at END) >= coalesce(max(CASE WHEN direction IS NOT 'in' AND at <= :now"
    f" AND what IN {tuple(sorted(TOUCHES))} AND coalesce(outcome, '') NOT IN {tuple(sorted(NOT_HELD))} THEN at END), 0)"
)
_MARKED: Final = "SELECT person_id, NULL FROM engagements WHERE gone IS NULL"
_MOVED: Final = "SELECT person.id, deal.id FROM moves LEFT JOIN people AS person ON person.id = record_id"

_TRACES: Final = (
    _Trace(_of("open_deal stage no_next_step trial_use"), _LIVE_DEALS),
    _Trace(_of("deal_amount contacts"), f"{_LIVE_DEALS} AND amount IS NOT NULL"),
    _Trace(_of("stage_days stage_usual_days stage_over_days"), f"{_LIVE_DEALS} AND stage_since_at IS NOT NULL"),
    _Trace(_of("close_on close_days close_passed_days"), f"{_LIVE_DEALS} AND close_on IS NOT NULL"),
    _Trace(_of("close_moves"), f"{_LIVE_DEALS} AND id IN (SELECT record_id FROM moves WHERE field = 'close_on')"),
    _Trace(_of("contract_ends_on renewal_days"), f"{_LIVE_DEALS} AND contract_ends_on IS NOT NULL"),
    _Trace(_of("trial_ends_on trial_days"), f"{_LIVE_DEALS} AND trial_ends_on IS NOT NULL"),
    _Trace(_of("promise_words promise_on promise_due_days promise_late_days"), f"{_OPEN_TASKS} AND promise = 'mine'"),
    _Trace(
        _of("task_words task_on task_due_at task_minutes task_late_days retry_at retry_minutes retry_clock_at")
        | _of("no_answer_at due_after_touch"),
        f"{_OPEN_TASKS} AND promise IS NULL AND (due_on < :tomorrow OR due_at < :now + {2 * _DAY})",
    ),
    _Trace(_of("quote_opens quote_since_on"), f"{_MARKED} AND what = 'quote_opened' AND at >= :since", 5),
    _Trace(_of("pages_read page"), f"{_MARKED} AND what = 'page_read' AND at >= :since", 9),
    _Trace(
        _of("meeting_at meeting_minutes meeting_words topic_open"),
        # One that goes on may have begun long ago.
        "SELECT person_id, deal_id FROM activities WHERE gone IS NULL AND what IN ('meeting', 'call')"
        " AND (at >= :since OR ends_at >= :since)",
        2,
    ),
    _Trace(_of("unlogged_at unlogged_days unlogged_words"), f"{_WITH_THEM} AND what = 'meeting'", 8),
    _Trace(
        _of("inbound_unanswered_days inbound_at inbound_words inbound_verb"),
        f"SELECT person_id, NULL {_RECENT} GROUP BY person_id HAVING {_LAST_WORD_THEIRS}"
        f" UNION ALL {_WITH_THEM} AND person_id IS NULL AND direction = 'in'"
        " UNION ALL SELECT p.person_id, NULL FROM participants p"
        " JOIN activities a ON a.id = p.record_id WHERE a.gone IS NULL AND a.at >= :since AND a.direction = 'in'",
        32,
    ),
    _Trace(
        _of("fresh_days callback lead_source"),
        "SELECT id, NULL FROM people WHERE gone IS NULL AND created_at >= :since"
        " UNION ALL SELECT person_id, id FROM deals WHERE gone IS NULL AND is_lead = 1 AND created_at >= :since"
        f" UNION ALL {_MARKED} AND what = 'form' AND at >= :since",
        16,
    ),
    _Trace(
        _of("snooze_days snooze_ended_on snooze_words reply_awaited reply_awaited_on meeting_awaited")
        | _of("meeting_awaited_words parked_words parked_back"),
        "SELECT person.id, deal.id FROM snoozes LEFT JOIN people AS person ON person.id = record_id"
        " LEFT JOIN deals AS deal ON deal.id = record_id",
    ),
    _Trace(
        _of("passed_on passed_days passed_by"),
        f"{_MOVED} LEFT JOIN deals AS deal ON deal.id = record_id WHERE field = 'owner_id' AND moves.at >= :since"
        f" UNION ALL {_WITH_THEM} AND outcome = 'passed_on' UNION ALL SELECT p.person_id, NULL FROM participants p"
        " JOIN activities a ON a.id = p.record_id WHERE a.gone IS NULL AND a.at >= :since AND a.outcome = 'passed_on'",
        9,
    ),
    _Trace(
        _of("birthday_days"),
        "SELECT id, NULL FROM people WHERE gone IS NULL AND extra LIKE '%birthday%'",
    ),
)


def candidates(rows: Rows, rule: Rule, moment: Moment, me: str | None) -> list[tuple[Kind, str]]:
    """Everybody whom the rule can find, and few others: in the order of their ids."""
    asked = {condition.signal for condition in rule.when if condition.value is not False}
    found: set[tuple[Kind, str]] | None = None
    for trace in _TRACES:
        if asked & trace.signals:
            some = _subjects(rows, trace, moment, me)
            found = some if found is None else found & some
    if found is None and asked & ANCHORED:
        found = {(Kind(kind), each) for kind, each in rows.all("SELECT subject_kind, subject_id FROM rechecks")}
    if found is None:
        sql = "SELECT id FROM people WHERE gone IS NULL AND (:me IS NULL OR owner_id = :me)"
        found = {(Kind.PERSON, each) for (each,) in rows.all(sql, {"me": me})}
    return sorted(found, key=lambda subject: subject[1])


def _subjects(rows: Rows, trace: _Trace, moment: Moment, me: str | None) -> set[tuple[Kind, str]]:
    tomorrow = (moment.today + dt.timedelta(days=1)).isoformat()
    since = moment.at - trace.back * _DAY
    known = rows.all(trace.sql, {"me": me, "now": moment.at, "tomorrow": tomorrow, "since": since})
    people = {person for person, _ in known if person is not None}
    deals = {deal for _, deal in known if deal is not None}
    return {(Kind.PERSON, each) for each in people} | set(_of_deals(rows, deals))


def _of_deals(rows: Rows, deals: Iterable[str]) -> Iterable[tuple[Kind, str]]:
    """Who stands for a deal: its person, or itself where there is none any more."""
    if not deals:
        return
    sql = "SELECT d.id, p.id FROM deals d LEFT JOIN people p ON p.id = d.person_id AND p.gone IS NULL"
    whose: dict[str, str | None] = dict(rows.all(sql))
    for deal in deals:
        person = whose.get(deal)
        yield (Kind.DEAL, deal) if person is None else (Kind.PERSON, person)
