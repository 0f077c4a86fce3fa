"""A small Odoo in memory that speaks JSON-2: only what the connector asks, but with a real server's habits.

Its habits, each seen on a real 19.0: `write_date` is the second in which a write began; empty is `false`; a search in
messages is cut at its limit before it is filtered by access; `load` is one transaction, creates under external ids
and leaves alone what exists; marking an activity done archives it and writes a line; unlinking takes the external id.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx

from tests.connectors.odoo.fake_models import DEFAULTS, MODELS, NAMED_BY, ONE, TYPES
from tests.connectors.odoo.fake_search import Search

Record = dict[str, Any]


class Refused(Exception):
    """An error answer: HTTP status, Python's name of the error, and the words."""

    def __init__(self, status: int, name: str, words: str) -> None:
        super().__init__(words)
        self.status, self.name, self.words = status, name, words


class FakeOdoo:
    """One database and one key per user. `clock` gives seconds since 1970; move it by hand."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.tables: dict[str, dict[int, Record]] = {model: {} for model in MODELS}
        self.external: dict[str, tuple[str, int]] = {}
        self.hidden: set[int] = set()
        self.closed: set[tuple[int, str]] = set()
        self.secret: set[tuple[int, str, str]] = set()
        self.types = {model: dict(fields) for model, fields in TYPES.items()}
        self.keys: dict[str, int] = {}
        self.asked: list[tuple[str, str]] = []
        self._next = 100
        self._fill()

    # The wire ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answers a request as the server does."""
        if request.url.path == "/web/version":
            return self._json(200, {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]})
        if request.url.path == "/web/webclient/version_info":
            return self._json(200, {"jsonrpc": "2.0", "id": 1, "result": {"server_version": "19.0"}})
        user = self.keys.get(request.headers.get("Authorization", "").removeprefix("bearer "))
        if user is None:
            return self._json(401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"})
        _, _, _, model, method = request.url.path.split("/")
        arguments = json.loads(request.content or b"{}")
        self.asked.append((model, method))
        try:
            return self._json(200, self.call(user, model, method, **arguments))
        except Refused as refused:
            told = {"name": refused.name, "message": refused.words, "debug": "Traceback (most recent call last): …"}
            return self._json(refused.status, told)

    def call(self, user: int, model: str, method: str, ids: list[int] | None = None, **arguments: Any) -> Any:
        """A method of a model in the name of a user."""
        arguments.pop("context", None)
        if model not in self.tables and model != "ir.model.data":
            raise Refused(404, "werkzeug.exceptions.NotFound", f"the model {model!r} does not exist")
        known: dict[str, Callable[[], Any]] = {
            "search": lambda: [row["id"] for row in self._found(user, model, **arguments)],
            "search_count": lambda: len(self._found(user, model, **arguments)),
            "search_read": lambda: self._search_read(user, model, **arguments),
            "fields_get": lambda: {n: {"string": n, "type": t} for n, t in self._fields_of(user, model).items()},
            "context_get": lambda: {"uid": user, "lang": "en_US", "tz": "UTC"},
            "create": lambda: [self._create(user, model, vals) for vals in arguments["vals_list"]],
            "write": lambda: self._write(model, ids or [], arguments["vals"]),
            "unlink": lambda: self._unlink(model, ids or []),
            "load": lambda: self._load(user, model, **arguments),
            "get_external_id": lambda: {str(i): self._external_id(model, i) for i in ids or []},
            "check_object_reference": lambda: self._reference(**arguments),
            "message_post": lambda: self._post(user, model, ids or [], **arguments),
            "action_set_won": lambda: self._won(ids or []),
            "action_set_lost": lambda: self._lost(ids or [], **arguments),
            "action_unarchive": lambda: self._write(model, ids or [], {"active": True, "won_status": "pending"}),
            "action_feedback": lambda: self._feedback(user, ids or [], **arguments),
        }
        through = {("opportunity_ids" in str(arguments.get("domain"))) and "crm.lead", model}
        closed = any((user, each) in self.closed for each in through)
        if closed and method not in ("fields_get", "get_external_id"):
            raise Refused(403, "odoo.exceptions.AccessError", f"You are not allowed to access {model!r} records.")
        self._guard(user, model, {*arguments.get("fields", ()), *arguments.get("vals", ())})
        if method not in known:
            raise Refused(404, "werkzeug.exceptions.NotFound", f"The method '{model}.{method}' does not exist")
        return known[method]()

    def _json(self, status: int, body: object) -> httpx.Response:
        now = datetime.fromtimestamp(self.clock(), UTC).replace(microsecond=0)
        headers = {"Content-Type": "application/json; charset=utf-8", "Date": format_datetime(now, usegmt=True)}
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(json.dumps(body).encode()))

    # Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, user: int, model: str, domain: Any = (), limit: int = 0, order: str = "id") -> list[Record]:
        search = Search(self.tables, model)
        rows = [row for row in self.tables[model].values() if search.holds(row, list(domain))]
        keys = [part.split() for part in order.split(",")]
        for key in reversed(keys):
            rows.sort(key=lambda row, name=key[0]: row.get(name) or 0, reverse=key[-1] == "desc")  # type: ignore[misc]
        rows = rows[:limit] if limit else rows
        return [row for row in rows if model != "mail.message" or row["id"] not in self.hidden]

    def _search_read(self, user: int, model: str, fields: list[str], **arguments: Any) -> list[Record]:
        return [
            {"id": row["id"], **{name: self._served(model, row, name) for name in fields}}
            for row in self._found(user, model, **arguments)
        ]

    def _fields_of(self, user: int, model: str) -> dict[str, str]:
        return {name: kind for name, kind in self.types[model].items() if (user, model, name) not in self.secret}

    def _guard(self, user: int, model: str, names: set[str]) -> None:
        """Nobody names a field that is not there, or that is open to others only."""
        for name in sorted(each.partition("/")[0] for each in names):
            if (user, model, name) in self.secret:
                words = f"You do not have enough rights to access the field {name!r} on {model!r}."
                raise Refused(403, "odoo.exceptions.AccessError", words)
            if model in self.types and name not in self.types[model]:
                raise Refused(500, "builtins.ValueError", f"Invalid field {name!r} on {model!r}")

    def merge(self, model: str, loser: int, winner: int) -> None:
        """What Odoo's merging dialogs do: all that pointed at one points at the other, and the first is deleted."""
        for (table, name), target in ONE.items():
            if target == model:
                for row in self.tables[table].values():
                    if row.get(name) == loser:
                        row |= {name: winner, "write_date": self._stamp()}
        self._write(model, [winner], {})
        self._unlink(model, [loser])

    def _served(self, model: str, row: Record, name: str) -> Any:
        if model == "res.partner" and name == "commercial_partner_id":
            return self._named("res.partner", row.get("parent_id") or row["id"])
        value = row.get(name)
        if self.types[model][name] == "many2one":
            table = ONE.get((model, name))
            return False if not value else self._named(table, value) if table else [value, ""]
        if self.types[model][name] in ("many2many", "one2many"):
            return value or []
        return False if value is None or value == "" else value

    def _named(self, model: str, number: int) -> list[Any] | bool:
        row = self.tables[model].get(number)
        return [number, row.get(NAMED_BY.get(model, "name")) or ""] if row else False

    def _external_id(self, model: str, number: int) -> str:
        return next((name for name, its in self.external.items() if its == (model, number)), "")

    def _reference(self, module: str, xml_id: str) -> list[Any]:
        found = self.external.get(f"{module}.{xml_id}")
        if found is None:
            words = f"External ID not found in the system: {module}.{xml_id}"
            raise Refused(500, "builtins.ValueError", words)
        return list(found)

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _stamp(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%d %H:%M:%S")

    def _create(self, user: int, model: str, vals: Record) -> int:
        if model in ("res.partner", "crm.lead") and not vals.get("name"):
            words = f"Missing required value for the field 'Name' (name).\nModel: {model}"
            raise Refused(422, "odoo.exceptions.ValidationError", words)
        self._next += 1
        stamp = self._stamp()
        row = {**DEFAULTS.get(model, {}), **vals, "id": self._next, "create_uid": user, "write_uid": user}
        row |= {"create_date": stamp, "write_date": stamp}
        if model == "crm.lead":
            row.setdefault("user_id", user)
            row |= {"date_open": stamp, "date_last_stage_update": stamp}
        if model == "mail.message":
            row.setdefault("author_id", self.tables["res.users"][user]["partner_id"])
            row.setdefault("date", stamp)
            row["message_id"] = row.get("message_id") or f"<{self._next}.openerp@fake>"
        if model == "mail.activity":
            row["res_model"] = {1: "crm.lead", 2: "res.partner"}[row["res_model_id"]]
        self.tables[model][self._next] = row
        return self._next

    def _write(self, model: str, ids: list[int], vals: Record) -> bool:
        for number in ids:
            row = self.tables[model].get(number)
            if row is None:
                raise Refused(404, "odoo.exceptions.MissingError", "Record does not exist or has been deleted.")
            for name, value in vals.items():
                target = ONE.get((model, name))
                if target and value and value not in self.tables[target]:
                    raise Refused(404, "odoo.exceptions.MissingError", f"Record does not exist: {target}({value},)")
            row |= {**vals, "write_date": self._stamp()}
            if model == "crm.lead" and "user_id" in vals:
                row["date_open"] = self._stamp()
        return True

    def _unlink(self, model: str, ids: list[int]) -> bool:
        for number in ids:
            self.tables[model].pop(number, None)
            self.external = {name: its for name, its in self.external.items() if its != (model, number)}
        return True

    def _load(self, user: int, model: str, fields: list[str], data: list[list[str]]) -> Record:
        before = {name: dict(table) for name, table in self.tables.items()}
        ids: list[int] = []
        for values in data:
            row = dict(zip(fields, values))
            name = row.pop("id")
            if name in self.external:
                ids.append(self.external[name][1])
                continue
            try:
                made = self._create(user, model, self._converted(model, row))
            except Refused as refused:
                self.tables = before
                return {"ids": False, "messages": [{"type": "error", "field": "name", "message": refused.words}]}
            self.external[name] = (model, made)
            ids.append(made)
        return {"ids": ids, "messages": [], "nextrow": 0}

    def _converted(self, model: str, row: dict[str, str]) -> Record:
        vals: Record = {}
        for column, text in row.items():
            name, _, by = column.partition("/")
            kind = self.types[model][name]
            if text == "":
                continue
            if by == "id":
                vals[name] = self.external[text][1]
            elif kind == "many2many":
                vals[name] = [int(part) for part in text.split(",")]
            elif kind in ("many2one", "integer", "many2one_reference"):
                vals[name] = int(text)
            elif kind in ("float", "monetary"):
                vals[name] = float(text)
            else:
                vals[name] = text == "1" if kind == "boolean" else text
            if (model, name) in ONE and vals[name] not in self.tables.get(ONE[model, name], {1: {}, 2: {}}):
                raise Refused(
                    422, "odoo.exceptions.ValidationError", f"No matching record found for database id {text}"
                )
        return vals

    # Verbs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _won(self, ids: list[int]) -> bool:
        vals = {"active": True, "probability": 100.0, "stage_id": 4, "won_status": "won", "date_closed": self._stamp()}
        return self._write("crm.lead", ids, vals)

    def _lost(self, ids: list[int], lost_reason_id: int | bool = False) -> None:
        vals = {"active": False, "probability": 0.0, "won_status": "lost", "lost_reason_id": lost_reason_id}
        self._write("crm.lead", ids, {**vals, "date_closed": self._stamp()})

    def _feedback(self, user: int, ids: list[int], feedback: str = "") -> int:
        for number in ids:
            step = self.tables["mail.activity"][number]
            self._write("mail.activity", [number], {"active": False, "feedback": feedback})
            line = {
                "model": step["res_model"],
                "res_id": step["res_id"],
                "message_type": "notification",
                "subtype_id": 3,
                "mail_activity_type_id": step.get("activity_type_id"),
                "body": f"<div><p><span>To-Do</span> done : {step.get('summary')}</p></div>",
            }
            made = self._create(user, "mail.message", line)
        return made

    def _post(self, user: int, model: str, ids: list[int], body: str = "", **more: Any) -> list[int]:
        vals = {"model": model, "body": f"<p>{body}</p>", "subtype_id": 2, "message_type": "comment"}
        return [self._create(user, "mail.message", {**vals, **more, "res_id": number}) for number in ids]

    def _fill(self) -> None:
        """What every database has."""
        for number, (login, name) in enumerate([("ana", "Ana Rep"), ("bo", "Bo Colleague")], start=5):
            partner = {"id": number + 10, "name": name, "active": True, "is_company": False, "type": "contact"}
            self.tables["res.partner"][number + 10] = partner
            self.tables["res.users"][number] = {
                "id": number, "login": login, "name": name, "email": f"{login}@us.example", "active": True,
                "share": False, "partner_id": number + 10, "company_id": 1, "lang": "en_US",
                "write_date": self._stamp(),
            }  # fmt: skip
            self.keys[f"key-{login}"] = number
        self.tables["res.partner"][1] = {"id": 1, "name": "Us", "is_company": True, "active": True, "type": "contact"}
        self.tables["res.currency"][1] = {"id": 1, "name": "EUR"}
        self.tables["res.company"][1] = {"id": 1, "name": "Us", "partner_id": 1, "currency_id": 1}
        for number, name in enumerate(("New", "Qualified", "Proposition", "Won"), start=1):
            stage = {"id": number, "name": name, "sequence": number % 3, "is_won": number == 4}
            self.tables["crm.stage"][number] = {**stage, "write_date": self._stamp()}
        reason = {"id": 1, "name": "Too expensive", "active": True, "write_date": self._stamp()}
        self.tables["crm.lost.reason"][1] = reason
        for number, (name, category) in enumerate(
            (("Email", "default"), ("Call", "phonecall"), ("Meeting", "meeting"), ("To-Do", "default")), start=1
        ):
            icon = "fa-envelope" if name == "Email" else "fa-check"
            kind = {"id": number, "name": name, "category": category, "icon": icon, "active": True, "sequence": number}
            self.tables["mail.activity.type"][number] = kind
        self.external |= {
            "mail.mt_note": ("mail.message.subtype", 2),
            "crm.model_crm_lead": ("ir.model", 1),
            "base.model_res_partner": ("ir.model", 2),
        }
