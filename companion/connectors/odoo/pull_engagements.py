"""Reading what marketing sent: mailing traces, where the module is installed and open to this user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from companion.connectors import payload
from companion.connectors.base import Page, Poison, Scope, Upsert
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo import scope
from companion.connectors.odoo.activities import LEAD, PARTNER
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.engagements import TRACE, TRACE_FIELDS, engagements, events
from companion.connectors.odoo.mapping import LEAD_FIELDS, one, said
from companion.connectors.odoo.pull import SWEEP, Records
from companion.connectors.odoo.session import Domain, Session
from companion.connectors.odoo.wire import Row
from companion.domain.records import Kind

_REAL: Final[Domain] = [["trace_type", "=", "mail"]]


class Engagements:
    """Reads `mailing.trace`."""

    def __init__(self, session: Session, records: Records, page: int) -> None:
        self._session, self._records, self._page = session, records, page

    def page(self, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor."""
        cursor = Cursor.resume(stored, self._session.now)
        changed = [] if cursor.since is None else [["write_date", ">=", stamp(cursor.since)]]
        rows = self._session.rows(TRACE, [*_REAL, *changed, ["id", ">", cursor.last]], TRACE_FIELDS, limit=self._page)
        after = cursor.at(rows[-1]["id"]) if len(rows) == self._page else cursor.next_phase(1)
        sound = [row for row in rows if payload.unsound(row) is None and isinstance(row.get("res_id"), int | None)]
        poison = [Poison(Kind.ENGAGEMENT, f"trace:{row['id']}", "unreadable") for row in rows if row not in sound]
        return Page(
            self._told(sound, whose), after.bytes(), (), poison, not after.done, None, cursor.full and cursor.fresh
        )

    def ids(self, whose: Scope) -> Iterator[str]:
        """All ids in scope."""
        last = 0
        while rows := self._session.rows(TRACE, [*_REAL, ["id", ">", last]], TRACE_FIELDS, limit=SWEEP):
            yield from (upsert.remote_id for upsert in self._told(rows, whose))
            last = rows[-1]["id"]

    def fetch(self, remote_ids: Sequence[str]) -> list[Upsert]:
        """These engagements now."""
        numbers = [int(part) for each in remote_ids if (part := each.partition(":")[2].partition(":")[0]).isdecimal()]
        rows = list(self._session.by_id(TRACE, numbers, TRACE_FIELDS).values())
        return [upsert for upsert in self._told(rows, Scope()) if upsert.remote_id in remote_ids]

    def _told(self, rows: Sequence[Row], whose: Scope) -> list[Upsert]:
        rows = [row for row in rows if events(row)]
        leads = self._leads(rows, whose)
        by_email = self._by_email([row for row in rows if row.get("model") != PARTNER], whose)
        partners = {int(row["res_id"]) for row in rows if row.get("model") == PARTNER and row.get("res_id")}
        inside = self._inside(partners, whose)
        rows = [row for row in rows if row.get("model") != PARTNER or row.get("res_id") in inside]
        about = {one(row, "partner_id") for row in leads.values()} | inside | set(by_email.values())
        lookups = self._records.lookups(sorted(each for each in about if each))
        return [upsert for row in rows for upsert in engagements(row, leads, by_email, lookups)]

    def _leads(self, rows: Sequence[Row], whose: Scope) -> dict[int, Row]:
        wanted = {int(row["res_id"]) for row in rows if row.get("model") == LEAD and row.get("res_id")}
        mine = scope.leads(self._session, whose)
        return self._session.by_id(LEAD, wanted, LEAD_FIELDS, mine) if wanted else {}

    def _inside(self, partners: set[int], whose: Scope) -> set[int]:
        domain = [["id", "in", sorted(partners)], *scope.partners(self._session, whose)]
        return set(self._session.ids(PARTNER, domain)) if partners else set()

    def _by_email(self, rows: Sequence[Row], whose: Scope) -> dict[str, int]:
        """Mailing lists know addresses, not partners: the oldest partner with the address is meant."""
        addresses = sorted({address.casefold() for row in rows if (address := said(row, "email"))})
        if not addresses:
            return {}
        domain = [["email_normalized", "in", addresses], ["active", "=", True], *scope.partners(self._session, whose)]
        found = self._session.rows(PARTNER, domain, ["email_normalized"], order="id desc")
        return {str(row["email_normalized"]): row["id"] for row in found if row["id"] not in self._session.colleagues}
