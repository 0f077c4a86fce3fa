"""What a real EspoCRM 8.4.2 answered: the small one must answer in the same shape, and our mapping must read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from companion.connectors.espocrm import mapping, session, stages
from companion.connectors.espocrm.activities import Around, call, note
from companion.connectors.espocrm.wire import Refusal
from tests.connectors.espocrm.fake_espocrm import FakeEspo
from tests.connectors.espocrm.fake_tables import ODDS, STAGES
from tests.connectors.fake_server import Reply, Request

FOLDER = Path(__file__).parent / "recorded"
ID = re.compile(r"[0-9a-f]{17}|doesnotexist")
NOW = 1_795_298_400.0


def recorded(name: str) -> dict[str, Any]:
    """One exchange with the real server."""
    told: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return told


def answered(name: str) -> Any:
    """The body of the real answer."""
    return recorded(name)["response"]["body"]


class World:
    """The small EspoCRM with what the recordings were made on, and its administrator."""

    def __init__(self) -> None:
        self.espo = FakeEspo(lambda: NOW)
        self.admin = self.espo.user("admin", kind="admin")
        limited = self.espo.user("apilimited", kind="api")
        read_own = {"create": "no", "read": "own", "edit": "no", "delete": "no"}
        self.espo.rights[limited] = {"Contact": read_own, "Opportunity": False}
        act = self.espo.act
        self.account = act(self.admin, "Account", {"name": "Company 0000 Adler GmbH"})["id"]
        self.campaign = act(self.admin, "Campaign", {"name": "Campaign 0"})["id"]
        person = {"firstName": "Ada", "lastName": "Adler", "emailAddress": "p0@company0.example", "title": "T0"}
        person |= {"accountId": self.account, "phoneNumber": "+14155550000"}
        self.contact = act(self.admin, "Contact", person)["id"]
        self.deal = act(self.admin, "Opportunity", {"name": "Deal 0", "amount": 1, "closeDate": "2026-12-01"})["id"]
        call = {"name": "Call 0", "dateStart": "2026-01-01 10:00:00", "dateEnd": "2026-01-01 10:30:00"}
        about = {"parentType": "Account", "parentId": self.account, "assignedUserId": self.admin, "status": "Held"}
        act(self.admin, "Call", {**call, **about})
        act(self.admin, "Note", {"type": "Post", "post": "hello", "parentType": "Opportunity", "parentId": self.deal})

    def replay(self, name: str, **more: str) -> Reply:
        """The recorded request, asked of the small server with its own ids in place of the real ones."""
        asked = recorded(name)["request"]
        entity = asked["path"].split("?")[0].split("/")[3]
        own = {"Contact": self.contact, "Opportunity": self.deal}.get(entity, "")
        path = re.sub(r"(?<=/)[0-9a-f]{17}", own, asked["path"])
        ids = {"accountId": self.account, "contactsIds": [self.contact], "campaignId": self.campaign}
        ids |= {"assignedUserId": self.admin, "usersIds": [self.admin], "id": self.contact}
        ids["parentId"] = self.account if entity == "Call" else self.deal
        body = asked["body"]
        if isinstance(body, dict):
            body = {key: ids.get(key, value) for key, value in body.items()}
        key = "key-apilimited" if "X-Api-Key" in asked["headers"] else "key-admin"
        headers = {"x-api-key": key, **{name.lower(): value for name, value in asked["headers"].items()}, **more}
        headers["x-api-key"] = key
        parts = urlsplit(path)
        raw = b"" if body is None else json.dumps(body).encode()
        return self.espo.dialect(Request(asked["method"], parts.path, parse_qs(parts.query), headers, raw))


@pytest.fixture
def world() -> World:
    """A fresh one."""
    return World()


def same_shape(theirs: Any, ours: Any, where: str = "") -> list[str]:
    """How two answers differ in keys and types; null stands for any type, and ids as keys for each other."""
    if theirs is None or ours is None:
        return []
    if isinstance(theirs, dict) and isinstance(ours, dict):
        by_id = any(ID.search(key) for key in (*theirs, *ours))
        if by_id:
            return same_shape(list(theirs.values())[:1], list(ours.values())[:1], f"{where}.#")
        told = [f"{where}.{key} is missing" for key in theirs.keys() - ours.keys()]
        told += [f"{where}.{key} is made up" for key in ours.keys() - theirs.keys()]
        return told + [
            line for key in theirs.keys() & ours.keys() for line in same_shape(theirs[key], ours[key], f"{where}.{key}")
        ]
    if isinstance(theirs, list) and isinstance(ours, list):
        return same_shape(theirs[0], ours[0], f"{where}[]") if theirs and ours else []
    numbers = isinstance(theirs, int | float) and isinstance(ours, int | float)
    same = type(theirs) is type(ours) or (numbers and not isinstance(theirs, bool) and not isinstance(ours, bool))
    return [] if same else [f"{where}: {type(theirs).__name__} there, {type(ours).__name__} here"]


READ_AND_MADE = (
    "account_create", "contact_create", "custom_id", "opportunity_create", "call_create", "note_create",
    "get_contact", "no_total", "pull_Account", "pull_Contact", "pull_Opportunity", "pull_Call",
    "delta_after", "note_list", "global_stream", "opp_lost", "relate", "delete", "list_deleted", "dup_check",
    "err_404", "err_date", "err_enum", "err_required", "err_type", "maxsize", "perm_create", "perm_edit", "perm_list",
    "perm_read", "perm_scope",
)  # fmt: skip


@pytest.mark.parametrize("name", READ_AND_MADE)
def test_the_small_server_answers_in_the_shape_of_the_real_one(world: World, name: str) -> None:
    if name == "get_contact":
        world.espo.guarded = {"Contact"}
    if name == "pull_Contact":
        world.espo.guarded = {"Contact"}

    reply = world.replay(name)

    real = recorded(name)["response"]
    assert reply.status == real["status"]
    reason = real["headers"].get("X-Status-Reason", "")
    assert ID.sub("#", reply.headers.get("X-Status-Reason", "")) == ID.sub("#", reason)
    assert same_shape(real["body"], reply.body) == []


def test_the_small_server_keeps_versions_as_the_real_one_does(world: World) -> None:
    world.espo.guarded = {"Contact"}
    # The real one said "zz" already when the last of these came, so that upon an old version nothing was to change.
    world.espo.act(world.admin, "Contact", {"title": "z0", "description": "zz"}, world.contact)

    for name in ("update_ok_version", "update_stale_version", "update_stale_disjoint"):
        reply, real = world.replay(name), recorded(name)["response"]
        assert reply.status == real["status"]
        assert isinstance(reply.body, dict)
        assert reply.body["versionNumber"] == real["body"]["versionNumber"]
        assert same_shape(real["body"], reply.body) == []


def test_the_small_server_forgets_a_deleted_record_as_the_real_one_does(world: World) -> None:
    assert world.replay("delete").body is True

    again, real = world.replay("delete_again"), recorded("delete_again")["response"]
    assert again.status == real["status"] == 404
    assert ID.sub("#", again.headers["X-Status-Reason"]) == ID.sub("#", real["headers"]["X-Status-Reason"])


def test_what_the_small_server_tells_of_a_user_the_real_one_tells_too(world: World) -> None:
    real, ours = answered("app_user"), world.replay("app_user").body
    assert isinstance(ours, dict)

    def made_up(theirs: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
        return [line for line in same_shape(theirs, told) if "missing" not in line]

    for part in ("user", "settings", "preferences", "appParams"):
        assert made_up(real[part], ours[part]) == []
    assert set(ours) <= set(real)
    assert {type(each) for each in ours["acl"]["table"].values()} <= {dict, bool}
    assert made_up(real["acl"]["table"]["Contact"], ours["acl"]["table"]["Contact"]) == []


def test_a_wrong_key_is_answered_as_the_real_one_does(world: World) -> None:
    reply = world.espo.dialect(Request("GET", "/api/v1/Contact", {}, {"x-api-key": "wrong"}, b""))

    assert reply.status == recorded("err_auth")["response"]["status"] == 401


# What our mapping makes of real answers ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def setting() -> mapping.Setting:
    """The stages that EspoCRM ships with."""
    all_stages = {
        name: stages.Stage(name, name, stages.SALES, name, {100: "won", 0: "lost"}.get(ODDS[name], "open"), ODDS[name])
        for name in STAGES
    }
    return mapping.Setting(stages.Stages(all_stages, {stages.SALES: "Sales"}), currency="USD", now=int(NOW))


def test_a_real_contact_is_a_person_at_a_company(setting: mapping.Setting) -> None:
    upsert = mapping.contact(answered("get_contact"), setting)

    assert upsert.fields["name"] == "Ada Adler"
    assert upsert.fields["role"] == "T0"
    assert upsert.fields["email"] == "p0@company0.example"
    assert upsert.fields["phone"] == "+14155550000"
    assert upsert.fields["created_at"] == 1_795_291_401
    assert upsert.links == {"company": "6b01f8d9466169014", "owner": None}
    assert upsert.changed_by == "6b01f69aa9da59d78"
    assert upsert.version.startswith("2026-11-21 21:22:59~")


def test_a_real_opportunity_is_a_deal_with_its_stage_contact_and_money(setting: mapping.Setting) -> None:
    made, lost = (mapping.opportunity(answered(name), setting) for name in ("opportunity_create", "opp_lost"))

    assert (made.fields["status"], lost.fields["status"]) == ("open", "lost")
    assert (made.fields["probability"], lost.fields["probability"]) == (10, 0)
    assert made.fields["amount"] == 100_000
    assert made.fields["currency"] == "USD"
    assert made.fields["close_on"] == "2026-12-01"
    assert made.fields["campaign"] == "Campaign 0"
    assert made.links == {
        "company": "6b01f8d9466169014", "person": "6b01f909d235e8fa2", "owner": None, "stage": "Prospecting",
        "pipeline": "opportunity",
    }  # fmt: skip


def test_a_real_call_is_an_activity_with_who_took_part(setting: mapping.Setting) -> None:
    upsert = call(answered("call_create"), Around(setting))

    assert upsert.remote_id == "Call:6b01fb10bfdd07e31"
    assert {name: upsert.fields[name] for name in ("what", "direction", "subject", "done", "duration_s")} == {
        "what": "call", "direction": "out", "subject": "Call 0", "done": True, "duration_s": 1800,
    }  # fmt: skip
    assert upsert.fields["at"] == 1_767_261_600
    assert upsert.links == {
        "person": "6b01f909d235e8fa2", "company": "6b01f8d9466169014", "deal": None, "owner": "6b01f69aa9da59d78",
    }  # fmt: skip


def test_a_real_post_is_a_note_on_its_deal(setting: mapping.Setting) -> None:
    deal = {"6b01faaee461d8193": {"accountId": "A", "contactId": None, "contactsIds": ["C"]}}

    upsert = note(answered("note_create"), Around(setting, deal))

    assert upsert.fields["body"] == "Note 3: talked about the offer"
    assert upsert.links == {
        "person": "C", "company": "A", "deal": "6b01faaee461d8193", "owner": "6b01f69aa9da59d78"
    }  # fmt: skip


def test_a_post_has_one_version_in_the_list_the_stream_and_alone(setting: mapping.Setting) -> None:
    listed, streamed = (answered(name)["list"][0] for name in ("note_list", "global_stream"))
    edited = {**listed, "modifiedAt": "2026-11-22 08:00:00", "modifiedById": "6b01f69aa9da59d78"}

    versions = {note(row, Around(setting)).version for row in (listed, streamed, edited)}

    assert len(versions) == 1


def test_the_real_user_may_do_everything() -> None:
    me = session.who(answered("app_user"))

    assert (me.id, me.name, me.admin, me.zone) == ("6b01f69aa9da59d78", "Admin", True, "UTC")
    assert me.settings["version"] == "8.4.2"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("err_required", ("lastName", "required")),
        ("err_enum", ("stage", "valid")),
        ("err_date", ("closeDate", "valid")),
    ],
)
def test_a_real_refusal_names_its_field(name: str, expected: tuple[str, str]) -> None:
    real = recorded(name)["response"]

    refusal = Refusal(real["status"], real["headers"]["X-Status-Reason"], real["body"])

    assert refusal.invalid == expected


Made = Callable[[dict[str, Any], mapping.Setting], Any]


@pytest.mark.parametrize(("name", "made"), [("pull_Account", mapping.account), ("pull_Contact", mapping.contact)])
def test_every_row_of_a_real_list_is_read(name: str, made: Made, setting: mapping.Setting) -> None:
    rows = [row for row in answered(name)["list"] if isinstance(row, dict)]

    told = [made(row, setting) for row in rows]

    assert len(told) == len(rows) > 0
    assert all(each.fields["name"] and each.version for each in told)
