"""First run: choose the CRM or the demo book, sign in, choose what to sync."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from companion.domain.key_problems import SHORTEST_PASSPHRASE
from companion.domain.problems import CannotConnect, Problem
from ui.background import Errand

__all__ = ["CHOICES", "CannotConnect", "ConnectViewModel", "CrmChoice", "Form", "Step", "sentence"]


@dataclass(frozen=True, slots=True)
class CrmChoice:
    """A CRM that can be connected: what it calls its secret, and what it asks for. The words are still to translate."""

    connector: str
    name: str
    about: str
    secret_words: str
    secret_hint: str
    address_example: str
    database_hint: str
    needs_database: bool = True


CHOICES: Final = (
    CrmChoice(
        "odoo",
        "Odoo",
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "Version 16 to 19, on your own server or Odoo's")),
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "API key")),
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "In Odoo: your name, My Profile, Account Security, New API Key")),
        "https://company.odoo.com",
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "Leave it empty if the server has only one")),
        needs_database=False,
    ),
    CrmChoice(
        "tryton",
        "Tryton",
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "Version 6.0 to 8.2, on your own server")),
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "Password")),
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "The one that you sign in to Tryton with")),
        "https://tryton.company.com",
        str(QT_TRANSLATE_NOOP("ConnectViewModel", "Your Tryton client shows it in its list of profiles")),
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
    again: str = ""
    """The passphrase typed a second time."""
    whole_team: bool = True

    def __repr__(self) -> str:
        return f"Form({self.connector!r}, {self.url!r})"


class Step(Enum):
    """Where the first run stands."""

    CHOOSE = "choose"
    SIGN_IN = "sign in"
    CHECKING = "checking"


class _Wish:
    """Whether the rep still wants what is being checked. Either Cancel or the storing of the book comes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: str | None = None

    def take(self, by: str) -> bool:
        """True if `by` ('cancel' or 'store') is the first to take it, or took it already."""
        with self._lock:
            self._taken = self._taken or by
            return self._taken == by


Connect = Callable[[Form, Callable[[], bool]], object]
"""Signs in and makes the book. Called on a thread of its own. It asks its second argument once, right before anything
is stored, and stores nothing if the answer is False. Raises CannotConnect."""


class ConnectViewModel(QObject):
    """Holds what was typed until it works; a failed try loses nothing. Lives on the UI thread.

    `look_for_keyring` tells in words why no keyring can hold the key, or ''; it may take a while and is asked away from
    the UI thread.
    """

    moved = Signal()
    demo_wanted = Signal()
    connected = Signal(object)
    """What `connect` returned: the open book."""

    def __init__(self, connect: Connect, look_for_keyring: Callable[[], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connect = connect
        self._look_for_keyring = look_for_keyring
        self._errand: Errand[object] | None = None
        self._search: Errand[str] | None = None
        self._wish = _Wish()
        self.no_keyring = ""
        """Why no keyring can hold the key, in words; then a passphrase is asked for."""
        self.step = Step.CHOOSE
        self.choice: CrmChoice | None = None
        self.form = Form()
        self.problem: Problem | None = None
        self.problem_field = ""

    def words_of(self, text: str) -> str:
        """A choice's words in the rep's language."""
        return self.tr(text)

    # Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def choose(self, connector: str) -> None:
        """Goes on with a CRM."""
        self.choice = next(each for each in CHOICES if each.connector == connector)
        self.form = replace(self.form, connector=connector)
        self._forget_problem()
        self._find_keyring()
        self._move(Step.SIGN_IN)

    def go_back(self) -> None:
        """A step back; what was typed stays. Cancels a check under way unless its book is being stored already."""
        checking = self.step is Step.CHECKING
        if checking and not self._wish.take("cancel"):
            return
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        self._forget_problem()
        self._move(Step.SIGN_IN if checking else Step.CHOOSE)

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
        """Tries what was typed, away from the UI thread."""
        if self.step is Step.CHECKING:
            return
        self.form = replace(form, url=_address(form.url))
        self._forget_problem()
        missing = self._missing()
        if missing:
            self.problem_field, self.problem = missing
            self.moved.emit()
            return
        filled, wish = self.form, _Wish()
        errand: Errand[object] = Errand(lambda: self._connect(filled, lambda: wish.take("store")), self)
        errand.done.connect(self._arrived)
        errand.failed.connect(self._failed)
        self._errand, self._wish = errand, wish
        self._move(Step.CHECKING)
        errand.start()

    # What is missing ────────────────────────────────────────────────────────────────────────────────────────────────

    def _missing(self) -> tuple[str, Problem] | None:
        form, choice = self.form, self.choice
        if choice is None:
            return None
        secret = self.tr(choice.secret_words)
        wanted = [
            ("url", form.url, self.tr("The server's address is missing.")),
            ("database", form.database or not choice.needs_database, self.tr("The database's name is missing.")),
            ("user", form.user, self.tr("Your user name is missing.")),
            ("secret", form.secret, self.tr("The %1 is missing.").replace("%1", _inside(secret))),
        ]
        for name, value, words in wanted:
            if not value:
                return name, Problem(words, self.tr("Nothing was sent."))
        return self._passphrase_missing()

    def _passphrase_missing(self) -> tuple[str, Problem] | None:
        form = self.form
        if not self.no_keyring:
            return None
        if len(form.passphrase) < SHORTEST_PASSPHRASE:
            words = self.tr("Take at least %1 characters.").replace("%1", str(SHORTEST_PASSPHRASE))
            return "passphrase", Problem(words, self.tr("Four random words are good. Nothing was sent."))
        if form.passphrase != form.again:
            words = self.tr("The two do not match.")
            return "again", Problem(words, self.tr("Type the passphrase once more. Nothing was sent."))
        return None

    # Answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _find_keyring(self) -> None:
        if self._search is None:
            self._search = Errand(self._look_for_keyring, self)
            self._search.done.connect(self._keyring_found)
            self._search.start()

    def _keyring_found(self, why_not: str) -> None:
        if why_not and not self.no_keyring:
            self.no_keyring = why_not
            self.moved.emit()

    def _arrived(self, book: object) -> None:
        self._errand = None
        self.form = Form()
        self._move(Step.CHOOSE)
        self.connected.emit(book)

    def _failed(self, error: Exception) -> None:
        self._errand = None
        if isinstance(error, CannotConnect):
            self.problem, self.problem_field = error.problem, error.field
        else:
            self.problem = Problem(
                self.tr("Connecting did not work."),
                self.tr("Nothing was stored and the CRM was not changed. Companion's log says more."),
            )
        self._move(Step.SIGN_IN)
        if not isinstance(error, CannotConnect):
            raise error

    def _forget_problem(self) -> None:
        self.problem, self.problem_field = None, ""

    def _move(self, step: Step) -> None:
        self.step = step
        self.moved.emit()


def _address(typed: str) -> str:
    """An address as people type it, without blanks and a path's last slash; the connector adds the scheme."""
    return typed.strip().rstrip("/")


def sentence(title: str) -> str:
    """A title as the first of two sentences."""
    return title if title.endswith((".", "?", "!")) else f"{title}."


def _inside(words: str) -> str:
    """Words as they read inside a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
