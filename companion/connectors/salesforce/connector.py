"""The connector to Salesforce: the contract of `base`, put together from the parts beside this file."""

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
    Upsert,
)
from companion.connectors.salesforce import pull, schema
from companion.connectors.salesforce.cursor import Cursor
from companion.connectors.salesforce.finding import Finding
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.push import BATCH, Push
from companion.connectors.salesforce.reader import Reader
from companion.connectors.salesforce.refusal import API, SUNSET
from companion.connectors.salesforce.session import KEY, Session
from companion.connectors.salesforce.small import SMALL, Small
from companion.connectors.salesforce.wire import Wire
from companion.connectors.salesforce.writing import Writing
from companion.connectors.tokens import Signed
from companion.domain.account import Account
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.language import sentence, tr
from companion.domain.records import Kind

PAGE: Final = 2000
_WRITABLE: Final = {
    Kind.COMPANY: ("Account",),
    Kind.PERSON: ("Contact",),
    Kind.DEAL: ("Opportunity",),
    Kind.ACTIVITY: ("Task", "Event", "ContentNote"),
}
_SAID: Final = {
    "Opportunity": sentence("Salesforce shows you no opportunities: no deals."),
    "CampaignMember": sentence("Salesforce shows you no campaigns: nothing of what marketing did."),
    "ContentNote": sentence("Notes are not switched on in this Salesforce: a note is logged as a finished task."),
}
POLL_S: Final = 300.0
"""A rep's licence adds a thousand calls a day to the org's, which all apps share."""


class SalesforceConnector:
    """Speaks to one org in the name of whoever signed in. `wall` is in seconds since 1970 by this computer's clock."""

    def __init__(
        self,
        calls: Signed,
        account: Account,
        *,
        page: int = PAGE,
        wall: Callable[[], float],
        field_map: FieldMap = NOTHING,
    ) -> None:
        self._calls, self._size = calls, page
        self._wire = Wire(calls, account, wall)
        self._session = session = Session(self._wire)
        self._knowing = Knowing(session, field_map)
        self._reader = Reader(session, self._knowing, page)
        self._small = Small(session, self._knowing)
        writing = Writing(session, self._knowing)
        self._finding = Finding(session, writing)
        self._push = Push(session, self._reader, writing, self._finding)

    @strange.reading()
    def describe(self) -> Description:
        """Signs in anew, and looks which objects are there and open to this user."""
        self._session.forget()
        me = self._session.me
        currency = self._session.currency
        kinds = {kind: self._facts(kind) for kind in Kind if self._open(kind)}
        missing = tuple(tr(words) for name, words in _SAID.items() if not self._session.fields(name))
        return Description(
            "salesforce", API, me.org, me.id, me.name, kinds, currency, (*missing, *self._advice()),
            self._wire.told_time, SUNSET, POLL_S,
        )  # fmt: skip

    @strange.reading()
    def schema(self) -> Schema:
        """The fields that Salesforce has."""
        self._session.forget_fields()
        return Schema(tuple(schema.facts(self._session, self._knowing)))

    @strange.reading()
    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        if kind in SMALL:
            return self._small.page(kind, cursor)
        return self._reader.page(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        with strange.reading():
            if kind in SMALL:
                yield from (each.remote_id for each in self._small.records(kind))
            else:
                yield from self._reader.ids(kind, scope)

    @strange.reading()
    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        if kind in SMALL:
            return [each for each in self._small.records(kind) if each.remote_id in remote_ids]
        return self._reader.fetch(kind, remote_ids)

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order, those of one object together."""
        self._reader.forget_ahead()
        return self._push.send(ops)

    @strange.reading()
    def find_by_op(self, op: Op) -> str | None:
        """The remote id of what `op` created."""
        return self._finding.surely(op)

    def budget(self) -> Budget:
        """What is left of the share of the company's day that Companion takes part in."""
        return self._wire.budget()

    def close(self) -> None:
        """Closes the connections."""
        self._calls.close()

    def _open(self, kind: Kind) -> bool:
        return self._small.open(kind) if kind in SMALL else bool(pull.kind_sources(self._session, kind))

    def _advice(self) -> tuple[str, ...]:
        """What an administrator could do so that nothing can ever be made twice."""
        without = [name for names in _WRITABLE.values() for name in names if name != "ContentNote"]
        without = [name for name in without if self._session.fields(name) and self._session.key(name) is None]
        if not without:
            return ()
        words = tr(
            "New records are recognised by a line in their description. With a field {field} (text, unique, external "
            "id) on {objects} an administrator makes that line unnecessary.",
            field=KEY,
            objects=", ".join(without),
        )
        return (words,)

    def _facts(self, kind: Kind) -> KindFacts:
        objects = [name for name in _WRITABLE.get(kind, ()) if self._session.fields(name)]
        keyed = bool(objects) and all(self._session.key(name) for name in objects)
        small = kind in SMALL
        return KindFacts(
            Finds.FULL_ONLY if small else Finds.TIMESTAMP,
            Finds.SWEEP if small or kind is Kind.USER else Finds.FEED,
            Identity.NONE if not objects else Identity.EXTERNAL_KEY if keyed else Identity.MARKER,
            Concurrency.ONE_SECOND if objects else Concurrency.NONE,
            bool(objects),
            self._size,
            BATCH if objects else 1,
            Cursor.overlap_s,
        )
