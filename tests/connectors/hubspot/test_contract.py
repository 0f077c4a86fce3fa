"""The contract against a small HubSpot over real HTTP; test_sdk.py and the vendor's documents keep that one honest."""

from __future__ import annotations

from typing import ClassVar

from companion.domain.records import Kind
from tests.connectors.contract import ConnectorContract


class TestHubSpot(ConnectorContract):
    """The whole contract."""

    RETIRED = (Kind.PERSON, "best_time", "Mornings")
    CANT: ClassVar = {
        "dependent": "HubSpot's API enforces what a rule demands, not which choices a field leaves to another"
    }
