"""An account of HubSpot with a small book in it, served over real HTTP, and the people who work there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from companion.connectors.base import Connector, Op
from companion.connectors.http import Client
from companion.connectors.hubspot import mapping, sign_in
from companion.connectors.hubspot.activities import SHAPES
from companion.connectors.hubspot.connector import HubSpotConnector
from companion.connectors.hubspot.objects import OF_KIND, OF_WHAT, OP_ID, TARGETS, parted
from companion.connectors.tokens import Fixed, Held, Keeper, Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op
from tests.connectors.fake_server import FakeServer, Reply, Request
from tests.connectors.hubspot import documents, fake_paths
from tests.connectors.hubspot.fake_hubspot import FakeHubSpot
from tests.connectors.hubspot.fake_properties import Property, iso

AGREED = FieldMap(fields={"company.email": "company_email", "person.best_time": "best_time_to_call"})
"""HubSpot's companies have no address for mail, its contacts no best time: this team has properties of its own."""

MOST_FOUND = 1_000
"""Rows that one search gives at most here; HubSpot itself gives ten times as many."""


SETTLES_S = 1_000.0
"""Longer than the index lags, and than the list of archived records is left alone."""


class Bruno:
    """A colleague who works in HubSpot's own screens."""

    def __init__(self, hubspot: FakeHubSpot) -> None:
        self.hubspot = hubspot

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        name = OF_WHAT[str(fields.get("what") or "note")] if kind is Kind.ACTIVITY else OF_KIND[kind][0]
        row = self.hubspot.records.create(name, {**_first(name), **self._values(kind, name, fields)})
        for link, other in links.items():
            if link in TARGETS and other is not None:
                self.hubspot.records.link(name, row.number, TARGETS[link], int(other), [])
        return f"{name}:{row.number}" if kind is Kind.ACTIVITY else str(row.number)

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        name, number = parted(kind, remote_id)
        row = self.hubspot.records.of[name][int(number)]
        self.hubspot.records.update(name, row, self._values(kind, name, fields))

    def delete(self, kind: Kind, remote_id: str) -> None:
        name, number = parted(kind, remote_id)
        self.hubspot.records.archive(name, int(number))

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [self.create(kind, {"name": each}, {}) for each in names]

    def _values(self, kind: Kind, name: str, fields: Mapping[str, Value]) -> dict[str, object]:
        sent: dict[str, object] = {}
        for ours, value in fields.items():
            if ours == "name" and kind is Kind.PERSON:
                sent["firstname"], _, sent["lastname"] = str(value).partition(" ")
            elif kind is Kind.ACTIVITY:
                sent |= {SHAPES[name].body: value} if ours == "body" else {}
            else:
                sent[AGREED.names(kind, mapping.NAMES[name])[ours]] = value
        return sent | ({"hs_timestamp": iso(self.hubspot.now)} if kind is Kind.ACTIVITY and "body" in fields else {})


class Admin:
    """Who sets the account up."""

    def __init__(self, hubspot: FakeHubSpot) -> None:
        self.hubspot = hubspot

    def move_away(self, kind: Kind, remote_id: str) -> None:
        name, number = parted(kind, remote_id)
        row = self.hubspot.records.of[name][int(number)]
        self.hubspot.records.update(name, row, {"hubspot_owner_id": "12"})

    def forbid(self, kind: Kind) -> None:
        for key in self.hubspot.keys.values():
            key.closed |= set(OF_KIND[kind])

    def permit(self, kind: Kind) -> None:
        for key in self.hubspot.keys.values():
            key.closed -= set(OF_KIND[kind])

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        self.hubspot.records.merge(OF_KIND[kind][0], int(winner), int(loser))

    def archive(self, kind: Kind, remote_id: str) -> None:
        name, number = parted(kind, remote_id)
        self.hubspot.records.archive(name, int(number))

    def undelete(self, kind: Kind, remote_id: str) -> None:
        name, number = parted(kind, remote_id)
        self.hubspot.records.restore(name, int(number))

    def drop_field(self, kind: Kind, ours: str) -> None:
        name, theirs = self._property(kind, ours)
        del self.hubspot.records.properties[name][theirs]
        for row in self.hubspot.records.of[name].values():
            row.values.pop(theirs, None)

    def retype_field(self, kind: Kind, ours: str) -> None:
        name, theirs = self._property(kind, ours)
        self.hubspot.records.properties[name][theirs].kind = "string"
        for row in self.hubspot.records.of[name].values():
            row.values[theirs] = "about twelve"

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        name, theirs = self._property(kind, ours)
        self.hubspot.records.properties[name][theirs].options.pop(str(value))

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        _, theirs = self._property(Kind.DEAL, ours)
        for _, stages in self.hubspot.records.pipelines.values():
            for stage in stages:
                stage.needs += [theirs] if stage.id == stage_id else []

    def forbid_field(self, kind: Kind, ours: str) -> None:
        name, theirs = self._property(kind, ours)
        self.hubspot.records.properties[name][theirs].read_only = True

    def _property(self, kind: Kind, ours: str) -> tuple[str, str]:
        name = OF_KIND[kind][0]
        return name, AGREED.names(kind, mapping.NAMES[name])[ours]


