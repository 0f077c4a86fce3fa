"""Who is signed in, what this user may do, and how this company's EspoCRM is set up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from companion.connectors.base import ApiSunset, SignInNeeded, Unreachable
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.wire import Refusal, Row, Wire
from companion.connectors.http import Client
from companion.domain.account import Account
from companion.domain.language import tr

OLDEST: Final = (8, 4)
_STREAMS: Final = "streamDefs"
_CUSTOMIZABLE: Final = frozenset(("Account", "Contact", "Lead", "Opportunity", "Call", "Meeting", "Task"))


class Me(Struct, frozen=True):
    """What `App/user` tells: who we are, our rights by entity and by field, the settings, and pipelines from 10 on."""

    id: str
    name: str
    email: str
    admin: bool
    rights: Mapping[str, Any]
    fields: Mapping[str, Any]
    settings: Row
    pipelines: list[Row]
    zone: str
    row: Row


class Session:
    """Keeps what does not change while a connector lives: `forget` reads it anew."""

    def __init__(self, http: Client, account: Account, secret: str) -> None:
        self.account = account
        self.wire = Wire(http, account, secret)
        self._me: Me | None = None
        self._defs: dict[str, Row] = {}
        self._words: Row | None = None
        self._set_up: object = None

    def forget(self) -> None:
        """Asks anew who we are; and how EspoCRM is set up, if that changed since."""
        self._me = None
        settings = self.me.settings
        set_up = (settings.get("cacheTimestamp"), settings.get("version"), settings.get("language"))
        if set_up != self._set_up:
            self._set_up = set_up
            self.forget_set_up()

    def forget_set_up(self) -> None:
        """Reads fields and words anew when they are needed next."""
        self._defs, self._words = {}, None

    @property
    def me(self) -> Me:
        """Who is signed in. Raises SignInNeeded, ApiSunset."""
        if self._me is None:
            self._me = who(told(self.wire))
        return self._me

    @property
    def now(self) -> int:
        """The server's time."""
        if not self.wire.now:
            self.forget()
        return int(self.wire.now)

    @property
    def version(self) -> str:
        """Such as '8.4.2'."""
        return str(self.me.settings.get("version") or "")

    def may(self, entity: str, action: str) -> bool:
        """Whether this user may 'read', 'create', 'edit' or 'delete' any such records at all."""
        rights = self.me.rights.get(entity)
        if isinstance(rights, bool):
            return rights
        if not isinstance(rights, Mapping):
            return self.me.admin
        return bool(rights.get(action, "no") != "no")

    def may_field(self, entity: str, field: str, action: str) -> bool:
        """Whether this user may 'read' or 'edit' the field."""
        rights = (self.me.fields.get(entity) or {}).get(field) or {}
        return not isinstance(rights, Mapping) or rights.get(action) != "no"

    def fields(self, entity: str) -> Row:
        """The definitions of an entity's fields, by name; empty where this user may not know them."""
        found = self._def(f"entityDefs.{entity}").get("fields")
        return found if isinstance(found, dict) else {}

    def guarded(self, entity: str) -> bool:
        """Whether the administrator switched conflict control on for the entity."""
        return self._def(f"entityDefs.{entity}").get("optimisticConcurrencyControl") is True

    def keeps_inside(self, entity: str) -> bool:
        """Whether a post on such a record may be kept from customers. From 10 on only where its stream allows that."""
        if (_numbers(self.version) or OLDEST) < (10, 0):
            return True
        if _STREAMS not in self._defs:
            self._defs[_STREAMS] = self._asked("Metadata", {"key": _STREAMS}, "Call")
        defs = self._defs[_STREAMS].get(entity)
        return isinstance(defs, dict) and defs.get("allowInternalNotes") is True

    def pipelined(self) -> bool:
        """Whether opportunities move in pipelines (from 10 on, where the administrator switched them on)."""
        return bool(self.me.pipelines) and self._def("scopes.Opportunity").get("pipelines") is True

    def options(self, entity: str, field: str) -> list[str]:
        """The values of a choice, in order; those of another field where it refers to one."""
        known = self.fields(entity).get(field)
        known = known if isinstance(known, dict) else {}
        there = known.get("optionsReference")
        if isinstance(there, str) and "." in there and there != f"{entity}.{field}":
            return self.options(*there.split(".", 1))
        options = known.get("options")
        return [str(option) for option in options if option] if isinstance(options, list) else []

    def op_field(self, entity: str) -> str | None:
        """The administrator's field for the ids of our ops, where EspoCRM lets one be made."""
        return marker.field(self.fields(entity)) if entity in _CUSTOMIZABLE else None

    def markable(self, entity: str) -> bool:
        """Whether what we create can be recognised: by the administrator's field, or by our line in the text."""
        if entity in ("Note", "Email") or self.op_field(entity) is not None:
            return True
        return all(self.may_field(entity, "description", action) for action in ("read", "edit"))

    def label(self, entity: str, field: str) -> str:
        """What EspoCRM calls a field, in this user's language."""
        for scope in (entity, "Global"):
            found = self._said(scope, "fields", field)
            if isinstance(found, str) and found:
                return found
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", field)
        return words[:1].upper() + words[1:].lower()

    def words(self, entity: str, field: str) -> dict[str, str]:
        """What the values of a choice are called, by value."""
        options = self.options(entity, field)
        if not options:
            return {}
        found = self._said(entity, "options", field)
        if not isinstance(found, dict):
            found = self._said("Global", "options", field)
        told = found if isinstance(found, dict) else {}
        return {option: str(told.get(option) or option) for option in options}

    def _said(self, scope: str, part: str, name: str) -> object:
        if self._words is None:
            self._words = self._asked("I18n", {}, "Global")
        found: object = self._words
        for key in (scope, part, name):
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def _def(self, key: str) -> Row:
        if key not in self._defs:
            entity = key.rpartition(".")[2]
            known = self.may(entity, "read")
            must = "fields" if key.startswith("entityDefs.") else "entity"
            self._defs[key] = self._asked("Metadata", {"key": key}, must) if known else {}
        return self._defs[key]

    def _asked(self, path: str, params: dict[str, str | int], must: str) -> Row:
        """An object with the part that it must have: half an answer would look like an EspoCRM without fields."""
        try:
            found = self.wire.get(path, params)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                return {}
            raise Unreachable(str(refusal)) from refusal
        if not isinstance(found, dict) or must not in found:
            raise Unreachable(f"{path} tells nothing")
        return found


