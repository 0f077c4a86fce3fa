"""How the connector pulls one kind: pages by commit number, by stamp or by id, whichever the CRM offers."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.base import CursorExpired, Finds, Page, Scope, Tombstone, Upsert
from companion.connectors.demo.rows import Deletions, Row, Slice
from companion.connectors.demo.server import Server
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import T
from companion.domain.records import FIELDS, Gone, Kind, Value

LONG_OVERLAP_S = 75 * 60.0
LONG_EVERY_S = 3600.0
"""Once in so many seconds a window reaches so far back: what commits later than the overlap is found by that."""


class Cursor(Struct, frozen=True, omit_defaults=True):
    """Where a pull goes on.

    `born` is the CRM's sequence number when the full pass began: what left before that was never ours. `graves` and
    `asked_at` say how far deletions were read. `hi` is the newest stamp seen, `since` where this pull's window begins,
    `after` the last row of the page before, `offset` its position. `long_at` is when a window last reached far back.
    """

    scope: str | None
    born: int
    graves: int
    asked_at: float
    full: bool = True
    seq: int = 0
    hi: float = 0.0
    since: float = 0.0
    after: tuple[float, str] | None = None
    offset: int = 0
    long_at: float = 0.0


def upsert(row: Row, switches: DemoSwitches) -> Upsert:
    """`row` as the contract wants it."""
    return Upsert(
        kind=row.kind,
        remote_id=row.id,
        version=version(row, switches),
        fields=_known(row, switches),
        links=row.links,
        people=row.people,
        extra=row.extra,
        op_id=row.marker,
        changed_by=row.by,
        changed_at=int(row.stamp),
    )


def _known(row: Row, switches: DemoSwitches) -> dict[str, Value]:
    """What of an answer has a name here."""
    if not switches.strange_answers:
        return row.fields
    return {name: value for name, value in row.fields.items() if name in FIELDS[row.kind]}


def version(row: Row, switches: DemoSwitches) -> str:
    """The row's number; where the CRM has only stamps, the stamp and a sum of the contents.

    Two changes within one tick of the stamp would look the same without the sum, and the second would never be seen.
    """
    if switches.row_version:
        return str(row.version)
    return f"{row.stamp:.6f}:{crc32(msgspec.json.encode((_known(row, switches), row.links, row.people))):08x}"


class Puller:
    """Reads pages through `over`, which carries a named request to the CRM and translates its errors."""

    def __init__(
        self, crm: Server, user: str, over: Callable[[str, Callable[[], object]], object], page: int | None
    ) -> None:
        self._crm, self._user, self._over, self._size = crm, user, over, page

    def page(self, kind: Kind, scope: Scope, raw: bytes | None) -> Page:
        """The page after the cursor `raw`."""
        began = raw is None
        cursor = self._begin(kind, scope) if raw is None else _decoded(raw)
        if cursor.scope != scope.user_id:
            raise CursorExpired("the cursor belongs to another scope")
        switches = self._crm.switches
        if self._size is not None:
            switches = replace(switches, page=self._size)
        if switches.changes is Finds.FULL_ONLY and not began and _is_at_rest(cursor):
            cursor, began = self._begin(kind, scope), True
        rows, cursor, more = self._rows(kind, cursor, switches)
        gone = [Tombstone(kind, row.id, Gone.OUT_OF_SCOPE) for row in rows.left if row.seq > cursor.born]
        if not more and switches.deletes is not Finds.SWEEP:
            graves = self._graves(kind, cursor)
            gone += [Tombstone(kind, row.id, row.gone or Gone.DELETED, row.winner) for row in graves.graves]
            if graves.seq != cursor.graves or graves.at - cursor.asked_at > switches.feed_life_s / 100:
                # Where nothing at all happened the cursor stays, and nothing has to be kept.
                cursor = replace(cursor, graves=graves.seq, asked_at=graves.at)
        return Page(
            upserts=[upsert(row, switches) for row in rows.rows],
            cursor=msgspec.json.encode(cursor),
            gone=gone,
            more=more,
            total=self._count(kind, scope) if began else None,
            reset=began,
        )

    def _begin(self, kind: Kind, scope: Scope) -> Cursor:
        start = self._ask("high water", lambda: self._crm.high_water(self._user, kind))
        return Cursor(scope.user_id, born=start.seq, graves=start.seq, asked_at=start.at, long_at=start.at)

    def _rows(self, kind: Kind, cursor: Cursor, switches: DemoSwitches) -> tuple[Slice, Cursor, bool]:
        if switches.changes in (Finds.ROW_VERSION, Finds.DELTA_TOKEN):
            return self._by_commit(kind, cursor, switches)
        return (
            self._by_offset(kind, cursor, switches)
            if switches.shifting_pages
            else self._by_stamp(kind, cursor, switches)
        )

    def _by_commit(self, kind: Kind, cursor: Cursor, switches: DemoSwitches) -> tuple[Slice, Cursor, bool]:
        ask = lambda: self._crm.changes(self._user, kind, cursor.scope, cursor.seq, switches.page)  # noqa: E731
        found = self._ask("changes", ask)
        # As a delta token does, the cursor tells what the whole CRM had counted to, whichever kind it is of.
        last = found.last.seq if found.more and found.last is not None else found.seq
        return found, replace(cursor, seq=last, full=cursor.full and found.more), found.more

    def _by_stamp(self, kind: Kind, cursor: Cursor, switches: DemoSwitches) -> tuple[Slice, Cursor, bool]:
        def ask() -> Slice:
            return self._crm.search(
                self._user, kind, cursor.scope, cursor.since, after=cursor.after, limit=switches.page
            )

        found = self._ask("search", ask)
        if found.last is None or not found.more:
            return found, self._at_rest(cursor, found, switches), False
        key = (found.last.stamp, found.last.id)
        return found, replace(cursor, after=key, hi=max(cursor.hi, key[0])), True

    def _by_offset(self, kind: Kind, cursor: Cursor, switches: DemoSwitches) -> tuple[Slice, Cursor, bool]:
        """Each page begins with the last row of the one before; is it another, rows moved up and some were passed."""
        back = 1 if cursor.after else 0

        def ask() -> Slice:
            return self._crm.search(
                self._user, kind, cursor.scope, cursor.since, offset=cursor.offset - back, limit=switches.page + back
            )

        found = self._ask("search", ask)
        first = found.first
        if cursor.after is not None and (first is None or (first.stamp, first.id) != cursor.after):
            return Slice([], [], True, None, None), replace(cursor, after=None, offset=0), True
        if found.last is None or not found.more:
            return found, self._at_rest(cursor, found, switches), False
        key = (found.last.stamp, found.last.id)
        moved = replace(cursor, after=key, offset=cursor.offset + switches.page, hi=max(cursor.hi, key[0]))
        return found, moved, True

    def _at_rest(self, cursor: Cursor, found: Slice, switches: DemoSwitches) -> Cursor:
        """The window is read: the next one begins an overlap behind the newest stamp, for what commits late."""
        hi = max(cursor.hi, found.last.stamp if found.last is not None else 0.0)
        now = self._crm.clock()
        long = now - cursor.long_at > LONG_EVERY_S
        overlap = max(LONG_OVERLAP_S, switches.overlap_s) if long else switches.overlap_s
        back = 0.0 if switches.changes is Finds.FULL_ONLY else max(0.0, hi - overlap)
        long_at = now if long else cursor.long_at
        return replace(cursor, hi=hi, since=back, after=None, offset=0, full=False, long_at=long_at)

    def _graves(self, kind: Kind, cursor: Cursor) -> Deletions:
        return self._ask("deleted", lambda: self._crm.deleted(self._user, kind, cursor.graves, cursor.asked_at))

    def _count(self, kind: Kind, scope: Scope) -> int:
        return self._ask("count", lambda: self._crm.count(self._user, kind, scope.user_id))

    def _ask(self, request: str, do: Callable[[], T]) -> T:
        return self._over(request, do)  # type: ignore[return-value]


def _is_at_rest(cursor: Cursor) -> bool:
    return not cursor.full and cursor.after is None and cursor.offset == 0


def _decoded(raw: bytes) -> Cursor:
    try:
        return msgspec.json.decode(raw, type=Cursor)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CursorExpired("the cursor is not one of ours") from error
