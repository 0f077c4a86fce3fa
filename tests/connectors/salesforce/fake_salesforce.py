"""Salesforce's REST dialect over the org in memory: rights, queries, rows, collections, composite, limits, sign-in."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from tests.connectors.fake_server import Reply, Request
from tests.connectors.salesforce.fake_asked import Refused, Row
from tests.connectors.salesforce.fake_records import Org
from tests.connectors.salesforce.fake_soql import Query

ANA, BO = "005000000000001AAA", "005000000000002AAA"
CLIENT_ID = "3MVG9.companion"


@dataclass
class FakeSalesforce:
    """One org. `now` is moved by hand; `used` of `allowed` calls are gone; `requests` counts what Salesforce counts."""

    now: float = 1_795_298_400.0
    sandbox: bool = False
    used: int = 100
    allowed: int = 100_000
    requests: int = 0
    limit_info: str = "api-usage={used}/{allowed}"
    rows_at_once: int = 2_000
    blind_to_guards: bool = False
    tokens: dict[str, str] = field(default_factory=lambda: {"token-ana": ANA, "token-bo": BO})
    refreshing: dict[str, str] = field(default_factory=lambda: {"refresh-ana-0": ANA})
    rotates: bool = True
    one_at_a_time: bool = False
    codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    url: str = ""

    def __post_init__(self) -> None:
        self.org = Org(lambda: self.now, self.sandbox)
        for user, name in ((ANA, "Ana Silva"), (BO, "Bo Lind")):
            self.org.rows["User"][user] = {
                **self.org._blank("User"), "Id": user, "Name": name,
                "Email": f"{name[:3].strip().lower()}@acme.example",
                "Username": f"{name[:3].strip().lower()}@acme.example", "IsActive": True, "UserType": "Standard",
                "TimeZoneSidKey": "Europe/Brussels",
            }  # fmt: skip
        self._locators: dict[str, tuple[Query, list[Row], int]] = {}
        self._sequence = 0

    def __call__(self, request: Request) -> Reply:
        """The dialect."""
        if request.path.startswith("/services/oauth2/"):
            return self._oauth(request)
        user = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if request.path.rstrip("/") == "/services/data":
            return Reply(200, [{"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"}])
        if user is None:
            return _errors(401, "INVALID_SESSION_ID", "Session expired or invalid")
        self.requests += 1
        if self.used >= self.allowed:
            return self._limited(_errors(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
        self.used += 1
        self.org.user = user
        return self._limited(self._answer(request))

    def _limited(self, reply: Reply) -> Reply:
        return Reply(
            reply.status,
            reply.body,
            {**reply.headers, "Sforce-Limit-Info": self.limit_info.format(used=self.used, allowed=self.allowed)},
            reply.kind,
        )

    def _answer(self, request: Request) -> Reply:
        found = re.match(r"/services/data/v(\d+\.\d)(/.*)?$", request.path)
        if found is None or not 31.0 <= float(found[1]) <= 68.0:
            return _errors(404, "NOT_FOUND", "The requested resource does not exist")
        try:
            return self._routed(request, found[1], (found[2] or "/").rstrip("/") or "/")
        except Refused as error:
            return Reply(error.status, error.errors)

    def _routed(self, request: Request, version: str, path: str) -> Reply:
        method, parts = request.method, [unquote(each) for each in path.strip("/").split("/")]
        if parts[0] in ("query", "queryAll"):
            return self._query(request, version, parts)
        if parts[0] == "limits":
            left = self.allowed - self.used
            return Reply(200, {"DailyApiRequests": {"Max": self.allowed, "Remaining": left}})
        if parts[0] == "composite":
            return self._composite(request, version, parts)
        if parts[0] == "sobjects":
            if len(parts) == 1:
                return Reply(200, {"sobjects": [{"name": owner, "queryable": True} for owner in self.org.objects]})
            return self._object(request, method, parts[1:])
        return _errors(404, "NOT_FOUND", "The requested resource does not exist")

    # Queries ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _query(self, request: Request, version: str, parts: list[str]) -> Reply:
        if len(parts) == 2:
            kept = self._locators.pop(parts[1], None)
            if kept is None:
                return _errors(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
            query, rows, at = kept
        else:
            query, rows = self.org.query(request.one("q"), deleted=parts[0] == "queryAll")
            at = 0
        if query.count:
            return Reply(200, {"totalSize": len(rows), "done": True, "records": []})
        size = self.rows_at_once
        wanted = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
        if wanted:
            size = min(size, max(200, int(wanted[1])))
        told: Row = {"totalSize": len(rows), "done": at + size >= len(rows)}
        told["records"] = [self.org.told(query, row) for row in rows[at : at + size]]
        if not told["done"]:
            self._sequence += 1
            locator = f"01g{self._sequence:012d}-{at + size}"
            self._locators[locator] = (query, rows, at + size)
            told["nextRecordsUrl"] = f"/services/data/v{version}/query/{locator}"
        return Reply(200, told)

    # Rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _object(self, request: Request, method: str, parts: list[str]) -> Reply:
        owner = parts[0]
        fields = self.org.fields(owner)
        if len(parts) == 1:
            if method == "POST":
                self._alone(request)
                return Reply(201, {"id": self.org.create(owner, _row(request)), "success": True, "errors": []})
            return Reply(200, {"objectDescribe": {"name": owner}, "recentItems": []})
        if parts[1] == "describe":
            return Reply(200, self._described(owner, [each.told() for each in fields.values()]))
        if parts[1] in ("updated", "deleted"):
            return self._moved(request, owner, parts[1])
        if len(parts) == 3 and parts[1] in fields:
            return self._by_key(request, method, owner, parts[1], parts[2])
        if len(parts) == 3:
            row = self._one(owner, parts[1])
            return Reply(200, base64.b64decode(row.get(parts[2]) or ""), kind="application/octetstream")
        return self._by_id(request, method, owner, parts[1])

    def _by_id(self, request: Request, method: str, owner: str, remote_id: str) -> Reply:
        if method == "GET":
            row = self._one(owner, remote_id)
            names = [each for each in request.one("fields").split(",") if each] or list(self.org.fields(owner))
            query = Query(list(names), owner)
            self.org._check(query)
            return Reply(200, self.org.told(query, row), {"Last-Modified": row["SystemModstamp"]})
        if method == "PATCH":
            self._guard(request, owner, remote_id)
            self.org.update(owner, remote_id, _row(request))
        elif method == "DELETE":
            self.org.delete(owner, remote_id)
        else:
            return _errors(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed.")
        return Reply(204)

    def _by_key(self, request: Request, method: str, owner: str, name: str, value: str) -> Reply:
        found = [row for row in self.org.rows[owner].values() if row.get(name) == value and not row["IsDeleted"]]
        if len(found) > 1:
            return Reply(300, [f"/services/data/v67.0/sobjects/{owner}/{row['Id']}" for row in found])
        if method == "GET":
            if not found:
                return _errors(404, "NOT_FOUND", "The requested resource does not exist")
            return Reply(200, self.org.told(Query(list(self.org.fields(owner)), owner), found[0]))
        made = self._upserted(owner, name, value, _row(request), found)
        return Reply(201 if made["created"] else 200, made)

    def _upserted(self, owner: str, name: str, value: str, values: Mapping[str, Any], found: list[Row]) -> Row:
        if found:
            self.org.update(owner, found[0]["Id"], values)
            return {"id": found[0]["Id"], "success": True, "errors": [], "created": False}
        return {"id": self.org.create(owner, {**values, name: value}), "success": True, "errors": [], "created": True}

    def _one(self, owner: str, remote_id: str) -> Row:
        row = self.org.rows[owner].get(remote_id)
        if row is None or row["IsDeleted"] or remote_id in self.org.unseen:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return row

    def _guard(self, request: Request, owner: str, remote_id: str) -> None:
        since = request.headers.get("if-unmodified-since")
        row = self.org.rows[owner].get(remote_id)
        if since is None or row is None or self.blind_to_guards:
            return
        from datetime import datetime
        from email.utils import parsedate_to_datetime

        if datetime.fromisoformat(row["SystemModstamp"]) > parsedate_to_datetime(since):
            raise Refused(412, "PRECONDITION_FAILED", "The resource has been modified since the time given")

    def _alone(self, request: Request) -> None:
        """A body of one row that is sent to an object."""
        if not isinstance(request.json, dict):
            raise Refused(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of the sObject")

    def _described(self, owner: str, fields: list[Row]) -> Row:
        return {
            "name": owner, "label": owner, "labelPlural": f"{owner}s", "createable": True, "updateable": True,
            "deletable": True, "queryable": True, "fields": fields, "recordTypeInfos": [],
        }  # fmt: skip

    def _moved(self, request: Request, owner: str, what: str) -> Reply:
        start, end = request.one("start")[:16], request.one("end")[:16]
        rows = [row for row in self.org.rows[owner].values() if start <= row["SystemModstamp"][:16] <= end]
        if what == "updated":
            return Reply(
                200,
                {"ids": [row["Id"] for row in rows if not row["IsDeleted"]], "latestDateCovered": request.one("end")},
            )
        gone = [{"id": row["Id"], "deletedDate": row["SystemModstamp"]} for row in rows if row["IsDeleted"]]
        return Reply(
            200,
            {
                "deletedRecords": gone,
                "earliestDateAvailable": request.one("start"),
                "latestDateCovered": request.one("end"),
            },
        )

    # Many at once ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _composite(self, request: Request, version: str, parts: list[str]) -> Reply:
        if parts[1:2] == ["sobjects"]:
            return Reply(200, self._collection(request, parts[2:]))
        if parts[1:2] == ["batch"]:
            results: list[Row] = []
            for each in request.json["batchRequests"]:
                self.requests += 1
                reply = self._inner(request, each["method"], f"/services/data/{each['url']}", each.get("richInput"), {})
                results.append({"statusCode": reply.status, "result": reply.body})
            return Reply(200, {"hasErrors": any(each["statusCode"] >= 400 for each in results), "results": results})
        asked = request.json["compositeRequest"]
        heavy = [each for each in asked if re.search(r"/query|/composite/", each["url"])]
        if len(asked) > 25 or len(heavy) > 5:
            return _errors(400, "LIMIT_EXCEEDED", "The composite request has too many subrequests")
        before = copy.deepcopy(self.org.rows) if request.json.get("allOrNone") else {}
        done: list[Row] = []
        known: dict[str, Any] = {}
        for each in asked:
            try:
                each = json.loads(_referred(json.dumps(each), known))
            except KeyError as error:
                body = [
                    {
                        "errorCode": "PROCESSING_HALTED",
                        "message": f"Invalid reference specified. No value for {error.args[0]} found.",
                    }
                ]
                done.append(_sub(each, Reply(400, body)))
                continue
            url = each["url"]
            reply = self._inner(request, each["method"], url, each.get("body"), each.get("httpHeaders", {}))
            if reply.status < 300:
                known[each["referenceId"]] = reply.body
            done.append(_sub(each, reply))
        if request.json.get("allOrNone") and any(each["httpStatusCode"] >= 400 for each in done):
            self.org.rows.clear()
            self.org.rows.update(before)
            halted = [
                {
                    "errorCode": "PROCESSING_HALTED",
                    "message": "The transaction was rolled back since another operation in it failed.",
                }
            ]
            done = [
                each if each["httpStatusCode"] >= 400 else {**each, "httpStatusCode": 400, "body": halted}
                for each in done
            ]
        return Reply(200, {"compositeResponse": done})

    def _inner(self, request: Request, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(url)
        lower = {name.lower(): value for name, value in headers.items()}
        raw = b"" if body is None else json.dumps(body).encode()
        return self._answer(Request(method, unquote(parts.path), parse_qs(parts.query), lower, raw, url))

    def _collection(self, request: Request, parts: list[str]) -> Any:
        if request.method == "DELETE":
            return [self._result(partial(self._gone, each)) for each in request.one("ids").split(",")]
        if request.method == "GET":
            names = request.one("fields").split(",")
            rows = [self.org.rows[parts[0]].get(each) for each in request.one("ids").split(",")]
            return [
                None if row is None or row["IsDeleted"] else self.org.told(Query(list(names), parts[0]), row)
                for row in rows
            ]
        records = request.json["records"]
        if len(records) > 200:
            raise Refused(
                400,
                "EXCEEDED_MAX_SIZE_REQUEST",
                "record limit reached. cannot submit more than 200 records in this call",
            )
        before = copy.deepcopy(self.org.rows) if request.json.get("allOrNone") else {}
        done = records[:1] if self.one_at_a_time else records
        found = [self._result(partial(self._saved, request.method, parts, each)) for each in done]
        busy = {
            "statusCode": "UNABLE_TO_LOCK_ROW",
            "message": "unable to obtain exclusive access to this record",
            "fields": [],
        }
        found += [{"success": False, "errors": [busy]} for _ in records[len(done) :]]
        if request.json.get("allOrNone") and not all(each["success"] for each in found):
            self.org.rows.clear()
            self.org.rows.update(before)
            rolled = {
                "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                "message": "Record rolled back because not all records were valid",
                "fields": [],
            }
            found = [each if not each["success"] else {"success": False, "errors": [rolled]} for each in found]
        return found

    def _saved(self, method: str, parts: list[str], record: Row) -> Row:
        values = {name: value for name, value in record.items() if name not in ("attributes", "id", "Id")}
        owner = str(record["attributes"]["type"])
        if method == "POST":
            return {"id": self.org.create(owner, values), "success": True, "errors": []}
        if len(parts) == 2:
            key = str(values.pop(parts[1]))
            found = [row for row in self.org.rows[owner].values() if row.get(parts[1]) == key and not row["IsDeleted"]]
            return self._upserted(owner, parts[1], key, values, found)
        remote_id = str(record.get("id") or record.get("Id"))
        self.org.update(owner, remote_id, values)
        return {"id": remote_id, "success": True, "errors": []}

    def _gone(self, remote_id: str) -> Row:
        from tests.connectors.salesforce.fake_schema import owner_of

        self.org.delete(owner_of(remote_id) or "", remote_id)
        return {"id": remote_id, "success": True, "errors": []}

    @staticmethod
    def _result(do: Any) -> Row:
        try:
            found: Row = do()
            return found
        except Refused as error:
            told = [{"statusCode": each.pop("errorCode"), **each} for each in error.errors]
            return {"success": False, "errors": told}

    # Sign-in ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _oauth(self, request: Request) -> Reply:
        what = request.path.removeprefix("/services/oauth2/")
        if what == "authorize":
            code = f"code-{len(self.codes)}"
            self.codes[code] = (request.one("code_challenge"), request.one("redirect_uri"), ANA)
            back = urlencode({"code": code, "state": request.one("state")})
            return Reply(302, None, {"Location": f"{request.one('redirect_uri')}?{back}"})
        if what == "userinfo":
            user = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
            if user is None:
                return Reply(403, b"Bad_OAuth_Token", kind="text/plain")
            row = self.org.rows["User"][user]
            return Reply(200, {"user_id": user, "organization_id": self.org.org_id, "name": row["Name"],
                               "preferred_username": row["Username"], "zoneinfo": row["TimeZoneSidKey"],
                               "email": row["Email"],
                               "urls": {"rest": f"{self.url}/services/data/v{{version}}/"}})  # fmt: skip
        if what == "token":
            return self._token({name: values[0] for name, values in parse_qs(request.body.decode()).items()})
        return Reply(200, {}) if what == "revoke" else Reply(404, b"", kind="text/html")

    def _token(self, form: Mapping[str, str]) -> Reply:
        if form.get("client_id") != CLIENT_ID:
            return Reply(400, {"error": "invalid_client_id", "error_description": "client identifier invalid"})
        if "client_secret" in form:
            return Reply(400, {"error": "invalid_request"})
        if form.get("grant_type") == "authorization_code":
            challenge, redirect, user = self.codes.pop(form.get("code", ""), ("", "", ""))
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            said = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if not user or said != challenge or form.get("redirect_uri") != redirect:
                return Reply(400, {"error": "invalid_grant", "error_description": "invalid authorization code"})
        else:
            user = self.refreshing.get(form.get("refresh_token", ""), "")
            if not user:
                return Reply(400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})
        self._sequence += 1
        access = f"access-{self._sequence}"
        self.tokens[access] = user
        told = {"access_token": access, "instance_url": self.url, "token_type": "Bearer", "scope": "refresh_token api",
                "issued_at": str(int(self.now * 1000)), "id": f"{self.url}/id/{self.org.org_id}/{user}"}  # fmt: skip
        if form.get("grant_type") == "authorization_code" or self.rotates:
            refresh = f"refresh-{self._sequence}"
            self.refreshing = {name: who for name, who in self.refreshing.items() if name != form.get("refresh_token")}
            self.refreshing[refresh] = user
            told["refresh_token"] = refresh
        return Reply(200, told)


def _errors(status: int, code: str, message: str) -> Reply:
    return Reply(status, [{"message": message, "errorCode": code}])


def _row(request: Request) -> Row:
    return {name: value for name, value in request.json.items() if name not in ("attributes", "Id")}


def _sub(asked: Mapping[str, Any], reply: Reply) -> Row:
    return {
        "body": reply.body,
        "httpHeaders": dict(reply.headers),
        "httpStatusCode": reply.status,
        "referenceId": asked["referenceId"],
    }


def _referred(text: str, known: Mapping[str, Any]) -> str:
    """The sub-request with what it takes from earlier ones; raises KeyError where there is nothing to take."""

    def put(found: re.Match[str]) -> str:
        path = found[1]
        name, *rest = re.findall(r"[A-Za-z_]\w*|\[\d+\]", path)
        if name not in known:
            raise KeyError(path)
        value = known[name]
        for part in rest:
            try:
                value = value[int(part[1:-1])] if part.startswith("[") else value[part]
            except (KeyError, IndexError, TypeError):
                raise KeyError(path) from None
        return str(value)

    return re.sub(r"@\{([^}]*)\}", put, text)
