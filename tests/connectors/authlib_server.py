"""An authorization server made of Authlib's server side: a judge of our sign-in that nobody here wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge

from tests.connectors.fake_server import Reply, Request


@dataclass
class App:
    """What the company registered: a public client where `secret` is empty."""

    client_id: str
    secret: str = ""
    addresses: tuple[str, ...] = ("http://127.0.0.1/signed-in",)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.addresses[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(each for each in (scope or "").split() if each in ("api", "offline"))

    def check_redirect_uri(self, address: str) -> bool:
        """Any port of a loopback address, as RFC 8252 section 7.3 has it."""
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.hostname}{parts.path}" in self.addresses

    def check_client_secret(self, secret: str) -> bool:
        return secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("client_secret_post" if self.secret else "none")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class Code:
    """A code until it is exchanged."""

    code: str
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Token:
    """What was issued."""

    access_token: str
    refresh_token: str
    scope: str
    client: App
    revoked: bool = False

    def check_client(self, client: App) -> bool:
        return client is self.client

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Store:
    """Everything that the server remembers."""

    app: App
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class AuthlibServer(AuthorizationServer):  # type: ignore[misc]
    """`Request` to `Reply`; the rep is signed in there already and says yes."""

    def __init__(self, app: App) -> None:
        super().__init__(scopes_supported=["api", "offline"])
        self.store = Store(app)
        store = self.store

        class Codes(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_post")

            def save_authorization_code(self, code: str, request: Any) -> None:
                told = request.payload.data
                store.codes[code] = Code(
                    code, told["redirect_uri"], told["scope"], told["code_challenge"], told["code_challenge_method"]
                )

            def query_authorization_code(self, code: str, client: App) -> Code | None:
                return store.codes.get(code)

            def delete_authorization_code(self, code: Code) -> None:
                del store.codes[code.code]

            def authenticate_user(self, code: Code) -> str:
                return "ana"

        class Refresh(grants.RefreshTokenGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_post")
            INCLUDE_NEW_REFRESH_TOKEN = True

            def authenticate_refresh_token(self, refresh: str) -> Token | None:
                return next((each for each in store.tokens if each.refresh_token == refresh and not each.revoked), None)

            def authenticate_user(self, token: Token) -> str:
                return "ana"

            def revoke_old_credential(self, token: Token) -> None:
                token.revoked = True

        def made(**_: object) -> str:
            return str(generate_token(42))

        self.register_token_generator("default", BearerTokenGenerator(made, made))
        self.register_grant(Codes, [CodeChallenge(required=True)])
        self.register_grant(Refresh)

    def __call__(self, request: Request) -> Reply:
        reply: Reply = self.create_token_response(request)
        if reply.status != 200 and isinstance(reply.body, dict):
            self.store.refused.append(str(reply.body.get("error")))
        return reply

    def says_yes(self, asked: dict[str, str]) -> dict[str, str]:
        """What the browser comes back with."""
        request = Request("GET", "/authorize", {}, {}, b"", "/authorize")
        grant = self.get_consent_grant(_Asked(request, asked), end_user="ana")
        grant.redirect_uri = asked["redirect_uri"]
        status, _, headers = grant.create_authorization_response(asked["redirect_uri"], "ana")
        assert status == 302
        return dict(parse_qsl(urlsplit(dict(headers)["Location"]).query))

    # What Authlib leaves to whoever uses it ─────────────────────────────────────────────────────────────────────────

    def query_client(self, client_id: str) -> App | None:
        return self.store.app if client_id == self.store.app.client_id else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        self.store.tokens.append(
            Token(token["access_token"], token["refresh_token"], token.get("scope", ""), request.client)
        )

    def create_oauth2_request(self, request: Any) -> Any:
        if isinstance(request, OAuth2Request):
            return request
        return _Asked(request, dict(parse_qsl(request.body.decode())))

    def handle_response(self, status: int, body: object, headers: Any) -> Reply:
        return Reply(status, body)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Nobody listens."""


class _Asked(OAuth2Request):  # type: ignore[misc]
    """A request as Authlib reads it."""

    def __init__(self, request: Request, values: dict[str, str]) -> None:
        super().__init__(request.method, f"https://crm.example{request.target}", headers=dict(request.headers))
        self.payload = BasicOAuth2Payload(values)
        self._values = values

    @property
    def form(self) -> dict[str, str]:
        return self._values

    @property
    def args(self) -> dict[str, str]:
        return self._values
