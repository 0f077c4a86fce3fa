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


@pytest.fixture
def ten() -> Iterator[EspoBench]:
    """Version 10 with pipelines."""
    bench = EspoBench("10.0.0", pipelines=True)
    yield bench
    bench.close()
