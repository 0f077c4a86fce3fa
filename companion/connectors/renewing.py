"""What a token endpoint is asked and what it answers: a code becomes tokens, and tokens become new ones.

Every request goes to the grant's own endpoint and nowhere else; nothing of an answer is ever told but its error's name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from companion.connectors.base import ConnectorError, Misconfigured, SignInNeeded, Unreachable
from companion.connectors.grant import Grant
from companion.connectors.http import Answer, Client, Doubtful, require_safe
from companion.connectors.tokens import EARLY_S, Tokens
from companion.domain.language import tr
from companion.domain.text import plain_name

LONGEST: Final = 16 * 1024
"""Characters of one token."""

_LONGEST_LIFE_S: Final = 10 * 365 * 86_400.0
_PASSING: Final = ("temporarily_unavailable", "server_error", "slow_down")


class Refused(Exception):
    """The token endpoint said no. `error` is its name for that, `words` its own words, cleaned."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(error)
        self.error, self.words = error, words


def renewal(http: Client, grant: Grant, wall: Callable[[], float]) -> Callable[[Tokens], Tokens]:
    """What renews tokens at the grant's token endpoint; `wall` is in seconds since 1970.

    It raises Unreachable where nobody answered, SignInNeeded where the CRM no longer knows the refresh token.
    """

    def renew(stale: Tokens) -> Tokens:
        form = {"grant_type": "refresh_token", "refresh_token": stale.refresh}
        try:
            told = _asked(http, grant, form, stale.client_secret)
            return _tokens(told, grant, wall, stale)
        except (Refused, Misconfigured) as error:
            raise SignInNeeded(f"not renewed: {error}") from None

    return renew


def exchanged(
    http: Client, grant: Grant, code: Mapping[str, str], client_secret: str, wall: Callable[[], float]
) -> Tokens:
    """The tokens for a code; `code` has it with the address it came to and the verifier. Raises Refused."""
    told = _asked(http, grant, {"grant_type": "authorization_code", **code}, client_secret)
    return _tokens(told, grant, wall, Tokens("", client_secret=client_secret))


def revoke(http: Client, grant: Grant, tokens: Tokens) -> None:
    """Ends tokens at the CRM, where it offers that and can be reached; nothing hangs on it."""
    if not grant.revoke_url or not tokens.refresh:
        return
    fields = {"token": tokens.refresh, "token_type_hint": "refresh_token", "client_id": grant.client_id}
    fields |= {"client_secret": tokens.client_secret} if tokens.client_secret else {}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    with contextlib.suppress(ConnectorError, Doubtful):
        http.write("POST", grant.revoke_url, headers=headers, content=urlencode(fields).encode("ascii"), accept="")


def _asked(http: Client, grant: Grant, form: Mapping[str, str], client_secret: str) -> Mapping[str, Any]:
    """What the endpoint answers. An answer that was lost is no refusal: the next try will tell."""
    fields = {**form, "client_id": grant.client_id, **({"client_secret": client_secret} if client_secret else {})}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = http.write("POST", grant.token_url, headers=headers, content=urlencode(fields).encode("ascii"))
    except SignInNeeded:
        raise Refused("invalid_client", "") from None  # a 401 here is about the app, by RFC 6749
    except Doubtful as error:
        raise Unreachable(f"the token endpoint: {error}") from None
    told = _object(answer)
    if answer.ok and told is not None and "error" not in told:
        return told
    if told is None or answer.status >= 500 or answer.status in (404, 405, 408, 425):
        raise Unreachable(f"the token endpoint answered {answer.status}")
    name = plain_name(_text(told, "error") or _text(told, "status"), 60)
    if name in _PASSING:
        raise Unreachable(f"the token endpoint answered {name}")
    words = plain_name(_text(told, "error_description") or _text(told, "message"), 200)
    raise Refused(name or f"HTTP {answer.status}", words)


def _object(answer: Answer) -> Mapping[str, Any] | None:
    if "json" not in answer.headers.get("content-type", "").lower():
        return None
    try:
        told = answer.json()
    except (Doubtful, Unreachable):
        return None
    return told if isinstance(told, dict) else None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _tokens(told: Mapping[str, Any], grant: Grant, wall: Callable[[], float], before: Tokens) -> Tokens:
    """The tokens of a good answer; what it does not tell stays as it was `before`."""
    access = _token(told, "access_token")
    if not access or (_text(told, "token_type") or "bearer").lower() != "bearer":
        raise Unreachable("the token endpoint gave no token")
    return Tokens(
        access,
        refresh=_token(told, "refresh_token") or before.refresh,
        expires_at=_end(told.get("expires_in"), wall),
        url=_place(told, grant) or before.url,
        client_secret=before.client_secret,
    )


def _token(told: Mapping[str, Any], name: str) -> str:
    """A token that can stand in a header: anything else is no token."""
    value = _text(told, name)
    return value if value.isascii() and value.isprintable() and " " not in value and len(value) <= LONGEST else ""


def _end(life: object, wall: Callable[[], float]) -> float | None:
    """When tokens that live for so many seconds end. One that lives less than two minutes is renewed at half of it."""
    try:
        seconds = float(life) if isinstance(life, str | int | float) and not isinstance(life, bool) else 0.0
    except (ValueError, OverflowError):
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_LIFE_S:
        return None
    return wall() + max(seconds, seconds / 2 + EARLY_S)


def _place(told: Mapping[str, Any], grant: Grant) -> str:
    """Where calls go, as the answer says; Misconfigured where it names a place that must never get our token."""
    url = _text(told, grant.url_field) if grant.url_field else ""
    if not url:
        return ""
    require_safe(url)
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    ours = (urlsplit(grant.token_url).hostname or "").lower()
    if host != ours and not any(host.endswith(end) for end in grant.hosts):
        raise Misconfigured(
            "a token for another place",
            title=tr("The CRM sends us to a place that is not its own"),
            advice=tr("Nothing was sent there. Tell whoever runs the CRM: {host}", host=plain_name(host, 100)),
        )
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
