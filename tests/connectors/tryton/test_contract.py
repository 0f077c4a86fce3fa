"""Tryton keeps the contract: the inherited suite against a real server. Troubles on the way stand beside it."""

from __future__ import annotations

import pytest

from tests.connectors.contract.brake import Brake
from tests.connectors.contract.candour import Candour
from tests.connectors.contract.day import Day
from tests.connectors.contract.late import Late
from tests.connectors.contract.leaving import Leaving
from tests.connectors.contract.reading import Reading
from tests.connectors.contract.refusals import Refusals
from tests.connectors.contract.schema_change import SchemaChange
from tests.connectors.contract.sign_in import SignIn
from tests.connectors.contract.telling import Telling
from tests.connectors.contract.text import Text
from tests.connectors.contract.two_reps import TwoReps
from tests.connectors.contract.writing import Writing
from tests.connectors.tryton.what_it_cannot import OnTryton

pytestmark = pytest.mark.slow


class TestTryton(
    OnTryton,
    Candour,
    Telling,
    Reading,
    Late,
    Leaving,
    Writing,
    TwoReps,
    Refusals,
    SignIn,
    SchemaChange,
    Day,
    Text,
    Brake,
):
    """Its `bench` is the fixture of this folder."""
