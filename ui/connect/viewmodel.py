"""First run: choose the CRM or the demo book, sign in, choose what to sync, and watch the book arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from companion.domain.problems import Problem
from ui.background import Errand


@dataclass(frozen=True, slots=True)
class CrmChoice:
    """A CRM that can be connected: what it calls its secret, and what it asks for."""

    connector: str
    name: str
    about: str
    secret_words: str
    secret_hint: str
    address_example: str


CHOICES = (
    CrmChoice(
        "odoo",
        "Odoo",
        "16 to 19, your own server or Odoo's",
        "API key",
        "In Odoo: your name, My Profile, Account Security, New API Key",
        "https://company.odoo.com",
    ),
    CrmChoice(
        "tryton", "Tryton", "7.0 to 8.2", "Password", "The one that you sign in with", "https://tryton.company.com"
    ),
)


@dataclass(frozen=True, slots=True)
class Form:
    """What the rep filled in. `whole_team`: sync all that she may see, not only her own records."""

    connector: str = ""
    url: str = ""
    database: str = ""
    user: str = ""
    secret: str = ""
    passphrase: str = ""
    whole_team: bool = True

    def __repr__(self) -> str:
        return f"Form({self.connector!r}, {self.url!r})"


class Step(Enum):
    """Where the first run stands."""

    CHOOSE = "choose"
    SIGN_IN = "sign in"
    CHECKING = "checking"


class CannotConnect(Exception):
    """Signing in did not work; `problem` says why and what to do, `field` which line it is about."""

    def __init__(self, problem: Problem, field: str = "") -> None:
        super().__init__(problem.title)
        self.problem = problem
        self.field = field


class ConnectViewModel(QObject):
    """Holds what was typed until it works; a failed try loses nothing."""

    moved = Signal()
    demo_wanted = Signal()
    connected = Signal(object)
    """What `connect` returned: the open book."""

    def __init__(self, connect: Callable[[Form], object], no_keyring: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connect = connect
        self._errand: Errand[object] | None = None
        self.no_keyring = no_keyring
        """Why no keyring can hold the key, in words; then a passphrase is asked for."""
        self.step = Step.CHOOSE
        self.choice: CrmChoice | None = None
        self.form = Form()
        self.problem: Problem | None = None
        self.problem_field = ""

    def choose(self, connector: str) -> None:
        """Goes on with a CRM."""
        self.choice = next(each for each in CHOICES if each.connector == connector)
        self.form = replace(self.form, connector=connector)
        self._move(Step.SIGN_IN)

    def go_back(self) -> None:
        """Back to the choice; what was typed stays. A check under way is left alone."""
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        self.problem = None
        self._move(Step.SIGN_IN if self.step is Step.CHECKING else Step.CHOOSE)

    def sign_in(self, form: Form) -> None:
        """Tries what was typed, away from the UI thread."""
        self.form = replace(form, url=_address(form.url))
        missing = self._missing()
        if missing:
            self.problem_field, self.problem = missing
            self.moved.emit()
            return
        self.problem, self.problem_field = None, ""
        errand: Errand[object] = Errand(lambda: self._connect(self.form), self)
        errand.done.connect(self._arrived)
        errand.failed.connect(self._failed)
        self._errand = errand
        self._move(Step.CHECKING)
        errand.start()

    def _missing(self) -> tuple[str, Problem] | None:
        form = self.form
        for name, value, words in (
            ("url", form.url, self.tr("The server's address is missing")),
            ("database", form.database, self.tr("The database's name is missing")),
            ("user", form.user, self.tr("Your user name is missing")),
            ("secret", form.secret, self.tr("The %1 is missing").replace("%1", self._secret_words())),
        ):
            if not value:
                return name, Problem(words, self.tr("Fill it in, then connect again. Nothing was sent."))
        if self.no_keyring and len(form.passphrase) < 8:
            words = self.tr("The passphrase needs eight characters or more")
            return "passphrase", Problem(words, self.tr("It protects the copy on this computer. Nothing was sent."))
        return None

    def _secret_words(self) -> str:
        return self.choice.secret_words if self.choice else ""

    def _arrived(self, book: object) -> None:
        self._errand = None
        self.connected.emit(book)

    def _failed(self, error: Exception) -> None:
        self._errand = None
        if isinstance(error, CannotConnect):
            self.problem, self.problem_field = error.problem, error.field
        else:
            self.problem = Problem(
                self.tr("Connecting did not work"),
                self.tr("Nothing was stored and the CRM was not changed. Companion's log says more."),
            )
        self._move(Step.SIGN_IN)
        if not isinstance(error, CannotConnect):
            raise error

    def _move(self, step: Step) -> None:
        self.step = step
        self.moved.emit()


def _address(typed: str) -> str:
    """An address as people type it, with the scheme that they leave out and without a path's last slash."""
    typed = typed.strip().rstrip("/")
    return typed if not typed or "://" in typed else f"https://{typed}"
