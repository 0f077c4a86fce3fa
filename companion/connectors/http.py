"""The one HTTP client of all connectors: verified TLS, caps on everything, and every trouble as a word of the contract.

Only this file knows httpx. What a connector has to know is when a request may have taken effect:

    read   any trouble                                    → Unreachable: try again without a thought
    write  nothing was sent yet (address, TLS, refused)   → Unreachable
    write  the first byte may have left                   → Doubtful: the connector answers `Unknown`
    both   429 or 477, or 503 with Retry-After            → RateLimited
    both   401                                            → SignInNeeded

Any other answer (a 404, 409 or 500 in JSON too) comes back as an `Answer` for the connector to judge. Bodies of a 2xx
that are not what was asked for, such as the sign-in page of a hotel's network, are trouble and never data.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import ipaddress
import logging
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NoReturn, TypedDict, Unpack
from urllib.parse import urlsplit

import httpx
import truststore
from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import payload, trouble
from companion.connectors.base import Misconfigured, RateLimited, SignInNeeded, Unreachable
from companion.connectors.patience import Deadline, Watched, drop_what_answers_unasked
from companion.domain.language import tr

BODY_CAP: Final = 64 * 1024 * 1024
"""Bytes of one answer after unpacking."""

HEADER_CAP: Final = 64 * 1024
"""Bytes of all headers of one answer."""

_TOO_MUCH: Final = (429, 477)
"""Asked too often; the account is being moved to another data centre (HubSpot's own number)."""
_GAVE_UP: Final = (408, 502, 503, 504)
"""A gateway that waited too long for us, or for the server behind it: whatever its body says, nobody knows."""

_PAUSE_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 24 * 3600.0
_REDIRECTS: Final = 3
_HERE: Final = ("http://", "https://localhost", "https://127.0.0.1", "https://[::1]")
"""What never goes by a proxy: this computer, which is all that may be spoken to without TLS."""
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)

Params = Mapping[str, str | int]

# What these libraries have to say at DEBUG holds addresses and cookies: nobody's log may have it.
for _talkative in ("httpx", "httpcore"):
    logging.getLogger(_talkative).addHandler(logging.NullHandler())
    logging.getLogger(_talkative).propagate = False


class Doubtful(Exception):
    """A write may have taken effect: no definite answer came back. A connector turns it into an `Unknown` result."""


class Refused401(SignInNeeded):
    """A 401 with its headers, in lower case: a few CRMs say there that a code is wanted besides."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("answered 401")
        self.headers = headers


class Timeouts(Struct, frozen=True):
    """Seconds: to connect, between two packets, and from the first to the last byte of a whole request."""

    connect: float = 10.0
    packet: float = 30.0
    whole: float = 120.0


class Answer(Struct, frozen=True):
    """What a server answered. Header names are lower case; `date` is the server's own clock in seconds since 1970."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    date: float | None
    to_write: bool = False

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"  # tokens stand in bodies, sessions in headers

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """The decoded body; raises Unreachable (or Doubtful, for a write) where it is not JSON."""
        try:
            return payload.decode(self.body)
        except payload.Unreadable as error:
            _doubt(f"the answer is {error}", self.to_write)


class Sent(TypedDict, total=False):
    """What goes along with a request: a body as JSON or as it is. `accept` is part of the content type wanted, 'json'
    where nothing is said and '' for any."""

    headers: Mapping[str, str] | None
    params: Params | None
    json: object
    content: bytes | None
    accept: str


