"""Whether a CRM's address can be reached, step by step: its name, the way there, TLS, an answer, and the clocks.

It asks only the address itself and sends nothing of the rep's: no key, no name, no record.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import urllib.request
from collections.abc import Callable, Generator, Mapping
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from companion.connectors import shown_certificate, trouble
from companion.connectors.base import ConnectorError
from companion.connectors.http import Client, Timeouts, is_here, system_trust, tidy_address
from companion.connectors.shown_certificate import ShownCertificate
from companion.domain.finding import Finding
from companion.domain.language import tr
from companion.domain.skew import is_off, skew_advice, skew_words
from companion.domain.text import plain_name
from companion.domain.words import listed, short_date

_WITHIN_S: Final = 10.0
_ENDS_SOON_DAYS: Final = 14

Steps = Generator[Finding, None, bool]
"""Findings as they come; what it returns is whether the next step makes sense."""


class Means(Struct, frozen=True):
    """What the look takes from outside. `clock` counts seconds, `wall` is in seconds since 1970; `trust` makes a fresh
    TLS context, `proxies` tells the system's proxies by scheme. `proxy` is the one that Companion goes by."""

    clock: Callable[[], float]
    wall: Callable[[], float]
    trust: Callable[[], ssl.SSLContext] = system_trust
    proxies: Callable[[], Mapping[str, str]] = urllib.request.getproxies
    within_s: float = _WITHIN_S
    proxy: str | None = None


def reach(address: str, means: Means) -> Steps:
    """Looks at an address as a rep types it. Waits for the network, up to `within_s` seconds a step."""
    try:
        url = tidy_address(address)
    except ConnectorError as error:
        yield Finding(False, error.title, error.advice)
        return False
    host, port = _place(url)
    if means.proxy and not is_here(host):
        return (yield from _by_proxy(url, means.proxy, means))
    works = (yield from _name(host, port)) and (yield from _connection(url, host, port, means))
    works = works and (yield from _safety(url, means))
    yield from _proxy(url, means, works=works)
    return works and (yield from _answer(url, means))


def _by_proxy(url: str, proxy: str, means: Means) -> Steps:
    """What lies behind a proxy is not looked up or called from here: it stands between us and all of that."""
    yield Finding(True, tr("Companion goes by the proxy {proxy}, as your settings say", proxy=plain_name(proxy, 80)))
    host, port = _place(proxy)
    works = (yield from _name(host, port)) and (yield from _connection(proxy, host, port, means))
    return works and (yield from _answer(url, means))


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _name(host: str, port: int) -> Steps:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        yield _finding(socket.gaierror(), f"//{host}")
        return False
    places = listed(list(dict.fromkeys(str(each[4][0]) for each in found))[:3])
    if places == host:
        yield Finding(True, tr("The address is a number, so that no name has to be looked up: {place}", place=host))
    else:
        yield Finding(True, tr("The name {host} is known: {places}", host=host, places=places))
    return True


def _connection(url: str, host: str, port: int, means: Means) -> Steps:
    began = means.clock()
    try:
        socket.create_connection((host, port), means.within_s).close()
    except ConnectionRefusedError as error:
        yield _finding(error, url)
        return False
    except OSError:
        yield Finding(
            False,
            tr("There is no way to {host}, port {port}", host=host, port=port),
            tr("A firewall may be in between, or the company’s VPN is off. Ask IT whether this computer may go there."),
        )
        return False
    spent = round((means.clock() - began) * 1000)
    yield Finding(True, tr("{host} takes calls at port {port}, after {ms} ms", host=host, port=port, ms=spent))
    return True


