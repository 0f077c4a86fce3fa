"""The first run: which CRM, where and as whom; trying it out, what that showed, and only then the book."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from companion.domain.problems import CannotConnect, Problem
from companion.domain.trial import Trial
from ui.background import Errand
from ui.connect.choices import CHOICES, CrmChoice, Way, choice_of
from ui.connect.form import Form, missing_of, missing_passphrase, tidy_address, wrong_code
from ui.connect.trip import Trip
from ui.connect.viewmodel_trip import TripViewModel

__all__ = ["CHOICES", "CannotConnect", "ConnectViewModel", "CrmChoice", "Form", "Step", "Trip", "sentence"]


class Step(Enum):
    """Where the first run stands."""

    CHOOSE = "choose"
    SIGN_IN = "sign in"
    CHECKING = "checking"
    BROWSER = "waiting for the browser"
    REPORT = "report"
    STORING = "storing"


class _Wish:
    """Whether the rep still wants what is being stored. Either Cancel or the storing of the book comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: str | None = None

    def take(self, by: str) -> bool:
        """True if `by` ('cancel' or 'store') is the first to take it, or took it already."""
        with self._lock:
            self._taken = self._taken or by
            return self._taken == by


TryOut = Callable[[Form, Trip], Trial]
"""Signs in and looks around; stores nothing. Called on a thread of its own. Raises CannotConnect, with the field 'code'
where the CRM asks for a second factor."""

Connect = Callable[[Form, Trial, Callable[[], bool]], object]
"""Makes the book. Called on a thread of its own. It asks its third argument once, right before anything is stored, and
stores nothing if the answer is False. Raises CannotConnect."""


