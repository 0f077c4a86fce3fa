"""The demo connector keeps the contract, whichever kind of CRM the embedded one plays."""

from __future__ import annotations

from typing import ClassVar

import pytest
from msgspec.structs import replace

from companion.connectors.demo.switches import PROFILES
from companion.connectors.demo.wire import straight
from tests.connectors.contract import ConnectorContract
from tests.connectors.demo.contract_bench import DemoBench


class TestDemoConnector(ConnectorContract):
    CANT: ClassVar = {
        "pc_clock_off_by": "the connector reads no clock of the computer",
        "result_cap": "a search gives as many rows as one asks for",
        "shuffled_answers": "the answers to a batch come in its order",
        "renewals": "each connector has a sign-in of its own here",
    }

    @pytest.fixture(params=[*PROFILES, "shifting pages"])
    def bench(self, request: pytest.FixtureRequest) -> DemoBench:
        shifting = replace(PROFILES["odoo-like"], shifting_pages=True)
        return DemoBench(PROFILES.get(request.param, shifting))


def test_the_straight_wire_carries_the_answer() -> None:
    assert straight("read", lambda: 7) == 7
