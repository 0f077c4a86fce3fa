"""What a signed-in session knows of the org: its objects and fields, its stages and statuses, and who we are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct

from companion.connectors.base import ScopeDenied, Unreachable
from companion.connectors.salesforce import currency, soql
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.wire import Part, Row, Wire, query_path, result
from companion.domain.records import Kind

KEY: Final = "CompanionOpId__c"
"""The field that an administrator may add to an object (text of 32, unique, external id): creates are then safe."""

OBJECT_OF: Final = {Kind.COMPANY: "Account", Kind.PERSON: "Contact", Kind.DEAL: "Opportunity"}
OBJECTS: Final = (
    "User", "Organization", "Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "OpportunityStage",
    "LeadStatus", "TaskStatus", "Task", "Event", "EventRelation", "EmailMessage", "EmailMessageRelation", "ContentNote",
    "ContentDocumentLink", "CampaignMember", "Campaign",
)  # fmt: skip
_SMALL: Final[Mapping[str, tuple[str, ...]]] = {
    "OpportunityStage": (
        "Id", "ApiName", "MasterLabel", "SortOrder", "IsActive", "IsClosed", "IsWon", "DefaultProbability",
        "SystemModstamp",
    ),
    "LeadStatus": ("Id", "ApiName", "MasterLabel", "SortOrder", "IsConverted", "IsDefault", "SystemModstamp"),
    "TaskStatus": ("Id", "ApiName", "MasterLabel", "SortOrder", "IsClosed", "IsDefault"),
    "Organization": ("Id", "Name", "IsSandbox", "DefaultCurrencyIsoCode", "DefaultLocaleSidKey"),
}  # fmt: skip
_FALLBACK_CURRENCY: Final = "USD"

Field = dict[str, Any]
T = TypeVar("T")


class Me(Struct, frozen=True):
    """The signed-in user and the org."""

    id: str
    name: str
    login: str
    org: str
    zone: str


class Session:
    """Remembers what changes once in a blue moon. `forget` asks for it anew."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._fields: dict[str, dict[str, Field]] | None = None
        self._small: dict[str, list[Row]] | None = None
        self._small_at = 0
        self._me: Me | None = None

    @property
    def now(self) -> int:
        """The org's own time."""
        self.fields("Account")
        return _read(lambda: self.wire.now)

    @property
    def me(self) -> Me:
        """Who we are."""
        if self._me is None:
            self.fields("Account")  # a call that renews the token where it has ended
            told = _read(self.wire.about_me)
            user, org = str(told.get("user_id") or ""), str(told.get("organization_id") or "")
            if not soql.is_id(user) or not soql.is_id(org):
                raise Unreachable("who we are was not told")
            zone = str(told.get("zoneinfo") or "")
            login = str(told.get("preferred_username") or "")
            self._me = Me(user, str(told.get("name") or login), login, org, zone)
        return self._me

    @property
    def currency(self) -> str:
        """The company's own currency. An org with only one may have no name for it: then the one of its country."""
        org = next(iter(self.small("Organization")), {})
        told = org.get("DefaultCurrencyIsoCode")
        if isinstance(told, str) and len(told) == 3:
            return told
        return currency.of_locale(org.get("DefaultLocaleSidKey")) or _FALLBACK_CURRENCY

    def fields(self, source: str) -> dict[str, Field]:
        """The fields of an object by name; empty where this user does not see it."""
        if self._fields is None:
            self._fields = self._described()
        return self._fields.get(source, {})

    def has(self, source: str, name: str, *, how: str = "") -> bool:
        """Whether a field is there, and whether it is `how`: 'createable', 'updateable', 'filterable'."""
        known = self.fields(source).get(name)
        return known is not None and (not how or known.get(how) is True)

    def small(self, source: str) -> list[Row]:
        """All rows of one of the small tables, in their order; read again each hour."""
        now = self.now
        if self._small is None or now - self._small_at >= 3600:
            self._small, self._small_at = self._tables(), now
        return self._small.get(source, [])

    def key(self, source: str) -> str | None:
        """The external id field that makes a create safe, where the org has one on this object."""
        known = self.fields(source).get(KEY)
        good = known is not None and known.get("externalId") and known.get("unique") and known.get("createable")
        return KEY if good else None

    def choices(self, source: str, name: str) -> dict[str, str]:
        """The words of a picklist's active values."""
        told = self.fields(source).get(name, {}).get("picklistValues")
        values = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
        return {str(each["value"]): str(each.get("label") or each["value"]) for each in values if each.get("active")}

    def forget(self) -> None:
        """Everything is asked anew."""
        self._fields = self._small = self._me = None

    def forget_fields(self) -> None:
        """An administrator changed something."""
        self._fields = self._small = None

    def _described(self) -> dict[str, dict[str, Field]]:
        """All objects in one call; where Salesforce doesn't take that inside a composite, one by one."""
        found: dict[str, dict[str, Field]] = {}
        outcomes = self._whole([Part("GET", f"/sobjects/{each}/describe") for each in OBJECTS])
        for source, outcome in zip(OBJECTS, outcomes):
            if outcome.ok:
                found[source] = _fields(outcome.body)
            elif outcome.status not in (403, 404) and not outcome.refusal.denied:
                found[source] = self._alone(source)
        return found

    def _alone(self, source: str) -> dict[str, Field]:
        try:
            return _fields(self.wire.get(f"/sobjects/{source}/describe"))
        except Refusal as refusal:
            if refusal.denied or refusal.status == 404:
                return {}
            raise refusal.for_reading() from refusal

    def _tables(self) -> dict[str, list[Row]]:
        there = [each for each in _SMALL if self.fields(each)]
        found: dict[str, list[Row]] = {}
        if not there:
            return found
        statements = [soql.select(self._known(each, _SMALL[each]), each, [], _ordered(each)) for each in there]
        for source, outcome in zip(there, self._whole([Part("GET", _plain(each)) for each in statements])):
            if not outcome.ok:
                raise outcome.refusal.for_reading()
            found[source] = result(outcome.body)["records"]
        return found

    def _known(self, source: str, names: Sequence[str]) -> list[str]:
        return [name for name in names if self.has(source, name)]

    def _whole(self, parts: Sequence[Part]) -> list[Any]:
        return _read(lambda: list(self.wire.composite(parts)))


def _read(ask: Callable[[], T]) -> T:
    """The answer; a refusal is what stops a read."""
    try:
        return ask()
    except Refusal as refusal:
        raise refusal.for_reading() from refusal


def _plain(statement: str) -> str:
    return query_path(statement).replace("/queryAll", "/query", 1)


def _ordered(source: str) -> str:
    return "" if source == "Organization" else "SortOrder ASC"


def _fields(told: object) -> dict[str, Field]:
    fields = told.get("fields") if isinstance(told, dict) else None
    if not isinstance(fields, list):
        raise ScopeDenied("an object that tells no fields")
    return {str(each["name"]): each for each in fields if isinstance(each, dict) and "name" in each}
