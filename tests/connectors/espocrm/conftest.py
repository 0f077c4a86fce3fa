"""A fresh server for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.espocrm.bench import EspoBench


@pytest.fixture
def bench() -> Iterator[EspoBench]:
    """Version 8.4, with a user's token."""
    bench = EspoBench()
    yield bench
    bench.close()
