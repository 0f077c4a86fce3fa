"""A real EspoCRM: a rep with a role of her own, a colleague and an administrator, all by its own API.

The tests beside this file are skipped unless COMPANION_ESPOCRM_URL, _USER and _PASSWORD name one and its administrator,
and it may be written to: users, a role and deleted records stay behind. COMPANION_ESPOCRM_SQL, a command that runs SQL
from its input on the server's database, shows late commits too.
"""

from __future__ import annotations

import base64
import os
import shlex
import subprocess
import time
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest

from companion.connectors.naive_utc import stamp
from companion.domain.account import Account

NAMES: Final = ("COMPANION_ESPOCRM_URL", "COMPANION_ESPOCRM_USER", "COMPANION_ESPOCRM_PASSWORD")
"""Where it stands, and who may do everything there."""
SQL: Final = "COMPANION_ESPOCRM_SQL"
"""A command that runs what it reads as SQL on the database of the server (MariaDB or MySQL); optional."""
REP, COLLEAGUE, KEYED = "ana.live", "bo.live", "api.live"
PASSWORD: Final = "Companion-live-1"
EMAILS: Final = {REP: "ana@us.example", COLLEAGUE: "bo@us.example", KEYED: "api@us.example"}
WHOLE: Final = {"create": "yes", "read": "all", "edit": "all", "delete": "all", "stream": "all"}
OPEN: Final = ("Account", "Contact", "Lead", "Opportunity", "Call", "Meeting", "Task", "Email", "Campaign")
_TIMES: Final = 40
_AT_ONCE: Final = 100


def proof() -> pytest.MarkDecorator:
    """The mark of a module of such tests. Skips the module, and says so, where no server is named."""
    if missing := [name for name in NAMES if not os.environ.get(name)]:
        pytest.skip(f"NOT PROVEN on a real EspoCRM: set {', '.join(missing)}", allow_module_level=True)
    return pytest.mark.slow


def version() -> tuple[int, ...]:
    """The version of the server behind the variables, such as (9, 2)."""
    url, name, password = (os.environ[name] for name in NAMES)
    told = Session(url.rstrip("/"), name, password).ask("GET", "App/user")["settings"]["version"]
    return tuple(int(part) for part in told.split(".")[:2])


class Said(Exception):
    """The server said no."""


class Session:
    """Plain calls in the name of one user, as EspoCRM's own screens make them."""

    def __init__(self, url: str, name: str, password: str) -> None:
        sign = base64.b64encode(f"{name}:{password}".encode()).decode()
        self.url = url
        self._http = httpx.Client(
            base_url=f"{url}/api/v1/",
            headers={"Authorization": f"Basic {sign}", "X-Skip-Duplicate-Check": "true"},
            timeout=60,
        )

    def ask(self, method: str, path: str, body: object = None, params: Mapping[str, str | int] | None = None) -> Any:
        """What it answers. Raises Said."""
        answer = self._http.request(method, path, json=body, params=params)
        if answer.status_code != 200:
            raise Said(f"{method} {path}: {answer.status_code} {answer.headers.get('x-status-reason')} {answer.text}")
        return answer.json()

    def close(self) -> None:
        self._http.close()


