"""Which folder speaks to which CRM: the only place that names them. Each is imported when an account asks for it."""

from __future__ import annotations

from collections.abc import Callable

from companion.connectors.base import Connector
from companion.connectors.http import Client
from companion.connectors.sign_in import Grant, revoke
from companion.connectors.tokens import Keeper, Signed, Tokens
from companion.domain.account import Account
from companion.domain.field_map import FieldMap


def open_connector(
    account: Account, keeper: Keeper, *, http: Client, wall: Callable[[], float], field_map: FieldMap | None = None
) -> Connector:
    """The connector that an account names, speaking by `http`, which it closes. Raises KeyError for an unknown name.

    `keeper` is where its key, password or tokens lie; `wall` is in seconds since 1970.
    """
    agreed = field_map or FieldMap()
    match account.connector:
        case "odoo":
            from companion.connectors.odoo.connector import OdooConnector
            from companion.connectors.odoo.sign_in import Account as OdooAccount

            place = OdooAccount(account.url, account.database, account.user)
            return OdooConnector(http, place, keeper.now().access, field_map=agreed)
        case "tryton":
            from companion.connectors.tryton.connector import TrytonConnector

            where = (account.url, account.database, account.user)
            return TrytonConnector(*where, keeper.now().access, client=http, clock=wall, field_map=agreed)
        case "espocrm":
            from companion.connectors.espocrm.connector import EspoConnector

            return EspoConnector(http, account, keeper.now().access, field_map=agreed)
        case "hubspot":
            from companion.connectors.hubspot import sign_in as hubspot
            from companion.connectors.hubspot.connector import HubSpotConnector

            calls = Signed(http, keeper, hubspot.renew(http, account, wall), wall)
            return HubSpotConnector(calls, account, wall=wall, field_map=agreed)
        case "salesforce":
            from companion.connectors.salesforce import sign_in as salesforce
            from companion.connectors.salesforce.connector import SalesforceConnector

            calls = Signed(http, keeper, salesforce.renew(http, account, wall), wall)
            return SalesforceConnector(calls, account, wall=wall, field_map=agreed)
    raise KeyError(account.connector)


def sign_in(http: Client, account: Account, secret: str | Tokens, code: str = "") -> tuple[Account, str | Tokens]:
    """One look at the server: the account tidied, and what is to be kept as the secret.

    `code` is that of a second step. Raises Misconfigured, SignInNeeded, SecondFactorNeeded, ApiSunset or Unreachable.
    """
    typed = secret.access if isinstance(secret, Tokens) else secret
    match account.connector:
        case "odoo":
            from companion.connectors.odoo import sign_in as odoo

            place = odoo.sign_in(http, account.url, account.database, account.user, typed)
            return Account("odoo", place.url, place.database, place.login), typed
        case "tryton":
            from companion.connectors.tryton import sign_in as tryton

            session = tryton.sign_in(http, account.url, account.database, account.user, typed)
            return Account("tryton", session.place.url, account.database.strip(), account.user), typed
        case "espocrm":
            from companion.connectors.espocrm import sign_in as espocrm

            return espocrm.sign_in(http, account, secret, code)
        case "hubspot":
            from companion.connectors.hubspot import sign_in as hubspot

            return hubspot.sign_in(http, account, secret, code)
        case "salesforce":
            from companion.connectors.salesforce import sign_in as salesforce

            return salesforce.sign_in(http, account, secret, code)
    raise KeyError(account.connector)


def sign_out(http: Client, account: Account, tokens: Tokens) -> None:
    """Ends at the CRM what a sign-in began there, where it can be ended; nothing hangs on it."""
    if account.connector == "espocrm":
        from companion.connectors.espocrm import sign_in as espocrm

        espocrm.sign_out(http, account, tokens.access)
    elif (through := grant(account)) is not None:
        revoke(http, through, tokens)


def grant(account: Account) -> Grant | None:
    """How the account asks for tokens through the browser; None where its CRM has no such way."""
    match account.connector:
        case "hubspot":
            from companion.connectors.hubspot import sign_in as hubspot

            return hubspot.grant(account)
        case "salesforce":
            from companion.connectors.salesforce import sign_in as salesforce

            return salesforce.grant(account)
    return None
