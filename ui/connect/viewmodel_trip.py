"""What every sign-in shares that may send the rep to the browser: the trip there, its address, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui.connect.trip import Trip


class TripViewModel(QObject):
    """At most one trip at a time; what an earlier one still says is not heard. Lives on the UI thread."""

    moved = Signal()
    browser_wanted = Signal(str)
    """The address of the CRM's own page, to be opened in the system's browser."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trip: Trip | None = None
        self.page = ""
        """The address of the CRM's own page while it is waited for."""
        self.no_browser = False
        """Whether the system could not open it."""

    @property
    def in_browser(self) -> bool:
        """Whether the rep is to sign in there now."""
        return bool(self.page)

    def open_again(self) -> None:
        """Opens the CRM's page once more: the browser was closed, or it was another one's turn."""
        if self.in_browser:
            self.browser_wanted.emit(self.page)

    def browser_failed(self) -> None:
        """The system has no browser that opens: the rep takes the address there herself."""
        self.no_browser = True
        self.moved.emit()

    def _set_out(self) -> Trip:
        """A trip begins, in place of any other."""
        trip = Trip(lambda url: self._sent_to_browser(trip, url))
        self._trip = trip
        return trip

    def _sent_to_browser(self, trip: Trip, url: str) -> None:
        if trip is self._trip:
            self.page, self.no_browser = url, False
            self._arrive_there()
            self.browser_wanted.emit(url)

    def _arrive_there(self) -> None:
        """What else becomes different when the browser opens."""
        self.moved.emit()

    def _turn_back(self) -> None:
        """Nobody waits for the trip any more, if there is one."""
        if self._trip is not None:
            self._trip.end()
        self._come_home()

    def _come_home(self) -> None:
        """The trip has come to its end."""
        self._trip, self.page = None, ""
