"""One account of HubSpot as the token shows it: who we are, which types are open, their properties and pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from companion.connectors.base import ApiSunset, ScopeDenied, SignInNeeded, Unreachable
from companion.connectors.hubspot import objects
from companion.connectors.hubspot.outcomes import Outcomes
from companion.connectors.hubspot.told import (
    Owner,
    Pipelines,
    Portal,
    Property,
    next_after,
    owner,
    pipelines_of,
    property_of,
    rows,
    same_address,
    zone_name,
)
from companion.connectors.hubspot.wire import VERSION, Refusal, Row, Wire
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.records import Kind

FRESH_S: Final = 600
"""Pipelines and owners change rarely: they are asked for again after so many seconds of the server's time."""

_OWNERS: Final = 500
_TOKEN_INFO: Final = "/oauth/v2/private-apps/get/access-token-info"


class Session:
    """Remembers for a while what hardly changes. `forget` before a look at everything anew."""

    def __init__(self, wire: Wire, account: Account, agreed: FieldMap) -> None:
        self.wire, self.account, self.agreed = wire, account, agreed
        self.forget()

    def forget(self) -> None:
        """Asks for all of it again."""
        self._portal: Portal | None = None
        self._me: Owner | None = None
        self._outcomes: Outcomes | None = None
        self.look_at_lists()
        self._properties: dict[str, dict[str, Property]] = {}
        self._open: dict[str, bool] = {}
        self._unkeyed: set[str] = set()

    def look_at_lists(self) -> None:
        """Asks for owners and pipelines again."""
        self._owners: tuple[float, list[Row]] | None = None
        self._pipelines: dict[str, tuple[float, Pipelines]] = {}

    @property
    def now(self) -> int:
        """The server's time, seconds since 1970."""
        if self.wire.now is None:
            _ = self.portal
        now = self.wire.now
        if now is None:
            raise Unreachable("the server does not tell its time")
        return int(now)

    # Who and where ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def portal(self) -> Portal:
        """The account that the token belongs to. Raises ApiSunset where this version is no longer spoken."""
        if self._portal is None:
            try:
                told = self.wire.get(f"/account-info/{VERSION}/details")
            except Refusal as refusal:
                if refusal.denied:
                    raise SignInNeeded("the token may not even read the account") from refusal
                raise ApiSunset(
                    f"no {VERSION}: {refusal.status}",
                    advice=tr("HubSpot no longer speaks the version {version} of its interface.", version=VERSION),
                ) from refusal
            self.wire.zone = ZoneInfo(zone_name(told.get("timeZone")))
            self._portal = Portal(str(told["portalId"]), str(told.get("companyCurrency") or "EUR"))
            if self.account.database and self.account.database != self._portal.id:
                raise SignInNeeded("the token belongs to another account")
        return self._portal

    @property
    def me(self) -> Owner:
        """The owner whom this book belongs to. Raises SignInNeeded where nobody can be told."""
        if self._me is None:
            found = self._by_email(self.account.user) if self.account.user else self._by_token()
            if found is None:
                raise SignInNeeded("no owner of that name in this account")
            self._me = found
        return self._me

    def owners(self) -> list[Row]:
        """All who can own records, those who left not among them."""
        if self._owners is None or abs(self.now - self._owners[0]) > FRESH_S:
            self._owners = float(self.now), self._all_owners()
        return self._owners[1]

    def _all_owners(self) -> list[Row]:
        found: list[Row] = []
        after = ""
        while True:
            answer = self._read(
                f"/crm/owners/{VERSION}", {"limit": _OWNERS, **({"after": after} if after else {})}, "owners"
            )
            found += rows(answer)
            following = next_after(answer)
            if not following or following == after:
                return found
            after = following

    def _by_email(self, email: str) -> Owner | None:
        answer = self._read(f"/crm/owners/{VERSION}", {"email": email, "limit": 100}, "owners")
        return next((owner(row) for row in rows(answer) if same_address(row.get("email"), email)), None)

    def _by_token(self) -> Owner | None:
        """A private app's key tells the user who made it."""
        try:
            told = self.wire.ask(_TOKEN_INFO, {"tokenKey": self.wire.token})
        except Refusal:
            return None
        user = str(told.get("userId") or "")
        return next((owner(row) for row in self.owners() if user and str(row.get("userId")) == user), None)

    # What is there ──────────────────────────────────────────────────────────────────────────────────────────────────

    def readable(self, name: str) -> bool:
        """Whether the token may read a type at all; asked once, by a look at one record."""
        if name not in self._open:
            self._open[name] = self._opens(name)
        return self._open[name]

    def _opens(self, name: str) -> bool:
        try:
            self.wire.get(f"/crm/objects/{VERSION}/{name}", {"limit": 1})
        except Refusal:
            return False
        return True

    def properties(self, name: str) -> dict[str, Property]:
        """The properties of a type by name."""
        if name not in self._properties:
            answer = self._read(f"/crm/properties/{VERSION}/{name}", None, name)
            found = answer.get("results")
            if not isinstance(found, list):
                raise Unreachable("the properties are not as expected")
            told = [property_of(row) for row in found if isinstance(row, dict) and row.get("name")]
            self._properties[name] = {each.name: each for each in told}
        return self._properties[name]

    def look_again(self, name: str) -> None:
        """Forgets the properties of a type: HubSpot said that one is not there."""
        self._properties.pop(name, None)

    def keyed(self, name: str) -> bool:
        """Whether a type has the unique property by which what we create is known again."""
        return (
            name not in self._unkeyed and (its := self.properties(name).get(objects.OP_ID)) is not None and its.unique
        )

    def unkey(self, name: str) -> None:
        """The type will not get the property in this session."""
        self._unkeyed.add(name)

    def pipelines(self, name: str) -> Pipelines:
        """The pipelines of deals or of leads; none of any other type."""
        if name not in objects.OF_KIND[Kind.DEAL]:
            return Pipelines()
        known = self._pipelines.get(name)
        if known is None or abs(self.now - known[0]) > FRESH_S:
            answer = self._read(f"/crm/pipelines/{VERSION}/{name}", None, "pipelines")
            told = pipelines_of(rows(answer), objects.LEAD_ID if name == objects.LEADS else "")
            known = self._pipelines[name] = float(self.now), told
        return known[1]

    @property
    def outcomes(self) -> Outcomes:
        """What the account's outcomes of calls mean."""
        if self._outcomes is None:
            known = self.properties(objects.CALLS).get("hs_call_disposition") if self.readable(objects.CALLS) else None
            self._outcomes = Outcomes(known.options if known and known.options else self._dispositions(), self.agreed)
        return self._outcomes

    def _dispositions(self) -> dict[str, str]:
        """The list of outcomes as the calling API tells it, which has no dated version; empty where it may not."""
        try:
            found = self.wire.get("/calling/v1/dispositions").get("results")
        except Refusal:
            return {}
        told = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        return {str(row["id"]): str(row.get("label") or "") for row in told if row.get("id") and not row.get("deleted")}

    def _read(self, path: str, params: Mapping[str, str | int] | None, what: str) -> Row:
        try:
            return self.wire.get(path, params)
        except Refusal as refusal:
            if refusal.denied:
                raise ScopeDenied(f"no right to read {what}") from refusal
            raise Unreachable(f"{what} could not be read: {refusal.status}") from refusal
