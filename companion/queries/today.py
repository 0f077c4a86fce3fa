"""Who to contact now, and why: the list of today, read ready-made in its order."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from companion.database import Rows
from companion.domain import words
from companion.domain.language import number, sentence, tr
from companion.domain.money import Money
from companion.domain.reasons import Reason, unpack
from companion.domain.signals import as_day

if TYPE_CHECKING:
    from companion.domain.workspace import Workspace

NEXT_UP, CONTACT_NOW, LATER_TODAY = 1, 2, 3
SECTION_NAMES: Final = {
    NEXT_UP: sentence("Next up"),
    CONTACT_NOW: sentence("Contact now"),
    LATER_TODAY: sentence("Later today"),
}


class Row(NamedTuple):
    """One person (or deal without one) on the list. `kind` and `id` name the subject; `who` falls back to the deal.

    `aside` is what stands at the right under the amount: a stage, a label, or 'in 1 h 18 min'; `at` is the instant
    that it counts down to. `more` counts the further reasons, which the brief tells.
    """

    kind: str
    id: str
    section: int
    who: str
    company: str | None
    reason: Reason
    amount: Money | None
    aside: str
    at: dt.datetime | None
    more: int
    person_id: str | None
    company_id: str | None
    deal_id: str | None
    number: str | None
    email: str | None


class Done(NamedTuple):
    """Somebody the rep was in touch with today: what happened, and what is next."""

    person_id: str
    who: str
    words: str
    at: dt.datetime


class Section(NamedTuple):
    """One section of the list; `count` also counts rows beyond the limit."""

    section: int
    name: str
    rows: tuple[Row, ...]
    count: int  # type: ignore[assignment]  # a section's own number, not the tuple's method


class Today(NamedTuple):
    """The whole list. `left` and `done` count people; `hidden` is how many rows the limit left out."""

    date: dt.date
    sections: tuple[Section, ...]
    done: tuple[Done, ...]
    left: int
    hidden: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in their order."""
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def all(self) -> int:
        """Everybody of today, done or not."""
        return self.left + len(self.done)

    @property
    def progress(self) -> str:
        """'2 of 11 done'."""
        return tr("{n} of {all} done", n=number(len(self.done)), all=number(self.all))


_ROWS: Final = """
    SELECT x.subject_kind, x.subject_id, x.section, x.due_at, x.reason, x.others, x.person_id, x.company_id, x.deal_id,
        p.name, p.mobile, p.phone, p.email, c.name, d.name, d.amount, d.currency, s.name
    FROM (SELECT subject_kind, subject_id, section, level, due_at, stake, waiting_days, reason, others, person_id,
        company_id, deal_id
        FROM scores ORDER BY section, level, due_at, stake DESC, waiting_days DESC, subject_id LIMIT ?) x
    LEFT JOIN people p ON p.id = x.person_id
    LEFT JOIN companies c ON c.id = x.company_id
    LEFT JOIN deals d ON d.id = x.deal_id
    LEFT JOIN stages s ON s.id = d.stage_id
    ORDER BY x.section, x.level, x.due_at, x.stake DESC, x.waiting_days DESC, x.subject_id"""

_TOUCHED: Final = """
    SELECT a.person_id, p.name, a.what, a.at, coalesce(substr(a.body, 1, 200), a.subject), a.outcome
    FROM activities a JOIN people p ON p.id = a.person_id
    WHERE {mine} a.at >= ? AND a.at <= ? AND a.what IN ('call', 'email', 'meeting') AND a.gone IS NULL
        AND a.direction IS NOT 'in' AND (a.what != 'meeting' OR a.done = 1 OR a.outcome IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM scores x WHERE x.subject_id = a.person_id)
    ORDER BY a.at DESC, a.n DESC"""

_NEXT: Final = """
    SELECT a.person_id, a.subject, a.due_on, a.due_at FROM json_each(?) one JOIN activities a ON a.n = (
        SELECT t.n FROM activities t
        WHERE t.person_id = one.value AND t.what = 'task' AND t.done = 0 AND t.gone IS NULL AND t.due_on IS NOT NULL
            AND t.promise IS NOT 'theirs'
        ORDER BY t.due_on LIMIT 1)"""


Read = dict[tuple[Any, ...], Row]
"""Rows by what the book said of them: those whose words don't move with the clock."""


def today(
    rows: Rows,
    now: dt.datetime,
    zone: dt.tzinfo,
    limit: int = 200,
    workspace: Workspace | None = None,
    read: Read | None = None,
) -> Today:
    """The list as it stands: at most `limit` rows, exact counts. `now` is aware; `workspace` words what was done.

    `read` is for whoever asks again after each change: what reads as it did then is not put into words anew.
    """
    local = now.astimezone(zone).date()
    counts: dict[int, int] = dict(rows.all("SELECT section, count(*) FROM scores GROUP BY section"))
    by_section: dict[int, list[Row]] = {section: [] for section in SECTION_NAMES}
    found = rows.all(_ROWS, (limit,))
    at = int(now.timestamp())
    worded = _worded(found, read if read is not None else {}, at, zone)
    for values in found:
        by_section[values[2]].append(worded[values])
    if read is not None:
        read.clear()
        read.update((values, row) for values, row in worded.items() if row.at is None)
    sections = tuple(
        Section(section, tr(name), tuple(by_section[section]), counts.get(section, 0))
        for section, name in SECTION_NAMES.items()
        if counts.get(section)
    )
    left = sum(counts.values())
    shown = sum(len(section.rows) for section in sections)
    return Today(local, sections, _done(rows, now, zone, local, workspace), left, left - shown)


