"""Which CRM a book is of: where it is, as whom, and by which way we sign in there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from companion.domain.language import tr

_NAMES: Final = {
    "odoo": "Odoo",
    "tryton": "Tryton",
    "espocrm": "EspoCRM",
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
}


def crm_name(connector: str) -> str:
    """What a CRM calls itself: a name, never translated."""
    return _NAMES.get(connector, connector.capitalize())


@dataclass(frozen=True, slots=True)
class Account:
    """Which CRM, where, and as whom. The secret (key, password or tokens) is kept apart, in the encrypted file only.

    `way` is how the rep signs in where a CRM offers more than one: 'password', 'key' or 'browser'; '' is its only one.
    `client_id` names the app that the company registered in its CRM, for the way through the browser.
    """

    connector: str
    url: str = ""
    database: str = ""
    user: str = ""
    way: str = ""
    client_id: str = ""

    @property
    def words(self) -> str:
        """What is connected, such as 'Odoo, odoo19 at crm.example, as ana'; what it does not have is left out."""
        place = self.url.partition("://")[2] or self.url
        told = {"connector": crm_name(self.connector), "database": self.database, "place": place, "user": self.user}
        if self.database:
            return tr("{connector}, {database} at {place}, as {user}", **told)
        if place and self.user:
            return tr("{connector} at {place}, as {user}", **told)
        if place:
            return tr("{connector} at {place}", **told)
        return tr("{connector}, as {user}", **told) if self.user else crm_name(self.connector)
