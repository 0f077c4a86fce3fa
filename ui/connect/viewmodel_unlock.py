"""Opening the book that is here with its key: what stands in the way, and trying again. Nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from companion.database import DatabaseProblem
from companion.domain.file_problems import KeyRefused
from companion.domain.key_problems import (
    KeyFileDamaged,
    KeyMissing,
    KeyProblem,
    KeyringFailed,
    LeaseEnded,
    WrongKey,
)
from companion.domain.problems import Problem
from ui.background import Errand
from ui.connect.trip import Trip
from ui.connect.viewmodel_trip import TripViewModel

if TYPE_CHECKING:
    from ui.connect.viewmodel_set_aside import SetAsideViewModel

_FOR_GOOD = (KeyFileDamaged, KeyMissing, KeyRefused, KeyringFailed, WrongKey)
"""What may be wrong with a key that nobody can mend."""

Method = Literal["passphrase", "keyring", "sign in"]

SignIn = Callable[[str, str, str, Trip], object]
"""Opens the book with a passphrase ('' for the keyring) and a new key or password of the CRM, and the code of a second
factor; without a key by the trip to the browser. Called on a thread of its own."""


class UnlockViewModel(TripViewModel):
    """Tries to open a book away from the UI thread. `open_book` takes the passphrase ('' for the keyring).

    It raises KeyProblem or DatabaseProblem, and never makes or changes anything. `sign_in` is called where the book has
    been away from the CRM for too long and the old key is refused.
    """

    opened = Signal(object)
    """What `open_book` returned."""

    def __init__(
        self,
        method: Method,
        open_book: Callable[[str], object],
        parent: QObject | None = None,
        *,
        sign_in: SignIn | None = None,
        aside: SetAsideViewModel | None = None,
    ) -> None:
        super().__init__(parent)
        self.method: Method = method
        self._open_book = open_book
        self._sign_in = sign_in
        self._passphrase = ""
        self._errand: Errand[object] | None = None
        self.crm = ""
        self.by_browser = False
        """Whether the account is signed in to through the browser: then nothing is typed."""
        self.asks_code = False
        """Whether the CRM asks for the code of a second factor."""
        self.problem: Problem | None = None
        self.aside = aside
        """How the book is set aside when its key is lost."""
        self._lost = method == "passphrase"

    @property
    def offers_aside(self) -> bool:
        """Whether the rep is shown the way on without the key: always beside a passphrase, which may be forgotten."""
        return self.aside is not None and self._lost and self.method != "sign in"

    @property
    def typed(self) -> bool:
        """Whether something has to be typed to go on."""
        return self.method == "passphrase" or (self.method == "sign in" and not self.by_browser)

    @property
    def busy(self) -> bool:
        """Whether a try is under way: a keyring may be asking the rep in a window of its own."""
        return self._errand is not None

    @property
    def title(self) -> str:
        """What the page says first."""
        if self.method == "passphrase":
            return self.tr("Your passphrase")
        if self.method == "sign in":
            return self.tr("Sign in to open your book")
        return self.problem.title if self.problem else self.tr("Opening your book")

    @property
    def advice(self) -> str:
        """What the page says below its title."""
        if self.method == "passphrase":
            return self.tr("It opens the encrypted copy of your book on this computer.")
        if self.method == "sign in":
            if self.problem is not None and not self.typed:
                return self.problem.advice
            return self.tr("The CRM has not known you for a while. What you logged is safe, and is sent afterwards.")
        if self.problem:
            return self.problem.advice
        return self.tr("Your system’s keyring may ask you to unlock it.")

    @property
    def beside_field(self) -> Problem | None:
        """What was wrong with what was typed."""
        return self.problem if self.typed and not self.busy else None

    def attempt(self, typed: str = "", code: str = "") -> None:
        """Tries to open the book; a try under way goes on alone."""
        if self.busy or (self.aside is not None and self.aside.busy):
            return
        if self.typed and not typed:
            missing = self.tr("The passphrase is missing.")
            self.problem = Problem(missing if self.method == "passphrase" else self.tr("The key is missing."))
            self.moved.emit()
            return
        sign_in = self._sign_in
        if self.method == "sign in" and sign_in is not None:
            trip = self._set_out()
            errand: Errand[object] = Errand(lambda: sign_in(self._passphrase, typed, code, trip), self)
        else:
            self._passphrase = typed
            errand = Errand(lambda: self._open_book(typed), self)
        errand.done.connect(self._opened)
        errand.failed.connect(self._failed)
        self._errand = errand
        self.moved.emit()
        errand.start()

    def go_back(self) -> None:
        """Gives the trip to the browser up."""
        if self._trip is not None and self._errand is not None:
            self._turn_back()
            self._errand.cancel()
            self._errand = None
            self.moved.emit()

    def _end(self) -> None:
        self._errand = None
        self._come_home()

    def _opened(self, book: object) -> None:
        self._end()
        self.problem = None
        self.opened.emit(book)

    def _failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, LeaseEnded) and error.refused and self._sign_in is not None and self._is_news(error):
            self.method, self.by_browser, self.asks_code = "sign in", error.way == "browser", error.code
            self.problem = None
        else:
            self.problem = self._words_for(error)
        self.moved.emit()
        if not isinstance(error, KeyProblem | DatabaseProblem):
            raise error

    def _is_news(self, error: LeaseEnded) -> bool:
        """Whether the CRM asks for something that was not asked for yet."""
        return self.method != "sign in" or (error.code and not self.asks_code)

    def _words_for(self, error: Exception) -> Problem:
        self._lost = self.method == "passphrase" or isinstance(error, _FOR_GOOD)
        if isinstance(error, WrongKey) and self.method == "passphrase":
            return Problem(
                self.tr("This passphrase does not open your book."),
                self.tr("Small and capital letters count; look at the keyboard’s layout. Your book is untouched."),
            )
        if isinstance(error, KeyProblem | DatabaseProblem):
            return Problem(error.title, error.advice)
        return Problem(
            self.tr("Your book could not be opened"),
            self.tr("It is untouched on this computer. Companion’s log says more."),
        )
