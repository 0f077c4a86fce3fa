"""Asking a CRM before anything is stored: does what was typed let us in, as whom, and what is open to us there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from companion.connectors import registry, sign_in
from companion.connectors.base import (
    SAFE,
    ApiSunset,
    Connector,
    ConnectorError,
    Description,
    Misconfigured,
    RateLimited,
    Scope,
    ScopeDenied,
    SecondFactorNeeded,
    SignInNeeded,
    Unreachable,
)
from companion.connectors.http import Client, Timeouts
from companion.connectors.tokens import Held, Tokens
from companion.domain.account import Account
from companion.domain.language import tr
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.skew import believed
from companion.domain.trial import Right, Trial

KINDS = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT)
"""What a trial tells the rights of."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """`seconds` only counts; `wall` is in seconds since 1970. `proxy` is the way out, None: straight."""

    seconds: Callable[[], float]
    wall: Callable[[], float]
    proxy: str | None = None

    def client(self) -> Client:
        """A client that also tells how far the server's clock is off."""
        return Client(self.seconds, proxy=self.proxy, wall=self.wall)


def look(account: Account, secret: str | Tokens, clocks: Clocks, code: str = "") -> Trial:
    """Signs in and looks who that is; which kinds can be read is not tried. Raises CannotConnect."""
    return _signed_in(account, secret, clocks, code, lambda connector, found: _as_described(found))


def try_out(
    account: Account, secret: str | Tokens, clocks: Clocks, code: str = "", wanted: Callable[[], bool] = lambda: True
) -> Trial:
    """The same, and asks for one record of each kind. Raises CannotConnect."""
    return _signed_in(account, secret, clocks, code, lambda connector, found: rights_of(connector, found, wanted))


def by_browser(
    account: Account,
    client_secret: str,
    clocks: Clocks,
    open_browser: Callable[[str], bool],
    wanted: Callable[[], bool] = lambda: True,
) -> Tokens:
    """The tokens of whoever signs in in the browser. Waits for minutes. Raises CannotConnect."""
    with in_words(account):
        grant = registry.grant(account)
        if grant is None:
            raise CannotConnect(Problem(tr("This CRM can’t be signed in to through the browser")))
        with clocks.client() as http:
            return sign_in.by_browser(
                http,
                grant,
                client_secret=client_secret,
                open_browser=open_browser,
                wanted=wanted,
                clock=clocks.seconds,
                wall=clocks.wall,
            )


def revoke(account: Account, tokens: Tokens, clocks: Clocks) -> None:
    """Tells the CRM that tokens are over, where it wants to know. Takes up to five seconds, and never fails."""
    soon = Timeouts(connect=3, packet=3, whole=5)
    with suppress(ConnectorError), Client(clocks.seconds, proxy=clocks.proxy, timeouts=soon) as http:
        registry.sign_out(http, account, tokens)


def _signed_in(
    account: Account,
    secret: str | Tokens,
    clocks: Clocks,
    code: str,
    rights: Callable[[Connector, Description], dict[Kind, Right]],
) -> Trial:
    with in_words(account):
        with clocks.client() as http:
            found, kept = registry.sign_in(http, account, secret, code)
        http = clocks.client()
        # The tokens may be renewed while they are tried: what is in use at the end is what is to be kept.
        keeper = Held(kept)
        connector = registry.open_connector(found, keeper, http=http, wall=clocks.wall)
        try:
            there = connector.describe()
            allowed = rights(connector, there)
        finally:
            connector.close()
        skew = http.server_skew_s
        if skew is None and (server_time := believed(there.server_time)) is not None:
            skew = server_time - clocks.wall()
        return Trial(
            account=found,
            secret=kept if isinstance(kept, str) else keeper.now(),
            vendor=there.vendor,
            tenant=there.tenant,
            user_id=there.user_id,
            user_name=there.user_name,
            version=there.version,
            rights=allowed,
            notes=there.notes,
            skew_s=skew,
            sunset=there.sunset,
        )


def _as_described(found: Description) -> dict[Kind, Right]:
    facts = {kind: found.kinds.get(kind) for kind in KINDS}
    return {
        kind: Right.NONE if each is None else Right.WRITE if each.writable else Right.READ
        for kind, each in facts.items()
    }


def rights_of(connector: Connector, found: Description, wanted: Callable[[], bool] = lambda: True) -> dict[Kind, Right]:
    """What may be done with each kind, one id of each being asked for. Raises ConnectorError."""
    rights = _as_described(found)
    for kind in KINDS:
        if rights[kind] is not Right.NONE and wanted():
            try:
                next(iter(connector.ids(kind, Scope(found.user_id))), None)
            except ScopeDenied:
                rights[kind] = Right.NONE
            except RateLimited:
                break  # the sign-in works; what is open to us shows with the first sync
    return rights


@contextmanager
def in_words(account: Account) -> Iterator[None]:
    """Turns a connector's trouble into words for somebody who has no book yet, beside the field that it is about."""
    try:
        yield
    except ConnectorError as error:
        raise CannotConnect(_before_a_book(error, account), _field(error, account)) from error


def _field(error: ConnectorError, account: Account) -> str:
    if isinstance(error, SecondFactorNeeded):
        return "code"
    if isinstance(error, SignInNeeded):
        return "" if account.way == "browser" else "secret"
    if isinstance(error, Misconfigured):
        return error.about
    return "url" if isinstance(error, ApiSunset) else ""


def _before_a_book(error: ConnectorError, account: Account) -> Problem:
    """A connector's words, which are meant for the middle of a sync, where changes wait here; nothing is here yet."""
    title = error.title
    if title == SignInNeeded.title:
        by_key = account.way != "browser"
        title = tr("The CRM does not accept this key") if by_key else tr("The CRM does not accept this sign-in")
    if error.advice in (Unreachable.advice, SignInNeeded.advice):
        return Problem(title, tr("Nothing was stored. Check what you typed and that you are online, then try again."))
    return Problem(title, error.advice.replace(tr(SAFE), tr("Nothing was stored.")))
