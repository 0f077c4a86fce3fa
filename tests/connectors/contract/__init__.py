"""What every connector must keep, as tests that each connector's own test class inherits.

    class TestTryton(ConnectorContract):
        CANT = {"merge deal": "Tryton merges parties only"}

        @pytest.fixture
        def bench(self, ...) -> Bench: ...

The bench is all that differs (`bench.py` says what it brings): a way to a fresh connector for the rep, a colleague who
works in the CRM directly, an administrator, and troubles on the way. What a bench can't show is skipped by name and
only with a reason in `CANT`, never passed in silence.

     1  many rows with one stamp             reading.py          9  two reps, one record           two_reps.py
     2  late commits                         late.py            10  partial batches, order         doubt.py
     3  a crash after any page               reading.py         11  troubles of network and CRM    trouble.py
     4  what leaves and comes back           leaving.py         12  sessions that end              sign_in.py
     5  the computer's clock is wrong        late.py            13  refusals                       refusals.py
     6  more rows than a search gives        reading.py         14  fields change in mid-sync      schema_change.py
     7  old and damaged cursors              late.py            15  texts, days, money             text.py
     8  an answer lost after the commit      doubt.py           16  the sweep's safety brake       brake.py

Besides: what a connector says of itself (telling.py), creates and updates (writing.py), a rep's day (day.py).
"""

from __future__ import annotations

from tests.connectors.contract.bench import Administrator, Bench, Colleague, WholeBench
from tests.connectors.contract.brake import Brake
from tests.connectors.contract.candour import Candour
from tests.connectors.contract.day import Day
from tests.connectors.contract.doubt import Doubt
from tests.connectors.contract.late import Late
from tests.connectors.contract.leaving import Leaving
from tests.connectors.contract.mirror import BOOK, EVERYTHING, Book, drain, synced
from tests.connectors.contract.ops import AT, op, op_id, push_one, sent_before
from tests.connectors.contract.reading import Reading
from tests.connectors.contract.refusals import Refusals
from tests.connectors.contract.schema_change import SchemaChange
from tests.connectors.contract.sign_in import SignIn
from tests.connectors.contract.telling import Telling
from tests.connectors.contract.text import Text
from tests.connectors.contract.trouble import Trouble
from tests.connectors.contract.two_reps import TwoReps
from tests.connectors.contract.writing import Writing

__all__ = (
    "AT",
    "BOOK",
    "EVERYTHING",
    "Administrator",
    "Bench",
    "Book",
    "Colleague",
    "ConnectorContract",
    "WholeBench",
    "drain",
    "op",
    "op_id",
    "push_one",
    "sent_before",
    "synced",
)  # fmt: skip


class ConnectorContract(
    Candour,
    Telling,
    Reading,
    Late,
    Leaving,
    Writing,
    Doubt,
    TwoReps,
    Refusals,
    Trouble,
    SignIn,
    SchemaChange,
    Day,
    Text,
    Brake,
):
    """Inherit, provide `bench`, and say in `CANT` what the bench can't show."""
