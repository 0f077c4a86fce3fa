"""Acme keeps the contract: the inherited suite against the fake, and the list of what is still to be written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from companion.connectors.acme import connector
from tests.connectors.acme.bench import AcmeBench
from tests.connectors.contract import ConnectorContract
from tests.connectors.contract.unwritten import unwritten


@pytest.fixture
def bench() -> Iterator[AcmeBench]:
    """A fresh server."""
    made = AcmeBench()
    yield made
    made.close()


class TestAcme(ConnectorContract):
    """What the bench can't show of the sixteen points, by the hook's name: why."""

    CANT: ClassVar[dict[str, str]] = {}


def test_nothing_is_left_to_write() -> None:
    left = unwritten(connector.__file__, __file__, bench=AcmeBench, cant=TestAcme.CANT)
    if left:
        pytest.fail("\n".join(("still to be written:", *left)), pytrace=False)
