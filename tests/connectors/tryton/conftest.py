"""One server per test module, one bench per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.tryton.bench import TrytonBench
from tests.connectors.tryton_server import TrytonServer, running


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    pytest.importorskip("trytond")
    with running(tmp_path_factory.mktemp("tryton")) as server:
        yield server


@pytest.fixture
def bench(tryton: TrytonServer) -> Iterator[TrytonBench]:
    made = TrytonBench(tryton)
    yield made
    made.close()
