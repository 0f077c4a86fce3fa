"""A bench on a real Odoo server: a rep's connector, a colleague who writes past it, and an answer that gets lost."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from companion.connectors.base import Action, Connector, Op
from companion.connectors.http import Client
from companion.connectors.naive_utc import stamp
from companion.connectors.odoo.connector import OdooConnector
from companion.connectors.odoo.sign_in import Account, open_session
from companion.connectors.odoo.wire import Refusal
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, Colleague, op
from tests.connectors.faults import LosesAnswers

NAMES = ("COMPANION_ODOO_URL", "COMPANION_ODOO_DATABASE", "COMPANION_ODOO_USER", "COMPANION_ODOO_KEY")
TABLES = {Kind.COMPANY: "res.partner", Kind.PERSON: "res.partner", Kind.DEAL: "crm.lead"}
SHAPES = {"message": "mail.message", "activity": "mail.activity", "event": "calendar.event"}
FIELDS = {"name": "name", "email": "email", "city": "city", "amount": "expected_revenue", "close_on": "date_deadline"}


def missing() -> list[str]:
    """The variables that are not set."""
    return [name for name in NAMES if not os.environ.get(name)]


class LiveColleague:
    """Writes by plain calls, as Odoo's own screens do."""

    def __init__(self, account: Account, key: str) -> None:
        self._http = Client(time.monotonic)
        self._wire = open_session(self._http, account, key).wire

    def call(self, model: str, method: str, ids: Sequence[int] | None = None, **arguments: object) -> Any:
        return self._wire.write(model, method, ids, **arguments)

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        if kind is Kind.ACTIVITY:
            partner = int(links.get("person") or links.get("company") or 0)
            body = str(fields.get("body") or fields.get("subject") or "")
            made = self.call("res.partner", "message_post", [partner], body=body, message_type="comment")
            return f"message:{made[0] if isinstance(made, list) else made}"
        vals: dict[str, Value] = {FIELDS[name]: value for name, value in fields.items()}
        if kind is Kind.DEAL:
            vals |= {
                "type": "opportunity",
                "partner_id": int(links.get("person") or links.get("company") or 0) or False,
            }
        else:
            vals["is_company"] = kind is Kind.COMPANY
        return str(self.call(TABLES[kind], "create", vals_list=[vals])[0])

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        vals = {FIELDS[name]: value for name, value in fields.items()}
        self.call(TABLES[kind], "write", [int(remote_id)], vals=vals)

    def delete(self, kind: Kind, remote_id: str) -> None:
        model, _, number = remote_id.rpartition(":")
        self.call(SHAPES.get(model) or TABLES[kind], "unlink", [int(number)])

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        rows = [{"name": name, "is_company": kind is Kind.COMPANY} for name in names]
        return [str(each) for each in self.call("res.partner", "create", vals_list=rows)]

    def close(self) -> None:
        self._http.close()


class LiveBench:
    """The server behind the variables in NAMES. No page is smaller than a hundred: the book is a real one."""

    def __init__(self) -> None:
        self.url, database, user, self.key = (os.environ[name] for name in NAMES)
        self.account = Account(self.url.rstrip("/"), database, user)
        other = [os.environ.get(f"COMPANION_ODOO_COLLEAGUE_{name}") for name in ("USER", "KEY")]
        login, key = (other[0], other[1]) if other[0] and other[1] else (user, self.key)
        self.odoo = LiveColleague(Account(self.account.url, database, login), key)
        self.colleague: Colleague = self.odoo
        self._open: list[Connector] = []

    def connector(self, *, page: int | None = None) -> Connector:
        return self._opened(Client(time.monotonic), page=500 if page is None else max(page, 100))

    def unlucky(self) -> Connector | None:
        return self._opened(Client(time.monotonic, transport=LosesAnswers(_creates, verify=True)))

    def refused(self) -> Op | None:
        return op(Kind.DEAL, Action.CREATE, fields={"name": "", "amount": 100})

    def settle(self) -> None:
        """The overlap shows at once what was committed."""

    def messages(self, model: str, record: str) -> list[dict[str, Any]]:
        """The chatter of a record, as a colleague sees it."""
        fields = ["model", "res_id", "body", "date", "author_id", "mail_activity_type_id", "message_type"]
        domain = [["model", "=", model], ["res_id", "=", int(record)]]
        found = self.odoo.call("mail.message", "search_read", domain=domain, fields=fields)
        return [dict(row) for row in found]

    def plan_call(self, deal: str, user: str) -> str:
        """What a colleague plans with the button 'Activity'; returns its remote id."""
        types = self.odoo.call("mail.activity.type", "search", domain=[["category", "=", "phonecall"]])
        vals = {
            "activity_type_id": types[0],
            "summary": "Ring them",
            "user_id": int(user),
            "date_deadline": stamp(AT)[:10],
        }
        made = self.odoo.call("crm.lead", "activity_schedule", [int(deal)], **vals)
        return f"activity:{''.join(re.findall('[0-9]', str(made)))}"  # JSON-RPC says 'mail.activity(10,)'

    def mails(self) -> int:
        """How many mails Odoo ever wanted to send; 0 where the colleague may not look."""
        try:
            return int(self.odoo.call("mail.mail", "search_count", domain=[]))
        except Refusal:
            return 0

    def close(self) -> None:
        for connector in self._open:
            connector.close()
        self._tidy_up()
        self.odoo.close()

    def _tidy_up(self) -> None:
        """The contract expects a book of its own; here the traces of one test are in the next one's window."""
        said = self.odoo.call("mail.message", "search", domain=[["body", "like", "She will ask her board."]])
        self.odoo.call("mail.message", "unlink", said)
        for moved in self.odoo.call("res.partner", "search", domain=[["name", "=like", "Moved %"]]):
            self.odoo.call("res.partner", "write", [moved], vals={"name": f"Company {moved}"})

    def _opened(self, http: Client, *, page: int = 500) -> Connector:
        self._open.append(OdooConnector(http, self.account, self.key, page=page))
        return self._open[-1]


def _creates(request: httpx.Request) -> bool:
    """Whether it is the import by which we create."""
    return request.url.path.endswith("/load") or b'"load"' in request.content
