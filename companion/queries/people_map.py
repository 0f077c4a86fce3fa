"""Everybody on an account: their part in buying, who spoke with them last and when, and what rests on one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from companion.database import Rows
from companion.domain import words
from companion.domain.deals import Deal
from companion.domain.language import tr
from companion.domain.money import Money
from companion.domain.workspace import Workspace

MOST: Final = 50
_LOOKED_AT: Final = 200
"""People of an account whose last touch is looked up: enough to find those who matter, and within a frame."""
ONE_CONTACT: Final = "one-contact"
"""The rule that says from which amount a deal must not rest on one contact."""
_INFLUENCE: Final = (
    ("decid", "decision", "economic", "sign", "budget", "approv"),
    ("champion", "sponsor", "coach"),
    ("influenc", "evaluat", "technical", "legal", "procure", "buyer", "gate"),
)
"""Parts of a buying role's words, the most influential first; a role of other words comes after these."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on the account. `tag` is the buying role; `touched_by` 'You' or a colleague's first name.

    `touched` and `touched_by` are None where nobody was in touch yet.
    """

    id: str
    name: str
    role: str | None
    tag: str | None
    touched: dt.datetime | None
    touched_by: str | None
    influence: int

    def touch_words(self, today: dt.date) -> str:
        """'You, 6 days ago', 'Ingrid, 3 Nov', 'Nobody yet'."""
        if self.touched is None:
            return tr("Nobody yet")
        days = (today - self.touched.date()).days
        when = words.ago(max(0, days)) if days < 60 else words.short_date(self.touched.date(), today)
        return tr("{who}, {when}", who=self.touched_by or tr("You"), when=when)


@dataclass(frozen=True, slots=True)
class Thread:
    """A deal that rests on one contact."""

    deal_id: str
    amount: Money

    @property
    def words(self) -> str:
        """'€76k rests on one contact'."""
        return tr("{amount} rests on one contact", amount=self.amount.short)


@dataclass(frozen=True, slots=True)
class PeopleMap:
    """The account's people, by influence and then by the last touch; `count` also counts those beyond MOST."""

    people: tuple[Known, ...]
    count: int
    thread: Thread | None = None

    def without(self, person_id: str) -> PeopleMap:
        """The others, as that person's own page lists them; the person counts all the same."""
        return PeopleMap(tuple(each for each in self.people if each.id != person_id), self.count, self.thread)


_COLUMNS: Final = (
    "p.id, p.name, p.role, coalesce(nullif(x.role, ''), p.buying_role), p.n, "
    "(SELECT a.n FROM activities a WHERE a.person_id = p.id AND a.at <= ? AND a.gone IS NULL "
    "AND a.what IN ('call', 'email', 'meeting') ORDER BY a.at DESC LIMIT 1), "
    "(SELECT a.n FROM participants y JOIN activities a ON a.id = y.record_id WHERE y.person_id = p.id "
    "AND a.at <= ? AND a.gone IS NULL AND a.what IN ('call', 'email', 'meeting') ORDER BY a.at DESC LIMIT 1)"
)


def people_map(
    rows: Rows,
    company_id: str | None,
    deals: Sequence[Deal],
    now: dt.datetime,
    zone: dt.tzinfo,
    workspace: Workspace | None = None,
    *,
    also: str | None = None,
) -> PeopleMap:
    """Who is at the company and on these deals, and `also` this person. The first deal's roles go before the CRM's."""
    lead = deals[0].id if deals else ""
    ids = _ids(rows, company_id, deals, also)
    some = ids[:_LOOKED_AT]
    at = int(now.timestamp())
    listed = rows.all(
        f"SELECT {_COLUMNS} FROM people p LEFT JOIN participants x ON x.person_id = p.id AND x.record_id = ? "
        f"WHERE p.gone IS NULL AND p.id IN ({','.join('?' * len(some))})",
        (at, at, lead, *some),
    )
    touches = _touches(rows, [n for row in listed for n in row[5:7] if n is not None])
    me = rows.value("SELECT json_extract(value, '$') FROM meta WHERE key = 'me'")
    users: dict[str, str] = dict(rows.all("SELECT id, name FROM users"))
    people = [_known(row, touches, me, users, zone) for row in listed]
    # The order of the CRM where neither influence nor a touch tells two apart.
    place = {row[0]: row[4] for row in listed}
    people.sort(key=lambda each: (each.influence, -_seconds(each.touched), place[each.id]))
    return PeopleMap(tuple(people[:MOST]), len(ids), _thread(rows, deals, workspace))


