"""One session with an Odoo server: who we are, which models and fields are there, and what time it is over there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct

from companion.connectors import strange
from companion.connectors.base import ScopeDenied, Unreachable
from companion.connectors.http import Client, Doubtful
from companion.connectors.odoo.sign_in import Account, open_session
from companion.connectors.odoo.wire import Refusal, Row, Wire

Domain = list[Any]

QUIET: Final = {
    "dont_notify": True,  # calendar: no invitation, no alarm
    "no_mail_to_attendees": True,  # calendar up to 17
    "mail_activity_quick_update": True,  # no mail to whom a next step is given
    "mail_auto_subscribe_no_notify": True,  # no mail to whom a record is given
    "mail_post_autofollow": False,
}
"""The context of every write: nothing that Companion does sends a mail of its own accord."""


class Me(Struct, frozen=True):
    """The signed-in user. `currency` is her company's, `partner` the record that chatter names as author."""

    id: int
    name: str
    language: str
    currency: str
    partner: int


class ActivityTypes(Struct, frozen=True):
    """The ids of the types of `mail.activity` that stand for our words; None where an administrator removed them."""

    names: dict[int, str]
    words: dict[int, str]

    def of(self, word: str) -> int | None:
        """The first type for 'call', 'meeting', 'email' or 'task'."""
        return next((type_id for type_id, its in self.words.items() if its == word), None)


