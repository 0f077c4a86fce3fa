"""What a rep does in a scenario: acts whose every op carries a word of its own, told before and after.

`tried` is told before an act, with how many ops it makes; `acked` when the rep sees "saved"; `failed` when the rep sees
an error instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from companion.actions.change_deal import set_amount
from companion.actions.desk import Desk, Done
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.bootstrap import Core
from companion.domain.records import Kind
from companion.store import outbox, records
from tests.rig.homes import Home, far_connector, hasty
from tests.rig.zygote import Tell

SOME_DAY = date(2099, 5, 5)


class Rep:
    """The rep at an open book."""

    def __init__(self, core: Core, tell: Tell) -> None:
        self.core = core
        self._tell = tell

    def logs_a_call(self, word: str, person: str = "P1") -> None:
        """A call with a next step: two ops."""
        entry = LogEntry("call", word, body=word, next_step=NextStep(word, SOME_DAY))
        self._acts(word, 2, lambda desk: log_activity(desk, entry, self.local(Kind.PERSON, person), None, word))

    def logs_a_call_about(self, word: str, deal: str, amount: int) -> None:
        """A call that also changes a deal: three ops in one act."""
        entry = LogEntry("call", word, body=word, next_step=NextStep(word, SOME_DAY), deal_values=(("amount", amount),))
        deal_id = self.local(Kind.DEAL, deal)
        self._acts(word, 3, lambda desk: log_activity(desk, entry, None, deal_id, word), amount)

    def sets_an_amount(self, word: str, deal: str, amount: int) -> None:
        """One op."""
        self._acts(word, 1, lambda desk: set_amount(desk, self.local(Kind.DEAL, deal), amount, word), amount)

    def local(self, kind: Kind, remote_id: str) -> str:
        """The local id of a record of the CRM's."""
        with self.core.database.read() as rows:
            return records.local_ids(rows, kind, [remote_id])[remote_id]

    def _acts(self, word: str, ops: int, act: Callable[[Desk], Done], amount: int | None = None) -> None:
        self._tell({"tried": word, "ops": ops, "amount": amount})
        try:
            done = act(hasty(self.core))
        except Exception as error:  # noqa: BLE001 - what the rep sees is an error, whatever it is
            self._tell({"failed": word, "why": type(error).__name__})
            return
        self._tell({"acked": word, "gesture": done.gesture_id, "ops": ops})

    def made(self, gesture_id: str) -> list[str]:
        """The ids of an act's ops."""
        with self.core.database.read() as rows:
            return [op.id for op in outbox.of_gesture(rows, gesture_id)]


def opened(home: Path, url: str) -> Core:
    """The profile in `home`, opened as the app does, with its CRM at `url`."""
    place = Home(home)
    place.move_in()
    return place.open(far_connector(url))
