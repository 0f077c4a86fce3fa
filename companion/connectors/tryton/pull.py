"""Reading from Tryton: pages of what changed, all ids for the sweep, and single records as they are now."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

import msgspec
from msgspec import Struct

from companion.connectors import strange
from companion.connectors.base import CursorExpired, Page, Scope, ScopeDenied, Tombstone, Upsert
from companion.connectors.rows import Told, told
from companion.connectors.tryton import mapping, notes, parties
from companion.connectors.tryton.agreed import Agreed
from companion.connectors.tryton.coded import coded_instant, finished
from companion.connectors.tryton.rpc import Refused, Row, Rpc
from companion.connectors.window import LONG_EVERY_S, LONG_OVERLAP_S
from companion.domain.records import Gone, Kind

OVERLAP_S: Final = 120
"""Seconds that a pull reads back: a stamp is the begin of a transaction, and that may commit late."""

_PARTIES: Final = (Kind.COMPANY, Kind.PERSON)
_NOTES_ON: Final = ("party.party", "sale.opportunity")
_CHUNK: Final = 1000
"""So many parties or opportunities are named in one search for notes: Tryton lets nobody search all notes."""


class Cursor(Struct, frozen=True, omit_defaults=True):
    """How far a kind was read. `since` bounds what is read (None: everything), `began` is the server's clock when the
    pass began (0: none is under way), `last` the last id; for notes, the chunk is what lies in (`last`, `end`]."""

    since: int | None = None
    began: int = 0
    last: int = 0
    part: int = 0
    end: int = 0
    note: int = 0
    long_at: int = 0

    def at_rest(self, began: int) -> Cursor:
        """The pull that began then is over: where the next one starts. `long_at` is when one last read far back."""
        first = self.since is None
        long = not first and began - self.long_at > LONG_EVERY_S
        return Cursor(began - (LONG_OVERLAP_S if long else OVERLAP_S), long_at=began if first or long else self.long_at)


class Puller:
    """Reads one database. `campaigns` says whether opportunities have marketing fields."""

    def __init__(self, rpc: Rpc, rules: parties.Rules, agreed: Agreed, *, campaigns: bool, page: int) -> None:
        self._rpc = rpc
        self.rules = rules
        self._agreed = agreed
        self._party_fields = [*rules.full(), *agreed.wanted(*_PARTIES)]
        self._page = page
        self._deal_fields = mapping.DEAL_FIELDS + (mapping.CAMPAIGN_FIELDS if campaigns else [])
        self._deal_fields += agreed.wanted(Kind.DEAL)
        self._deal_fields += [f"{path}.{each}" for path in ("party", "contact.party") for each in rules.light()]

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        at = _decoded(cursor)
        reset = cursor is None
        try:
            if kind in _PARTIES:
                return self._parties(kind, at, reset)
            if kind in (Kind.DEAL, Kind.ENGAGEMENT):
                return self._deals(kind, scope, at, reset)
            if kind is Kind.ACTIVITY:
                return self._notes(at, reset)
            return Page(list(self._small(kind)), b"{}", reset=reset)
        except Refused as error:
            raise ScopeDenied(error.words) from error

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids of a kind that are in scope."""
        try:
            if kind in _PARTIES:
                yield from (str(row["id"]) for row in self._every_party() if self.rules.kind(row) is kind)
            elif kind is Kind.DEAL:
                yield from map(str, self._rpc.ids("sale.opportunity", _owned(scope)))
            elif kind is Kind.ENGAGEMENT:
                named = ["OR", ["marketing_campaign", "!=", None], ["marketing_source", "!=", None]]
                yield from (
                    f"opportunity-{each}" for each in self._rpc.ids("sale.opportunity", [*_owned(scope), named])
                )
            elif kind is Kind.ACTIVITY:
                yield from self._note_ids()
            else:
                yield from (each.remote_id for each in self._small(kind))
        except Refused as error:
            raise ScopeDenied(error.words) from error

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now. Archived ones are not among them."""
        if kind is Kind.ACTIVITY:
            return self._activities(self._notes_by_id(remote_ids)).upserts
        if kind in _PARTIES:
            rows = self.party_rows(remote_ids)
            return [self.party(kind, row) for row in rows if row.get("active", True) and self.rules.kind(row) is kind]
        if kind is Kind.DEAL:
            return [self.deal(row) for row in self.deal_rows(remote_ids)]
        if kind is Kind.ENGAGEMENT:
            rows = self.deal_rows([each.removeprefix("opportunity-") for each in remote_ids])
            return [mapping.engagement(row, self.rules) for row in rows if mapping.has_campaign(row)]
        return [each for each in self._small(kind) if each.remote_id in remote_ids]

    def party_rows(self, remote_ids: Sequence[str]) -> list[Row]:
        """Parties as Tryton has them."""
        return self._rpc.rows("party.party", [["id", "in", _numbers(remote_ids)]], self._party_fields)

    def deal_rows(self, remote_ids: Sequence[str]) -> list[Row]:
        """Opportunities as Tryton has them."""
        return self._opportunities([["id", "in", _numbers(remote_ids)]])

    def _opportunities(self, domain: list[object], limit: int | None = None) -> list[Row]:
        """Opportunities. A right to one field that ended would refuse them all: then the others are read."""
        try:
            return self._rpc.rows("sale.opportunity", domain, self._deal_fields, limit=limit)
        except Refused as error:
            # Tryton names such a field by its label alone, in the language of both answers.
            known = self._rpc.read("model.sale.opportunity.fields_get", [], 0)
            closed = {name for name, told in known.items() if f'.{told.get("string")}"' in error.words}
            left = [each for each in self._deal_fields if each.partition(".")[0] not in closed]
            if left == self._deal_fields:
                raise
            self._deal_fields = left
            return self._opportunities(domain, limit)

    def party(self, kind: Kind, row: Row) -> Upsert:
        """A party as a company or a person."""
        told = finished(parties.person(row) if kind is Kind.PERSON else parties.company(row), row)
        return self._agreed.told(told, row)

    def deal(self, row: Row) -> Upsert:
        """An opportunity as a deal."""
        return self._agreed.told(mapping.deal(row, self.rules), row)

    def note_chain(self, remote_id: str) -> list[Row]:
        """The first note of an activity and what revises it; empty where it is gone."""
        firsts = self._notes_by_id([remote_id])
        return [*firsts, *self._revisions(firsts)[remote_id]] if firsts else []

    def _parties(self, kind: Kind, at: Cursor, reset: bool) -> Page:
        domain: list[object] = [["id", ">", at.last]]
        if at.since is not None:
            stamped = _stamped(at.since)
            children = ("contact_mechanisms", "addresses", *(["relations"] if self.rules.relations else []))
            domain.append(["OR", stamped, *([name, "where", [stamped]] for name in children)])
        rows = self._rpc.rows("party.party", domain, self._party_fields, limit=self._page)

        def tell(remote_id: str, row: Row) -> Iterator[Upsert | Tombstone]:
            if self.rules.kind(row) is not kind:
                yield Tombstone(kind, remote_id, Gone.OUT_OF_SCOPE)
            elif not row.get("active", True):
                yield parties.gone(kind, row)
            else:
                yield self.party(kind, row)

        return self._paged(told(kind, ((str(row["id"]), row) for row in rows), tell), rows, at, reset)

    def _deals(self, kind: Kind, scope: Scope, at: Cursor, reset: bool) -> Page:
        domain: list[object] = [["id", ">", at.last]]
        domain += [_stamped(at.since)] if at.since is not None else _owned(scope)
        rows = self._opportunities(domain, self._page)

        def tell(remote_id: str, row: Row) -> Iterator[Upsert | Tombstone]:
            if scope.user_id is not None and str(row.get("employee")) != scope.user_id:
                yield Tombstone(kind, remote_id, Gone.OUT_OF_SCOPE)
            elif kind is Kind.DEAL:
                yield self.deal(row)
            elif mapping.has_campaign(row):
                yield mapping.engagement(row, self.rules)
            else:
                yield Tombstone(kind, remote_id, Gone.DELETED)

        total = None
        if reset and kind is Kind.DEAL:
            total = int(self._rpc.read("model.sale.opportunity.search_count", _owned(scope), 0, None))
        prefix = "" if kind is Kind.DEAL else "opportunity-"
        found = told(kind, ((f"{prefix}{row['id']}", row) for row in rows), tell)
        return self._paged(found, rows, at, reset, total)

    def _paged(self, found: Told, rows: list[Row], at: Cursor, reset: bool, total: int | None = None) -> Page:
        began = at.began or int(self._rpc.server_time)
        more = len(rows) >= self._page
        following = Cursor(at.since, began, int(rows[-1]["id"]), long_at=at.long_at) if more else at.at_rest(began)
        # In a full pass nobody knows yet what is not there.
        gone = found.gone if at.since is not None else []
        return Page(found.upserts, msgspec.json.encode(following), gone, found.poison, more, total, reset)

    def _notes(self, at: Cursor, reset: bool) -> Page:
        began = at.began
        while True:
            rows, at = self._twice(at)
            began = began or int(self._rpc.server_time)
            at = msgspec.structs.replace(at, began=began)
            more = at.part < len(_NOTES_ON)
            if rows or not more:
                break
        cursor = at if more else at.at_rest(began)
        bad = told(Kind.ACTIVITY, ((str(row["id"]), row) for row in rows), _legible).poison
        broken = {each.remote_id for each in bad}
        sound = [row for row in rows if str(row["id"]) not in broken]
        found = self._activities(sound)
        return Page(found.upserts, msgspec.json.encode(cursor), (), [*bad, *found.poison], more, None, reset)

    def _twice(self, at: Cursor) -> tuple[list[Row], Cursor]:
        # A deal that is deleted between the listing of a chunk and the search in it makes Tryton refuse the search.
        try:
            return self._some_notes(at)
        except Refused:
            return self._some_notes(at)

    def _some_notes(self, at: Cursor) -> tuple[list[Row], Cursor]:
        """Up to a page of notes of one chunk of parties or opportunities, and where to go on."""
        model = _NOTES_ON[at.part]
        within = [["id", ">", at.last], *([["id", "<=", at.end]] if at.end else [])]
        chunk = self._rpc.ids(model, within, limit=None if at.end else _CHUNK)
        domain: list[object] = [_on(model, chunk), ["id", ">", at.note]]
        if at.since is not None:
            domain.append(_stamped(at.since))
        rows = self._rpc.rows("ir.note", domain, notes.FIELDS, limit=self._page) if chunk else []
        if len(rows) >= self._page:
            end = at.end or chunk[-1]
            return rows, msgspec.structs.replace(at, end=end, note=int(rows[-1]["id"]))
        if at.end or len(chunk) == _CHUNK:
            return rows, Cursor(at.since, at.began, at.end or chunk[-1], at.part, long_at=at.long_at)
        return rows, Cursor(at.since, at.began, 0, at.part + 1, long_at=at.long_at)

    def _activities(self, rows: list[Row]) -> Told:
        """The activities that notes belong to, whole: with the first note of each, and all that revises it."""
        firsts = {str(row["id"]): row for row in rows if notes.root(row) == str(row["id"])}
        absent = {notes.root(row): row for row in rows if notes.root(row) not in firsts}
        if absent:
            where = sorted({str(row["resource"]) for row in absent.values()})
            domain = [["resource", "in", where], ["id", "in", _numbers(list(absent))]]
            firsts |= {str(row["id"]): row for row in self._rpc.rows("ir.note", domain, notes.FIELDS)}
        revisions = self._revisions(list(firsts.values()))
        known = self._known([*firsts.values(), *chain.from_iterable(revisions.values())])
        return told(
            Kind.ACTIVITY, firsts.items(), lambda remote_id, row: [notes.activity(row, revisions[remote_id], known)]
        )

    def _revisions(self, firsts: list[Row]) -> defaultdict[str, list[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        where = sorted({str(row["resource"]) for row in firsts})
        if where:
            domain = [["resource", "in", where], ["message", "like", notes.REVISION]]
            for row in self._rpc.rows("ir.note", domain, notes.FIELDS):
                if notes.root(row) != str(row["id"]):
                    found[notes.root(row)].append(row)
        return found

    def _known(self, rows: list[Row]) -> notes.Known:
        """What must be known of the parties that notes name."""
        wanted = {remote_id for row in rows for remote_id in notes.named_parties(row)}
        found: dict[str, Row] = {}
        asked: set[str] = set()
        while wanted:
            asked |= wanted
            light = self._rpc.rows("party.party", [["id", "in", _numbers(sorted(wanted))]], self.rules.light())
            found |= {str(row["id"]): row for row in light}
            wanted = {str(row["replaced_by"]) for row in light if row.get("replaced_by")} - asked
        winners = {remote_id: str(row["replaced_by"]) for remote_id, row in found.items() if row.get("replaced_by")}
        for loser, winner in winners.items():
            seen = {loser}
            while winner in winners and winner not in seen:  # a circle has no end
                seen.add(winner)
                winner = winners[winner]
            winners[loser] = winner
        # A party that can't be read counts as a company, as one does that nothing is known about.
        kinds: dict[str, Kind] = {}
        for remote_id, row in found.items():
            with contextlib.suppress(*strange.SHAPE):
                kinds[remote_id] = self.rules.kind(row)
        return notes.Known(kinds, winners)

    def _notes_by_id(self, remote_ids: Sequence[str]) -> list[Row]:
        """Notes by id. Tryton refuses a whole read for one missing note, so then they are read one by one."""
        numbers = _numbers(remote_ids)
        if not numbers:
            return []
        try:
            found = strange.rows(self._rpc.read("model.ir.note.read", numbers, notes.FIELDS))
        except Refused:
            if len(numbers) == 1:
                return []
            return [row for number in numbers for row in self._notes_by_id([str(number)])]
        strange.named(numbers, [row["id"] for row in found])
        return found

    def _note_ids(self) -> Iterator[str]:
        first = ["OR", ["message", "=", None], ["message", "not like", notes.REVISION]]
        for model in _NOTES_ON:
            last = 0
            while chunk := self._rpc.ids(model, [["id", ">", last]], limit=_CHUNK):
                yield from map(str, self._rpc.ids("ir.note", [_on(model, chunk), first]))
                last = chunk[-1]

    def _every_party(self) -> Iterator[Row]:
        last = 0
        while rows := self._rpc.rows(
            "party.party", [["id", ">", last], ["active", "=", True]], self.rules.light(), limit=_CHUNK
        ):
            yield from rows
            last = int(rows[-1]["id"])

    def _small(self, kind: Kind) -> Iterator[Upsert]:
        if kind is Kind.USER:
            fields = ["rec_name", "party.name", "party.email", "active", "_timestamp"]
            yield from (mapping.user(row) for row in self._rpc.rows("company.employee", [], fields))
        elif kind is Kind.PIPELINE:
            yield mapping.pipeline()
        elif kind is Kind.STAGE:
            yield from mapping.stages()


def _legible(_: str, row: Row) -> tuple[()]:
    """Raises where nobody can tell what a note hangs on, or whom it names."""
    notes.named_parties(row)
    str(row["resource"])
    return ()


def _decoded(cursor: bytes | None) -> Cursor:
    try:
        return msgspec.json.decode(cursor or b"{}", type=Cursor)
    except msgspec.MsgspecError as error:
        raise CursorExpired("not a cursor of this connector") from error


def _stamped(since: int) -> list[object]:
    """What was changed since: a record has no `write_date` until it is changed for the first time."""
    moment = coded_instant(since)
    return ["OR", ["write_date", ">=", moment], [["write_date", "=", None], ["create_date", ">=", moment]]]


def _owned(scope: Scope) -> list[object]:
    return [] if scope.user_id is None else [["employee", "=", int(scope.user_id)]]


def _on(model: str, chunk: Sequence[int]) -> list[object]:
    return ["resource", "in", [f"{model},{each}" for each in chunk]]


def _numbers(remote_ids: Sequence[str]) -> list[int]:
    return [int(each) for each in remote_ids if each.isascii() and each.isdigit()]
