"""The connector to HubSpot: the contract of `base`, put together from the parts beside this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from companion.connectors import strange
from companion.connectors.base import (
    Budget,
    Concurrency,
    Description,
    Finds,
    Identity,
    KindFacts,
    Op,
    Page,
    Result,
    Schema,
    Scope,
    ScopeDenied,
    Upsert,
)
from companion.connectors.hubspot import keys, schema
from companion.connectors.hubspot.cursor import Cursor
from companion.connectors.hubspot.mapping import chosen
from companion.connectors.hubspot.objects import CONTACTS, DEALS, EMAILS, LEADS, OF_KIND
from companion.connectors.hubspot.people import SMALL, Small
from companion.connectors.hubspot.pull import Records
from companion.connectors.hubspot.push import Push
from companion.connectors.hubspot.reader import Reader
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.wire import SUNSET, VERSION, Wire
from companion.connectors.tokens import Signed
from companion.domain.account import Account
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.language import sentence, tr
from companion.domain.records import Kind

PAGE: Final = 100
_BATCH: Final = 100
_NO_DEALS: Final = sentence("Deals are not open to this key.")
_NO_EMAILS: Final = sentence("The texts of emails are not open to this key (sales-email-read).")
_NO_LEADS: Final = sentence("Leads are not open to this key (crm.objects.leads.read), or this HubSpot has none.")
POLL_S: Final = 300.0
"""A look for news takes some twenty calls, of which an account has a number a day for all its apps together."""


class HubSpotConnector:
    """Speaks to one account of HubSpot for the owner whom the account names. `wall` is in seconds since 1970."""

    def __init__(
        self,
        calls: Signed,
        account: Account,
        *,
        page: int = PAGE,
        wall: Callable[[], float] = lambda: 0.0,
        field_map: FieldMap = NOTHING,
    ) -> None:
        self._size = page
        self._session = Session(Wire(calls, account.url, wall), account, field_map)
        self._reader = Reader(self._session)
        self._records = Records(self._reader, page)
        self._small = Small(self._reader)
        self._push = Push(self._reader, self._records)

    @strange.reading()
    def describe(self) -> Description:
        """Looks at everything anew. Makes the unique property of our ops where it is missing and the token may."""
        session = self._session
        session.forget()
        portal, me = session.portal, session.me
        unkeyed = keys.see_to(session)
        kinds = {kind: self._facts(kind, unkeyed) for kind in Kind if self._has(kind)}
        return Description(
            "hubspot",
            VERSION,
            f"hubspot/{portal.id}",
            me.id,
            me.name,
            kinds,
            portal.currency,
            tuple(self._notes(unkeyed)),
            session.wire.server_time,
            SUNSET,
            POLL_S,
        )

    def _notes(self, unkeyed: Sequence[str]) -> Iterator[str]:
        if not self._session.readable(DEALS):
            yield tr(_NO_DEALS)
        if not self._session.readable(EMAILS):
            yield tr(_NO_EMAILS)
        if not self._session.readable(LEADS):
            yield tr(_NO_LEADS)
        if unkeyed:
            yield tr(
                "An administrator should add the property companion_op_id with unique values to: {types}. "
                "Until then, a record whose answer was lost is looked for among the newest ones.",
                types=", ".join(unkeyed),
            )

    @strange.reading()
    def schema(self) -> Schema:
        """The canonical fields that this account has, and its own, with their labels and choices."""
        return Schema(schema.fields(self._session, self._reader))

    @strange.reading()
    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        if kind in SMALL:
            return self._small.page(kind, cursor)
        return self._records.page(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        with strange.reading():
            if kind in SMALL:
                yield from self._small.ids(kind)
            else:
                yield from self._records.ids(kind, scope)

    @strange.reading()
    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        if kind in SMALL:
            return self._small.fetch(kind, remote_ids)
        return self._records.fetch(kind, remote_ids)

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order; creates of one type that follow each other go together."""
        return self._push.send(ops)

    @strange.reading()
    def find_by_op(self, op: Op) -> str | None:
        """The remote id of what `op` created: by its unique property, or else by looking through the newest."""
        return self._push.find(op)

    def budget(self) -> Budget:
        """What HubSpot's own headers say is left."""
        return self._session.wire.budget()

    def close(self) -> None:
        """Closes the connections."""
        self._session.wire.close()

    def _has(self, kind: Kind) -> bool:
        if kind is Kind.USER:
            return True
        if kind is Kind.LOSS_REASON:
            return self._session.readable(DEALS) and chosen(self._reader.around(DEALS))
        if kind in (Kind.PIPELINE, Kind.STAGE):
            return self._session.readable(DEALS) and self._pipelines_open()
        if kind is Kind.ENGAGEMENT:
            return self._session.readable(CONTACTS)
        return any(self._session.readable(name) for name in OF_KIND[kind])

    def _pipelines_open(self) -> bool:
        try:
            return bool(self._session.pipelines(DEALS).names)
        except ScopeDenied:
            return False

    def _facts(self, kind: Kind, unkeyed: Sequence[str]) -> KindFacts:
        if kind in SMALL:
            return KindFacts(
                Finds.FULL_ONLY, Finds.SWEEP, Identity.NONE, Concurrency.CHECK_THEN_WRITE, False, self._size
            )  # fmt: skip
        if kind is Kind.ENGAGEMENT:
            return KindFacts(
                Finds.TIMESTAMP, Finds.SWEEP, Identity.NONE, Concurrency.NONE, False, self._size, 1, Cursor.overlap_s
            )  # fmt: skip
        identity = Identity.MARKER if set(unkeyed) & set(OF_KIND[kind]) else Identity.EXTERNAL_KEY
        return KindFacts(
            Finds.TIMESTAMP,
            Finds.FEED,
            identity,
            Concurrency.CHECK_THEN_WRITE,
            True,
            self._size,
            _BATCH,
            Cursor.overlap_s,
        )
