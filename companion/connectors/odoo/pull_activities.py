"""Reading activities: messages and planned activities by the documents they hang on, meetings by themselves.

Odoo cuts a search in `mail.message` or `mail.activity` at its limit *before* it drops what the user may not see, so a
short page says nothing about the end. A full pass therefore goes from document to document, and a window asks for ids
without a limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.base import Page, Poison, Scope, Tombstone, Upsert
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo import marker, scope
from companion.connectors.odoo.activities import (
    LEAD,
    MEETING,
    MEETING_FIELDS,
    MESSAGE,
    MESSAGE_FIELDS,
    PARTNER,
    STEP,
    STEP_FIELDS,
    Around,
    gone,
    meeting,
    message,
    step,
)
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.mapping import LEAD_FIELDS, one
from companion.connectors.odoo.pull import SWEEP, Records, ops_of
from companion.connectors.odoo.session import Domain, Session
from companion.connectors.odoo.wire import Row
from companion.connectors.rows import Told, told
from companion.domain.records import Gone, Kind

MESSAGES: Final = "mail.message"
STEPS: Final = "mail.activity"
MEETINGS: Final = "calendar.event"

_TOLD: Final[Domain] = [
    "|", ["message_type", "in", ["comment", "email", "email_outgoing"]], ["mail_activity_type_id", "!=", False],
    ["message_type", "!=", "user_notification"],
    ["message_id", "not like", marker.COPY],
]  # fmt: skip
_NOT_EMPTIED: Final[Domain] = ["|", ["body", "not in", [False, ""]], ["attachment_ids", "!=", False]]


class Batch(Struct):
    """Rows of the three models that go into one page."""

    messages: list[Row] = []
    steps: list[Row] = []
    meetings: list[Row] = []


class Activities:
    """Reads what happens around the records of the book."""

    def __init__(self, session: Session, records: Records, page: int) -> None:
        self._session, self._records, self._page = session, records, page
        self._leads_at_once = max(1, page // 4)

    def page(self, whose: Scope, stored: bytes | None) -> Page:
        """The page after the cursor. A page of a full pass holds all that hangs on some documents."""
        cursor = Cursor.resume(stored, self._session.now)
        batch, after = self._in_full(whose, cursor) if cursor.full else self._in_window(whose, cursor)
        upserts, tombstones, poison = self._told(batch, whose, cursor)
        return Page(upserts, after.bytes(), tombstones, poison, not after.done, None, cursor.full and cursor.fresh)

    def ids(self, whose: Scope) -> Iterator[str]:
        """All ids in scope."""
        for model in (LEAD, PARTNER):
            for documents in self._documents(model, whose):
                on = [["model", "=", model], ["res_id", "in", documents]]
                yield from (f"{MESSAGE}:{each}" for each in self._ids(MESSAGES, [*_TOLD, *_NOT_EMPTIED, *on]))
                on[0] = ["res_model", "=", model]
                yield from (f"{STEP}:{each}" for each in self._ids(STEPS, [*self._no_meeting(), *on]))
        last = 0
        while rows := self._meetings(whose, [["id", ">", last], ["active", "=", True]], SWEEP):
            yield from (f"{MEETING}:{row['id']}" for row in rows if self._with_outsiders(row))
            last = rows[-1]["id"]

    def fetch(self, remote_ids: Sequence[str]) -> list[Upsert]:
        """These activities now."""
        wanted: dict[str, list[int]] = {MESSAGE: [], STEP: [], MEETING: []}
        for remote_id in remote_ids:
            what, _, number = remote_id.partition(":")
            if what in wanted and number.isdecimal():
                wanted[what].append(int(number))
        batch = Batch(
            list(self._session.by_id(MESSAGES, wanted[MESSAGE], MESSAGE_FIELDS).values()),
            list(self._session.by_id(STEPS, wanted[STEP], STEP_FIELDS).values()),
            list(self._session.by_id(MEETINGS, wanted[MEETING], MEETING_FIELDS).values()) if wanted[MEETING] else [],
        )
        return self._told(batch, Scope(), Cursor(began=self._session.now)).upserts

    # Which rows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _in_full(self, whose: Scope, cursor: Cursor) -> tuple[Batch, Cursor]:
        if cursor.phase < 2:
            model, size = ((LEAD, self._leads_at_once), (PARTNER, self._page))[cursor.phase]
            documents = self._some_documents(model, whose, cursor.last, size)
            after = cursor.at(documents[-1]) if len(documents) == size else cursor.next_phase(3)
            return self._on(model, documents), after
        rows = self._meetings(whose, [["id", ">", cursor.last], ["active", "=", True]], self._page)
        after = cursor.at(rows[-1]["id"]) if len(rows) == self._page else cursor.next_phase(3)
        return Batch(meetings=rows), after

    def _in_window(self, whose: Scope, cursor: Cursor) -> tuple[Batch, Cursor]:
        changed: Domain = [["write_date", ">=", stamp(cursor.since or 0)], ["id", ">", cursor.last]]
        if cursor.phase == 0:
            domain = [*_TOLD, ["model", "in", [LEAD, PARTNER]], *changed]
            rows, after = self._next(MESSAGES, domain, MESSAGE_FIELDS, cursor)
            return Batch(messages=rows), after
        if cursor.phase == 1:
            domain = [*self._no_meeting(), ["res_model", "in", [LEAD, PARTNER]], *changed]
            rows, after = self._next(STEPS, domain, STEP_FIELDS, cursor)
            return Batch(steps=rows), after
        if cursor.phase == 2:
            rows = self._meetings(whose, changed, self._page)
            after = cursor.at(rows[-1]["id"]) if len(rows) == self._page else cursor.next_phase(4)
            return Batch(meetings=rows), after
        return self._newly_mine(whose, cursor)

    def _newly_mine(self, whose: Scope, cursor: Cursor) -> tuple[Batch, Cursor]:
        """The past of deals that were just given to somebody: none of it was touched by that."""
        if not self._session.fields(LEAD):
            return Batch(), cursor.next_phase(4)
        given = [["date_open", ">=", stamp(cursor.since or 0)], ["id", ">", cursor.last]]
        documents = self._session.ids(LEAD, [*given, *scope.leads(self._session, whose)], limit=self._leads_at_once)
        after = cursor.at(documents[-1]) if len(documents) == self._leads_at_once else cursor.next_phase(4)
        return self._on(LEAD, documents), after

    def _next(self, model: str, domain: Domain, fields: Sequence[str], cursor: Cursor) -> tuple[list[Row], Cursor]:
        ids = self._ids(model, domain)
        rows = self._session.by_id(model, ids[: self._page], fields)
        after = cursor.at(ids[self._page - 1]) if len(ids) > self._page else cursor.next_phase(4)
        return list(rows.values()), after

    def _on(self, model: str, documents: Sequence[int]) -> Batch:
        """All that hangs on these documents."""
        if not documents:
            return Batch()
        hangs: Domain = [["res_id", "in", list(documents)]]
        return Batch(
            self._session.rows(MESSAGES, [*_TOLD, ["model", "=", model], *hangs], MESSAGE_FIELDS),
            self._session.rows(STEPS, [*self._no_meeting(), ["res_model", "=", model], *hangs], STEP_FIELDS),
        )

    def _documents(self, model: str, whose: Scope) -> Iterator[list[int]]:
        last, size = 0, SWEEP // 5
        while found := self._some_documents(model, whose, last, size):
            yield found
            last = found[-1]

    def _some_documents(self, model: str, whose: Scope, last: int, size: int) -> list[int]:
        session = self._session
        if not session.fields(model):
            return []
        mine = scope.leads(session, whose) if model == LEAD else scope.partners(session, whose)
        alive: Domain = ["|", ["active", "=", True], ["probability", "=", 0]]
        apart = alive if model == LEAD else [["active", "=", True], ["id", "not in", sorted(session.colleagues)]]
        return session.ids(model, [["id", ">", last], *apart, *mine], limit=size)

    def _meetings(self, whose: Scope, domain: Domain, limit: int) -> list[Row]:
        if not self._session.fields(MEETINGS):
            return []
        mine = scope.meetings(self._session, whose)
        return self._session.rows(MEETINGS, [*domain, *mine], MEETING_FIELDS, limit=limit)

    def _ids(self, model: str, domain: Domain) -> list[int]:
        return self._session.ids(model, domain)

    def _no_meeting(self) -> Domain:
        """A planned meeting stands in the calendar already."""
        there = "calendar_event_id" in self._session.fields(STEPS)
        return [["calendar_event_id", "=", False]] if there else []

    def _with_outsiders(self, row: Row) -> bool:
        return bool(row.get("opportunity_id") or set(row.get("partner_ids") or []) - self._session.colleagues)

    # What they say ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _told(self, batch: Batch, whose: Scope, cursor: Cursor) -> Told:
        batch, unreadable = _readable(batch)
        around, me = self._around(batch), self._session.me.id
        inside = None if cursor.full or whose.user_id is None else self._inside(batch, whose)

        def tell(remote_id: str, row: Row) -> Iterator[Upsert | Tombstone]:
            prefix = remote_id.partition(":")[0]
            if (upsert := _mapped(row, prefix, around)) is not None:
                yield upsert
            elif not cursor.full:
                yield Tombstone(Kind.ACTIVITY, remote_id, _why_gone(row, prefix))

        rows = (
            (f"{prefix}:{row['id']}", row)
            for row, prefix in _all(batch)
            if inside is None or _belongs(row, prefix, inside, me)
        )
        found = told(Kind.ACTIVITY, rows, tell)
        return Told(self._marked(batch, found.upserts), found.gone, [*unreadable, *found.poison])

    def _marked(self, batch: Batch, upserts: list[Upsert]) -> list[Upsert]:
        ops = {f"{STEP}:{number}": op for number, op in ops_of(self._session, STEPS, batch.steps).items()}
        ops |= {f"{MEETING}:{number}": op for number, op in ops_of(self._session, MEETINGS, batch.meetings).items()}
        return [replace(each, op_id=ops[each.remote_id]) if each.remote_id in ops else each for each in upserts]

    def _around(self, batch: Batch) -> Around:
        """All that the rows refer to, in a handful of requests."""
        session = self._session
        leads = {row["res_id"] for row in batch.messages if row.get("model") == LEAD}
        leads |= {row["res_id"] for row in batch.steps if row.get("res_model") == LEAD}
        leads |= {deal for row in batch.meetings if (deal := one(row, "opportunity_id")) is not None}
        lead_rows = session.by_id(LEAD, leads, LEAD_FIELDS) if leads else {}
        copies = self._copies(batch.messages)
        partners = {row["res_id"] for row in batch.messages if row.get("model") == PARTNER}
        partners |= {row["res_id"] for row in batch.steps if row.get("res_model") == PARTNER}
        partners |= {guest for row in batch.meetings for guest in row.get("partner_ids") or []}
        partners |= set(copies.values()) | {one(row, "partner_id") for row in lead_rows.values()}
        users = session.rows("res.users", [["share", "=", False]], ["partner_id"]) if batch.messages else []
        return Around(
            self._records.lookups(sorted(each for each in partners if each)),
            lead_rows,
            session.colleagues,
            {row["partner_id"][0]: str(row["id"]) for row in users if row.get("partner_id")},
            session.types,
            self._note() if batch.messages else None,
            session.now,
            copies,
        )

    def _copies(self, messages: Sequence[Row]) -> dict[str, int]:
        """For our logs on a deal: the partner that the log is about, who need not be the deal's main contact."""
        marks = [marker.read(row.get("message_id")) for row in messages if row.get("model") == LEAD]
        wanted = [marker.copy_of(mark.op_id) for mark in marks if mark is not None and not mark.answered]
        if not wanted:
            return {}
        domain = [["model", "=", PARTNER], ["message_id", "in", wanted]]
        rows = self._session.rows(MESSAGES, domain, ["res_id", "message_id"])
        return {str(row["message_id"])[1:33]: row["res_id"] for row in rows if isinstance(row.get("res_id"), int)}

    def _note(self) -> int | None:
        """The id of the subtype of internal notes."""
        return self._session.reference("mail", "mt_note")

    def _inside(self, batch: Batch, whose: Scope) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for model, mine in ((LEAD, scope.leads), (PARTNER, scope.partners)):
            wanted = {row["res_id"] for row in batch.messages if row.get("model") == model}
            wanted |= {row["res_id"] for row in batch.steps if row.get("res_model") == model}
            domain = [["id", "in", sorted(wanted)], *mine(self._session, whose)]
            found[model] = set(self._session.ids(model, domain)) if wanted else set()
        return found