def told(wire: Wire) -> object:
    """What `App/user` answers."""
    try:
        return wire.get("App/user")
    except Refusal as refusal:
        if refusal.status == 403:
            raise SignInNeeded(refusal.words, title=tr("EspoCRM does not let this user in")) from refusal
        raise Unreachable(str(refusal)) from refusal


def who(told: object) -> Me:
    """What `App/user` says. Raises ApiSunset for a version from before our time, Unreachable for anything else."""
    body = told if isinstance(told, dict) else {}
    user, settings, acl = (_part(body, name) for name in ("user", "settings", "acl"))
    if not isinstance(user.get("id"), str) or not isinstance(settings.get("version"), str):
        raise Unreachable("an answer that says neither who we are nor which EspoCRM it is")
    _check(settings["version"])
    if not isinstance(acl.get("table"), dict | list):  # PHP writes an empty table as a list
        raise Unreachable("an answer that does not say what is open to us")
    found = _part(_part(body, "appParams"), "pipelines").get("Opportunity")
    zone = _part(body, "preferences").get("timeZone") or settings.get("timeZone")
    return Me(
        user["id"],
        str(user.get("name") or user.get("userName") or ""),
        str(user.get("emailAddress") or ""),
        user.get("type") == "admin",
        _part(acl, "table"),
        _part(acl, "fieldTable"),
        settings,
        [each for each in found if isinstance(each, dict)] if isinstance(found, list) else [],
        str(zone or "UTC"),
        user,
    )


def _check(version: str) -> None:
    numbers = _numbers(version)
    if numbers and numbers < OLDEST:
        raise ApiSunset(
            f"EspoCRM {version}",
            advice=tr("This server is EspoCRM {version}; Companion needs 8.4 or later.", version=version),
        )


def _numbers(version: str) -> tuple[int, ...]:
    """Such as (8, 4); empty for a build from source, which calls itself "@@version"."""
    return tuple(int(part) for part in re.findall(r"\d{1,6}", version)[:2])


def _part(body: Mapping[str, Any], name: str) -> Row:
    found = body.get(name)
    return found if isinstance(found, dict) else {}
