"""Finding out, step by step and in words, whether an address, a database, a user and a password lead into Tryton."""

from __future__ import annotations

import re
from urllib.parse import quote

from companion.connectors.base import (
    SAFE,
    ApiSunset,
    ConnectorError,
    Misconfigured,
    RateLimited,
    SignInNeeded,
    Unreachable,
)
from companion.connectors.http import Client, signing_in, tidy_address
from companion.connectors.tryton.rpc import Place, Refused, Session, log_in, result
from companion.domain.language import sentence, tr

_NOT_TRYTON = sentence(
    "Something answers there, but it is not Tryton. Compare the address with the one that your Tryton client "
    "uses. Nothing on this computer was changed."
)


def sign_in(client: Client, url: str, database: str, user: str, password: str) -> Session:
    """A session. Raises Misconfigured (address, database), SignInNeeded (user, password), ApiSunset or RateLimited."""
    place = find(client, url, database)
    if not password:
        raise SignInNeeded("no password")  # an empty one would count as one of five wrong ones
    with signing_in():
        try:
            return log_in(client, place, user, password)
        except SignInNeeded as error:
            if "more than" in str(error):
                raise
            raise SignInNeeded(
                str(error),
                title=tr("Tryton does not accept that user and password"),
                advice=tr("Check both; after five wrong passwords Tryton closes the door for some minutes.")
                + f" {tr(SAFE)}",
            ) from error
        except RateLimited as error:
            raise _too_many(error) from error
        except Unreachable as error:
            if "HTTP 404" in str(error):
                raise _no_database(database) from error
            raise


def find(client: Client, url: str, database: str) -> Place:
    """Where the database is and which version serves it; raises Misconfigured or ApiSunset."""
    url = tidy_address(url)
    if not re.fullmatch(r"[^/\s?#%]+", database.strip()):
        raise _no_database(database)
    with signing_in():
        series = _series(client, url)
    major, _, minor = series.partition(".")
    if not (major.isdigit() and minor[:1].isdigit()):
        raise Misconfigured("no version", title=tr("That address does not lead to Tryton"), advice=tr(_NOT_TRYTON))
    if not 6 <= int(major) <= 8:
        raise ApiSunset(
            f"series {series}",
            title=tr("Tryton {series} is not supported", series=series),
            advice=tr("That server is {series}, and Companion speaks 6.0 to 8.x. Nothing was changed.", series=series),
        )
    return Place(url, quote(database.strip()), series)


def _series(client: Client, url: str) -> str:
    """The version, such as '8.2': asked at the path of 8.0 and later, then at that of earlier ones."""
    body = {"id": 1, "method": "common.server.version", "params": []}
    trouble: ConnectorError | None = None
    for path in ("/rpc/", "/"):
        try:
            told = result(client.read("POST", url + path, json=body))
        except (Refused, SignInNeeded):
            continue
        except Unreachable as error:
            if type(error) is not Unreachable:
                raise  # a wrong address has its own words, and a pause is a pause
            trouble = error
            continue
        if isinstance(told, str):
            return told
    if trouble is not None and "HTTP" not in str(trouble):
        raise trouble
    raise Misconfigured("no version", title=tr("That address does not lead to Tryton"), advice=tr(_NOT_TRYTON))


def _no_database(database: str) -> Misconfigured:
    return Misconfigured(
        "no such database",
        title=tr("There is no database called {database} on that server", database=database.strip()[:60] or "“”"),
        advice=tr("Small and capital letters count. Your Tryton client shows the name in its list of profiles."),
        about="database",
    )


def _too_many(error: RateLimited) -> RateLimited:
    again = RateLimited(str(error), after_s=max(error.after_s, 300.0))
    again.title = tr("Too many wrong passwords")
    again.advice = tr("Tryton lets nobody in with that user for some minutes. Wait, then try once more with care.")
    return again
