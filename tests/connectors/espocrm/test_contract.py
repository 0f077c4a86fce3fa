"""The contract against a small EspoCRM over real HTTP; test_recorded.py holds it to what a real one answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.what_it_cannot import OnEspoCrm


class TestEspoCrm(OnEspoCrm):
    """The whole contract, as version 8.4 with a token."""


class TestEspoCrmTen(OnEspoCrm):
    """The whole contract once more: version 10 with pipelines, conflict control, and an API key."""

    @pytest.fixture
    def bench(self) -> Iterator[EspoBench]:
        bench = EspoBench("10.0.0", way="key", pipelines=True)
        bench.espo.guarded = {"Account", "Contact", "Opportunity", "Call", "Meeting", "Task"}
        yield bench
        bench.close()