def _all(batch: Batch) -> Iterator[tuple[Row, str]]:
    yield from ((row, MESSAGE) for row in batch.messages)
    yield from ((row, STEP) for row in batch.steps)
    yield from ((row, MEETING) for row in batch.meetings)


def _readable(batch: Batch) -> tuple[Batch, list[Poison]]:
    """The rows whose references can be looked up, and the others: one of them must not take the rest along."""
    bad = [
        Poison(Kind.ACTIVITY, f"{prefix}:{row['id']}", "what it refers to is not as expected")
        for row, prefix in _all(batch)
        if not _refers(row)
    ]
    if not bad:
        return batch, bad
    some = ([row for row in rows if _refers(row)] for rows in (batch.messages, batch.steps, batch.meetings))
    return Batch(*some), bad


def _refers(row: Row) -> bool:
    """Whether the row's references are ids."""
    if not isinstance(row.get("res_id", 0), int | None):
        return False
    lists = (row.get(name) or [] for name in ("partner_ids", "notified_partner_ids"))
    return all(isinstance(each, list) and all(isinstance(one_id, int) for one_id in each) for each in lists)


def _belongs(row: Row, prefix: str, inside: dict[str, set[int]], me: int) -> bool:
    if prefix == MEETING or (prefix == STEP and one(row, "user_id") == me):
        return True
    model = row.get("model") if prefix == MESSAGE else row.get("res_model")
    return row.get("res_id") in inside.get(str(model), set())


def _mapped(row: Row, prefix: str, around: Around) -> Upsert | None:
    if prefix == MESSAGE:
        return message(row, around)
    if prefix == STEP:
        return step(row, around)
    return meeting(row, around) if row.get("active") is not False else None


def _why_gone(row: Row, prefix: str) -> Gone:
    if prefix == MEETING:
        return Gone.ARCHIVED if row.get("active") is False else Gone.OUT_OF_SCOPE
    return Gone.DELETED if gone(row) else Gone.OUT_OF_SCOPE
