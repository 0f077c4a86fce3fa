"""The bench of the contract suite over a real EspoCRM."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from companion.connectors.base import Action, Connector, Op
from companion.connectors.espocrm.connector import EspoConnector
from companion.connectors.espocrm.sign_in import sign_in
from companion.connectors.http import Client
from companion.connectors.naive_utc import stamp
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind, Value
from tests.connectors.between import Between
from tests.connectors.contract import op
from tests.connectors.espocrm.bench import ENTITIES, FIELDS, Bo
from tests.connectors.espocrm.live.server import COLLEAGUE, KEYED, PASSWORD, REP, LiveEspo
from tests.connectors.fake_server import Request
from tests.connectors.faults import LosesAnswers

_AT_ONCE = 3
TABLES = {"Account": "account", "Contact": "contact", "Opportunity": "opportunity", "Note": "note"}


class LiveBo(Bo):
    """A colleague who works in EspoCRM's own screens."""

    def __init__(self, espo: LiveEspo) -> None:
        self.live, self.user = espo, espo.ids[COLLEAGUE]
        self.espo = espo  # type: ignore[assignment]

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(lambda name: self.create(kind, {"name": name}, {}), names))

    def delete(self, kind: Kind, remote_id: str) -> None:
        entity, _, row_id = remote_id.rpartition(":")
        self.live.people[self.user].ask("DELETE", f"{entity or ENTITIES[kind]}/{row_id}")


class LiveAdministrator:
    """Whoever may do everything there, and takes back after a test what stays otherwise."""

    def __init__(self, espo: LiveEspo) -> None:
        self._espo = espo
        self._undo: list[Callable[[], object]] = []

    def move_away(self, kind: Kind, remote_id: str) -> None:
        self._espo.act("", ENTITIES[kind], {"assignedUserId": self._espo.ids[COLLEAGUE]}, remote_id)

    def forbid(self, kind: Kind) -> None:
        names = {Kind.PERSON: ("Contact", "Lead"), Kind.DEAL: ("Opportunity", "Lead")}.get(kind, (ENTITIES[kind],))
        self._rights(dict.fromkeys(names, False))

    def permit(self, kind: Kind) -> None:
        self._espo.rights()

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        data = {"sourceIdList": [loser], "attributes": {}}
        body = {"entityType": ENTITIES[kind], "action": "merge", "id": winner, "data": data}
        self._espo.admin.ask("POST", "Action", body)

    def archive(self, kind: Kind, remote_id: str) -> None:
        raise NotImplementedError

    def undelete(self, kind: Kind, remote_id: str) -> None:
        self._espo.admin.ask("POST", f"{ENTITIES[kind]}/action/restoreDeleted", {"id": remote_id})

    def drop_field(self, kind: Kind, ours: str) -> None:
        """A field that EspoCRM brought can't be removed, but be closed to a role."""
        self._rights({}, {ENTITIES[kind]: {FIELDS[kind][ours]: {"read": "no", "edit": "no"}}})

    def retype_field(self, kind: Kind, ours: str) -> None:
        raise NotImplementedError

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        place = f"Admin/fieldManager/{ENTITIES[kind]}/{ours}"
        before = self._espo.admin.ask("GET", place)
        self._set_up(place, before, {"options": [each for each in before["options"] if each != value]})

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        """Required by dynamic logic, which the server checks from 9.1 on."""
        if int(self._espo.version.split(".")[0]) < 9 or self._espo.version.startswith("9.0"):
            raise NotImplementedError
        place = f"Admin/fieldManager/Opportunity/{ {'source': 'leadSource'}[ours] }"
        attribute = "pipelineStageId" if self._espo.pipelines else "stage"
        condition = {"type": "equals", "attribute": attribute, "value": stage_id}
        before = self._espo.admin.ask("GET", place)
        self._set_up(place, before, {"dynamicLogicRequired": {"conditionGroup": [condition]}})

    def forbid_field(self, kind: Kind, ours: str) -> None:
        self._rights({}, {ENTITIES[kind]: {FIELDS[kind][ours]: {"read": "yes", "edit": "no"}}})

    def _set_up(self, place: str, before: dict[str, object], change: dict[str, object]) -> None:
        was = {"dynamicLogicRequired": None} | before
        self._undo.append(lambda: self._espo.admin.ask("PUT", place, was))
        self._espo.admin.ask("PUT", place, {**before, **change})

    def tidy(self) -> None:
        """Takes back what the test did."""
        while self._undo:
            self._undo.pop()()

    def _rights(self, data: dict[str, object], fields: dict[str, object] | None = None) -> None:
        self._undo.append(self._espo.rights)
        self._espo.rights(data, fields)


