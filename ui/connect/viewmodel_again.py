"""Signing in again to the book that is open: with a new key or password, with a code, or through the browser."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from companion.domain.problems import CannotConnect, Problem
from ui.background import Errand
from ui.connect.choices import Ask, choice_of
from ui.connect.form import wrong_code
from ui.connect.trip import Trip
from ui.connect.viewmodel_trip import TripViewModel

Renew = Callable[[str, str, Trip], None]
"""Signs in with a key or password and a code, or by the browser where the account's way is that. Called on a thread of
its own. Raises CannotConnect; nothing is changed then."""


class AgainViewModel(TripViewModel):
    """`connector` and `way` are the account's. Lives on the UI thread; what was typed stays until it works."""

    renewed = Signal()

    def __init__(self, connector: str, way: str, renew: Renew, parent: QObject | None = None) -> None:
        super().__init__(parent)
        choice = choice_of(connector)
        self._way = choice.way(way)
        self._renew = renew
        self.crm = choice.name
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
        trip = self._set_out()
        errand: Errand[None] = Errand(lambda: self._renew(secret, code, trip), self)
        errand.done.connect(lambda: self._done(trip))
        errand.failed.connect(lambda error: self._failed(trip, error))
        self.moved.emit()
        errand.start()

    def go_back(self) -> None:
        """Gives up what is under way; what was typed stays."""
        if self.busy:
            self._turn_back()
            self.moved.emit()

    def _done(self, trip: Trip) -> None:
        if trip is self._trip:
            self._come_home()
            self.moved.emit()
            self.renewed.emit()

    def _failed(self, trip: Trip, error: Exception) -> None:
        if trip is not self._trip:
            return
        self._come_home()
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