def _safety(url: str, means: Means) -> Steps:
    host, port = _place(url)
    if not url.startswith("https"):
        yield Finding(True, tr("The CRM runs on this very computer: nothing has to be encrypted on the way"))
        return True
    try:
        with (
            socket.create_connection((host, port), means.within_s) as plain,
            means.trust().wrap_socket(plain, server_hostname=host) as safe,
        ):
            protocol, shown = safe.version() or "TLS", shown_certificate.read(safe.getpeercert(binary_form=True))
    except ssl.SSLError as error:
        found = _finding(error, url)
        shown = shown_certificate.unverified(host, port, means.within_s)
        yield found._replace(advice=f"{found.advice} {shown.words}") if shown else found
        return False
    except OSError:
        yield Finding(
            False,
            tr("{host} hangs up before the connection is safe", host=host),
            tr("Something in between may not let it pass. Ask IT whether this computer may go there."),
        )
        return False
    yield _safe(protocol, shown, means)
    return True


def _safe(protocol: str, shown: ShownCertificate | None, means: Means) -> Finding:
    words = tr("The connection is safe ({protocol}).", protocol=protocol)
    if shown is None:
        return Finding(True, words)
    today = dt.datetime.fromtimestamp(means.wall(), dt.UTC).date()
    if (shown.ends - today).days < _ENDS_SOON_DAYS:
        day = short_date(shown.ends, dt.date.min)
        return Finding(
            False,
            tr("The connection is safe, but its certificate ends on {day}", day=day),
            tr("Ask whoever runs the CRM to renew it."),
        )
    return Finding(True, f"{words} {shown.words}")


def _answer(url: str, means: Means) -> Steps:
    began = means.clock()
    limits = Timeouts(means.within_s, means.within_s, 2 * means.within_s)
    try:
        with Client(means.clock, context=means.trust(), proxy=means.proxy, timeouts=limits) as client:
            answer = client.knock(url)
    except ConnectorError as error:
        yield Finding(False, error.title, error.advice)
        return False
    spent = round((means.clock() - began) * 1000)
    if answer.status >= 500:
        yield Finding(
            False,
            tr("The server answers that it has trouble of its own (HTTP {status})", status=answer.status),
            tr("Ask whoever runs the CRM. What you log waits here, and is safe."),
        )
    else:
        yield Finding(True, tr("The server answers (HTTP {status}), after {ms} ms", status=answer.status, ms=spent))
    there = urlsplit(answer.headers.get("location", "")).hostname if 300 <= answer.status < 400 else None
    if there and there != _place(url)[0]:
        yield Finding(True, tr("It sends a browser on to {host}", host=plain_name(there, 80)))
    if answer.date is not None and "age" not in answer.headers:
        yield _clocks(answer.date - means.wall())
    return True


def _clocks(skew_s: float) -> Finding:
    if is_off(skew_s):
        return Finding(False, skew_words(skew_s), skew_advice())
    return Finding(True, tr("This computer’s clock agrees with the server’s"))


def _proxy(url: str, means: Means, *, works: bool) -> Steps:
    """Without one in the settings Companion goes straight: the system's only matters where that way is closed."""
    host, _ = _place(url)
    found = means.proxies()
    proxy = found.get(urlsplit(url).scheme) or found.get("all")
    # Its name and password, which often stand there too, are nobody's business.
    place = urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc.rpartition("@")[2] if proxy else ""
    if not place or urllib.request.proxy_bypass(host):
        return True
    told = plain_name(place, 80)
    if works:
        yield Finding(
            True, tr("This computer has a proxy ({proxy}); Companion goes without it, and gets there", proxy=told)
        )
    else:
        yield Finding(
            False,
            tr("This computer has a proxy ({proxy}), and Companion goes without it", proxy=told),
            tr(
                'It may be the only way out of your network. Then write proxy = "http://{proxy}" into Companion’s '
                "settings.toml, or ask IT for a direct way to {host}.",
                proxy=told,
                host=host,
            ),
        )
    return True


def _finding(error: BaseException, url: str) -> Finding:
    """The same words as in the window."""
    found = trouble.while_connecting(error, url)
    return Finding(False, found.title, found.advice)
