"""What a connector's tests must bring: one CRM with a small book, a colleague, an administrator, and its troubles.

Every connector has a `Bench`. What `WholeBench` adds are hooks: a bench without one is skipped by name, and only where
its test class says why in `CANT`. A method for something that the CRM doesn't have raises NotImplementedError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from companion.connectors.base import Connector, Op
from companion.domain.records import Kind, Value
from tests.connectors.fake_server import FakeServer, Reply, Request


class Colleague(Protocol):
    """Somebody else who works in the same CRM, past our connector. Fields and links have the names of `records`."""

    def create(self, kind: Kind, fields: Mapping[str, Value], links: Mapping[str, str | None]) -> str:
        """Makes a record and returns its remote id."""

    def edit(self, kind: Kind, remote_id: str, fields: Mapping[str, Value]) -> None:
        """Changes fields of a record."""

    def delete(self, kind: Kind, remote_id: str) -> None:
        """Deletes a record; where the CRM has a recycle bin, into it."""

    def burst(self, kind: Kind, names: Sequence[str]) -> list[str]:
        """Makes many companies or people in one transaction, so that they share one stamp."""


class Administrator(Protocol):
    """Who sets the CRM up. `ours` is a field's name in `records`. Each may raise NotImplementedError."""

    def move_away(self, kind: Kind, remote_id: str) -> None:
        """Makes a colleague the owner."""

    def forbid(self, kind: Kind) -> None:
        """Takes away the rep's right to a whole kind."""

    def permit(self, kind: Kind) -> None:
        """Gives it back."""

    def merge(self, kind: Kind, loser: str, winner: str) -> None:
        """Merges one record into another of the same kind."""

    def archive(self, kind: Kind, remote_id: str) -> None:
        """Puts a record away without deleting it."""

    def undelete(self, kind: Kind, remote_id: str) -> None:
        """Brings back what a colleague deleted."""

    def drop_field(self, kind: Kind, ours: str) -> None:
        """The field is no more, or no longer shown to the rep."""

    def retype_field(self, kind: Kind, ours: str) -> None:
        """The field's values come as something else from now on: a text for a number, a list for a text."""

    def retire_choice(self, kind: Kind, ours: str, value: Value) -> None:
        """The value can no longer be chosen; records that have it keep it."""

    def require_at_stage(self, ours: str, stage_id: str) -> None:
        """A deal can't come into the stage with this field empty."""

    def forbid_field(self, kind: Kind, ours: str) -> None:
        """Takes away the rep's right to write one field; it can still be read."""


class Bench(Protocol):
    """One CRM with a small book in it: at least ten companies, twenty people, eight deals and eight activities."""

    @property
    def colleague(self) -> Colleague:
        """Somebody who changes things past our connector."""

    def connector(self, *, page: int | None = None) -> Connector:
        """A fresh connector of the rep's, with small pages where it can have them. The bench closes it.

        Where there are tokens, all of them share one keeper, as two copies of the app would.
        """

    def settle(self) -> None:
        """Lets time pass (a hand-moved clock, or a real wait) until a pull shows all that was done so far."""


class WholeBench(Bench, Protocol):
    """A bench with all hooks: what a CRM can show of the sixteen points."""

    def unlucky(self) -> Connector | None:
        """A connector whose next write takes effect although its answer never comes. None: can't be shown."""

    def refused(self) -> Op | None:
        """An op that this CRM is sure to refuse in words. None: it takes anything."""

    def duplicate(self) -> Op | None:
        """A create that this CRM takes for a record which it has already. None: it never does."""

    def dependent(self) -> Op | None:
        """An op with a choice that another field's value rules out. None: no such rules."""

    server: FakeServer | None
    """What stands before the CRM and takes troubles by `fail`."""

    def is_write(self, request: Request) -> bool:
        """Whether a request may change something."""

    def is_create(self, request: Request) -> bool:
        """Whether a request makes the record of a create."""

    def quota(self) -> Reply | None:
        """How this CRM says that the calls of the day are used up. None: it counts no days."""

    now: float
    """The CRM's clock in seconds since 1970, moved by hand: settable."""

    def pc_clock_off_by(self, seconds: float) -> None:
        """From the next connector on, the computer's clock is so far ahead of the CRM's."""

    def late(self, kind: Kind, seconds_ago: float) -> str:
        """A record that can be seen only now, though its stamp lies so far back: a long transaction."""

    result_cap: int | None
    """How many rows one search gives at most, however one pages. None: any number."""

    administrator: Administrator | None
    """Who sets the CRM up."""

    def partial_batches(self) -> None:
        """From now on the CRM does only the first item of a request with several, and says so."""

    def shuffled_answers(self) -> None:
        """From now on the items of an answer to several writes come in another order than they were sent."""

    def expire(self) -> None:
        """Ends the session or access token in use; a connector signs in anew without a word."""

    def revoke(self) -> None:
        """Ends the sign-in itself: only a person can sign in again."""

    renewals: int
    """How often a session or token was renewed so far."""


HOOKS: Final = (
    "unlucky", "refused", "duplicate", "dependent", "server", "quota", "now", "pc_clock_off_by", "late", "result_cap",
    "administrator", "partial_batches", "shuffled_answers", "expire", "revoke", "renewals",
)  # fmt: skip
"""What a bench may lack if `CANT` says why; `is_write` and `is_create` come with `server`."""

VERBS: Final = tuple(name for name in vars(Administrator) if not name.startswith("_"))
"""What an administrator may lack if `CANT` says why, for all kinds ('merge') or for one ('merge deal')."""