class ConnectViewModel(TripViewModel):
    """Holds what was typed until it works; a failed try loses nothing. Lives on the UI thread.

    `look_for_keyring` tells in words why no keyring can hold the key, or ''; it may take a while and is asked away from
    the UI thread. So is `addresses`: those that a CRM sends the browser back to, which a company registers there.
    """

    demo_wanted = Signal()
    connected = Signal(object)
    """What `connect` returned: the open book."""

    def __init__(
        self,
        try_out: TryOut,
        connect: Connect,
        look_for_keyring: Callable[[], str],
        parent: QObject | None = None,
        addresses: Callable[[str], tuple[str, ...]] = lambda connector: (),
    ) -> None:
        super().__init__(parent)
        self._addresses = addresses
        self._returning: Errand[tuple[str, ...]] | None = None
        self.returns: dict[str, tuple[str, ...]] = {}
        """Where a CRM sends the browser back to, by its name; known a moment after it is chosen."""
        self._try_out, self._connect = try_out, connect
        self._look_for_keyring = look_for_keyring
        self._errand: Errand[object] | None = None
        self._search: Errand[str] | None = None
        self._wish = _Wish()
        self._tried = Form()
        self.no_keyring = ""
        """Why no keyring can hold the key, in words; then a passphrase is asked for."""
        self.step = Step.CHOOSE
        self.crm = ""
        """The proper name of the CRM that was chosen."""
        self.choice: CrmChoice | None = None
        self.way: Way | None = None
        self.form = Form()
        self.trial: Trial | None = None
        """What trying it out showed."""
        self.asks_code = ""
        """Why the CRM asks for a code, in words; '' while it doesn't."""
        self.problem: Problem | None = None
        self.problem_field = ""

    def words_of(self, text: str) -> str:
        """A choice's words in the rep's language."""
        return self.tr(text)

    # Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def choose(self, connector: str) -> None:
        """Goes on with a CRM."""
        self.choice = choice_of(connector)
        self.crm = self.choice.name
        self.way = self.choice.way(self.form.way if self.form.connector == connector else "")
        self.form = replace(self.form, connector=connector, way=self.way.name)
        self.asks_code = ""
        self._forget_problem()
        self._find_keyring()
        self._find_addresses()
        self._move(Step.SIGN_IN)

    def choose_way(self, number: int) -> None:
        """Another way to sign in to the same CRM; what both ask for stays."""
        if self.choice is None or self.busy:
            return
        self.way = self.choice.ways[number]
        self.form = replace(self.form, way=self.way.name)
        self.asks_code = ""
        self._forget_problem()
        self._find_addresses()
        self.moved.emit()

    @property
    def busy(self) -> bool:
        """Whether the CRM, the browser or the disk is being waited for."""
        return self.step in (Step.CHECKING, Step.BROWSER, Step.STORING)

    def go_back(self) -> None:
        """A step back; what was typed stays. Cancels what is under way unless the book is being stored already."""
        if self.step is Step.STORING and not self._wish.take("cancel"):
            return
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        self._turn_back()
        self._forget_problem()
        self._move(Step.CHOOSE if self.step is Step.SIGN_IN else Step.SIGN_IN)

    def use_passphrase(self) -> None:
        """A passphrase instead of the keyring, where that does not answer."""
        self.no_keyring = self.tr("A passphrase protects your book instead of the keyring.")
        self._forget_problem()
        self.moved.emit()

    @property
    def offers_passphrase(self) -> bool:
        """Whether the keyring is the trouble, so that a passphrase would help."""
        return self.problem is not None and self.problem_field == "keyring"

    def sign_in(self, form: Form) -> None:
        """Tries what was typed, away from the UI thread; what it showed waits for the rep's word."""
        if self.busy or self.way is None:
            return
        self.form = replace(form, url=tidy_address(form.url), way=self.way.name)
        self._forget_problem()
        missing = missing_of(self.form, self.way, with_code=bool(self.asks_code))
        missing = missing or (missing_passphrase(self.form) if self.no_keyring else None)
        if missing:
            self.problem_field, self.problem = missing
            self.moved.emit()
        elif self.trial is not None and _account_of(self.form) == _account_of(self._tried):
            self._move(Step.REPORT)  # only what stays on this computer was changed: the CRM has answered
        else:
            self._try()

    def confirm(self) -> None:
        """The rep has read what works: the book is made."""
        trial = self.trial
        if self.step is not Step.REPORT or trial is None:
            return
        form, wish = self.form, _Wish()
        self._wish = wish
        self._start(lambda: self._connect(form, trial, lambda: wish.take("store")), self._arrived)
        self._move(Step.STORING)

    # Errands ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _try(self) -> None:
        self.trial, self._tried = None, self.form
        filled = self.form
        trip = self._set_out()
        self._start(lambda: self._try_out(filled, trip), self._looked)
        self._move(Step.CHECKING)

    def _start(self, work: Callable[[], object], done: Callable[[object], None]) -> None:
        errand: Errand[object] = Errand(work, self)
        errand.done.connect(done)
        errand.failed.connect(self._failed)
        self._errand = errand
        errand.start()

    def _arrive_there(self) -> None:
        self._move(Step.BROWSER)

    def _looked(self, trial: object) -> None:
        self._errand = None
        self._come_home()
        if isinstance(trial, Trial):
            self.trial = trial
            self.asks_code = ""
            self._move(Step.REPORT)

    def _arrived(self, book: object) -> None:
        self._errand = None
        self.form, self._tried, self.trial = Form(), Form(), None
        self._move(Step.CHOOSE)
        self.connected.emit(book)

    def _failed(self, error: Exception) -> None:
        self._errand = None
        self._come_home()
        if isinstance(error, CannotConnect):
            self.problem, self.problem_field = error.problem, error.field
            if error.field == "code" and not self.asks_code:
                # Nothing is wrong: the CRM goes on asking.
                self.asks_code = f"{sentence(error.problem.title)} {error.problem.advice}".strip()
                self.problem = None
            elif error.field == "secret" and self.asks_code:
                self.problem, self.problem_field = wrong_code(), "code"
        else:
            self.problem = Problem(
                self.tr("Connecting did not work."),
                self.tr("Nothing was stored and the CRM was not changed. Companion’s log says more."),
            )
        self._move(Step.SIGN_IN)
        if not isinstance(error, CannotConnect):
            raise error

    def _find_keyring(self) -> None:
        if self._search is None:
            self._search = Errand(self._look_for_keyring, self)
            self._search.done.connect(self._keyring_found)
            self._search.start()

    def _keyring_found(self, why_not: str) -> None:
        if why_not and not self.no_keyring:
            self.no_keyring = why_not
            self.moved.emit()

    def _find_addresses(self) -> None:
        choice = self.choice
        if choice is None or self.way is None or not self.way.by_browser or choice.connector in self.returns:
            return
        name = choice.connector
        self.returns[name] = ()
        self._returning = Errand(lambda: self._addresses(name), self)
        self._returning.done.connect(lambda found: self._addresses_found(name, found))
        self._returning.start()

    def _addresses_found(self, connector: str, found: tuple[str, ...]) -> None:
        self.returns[connector] = found
        self.moved.emit()

    def _forget_problem(self) -> None:
        self.problem, self.problem_field = None, ""

    def _move(self, step: Step) -> None:
        self.step = step
        self.moved.emit()


def _account_of(form: Form) -> Form:
    """What the CRM is told of a form."""
    return replace(form, passphrase="", again="", whole_team=True, code="")


def sentence(title: str) -> str:
    """A title as the first of two sentences."""
    return title if title.endswith((".", "?", "!")) else f"{title}."