class HubSpotBench:
    """A book of twelve companies and what belongs to them; the rep signed in through the browser."""

    def __init__(self, *, keyed: bool = True, zone: str = "Europe/Brussels") -> None:
        self.hubspot = FakeHubSpot(zone=zone, now=AT - SETTLES_S)
        email = Property("company_email", label="Company e-mail", shipped=False)
        times = {"Mornings": "Mornings", "Evenings": "Evenings"}
        best = Property("best_time_to_call", "enumeration", "Best time to call", times, shipped=False)
        self.hubspot.records.properties["companies"]["company_email"] = email
        self.hubspot.records.properties["contacts"]["best_time_to_call"] = best
        self.hubspot.most_found = self.result_cap = MOST_FOUND
        for known in self.hubspot.records.properties.values() if keyed else ():
            known[OP_ID] = Property(OP_ID, label="Companion: operation", unique=True, shipped=False)
        self.complaints: list[str] = []
        self.server = FakeServer(self._judged, lambda: self.hubspot.now)
        self.colleague = Bruno(self.hubspot)
        self.administrator = Admin(self.hubspot)
        self.wrong_by = 0.0
        given = self.hubspot.grant("11")
        ends = self.hubspot.now + 1800
        for key in self.hubspot.keys.values():
            key.may_make_properties = keyed
        self.keeper: Keeper = Held(
            Tokens(given["access_token"], given["refresh_token"], ends, client_secret="app-secret")
        )
        self._open: list[Connector] = []
        for number in range(12):
            firm = self.colleague.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
            for name in ("Ada", "Ben"):
                person = self.colleague.create(Kind.PERSON, {"name": f"{name} {number}"}, {"company": firm})
            links: dict[str, str | None] = {"person": person, "company": firm}
            deal = self.colleague.create(Kind.DEAL, {"name": f"Deal {number}"}, links)
            self.colleague.create(Kind.ACTIVITY, {"what": "note", "body": f"Note {number}"}, {**links, "deal": deal})
        self.settle()

    def _judged(self, request: Request) -> Reply:
        """The answer, after the vendor's documents were asked about both."""
        reply = self.hubspot(request)
        if (found := documents.complaint(request, reply)) is not None:
            self.complaints.append(found)
        return reply

    @property
    def now(self) -> float:
        """Seconds since 1970 by HubSpot's clock."""
        return self.hubspot.now

    @now.setter
    def now(self, at: float) -> None:
        self.hubspot.now = at

    def connector(self, *, page: int | None = None) -> Connector:
        return self.opened(page=page or 100)

    def opened(self, *, page: int = 100, key: str = "", field_map: FieldMap = AGREED) -> HubSpotConnector:
        off = self.wrong_by

        def wall() -> float:
            return self.hubspot.now + off

        http = Client(time.monotonic)
        account = Account("hubspot", self.server.url, "", "nora@sales.example", "key" if key else "browser", "app")
        keeper = Fixed(key) if key else self.keeper
        calls = Signed(http, keeper, sign_in.renew(http, account, wall), wall)
        made = HubSpotConnector(calls, account, page=page, wall=wall, field_map=field_map)
        self._open.append(made)
        return made

    def unlucky(self) -> Connector | None:
        self.server.fail(when=fake_paths.is_create, lose=True)
        return self.connector()

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        self.hubspot.now += SETTLES_S

    def is_write(self, request: Request) -> bool:
        return fake_paths.is_write(request)

    def is_create(self, request: Request) -> bool:
        return fake_paths.is_create(request)

    def duplicate(self) -> Op | None:
        """A second contact with an address that one has."""
        self.colleague.create(Kind.PERSON, {"name": "Ada First", "email": "ada@first.example"}, {})
        return op(Kind.PERSON, fields={"name": "Ada Again", "email": "ada@first.example"})

    def quota(self) -> Reply | None:
        body = {"status": "error", "message": "You have reached your daily limit.", "policyName": "DAILY"}
        return Reply(429, {**body, "errorType": "RATE_LIMIT"})

    def pc_clock_off_by(self, seconds: float) -> None:
        self.wrong_by = seconds

    def late(self, kind: Kind, seconds_ago: float) -> str:
        """An import whose stamps are those of its beginning; the index hears of it at once."""
        made = self.colleague.create(kind, {"body": "Late"} if kind is Kind.ACTIVITY else {"name": "Late"}, {})
        name, number = parted(kind, made)
        row = self.hubspot.records.of[name][int(number)]
        row.created = row.updated = self.now - seconds_ago
        self.hubspot.records.index(name, row)
        self.hubspot.records.know_all()
        return made

    def partial_batches(self) -> None:
        self.hubspot.does_part = True

    def shuffled_answers(self) -> None:
        self.hubspot.shuffles = True

    def expire(self) -> None:
        for key in self.hubspot.keys.values():
            if key.ends_at is not None:
                key.ends_at = self.now

    def revoke(self) -> None:
        self.expire()
        self.hubspot.refresh_tokens.clear()

    @property
    def renewals(self) -> int:
        """How often an access token was renewed."""
        return self.hubspot.renewals

    def close(self) -> None:
        for connector in self._open:
            connector.close()
        self.server.close()
        assert not self.complaints, self.complaints[:3]


def _first(name: str) -> dict[str, object]:
    return {"dealstage": "appointmentscheduled", "pipeline": "default"} if name == "deals" else {}
