"""A small HubSpot in memory: its CRM's objects, associations, properties, pipelines, owners, and its token endpoints.

It speaks the dated version and the numbered ones as the same thing, so that the vendor's own client can drive it. Kept
honest by that client (test_sdk.py) and by the vendor's API documents (documents.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from companion.connectors.hubspot.wire import VERSION
from tests.connectors.fake_server import Reply, Request
from tests.connectors.hubspot.fake_objects import Objects
from tests.connectors.hubspot.fake_paths import is_write, normal, paged, plural
from tests.connectors.hubspot.fake_properties import Property, iso
from tests.connectors.hubspot.fake_records import Refused, Stage


@dataclass
class Key:
    """A token: whose it is, and what it may not do. `ends_at` is in seconds since 1970."""

    user: str
    closed: set[str] = field(default_factory=set)
    fixed: set[str] = field(default_factory=set)
    may_make_properties: bool = True
    ends_at: float | None = None


class FakeHubSpot(Objects):
    """One account. `now` is moved by hand; `requests` counts what was asked of it."""

    def __init__(self, *, zone: str = "Europe/Brussels", lag_s: float = 20.0, now: float = 1_795_298_400.0) -> None:
        self.now, self.zone, self.portal = now, zone, 245
        super().__init__(lambda: self.now, lag_s)
        self.records.pipelines["default"] = (
            "Sales pipeline",
            [
                Stage("appointmentscheduled", "Appointment scheduled", 0.2),
                Stage("qualifiedtobuy", "Qualified to buy", 0.4),
                Stage("contractsent", "Contract sent", 0.9),
                Stage("closedwon", "Closed won", 1.0, True),
                Stage("closedlost", "Closed lost", 0.0, True),
            ],
        )
        self.records.lead_pipelines["lead-pipeline-id"] = (
            "Lead pipeline",
            [
                Stage("new-stage-id", "New", 0.0, state="NEW"),
                Stage("connected-stage-id", "Connected", 0.0, state="IN_PROGRESS"),
                Stage("qualified-stage-id", "Qualified", 0.0, True, state="QUALIFIED"),
                Stage("1701461227", "Not for us", 0.0, True, state="UNQUALIFIED"),
            ],
        )
        self.owners = {
            "11": {"email": "nora@sales.example", "firstName": "Nora", "lastName": "Lind", "userId": 71},
            "12": {"email": "bruno@sales.example", "firstName": "Bruno", "lastName": "Costa", "userId": 72},
        }
        self.keys: dict[str, Key] = {"key-nora": Key("11"), "key-admin": Key("12")}
        self.refresh_tokens: dict[str, str] = {}
        self.app_secret, self.code = "app-secret", "code-of-nora"
        self.token_names = {"access": "access-", "refresh": "refresh-"}
        self.life_s = 1800
        self.requests = 0
        self.reads, self.writes = 0, 0
        self.per_ten_seconds: int | None = None
        self.left_today: int | None = 650_000
        self.dispositions: dict[str, str] = {}
        self._recent: list[float] = []
        self._tokens = 0
        self.renewals = 0

    def __call__(self, request: Request) -> Reply:
        """The dialect."""
        self.requests += 1
        if is_write(request):
            self.writes += 1
        else:
            self.reads += 1
        try:
            reply = self._limited() or self._answer(request)
        except Refused as refused:
            reply = self._refusal(refused)
        search = request.path.endswith("/search")
        return reply if search else Reply(reply.status, reply.body, {**self._left(), **reply.headers}, reply.kind)

    def grant(self, user: str) -> dict[str, Any]:
        """New tokens of the way through the browser."""
        self._tokens += 1
        access, refresh = (f"{self.token_names[what]}{self._tokens}" for what in ("access", "refresh"))
        self.keys[access] = Key(user, ends_at=self.now + self.life_s)
        self.refresh_tokens[refresh] = user
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.life_s, "token_type": "bearer"}

    # Limits ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _limited(self) -> Reply | None:
        if self.left_today is not None:
            if self.left_today <= 0:
                return self._too_many("DAILY", "You have reached your daily limit.")
            self.left_today -= 1
        self._recent = [at for at in self._recent if at > self.now - 10]
        if self.per_ten_seconds is not None and len(self._recent) >= self.per_ten_seconds:
            return self._too_many("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
        self._recent.append(self.now)
        return None

    def _too_many(self, policy: str, words: str) -> Reply:
        more = {"errorType": "RATE_LIMIT", "policyName": policy}
        return self._refusal(Refused(429, "RATE_LIMITS", words, **more))

    def _left(self) -> dict[str, str]:
        most = self.per_ten_seconds or 190
        left = {
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": str(max(0, most - len(self._recent))),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        if self.left_today is not None:
            left |= {"X-HubSpot-RateLimit-Daily": "650000", "X-HubSpot-RateLimit-Daily-Remaining": str(self.left_today)}
        return left

    def _refusal(self, refused: Refused) -> Reply:
        body = {
            "status": "error",
            "message": refused.message,
            "correlationId": "7d3f0e3c-2b1a-4c59-9a58-4d2a9bb0a1c5",
            "category": refused.category,
            **refused.more,
        }
        return Reply(refused.status, body)

    # Where to ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, request: Request) -> Reply:
        path = request.path.rstrip("/")
        if path.startswith("/oauth/"):
            return self._oauth(request, path)
        key = self._key(request)
        if path == f"/account-info/{VERSION}/details" or path == "/account-info/v3/details":
            return Reply(200, {
                "portalId": self.portal, "accountType": "STANDARD", "timeZone": self.zone, "companyCurrency": "EUR",
                "additionalCurrencies": [], "uiDomain": "app.hubspot.com", "dataHostingLocation": "eu1",
                "utcOffset": "+01:00", "utcOffsetMilliseconds": 3_600_000,
            })  # fmt: skip
        if path == "/calling/v1/dispositions":
            rows = self.dispositions or self.records.properties["calls"]["hs_call_disposition"].options
            return Reply(200, [{"id": its, "label": label, "deleted": False} for its, label in rows.items()])
        family, parts = normal(path)
        if family == "owners":
            return self._owners(request, parts)
        if family in ("properties", "pipelines", "associations", "objects") and parts:
            self._allowed(key, request, family, parts)
            return {
                "properties": lambda: self._properties(request, parts, key),
                "pipelines": lambda: self._pipelines(parts),
                "associations": lambda: self._associations(request, parts),
                "objects": lambda: self._objects(request, parts),
            }[family]()
        raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")

    def _key(self, request: Request) -> Key:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        key = self.keys.get(token)
        if key is None or (key.ends_at is not None and key.ends_at <= self.now):
            raise Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        return key

    def _allowed(self, key: Key, request: Request, family: str, parts: list[str]) -> None:
        name = plural(parts[0])
        names = {name, plural(parts[1])} if family == "associations" else {name}
        if names & key.closed:
            raise Refused(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.")
        if is_write(request) and names & key.fixed:
            raise Refused(403, "FORBIDDEN", "You do not have permissions to edit this object")

    def _oauth(self, request: Request, path: str) -> Reply:
        if path == "/oauth/v2/private-apps/get/access-token-info":
            key = self.keys.get(request.json["tokenKey"])
            if key is None:
                raise Refused(404, "OBJECT_NOT_FOUND", "no such token")
            return Reply(
                200, {"userId": self.owners[key.user]["userId"], "hubId": self.portal, "appId": 1, "scopes": []}
            )
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if path == f"/oauth/{VERSION}/token/revoke":
            known = form.get("client_secret") == self.app_secret and bool(self.refresh_tokens.pop(form["token"], ""))
            return Reply(200 if known else 400, {})
        if path == f"/oauth/{VERSION}/token/introspect":
            key = self.keys.get(form.get("token", ""))
            owner = self.owners[key.user] if key else {}
            return Reply(200, {"active": key is not None, "user": owner.get("email"), "hub_id": self.portal})
        if path == f"/oauth/{VERSION}/token" and form.get("grant_type") == "refresh_token":
            user = self.refresh_tokens.get(form.get("refresh_token", ""))
            if user is None or form.get("client_secret") != self.app_secret:
                return Reply(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown refresh token"})
            self.renewals += 1
            return Reply(200, self.grant(user))
        if path == f"/oauth/{VERSION}/token" and form.get("code") == self.code:
            return Reply(200, self.grant("11"))
        return Reply(400, {"status": "BAD_AUTH_CODE", "message": "missing or unknown auth code"})

    # Lists ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _owners(self, request: Request, parts: list[str]) -> Reply:
        rows = [
            {**each, "id": its, "type": "PERSON", "archived": False, "userIdIncludingInactive": each["userId"],
             "createdAt": iso(1.6e9), "updatedAt": iso(1.6e9), "teams": []}
            for its, each in self.owners.items()
        ]  # fmt: skip
        if parts:
            row = next((row for row in rows if row["id"] == parts[0]), None)
            if row is None:
                raise Refused(404, "OBJECT_NOT_FOUND", "No owner")
            return Reply(200, row)
        email = request.one("email")
        rows = [row for row in rows if not email or str(row["email"]).casefold() == email.casefold()]
        limit, after = int(request.one("limit", "100")), request.one("after")
        later = [row for row in rows if not after or int(str(row["id"])) > int(after)]
        return Reply(200, paged(later[:limit], later[limit:]))

    def _properties(self, request: Request, parts: list[str], key: Key) -> Reply:
        name = plural(parts[0])
        known = self.records.properties[name]
        if request.method == "GET":
            if len(parts) > 1:
                if parts[1] not in known:
                    raise Refused(404, "OBJECT_NOT_FOUND", f"Property {parts[1]} does not exist")
                return Reply(200, known[parts[1]].row)
            return Reply(200, {"results": [each.row for each in known.values()]})
        if not key.may_make_properties:
            raise Refused(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes to make this call.")
        told = request.json
        if told["name"] in known:
            raise Refused(409, "OBJECT_ALREADY_EXISTS", f"A property named '{told['name']}' already exists.")
        made = Property(
            told["name"], told["type"], told["label"], unique=bool(told.get("hasUniqueValue")), shipped=False
        )
        known[made.name] = made
        return Reply(201, made.row)

    def _pipelines(self, parts: list[str]) -> Reply:
        stamps = {"createdAt": iso(1.6e9), "updatedAt": iso(1.6e9), "archived": False}
        known = self.records.lead_pipelines if plural(parts[0]) == "leads" else self.records.pipelines
        rows = [
            {
                "id": its, "label": label, "displayOrder": place, **stamps,
                "stages": [
                    {
                        "id": stage.id, "label": stage.label, "displayOrder": at, **stamps,
                        "metadata": {"isClosed": str(stage.closed).lower(), **_told_of(stage)},
                        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                    }
                    for at, stage in enumerate(stages)
                ],
            }
            for place, (its, (label, stages)) in enumerate(known.items())
        ]  # fmt: skip
        if len(parts) > 1:
            row = next((row for row in rows if row["id"] == parts[1]), None)
            if row is None:
                raise Refused(404, "OBJECT_NOT_FOUND", "No pipeline")
            return Reply(200, {"results": row["stages"]} if len(parts) > 2 else row)
        return Reply(200, {"results": rows})


def _told_of(stage: Stage) -> dict[str, str]:
    return {"leadState": stage.state} if stage.state else {"probability": str(stage.probability)}
