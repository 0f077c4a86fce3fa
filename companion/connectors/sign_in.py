"""Signing in through the system's browser: authorization code with PKCE, answered at this computer (RFC 8252, 7636).

Authlib puts the requests together and takes the answer apart; the requests themselves go through our own client, whose
laws about certificates, redirects and caps hold for a token as for everything else (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors.grant import Grant, Redirect
from companion.connectors.http import Client, require_safe, signing_in
from companion.connectors.renewing import Refused, exchanged, renewal, revoke
from companion.connectors.tokens import Tokens
from companion.domain.language import sentence, tr
from companion.domain.problems import CannotConnect, Problem
from companion.domain.text import plain_name

__all__ = ["Grant", "Redirect", "by_browser", "renewal", "revoke"]

PATIENCE_S: Final = 300.0
"""Seconds that the rep has in the browser: passwords are looked up, second factors fetched."""

_VERIFIER: Final = 64
_STATE: Final = 32
_NOTHING: Final = sentence("Nothing was stored.")
_WRONG_APP: Final = ("invalid_client", "invalid_client_id", "unauthorized_client")


def by_browser(
    http: Client,
    grant: Grant,
    *,
    client_secret: str,
    open_browser: Callable[[str], bool],
    wanted: Callable[[], bool],
    clock: Callable[[], float],
    wall: Callable[[], float],
    patience_s: float = PATIENCE_S,
) -> Tokens:
    """The tokens of whoever signs in in the browser. Waits up to `patience_s`: never on the UI thread.

    `open_browser` opens an address and says whether it could; `wanted` is asked several times a second. `clock` counts
    seconds, `wall` since 1970. Raises CannotConnect with the field it is about, Misconfigured and Unreachable.
    """
    from authlib.common.security import generate_token

    _require_app(grant, client_secret)
    verifier, state = generate_token(_VERIFIER), generate_token(_STATE)
    code, address = _code(grant, verifier, state, open_browser, wanted, clock, patience_s)
    about = {"code": code, "redirect_uri": address, "code_verifier": verifier}
    try:
        with signing_in():
            tokens = exchanged(http, grant, about, client_secret, wall)
    except Refused as refused:
        raise _no_tokens(refused, grant) from None
    if not tokens.refresh:
        raise CannotConnect(
            Problem(
                tr("The CRM does not let Companion stay signed in"),
                tr("Whoever registered the app there can allow it to work offline (refresh tokens). Then try again."),
            ),
            "client_id",
        )
    return tokens


def _require_app(grant: Grant, client_secret: str) -> None:
    for address in (grant.authorize_url, grant.token_url):
        require_safe(address)
    if grant.redirect is Redirect.NONE:
        raise CannotConnect(Problem(tr("This CRM can’t be signed in to through the browser"), tr(_NOTHING)))
    if not grant.client_id:
        raise CannotConnect(
            Problem(tr("The ID of your company’s app is missing"), tr("Nothing was sent.")), "client_id"
        )
    if grant.needs_secret and not client_secret:
        words = tr("The secret of your company’s app is missing")
        raise CannotConnect(Problem(words, tr("Nothing was sent.")), "client_secret")


def _code(
    grant: Grant,
    verifier: str,
    state: str,
    open_browser: Callable[[str], bool],
    wanted: Callable[[], bool],
    clock: Callable[[], float],
    patience_s: float,
) -> tuple[str, str]:
    """The code, and the address with which it came back."""
    from companion.connectors.listener import NoPort, listening

    try:
        with listening(grant, state) as listener:
            if not open_browser(_question(grant, verifier, state, listener.address)):
                raise CannotConnect(
                    Problem(tr("The browser could not be opened"), tr("Open any web page first, then try again."))
                )
            end = clock() + patience_s
            target = listener.answer(wanted, lambda: clock() >= end)
    except NoPort as taken:
        words = tr("Another program on this computer uses what the CRM expects ({ports}). Close it.", ports=str(taken))
        raise CannotConnect(Problem(tr("The browser has no way back to Companion"), words)) from None
    if target is None:
        raise _no_answer(wanted())
    return _read(target, grant, state), listener.address


def _question(grant: Grant, verifier: str, state: str, address: str) -> str:
    """What the browser opens."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    asked: str = prepare_grant_uri(
        grant.authorize_url,
        grant.client_id,
        "code",
        redirect_uri=address,
        scope=" ".join(grant.scopes),
        state=state,
        **{**grant.extra, **proof},
    )
    return asked


def _read(target: str, grant: Grant, state: str) -> str:
    """The code in an answer that brought our state. Raises CannotConnect where there is none."""
    from urllib.parse import parse_qs, urlsplit

    from authlib.oauth2.base import OAuth2Error
    from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

    asked = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    if grant.issuer and asked.get("iss") != grant.issuer:
        words = tr("Close the browser’s window and begin again here; if it stays, tell whoever runs the CRM.")
        raise CannotConnect(Problem(tr("The answer came from another server than the CRM’s"), words))
    if "error" in asked:
        raise _not_allowed(asked["error"], asked.get("error_description", ""))
    try:
        return str(parse_authorization_code_response(target, state)["code"])
    except OAuth2Error:
        raise CannotConnect(Problem(tr("The CRM’s answer holds no code"), tr(_NOTHING))) from None


def _not_allowed(error: str, words: str) -> CannotConnect:
    """The CRM's own words are shown where it has some: they name what an administrator has to do."""
    told = plain_name(words) or plain_name(error, 60)
    if error == "access_denied":
        advice = tr("Sign in again and allow it, or ask your administrator. The CRM says: {words}", words=told)
        return CannotConnect(Problem(tr("The CRM was told not to let Companion in"), advice))
    about = "client_id" if error in _WRONG_APP else ""
    advice = tr("Show this to whoever registered the app there: {words}", words=told)
    return CannotConnect(Problem(tr("The CRM did not let Companion in"), advice), about)


def _no_tokens(refused: Refused, grant: Grant) -> CannotConnect:
    told = plain_name(refused.words) or refused.error
    if refused.error in _WRONG_APP:
        about = "client_secret" if grant.needs_secret else "client_id"
        advice = tr("Compare the app’s ID and secret with those in the CRM. It says: {words}", words=told)
        return CannotConnect(Problem(tr("The CRM does not know your company’s app"), advice), about)
    advice = tr("Begin again. If it stays, show this to whoever registered the app there: {words}", words=told)
    return CannotConnect(Problem(tr("The CRM took its answer back"), advice))


def _no_answer(wanted: bool) -> CannotConnect:
    if not wanted:
        return CannotConnect(Problem(tr("Signing in was stopped"), tr(_NOTHING)))
    return CannotConnect(
        Problem(tr("No answer came from the browser"), tr("Begin again, and allow Companion in the window that opens."))
    )
