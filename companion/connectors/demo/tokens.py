"""Sign-in at the embedded CRM: short-lived access, a refresh token that may change with each use, and revocation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors.demo.wire import AnswerLost, NotSent, Refusal, T, Wire

Keep = Callable[[str], None]
"""Makes a new secret durable. Called before the secret is used: once it is, the old one is dead."""


class Tokens:
    """The CRM's side. `life_s` is how long an access lasts, in seconds (0: for good)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._refresh: dict[str, str] = {}
        self._access: dict[str, tuple[str, float]] = {}
        self._issued = 0

    def issue(self, user: str) -> str:
        """A refresh token after the user has signed in by hand, beside those of other computers."""
        token = self._next("refresh")
        self._refresh[token] = user
        return token

    def renew(self, refresh: str, life_s: float, rotates: bool) -> tuple[str, str]:
        """An access and the refresh token from now on. Raises Refusal 401 for one that is dead."""
        user = self._refresh.get(refresh)
        if user is None:
            raise Refusal(401, "invalid_grant")
        if rotates:
            del self._refresh[refresh]
            refresh = self._next("refresh")
            self._refresh[refresh] = user
        access = self._next("access")
        self._access[access] = (user, self._clock() + life_s)
        return access, refresh

    def check(self, access: str) -> None:
        """Raises Refusal 401 for an access that has ended."""
        _, until = self._access.get(access, ("", 0.0))
        if until <= self._clock():
            raise Refusal(401, "The access token has expired")

    def expire(self, user: str) -> None:
        """Ends the user's accesses before their time; the refresh tokens live on."""
        self._access = {token: held for token, held in self._access.items() if held[0] != user}

    def revoke(self, user: str) -> None:
        """Ends all that the user has."""
        self._refresh = {token: owner for token, owner in self._refresh.items() if owner != user}
        self._access = {token: held for token, held in self._access.items() if held[0] != user}

    def _next(self, what: str) -> str:
        self._issued += 1
        return f"{what}-{self._issued}"


_ONCE_MORE: Final = 401


class SignedWire:
    """The connector's side: carries each request with an access, and gets another one when it has ended."""

    def __init__(
        self,
        wire: Wire,
        renew: Callable[[str], tuple[str, str]],
        check: Callable[[str], None],
        secret: str,
        keep: Keep,
    ) -> None:
        self._wire, self._renew, self._check = wire, renew, check
        self._secret, self._keep = secret, keep
        self._access: str | None = None

    def __call__(self, request: str, do: Callable[[], T], /) -> T:
        if self._access is None:
            self._sign()
        try:
            return self._wire(request, lambda: self._checked(do))
        except Refusal as refusal:
            if refusal.status != _ONCE_MORE:
                raise
        self._sign()
        return self._wire(request, lambda: self._checked(do))

    def _checked(self, do: Callable[[], T]) -> T:
        self._check(self._access or "")
        return do()

    def _sign(self) -> None:
        try:
            access, secret = self._wire("token", lambda: self._renew(self._secret))
        except AnswerLost as error:
            raise NotSent("no access could be got") from error
        if secret != self._secret:
            self.take(secret)
        self._access = access

    def take(self, secret: str) -> None:
        """A new refresh token: kept before it is used."""
        self._keep(secret)
        self._secret = secret
