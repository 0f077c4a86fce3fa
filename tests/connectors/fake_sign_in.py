"""A CRM's authorization server that lives in memory: PKCE codes for one use, refresh tokens that rotate, families that
end when one is used twice; and a browser that does what a rep would."""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit

from companion.connectors.grant import Grant, Redirect
from tests.connectors.fake_server import Reply, Request

CLIENT = "app-1"


@dataclass
class Issued:
    """A code that waits to be exchanged."""

    challenge: str
    address: str
    used: bool = False


@dataclass
class FakeSignIn:
    """`Request` to `Reply`. `rotates`: each renewal brings a new refresh token; `grace` old ones still work besides.

    `hooked` is called when a renewal was decided and not yet answered. What an answer adds is in `more`.
    """

    clock: Callable[[], float] = lambda: 1_795_000_000.0
    secret: str = ""
    rotates: bool = True
    grace: int = 0
    life_s: object = 1800
    more: dict[str, object] = field(default_factory=dict)
    hooked: Callable[[], None] = lambda: None
    codes: dict[str, Issued] = field(default_factory=dict)
    families: dict[str, list[str]] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    renewals: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    _made: int = 0

    def __call__(self, request: Request) -> Reply:
        if request.path == "/token" and request.method == "POST":
            form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            self.asked.append(form)
            return self._token(form)
        if request.path == "/me":
            known = request.headers.get("authorization", "").removeprefix("Bearer ") in self.alive
            return Reply(200, {"name": "Ana"}) if known else Reply(401, {"error": "expired"})
        return Reply(404, {"error": "not_found"})

    def grant(self, url: str, **other: object) -> Grant:
        """The grant of the registered app."""
        facts = {"client_id": CLIENT, "scopes": ("api", "offline"), "redirect": Redirect.ANY_PORT} | other
        return Grant(f"{url}/authorize", f"{url}/token", **facts)  # type: ignore[arg-type]

    def code(self, asked: dict[str, str]) -> str:
        """What the rep's yes brings to the app that asked."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = self._new("code")
        self.codes[code] = Issued(asked["code_challenge"], asked["redirect_uri"])
        return code

    def sign_in(self) -> tuple[str, str]:
        """Access and refresh token of a sign-in that took place."""
        return self._pair(self._new("family"))

    def revoke(self) -> None:
        """The administrator ends everything."""
        self.families.clear()
        self.alive.clear()

    def expire(self) -> None:
        """Every access token has ended."""
        self.alive.clear()

    # The token endpoint ─────────────────────────────────────────────────────────────────────────────────────────────

    def _token(self, form: dict[str, str]) -> Reply:
        if form.get("client_id") != CLIENT or not hmac.compare_digest(form.get("client_secret", ""), self.secret):
            return Reply(400, {"error": "invalid_client", "error_description": "unknown app"})
        if form["grant_type"] == "authorization_code":
            return self._exchange(form)
        return self._renew(form["refresh_token"])

    def _exchange(self, form: dict[str, str]) -> Reply:
        issued = self.codes.get(form["code"])
        proof = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if issued is None or issued.used or issued.challenge != proof or issued.address != form["redirect_uri"]:
            return _refused("the code is not good")
        issued.used = True
        return self._told(*self._pair(self._new("family")))

    def _renew(self, refresh: str) -> Reply:
        family = next((name for name, tokens in self.families.items() if refresh in tokens), None)
        if family is None:
            return _refused("expired access/refresh token")
        tokens = self.families[family]
        if tokens.index(refresh) < len(tokens) - 1 - self.grace:
            del self.families[family]
            self.alive.clear()
            return _refused("used twice")
        self.renewals += 1
        pair = self._pair(family) if self.rotates else (self._access(), "")
        self.hooked()
        return self._told(*pair)

    def _told(self, access: str, refresh: str) -> Reply:
        told: dict[str, object] = {"access_token": access, "token_type": "Bearer", **self.more}
        if self.life_s is not None:
            told["expires_in"] = self.life_s
        return Reply(200, {**told, **({"refresh_token": refresh} if refresh else {})})

    def _pair(self, family: str) -> tuple[str, str]:
        refresh = self._new("refresh")
        self.families.setdefault(family, []).append(refresh)
        return self._access(), refresh

    def _access(self) -> str:
        access = self._new("access")
        self.alive.add(access)
        return access

    def _new(self, what: str) -> str:
        self._made += 1
        return f"{what}-{self._made}-{hashlib.sha256(f'{what}{self._made}'.encode()).hexdigest()[:12]}"


@dataclass
class FakeBrowser:
    """Opens the address and comes back as `does` says, on a thread of its own as a browser would.

    `does` gets what was asked and gives the parameters to come back with. `pages` are status and text of each answer.
    """

    does: Callable[[dict[str, str]], dict[str, str]]
    first: Callable[[str, dict[str, str]], None] = lambda address, asked: None
    opened: list[str] = field(default_factory=list)
    pages: list[tuple[int, str]] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def open(self, address: str) -> bool:
        """What the app calls."""
        self.opened.append(address)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self._thread = threading.Thread(target=self._come_back, args=(asked,), daemon=True)
        self._thread.start()
        return True

    def closed(self) -> None:
        """Waits until it has nothing more to do."""
        if self._thread is not None:
            self._thread.join(10)

    def _come_back(self, asked: dict[str, str]) -> None:
        self.first(asked["redirect_uri"], asked)
        self.pages.append(get(f"{asked['redirect_uri']}?{urlencode(self.does(asked))}"))


def get(address: str, **headers: str) -> tuple[int, str]:
    """Status and text of a page, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=5) as page:
            return page.status, page.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _refused(words: str) -> Reply:
    return Reply(400, {"error": "invalid_grant", "error_description": words})
