"""One server per test module, one bench per test: what the rep, a colleague and the administrator do there is real."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.espocrm.live.bench import LiveBench
from tests.connectors.espocrm.live.server import LiveEspo


@pytest.fixture(scope="module")
def espo() -> Iterator[LiveEspo]:
    """The server behind the variables; what was made there meanwhile is taken away."""
    made = LiveEspo()
    made.rights()
    yield made
    made.tidy(made.began)
    made.close()


@pytest.fixture
def bench(espo: LiveEspo) -> Iterator[LiveBench]:
    """The rep signed in with a password."""
    made = LiveBench(espo)
    yield made
    made.close()


@pytest.fixture
def keyed(espo: LiveEspo) -> Iterator[LiveBench]:
    """An API user with a key."""
    made = LiveBench(espo, "key")
    yield made
    made.close()