class Client:
    """Talks to one CRM. Not for several threads at once. Close it, or use it with `with`.

    `clock` counts seconds and bounds the time of a whole request. `context` stands in for the operating system's trust
    store in tests. `proxy` is an explicit setting, and not asked for what lies on this very computer: the
    environment's proxies and .netrc are never used. With `wall`, in seconds since 1970, `server_skew_s` says how far
    the server's clock was ahead of it at the last good answer.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        timeouts: Timeouts | None = None,
        body_cap: int = BODY_CAP,
        agent: str = "Companion",
        transport: httpx.BaseTransport | None = None,
        wall: Callable[[], float] | None = None,
    ) -> None:
        self.server_skew_s: float | None = None
        self._wall, self._proxy = wall, proxy or ""
        self._deadline = Deadline(clock)
        self._timeouts = timeouts or Timeouts()
        self._body_cap = body_cap
        mounts: dict[str, httpx.BaseTransport] = {}
        if transport is None:
            trust = context or system_trust()
            transport = _transport(trust, proxy, self._deadline)
            mounts = dict.fromkeys(_HERE, _transport(trust, None, self._deadline)) if proxy else {}
        self._transport = transport
        self._http = httpx.Client(
            transport=self._transport,
            mounts=mounts,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._timeouts.packet, connect=self._timeouts.connect),
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
        )
        # Sessions travel in headers that connectors set themselves; a cookie could only tie us to something unwanted.
        self._http.cookies.jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))

    def read(self, method: str, url: str, **what: Unpack[Sent]) -> Answer:
        """Asks for something without changing it, whatever the method."""
        request = _Request(method, url, writes=False, **what)
        for _ in range(_REDIRECTS + 1):
            answer = self._send(request)
            if not 300 <= answer.status < 400 or answer.status == 304:
                return answer
            request = replace(request, url=self._redirect(method, request.url, answer), params=None)
        raise trouble.BadAddress("redirected in a circle")

    def write(self, method: str, url: str, **what: Unpack[Sent]) -> Answer:
        """Changes something. Raises Doubtful where it may have taken effect although no definite answer came."""
        answer = self._send(_Request(method, url, writes=True, **what))
        if 300 <= answer.status < 400:
            raise Doubtful(f"answered {answer.status} with a redirect")
        return answer

    def knock(self, url: str) -> Answer:
        """Whatever stands at `url`, judged by nobody and followed nowhere; nothing of ours is sent along. For finding
        out what is wrong. Raises Unreachable where no whole answer comes."""
        return self._answered(_Request("GET", url, writes=False, accept=""))

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, request: _Request) -> Answer:
        answer = self._answered(request)
        _judge(answer, request)
        self._compare_clocks(answer)
        return answer

    def _answered(self, request: _Request) -> Answer:
        require_safe(request.url)
        content = request.content if request.json is None else payload.encode(request.json)
        headers = dict(request.headers or {})
        if request.json is not None:
            headers.setdefault("Content-Type", "application/json")
        self._deadline.begin(self._timeouts.whole)
        try:
            with self._http.stream(
                request.method, request.url, headers=headers, params=request.params, content=content
            ) as response:
                body = b"".join(self._body(response, request.writes))
        except httpx.ProxyError as error:
            raise trouble.proxy_refused() from error
        except _NOT_SENT as error:
            by = self._proxy if request.url.startswith("https") else ""
            raise trouble.while_connecting(error, request.url, by) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise _in_doubt(f"no whole answer: {type(error).__name__}", request.writes) from error
        drop_what_answers_unasked(self._transport)
        return Answer(
            status=response.status_code,
            headers=dict(response.headers),
            body=body,
            date=_http_date(response.headers.get("date")),
            to_write=request.writes,
        )

    def _compare_clocks(self, answer: Answer) -> None:
        """An answer out of a cache (it has an age) tells the time of its making."""
        if self._wall is not None and answer.date is not None and "age" not in answer.headers:
            self.server_skew_s = answer.date - self._wall()

    def _body(self, response: httpx.Response, writes: bool) -> Iterator[bytes]:
        """The unpacked body, counted while it is unpacked: a gzip bomb ends at the cap and not in memory."""
        if sum(len(name) + len(value) + 4 for name, value in response.headers.raw) > HEADER_CAP:
            _doubt(f"the headers are larger than {HEADER_CAP} bytes", writes)
        size = 0
        for part in _unpacked(response, writes):
            size += len(part)
            if size > self._body_cap:
                _doubt(f"the answer is larger than {self._body_cap} bytes", writes)
            if self._deadline.passed():
                _doubt("the answer took too long", writes)
            yield part

    @staticmethod
    def _redirect(method: str, url: str, answer: Answer) -> str:
        """Where a read may go on: to the same scheme, host and port only, since the headers carry our key."""
        there = str(httpx.URL(url).join(answer.headers.get("location", "")))
        ours, theirs = urlsplit(url), urlsplit(there)
        if method not in ("GET", "HEAD") or (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise trouble.redirected(url)
        return there


class _Request(Struct, frozen=True):
    method: str
    url: str
    writes: bool
    headers: Mapping[str, str] | None = None
    params: Params | None = None
    json: object = None
    content: bytes | None = None
    accept: str = "json"

    def __repr__(self) -> str:
        return f"Request({self.method})"


def require_safe(url: str) -> None:
    """Raises Misconfigured unless `url` is https, or http to this very computer, and carries no password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise Misconfigured("no host in the address", advice=trouble.check_address())
    if parts.username or parts.password:
        raise Misconfigured("a password in the address", advice=tr("Leave name and password out of the address."))
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here(host)):
        raise Misconfigured(
            f"not https: {parts.scheme}",
            title=tr("That address is not safe"),
            advice=tr(
                "Anyone on the way could read your book. Nothing was sent. Use the address that begins with https://."
            ),
        )


