"""How the app that a company registered in its CRM asks for tokens: where, for what, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field


class Redirect(Enum):
    """How a CRM lets its answer come back to this computer."""

    ANY_PORT = "any port of 127.0.0.1, as RFC 8252 wants it"
    FIXED_PORTS = "one of the registered ports of 127.0.0.1"
    LOCALHOST_NAME = "the name localhost, at the registered ports, or at any where there are none"
    NONE = "not at all"


class Grant(Struct, frozen=True):
    """Which app asks whom for what. It holds no secret.

    `needs_secret` is set where the CRM wants the app's secret too. `issuer` is what an answer must say in `iss`, ''
    where the CRM says nothing. `url_field` names what in a token answer tells where calls go ('' nothing); it is
    believed for the token endpoint's own host and for `hosts`, ends of names such as '.salesforce.com'. `extra` goes
    along to the address that the browser opens. `revoke_url` ends tokens (RFC 7009); '' where the CRM has none.
    """

    authorize_url: str
    token_url: str
    client_id: str
    scopes: tuple[str, ...] = ()
    redirect: Redirect = Redirect.ANY_PORT
    ports: tuple[int, ...] = ()
    path: str = "/signed-in"
    needs_secret: bool = False
    issuer: str = ""
    url_field: str = ""
    hosts: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    revoke_url: str = ""

    @property
    def host(self) -> str:
        """By which name the browser comes back."""
        return "localhost" if self.redirect is Redirect.LOCALHOST_NAME else "127.0.0.1"

    @property
    def addresses(self) -> tuple[str, ...]:
        """What the company registers in its CRM as the addresses that an answer may come back to."""
        if self.redirect is Redirect.NONE:
            return ()
        ports = () if self.redirect is Redirect.ANY_PORT else self.ports
        return tuple(f"http://{self.host}:{port}{self.path}" for port in ports) or (f"http://{self.host}{self.path}",)
