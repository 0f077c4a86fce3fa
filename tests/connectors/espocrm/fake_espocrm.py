"""A small EspoCRM in memory: answers, rights, validation, duplicates, conflicts and streams, with a hand-moved clock.

What a real 8.4 answered is in `recorded/`, and test_recorded.py compares: where both differ, this file is wrong.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.connectors.espocrm.fake_search import BadRequest, holds, nested
from tests.connectors.espocrm.fake_tables import ENTITIES, MANY, ODDS, READ_ONLY, STAGES, Entity, Row, attributes
from tests.connectors.fake_server import Reply, Request

MOST = 200
_NOT_IN_STREAM = frozenset({
    "deleted", "modifiedAt", "modifiedById", "modifiedByName", "isPinned", "relatedName", "superParentId",
    "superParentType",
})  # fmt: skip
ALL = {"create": "yes", "read": "all", "edit": "all", "delete": "all", "stream": "all"}


class Refused(Exception):
    """A status with its reason in the header, and a body."""

    def __init__(self, status: int, reason: str = "", body: object = "") -> None:
        super().__init__(reason)
        self.reply = Reply(status, body, {"X-Status-Reason": reason} if reason else {})


def invalid(entity: str, name: str, rule: str) -> Refused:
    """A value that a field does not take."""
    reason = f"Field validation failure; entityType: {entity}, field: {name}, type: {rule}."
    data = {"label": "validationFailure", "scope": None, "data": {"field": name, "type": rule}}
    return Refused(400, reason, {"messageTranslation": data})


class FakeEspo:
    """One server. `act` is what its users do in its own screens; `dialect` what its API answers."""

    def __init__(self, clock: Callable[[], float], version: str = "8.4.2") -> None:
        self.clock, self.version = clock, version
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in ENTITIES}
        self.entities: dict[str, Entity] = copy.deepcopy(ENTITIES)
        self.passwords: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.codes: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.rights: dict[str, dict[str, Any]] = {}
        """What differs from all rights, by user and entity; None: no role says anything of it, and so it is closed."""
        self.field_rights: dict[str, dict[str, Any]] = {}
        self.guarded: set[str] = set()
        self.pipelines: list[Row] = []
        self.stream_looks_at = 10_000
        self.dropped: set[tuple[str, str]] = set()
        self.retyped: set[tuple[str, str]] = set()
        self.hidden: set[tuple[str, str]] = set()
        self.checks: list[Callable[[str, Row], None]] = []
        self.internal = {"Case"}
        self.set_up = 1
        self._next = 0x6B01F000
        self._number = 0

    # Who ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def user(self, name: str, *, kind: str = "regular", email: str | None = None) -> str:
        """A user, with the password 'secret-<name>' and the key 'key-<name>'."""
        words = name.capitalize().split()
        made = self.act(
            "", "User", {"userName": name, "type": kind, "lastName": words[0], "emailAddress": email, "isActive": True}
        )["id"]
        self.passwords[name], self.keys[f"key-{name}"] = f"secret-{name}", made
        return str(made)

    def token(self, user_id: str) -> str:
        """A token of the user."""
        token = f"token-{user_id}"
        self.tokens[token] = user_id
        return token

    def dialect(self, request: Request) -> Reply:
        """An answer of the API."""
        try:
            user = self._signed_in(request)
            return self._answer(request, user)
        except Refused as refused:
            return refused.reply
        except BadRequest as error:
            return Refused(400, str(error)).reply

    def _signed_in(self, request: Request) -> str:
        if "x-api-key" in request.headers:
            if request.headers["x-api-key"] not in self.keys:
                raise Refused(401)
            return self.keys[request.headers["x-api-key"]]
        try:
            name, _, secret = base64.b64decode(request.headers["espo-authorization"]).decode().partition(":")
        except (KeyError, ValueError) as error:
            raise Refused(401) from error
        if secret in self.tokens and self.tables["User"][self.tokens[secret]]["userName"] == name:
            return self.tokens[secret]
        if self.passwords.get(name) != secret or request.headers.get("espo-authorization-by-token") == "true":
            raise Refused(401)
        code = self.codes.get(name)
        if code is not None and "espo-authorization-code" not in request.headers:
            body = {"status": "secondStepRequired", "message": "enterTotpCode", "view": None, "token": None}
            raise Refused(401, "second-step-required", body)
        if code is not None and request.headers["espo-authorization-code"] != code:
            raise Refused(401)
        return next(key for key, row in self.tables["User"].items() if row["userName"] == name)

    # What is asked ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, request: Request, user: str) -> Reply:
        parts = request.path.removeprefix("/api/v1/").split("/")
        if parts == ["App", "user"]:
            return Reply(200, self._app_user(user, with_token="espo-authorization" in request.headers))
        if parts == ["Metadata"]:
            return Reply(200, self._metadata(request.one("key")))
        if parts == ["I18n"]:
            return Reply(200, self.words())
        if parts == ["App", "destroyAuthToken"]:
            return Reply(200, self.tokens.pop(request.json["token"], None) is not None)
        if parts == ["GlobalStream"]:
            return Reply(200, self._stream(request, user))
        entity = parts[0]
        if entity not in self.tables:
            raise Refused(404, f"Controller '{entity}' does not exist.")
        if len(parts) == 1 and request.method == "GET":
            return Reply(200, self._list(request, user, entity))
        if len(parts) == 1 and request.method == "POST":
            return Reply(200, self._create(request, user, entity))
        if len(parts) == 3 and request.method == "POST":
            self._relate(entity, parts[1], parts[2], request.json["id"])
            return Reply(200, True)
        return Reply(200, self._one(request, user, entity, parts[1]))

    def _app_user(self, user: str, *, with_token: bool) -> Row:
        row = self.tables["User"][user]
        admin = row["type"] == "admin"
        table: dict[str, Any] = {name: dict(ALL) for name in self.tables}
        table |= {"GlobalStream": True, "Import": True, "Formula": False, **self.rights.get(user, {})}
        table = {name: its for name, its in table.items() if its is not None}
        if not admin:
            table["Note"] = {"create": "yes", "read": "own", "edit": "own", "delete": "own", "stream": "no"}
        told: Row = {
            "user": {**self._shown("User", row), "apiKey": None, "teamsIds": [], "teamsNames": {}},
            "acl": {"table": table, "fieldTable": self.field_rights.get(user, {})},
            "preferences": {"id": user, "weekStart": -1, "decimalMark": "."},
            "token": self.token(user) if with_token else None,
            "settings": {
                "version": self.version, "timeZone": "UTC", "defaultCurrency": "USD", "baseCurrency": "USD",
                "currencyList": ["USD"], "personNameFormat": "firstLast", "cacheTimestamp": self.set_up,
                "language": "en_US", "recordListMaxSizeLimit": MOST,
            },
            "language": "en_US",
            "appParams": {"auth2FARequired": False, "extensions": [], "systemUserId": "system"},
        }  # fmt: skip
        if self.pipelines:
            told["appParams"]["pipelines"] = {"Opportunity": self.pipelines}
        return told

    def _metadata(self, key: str) -> Any:
        part, _, entity = key.partition(".")
        if part == "scopes":
            return {"entity": True, "pipelines": True} if self.pipelines else {"entity": True}
        if part == "streamDefs":
            streams: Row = {"Call": {"followingUsersField": "users"}, "Meeting": {"followingUsersField": "users"}}
            return streams | {name: {"allowInternalNotes": True} for name in self.internal}
        if entity not in self.entities:
            return None
        fields = copy.deepcopy(self.entities[entity].fields)
        for name in [name for name in fields if (entity, name) in self.dropped]:
            del fields[name]
        if self.pipelines and entity == "Opportunity":
            fields["stage"]["readOnly"] = True
        return {"fields": fields, "links": {}} | (
            {"optimisticConcurrencyControl": True} if entity in self.guarded else {}
        )

    @staticmethod
    def words() -> Row:
        """The words of the language, as far as anybody asks for them."""
        return {
            "Global": {"fields": {"name": "Name", "assignedUser": "Assigned User", "description": "Description"}},
            "Opportunity": {
                "fields": {"stage": "Stage", "amount": "Amount", "closeDate": "Close Date"},
                "options": {"stage": {name: name for name in STAGES}},
            },
            "Account": {"options": {"industry": {"Software": "Software", "Energy": "Energy and Water"}}},
            "Contact": {"fields": {"lastName": "Last Name"}},
        }

    def _may(self, user: str, entity: str, action: str) -> str:
        rights = self.rights.get(user, {}).get(entity, ALL)
        return "no" if rights is False or rights is None else str(rights.get(action, "no"))

    def _sees(self, user: str, entity: str, row: Row) -> bool:
        if row.get("deleted") or (entity, row["id"]) in self.hidden:
            return False
        if self.tables["User"][user]["type"] == "admin":
            return True
        if entity == "Note":
            return bool(row.get("createdById") == user)
        if entity == "User" and (row["type"] == "api" or not row["isActive"]):
            return False
        owner = row.get("assignedUserId") or row.get("createdById")
        return self._may(user, entity, "read") == "all" or owner == user

    # Lists ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _list(self, request: Request, user: str, entity: str) -> Row:
        if self._may(user, entity, "read") == "no":
            raise Refused(403, "No read access.")
        return self._listed(request, entity, lambda row: self._sees(user, entity, row))

    def _listed(self, request: Request, entity: str, seen: Callable[[Row], bool]) -> Row:
        size = int(request.one("maxSize") or MOST)
        if size > MOST:
            raise Refused(403, f"Max size should not exceed {MOST}. Use offset and limit.")
        known, where = attributes(entity) | set(self.entities[entity].fields), nested(request.query, "where")
        rows = [row for row in self.tables[entity].values() if not row.get("deleted") and seen(row)]
        rows = [row for row in rows if all(holds(self._plain(entity, row), each, known) for each in where)]
        order, falling = request.one("orderBy", "createdAt"), request.one("order") == "desc"
        if order not in known:
            raise Refused(400, f"Order by non-existing field '{order}'.")
        rows.sort(key=lambda row: (row.get(order) or "" if order != "number" else row["number"], row["id"]))
        rows = rows[::-1] if falling else rows
        start = int(request.one("offset") or 0)
        page = rows[start : start + size]
        select = request.one("select").split(",") if request.one("select") else []
        more = len(rows) > start + size
        total = (-1 if more else -2) if "x-no-total" in request.headers else len(rows)
        return {"total": total, "list": [self._in_list(entity, row, select) for row in page]}

    def _stream(self, request: Request, user: str) -> Row:
        """Notes of all records that the user may see, newest first; whatever is selected."""
        if self.rights.get(user, {}).get("GlobalStream", True) is not True:
            raise Refused(403)
        query = {**request.query, "orderBy": ["number"], "order": ["desc"], "select": [""]}
        asked = Request(request.method, request.path, query, {**request.headers, "x-no-total": "true"}, b"")

        def seen(note: Row) -> bool:
            parent = self.tables.get(note.get("parentType") or "", {}).get(note.get("parentId") or "")
            mine = parent is not None and not parent.get("deleted")
            return mine and parent is not None and self._sees(user, note["parentType"], parent)

        told = self._listed(asked, "Note", seen)
        told["list"] = told["list"][: self.stream_looks_at]
        told["list"] = [
            {**{key: value for key, value in note.items() if key not in _NOT_IN_STREAM}, "_scope": "Note"}
            | ({"attachmentsIds": [], "attachmentsNames": {}, "attachmentsTypes": {}} if note["post"] else {})
            for note in told["list"]
        ]
        return told

    def _in_list(self, entity: str, row: Row, select: list[str]) -> Row:
        whole = self._shown(entity, row)
        if not select:
            many = {"contactsIds", "contactsNames", "contactsColumns"} if entity == "Opportunity" else set()
            return {name: value for name, value in whole.items() if name not in many}
        wanted = {"id", "createdById", "assignedUserId", *select} | ({"deleted"} if "deleted" in select else set())
        wanted |= {"accountIsInactive", "accountId", "accountName"} if entity == "Contact" else set()
        wanted |= {f"{name[:-2]}Name" for name in select if name in ("accountId", "parentId")}
        told = {name: value for name, value in whole.items() if name in wanted}
        for name in MANY.get(entity, {}):
            if f"{name}Ids" in select:
                told |= self._many(entity, row, name)
        return told

    # One record ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _one(self, request: Request, user: str, entity: str, row_id: str) -> Any:
        row = self.tables[entity].get(row_id)
        action = {"GET": "read", "PUT": "edit", "DELETE": "delete"}[request.method]
        if row is None:
            raise Refused(404, f"Record {row_id} {'does not exist' if action == 'read' else 'not found'}.")
        admin = self.tables["User"][user]["type"] == "admin"
        if row.get("deleted") and not (admin and action == "read"):
            raise Refused(404, f"Record {row_id} {'does not exist' if action == 'read' else 'not found'}.")
        self._allowed(user, entity, row, action)
        if action == "read":
            return self._detail(entity, row)
        if action == "delete":
            row["deleted"] = True
            return True
        self._guarded(request, entity, row)
        self._set(user, entity, row, self._taken(user, entity, request.json))
        return self._detail(entity, row)

    def _allowed(self, user: str, entity: str, row: Row, action: str) -> None:
        if self.tables["User"][user]["type"] == "admin" or (action == "read" and row.get("deleted")):
            return
        if entity == "Note":
            if action != "read" and row["createdById"] != user:
                raise Refused(403, f"No {action} access.")
            return
        level = self._may(user, entity, action)
        owner = row.get("assignedUserId") or row.get("createdById")
        if (entity, row["id"]) in self.hidden or level == "no" or (level == "own" and owner != user):
            raise Refused(403, "No 'read' access." if action == "read" else f"No {action} access.")

    def _guarded(self, request: Request, entity: str, row: Row) -> None:
        """The conflict control that an administrator may switch on: upon an old version nothing is changed, whatever
        it was that changed since. From 9 on a field is told with all its parts."""
        number = request.headers.get("x-version-number")
        if entity not in self.guarded or number is None or row.get("versionNumber") in (None, int(number)):
            return
        values = {name: row.get(name) for name, value in request.json.items() if value != row.get(name)}
        if "amount" in values and not self.version.startswith("8."):
            values["amountCurrency"] = row.get("amountCurrency")
        if values:
            raise Refused(409, "modified", {"values": values, "versionNumber": row["versionNumber"]})

    def _create(self, request: Request, user: str, entity: str) -> Row:
        if self._may(user, entity, "create") == "no":
            raise Refused(403, "No create access.")
        body = self._taken(user, entity, request.json)
        if entity == "Note" and body.get("isInternal") and not self._keeps_inside(body):
            raise Refused(403, "Internal note is not allowed.")
        same = self._same(entity, body)
        if same and request.headers.get("x-skip-duplicate-check") != "true":
            raise Refused(409, "duplicate", [self._in_list(entity, row, []) for row in same])
        return self._made(entity, self.act(user, entity, body))

    def _taken(self, user: str, entity: str, body: Row) -> Row:
        """What an API request may set: the rest is dropped without a word."""
        closed = self.field_rights.get(user, {}).get(entity, {})
        known = attributes(entity) | {f"{name}Ids" for name in MANY.get(entity, {})} | set(self.entities[entity].fields)
        known |= {"pipelineId", "pipelineStageId"} if self.pipelines else set()
        return {
            name: value
            for name, value in body.items()
            if name in known
            and name not in READ_ONLY
            and (entity, name) not in self.dropped
            and closed.get(name, {}).get("edit") != "no"
        }

    def _keeps_inside(self, body: Row) -> bool:
        """From 10 on a post may be internal only where the stream of its record allows that."""
        return int(self.version.partition(".")[0]) < 10 or body.get("parentType") in self.internal

    def _same(self, entity: str, body: Row) -> list[Row]:
        if entity not in ("Account", "Contact", "Lead"):
            return []
        email, name = body.get("emailAddress"), self._name(entity, body)
        return [
            row
            for row in self.tables[entity].values()
            if not row.get("deleted")
            and ((email and row.get("emailAddress") == email) or (name and self._name(entity, row) == name))
        ]

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, user: str, entity: str, body: Mapping[str, Any], row_id: str | None = None) -> Row:
        """Creates or changes a record in EspoCRM's own screens: validated, but not checked for duplicates or rights."""
        if row_id is not None:
            row = self.tables[entity][row_id]
            self._set(user, entity, row, body)
            return row
        self._next += 1
        row = {"id": f"{self._next:x}d9466169014"[:17], "deleted": False, "createdAt": self.stamp()}
        row |= {name: its.get("default") for name, its in self.entities[entity].fields.items() if "default" in its}
        row |= dict.fromkeys(self.entities[entity].flags, False)
        row["createdById"] = user or None
        if entity == "Note":
            self._number += 1
            row |= {"number": self._number, "data": {}}
        self._set(user, entity, row, body, new=True)
        self.tables[entity][row["id"]] = row
        if entity in ("Account", "Contact", "Opportunity", "Lead"):
            self.act(user, "Note", {"type": "Create", "parentType": entity, "parentId": row["id"]})
        return row

    def _set(self, user: str, entity: str, row: Row, body: Mapping[str, Any], *, new: bool = False) -> None:
        after = {**row, **{name: value for name, value in body.items() if name not in READ_ONLY}}
        if self.pipelines and entity == "Opportunity":
            self._move(after)
        self._validate(entity, after, body, new=new)
        for check in self.checks:
            check(entity, after)
        if entity == "Opportunity":
            _weigh(row, after, body, new=new)
            if self.pipelines and not new and "probability" not in body and after["stage"] != row.get("stage"):
                after["probability"] = ODDS.get(row.get("stage") or "")  # so it does, one stage behind
        if entity in ("Call", "Meeting", "Task"):
            self._place(entity, after)
        if entity == "Contact" and not after.get("accountId"):
            after["title"] = None
        if entity == "Email" and int(self.version.partition(".")[0]) >= 10:
            after["bodyPlain"] = None
        row |= after
        row["modifiedAt"] = self.stamp()
        if not new:
            row["modifiedById"] = user or None
            if entity in self.guarded:
                row["versionNumber"] = (row.get("versionNumber") or 0) + 1

    def _validate(self, entity: str, after: Row, body: Mapping[str, Any], *, new: bool) -> None:
        known = self.entities[entity]
        for name in known.required:
            key = f"{name}Id" if name in known.links else name
            if (new or key in body) and after.get(key) in (None, ""):
                raise invalid(entity, name, "required")
        if entity in ("Account", "Opportunity", "Call", "Meeting", "Task") and set("<>=") & set(after["name"]):
            raise invalid(entity, "name", "pattern")
        for name, its in known.fields.items():
            value = body.get(name)
            if its.get("required") and name not in known.required and new and after.get(name) in (None, ""):
                raise invalid(entity, name, "required")
            if value in (None, ""):
                continue
            options = its.get("options")
            if its["type"] == "enum" and options is not None and value not in options:
                raise invalid(entity, name, "valid")
            if its["type"] in ("date", "datetime", "datetimeOptional") and not _is_date(value):
                raise invalid(entity, name, "valid")
        for name, target in known.links.items():
            if body.get(f"{name}Id") and target in self.tables and body[f"{name}Id"] not in self.tables[target]:
                raise Refused(400, f"Link '{name}' to a record that does not exist.")

    def _move(self, after: Row) -> None:
        stages = {stage["id"]: (pipeline, stage) for pipeline in self.pipelines for stage in pipeline["stages"]}
        found = stages.get(after.get("pipelineStageId") or "")
        if found is None or found[0]["id"] != after.get("pipelineId"):
            raise Refused(400, "Pipeline stage does not belong to the set pipelined.")
        after["stage"] = found[1]["mappedStatus"]

    def _place(self, entity: str, after: Row) -> None:
        """The account of an activity is that of what it hangs on."""
        parent = self.tables.get(after.get("parentType") or "", {}).get(after.get("parentId") or "")
        if parent is not None:
            after["accountId"] = parent["id"] if after["parentType"] == "Account" else parent.get("accountId")
        if entity == "Task":
            if after.get("dateEndDate"):
                after["dateEnd"] = f"{after['dateEndDate']} 00:00:00"
            after["contactId"] = after.get("parentId") if after.get("parentType") == "Contact" else None
            after["dateCompleted"] = self.stamp() if after.get("status") == "Completed" else None
        elif after.get("dateStart") and after.get("dateEnd"):
            start, end = (datetime.fromisoformat(after[name]) for name in ("dateStart", "dateEnd"))
            if end < start:
                raise invalid(entity, "dateEnd", "after")
            after["duration"] = int((end - start).total_seconds())

    def _relate(self, entity: str, row_id: str, link: str, other: str) -> None:
        """Links two records; neither side's stamp moves."""
        ids = self.tables[entity][row_id].setdefault(f"{link}Ids", [])
        ids += [] if other in ids else [other]

    def stamp(self) -> str:
        """Now, as EspoCRM writes it."""
        return datetime.fromtimestamp(int(self.clock()), UTC).strftime("%Y-%m-%d %H:%M:%S")

    # Shapes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, entity: str, row: Mapping[str, Any]) -> str:
        if entity in ("Contact", "Lead", "User"):
            return " ".join(row[name] for name in ("firstName", "lastName") if row.get(name))
        return str(row.get("name") or "")

    def _plain(self, entity: str, row: Row) -> Row:
        return {**row, "name": self._name(entity, row)}

    def _linked(self, entity: str, row: Row, link: str) -> str | None:
        target, its = self.entities[entity].links[link], row.get(f"{link}Id")
        if target == "EmailAddress":  # it is made from the address, which is its name
            return row.get("from")
        there = self.tables.get(target, {}).get(its or "")
        return None if there is None else self._name(target, there)

    def _shown(self, entity: str, row: Row) -> Row:
        """What a list shows of a record."""
        known = self.entities[entity]
        told: Row = {"id": row["id"], "name": self._name(entity, row), "deleted": bool(row.get("deleted"))}
        told |= {name: row.get(name) for name in (*known.stored, *known.flags, "createdAt", "modifiedAt")}
        told |= {name: row[name] for name in known.fields if name in row and name not in told}
        for link in known.links:
            told |= {f"{link}Id": row.get(f"{link}Id"), f"{link}Name": self._linked(entity, row, link)}
        if "parentId" in told:
            parent = self.tables.get(row.get("parentType") or "", {}).get(row.get("parentId") or "")
            told["parentName"] = None if parent is None else self._name(row["parentType"], parent)
        if self.pipelines and entity == "Opportunity":
            told |= {name: row.get(name) for name in ("pipelineId", "pipelineStageId")}
        if entity in self.guarded:
            told["versionNumber"] = row.get("versionNumber")
        if entity == "Note":
            told.pop("name")
        told = {name: value for name, value in told.items() if (entity, name) not in self.dropped}
        return {name: [value] if (entity, name) in self.retyped else value for name, value in told.items()}

    def _many(self, entity: str, row: Row, name: str) -> Row:
        target, ids = MANY[entity][name], list(row.get(f"{name}Ids") or [])
        there = self.tables[target]
        ids = [each for each in ids if each in there and not there[each].get("deleted")]
        columns = {each: {"role": None} if entity == "Opportunity" else {"status": "None"} for each in ids}
        if name == "users":
            columns = {each: {"status": "Accepted"} for each in ids}
        names = {each: self._name(target, there[each]) for each in ids}
        return {f"{name}Ids": ids, f"{name}Names": names, f"{name}Columns": columns}

    def _detail(self, entity: str, row: Row) -> Row:
        known = self.entities[entity]
        told = {**self._shown(entity, row), **copy.deepcopy(known.detail)}
        told.pop("isStarred", None)
        for name in MANY.get(entity, {}):
            told |= self._many(entity, row, name)
        return told | self._ways(entity, row)

    def _made(self, entity: str, row: Row) -> Row:
        """What a create answers: nothing that was not set, but for the names of links."""
        known = self.entities[entity]
        told = {name: value for name, value in self._detail(entity, row).items() if value is not None}
        told |= {f"{link}Name": told.get(f"{link}Name") for link in known.named}
        told |= copy.deepcopy(known.made) | ({"isStarred": False} if "isStarred" in known.detail else {})
        if entity == "Note":
            told |= {"relatedName": None}
            told = {name: value for name, value in told.items() if name not in ("number", "isGlobal", "isPinned")}
        return told

    def _ways(self, entity: str, row: Row) -> Row:
        """The lists behind the first address, number and account."""
        told: Row = {}
        email, phone = row.get("emailAddress"), row.get("phoneNumber")
        if email and "emailAddressData" in self.entities[entity].detail:
            told["emailAddressData"] = [
                {"emailAddress": email, "lower": email.lower(), "primary": True, "optOut": False, "invalid": False}
            ]
        if phone and "phoneNumberData" in self.entities[entity].detail:
            told["phoneNumberData"] = [
                {"phoneNumber": phone, "type": "Mobile", "primary": True, "optOut": False, "invalid": False}
            ]
        if entity == "Contact" and row.get("accountId"):
            its = row["accountId"]
            told["accountsIds"], told["accountsNames"] = [its], {its: self._linked(entity, row, "account")}
            told["accountsColumns"] = {its: {"role": row.get("title"), "isInactive": False}}
        if entity == "Call":
            guests = {each: self.tables["Contact"][each].get("phoneNumber") for each in row.get("contactsIds") or []}
            told["phoneNumbersMap"] = {f"Contact_{each}": number for each, number in guests.items() if number}
        return told


def _weigh(row: Row, after: Row, body: Mapping[str, Any], *, new: bool) -> None:
    """The odds of a deal follow its stage, unless somebody says otherwise."""
    moved = new or after.get("stage") != row.get("stage")
    if moved and "probability" not in body:
        after["probability"] = ODDS.get(after.get("stage") or "")
    if new:
        after["lastStage"] = after.get("stage")
    elif moved:
        after["lastStage"] = row.get("stage")
    after["amountCurrency"] = after.get("amountCurrency") or "USD"
    after["amountConverted"] = after.get("amount")
    after["amountWeightedConverted"] = int((after.get("amount") or 0) * (after.get("probability") or 0) / 100)


def _is_date(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