def tidy_address(text: str) -> str:
    """The address that a person typed, as an https base without a slash at its end; raises Misconfigured."""
    text = text.strip()
    if "://" not in text:
        host = urlsplit(f"//{text}").hostname or ""
        text = f"{'http' if is_here(host) else 'https'}://{text}"
    require_safe(text)
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


@contextlib.contextmanager
def signing_in() -> Iterator[None]:
    """While signing in, what leads nowhere is a wrong address: turns BadAddress into Misconfigured, words included."""
    try:
        yield
    except trouble.BadAddress as error:
        raise Misconfigured(str(error), title=error.title, advice=error.advice) from error


def system_trust() -> ssl.SSLContext:
    """Verifies by the operating system's store, so that a company's own certificate authority works."""
    # SSLKEYLOGFILE is not read.
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A name counts only where an authority vouches for it as one: in the certificate's list of alternative names.
    context.hostname_checks_common_name = False
    return context


def _transport(context: ssl.SSLContext, proxy: str | None, deadline: Deadline) -> httpx.BaseTransport:
    transport = httpx.HTTPTransport(
        verify=context,
        trust_env=False,
        proxy=proxy,
        limits=httpx.Limits(max_connections=4, max_keepalive_connections=2, keepalive_expiry=30.0),
    )
    # httpx has no argument for this; the tests of a dripping server fail if it ever stops working.
    transport._pool._network_backend = Watched(transport._pool._network_backend, deadline)
    return transport


def is_here(host: str) -> bool:
    """Whether a host is this very computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unpacked(response: httpx.Response, writes: bool) -> Iterator[bytes]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("", "identity"):
        yield from response.iter_raw()
        return
    if coding not in ("gzip", "x-gzip"):
        _doubt(f"packed in an unknown way: {coding[:20]}", writes)
    unzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        for packed in response.iter_raw():
            while packed and not unzip.eof:
                yield unzip.decompress(packed, 1024 * 1024)
                packed = unzip.unconsumed_tail
    except zlib.error:
        _doubt("badly packed", writes)
    if not unzip.eof and response.request.method != "HEAD":
        _doubt("cut off in the middle", writes)


def _judge(answer: Answer, request: _Request) -> None:
    status = answer.status
    if status == 401:
        raise Refused401(answer.headers)
    wait = _retry_after(answer)
    if status in _TOO_MUCH or (status == 503 and wait is not None):
        if wait is None:
            raise RateLimited(f"answered {status}", after_s=_PAUSE_S, body=answer.body)
        raise RateLimited(f"answered {status}", after_s=wait)
    kind = answer.headers.get("content-type", "").lower()
    if status in _GAVE_UP or (status >= 500 and "json" not in kind):
        _doubt(f"answered {status}", request.writes)
    if answer.ok and status != 204 and request.method != "HEAD":
        if "html" in kind and "html" not in request.accept:
            if request.writes:
                raise Doubtful("answered with a web page")
            raise trouble.web_page(request.url)
        if request.accept not in kind:
            _doubt("answered with something else than was asked for", request.writes)
        if not answer.body:
            _doubt("answered with nothing", request.writes)


def _retry_after(answer: Answer) -> float | None:
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_PAUSE_S)
    until = _http_date(text)
    if until is None or answer.date is None:
        return None
    return min(max(until - answer.date, 0.0), _LONGEST_PAUSE_S)


def _http_date(text: str | None) -> float | None:
    try:
        moment: datetime = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _in_doubt(why: str, writes: bool) -> Exception:
    return Doubtful(why) if writes else Unreachable(why)


def _doubt(why: str, writes: bool) -> NoReturn:
    raise _in_doubt(why, writes)
