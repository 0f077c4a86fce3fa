"""Opening the book that is here with its key: what stands in the way, and trying again. Nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, Signal

from companion.database import DatabaseProblem
from companion.domain.key_problems import KeyProblem, LeaseEnded, WrongKey
from companion.domain.problems import Problem
from ui.background import Errand

Method = Literal["passphrase", "keyring", "sign in"]


class UnlockViewModel(QObject):
    """Tries to open a book away from the UI thread. `open_book` takes the passphrase ('' for the keyring).

    It raises KeyProblem or DatabaseProblem, and never makes or changes anything. `sign_in` takes a new key or password
    of the CRM too; it is called where the book has been away from the CRM for too long and the old one is refused.
    """

    moved = Signal()
    opened = Signal(object)
    """What `open_book` returned."""

    def __init__(
        self,
        method: Method,
        open_book: Callable[[str], object],
        parent: QObject | None = None,
        *,
        sign_in: Callable[[str, str], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.method: Method = method
        self._open_book = open_book
        self._sign_in = sign_in
        self._passphrase = ""
        self._errand: Errand[object] | None = None
        self.problem: Problem | None = None

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
            return self.tr("The CRM has not known you for a while. What you logged is safe, and is sent afterwards.")
        if self.problem:
            return self.problem.advice
        return self.tr("Your system's keyring may ask you to unlock it.")

    @property
    def beside_field(self) -> Problem | None:
        """What was wrong with what was typed."""
        if self.method == "keyring" or self.busy:
            return None
        return self.problem

    def attempt(self, typed: str = "") -> None:
        """Tries to open the book; a try under way goes on alone."""
        if self.busy:
            return
        if self.method != "keyring" and not typed:
            missing = self.tr("The passphrase is missing.")
            self.problem = Problem(missing if self.method == "passphrase" else self.tr("The key is missing."))
            self.moved.emit()
            return
        sign_in = self._sign_in
        if self.method == "sign in" and sign_in is not None:
            errand: Errand[object] = Errand(lambda: sign_in(self._passphrase, typed), self)
        else:
            self._passphrase = typed
            errand = Errand(lambda: self._open_book(typed), self)
        errand.done.connect(self._opened)
        errand.failed.connect(self._failed)
        self._errand = errand
        self.moved.emit()
        errand.start()

    def fail_with(self, error: Exception) -> None:
        """Shows why the book did not open when the application started."""
        self.problem = self._words_for(error)
        self.moved.emit()

    def _opened(self, book: object) -> None:
        self._errand, self.problem = None, None
        self.opened.emit(book)

    def _failed(self, error: Exception) -> None:
        self._errand = None
        if isinstance(error, LeaseEnded) and error.refused and self._sign_in is not None and self.method != "sign in":
            self.method = "sign in"
            self.problem = None
        else:
            self.problem = self._words_for(error)
        self.moved.emit()
        if not isinstance(error, KeyProblem | DatabaseProblem):
            raise error

    def _words_for(self, error: Exception) -> Problem:
        if isinstance(error, WrongKey) and self.method == "passphrase":
            return Problem(
                self.tr("This passphrase does not open your book."),
                self.tr("Small and capital letters count; look at the keyboard's layout. Your book is untouched."),
            )
        if isinstance(error, KeyProblem | DatabaseProblem):
            return Problem(error.title, error.advice)
        return Problem(
            self.tr("Your book could not be opened"),
            self.tr("It is untouched on this computer. Companion's log says more."),
        )
