"""The CRMs that can be connected, as data: by which ways one signs in there, and what each way asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from companion.domain.account import crm_name
from companion.domain.language import sentence

PASSWORD, KEY, BROWSER = "password", "key", "browser"


@dataclass(frozen=True, slots=True)
class Ask:
    """One line to fill in. `field` is its name in the Form; the words are still to translate, `example` never is."""

    field: str
    words: str
    hint: str = ""
    example: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign in. `name` is what the account keeps ('' where a CRM has only one), `words` its segment."""

    name: str
    words: str
    asks: tuple[Ask, ...]

    @property
    def by_browser(self) -> bool:
        """Whether the CRM asks for everything itself, in the browser."""
        return self.name == BROWSER


@dataclass(frozen=True, slots=True)
class CrmChoice:
    """A CRM that can be connected. The words are still to translate."""

    connector: str
    about: str
    ways: tuple[Way, ...]

    @property
    def name(self) -> str:
        """What the CRM calls itself."""
        return crm_name(self.connector)

    def way(self, name: str) -> Way:
        """The way called `name`; the first where there is none of that name."""
        return next((each for each in self.ways if each.name == name), self.ways[0])


_ADDRESS: Final = sentence("Server address")
_USER: Final = sentence("User name")
_AS_THERE: Final = sentence("As you sign in there, often your email address")
_DATABASE: Final = sentence("Database")
_API_KEY: Final = sentence("API key")
_PASSWORD: Final = sentence("Password")
_ACCESS_KEY: Final = sentence("Access key")
_BROWSER: Final = sentence("Browser")
_APP_ID: Final = sentence("App ID")
_APP_SECRET: Final = sentence("App secret")

_ODOO: Final = CrmChoice(
    "odoo",
    sentence("Version 16 to 19, on your own server or Odoo’s"),
    (
        Way(
            "",
            _API_KEY,
            (
                Ask("url", _ADDRESS, example="https://company.odoo.com"),
                Ask("database", _DATABASE, sentence("Leave it empty if the server has only one"), needed=False),
                Ask("user", _USER, _AS_THERE),
                Ask("secret", _API_KEY, sentence("In Odoo: your name, My Profile, Account Security, New API Key")),
            ),
        ),
    ),
)
_TRYTON: Final = CrmChoice(
    "tryton",
    sentence("Version 6.0 to 8.2, on your own server"),
    (
        Way(
            "",
            _PASSWORD,
            (
                Ask("url", _ADDRESS, example="https://tryton.company.com"),
                Ask("database", _DATABASE, sentence("Your Tryton client shows it in its list of profiles")),
                Ask("user", _USER, _AS_THERE),
                Ask("secret", _PASSWORD, sentence("The one that you sign in to Tryton with")),
            ),
        ),
    ),
)
_ESPO: Final = CrmChoice(
    "espocrm",
    sentence("Version 8.4 to 10, on your own server or EspoCRM’s"),
    (
        Way(
            PASSWORD,
            _PASSWORD,
            (
                Ask("url", _ADDRESS, example="https://crm.company.com"),
                Ask("user", _USER, sentence("As you sign in there")),
                Ask("secret", _PASSWORD, sentence("It is used once; Companion keeps only what the CRM gives for it")),
            ),
        ),
        Way(
            KEY,
            _API_KEY,
            (
                Ask("url", _ADDRESS, example="https://crm.company.com"),
                Ask(
                    "secret",
                    _API_KEY,
                    sentence("Your administrator makes it: Administration, API Users. You see what that user sees"),
                ),
            ),
        ),
    ),
)
_HUBSPOT: Final = CrmChoice(
    "hubspot",
    sentence("Any edition, with a key or through the browser"),
    (
        Way(
            KEY,
            _ACCESS_KEY,
            (
                Ask(
                    "user",
                    sentence("Your email address"),
                    sentence("As you sign in there; what you log is yours by it"),
                ),
                Ask(
                    "secret", _ACCESS_KEY, sentence("Your administrator makes it: Settings, Integrations, Service Keys")
                ),
            ),
        ),
        Way(
            BROWSER,
            _BROWSER,
            (
                Ask("client_id", _APP_ID, sentence("The client ID of your company’s app; your administrator has it")),
                Ask("client_secret", _APP_SECRET, sentence("It stands beside the client ID")),
            ),
        ),
    ),
)
_SALESFORCE: Final = CrmChoice(
    "salesforce",
    sentence("Any edition with an API, also a sandbox, through the browser"),
    (
        Way(
            BROWSER,
            _BROWSER,
            (
                Ask(
                    "url",
                    sentence("Address of your Salesforce"),
                    sentence("As in the browser when you are signed in; a sandbox has one of its own"),
                    example="https://company.my.salesforce.com",
                ),
                Ask(
                    "client_id", _APP_ID, sentence("The consumer key of your company’s app; your administrator has it")
                ),
            ),
        ),
    ),
)

CHOICES: Final = (_ODOO, _TRYTON, _ESPO, _HUBSPOT, _SALESFORCE)


def choice_of(connector: str) -> CrmChoice:
    """The choice of a connector. Raises StopIteration for an unknown one."""
    return next(each for each in CHOICES if each.connector == connector)
