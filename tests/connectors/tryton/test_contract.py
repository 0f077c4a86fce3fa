"""Tryton keeps the contract: the inherited suite against a real server."""

from __future__ import annotations

import pytest

from tests.connectors.contract import ConnectorContract

pytestmark = pytest.mark.slow


class TestTryton(ConnectorContract):
    """Its `bench` is the fixture of this folder."""
