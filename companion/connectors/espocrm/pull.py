"""Reading what EspoCRM has: windows of changed records, all ids, and single records now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from companion.connectors import payload
from companion.connectors.base import Page, Scope, ScopeDenied, Tombstone, Unreachable, Upsert
from companion.connectors.espocrm import stages
from companion.connectors.espocrm.around import Surroundings
from companion.connectors.espocrm.cursor import Cursor
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.sources import SOURCES, Source
from companion.connectors.espocrm.wire import MOST, Row, Where, above, among, below, from_, is_, is_not
from companion.connectors.naive_utc import stamp
from companion.connectors.rows import Told, told
from companion.domain.field_map import FieldMap
from companion.domain.records import Gone, Kind

CHUNK: Final = 50
"""Ids in one address: many more, and a web server refuses it as too long."""

SET_UP: Final = (Kind.PIPELINE, Kind.STAGE, Kind.LOSS_REASON)
"""Kinds that are part of how EspoCRM is set up."""


class Records:
    """Reads all kinds."""

    def __init__(self, session: Session, field_map: FieldMap, page: int) -> None:
        self._session, self._page = session, min(page, MOST)
        self._field_map = field_map
        self._around = Surroundings(session, field_map)

    def page(self, kind: Kind, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor."""
        if kind in SET_UP:
            return self._set_up_page(kind, stored)
        cursor = Cursor.resume(stored, self._session.now)
        sources = self.sources(kind)
        phases = [(each, True) for each in sources]
        if cursor.long:
            phases += [(each, False) for each in sources if each.linked]
        source, windowed = phases[min(cursor.phase, len(phases) - 1)]
        rows, more = self._next(source, whose, cursor, windowed=windowed)
        after = cursor.at(self._key(source, rows[-1])) if more else cursor.next_phase(len(phases))
        upserts, gone, poison = self._told(kind, source, [*self._me(source, cursor), *rows], whose, cursor)
        first = cursor.full and cursor.fresh
        total = self._total(kind, sources) if first and whose.user_id is None else None
        return Page(upserts, after.bytes(), gone, poison, not after.done, total, first)

    def ids(self, kind: Kind, whose: Scope) -> Iterator[str]:
        """All ids in scope."""
        if kind in SET_UP:
            yield from (each.remote_id for each in self._set_up(kind))
            return
        for source in self.sources(kind):
            cursor, more = Cursor(began=0), True
            yield from (row["id"] for row in self._me(source, cursor))
            while more:
                rows, more = self._next(source, whose, cursor, MOST, ids=True)
                yield from (source.remote_id(row["id"]) for row in rows)
                if more:
                    cursor = cursor.at(self._key(source, rows[-1]))

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        if kind in SET_UP:
            return [each for each in self._set_up(kind) if each.remote_id in remote_ids]
        found: list[Upsert] = []
        for source in self.sources(kind):
            ids = [row_id for each in remote_ids if (row_id := source.row_id(each)) is not None]
            rows = self.by_id(source, ids) if ids else []
            found += self._told(kind, source, rows, Scope(), Cursor(began=0)).upserts
        return found

    def by_id(self, source: Source, ids: Sequence[str]) -> list[Row]:
        """These rows now. Notes one by one: a user may list but the own ones."""
        wire = self._session.wire
        if source.entity == "Note":
            return [row for each in ids if (row := self._around.note(each)) is not None]
        rows = [row for row in self._me(source, Cursor(began=0)) if row["id"] in ids]
        for start in range(0, len(ids), CHUNK):
            where = [*source.always, *self._not_me(source), among("id", ids[start : start + CHUNK])]
            rows += wire.rows(source.entity, where, select=self._select(source))
        return rows

    def sources(self, kind: Kind) -> tuple[Source, ...]:
        """What the kind is read from; raises ScopeDenied where this user may read none of it."""
        there = tuple(source for source in SOURCES.get(kind, ()) if self._readable(source.entity))
        if not there:
            raise ScopeDenied(f"this EspoCRM shows no {kind}")
        return there

    def _readable(self, entity: str) -> bool:
        return entity in ("Note", "CampaignLogRecord") or self._session.may(entity, "read")

    def _me(self, source: Source, cursor: Cursor) -> list[Row]:
        """Who is signed in, first of all users: an API user stands in no list of users."""
        return [self._session.me.row] if source.entity == "User" and cursor.fresh else []

    def _not_me(self, source: Source) -> list[Row]:
        return [is_not("id", self._session.me.id)] if source.entity == "User" else []

    # Which rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _next(
        self, source: Source, whose: Scope, cursor: Cursor, size: int = 0, *, ids: bool = False, windowed: bool = True
    ) -> tuple[list[Row], bool]:
        """The rows after the cursor's place, and whether more may follow. A window brings what left the scope too.

        Without `windowed`, those whose links are worth another look: to link two records touches neither.
        """
        size = size or self._page
        where = [*source.always, *self._not_me(source), *(self._window(source, cursor) if windowed else source.linked)]
        if cursor.full or not windowed:
            where += source.leaves
            where += [is_(source.owner, whose.user_id)] if source.owner and whose.user_id is not None else []
        rows = self._rows(source, where, cursor, size, ids=ids)
        # The stream looks through so many notes at most for a page: a short one says nothing about the end.
        streamed = source.entity == "Note" and self._around.posts != "Note"
        return rows, bool(rows) if streamed else len(rows) == size

    def _rows(self, source: Source, where: Where, cursor: Cursor, size: int, *, ids: bool) -> list[Row]:
        wire = self._session.wire
        if source.entity == "Note":
            last = [below("number", int(cursor.last))] if cursor.last else []
            rows = wire.rows(
                self._around.posts, [*where, *last], select=source.select, order="number", descending=True, limit=size
            )
            self._moves_on(cursor, rows, falling=True)
            return rows
        last = [above("id", cursor.last)] if cursor.last else []
        select = ("id",) if ids else self._select(source)
        rows = wire.rows(source.entity, [*where, *last], select=select, limit=size)
        self._moves_on(cursor, rows, falling=False)
        return rows

    @staticmethod
    def _moves_on(cursor: Cursor, rows: Sequence[Row], *, falling: bool) -> None:
        """Raises Unreachable where a page brings what was asked to lie before it."""
        if not cursor.last:
            return
        if falling and any(int(row.get("number") or 0) >= int(cursor.last) for row in rows):
            raise Unreachable("the same page came again")
        if not falling and any(row["id"] == cursor.last for row in rows):
            raise Unreachable("the same page came again")

    def _window(self, source: Source, cursor: Cursor) -> list[Row]:
        return [] if cursor.since is None else [from_(source.stamp, stamp(cursor.since))]

    def _select(self, source: Source) -> tuple[str, ...]:
        return self._around.select(source)

    @staticmethod
    def _key(source: Source, row: Row) -> str:
        return str(row["number"]) if source.entity == "Note" else str(row["id"])

    def _total(self, kind: Kind, sources: Sequence[Source]) -> int | None:
        counts = [
            self._session.wire.count(source.entity, [*source.always, *self._not_me(source), *source.leaves])
            for source in sources
            if source.entity != "Note"
        ]
        known = [count for count in counts if count is not None]
        return sum(known) + (kind is Kind.USER) if len(known) == len(sources) else None

    # What they say ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, kind: Kind, source: Source, rows: Sequence[Row], whose: Scope, cursor: Cursor) -> Told:
        around = self._around.of(source, [row for row in rows if not payload.unsound(row)])
        mine = None if cursor.full or not source.owner else whose.user_id

        def tell(remote_id: str, row: Row) -> Iterator[Upsert | Tombstone]:
            if mine is not None and row.get(source.owner) != mine:
                yield Tombstone(kind, remote_id, Gone.OUT_OF_SCOPE)
            elif source.leaves and row.get("status") == stages.CONVERTED:
                yield _converted(kind, remote_id, row)
            elif (upsert := source.map(row, around)) is not None:
                yield upsert

        return told(kind, ((source.remote_id(row["id"]), row) for row in rows), tell)

    # How it is set up ───────────────────────────────────────────────────────────────────────────────────────────────

    def _set_up_page(self, kind: Kind, stored: bytes | None) -> Page:
        cursor = Cursor.resume(stored, self._session.now)
        found = self._set_up(kind)
        return Page(found, cursor.next_phase(1).bytes(), total=len(found), reset=cursor.full)

    def _set_up(self, kind: Kind) -> list[Upsert]:
        there = self._around.stages()
        if kind is Kind.LOSS_REASON:
            field = self._field_map.fields.get("deal.loss_reason")
            if field is None:
                raise ScopeDenied("EspoCRM has no reasons of its own for a loss")
            return stages.loss_reasons(self._session, field)
        return stages.pipelines(there) if kind is Kind.PIPELINE else stages.upserts(there)


def _converted(kind: Kind, remote_id: str, row: Row) -> Tombstone:
    """A lead that became a contact or an opportunity: from now on that is the person, or the deal."""
    winner = row.get("createdContactId" if kind is Kind.PERSON else "createdOpportunityId")
    if isinstance(winner, str) and winner:
        return Tombstone(kind, remote_id, Gone.MERGED, winner)
    return Tombstone(kind, remote_id, Gone.ARCHIVED)
