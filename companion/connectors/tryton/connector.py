"""The connector to Tryton."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from companion.connectors import strange
from companion.connectors.base import (
    Budget,
    Concurrency,
    Description,
    FieldFacts,
    Finds,
    Identity,
    KindFacts,
    Misconfigured,
    Op,
    Page,
    Result,
    Schema,
    Scope,
    ScopeDenied,
    SignInNeeded,
    Unreachable,
    Upsert,
)
from companion.connectors.http import Client
from companion.connectors.tryton import parties
from companion.connectors.tryton.agreed import Agreed
from companion.connectors.tryton.pull import OVERLAP_S, Puller
from companion.connectors.tryton.push import MODELS, WRITABLE, Pusher
from companion.connectors.tryton.rpc import Refused, Rpc
from companion.connectors.tryton.sign_in import sign_in
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.language import tr
from companion.domain.records import FIELDS, Kind

_NAMES: Final[dict[Kind, dict[str, str]]] = {
    Kind.COMPANY: {"name": "name", "phone": "phone", "email": "email", "website": "website"},
    Kind.PERSON: {"name": "name", "phone": "phone", "mobile": "mobile", "email": "email"},
    Kind.DEAL: {
        "name": "description",
        "amount": "amount",
        "currency": "currency",
        "close_on": "end_date",
        "probability": "conversion_probability",
        "lost_note": "lost_reason",
        "source": "marketing_source",
        "medium": "marketing_medium",
        "campaign": "marketing_campaign",
        "company": "party",
        "person": "contact",
        "owner": "employee",
        "stage": "state",
    },
    Kind.ACTIVITY: {"body": "message"},
}
"""Tryton's names of fields, where they are fields of the record itself."""


