"""What the rep fills in to connect a CRM, and what is still missing, in words."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.key_problems import SHORTEST_PASSPHRASE
from companion.domain.language import tr
from companion.domain.problems import Problem
from ui.connect.choices import Way

FIELDS = ("url", "database", "user", "secret", "client_id", "client_secret", "code")
"""The lines that go to the CRM, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the rep filled in. `whole_team`: sync all that she may see, not only her own records.

    `client_id` and `client_secret` are of the company's own app, for the way through the browser; `code` is the second
    factor's.
    """

    connector: str = ""
    url: str = ""
    database: str = ""
    user: str = ""
    secret: str = ""
    passphrase: str = ""
    again: str = ""
    """The passphrase typed a second time."""
    whole_team: bool = True
    way: str = ""
    client_id: str = ""
    client_secret: str = ""
    code: str = ""

    def __repr__(self) -> str:
        return f"Form({self.connector!r}, {self.url!r})"


def missing_of(form: Form, way: Way, *, with_code: bool) -> tuple[str, Problem] | None:
    """The first field that has to be filled in, and what to say beside it."""
    wanted = [(ask.field, tr(ask.words)) for ask in way.asks if ask.needed]
    if with_code:
        wanted.append(("code", tr("Code")))
    for field, words in wanted:
        if not getattr(form, field):
            return field, Problem(_missing(field, words), tr("Nothing was sent."))
    return None


def missing_passphrase(form: Form) -> tuple[str, Problem] | None:
    """What is wrong with the passphrase, where one has to protect the book."""
    if len(form.passphrase) < SHORTEST_PASSPHRASE:
        words = tr("Take at least %1 characters.").replace("%1", str(SHORTEST_PASSPHRASE))
        return "passphrase", Problem(words, tr("Four random words are good. Nothing was sent."))
    if form.passphrase != form.again:
        return "again", Problem(tr("The two do not match."), tr("Type the passphrase once more. Nothing was sent."))
    return None


def wrong_code() -> Problem:
    """Where the CRM asked for a code and then did not let in: it had accepted the password before."""
    advice = tr("A code lives for half a minute: type the one that is shown now. Nothing else has to be typed again.")
    return Problem(tr("The CRM does not accept that code"), advice)


def tidy_address(typed: str) -> str:
    """An address as people type it, without blanks and a path's last slash; the connector adds the scheme."""
    return typed.strip().rstrip("/")


def _missing(field: str, words: str) -> str:
    return {
        "url": tr("The server’s address is missing."),
        "database": tr("The database’s name is missing."),
        "user": tr("Your user name is missing."),
        "client_id": tr("The app’s ID is missing."),
        "client_secret": tr("The app’s secret is missing."),
        "code": tr("The code is missing."),
    }.get(field) or tr("The %1 is missing.").replace("%1", _inside(words))


def _inside(words: str) -> str:
    """Words as they read inside a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
