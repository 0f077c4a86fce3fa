"""Tryton keeps the contract when answers are lost, cut or changed on the way: against a real server of its own."""

from __future__ import annotations

import pytest

from tests.connectors.contract.candour import Candour
from tests.connectors.contract.doubt import Doubt
from tests.connectors.contract.trouble import Trouble
from tests.connectors.tryton.what_it_cannot import OnTryton

pytestmark = pytest.mark.slow


class TestTrytonInTrouble(OnTryton, Candour, Doubt, Trouble):
    """Its `bench` is the fixture of this folder."""