class TrytonConnector:
    """Speaks to one Tryton database as one user; `base.Connector` says what the methods promise.

    Nothing is sent before the first call. Once Tryton has refused the password, every call raises SignInNeeded without
    trying again: make a new connector with the new one. `clock` counts seconds. A `client` that is passed in is
    closed with it.
    """

    def __init__(
        self,
        url: str,
        database: str,
        user: str,
        password: str,
        *,
        client: Client | None = None,
        clock: Callable[[], float],
        page: int = 500,
        field_map: FieldMap = NOTHING,
    ) -> None:
        self._url = url
        self._database = database
        self._user = user
        self._password = password
        self._client = client or Client(clock)
        self._page = page
        self._map = field_map
        self._parts: _Parts | None = None
        self._refused: SignInNeeded | None = None

    def describe(self) -> Description:
        """Signs in if need be and tells what is there."""
        with strange.reading():
            return self._described()

    def _described(self) -> Description:
        parts = self._connected()
        session = parts.rpc.session
        context = session.context
        employee = context.get("employee")
        user = parts.rpc.rows("res.user", [["id", "=", session.uid]], ["name", "login"])
        currency = "EUR"
        if context.get("company"):
            rows = parts.rpc.rows("company.company", [["id", "=", context["company"]]], ["currency.code"])
            currency = (rows[0].get("currency.") or {}).get("code") or currency if rows else currency
        return Description(
            vendor="Tryton",
            version=session.place.series,
            tenant=f"{session.place.url.partition('://')[2]}/{session.place.database}",
            user_id=str(employee) if employee is not None else f"user-{session.uid}",
            user_name=str((user[0].get("name") or user[0].get("login")) if user else self._user),
            kinds=self._kinds(parts),
            currency=currency,
            notes=parts.notes(employee),
        )

    def schema(self) -> Schema:
        """The fields that the CRM has, by the server's own labels."""
        parts = self._connected()
        facts = []
        for kind, canonical in WRITABLE.items():
            there, elsewhere = parts.fields[MODELS[kind]], parts.agreed.names(kind)
            names = _NAMES[kind]
            for name in (*canonical, *(each for each in names if each not in FIELDS[kind])):
                if name in elsewhere:
                    continue
                told: dict[str, Any] = there.get(names.get(name, ""), {})
                required = (
                    kind is not Kind.ACTIVITY and bool(told.get("required")) and name not in ("currency", "stage")
                )
                label = str(told.get("string") or name.replace("_", " ").title())
                facts.append(FieldFacts(kind, name, label, required, theirs=names.get(name, "")))
        return Schema((*facts, *parts.agreed.offered(parts.rpc)), rules_complete=False)

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`."""
        with strange.reading():
            return self._connected().puller(kind).pull(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope."""
        with strange.reading():
            yield from self._connected().puller(kind).ids(kind, scope)

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        try:
            with strange.reading():
                return self._connected().puller(kind).fetch(kind, remote_ids)
        except Refused as error:
            raise ScopeDenied(error.words) from error

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order."""
        if not ops:
            return []
        with strange.reading():
            pusher = self._connected().pusher
        return pusher.push(ops)

    def find_by_op(self, op: Op) -> str | None:
        """What `op` created, by the mark that it left."""
        try:
            with strange.reading():
                return self._connected().pusher.find_by_op(op)
        except Refused as error:
            raise ScopeDenied(error.words) from error

    def budget(self) -> Budget:
        """Tryton states no limits but that for passwords."""
        return Budget()

    def close(self) -> None:
        """Ends the session on the server and lets go of connections."""
        if self._parts is not None:
            self._parts.rpc.log_out()
            self._parts = None
        self._client.close()

    def _connected(self) -> _Parts:
        if self._refused is not None:
            raise self._refused  # after five tries with a wrong password nobody gets in
        if self._parts is None:
            try:
                session = sign_in(self._client, self._url, self._database, self._user, self._password)
            except SignInNeeded as error:
                self._refused = error
                raise
            except Misconfigured as error:  # it led there when the account was made, so it may again
                raise Unreachable(str(error), title=error.title, advice=error.advice) from error
            self._parts = _Parts(Rpc(self._client, self._password, session), self._page, self._map)
        return self._parts

    def _kinds(self, parts: _Parts) -> dict[Kind, KindFacts]:
        read_only = KindFacts(Finds.FULL_ONLY, Finds.SWEEP, Identity.NONE, Concurrency.NONE, writable=False)
        guarded = KindFacts(
            Finds.TIMESTAMP, Finds.SWEEP, Identity.MARKER, Concurrency.ATOMIC, True, self._page, 1, OVERLAP_S
        )
        noted = KindFacts(
            Finds.TIMESTAMP, Finds.SWEEP, Identity.MARKER, Concurrency.CHECK_THEN_WRITE, True, self._page, 1, OVERLAP_S
        )
        touch = KindFacts(
            Finds.TIMESTAMP, Finds.SWEEP, Identity.NONE, Concurrency.NONE, False, self._page, 1, OVERLAP_S
        )
        kinds = dict.fromkeys((Kind.USER, Kind.PIPELINE, Kind.STAGE), read_only)
        kinds |= {Kind.COMPANY: guarded, Kind.PERSON: guarded, Kind.DEAL: guarded, Kind.ACTIVITY: noted}
        return kinds | ({Kind.ENGAGEMENT: touch} if parts.campaigns else {})


class _Parts:
    """A session and what it found out about the server's modules."""

    def __init__(self, rpc: Rpc, page: int, field_map: FieldMap) -> None:
        self.rpc = rpc
        models = ("party.party", "sale.opportunity", "ir.note")
        self.fields: dict[str, dict[str, dict[str, Any]]] = {model: self._fields(model) for model in models}
        self.campaigns = "marketing_campaign" in self.fields["sale.opportunity"]
        self.rules = self._rules()
        self.agreed = Agreed(field_map, self.fields)
        self._puller = Puller(rpc, self.rules, self.agreed, campaigns=self.campaigns, page=page)
        self.pusher = Pusher(rpc, self._puller, self._labels, self.agreed)

    def puller(self, kind: Kind) -> Puller:
        """What reads a kind; raises ScopeDenied where the module is not installed."""
        if kind is Kind.LOSS_REASON or (kind is Kind.ENGAGEMENT and not self.campaigns):
            raise ScopeDenied(f"Tryton has no {kind} here")
        return self._puller

    def notes(self, employee: object) -> tuple[str, ...]:
        """What a rep should know about this server."""
        said = []
        if employee is None:
            said.append(tr("Your Tryton user is not linked to an employee, so no opportunity can be yours."))
        if not self.rules.relations:
            said.append(tr("Without the module party_relationship people can’t be linked to companies."))
        elif self.rules.employed is None:
            said.append(tr("No type of relation says who works where; create one such as “Works for”."))
        return tuple(said)

    def _fields(self, model: str) -> dict[str, dict[str, Any]]:
        try:
            return dict(self.rpc.read(f"model.{model}.fields_get", [], 0))
        except Refused as error:
            raise ScopeDenied(f"{model}: {error.words}") from error

    def _rules(self) -> parties.Rules:
        if "relations" not in self.fields["party.party"]:
            return parties.Rules()
        try:
            types = self.rpc.rows("party.relation.type", [], ["name"])
        except Refused:
            return parties.Rules()
        return parties.Rules(True, next((row["id"] for row in types if parties.is_employment(row["name"])), None))

    def _labels(self) -> dict[tuple[Kind, str], str]:
        return {
            (kind, name): str(self.fields[MODELS[kind]].get(theirs, {}).get("string") or "")
            for kind, names in _NAMES.items()
            for name, theirs in {**names, **self.agreed.names(kind)}.items()
        }
