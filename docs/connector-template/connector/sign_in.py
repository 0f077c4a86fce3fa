"""Finding out whether an address and a secret lead into Acme, in words for the rep."""

from __future__ import annotations

from companion.connectors.http import Client
from companion.connectors.tokens import Tokens
from companion.domain.account import Account


def sign_in(http: Client, account: Account, secret: str | Tokens, code: str = "") -> tuple[Account, str | Tokens]:
    """One look at the server: the account tidied, and what is to be kept as the secret.

    Raises Misconfigured, SignInNeeded, SecondFactorNeeded, ApiSunset or Unreachable.
    """
    raise NotImplementedError("one look at the server; for a way through the browser add `grant` and `renew` as well")
