"""What every screen is given: the open book, the clock, the team's workspace, and the desk where the rep acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from threading import Event
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from companion.database import Database
from companion.domain.records import Kind
from companion.domain.sync_status import SyncStatus
from companion.domain.text import plain_name
from companion.domain.workspace import Workspace
from ui.book_timer import BookTimer, call_soon

if TYPE_CHECKING:
    from companion.actions.desk import Desk


class Book(Protocol):
    """An open book with what works on it, as the window is handed it."""

    database: Database
    workspace: Workspace
    demo: bool

    @property
    def account_words(self) -> str:
        """What is connected, in words; '' for the demo book."""

    @property
    def clock(self) -> Callable[[], datetime]:
        """Gives an aware local time."""

    def desk(self) -> Desk:
        """Where the rep acts."""

    def refresh_due(self, limit: int = 50) -> bool:
        """Looks again at those whose reasons change with time alone; True if there may be more. Any thread."""

    def learn(self) -> None:
        """Takes the norms of the stages from the book's own history. Any thread."""

    def reword(self) -> None:
        """Lets everybody be looked at again whose reasons stand in another language than the one spoken. Any thread."""

    def tidy(self) -> bool:
        """Does a little of what the rep's next act would have to do else; True if there may be more. Any thread."""

    def start_sync(self, listener: Callable[[SyncStatus], None], poll_s: float = 60.0) -> None:
        """Starts the worker; not on the UI thread."""

    def sync_now(self) -> None:
        """Asks the worker for a cycle now."""

    def leave_off_reading(self) -> None:
        """Ends a first reading of the CRM for now; what is here stays."""

    def close(self) -> None:
        """Stops sync and closes the file."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open book as the screens see it. `clock` gives an aware local time; `desk()` is made on first use, because it
    brings along what the first paint does not need."""

    database: Database
    clock: Callable[[], datetime]
    workspace: Workspace
    desk: Callable[[], Desk]
    demo: bool = False
    _ended: Event = field(default_factory=Event, repr=False, compare=False)

    def end(self) -> None:
        """The window lets the book go: from now on no timer of any page reads it, wherever that page is."""
        self._ended.set()

    @property
    def is_over(self) -> bool:
        """Whether nothing may be read any more: the window let the book go, or its file was closed."""
        return self._ended.is_set() or self.database.is_closed

    def timer(self, parent: QObject) -> BookTimer:
        """A timer for what reads or keeps something of the book. UI thread."""
        return BookTimer(lambda: self.is_over, parent)

    def soon(self, context: QObject, do: Callable[[], object], ms: int = 0) -> None:
        """Calls `do` when the event loop comes round, or in `ms` milliseconds, if there is a book then. UI thread."""
        call_soon(lambda: self.is_over, context, do, ms)

    @property
    def zone(self) -> tzinfo:
        """The zone of this computer now."""
        zone = self.clock().tzinfo
        assert zone is not None
        return zone


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the next key is about: a person, or a deal that nobody is linked to yet. Ids are local.

    Names are as they may stand beside a button: one line, nothing hidden, nothing endless.
    """

    kind: Kind
    id: str
    name: str
    person_id: str | None = None
    deal_id: str | None = None
    deal_name: str = ""
    company_id: str | None = None

    def __post_init__(self) -> None:
        for each in ("name", "deal_name"):
            object.__setattr__(self, each, plain_name(getattr(self, each)))
