"""The contract against an org in memory that is kept honest by simple-salesforce (test_honest.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import pytest

from companion.domain.records import Kind, Value
from tests.connectors.contract import ConnectorContract
from tests.connectors.contract.day import Day
from tests.connectors.contract.doubt import Doubt
from tests.connectors.contract.text import Text
from tests.connectors.contract.two_reps import TwoReps
from tests.connectors.contract.writing import Writing
from tests.connectors.salesforce.bench import SalesforceBench


@pytest.fixture
def bench() -> Iterator[SalesforceBench]:
    """A fresh org."""
    bench = SalesforceBench()
    yield bench
    bench.close()


class TestSalesforce(ConnectorContract):
    """The whole contract, in an org with an external id field."""

    RETIRED: ClassVar[tuple[Kind, str, Value]] = (Kind.COMPANY, "industry", "Banking")
    CANT: ClassVar[Mapping[str, str]] = {
        "merge deal": "Salesforce merges accounts, contacts and leads, no opportunities",
        "archive": "Salesforce puts no such records away: they are deleted or they are there",
        "retype_field": "Salesforce lets nobody change the type of a standard field",
        "result_cap": "SOQL pages through any number of rows",
        "shuffled_answers": "Salesforce answers a collection in the order of the request",
    }


class TestSalesforceAsItComes(Writing, Doubt, TwoReps, Day, Text):
    """What is written, in an org where no administrator has added a field: creates leave a mark and are looked for."""

    CANT: ClassVar[Mapping[str, str]] = TestSalesforce.CANT

    @pytest.fixture
    def bench(self) -> Iterator[SalesforceBench]:
        bench = SalesforceBench(keyed=False)
        yield bench
        bench.close()
