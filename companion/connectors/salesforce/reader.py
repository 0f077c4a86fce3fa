"""Reading records page by page: full passes, windows of change, and the ids for the sweep.

A look for changes asks for as many kinds in one call as Salesforce allows: calls are what a company runs out of. What
such a look brought for the kinds that come next in a cycle is used if they ask within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from msgspec import Struct

from companion.connectors import strange
from companion.connectors.base import Page, Scope, ScopeDenied, Unreachable, Upsert
from companion.connectors.salesforce import pull
from companion.connectors.salesforce.activities import NOTE, TASK
from companion.connectors.salesforce.cursor import Cursor, instant
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.mapping import Known
from companion.connectors.salesforce.notes import Notes
from companion.connectors.salesforce.pull import Source, Way
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.session import Session
from companion.connectors.salesforce.soql import any_of, is_id, select
from companion.connectors.salesforce.wire import HEAVY, Part, Row, query_path, result
from companion.domain.records import Kind

T = TypeVar("T")

_FRESH_S: Final = 10.0
_AT_ONCE: Final = 400
"""Ids in one statement: an address has its limits."""
_NO_FIELD: Final = {"INVALID_FIELD"}


class Ahead(Struct):
    """What a look brought for a kind that was not asked for yet: its cursor, and rows by statement."""

    cursor: Cursor
    rows: dict[str, list[Row]]
    at: float


class Reader:
    """Reads the kinds whose records are rows of objects."""

    def __init__(self, session: Session, knowing: Knowing, size: int) -> None:
        self._session, self._knowing, self._size = session, knowing, size
        self._notes = Notes(session)
        self._places: dict[Kind, tuple[Scope, bytes]] = {}
        self._ahead: dict[tuple[Kind, bytes], Ahead] = {}
        self._refused: dict[str, Refusal] = {}

    def forget_ahead(self) -> None:
        """Something was written: what a look brought may be old."""
        self._ahead.clear()

    def page(self, kind: Kind, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor."""
        return self._twice(lambda: self._page(kind, whose, stored))

    def ids(self, kind: Kind, whose: Scope) -> Iterator[str]:
        """All ids in scope, each once."""
        try:
            yield from self._ids(kind, whose)
        except Changed as error:
            raise error.refusal.for_reading() from error

    def _ids(self, kind: Kind, whose: Scope) -> Iterator[str]:
        seen: set[str] = set()
        for way in self._ways(kind, whose):
            for rows in self._paged(pull.listed(self._session, way)):
                wanted = [str(row["Id"]) for row in rows]
                unwanted = self._not_ours(way.source, rows)
                yield from (each for each in wanted if each not in seen and each not in unwanted)
                seen.update(wanted)

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        return self._twice(lambda: self._fetch(kind, remote_ids))

    def rows(self, kind: Kind, source: Source, ids: Sequence[str]) -> list[Row]:
        """The rows of a source as they are now."""
        wanted = [each for each in dict.fromkeys(ids) if is_id(each)]
        return self._twice(lambda: self._named(kind, source, wanted)) if wanted else []

    def statement_for(self, kind: Kind, source: Source, ids: Sequence[str]) -> str:
        """The query that reads these rows of a source as a pull would."""
        living = "IsDeleted = false" if self._session.has(source.object, "IsDeleted") else ""
        return select(self._columns(kind, source), source.object, [living, source.also, f"Id IN {any_of(ids)}"])

    def read(self, kind: Kind, source: Source, rows: Sequence[Row]) -> list[Upsert]:
        """What such rows are."""
        return pull.told(kind, rows, self._mapper(kind, source, rows)).upserts

    # Pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, kind: Kind, whose: Scope, stored: bytes | None) -> Page:
        found = self._ways(kind, whose)
        ahead = self._ahead.pop((kind, stored or b""), None)
        if ahead is not None and self._fresh(ahead):
            cursor, rows = ahead.cursor, ahead.rows
        else:
            cursor, rows = Cursor.resume(stored, self._session.now), {}
        if not cursor.full and cursor.fresh:
            if self._nothing_due(cursor, found):
                return Page([], stored or cursor.bytes())
            if not rows:
                rows = self._look(kind, whose, cursor, found)
        page = self._filled(kind, cursor, found, rows)
        if not page.more:
            self._places[kind] = (whose, page.cursor)
        return page

    def _filled(self, kind: Kind, cursor: Cursor, found: Sequence[Way], known: dict[str, list[Row]]) -> Page:
        """One page: from query to query, until it is full or there are no more."""
        upserts: dict[str, Upsert] = {}
        page = Page([], b"", reset=cursor.full and cursor.fresh)
        gone, poison, left, total = [], [], self._size, None
        at = cursor
        while not at.done and (left > 0 or not at.full):
            way = found[min(at.phase, len(found) - 1)]
            if at.full is False and way.calm and at.calm_since is None:
                at = at.next_phase(len(found))
                continue
            limit = left if at.full else self._size
            statement = pull.statement(self._session, way, self._columns(kind, way.source), at, limit)
            counts = [pull.counted(self._session, each) for each in found] if page.reset and at is cursor else []
            rows, total_now = self._rows(statement, known, counts)
            total = total_now if counts else total
            some = pull.told(kind, rows, self._mapper(kind, way.source, rows))
            upserts |= {each.remote_id: each for each in some.upserts}
            gone += some.gone
            poison += some.poison
            at = self._after(at, way, rows, limit, len(found))
            left -= len(rows)
            if not at.full and len(rows) >= limit:
                break
        return Page(list(upserts.values()), at.bytes(), gone, poison, not at.done, total, page.reset)

    def _after(self, at: Cursor, way: Way, rows: Sequence[Row], limit: int, phases: int) -> Cursor:
        if len(rows) < limit:
            return at.next_phase(phases)
        last = rows[-1]
        if last["Id"] == at.last:
            raise Unreachable("the same page came again")
        stamp = instant(last.get(pull.stamped(self._session, way.source))) or 0
        return at.behind(stamp, str(last["Id"]))

    def _rows(self, statement: str, known: dict[str, list[Row]], counts: Sequence[str]) -> tuple[list[Row], int | None]:
        """The rows of a statement, and the sum of what the others count."""
        if statement in known:
            return known.pop(statement), None
        try:
            if len(counts) + 1 > HEAVY or not counts:
                return self._session.wire.rows(statement), None
            first, *told = self._session.wire.queries([statement, *counts])
        except Refusal as refusal:
            raise self._denied(refusal) from refusal
        return self._session.wire.whole(first), sum(int(each.get("totalSize") or 0) for each in told)

    # Looking ahead ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _nothing_due(self, cursor: Cursor, found: Sequence[Way]) -> bool:
        return cursor.calm_since is None and all(way.calm for way in found)

    def _fresh(self, ahead: Ahead) -> bool:
        return abs(self._session.wire.wall() - ahead.at) < _FRESH_S

    def _look(self, kind: Kind, whose: Scope, cursor: Cursor, found: Sequence[Way]) -> dict[str, list[Row]]:
        """The first rows of all queries of this kind, and of the kinds that come after it as far as there is room."""
        asked = self._first(kind, cursor, found)
        mine = dict.fromkeys(asked)
        others: dict[Kind, tuple[bytes, Cursor, list[str]]] = {}
        for other, (scope, stored) in self._places.items():
            room = -len(asked) % HEAVY
            if other is kind or scope != whose or tuple(Kind).index(other) < tuple(Kind).index(kind):
                continue
            place = Cursor.resume(stored, cursor.began)
            theirs = pull.ways(self._session, other, scope.user_id)
            more = self._first(other, place, theirs) if theirs else []
            if more and len(more) <= room:
                asked = [*asked, *more]
                others[other] = (stored, place, more)
        rows = self._answers(asked)
        at = self._session.wire.wall()
        for other, (stored, place, more) in others.items():
            if all(each in rows for each in more):
                self._ahead[other, stored] = Ahead(place, {each: rows[each] for each in more}, at)
        for each in mine:
            if each not in rows:
                raise self._denied(self._refused[each])
        return {each: rows[each] for each in mine}

    def _first(self, kind: Kind, cursor: Cursor, found: Sequence[Way]) -> list[str]:
        """The statements of a window's beginning, as `_filled` will ask them."""
        due = [way for way in found if not (way.calm and cursor.calm_since is None)]
        return [pull.statement(self._session, way, self._columns(kind, way.source), cursor, self._size) for way in due]

    def _answers(self, asked: Sequence[str]) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = {}
        self._refused = {}
        for start in range(0, len(asked), HEAVY):
            some = asked[start : start + HEAVY]
            try:
                outcomes = self._session.wire.composite([Part("GET", query_path(each)) for each in some])
                for each, outcome in zip(some, outcomes):
                    if outcome.ok:
                        rows[each] = self._session.wire.whole(result(outcome.body))
                    else:
                        self._refused[each] = outcome.refusal
            except Refusal as refusal:
                raise self._denied(refusal) from refusal
        return rows

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ways(self, kind: Kind, whose: Scope) -> list[Way]:
        found = pull.ways(self._session, kind, whose.user_id)
        if not found:
            raise ScopeDenied(f"this Salesforce shows no {kind}")
        return found

    def _columns(self, kind: Kind, source: Source) -> list[str]:
        return pull.columns(self._session, source, kind, self._knowing.field_map, self._knowing.known)

    def _mapper(self, kind: Kind, source: Source, rows: Sequence[Row]) -> Callable[[Row], Upsert | None]:
        known: Known = self._knowing.known
        if source.object == NOTE:
            return self._notes.mapper(rows, known)
        kept = self._kept_as_emails(rows) if source.object == TASK else frozenset[str]()
        return lambda row: None if row["Id"] in kept else source.map(row, known)

    def _not_ours(self, source: Source, rows: Sequence[Row]) -> frozenset[str]:
        """The ids of rows that are no activities of a book."""
        if source.object == NOTE:
            ids = [str(row.get("Id")) for row in rows]
            return frozenset(ids) - self._notes.links(ids).keys()
        return self._kept_as_emails(rows) if source.object == TASK else frozenset()

    def _kept_as_emails(self, rows: Sequence[Row]) -> frozenset[str]:
        """Tasks that stand for an e-mail which is read by itself."""
        ids = [str(row["Id"]) for row in rows if row.get("TaskSubtype") == "Email" and is_id(row.get("Id"))]
        if not ids or not self._session.has("EmailMessage", "ActivityId"):
            return frozenset()
        found: set[str] = set()
        for start in range(0, len(ids), _AT_ONCE):
            some = any_of(ids[start : start + _AT_ONCE])
            asked = select(["Id", "ActivityId"], "EmailMessage", ["IsDeleted = false", f"ActivityId IN {some}"])
            found |= {str(row.get("ActivityId")) for row in self._all(asked)}
        return frozenset(found)

    def _all(self, statement: str) -> list[Row]:
        try:
            return self._session.wire.rows(statement)
        except Refusal as refusal:
            raise self._denied(refusal) from refusal

    def _paged(self, statement: str) -> Iterator[list[Row]]:
        try:
            yield from self._session.wire.pages(self._session.wire.queries([statement])[0])
        except Refusal as refusal:
            raise self._denied(refusal) from refusal

    def _fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        wanted = [each for each in dict.fromkeys(remote_ids) if is_id(each)]
        sources = pull.kind_sources(self._session, kind)
        if not sources:
            raise ScopeDenied(f"this Salesforce shows no {kind}")
        found: list[Upsert] = []
        for source in sources:
            start = PREFIXES[source.object]
            ids = [each for each in wanted if each.startswith(start)]
            for first in range(0, len(ids), _AT_ONCE):
                found += self.read(kind, source, self._named(kind, source, ids[first : first + _AT_ONCE]))
        return found

    def _named(self, kind: Kind, source: Source, ids: Sequence[str]) -> list[Row]:
        rows = self._all(self.statement_for(kind, source, ids))
        strange.named(ids, [str(row["Id"]) for row in rows])
        return rows

    def _denied(self, refusal: Refusal) -> Exception:
        if refusal.denied or refusal.has(_NO_FIELD):
            self._session.forget_fields()
        return Changed(refusal) if refusal.has(_NO_FIELD) else refusal.for_reading()

    def _twice(self, read: Callable[[], T]) -> T:
        """Once more with the fields as they are now, where one went away since they were looked at."""
        try:
            return read()
        except Changed:
            try:
                return read()
            except Changed as error:
                raise error.refusal.for_reading() from error


class Changed(Exception):
    """A field went away between a look at the fields and a query."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


PREFIXES: Final = {
    "User": "005", "Account": "001", "Contact": "003", "Lead": "00Q", "Opportunity": "006", "Task": "00T",
    "Event": "00U", "EmailMessage": "02s", "ContentNote": "069", "CampaignMember": "00v",
}  # fmt: skip
