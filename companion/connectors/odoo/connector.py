"""The connector to Odoo: the contract of `base`, put together from the parts beside this file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from companion.connectors import strange
from companion.connectors.answering import one_by_one
from companion.connectors.base import (
    Budget,
    Concurrency,
    Description,
    FieldFacts,
    Finds,
    Identity,
    KindFacts,
    Op,
    Page,
    Result,
    Schema,
    Scope,
    Unreachable,
    Upsert,
)
from companion.connectors.http import Client
from companion.connectors.odoo.agreed import Agreed, facts
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.engagements import TRACE
from companion.connectors.odoo.mapping import TO_LEAD, TO_PARTNER
from companion.connectors.odoo.pull import Records
from companion.connectors.odoo.pull_activities import Activities
from companion.connectors.odoo.pull_engagements import Engagements
from companion.connectors.odoo.push import Push
from companion.connectors.odoo.session import Session
from companion.connectors.odoo.sign_in import Account
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.language import sentence, tr
from companion.domain.records import FIELDS, Kind

PAGE: Final = 500
_WRITABLE: Final = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)
_MODELS: Final = {
    Kind.USER: "res.users",
    Kind.PIPELINE: "crm.lead",
    Kind.STAGE: "crm.stage",
    Kind.LOSS_REASON: "crm.lost.reason",
    Kind.COMPANY: "res.partner",
    Kind.PERSON: "res.partner",
    Kind.DEAL: "crm.lead",
    Kind.ACTIVITY: "mail.message",
    Kind.ENGAGEMENT: TRACE,
}
_SHIPPED: Final = {Kind.COMPANY: TO_PARTNER, Kind.PERSON: TO_PARTNER, Kind.DEAL: TO_LEAD}
_SAID: Final = {
    "crm.lead": sentence("CRM is not installed there, or not open to you: no deals."),
    TRACE: sentence("Email Marketing is not installed there, or not open to you: no mailings."),
}


class OdooConnector:
    """Speaks to one database of an Odoo server in the name of the user behind the API key."""

    def __init__(
        self, http: Client, account: Account, key: str, *, page: int = PAGE, field_map: FieldMap = NOTHING
    ) -> None:
        self._http, self._size = http, page
        self._session = session = Session(http, account, key)
        self._agreed = agreed = Agreed(session, field_map)
        self._records = Records(session, page, agreed)
        self._activities = Activities(session, self._records, page)
        self._engagements = Engagements(session, self._records, page)
        self._push = Push(session, self._fetch_one, agreed)

    @strange.reading()
    def describe(self) -> Description:
        """Signs in anew, and looks which modules are there and open to this user."""
        self._session.forget()
        me = self._session.me
        open_models = {model: self._session.readable(model) for model in dict.fromkeys(_MODELS.values())}
        kinds = {kind: self._facts(kind) for kind, model in _MODELS.items() if open_models[model]}
        account = self._session.account
        return Description(
            "odoo",
            self._session.version,
            f"{account.url}/{account.database}",
            str(me.id),
            me.name,
            kinds,
            me.currency,
            tuple(tr(words) for model, words in _SAID.items() if not open_models[model]),
        )

    @strange.reading()
    def schema(self) -> Schema:
        """The canonical fields that this version has, with Odoo's labels."""
        told: list[FieldFacts] = []
        for kind, names in _SHIPPED.items():
            there = self._session.fields(_MODELS[kind])
            elsewhere = self._agreed.names(kind)
            for ours, theirs in names.items():
                if theirs in there and ours in FIELDS[kind] and ours not in elsewhere:
                    known = there[theirs]
                    required = bool(known.get("required")) or ours == "name"
                    told.append(facts(kind, ours, str(known.get("string") or ours), theirs, known, required=required))
        activity = (
            "what",
            "direction",
            "subject",
            "body",
            "at",
            "duration_s",
            "due_on",
            "due_at",
            "done",
            "outcome",
            "promise",
        )
        told += [FieldFacts(Kind.ACTIVITY, name, name.replace("_", " ").capitalize()) for name in activity]
        return Schema((*told, *self._agreed.offered()))

    @strange.reading()
    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        if kind is Kind.ACTIVITY:
            return self._activities.page(scope, cursor)
        if kind is Kind.ENGAGEMENT:
            return self._engagements.page(scope, cursor)
        return self._records.page(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        with strange.reading():
            if kind is Kind.ACTIVITY:
                yield from self._activities.ids(scope)
            elif kind is Kind.ENGAGEMENT:
                yield from self._engagements.ids(scope)
            else:
                yield from self._records.ids(kind, scope)

    @strange.reading()
    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        if kind is Kind.ACTIVITY:
            return self._activities.fetch(remote_ids)
        if kind is Kind.ENGAGEMENT:
            return self._engagements.fetch(remote_ids)
        return self._records.fetch(kind, remote_ids)

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops one by one, each in one transaction of its own."""
        return one_by_one(ops, self._push.send)

    @strange.reading()
    def find_by_op(self, op: Op) -> str | None:
        """The remote id of what `op` created: by a unique index, never by a search that lags."""
        return self._push.find(op)

    def budget(self) -> Budget:
        """Odoo states no limits."""
        return Budget()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def _fetch_one(self, kind: Kind, remote_id: str) -> Upsert | None:
        if not remote_id:
            raise Unreachable("an op without a record")
        return next(iter(self.fetch(kind, [remote_id])), None)

    def _facts(self, kind: Kind) -> KindFacts:
        writable = kind in _WRITABLE
        return KindFacts(
            Finds.FULL_ONLY if kind is Kind.PIPELINE else Finds.TIMESTAMP,
            Finds.SWEEP,
            Identity.EXTERNAL_KEY if writable else Identity.NONE,
            Concurrency.CHECK_THEN_WRITE,
            writable,
            self._size,
            1,
            Cursor.overlap_s,
        )
