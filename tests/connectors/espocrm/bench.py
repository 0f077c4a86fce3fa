"""A book in a small EspoCRM behind real HTTP: the rep is Ana, her colleague Bo, the administrator Ada."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from companion.connectors.base import Action, Connector, Op
from companion.connectors.espocrm.connector import EspoConnector
from companion.connectors.http import Client
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, Colleague, op
from tests.connectors.espocrm.fake_espocrm import FakeEspo, invalid
from tests.connectors.espocrm.fake_tables import STAGES
from tests.connectors.fake_server import FakeServer, Request

ENTITIES = {Kind.COMPANY: "Account", Kind.PERSON: "Contact", Kind.DEAL: "Opportunity", Kind.USER: "User"}
FIELDS = {
    Kind.COMPANY: {"name": "name", "email": "emailAddress", "city": "billingAddressCity"},
    Kind.PERSON: {"email": "emailAddress", "role": "title", "city": "addressCity", "phone": "phoneNumber"},
    Kind.DEAL: {"name": "name", "close_on": "closeDate"},
}
PIPELINES = [
    {
        "id": "pipe-sales",
        "name": "Sales",
        "entityType": "Opportunity",
        "stages": [
            {"id": f"stage-{place}", "name": f"{name}!", "mappedStatus": name, "style": None}
            for place, name in enumerate(STAGES)
        ],
        "isAvailableForAll": True,
        "teamIds": [],
        "color": None,
    }
]


class Bo:
    """A colleague who works in EspoCRM's own screens."""

    def __init__(self, espo: FakeEspo, user: str) -> None:
        self.espo, self.user = espo, user

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        if kind is Kind.ACTIVITY:
            about = next((name, its) for name, its in links.items() if its)
            parent = {"company": "Account", "person": "Contact", "deal": "Opportunity"}[about[0]]
            post = {"type": "Post", "post": str(fields["body"]), "parentType": parent, "parentId": about[1]}
            return f"Note:{self.espo.act(self.user, 'Note', post)['id']}"
        body = self.body(kind, fields)
        if kind is Kind.PERSON:
            body["accountId"] = links.get("company")
        if kind is Kind.DEAL:
            body = {"amount": 10, "closeDate": "2027-01-31", **body, "accountId": links.get("company")}
            body |= {"contactsIds": [links["person"]]} if links.get("person") else {}
            if self.espo.pipelines:
                pipeline = self.espo.pipelines[0]
                body |= {"pipelineId": pipeline["id"], "pipelineStageId": pipeline["stages"][0]["id"]}
        if links.get("owner"):
            body["assignedUserId"] = links["owner"]
        return str(self.espo.act(self.user, ENTITIES[kind], body)["id"])

    def body(self, kind: Kind, fields: Mapping[str, Value]) -> dict[str, Any]:
        body: dict[str, Any] = {FIELDS[kind][name]: value for name, value in fields.items() if name in FIELDS[kind]}
        if kind is Kind.PERSON and "name" in fields:
            first, _, last = str(fields["name"]).rpartition(" ")
            body |= {"firstName": first or None, "lastName": last}
        return body

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        if kind is Kind.ACTIVITY:
            entity, _, row_id = remote_id.partition(":")
            text = {"post" if entity == "Note" else "description": fields["body"]}
            self.espo.act(self.user, entity, text, row_id)
            return
        self.espo.act(self.user, ENTITIES[kind], self.body(kind, fields), remote_id)

    def delete(self, kind: Kind, remote_id: str) -> None:
        entity, _, row_id = remote_id.rpartition(":")
        self.espo.tables[entity or ENTITIES[kind]][row_id]["deleted"] = True

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        return [self.create(kind, {"name": name}, {}) for name in names]


