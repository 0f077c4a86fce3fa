"""Requests in somebody's name by a token that ends: renewed in time, by one at a time, and kept before it is used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol, Unpack

from msgspec import Struct, structs

from companion.connectors.base import SignInNeeded
from companion.connectors.http import Answer, Client, Sent

EARLY_S: Final = 60.0
"""A token that ends within this many seconds is renewed before it is used."""


class Tokens(Struct, frozen=True):
    """What a sign-in brought. `expires_at` is in seconds since 1970 by this computer's clock; None: nobody told.

    `url` is where the CRM wants its calls sent, '' where the account's own address stands. Without `refresh` the token
    is a key that a person made: it can't be renewed, only replaced. `client_secret` is set where the company's own app
    needs one. Never printed: its words hide all of it.
    """

    access: str
    refresh: str = ""
    expires_at: float | None = None
    url: str = ""
    client_secret: str = ""

    def __repr__(self) -> str:
        return f"Tokens({'renewable' if self.refresh else 'fixed'})"

    def with_new(self, **changes: object) -> Tokens:
        """The same with other values."""
        return structs.replace(self, **changes)


class Keeper(Protocol):
    """Where the tokens of one account lie. Any thread."""

    def now(self) -> Tokens:
        """What is kept now; another process may have renewed it."""

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """What is kept if that is no longer `stale`; else what `renew` brings, on the disk before it is returned.

        One at a time, across threads and processes: a refresh token that is used twice ends the whole sign-in.
        """


class Held:
    """Tokens, or a key, that lie in memory alone: while it is tried whether they let us in."""

    def __init__(self, secret: str | Tokens) -> None:
        self._tokens = Tokens(secret) if isinstance(secret, str) else secret
        self._turn = threading.Lock()

    def now(self) -> Tokens:
        """What is held now."""
        return self._tokens

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """As `Keeper.renewed`, within this process."""
        with self._turn:
            if self._tokens == stale:
                self._tokens = renew(stale)
            return self._tokens


class Fixed:
    """A key that a person typed: there is nothing to renew."""

    def __init__(self, key: str) -> None:
        self._tokens = Tokens(key)

    def now(self) -> Tokens:
        """The key."""
        return self._tokens

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Raises SignInNeeded: only a person can make another."""
        raise SignInNeeded("the key is no longer accepted")


class Signed:
    """A client that signs each request, `scheme` being the word before the token. One thread at a time.

    `renew` gets the stale tokens and brings new ones, or raises SignInNeeded; `wall` is in seconds since 1970. A 401 is
    renewed after once: the server did not act on it, so a write may be sent again too.
    """

    def __init__(
        self,
        http: Client,
        keeper: Keeper,
        renew: Callable[[Tokens], Tokens],
        wall: Callable[[], float],
        *,
        scheme: str = "Bearer",
    ) -> None:
        self.http = http
        self._keeper, self._renew, self._wall, self._scheme = keeper, renew, wall, scheme

    @property
    def tokens(self) -> Tokens:
        """What is in use, renewed first where it ends within a minute."""
        kept = self._keeper.now()
        if kept.refresh and kept.expires_at is not None and kept.expires_at - self._wall() < EARLY_S:
            return self._keeper.renewed(kept, self._renew)
        return kept

    def read(self, method: str, url: str, **what: Unpack[Sent]) -> Answer:
        """As `Client.read`."""
        return self._sent(what, lambda signed: self.http.read(method, url, **signed))

    def write(self, method: str, url: str, **what: Unpack[Sent]) -> Answer:
        """As `Client.write`."""
        return self._sent(what, lambda signed: self.http.write(method, url, **signed))

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def _sent(self, what: Sent, send: Callable[[Sent], Answer]) -> Answer:
        used = self.tokens
        try:
            return send(self._with(what, used))
        except SignInNeeded:
            return send(self._with(what, self._again(used)))

    def _again(self, used: Tokens) -> Tokens:
        if not used.refresh:
            raise SignInNeeded("the key is no longer accepted")
        return self._keeper.renewed(used, self._renew)

    def _with(self, what: Sent, tokens: Tokens) -> Sent:
        signed = {**(what.get("headers") or {}), "Authorization": f"{self._scheme} {tokens.access}"}
        return {**what, "headers": signed}