def _ids(rows: Rows, company_id: str | None, deals: Sequence[Deal], also: str | None) -> list[str]:
    """Those on the deals and those with a part in buying first: they must be among the ones looked at."""
    found: dict[str, None] = {}
    for each in (also, *(deal.person_id for deal in deals)):
        if each is not None:
            found[each] = None
    keys = [deal.id for deal in deals[:_LOOKED_AT]]
    marks = ",".join("?" * len(keys))
    for (each,) in rows.all(f"SELECT person_id FROM participants WHERE record_id IN ({marks})", keys):
        found[each] = None
    if company_id is not None:
        for (each,) in rows.all(
            "SELECT id FROM people WHERE company_id = ? AND gone IS NULL ORDER BY coalesce(buying_role, '') = '', n",
            (company_id,),
        ):
            found[each] = None
    return list(found)


def _touches(rows: Rows, numbers: Sequence[int]) -> dict[int, tuple[int, str | None]]:
    marks = ",".join("?" * len(numbers))
    found = rows.all(f"SELECT n, at, owner_id FROM activities WHERE n IN ({marks})", numbers)
    return {n: (at, owner) for n, at, owner in found}


def _known(
    row: tuple[Any, ...],
    touches: dict[int, tuple[int, str | None]],
    me: str | None,
    users: dict[str, str],
    zone: dt.tzinfo,
) -> Known:
    person, name, role, tag, _, *numbers = row
    newest = max((touches[n] for n in numbers if n in touches), key=lambda each: each[0], default=None)
    at, owner = newest or (None, None)
    by = None
    if at is not None:
        by = tr("You") if owner in (None, me) else words.first_name(users[owner]) if owner in users else tr("Someone")
    tag = words.one_line(tag) or None
    return Known(
        person,
        words.one_line(name) or tr("No name"),
        words.one_line(role) or None,
        tag,
        None if at is None else words.instant(at, zone),
        by,
        influence(tag),
    )


def influence(tag: str | None) -> int:
    """How much a buying role decides: 0 the most. A role of unknown words is before none."""
    if not tag:
        return len(_INFLUENCE) + 1
    low = tag.casefold()
    return next((i for i, marks in enumerate(_INFLUENCE) if any(mark in low for mark in marks)), len(_INFLUENCE))


def _seconds(at: dt.datetime | None) -> float:
    return at.timestamp() if at is not None else -1.0


def _thread(rows: Rows, deals: Sequence[Deal], workspace: Workspace | None) -> Thread | None:
    """The largest open deal that has one contact, by the team's own rule: its amount, and whether it is on."""
    floor = _floor(workspace)
    if floor is None:
        return None
    alone = [
        Thread(deal.id, deal.amount)
        for deal in deals
        if deal.status == "open" and deal.amount and deal.amount.hundredths >= floor and _contacts(rows, deal) <= 1
    ]
    return max(alone, key=lambda each: each.amount.hundredths, default=None)


def _floor(workspace: Workspace | None) -> int | None:
    rule = workspace.rule(ONE_CONTACT) if workspace else None
    if rule is None or not rule.on:
        return None
    asked = (each.value for each in rule.when if each.signal == "deal_amount" and isinstance(each.value, int))
    return next(asked, 1)


def _contacts(rows: Rows, deal: Deal) -> int:
    """Its own person, its further contacts, and whoever at the company has a part in buying; as the rule counts."""
    found = rows.value(
        "SELECT count(*) FROM (SELECT ? AS id WHERE ? IS NOT NULL UNION SELECT person_id FROM participants "
        "WHERE record_id = ? UNION SELECT id FROM people WHERE company_id = ? AND gone IS NULL "
        "AND coalesce(buying_role, '') != '')",
        (deal.person_id, deal.person_id, deal.id, deal.company_id),
    )
    return int(found)
