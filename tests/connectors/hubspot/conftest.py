"""An account of HubSpot for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.hubspot.bench import HubSpotBench


@pytest.fixture
def bench() -> Iterator[HubSpotBench]:
    """A fresh account; what its documents complain about fails the test."""
    bench = HubSpotBench()
    yield bench
    bench.close()
