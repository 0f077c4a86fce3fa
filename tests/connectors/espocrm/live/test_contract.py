"""The contract, proven against a real server."""

from __future__ import annotations

import os
from typing import ClassVar

import pytest

from tests.connectors.espocrm.live import server
from tests.connectors.espocrm.live.bench import LiveBench
from tests.connectors.espocrm.what_it_cannot import OnEspoCrm

pytestmark = server.proof()


class Whole(OnEspoCrm):
    """Each tie stays in the server's book, which the tests behind it read: more than two pages show as much as ten."""

    TIES: ClassVar = (60, 25)
    CANT: ClassVar = {
        **OnEspoCrm.CANT,
        "now": "a real server keeps its own time",
        "retype_field": "EspoCRM changes no field's type",
    }
    if server.version() < (9, 1):
        CANT["require_at_stage"] = "the server checks dynamic logic from 9.1 on"
    if not os.environ.get(server.SQL):
        CANT["late"] = f"EspoCRM stamps what it saves itself: set {server.SQL}"


class TestLiveEspoCrm(Whole):
    """The whole contract, with a user's token."""


class TestLiveEspoCrmWithKey(Whole):
    """The whole contract once more, with the key of an API user."""

    @pytest.fixture
    def bench(self, keyed: LiveBench) -> LiveBench:
        return keyed