class LiveBench:
    """A server, the rep's connectors, a colleague and an administrator. `way` is how the rep signs in."""

    def __init__(self, espo: LiveEspo, way: str = "password") -> None:
        self.espo, self.way = espo, way
        self.bo = LiveBo(espo)
        self.colleague = self.bo
        self.administrator = LiveAdministrator(espo)
        self.server = Between()
        self.ana = espo.ids[KEYED if way == "key" else REP]
        self._off = 0.0
        self._open: list[Connector] = []
        self._late_ones: list[tuple[Kind, str]] = []
        self._began = time.time() - 1
        self.account, self.secret = espo.signed_in.get(way) or self._signed_in()
        if not espo.book:
            espo.rights()
            self._fill()

    def _signed_in(self) -> tuple[Account, str]:
        """The rep as after signing in; until somebody ends that."""
        typed = Account("espocrm", self.espo.url, user=REP, way=self.way)
        with Client(time.monotonic) as http:
            made = sign_in(http, typed, self.espo.key() if self.way == "key" else PASSWORD)
        self.espo.signed_in[self.way] = made
        return made

    def _fill(self) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for made in pool.map(self._family, range(12)):
                for entity, row_id in made:
                    self.espo.book.setdefault(entity, []).append(row_id)

    def _family(self, number: int) -> list[tuple[str, str]]:
        firm = self.bo.create(Kind.COMPANY, {"name": f"Firm {number}", "city": "Ghent"}, {})
        people = [
            self.bo.create(Kind.PERSON, {"name": f"{name} {number}"}, {"company": firm}) for name in ("Ada", "Ben")
        ]
        deal = self.bo.create(Kind.DEAL, {"name": f"Deal {number}"}, {"company": firm, "person": people[0]})
        note = self.bo.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"deal": deal})
        now = stamp(int(time.time()))
        about = {"parentType": "Opportunity", "parentId": deal, "assignedUserId": self.bo.user, "status": "Held"}
        call = {"name": f"Call {number}", "dateStart": now, "dateEnd": now, **about, "contactsIds": [people[0]]}
        made = self.espo.act(self.bo.user, "Call", call)["id"]
        names = ("Account", "Contact", "Contact", "Opportunity", "Note", "Call")
        return list(zip(names, (firm, *people, deal, note.removeprefix("Note:"), str(made)), strict=True))

    def connector(
        self,
        *,
        page: int | None = None,
        field_map: FieldMap | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> Connector:
        off = self._off
        http = Client(time.monotonic, transport=transport or self.server, wall=lambda: time.time() + off)
        made = EspoConnector(http, self.account, self.secret, page=page or 200, field_map=field_map)
        self._open.append(made)
        return made

    def unlucky(self) -> Connector | None:
        return self.connector(transport=LosesAnswers(lambda request: request.method != "GET"))

    def refused(self) -> Op | None:
        return op(Kind.DEAL, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        """The overlap shows at once what was committed."""

    def is_write(self, request: Request) -> bool:
        return request.writes

    def is_create(self, request: Request) -> bool:
        return request.method == "POST"

    def pc_clock_off_by(self, seconds: float) -> None:
        self._off = seconds

    def duplicate(self) -> Op | None:
        self.bo.create(Kind.COMPANY, {"name": "Twice Ltd", "email": "hello@twice.example"}, {})
        return op(Kind.COMPANY, Action.CREATE, fields={"name": "Twice Ltd", "email": "hello@twice.example"})

    @property
    def late(self) -> Callable[[Kind, float], str] | None:
        """By SQL alone: EspoCRM stamps what it saves itself."""
        return self._late if self.espo.sql else None

    def _late(self, kind: Kind, seconds_ago: float) -> str:
        links = {"company": self.bo.create(Kind.COMPANY, {"name": "In time"}, {})} if kind is not Kind.COMPANY else {}
        made = self.bo.create(kind, {"name": "Late Arrival", "body": "late"}, links)
        entity, _, row_id = made.rpartition(":")
        at = stamp(int(time.time() - seconds_ago))
        table = TABLES[entity or ENTITIES[kind]]
        self._late_ones.append((kind, made))
        self.espo.run(f"UPDATE {table} SET created_at = '{at}', modified_at = '{at}' WHERE id = '{row_id}'")
        return made

    def revoke(self) -> None:
        self.espo.signed_in.clear()
        if self.way == "key":
            self.espo.key()
        else:
            self.espo.end_sessions(self.ana)

    def close(self) -> None:
        self.server.faults.clear()
        for each in self._open:
            each.close()
        for kind, made in self._late_ones:
            self.bo.delete(kind, made)
        self.espo.tidy(self._began)
        self.administrator.tidy()