class EspoBench:
    """A book of twelve companies and what belongs to them."""

    def __init__(self, version: str = "8.4.2", *, way: str = "password", pipelines: bool = False) -> None:
        self.now = float(AT)
        self.espo = FakeEspo(lambda: self.now, version)
        self.espo.pipelines = [dict(each) for each in PIPELINES] if pipelines else []
        self.ana = self.espo.user("ana", kind="api" if way == "key" else "regular", email="ana@us.example")
        self.bo = Bo(self.espo, self.espo.user("bo", email="bo@us.example"))
        self.colleague: Colleague = self.bo
        self.server = FakeServer(self.espo.dialect, lambda: self.now)
        self.way = way
        self._open: list[Connector] = []
        self._pc_off = 0.0
        self._fill()
        self.settle()

    def _fill(self) -> None:
        for number in range(12):
            firm = self.bo.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
            people = [
                self.bo.create(Kind.PERSON, {"name": f"{name} {number}"}, {"company": firm}) for name in ("Ada", "Ben")
            ]
            deal = self.bo.create(Kind.DEAL, {"name": f"Deal {number}"}, {"company": firm, "person": people[0]})
            self.bo.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"deal": deal})
            start = {"dateStart": self.espo.stamp(), "dateEnd": self.espo.stamp(), "assignedUserId": self.bo.user}
            body = {"name": f"Call {number}", "status": "Held", "parentType": "Opportunity", "parentId": deal, **start}
            self.espo.act(self.bo.user, "Call", {**body, "contactsIds": [people[0]], "usersIds": [self.bo.user]})
            self.now += 1
        campaign = self.espo.act(self.bo.user, "Campaign", {"name": "Spring"})["id"]
        opened = {"action": "Opened", "actionDate": self.espo.stamp(), "campaignId": campaign, "application": "Espo"}
        self.espo.act("", "CampaignLogRecord", {**opened, "parentType": "Contact", "parentId": people[0]})
        self.lead = self.espo.act(
            self.bo.user,
            "Lead",
            {"firstName": "Lea", "lastName": "Lead", "accountName": "Hopeful Ltd", "source": "Call"},
        )["id"]

    @property
    def account(self) -> Account:
        return Account("espocrm", self.server.url, user="ana", way=self.way)

    def connector(self, *, page: int | None = None, field_map: FieldMap | None = None) -> Connector:
        secret = "key-ana" if self.way == "key" else self.espo.token(self.ana)
        off = self._pc_off
        http = Client(time.monotonic, wall=lambda: self.now + off)
        made = EspoConnector(http, self.account, secret, page=page or 200, field_map=field_map)
        self._open.append(made)
        return made

    def unlucky(self) -> Connector | None:
        self.server.fail(when=self.is_write, lose=True)
        return self.connector()

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        self.now += 2

    result_cap = None

    # What a network, a clock and an administrator can do ────────────────────────────────────────────────────────────

    def is_write(self, request: Request) -> bool:
        return request.writes

    def is_create(self, request: Request) -> bool:
        return request.method == "POST"

    def pc_clock_off_by(self, seconds: float) -> None:
        self._pc_off = seconds

    def late(self, kind: Kind, seconds_ago: float) -> str:
        made = self.bo.create(kind, {"name": "Late Arrival", "body": "late"}, self._any_links(kind))
        entity, _, row_id = made.rpartition(":")
        row = self.espo.tables[entity or ENTITIES[kind]][row_id]
        stamp = datetime.fromtimestamp(int(self.now - seconds_ago), UTC).strftime("%Y-%m-%d %H:%M:%S")
        row["createdAt"] = row["modifiedAt"] = stamp
        return made

    def duplicate(self) -> Op | None:
        self.bo.create(Kind.COMPANY, {"name": "Twice Ltd", "email": "hello@twice.example"}, {})
        return op(Kind.COMPANY, Action.CREATE, fields={"name": "Twice Ltd", "email": "hello@twice.example"})

    def revoke(self) -> None:
        self.espo.tokens.clear()
        self.espo.keys.clear()

    def _any_links(self, kind: Kind) -> dict[str, str | None]:
        firm = next(iter(self.espo.tables["Account"]))
        return {"company": firm} if kind is not Kind.COMPANY else {}

    @property
    def administrator(self) -> Administrator:
        return Administrator(self)

    def close(self) -> None:
        for each in self._open:
            each.close()
        self.server.close()


class Administrator:
    """Whoever may do everything there."""

    def __init__(self, bench: EspoBench) -> None:
        self._bench, self._espo = bench, bench.espo

    def move_away(self, kind: Kind, remote_id: str) -> None:
        """A colleague becomes the owner."""
        self._espo.act("", ENTITIES[kind], {"assignedUserId": self._bench.bo.user}, remote_id)

    def forbid(self, kind: Kind) -> None:
        """The rep may no longer read the kind."""
        names = {Kind.PERSON: ("Contact", "Lead"), Kind.DEAL: ("Opportunity", "Lead")}.get(kind, (ENTITIES.get(kind),))
        rights = self._espo.rights.setdefault(self._bench.ana, {})
        rights |= {name: False for name in names if name}

    def permit(self, kind: Kind) -> None:
        """The rep may read the kind again."""
        self._espo.rights.pop(self._bench.ana, None)

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        """EspoCRM's merge deletes the loser and tells nobody into whom it went."""
        self._espo.tables[ENTITIES[kind]][loser]["deleted"] = True

    def archive(self, kind: Kind, remote_id: str) -> None:
        """EspoCRM archives nothing."""
        raise NotImplementedError

    def undelete(self, kind: Kind, remote_id: str) -> None:
        """An administrator's restore of a deleted record."""
        row = self._espo.tables[ENTITIES[kind]][remote_id]
        row |= {"deleted": False, "modifiedAt": self._espo.stamp()}

    def drop_field(self, kind: Kind, ours: str) -> None:
        """The field is no more: not in the metadata, nor in any answer, nor taken."""
        name = self._name(kind, ours)
        self._espo.dropped.add((ENTITIES[kind], name))
        self._espo.set_up += 1

    def retype_field(self, kind: Kind, ours: str) -> None:
        """The field becomes one of several values."""
        self._espo.retyped.add((ENTITIES[kind], self._name(kind, ours)))
        self._espo.set_up += 1

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        """The option is taken off the list."""
        self._espo.entities[ENTITIES[kind]].fields[self._name(kind, ours)]["options"].remove(value)
        self._espo.set_up += 1

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        """Required by dynamic logic, which the server checks from 9.1 on."""
        name = self._name(Kind.DEAL, ours)

        def check(entity: str, after: dict[str, Any]) -> None:
            stage = after.get("pipelineStageId") or after.get("stage")
            if entity == "Opportunity" and stage == stage_id and not after.get(name):
                raise invalid(entity, name, "required")

        self._espo.checks.append(check)

    def forbid_field(self, kind: Kind, ours: str) -> None:
        """The role closes the field to writing: EspoCRM drops what is sent for it without a word."""
        rights = self._espo.field_rights.setdefault(self._bench.ana, {})
        rights.setdefault(ENTITIES[kind], {})[self._name(kind, ours)] = {"read": "yes", "edit": "no"}

    @staticmethod
    def _name(kind: Kind, ours: str) -> str:
        return {**FIELDS[kind], "source": "leadSource", "amount": "amount", "industry": "industry"}[ours]
