"""The connector to EspoCRM: the contract of `base`, put together from the parts beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from companion.connectors import strange
from companion.connectors.answering import one_by_one
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
    Unreachable,
    Upsert,
)
from companion.connectors.espocrm import schema
from companion.connectors.espocrm.cursor import Cursor
from companion.connectors.espocrm.pull import SET_UP, Records
from companion.connectors.espocrm.push import Push
from companion.connectors.espocrm.session import Session
from companion.connectors.http import Client
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.language import sentence, tr
from companion.domain.records import Kind

PAGE: Final = 200
_ENTITIES: Final = {
    Kind.USER: ("User",),
    Kind.PIPELINE: ("Opportunity",),
    Kind.STAGE: ("Opportunity",),
    Kind.COMPANY: ("Account",),
    Kind.PERSON: ("Contact", "Lead"),
    Kind.DEAL: ("Opportunity", "Lead"),
    Kind.ACTIVITY: ("Call", "Meeting", "Task", "Email", "Note"),
}
_WRITTEN: Final = {
    Kind.COMPANY: ("Account",),
    Kind.PERSON: ("Contact",),
    Kind.DEAL: ("Opportunity",),
    Kind.ACTIVITY: ("Call", "Meeting", "Task", "Note"),
}
_SAID: Final = {
    "Account": sentence("Companies are not open to you there."),
    "Contact": sentence("Contacts are not open to you there."),
    "Opportunity": sentence("Opportunities are not open to you there: no deals."),
    "Call": sentence("Calls are not open to you there: a logged call can’t be sent."),
    "GlobalStream": sentence("The global stream is not open to you there: of the notes, you get your own."),
}


class EspoConnector:
    """Speaks to one EspoCRM in the name of one user: `secret` is that user's token, or an API key."""

    def __init__(
        self, http: Client, account: Account, secret: str, *, page: int = PAGE, field_map: FieldMap | None = None
    ) -> None:
        agreed = field_map or FieldMap()
        self._session = session = Session(http, account, secret)
        self._field_map, self._page = agreed, page
        self._records = Records(session, agreed, page)
        self._push = Push(session, agreed, self._fetch_one)

    @strange.reading()
    def describe(self) -> Description:
        """Signs in anew, and looks what is open to this user."""
        session = self._session
        session.forget()
        kinds = {kind: self._facts(kind) for kind in Kind if self._open(kind)}
        return Description(
            "espocrm",
            session.version,
            session.account.url,
            session.me.id,
            session.me.name,
            kinds,
            str(session.me.settings.get("defaultCurrency") or "EUR"),
            tuple(tr(words) for entity, words in _SAID.items() if not self._there(entity)),
            server_time=session.wire.now or None,
        )

    @strange.reading()
    def schema(self) -> Schema:
        """The fields, by EspoCRM's own labels."""
        return schema.read(self._session, self._field_map)

    @strange.reading()
    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        return self._records.page(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        with strange.reading():
            yield from self._records.ids(kind, scope)

    @strange.reading()
    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        return self._records.fetch(kind, remote_ids)

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops one by one: EspoCRM knows no batches."""
        return one_by_one(ops, self._push.send)

    @strange.reading()
    def find_by_op(self, op: Op) -> str | None:
        """The remote id of what `op` created: by its mark, in the tables themselves."""
        return self._push.find(op)

    def budget(self) -> Budget:
        """EspoCRM has no limits."""
        return Budget()

    def close(self) -> None:
        """Closes the connections."""
        self._session.wire.close()

    def _fetch_one(self, kind: Kind, remote_id: str) -> Upsert | None:
        if not remote_id:
            raise Unreachable("an op without a record")
        return next(iter(self._records.fetch(kind, [remote_id])), None)

    def _there(self, entity: str) -> bool:
        return self._session.may(entity, "read")

    def _open(self, kind: Kind) -> bool:
        if kind is Kind.LOSS_REASON:
            return self._field_map.fields.get("deal.loss_reason", "") in self._session.fields("Opportunity")
        if kind is Kind.ENGAGEMENT:
            return self._has_log()
        return any(self._there(entity) for entity in _ENTITIES[kind])

    def _has_log(self) -> bool:
        """The log of campaigns has no rights of its own: whoever may see campaigns may see it."""
        try:
            self._session.wire.rows("CampaignLogRecord", select=("id",), limit=1)
        except ScopeDenied:
            return False
        return True

    def _facts(self, kind: Kind) -> KindFacts:
        if kind in SET_UP:
            return KindFacts(Finds.FULL_ONLY, Finds.SWEEP, Identity.NONE, Concurrency.NONE, False, self._page)
        session, written = self._session, _WRITTEN.get(kind, ())
        writable = any(session.may(entity, "create") for entity in written)
        guarded = writable and all(session.guarded(entity) for entity in written)
        return KindFacts(
            Finds.TIMESTAMP,
            Finds.SWEEP,
            Identity.MARKER if written and all(session.markable(entity) for entity in written) else Identity.NONE,
            Concurrency.ATOMIC if guarded else Concurrency.CHECK_THEN_WRITE,
            writable,
            min(self._page, PAGE),
            1,
            Cursor.overlap_s,
        )
