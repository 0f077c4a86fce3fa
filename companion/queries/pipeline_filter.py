"""Which of the rep's open deals match what was typed, or have no next step."""

from __future__ import annotations

from collections.abc import Mapping

from companion.database import Rows

_OPEN = """d.owner_id IS (SELECT json_extract(value, '$') FROM meta WHERE key = 'me')
    AND (d.status = 'open' OR d.status IS NULL) AND d.gone IS NULL"""
_NAMED = f"""SELECT d.id, coalesce(d.name, '') || ' ' || coalesce(c.name, '') || ' ' || coalesce(p.name, '') || ' '
    || coalesce(s.name, '')
    FROM deals AS d LEFT JOIN companies AS c ON c.id = d.company_id LEFT JOIN people AS p ON p.id = d.person_id
    LEFT JOIN stages AS s ON s.id = d.stage_id WHERE {_OPEN}"""
# What `queries.pipeline` takes for a next step: an open task with a day, or a meeting that is still to come.
_WITHOUT_A_STEP = f"""SELECT d.id FROM deals AS d WHERE {_OPEN}
    AND NOT EXISTS (SELECT 1 FROM activities AS a WHERE a.person_id IS d.person_id AND a.what = 'task' AND a.done = 0
        AND a.gone IS NULL AND (a.due_on IS NOT NULL OR a.due_at IS NOT NULL) AND a.promise IS NOT 'theirs'
        AND (a.deal_id = d.id OR a.deal_id IS NULL))
    AND NOT EXISTS (SELECT 1 FROM activities AS a WHERE
        CASE WHEN d.person_id IS NULL THEN a.deal_id = d.id ELSE a.person_id = d.person_id END
        AND a.at > ? AND a.what = 'meeting' AND coalesce(a.done, 0) = 0 AND a.gone IS NULL)"""


def texts(rows: Rows) -> dict[str, str]:
    """What each deal is found by: its name, company, person and stage, in small letters."""
    return {deal: text.casefold() for deal, text in rows.all(_NAMED)}


def matching(found_by: Mapping[str, str], typed: str) -> frozenset[str]:
    """The deals in whose text every word that was typed occurs."""
    wanted = typed.casefold().split()
    return frozenset(deal for deal, text in found_by.items() if all(word in text for word in wanted))


def without_a_step(rows: Rows, now: int) -> frozenset[str]:
    """The deals that nothing is agreed on; `now` in seconds since 1970."""
    return frozenset(deal for (deal,) in rows.all(_WITHOUT_A_STEP, (now,)))
