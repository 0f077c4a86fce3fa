"""The contract, and what is Odoo's own, proven against a real server.

Skipped unless COMPANION_ODOO_URL, _DATABASE, _USER and _KEY name one that may be written to: it leaves records behind.
COMPANION_ODOO_COLLEAGUE_KEY makes the colleague another user.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.contract import ConnectorContract
from tests.connectors.odoo.live import LiveBench, missing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"NOT PROVEN on a real Odoo: set {', '.join(missing())}"),
]


@pytest.fixture
def bench() -> Iterator[LiveBench]:
    """One server for all tests."""
    bench = LiveBench()
    yield bench
    bench.close()


class TestLiveOdoo(ConnectorContract):
    """The whole contract."""