class Session:
    """Opened at the first question. All reads see archived records too; all times are UTC."""

    def __init__(self, http: Client, account: Account, key: str) -> None:
        self.account = account
        self._http, self._key = http, key
        self._wire: Wire | None = None
        self._me: Me | None = None
        self._types: ActivityTypes | None = None
        self._fields: dict[str, dict[str, Row]] = {}
        self._names: dict[str, dict[int, str]] = {}
        self._colleagues: frozenset[int] | None = None
        self.version = ""

    @property
    def wire(self) -> Wire:
        """The open line to the server."""
        return self._open()[0]

    @property
    def me(self) -> Me:
        """Who we are there."""
        return self._open()[1]

    @property
    def now(self) -> int:
        """The server's clock at its latest answer, in seconds since 1970. Old is safe: a window only grows by it."""
        told = self.wire.server_time
        if told is None:
            raise Unreachable("the server does not tell the time")
        return int(told)

    def forget(self) -> None:
        """Drops what was learnt about the server, so that an upgrade or a new right is seen."""
        self._wire = self._me = self._types = self._colleagues = None
        self._fields.clear()
        self._names.clear()

    # What is there ──────────────────────────────────────────────────────────────────────────────────────────────────

    def fields(self, model: str) -> dict[str, Row]:
        """The fields of a model by name; empty where the model does not exist or is closed to this user.

        Odoo describes a model to those who may not read it, so one search is tried.
        """
        if model not in self._fields:
            try:
                wanted = ["string", "type", "required", "readonly", "selection", "manual", "relation"]
                told = self.wire.read(model, "fields_get", attributes=wanted)
                if not isinstance(told, dict) or "id" not in told:
                    raise Unreachable("the fields of a model are not as expected")
                self.wire.read(model, "search", domain=[], limit=1)
            except Refusal as refusal:
                if refusal.busy:
                    raise Unreachable("Odoo was busy") from refusal
                told = {}
            self._fields[model] = told
        return self._fields[model]

    def readable(self, model: str) -> bool:
        """Whether this user may read the model at all."""
        return "id" in self.fields(model)

    def _lost_fields(self, model: str) -> bool:
        """Whether the refusal of a read may mean that a field went, or the right to it: looks at the fields anew."""
        known = self._fields.pop(model, {})
        now = self.fields(model)
        if not now and known:
            self._fields[model] = known  # the right to all of it may come back at any time
        return bool(now) and set(now) != set(known)

    # Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def rows(
        self, model: str, domain: Domain, fields: Iterable[str], *, order: str = "id", limit: int = 0
    ) -> list[Row]:
        """The records of `domain` with those of `fields` that this version has. 0 means all."""
        there = self.fields(model)
        wanted = ["id", *(name for name in fields if name in there)]
        arguments: dict[str, object] = {"domain": domain, "fields": wanted, "order": order, "context": self._reading()}
        try:
            found = self._asked(model, "search_read", arguments | ({"limit": limit} if limit else {}))
        except (ScopeDenied, Unreachable) as error:
            if not isinstance(error.__cause__, Refusal) or not self._lost_fields(model):
                raise
            return self.rows(model, domain, fields, order=order, limit=limit)
        told = strange.rows(found)
        strange.as_asked(domain, [row["id"] for row in told])
        return told

    def ids(self, model: str, domain: Domain, *, limit: int = 0) -> list[int]:
        """The ids of `domain` in ascending order."""
        arguments: dict[str, object] = {"domain": domain, "order": "id", "context": self._reading()}
        found = [int(each) for each in self._asked(model, "search", arguments | ({"limit": limit} if limit else {}))]
        strange.as_asked(domain, found)
        return found

    def count(self, model: str, domain: Domain) -> int:
        """How many records `domain` has."""
        found = self._value(model, "search_count", {"domain": domain, "context": self._reading()})
        return int(found) if isinstance(found, int) else 0

    def by_id(
        self, model: str, ids: Iterable[int], fields: Iterable[str], also: Domain | None = None
    ) -> dict[int, Row]:
        """Those of the records that are there and may be read, by id."""
        wanted = sorted(set(ids)) if self.fields(model) else []
        found: dict[int, Row] = {}
        for start in range(0, len(wanted), 1000):
            domain = [["id", "in", wanted[start : start + 1000]], *(also or [])]
            found |= {row["id"]: row for row in self.rows(model, domain, fields)}
        return found

    def external_ids(self, model: str, ids: Sequence[int]) -> dict[int, str]:
        """The external ids of records, by id."""
        if not ids:
            return {}
        found = self._value(model, "get_external_id", {}, ids)
        return {int(key): str(value) for key, value in found.items() if value} if isinstance(found, dict) else {}

    def reference(self, module: str, name: str) -> int | None:
        """The id of the record under an external id, if it is there and may be seen. Never from an index that lags."""
        try:
            found = self.wire.read("ir.model.data", "check_object_reference", module=module, xml_id=name)
        except Refusal as refusal:
            if refusal.name == "ValueError" and "External ID not found" in refusal.message:
                return None
            raise Unreachable(f"an external id could not be looked up: {refusal.name}") from refusal
        return int(found[1]) if isinstance(found, list) and len(found) == 2 and found[1] else None

    def names(self, model: str) -> dict[int, str]:
        """The names of a small table (tags), read once a session."""
        if model not in self._names:
            there = "name" in self.fields(model)
            self._names[model] = (
                {row["id"]: str(row["name"]) for row in self.rows(model, [], ["name"])} if there else {}
            )
        return self._names[model]

    @property
    def types(self) -> ActivityTypes:
        """The types of activity."""
        if self._types is None:
            rows = self.rows("mail.activity.type", [], ["name", "category", "icon", "active"], order="sequence, id")
            self._types = ActivityTypes(
                {row["id"]: str(row["name"]) for row in rows},
                {row["id"]: _word(row) for row in sorted(rows, key=lambda row: not row.get("active", True))},
            )
        return self._types

    @property
    def colleagues(self) -> frozenset[int]:
        """The partner ids of the people who work in this Odoo: never persons of the book."""
        if self._colleagues is None:
            rows = self.rows("res.users", [["share", "=", False]], ["partner_id"])
            ours = self.rows("res.company", [], ["partner_id"])
            found = frozenset(row["partner_id"][0] for row in (*rows, *ours) if row.get("partner_id"))
            self._colleagues = found | {self.me.partner}
        return self._colleagues

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        """Calls a method that changes something. Raises Refusal or http.Doubtful, besides the contract's errors."""
        context = {"lang": self.me.language, "tz": "UTC", **QUIET}
        answer = self.wire.write(model, method, ids, **arguments, context=context)
        if method == "write" and answer is not True:
            raise Doubtful("a write that does not say that it is done")
        return answer

    def create(self, model: str, rows: Sequence[dict[str, str]]) -> list[int]:
        """Creates records under the external ids in their column 'id', or finds those that were created under them.

        One transaction; a record that exists already is left as it is. Raises NotTaken with what Odoo says.
        """
        columns = list(rows[0])
        context = {"lang": self.me.language, "tz": "UTC", "mode": "update", "noupdate": True, **QUIET}
        data = [[row[column] for column in columns] for row in rows]
        answer = self.wire.write(model, "load", fields=columns, data=data, context=context)
        made = answer.get("ids") if isinstance(answer, dict) else None
        if isinstance(made, list) and len(made) == len(rows):
            return [int(each) for each in made]
        messages = answer.get("messages") if isinstance(answer, dict) else None
        if not isinstance(messages, list) or not messages:
            raise Doubtful("the import answered neither ids nor messages")
        raise NotTaken([message for message in messages if isinstance(message, dict)])

    # How ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self) -> tuple[Wire, Me]:
        if self._wire is None or self._me is None:
            signed = open_session(self._http, self.account, self._key)
            self.version = signed.version
            self._me = _me(signed.wire, signed.user)
            self._wire = signed.wire
        return self._wire, self._me

    def _reading(self) -> dict[str, object]:
        return {"lang": self.me.language, "tz": "UTC", "active_test": False}

    def _asked(self, model: str, method: str, arguments: dict[str, object]) -> list[Any]:
        found = self._value(model, method, arguments)
        if not isinstance(found, list):
            raise Unreachable(f"{method} did not answer with a list")
        return found

    def _value(self, model: str, method: str, arguments: dict[str, object], ids: Sequence[int] | None = None) -> Any:
        try:
            return self.wire.read(model, method, ids, **arguments)
        except Refusal as refusal:
            if refusal.denied:
                raise ScopeDenied(f"no right to read {model}") from refusal
            raise Unreachable(f"{model} could not be read: {refusal.name}") from refusal


class NotTaken(Exception):
    """The import refused a record. `messages` are Odoo's own, each with `message` and perhaps `field`."""

    def __init__(self, messages: list[Row]) -> None:
        super().__init__("the import refused a record")
        self.messages = messages


def _me(wire: Wire, user: int) -> Me:
    mine = [["id", "=", user]]
    row = wire.read("res.users", "search_read", domain=mine, fields=["name", "lang", "partner_id", "company_id"])[0]
    companies = [["id", "=", row["company_id"][0]]]
    company = wire.read("res.company", "search_read", domain=companies, fields=["currency_id"])
    currency = company[0]["currency_id"][1] if company and company[0]["currency_id"] else "EUR"
    return Me(user, str(row["name"]), str(row["lang"] or "en_US"), str(currency), int(row["partner_id"][0]))


def _word(row: Row) -> str:
    category = {"phonecall": "call", "meeting": "meeting"}.get(row.get("category") or "")
    if category is None and "envelope" in (row.get("icon") or ""):
        return "email"
    return category or "task"
