"""Signing in again to the book that is open: with a new key or password, with a code, or through the browser."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from companion.domain.problems import CannotConnect, Problem
from ui.background import Errand
from ui.connect.choices import Ask, choice_of
from ui.connect.form import wrong_code
from ui.connect.trip import Trip

Renew = Callable[[str, str, Trip], None]
"""Signs in with a key or password and a code, or by the browser where the account's way is that. Called on a thread of
its own. Raises CannotConnect; nothing is changed then."""


class AgainViewModel(QObject):
    """`connector` and `way` are the account's. Lives on the UI thread; what was typed stays until it works."""

    moved = Signal()
    renewed = Signal()
    browser_wanted = Signal(str)
    """The address of the CRM's own page, to be opened in the system's browser."""

    def __init__(self, connector: str, way: str, renew: Renew, parent: QObject | None = None) -> None:
        super().__init__(parent)
        choice = choice_of(connector)
        self._way = choice.way(way)
        self._renew = renew
        self._trip: Trip | None = None
        self.crm = choice.name
        self.page = ""
        """The address of the CRM's own page while it is waited for."""
        self.no_browser = False
        """Whether the system could not open it."""
        self.asks_code = ""
        """Why the CRM asks for a code, in words; '' while it doesn't."""
        self.problem: Problem | None = None
        self.problem_field = ""

    @property
    def by_browser(self) -> bool:
        """Whether nothing is typed here."""
        return self._way.by_browser

    @property
    def ask(self) -> Ask:
        """What this way calls its key or password; its words are still to translate."""
        return next(each for each in self._way.asks if each.field in ("secret", "client_id"))

    @property
    def busy(self) -> bool:
        """Whether the CRM or the browser is being waited for."""
        return self._trip is not None

    @property
    def in_browser(self) -> bool:
        """Whether the rep is to sign in there now."""
        return self.busy and bool(self.page)

    def sign_in(self, secret: str = "", code: str = "") -> None:
        """Tries it away from the UI thread."""
        if self.busy:
            return
        self.problem, self.problem_field = None, ""
        if not self.by_browser and not secret:
            self._refuse("secret", Problem(self.tr("The key is missing."), self.tr("Nothing was sent.")))
            return
        if self.asks_code and not code:
            self._refuse("code", Problem(self.tr("The code is missing."), self.tr("Nothing was sent.")))
            return
        trip = Trip(lambda url: self._sent_to_browser(trip, url))
        errand: Errand[None] = Errand(lambda: self._renew(secret, code, trip), self)
        errand.done.connect(lambda: self._done(trip))
        errand.failed.connect(lambda error: self._failed(trip, error))
        self._trip = trip
        self.moved.emit()
        errand.start()

    def open_again(self) -> None:
        """Opens the CRM's page once more."""
        if self.in_browser:
            self.browser_wanted.emit(self.page)

    def browser_failed(self) -> None:
        """The system has no browser that opens: the rep takes the address there herself."""
        self.no_browser = True
        self.moved.emit()

    def go_back(self) -> None:
        """Gives up what is under way; what was typed stays."""
        if self._trip is not None:
            self._trip.end()
            self._end()
            self.moved.emit()

    def _sent_to_browser(self, trip: Trip, url: str) -> None:
        if trip is self._trip:
            self.page, self.no_browser = url, False
            self.moved.emit()
            self.browser_wanted.emit(url)

    def _done(self, trip: Trip) -> None:
        if trip is self._trip:
            self._end()
            self.moved.emit()
            self.renewed.emit()

    def _failed(self, trip: Trip, error: Exception) -> None:
        if trip is not self._trip:
            return
        self._end()
        if not isinstance(error, CannotConnect):
            self._refuse("", Problem(self.tr("Signing in did not work."), self.tr("Companion’s log says more.")))
            raise error
        if error.field == "code" and not self.asks_code:
            self.asks_code = f"{error.problem.title}. {error.problem.advice}".strip()
            self.problem_field = "code"
            self.moved.emit()
        elif error.field == "secret" and self.asks_code:
            self._refuse("code", wrong_code())
        else:
            self._refuse(error.field, error.problem)

    def _refuse(self, field: str, problem: Problem) -> None:
        self.problem_field, self.problem = field, problem
        self.moved.emit()

    def _end(self) -> None:
        self._trip, self.page = None, ""