class LiveEspo:
    """The server. `act` is what its users do in its own screens; `tidy` takes away what came since `mark`."""

    def __init__(self) -> None:
        self.url, name, password = (os.environ[name] for name in NAMES)
        self.url = self.url.rstrip("/")
        self.admin = Session(self.url, name, password)
        self.settings = self.admin.ask("GET", "App/user")["settings"]
        self.version = str(self.settings["version"])
        self.pipelines = self._pipelines()
        self.role = self._role()
        self.ids = {name: self._user(name) for name in (REP, COLLEAGUE)} | {KEYED: self._user(KEYED, kind="api")}
        self.people = {user: Session(self.url, name, PASSWORD) for name, user in self.ids.items() if name != KEYED}
        self.book: dict[str, list[str]] = {}
        self.signed_in: dict[str, tuple[Account, str]] = {}
        self.began = time.time() - 1

    @property
    def sql(self) -> str | None:
        """The command for SQL."""
        return os.environ.get(SQL)

    def run(self, statement: str) -> None:
        """Past the API, on the database itself."""
        command = shlex.split(self.sql or "")
        subprocess.run(command, input=statement, text=True, check=True, timeout=60)

    # Users ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _pipelines(self) -> list[dict[str, Any]]:
        told = self.admin.ask("GET", "App/user").get("appParams", {}).get("pipelines") or {}
        on = self.admin.ask("GET", "Metadata", params={"key": "scopes.Opportunity"}).get("pipelines")
        return list(told.get("Opportunity", [])) if on else []

    def _role(self) -> str:
        found = self.rows("Role", "name", "Companion live")
        return str(found[0]["id"] if found else self.admin.ask("POST", "Role", {"name": "Companion live"})["id"])

    def rights(self, data: Mapping[str, object] | None = None, fields: Mapping[str, object] | None = None) -> None:
        """The role from now on: everything but what `data` says by entity, and `fields` by entity and field; None:
        the role says nothing of it."""
        whole = {
            **dict.fromkeys(OPEN, WHOLE),
            "User": {"read": "all", "edit": "own"},
            "GlobalStream": True,
            **(data or {}),
        }
        whole = {name: its for name, its in whole.items() if its is not None}
        body = {"data": whole, "fieldData": fields or {}, "assignmentPermission": "all", "userPermission": "all"}
        self.admin.ask("PUT", f"Role/{self.role}", body)

    def _user(self, name: str, *, kind: str = "regular") -> str:
        body: dict[str, Any] = {
            "userName": name, "type": kind, "lastName": name.partition(".")[0].capitalize(), "isActive": True,
            "emailAddress": EMAILS[name], "rolesIds": [self.role],
        }  # fmt: skip
        secret = {"authMethod": "ApiKey"} if kind == "api" else {"password": PASSWORD, "passwordConfirm": PASSWORD}
        found = self.rows("User", "userName", name)
        if found:
            self.admin.ask("PUT", f"User/{found[0]['id']}", {"isActive": True, "rolesIds": [self.role]})
            return str(found[0]["id"])
        return str(self.admin.ask("POST", "User", {**body, **secret})["id"])

    def key(self) -> str:
        """A new key of the API user."""
        told = self.admin.ask("POST", "UserSecurity/apiKey/generate", {"id": self.ids[KEYED]})
        return str(told["apiKey"])

    def end_sessions(self, user: str) -> None:
        """What the administrator does in the list of tokens."""
        for row in self.rows("AuthToken", "userId", user):
            if row.get("isActive"):
                self.admin.ask("PUT", f"AuthToken/{row['id']}", {"isActive": False})

    # Records ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def act(self, user: str, entity: str, body: Mapping[str, Any], row_id: str | None = None) -> dict[str, Any]:
        """Creates or changes a record; user '' is the administrator."""
        who = self.people.get(user, self.admin)
        told = who.ask("PUT", f"{entity}/{row_id}", body) if row_id else who.ask("POST", entity, body)
        return dict(told)

    def rows(self, entity: str, attribute: str, value: str) -> list[dict[str, Any]]:
        """What the administrator finds, newest first."""
        params: dict[str, str | int] = {
            "where[0][type]": "equals", "where[0][attribute]": attribute, "where[0][value]": value, "maxSize": 200,
            "orderBy": "createdAt", "order": "desc",
        }  # fmt: skip
        return list(self.admin.ask("GET", entity, params=params)["list"])

    def row(self, entity: str, row_id: str) -> dict[str, Any]:
        """A record as the administrator sees it."""
        return dict(self.admin.ask("GET", f"{entity}/{row_id}"))

    def tidy(self, since: float) -> None:
        """Deletes what was made since then, but for the book: the next test expects a small one."""
        if self.sql:
            self.run("".join(self._deleting(entity, since) for entity in (*OPEN, "Note")))
            return
        for entity in (*OPEN, "Note"):
            kept = set(self.book.get(entity, ()))
            for _ in range(_TIMES):
                ids = [each for each in self._since(entity, since) if each not in kept]
                if not ids:
                    break
                params = {"ids": ids}
                body = {"entityType": entity, "action": "delete", "params": params, "data": {}, "idle": False}
                if entity == "Note":
                    for each in ids:
                        self.admin.ask("DELETE", f"Note/{each}")
                else:
                    self.admin.ask("POST", "MassAction", body)

    def _deleting(self, entity: str, since: float) -> str:
        kept = ", ".join(f"'{each}'" for each in ("", *self.book.get(entity, ())))
        made = f"created_at >= '{stamp(int(since))}'"
        return f"UPDATE `{entity.lower()}` SET deleted = 1 WHERE {made} AND id NOT IN ({kept});\n"

    def _since(self, entity: str, since: float) -> list[str]:
        params: dict[str, str | int] = {
            "where[0][type]": "greaterThanOrEquals", "where[0][attribute]": "createdAt",
            "where[0][value]": stamp(int(since)), "maxSize": _AT_ONCE, "orderBy": "createdAt", "order": "desc",
            "select": "id",
        }  # fmt: skip
        if entity == "Note":
            params |= {"where[1][type]": "equals", "where[1][attribute]": "type", "where[1][value]": "Post"}
        return [str(row["id"]) for row in self.admin.ask("GET", entity, params=params)["list"]]

    def close(self) -> None:
        for each in (self.admin, *self.people.values()):
            each.close()