def left(rows: Rows) -> int:
    """How many people are left today, for the sidebar."""
    return int(rows.value("SELECT count(*) FROM scores"))


def _worded(found: Sequence[tuple[Any, ...]], read: Read, now: int, zone: dt.tzinfo) -> Read:
    new = [values for values in found if values not in read]
    # One text of JSON for all: a call of the decoder for each row costs more than the decoding.
    packed = json.loads(f"[{','.join([values[4] for values in new])}]")
    worded = {values: row_of(values, unpack(reason), now, zone) for values, reason in zip(new, packed)}
    return {values: worded[values] if values in worded else read[values] for values in found}


def sections_of(rows: Iterable[Row]) -> tuple[Section, ...]:
    """All rows there are, in their order, under the names of their sections."""
    by_section: dict[int, list[Row]] = {}
    for row in rows:
        by_section.setdefault(row.section, []).append(row)
    return tuple(
        Section(section, tr(name), tuple(by_section[section]), len(by_section[section]))
        for section, name in SECTION_NAMES.items()
        if section in by_section
    )


def row_of(values: tuple[Any, ...], reason: Reason, now: int, zone: dt.tzinfo) -> Row:
    """A row from what the list holds of somebody and what the book knows of her, in the order of `_ROWS`."""
    kind, subject, section, due_at, _, others, person_id, company_id, deal_id = values[:9]
    person, mobile, phone, email, company, deal, amount, currency, stage = values[9:]
    timed = section == NEXT_UP or reason.rule_id == "meeting-today"
    return Row(
        kind,
        subject,
        section,
        words.one_line(person) or words.one_line(deal) or tr("No name"),
        words.one_line(company) or None,
        reason,
        Money(amount, currency) if amount else None,
        words.until(due_at - now) if timed else reason.label or words.one_line(stage),
        words.instant(due_at, zone) if timed else None,
        others,
        person_id,
        company_id,
        deal_id,
        mobile or phone,
        email,
    )


def _done(
    rows: Rows, now: dt.datetime, zone: dt.tzinfo, local: dt.date, workspace: Workspace | None
) -> tuple[Done, ...]:
    me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
    marks: tuple[Any, ...] = (words.day_start(local, zone), int(now.timestamp()))
    sql = _TOUCHED.format(mine="a.owner_id = ? AND" if me else "")
    touched: dict[str, tuple[Any, ...]] = {}
    for values in rows.all(sql, (me, *marks) if me else marks):
        touched.setdefault(values[0], values)
    following: dict[str, tuple[Any, ...]] = {}
    if touched:
        found = rows.all(_NEXT, (json.dumps(list(touched)),))
        following = {each[0]: each[1:] for each in found}
    done = []
    for person, name, what, at, note, outcome in touched.values():
        said = happened(what, at, note, outcome, zone, workspace)
        if person in following:
            said = f"{said} · {_next(following[person], outcome, zone, local, workspace)}"
        when = words.instant(at, zone)
        done.append(Done(person, words.one_line(name) or tr("No name"), said, when))
    return tuple(done)


def happened(
    what: str, at: int, note: str | None, outcome: str | None, zone: dt.tzinfo, workspace: Workspace | None
) -> str:
    """What a log said, in the words of its button: 'Left voicemail at 08:52', 'Connected, sent pricing'."""
    known = workspace.outcome(outcome) if workspace and outcome else None
    if known is None and workspace:
        code = {"email": "emailed", "meeting": "met"}.get(what, "connected")
        button = workspace.button(code)
        known = (button, None) if button else None
    template = (
        known[0].done_words if known else {"call": tr("Called"), "email": tr("Emailed"), "meeting": tr("Met")}[what]
    )
    if "{time}" in template:
        return template.replace("{time}", words.clock(at, zone))
    line = re.split(r"[.!?](?:\s|$)", words.one_line(note), maxsplit=1)[0]
    if line.casefold().startswith(template.casefold() + ","):
        return words.shortened(line, 48)
    if line and not line.casefold().startswith(("call", "meeting", template.casefold())):
        return f"{template}, {words.lower_first(words.shortened(line, 40))}"
    return tr("{what} at {time}", what=template, time=words.clock(at, zone))


def _next(
    step: tuple[Any, ...], outcome: str | None, zone: dt.tzinfo, local: dt.date, workspace: Workspace | None
) -> str:
    subject, due_on, due_at = step
    known = workspace.outcome(outcome) if workspace and outcome else None
    lead = known[0].next_words if known else "next"
    on = as_day(due_on) or local
    hour = f" {words.clock(due_at, zone)}" if due_at and (on - local).days <= 1 else ""
    when = words.short_day(on, local) + hour
    if lead != "next":
        return tr("{lead} {when}", lead=lead, when=when)
    step_words = words.lower_first(words.shortened(words.one_line(subject) or tr("next step"), 32))
    return tr("next: {step} {when}", step=step_words, when=when)


def meetings_ahead(rows: Rows, done: Iterable[Done], now: dt.datetime) -> int:
    """How many meetings are in the calendar with those who were contacted today."""
    people = json.dumps([each.person_id for each in done])
    found = rows.value(
        """SELECT count(*) FROM activities WHERE person_id IN (SELECT value FROM json_each(?))
           AND what = 'meeting' AND done IS NOT 1 AND gone IS NULL AND at > ?""",
        (people, int(now.timestamp())),
    )
    return int(found or 0)
