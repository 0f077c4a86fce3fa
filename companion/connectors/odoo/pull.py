"""Reading records page by page: full passes, windows of change, and the ids for the sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.base import Page, Scope, ScopeDenied, Tombstone, Upsert
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo import marker, scope
from companion.connectors.odoo.agreed import Agreed
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.mapping import (
    LEAD_FIELDS,
    LEAD_PERSON,
    PARTNER_FIELDS,
    PIPELINE,
    SMALL_FIELDS,
    Lookups,
    company,
    deal,
    has_contact,
    lead_person,
    loss_reason,
    one,
    person,
    pipeline,
    stage,
    user,
)
from companion.connectors.odoo.session import Domain, Session
from companion.connectors.odoo.wire import Row
from companion.connectors.rows import Told, told
from companion.domain.records import Gone, Kind

SWEEP: Final = 5000
ABOUT_PARTNER: Final = ("is_company", "type", "active", "commercial_partner_id")


class Source(Struct, frozen=True):
    """One model that a kind is read from. `full` leaves out in a full pass what a window tells as gone."""

    model: str
    fields: tuple[str, ...]
    map: Callable[[Row, Lookups], Upsert]
    full: Domain = []
    window: Domain = []
    scope: Callable[[Session, Scope], Domain] = lambda _, __: []


_ALIVE: Final[Domain] = [["active", "=", True]]
_ALIVE_OR_LOST: Final[Domain] = ["|", ["active", "=", True], ["probability", "=", 0]]
_HUMAN: Final[Domain] = [["is_company", "=", False], ["type", "in", ["contact", False]]]
_CONTACTED: Final[Domain] = [
    ["partner_id", "=", False],
    "|", "|", ["contact_name", "!=", False], ["email_from", "!=", False], ["phone", "!=", False],
]  # fmt: skip
_LEAD_PEOPLE: Final = Source("crm.lead", LEAD_FIELDS, lead_person, [*_CONTACTED, *_ALIVE_OR_LOST], scope=scope.leads)
SOURCES: Final[dict[Kind, tuple[Source, ...]]] = {
    Kind.USER: (Source("res.users", SMALL_FIELDS, user, [["share", "=", False]], [["share", "=", False]]),),
    Kind.STAGE: (Source("crm.stage", SMALL_FIELDS, stage),),
    Kind.LOSS_REASON: (Source("crm.lost.reason", SMALL_FIELDS, loss_reason, _ALIVE),),
    Kind.COMPANY: (
        Source(
            "res.partner",
            PARTNER_FIELDS,
            company,
            [["is_company", "=", True], *_ALIVE],
            [["is_company", "=", True]],
            scope.companies,
        ),
    ),
    Kind.PERSON: (
        Source("res.partner", PARTNER_FIELDS, person, [*_HUMAN, *_ALIVE], _HUMAN, scope.people),
        _LEAD_PEOPLE,
    ),
    Kind.DEAL: (Source("crm.lead", LEAD_FIELDS, deal, _ALIVE_OR_LOST, scope=scope.leads),),
}


class Records:
    """Reads the kinds whose records are rows of one table."""

    def __init__(self, session: Session, page: int, agreed: Agreed) -> None:
        self._session, self._page, self._agreed = session, page, agreed

    def page(self, kind: Kind, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor."""
        if kind is Kind.PIPELINE:
            return self._pipeline(stored)
        sources = self._sources(kind)
        cursor = Cursor.resume(stored, self._session.now)
        source = sources[min(cursor.phase, len(sources) - 1)]
        domain = self._domain(source, whose, cursor)
        rows = self._session.rows(
            source.model, [*domain, ["id", ">", cursor.last]], self._read(kind, source), limit=self._page
        )
        full = len(rows) == self._page
        after = cursor.at(rows[-1]["id"]) if full else cursor.next_phase(len(sources))
        upserts, gone, poison = self._told(kind, source, rows, self._left(source, whose, cursor, rows))
        return Page(
            upserts,
            after.bytes(),
            gone,
            poison,
            more=not after.done,
            total=self._total(kind, whose, cursor) if cursor.full and cursor.fresh else None,
            reset=cursor.full and cursor.fresh,
        )

    def ids(self, kind: Kind, whose: Scope) -> Iterator[str]:
        """All ids in scope."""
        if kind is Kind.PIPELINE:
            yield PIPELINE
            return
        for source in self._sources(kind):
            prefix = LEAD_PERSON if source is _LEAD_PEOPLE else ""
            domain = self._domain(source, whose, Cursor(began=0))
            last = 0
            while found := self._session.ids(source.model, [*domain, ["id", ">", last]], limit=SWEEP):
                yield from (f"{prefix}{each}" for each in found)
                last = found[-1]

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        if kind is Kind.PIPELINE:
            return [pipeline("Pipeline")] if PIPELINE in remote_ids else []
        upserts: list[Upsert] = []
        for source in self._sources(kind):
            of_lead = source is _LEAD_PEOPLE
            numbers = [
                int(each.removeprefix(LEAD_PERSON))
                for each in remote_ids
                if each.startswith(LEAD_PERSON) == of_lead and each.removeprefix(LEAD_PERSON).isdecimal()
            ]
            rows = (
                list(self._session.by_id(source.model, numbers, self._read(kind, source)).values()) if numbers else []
            )
            upserts += self._told(kind, source, rows, frozenset(), archived_too=True).upserts
        return upserts

    def lookups(self, partners: Sequence[int | None]) -> Lookups:
        """What deals and activities about these partners refer to."""
        session = self._session
        wanted = {each for each in partners if each is not None}
        told = "won_status" in session.fields("crm.lead")
        partners_told = session.by_id("res.partner", wanted, ABOUT_PARTNER)
        firms = {one(row, "commercial_partner_id") for row in partners_told.values()} - set(partners_told) - {None}
        if firms:
            partners_told |= session.by_id("res.partner", {firm for firm in firms if firm is not None}, ABOUT_PARTNER)
        won = [] if told or not session.fields("crm.stage") else session.ids("crm.stage", [["is_won", "=", True]])
        return Lookups(
            partners_told,
            frozenset(won),
            session.names("crm.tag"),
            session.me.currency,
            session.colleagues,
        )

    def _read(self, kind: Kind, source: Source) -> tuple[str, ...]:
        return source.fields if source is _LEAD_PEOPLE else (*source.fields, *self._agreed.wanted(kind))

    def _pipeline(self, stored: bytes | None) -> Page:
        cursor = Cursor.resume(stored, self._session.now)
        return Page([pipeline("Pipeline")], cursor.next_phase(1).bytes(), total=1, reset=cursor.full)

    def _sources(self, kind: Kind) -> tuple[Source, ...]:
        there = tuple(source for source in SOURCES[kind] if self._session.fields(source.model))
        if not there:
            raise ScopeDenied(f"this Odoo shows no {kind}")
        return there

    def _domain(self, source: Source, whose: Scope, cursor: Cursor) -> Domain:
        session = self._session
        if source.model == "res.partner":
            apart: Domain = [["id", "not in", sorted(session.colleagues)]]
        else:
            apart = []
        if cursor.since is None:
            full = source.full if "active" in session.fields(source.model) or source.full is not _ALIVE else []
            return [*full, *apart, *source.scope(session, whose)]
        since = stamp(cursor.since)
        scoped = source.model == "res.partner" and whose.user_id is not None
        return [*source.window, *apart, *(scope.entered(session, since) if scoped else [["write_date", ">=", since]])]

    def _left(self, source: Source, whose: Scope, cursor: Cursor, rows: Sequence[Row]) -> frozenset[int]:
        """The ids of rows in a window that are not (any more) in scope."""
        mine = source.scope(self._session, whose)
        if cursor.since is None or not mine or not rows:
            return frozenset()
        ids = [row["id"] for row in rows]
        return frozenset(ids) - frozenset(self._session.ids(source.model, [["id", "in", ids], *mine]))

    def _total(self, kind: Kind, whose: Scope, cursor: Cursor) -> int:
        return sum(
            self._session.count(source.model, self._domain(source, whose, cursor)) for source in self._sources(kind)
        )

    def _told(
        self, kind: Kind, source: Source, rows: Sequence[Row], left: frozenset[int], *, archived_too: bool = False
    ) -> Told:
        ops = ops_of(self._session, source.model, rows)
        lookups = self._lookups_for(source, rows)

        def tell(remote_id: str, row: Row) -> Iterator[Upsert | Tombstone]:
            why = Gone.OUT_OF_SCOPE if row["id"] in left else None if archived_too else _archived(kind, row)
            if why is not None:
                yield Tombstone(kind, remote_id, why)
            elif source is _LEAD_PEOPLE and not has_contact(row):
                yield _converted(row, remote_id, lookups)
            else:
                upsert = source.map(row, lookups)
                upsert = upsert if source is _LEAD_PEOPLE else self._agreed.told(kind, row, upsert)
                yield replace(upsert, op_id=ops.get(row["id"]))

        prefix = LEAD_PERSON if source is _LEAD_PEOPLE else ""
        return told(kind, ((f"{prefix}{row['id']}", row) for row in rows), tell)

    def _lookups_for(self, source: Source, rows: Sequence[Row]) -> Lookups:
        if source.model == "crm.lead":
            return self.lookups([one(row, "partner_id") for row in rows])
        if source.model == "crm.stage":
            stages = self._session.rows("crm.stage", [], [], order="sequence, id")
            return Lookups(order={row["id"]: place for place, row in enumerate(stages)})
        if source.model == "res.partner":
            firms = (
                self.lookups([one(row, "commercial_partner_id") for row in rows]) if source.map is person else Lookups()
            )
            return replace(firms, tags=self._session.names("res.partner.category"))
        return Lookups()


def ops_of(session: Session, model: str, rows: Sequence[Row]) -> dict[int, str]:
    """Which of the rows were made by ops of ours: only what the signed-in user created can be."""
    mine = [row["id"] for row in rows if one(row, "create_uid") == session.me.id]
    found = {number: marker.op_of(text) for number, text in session.external_ids(model, mine).items()}
    return {number: op for number, op in found.items() if op is not None}


def _archived(kind: Kind, row: Row) -> Gone | None:
    if kind is Kind.USER or row.get("active") is not False:
        return None
    lost = row.get("won_status") == "lost" or ("won_status" not in row and not row.get("probability"))
    return None if "expected_revenue" in row and lost else Gone.ARCHIVED


def _converted(lead: Row, remote_id: str, lookups: Lookups) -> Tombstone:
    """The contact of a lead that has a partner now: from now on the partner is that person."""
    partner = one(lead, "partner_id")
    if partner is None or lookups.partners.get(partner, {}).get("is_company"):
        return Tombstone(Kind.PERSON, remote_id, Gone.DELETED)
    return Tombstone(Kind.PERSON, remote_id, Gone.MERGED, str(partner))
