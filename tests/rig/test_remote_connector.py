"""The demo CRM over a socket is the same CRM, and its troubles are those of real ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from companion.connectors.base import RateLimited, SignInNeeded, Unreachable
from companion.connectors.demo.switches import PROFILES
from companion.connectors.http import Client
from companion.domain.ops import OpState
from companion.domain.records import Kind
from tests.rig.crm_server import Office, Served, State
from tests.rig.remote_connector import RemoteConnector, administer, remote_connector
from tests.sync.world import World


@pytest.fixture
def served() -> Iterator[Served]:
    with Served(Office()) as made:
        yield made


class DistantWorld(World):
    """The office whose CRM is behind a socket, and whose clocks are the computer's."""

    def __init__(self, folder: Path, served: Served) -> None:
        self.served = served
        super().__init__(folder)
        self.now = time.time()

    def connect(self) -> RemoteConnector:
        return remote_connector(self.served.url)

    def close(self) -> None:
        """Lets go of file and connections."""
        self.connector.close()
        self.database.close()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_day_with_each_kind_of_crm(tmp_path: Path, served: Served, profile: str) -> None:
    served.office.reset(profile)
    world = DistantWorld(tmp_path, served)
    world.sync()
    edit = world.edit(Kind.DEAL, "D1", amount=777_00)
    person = world.create(Kind.PERSON, name="Neu")
    call = world.log_call("P1", "Spoke about looms")

    for _ in range(4):
        served.office.pass_time(100)
        world.sync(apart_s=100)

    assert [world.state(each) for each in (edit, person, call)] == [OpState.DONE] * 3
    row = served.office.crm.row(Kind.DEAL, "D1")
    assert row is not None
    assert row.fields["amount"] == 777_00
    assert [each.fields["name"] for each in served.office.crm.rows(Kind.PERSON)].count("Neu") == 1
    world.close()


def test_what_the_crm_refuses_is_told_as_a_real_one_would(served: Served) -> None:
    connector = remote_connector(served.url)
    connector.describe()

    served.office.crm.sign_out("U1")
    with pytest.raises(SignInNeeded):
        connector.fetch(Kind.DEAL, ["D1"])
    served.office.crm.sign_in("U1")
    served.office.crm.switch(rate=1, rate_window_s=100.0)
    connector.fetch(Kind.DEAL, ["D1"])
    with pytest.raises(RateLimited) as told:
        connector.fetch(Kind.DEAL, ["D1"])

    assert 0 < told.value.after_s <= 100
    connector.close()


def test_nobody_there_is_unreachable() -> None:
    connector = remote_connector("http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        connector.describe()
    connector.close()


def test_a_colleague_works_over_the_admin_door_and_the_state_survives_its_file(served: Served) -> None:
    with Client(time.monotonic) as client:
        administer(client, served.url, "edit", "U2", "deal", "D1", amount=5)
        log = administer(client, served.url, "log")
        assert [(write["actor"], write["field"], write["new"]) for write in log] == [("U2", "amount", 5)]
        with pytest.raises(ValueError, match="LookupError"):
            administer(client, served.url, "edit", "U2", "deal", "nobody", amount=5)

    kept = msgspec.json.decode(msgspec.json.encode(served.office.state()), type=State)
    other = Office()
    other.restore(kept)

    row = other.crm.row(Kind.DEAL, "D1")
    assert row is not None
    assert row.fields["amount"] == 5
    assert len(other.crm.log) == 1
