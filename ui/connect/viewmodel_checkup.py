"""Testing the connection: what is found comes one by one, and the whole page can be copied for support."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from companion.domain.finding import Finding
from companion.domain.language import trn
from ui.background import Errand, on_ui_thread
from ui.connect.trip import Trip

Look = Callable[[Callable[[Finding], None], Callable[[], bool]], None]
"""Looks at the connection on a thread of its own: it tells its first argument each finding, and ends early where its
second says that nobody waits any more."""


class CheckupViewModel(QObject):
    """Lives on the UI thread. `account` says in words what is connected."""

    moved = Signal()
    found = Signal(object)
    """One more Finding."""

    def __init__(self, look: Look, account: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._trip: Trip | None = None
        self.account = account
        self.findings: list[Finding] = []
        self.cancelled = False

    @property
    def busy(self) -> bool:
        """Whether something is still being looked at."""
        return self._trip is not None

    @property
    def well(self) -> bool:
        """Whether nothing needs a look."""
        return all(each.well for each in self.findings)

    @property
    def wants_sign_in(self) -> bool:
        """Whether signing in again is what helps."""
        return not self.busy and any(each.wants_sign_in for each in self.findings)

    @property
    def words(self) -> str:
        """How it goes, or how it went."""
        if self.busy:
            return self.tr("Looking at the connection…")
        if self.cancelled:
            return self.tr("Stopped. What was found so far stands here.")
        wrong = sum(not each.well for each in self.findings)
        if wrong:
            return trn("{n} thing needs a look.", "{n} things need a look.", wrong)
        return self.tr("The connection works.")

    @property
    def text(self) -> str:
        """The page as text for support."""
        return "\n".join(["Companion", *(each.line for each in self.findings), ""])

    def start(self) -> None:
        """Looks, from the beginning."""
        if self.busy:
            return
        self.findings, self.cancelled = [], False
        trip = Trip(lambda url: None)
        errand: Errand[None] = Errand(lambda: self._look(lambda each: self._tell(trip, each), trip.wanted), self)
        errand.done.connect(lambda: self._ended(trip))
        errand.failed.connect(lambda error: self._failed(trip, error))
        self._trip = trip
        self.moved.emit()
        errand.start()

    def cancel(self) -> None:
        """No more; what was found stays."""
        if self._trip is not None:
            self._trip.end()
            self._trip = None
            self.cancelled = True
            self.moved.emit()

    def _tell(self, trip: Trip, finding: Finding) -> None:
        """On the thread that looks."""
        on_ui_thread(lambda: self._add(trip, finding))

    def _add(self, trip: Trip, finding: Finding) -> None:
        if trip is self._trip:
            self.findings.append(finding)
            self.found.emit(finding)

    def _ended(self, trip: Trip) -> None:
        if trip is self._trip:
            self._trip = None
            self.moved.emit()

    def _failed(self, trip: Trip, error: Exception) -> None:
        if trip is not self._trip:
            return
        self._add(
            trip,
            Finding(
                False,
                self.tr("The test itself did not work"),
                self.tr("Your book is untouched. Copy a report for support from the Help menu."),
            ),
        )
        self._ended(trip)
        raise error
