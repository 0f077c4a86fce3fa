"""Reading records page by page: lists for a full pass, searches for windows of change, archived lists, all ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import strange
from companion.connectors.base import Page, Scope, ScopeDenied, Tombstone, Unreachable, Upsert
from companion.connectors.hubspot import associations, engagements, mapping
from companion.connectors.hubspot.associations import Linked
from companion.connectors.hubspot.cursor import Cursor
from companion.connectors.hubspot.mapping import MERGED, OWNER
from companion.connectors.hubspot.objects import (
    CONTACTS,
    LEADS,
    OF_KIND,
    TYPES,
    ObjectType,
    parted,
    remote_id,
)
from companion.connectors.hubspot.reader import MAPS, Reader, rows_of
from companion.connectors.hubspot.told import next_after
from companion.connectors.hubspot.wire import VERSION, Row
from companion.connectors.rows import Told, told
from companion.domain.records import Gone, Kind

_ASSIGNED: Final = "hubspot_owner_assigneddate"
_AT_ONCE: Final = 100
_MOST_FOUND: Final = 200


class Step(Struct, frozen=True):
    """One part of a pull: a type, its records or those that were archived."""

    name: str
    archived: bool = False


class Records:
    """Reads the kinds whose records are objects of HubSpot."""

    def __init__(self, reader: Reader, page: int) -> None:
        self._reader, self._session, self._page = reader, reader.session, page

    def page(self, kind: Kind, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor."""
        cursor = Cursor.resume(stored, self._session.now)
        steps = self._steps(kind, cursor)
        step = steps[min(cursor.phase, len(steps) - 1)]
        total = self._total(kind, whose) if cursor.full and cursor.fresh else None
        rows, last = self._archived(step, cursor) if step.archived else self._rows(kind, step.name, whose, cursor)
        if not step.archived and not cursor.full:
            rows = self._as_they_are(kind, step.name, rows)
        if cursor.fresh:
            # The server's time as it answered: what this pull misses lies behind it by less than the overlap.
            cursor = cursor.begun(self._session.now)
        if step.archived:
            cursor = replace(cursor, archived_pages=cursor.archived_pages + 1)
        after = cursor.at(last) if last else cursor.next_phase(len(steps))
        upserts, gone, poison = self._told(kind, step, rows, whose, cursor)
        return Page(
            upserts, after.bytes(), gone, poison, more=not after.done, total=total, reset=stored is None
        )  # fmt: skip

    def ids(self, kind: Kind, whose: Scope) -> Iterator[str]:
        """All ids in scope."""
        for name in self._names(kind):
            cursor = Cursor(began=0)
            wanted = engagements.read_properties() if kind is Kind.ENGAGEMENT else ()
            while True:
                rows, last = self._rows(kind, name, whose, cursor, wanted=("hs_object_id", *wanted), links=False)
                for row in rows:
                    if kind is Kind.ENGAGEMENT:
                        yield from (each.remote_id for each in engagements.of_contact(row, self._reader.around(name)))
                    else:
                        yield remote_id(name, row["id"])
                if not last:
                    break
                cursor = cursor.at(last)

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        asked = engagements.contacts_of(remote_ids) if kind is Kind.ENGAGEMENT else remote_ids
        wanted: dict[str, list[str]] = {}
        for each in asked:
            name, number = parted(Kind.PERSON if kind is Kind.ENGAGEMENT else kind, each)
            if name and self._session.readable(name):
                wanted.setdefault(name, []).append(number)
        found: list[Upsert] = []
        for name, numbers in wanted.items():
            for start in range(0, len(numbers), _AT_ONCE):
                rows = self._reader.by_number(
                    name, numbers[start : start + _AT_ONCE], self._reader.properties(kind, name)
                )
                linked = self._linked(kind, TYPES[name], rows)
                found += self._upserts(kind, name, rows, linked).upserts
        return [each for each in found if kind is not Kind.ENGAGEMENT or each.remote_id in remote_ids]

    # Parts of a pull ────────────────────────────────────────────────────────────────────────────────────────────────

    def _names(self, kind: Kind) -> tuple[str, ...]:
        names = (CONTACTS,) if kind is Kind.ENGAGEMENT else OF_KIND[kind]
        there = tuple(name for name in names if self._session.readable(name))
        if not there:
            raise ScopeDenied(f"the token shows no {kind}")
        return there

    def _steps(self, kind: Kind, cursor: Cursor) -> list[Step]:
        names = self._names(kind)
        archives = cursor.archives_to is not None and kind is not Kind.ENGAGEMENT
        return [Step(name) for name in names] + [Step(name, True) for name in names if archives]

    def _rows(
        self,
        kind: Kind,
        name: str,
        whose: Scope,
        cursor: Cursor,
        *,
        wanted: Sequence[str] | None = None,
        links: bool = True,
    ) -> tuple[list[Row], str]:
        """The next records of a type, and what to go on after; '' at the end."""
        properties = self._reader.properties(kind, name) if wanted is None else wanted
        if cursor.full and whose.user_id is None:
            return self._listed(TYPES[name], properties, cursor, links=links)
        groups = self._groups(kind, name, whose, cursor)
        size = min(self._page, _MOST_FOUND)
        rows = self._reader.search(name, groups, properties, size)
        last = int(cursor.last or 0)
        numbers = [int(row["id"]) for row in rows]
        if any(number <= last for number in numbers) or numbers != sorted(numbers):
            raise Unreachable("the same page came again")
        return rows, str(numbers[-1]) if len(rows) >= size else ""

    def _as_they_are(self, kind: Kind, name: str, rows: Sequence[Row]) -> list[Row]:
        """What the search found, read again by number: its index lags, and would take back what was just written."""
        numbers = [str(row["id"]) for row in rows]
        properties = self._reader.properties(kind, name)
        parts = (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
        return [row for part in parts for row in self._reader.by_number(name, part, properties)]

    def _listed(
        self, of: ObjectType, properties: Sequence[str], cursor: Cursor, *, links: bool
    ) -> tuple[list[Row], str]:
        params: dict[str, str | int] = {"limit": min(self._page, _AT_ONCE), "properties": ",".join(properties)}
        if links and of.name != LEADS and (targets := associations.targets(self._session, of)):
            params["associations"] = ",".join(targets.values())
        if cursor.last:
            params["after"] = cursor.last
        answer = self._reader.asked("GET", f"/crm/objects/{VERSION}/{of.name}", params, of.name)
        return rows_of(answer), _onwards(answer, cursor)

    def _archived(self, step: Step, cursor: Cursor) -> tuple[list[Row], str]:
        params: dict[str, str | int] = {"limit": _AT_ONCE, "properties": "hs_object_id", "archived": "true"}
        if cursor.last:
            params["after"] = cursor.last
        answer = self._reader.asked("GET", f"/crm/objects/{VERSION}/{step.name}", params, step.name)
        since = cursor.archived_at - cursor.long_overlap_s
        rows = [row for row in rows_of(answer) if (mapping.instant(row.get("archivedAt")) or since) >= since]
        return rows, _onwards(answer, cursor)

    def _groups(self, kind: Kind, name: str, whose: Scope, cursor: Cursor) -> list[list[Row]]:
        """What a search asks for. In a window of somebody's own records also those that have just left."""
        common = [_filter("hs_object_id", "GT", cursor.last or "0")]
        if cursor.since is not None:
            common.append(_filter(TYPES[name].stamp, "GTE", str(cursor.since * 1000)))
        mine = [] if whose.user_id is None else [_filter(OWNER, "EQ", whose.user_id)]
        if kind is Kind.ENGAGEMENT:
            known = self._session.properties(name)
            marks = [mark for mark in engagements.MARKS if mark in known]
            return [[*common, *mine, _filter(mark, "HAS_PROPERTY")] for mark in marks] or [[*common, *mine]]
        if not mine or cursor.since is None:
            return [[*common, *mine]]
        left = [*common, _filter(OWNER, "NEQ", str(whose.user_id))]
        if _ASSIGNED in self._session.properties(name):
            left.append(_filter(_ASSIGNED, "GTE", str(cursor.since * 1000)))
        return [[*common, *mine], left, [*common, _filter(OWNER, "NOT_HAS_PROPERTY")]]

    def _total(self, kind: Kind, whose: Scope) -> int | None:
        """How many records the search knows of; it is not what the pull relies on."""
        if kind is Kind.ENGAGEMENT:
            return None
        total = 0
        for name in self._names(kind):
            groups = self._groups(kind, name, whose, Cursor(began=0))
            body: dict[str, Any] = {"filterGroups": [{"filters": group} for group in groups], "limit": 1}
            found = self._reader.asked("POST", f"/crm/objects/{VERSION}/{name}/search", body, name).get("total")
            if not isinstance(found, int):
                return None
            total += found
        return total

    # What rows say ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, kind: Kind, step: Step, rows: Sequence[Row], whose: Scope, cursor: Cursor) -> Told:
        if step.archived:
            return Told([], [Tombstone(kind, remote_id(step.name, row["id"]), Gone.DELETED) for row in rows], [])
        mine = [row for row in rows if whose.user_id is None or _owner(row) == whose.user_id]
        ours = {row["id"] for row in mine}
        gone = [
            Tombstone(kind, remote_id(step.name, row["id"]), Gone.OUT_OF_SCOPE)
            for row in rows
            if row["id"] not in ours and kind is not Kind.ENGAGEMENT
        ]
        of = TYPES[step.name]
        listed = (
            cursor.full and whose.user_id is None and step.name != LEADS
        )  # of two contacts, no list says which leads
        linked = {str(row["id"]): associations.of_row(row, of) for row in mine} if listed else None
        if linked:
            linked |= self._linked(kind, of, [row for row in mine if associations.cut(row, of)])
        found = self._upserts(kind, step.name, mine, linked or self._linked(kind, of, mine))
        merged = (
            [] if kind in (Kind.ACTIVITY, Kind.ENGAGEMENT) else [each for row in mine for each in _losers(kind, row)]
        )
        return Told(found.upserts, [*gone, *merged], found.poison)

    def _upserts(self, kind: Kind, name: str, rows: Sequence[Row], linked: Mapping[str, Linked]) -> Told:
        if not rows:
            return Told([], [], [])
        around = self._reader.around(name)

        def tell(_: str, row: Row) -> Iterator[Upsert]:
            strange.single(row["properties"])
            if kind is Kind.ENGAGEMENT:
                yield from engagements.of_contact(row, around)
            else:
                yield MAPS[name](row, linked.get(str(row["id"]), {}), around)

        return told(kind, ((remote_id(name, row["id"]), row) for row in rows), tell)

    def _linked(self, kind: Kind, of: ObjectType, rows: Sequence[Row]) -> dict[str, Linked]:
        if kind is Kind.ENGAGEMENT or not rows:
            return {}
        return associations.read(self._session, of, [str(row["id"]) for row in rows])


def _onwards(answer: Row, cursor: Cursor) -> str:
    """Where the list goes on. Raises Unreachable where it would go on where it was: it would never end."""
    following = next_after(answer)
    if following and following == cursor.last:
        raise Unreachable("the same page came again")
    return following


def _filter(name: str, operator: str, value: str | None = None) -> Row:
    told = {"propertyName": name, "operator": operator}
    return told if value is None else {**told, "value": value}


def _owner(row: Row) -> str | None:
    owner = row["properties"].get(OWNER)
    return str(owner) if owner else None


def _losers(kind: Kind, row: Row) -> list[Tombstone]:
    """The records that were merged into this one."""
    told = row["properties"].get(MERGED)
    numbers = [each.strip() for each in told.split(";")] if isinstance(told, str) else []
    winner = str(row["id"])
    return [
        Tombstone(kind, number, Gone.MERGED, winner)
        for number in numbers
        if number.isascii() and number.isdecimal() and number != winner
    ]
