"""What can be wrong between us and a CRM's address, in words for the rep."""

from __future__ import annotations

import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

from companion.connectors.base import SAFE, Unreachable
from companion.domain.language import sentence, tr

CHECK_ADDRESS: Final = sentence("Compare the address with the one in your browser’s address bar.")

_PORTAL: Final = sentence(
    "Your network may want you to sign in first: open any web page in the browser. If that is not it, go on here."
)

_ASK_OF_PROXY: Final = sentence(
    "Ask IT whether this computer may go to the CRM by it. Companion gives a proxy no name and no password."
)

_EXPIRED, _NOT_YET, _WRONG_HOST, _WRONG_IP = 10, 9, 62, 64


class BadAddress(Unreachable):
    """The address leads nowhere, or not to the CRM. In the middle of a sync it is a passing trouble of the network;
    while signing in, `http.signing_in` makes it `Misconfigured`."""


def check_address() -> str:
    """What to do where the address may be wrong."""
    return f"{tr(CHECK_ADDRESS)} {tr(SAFE)}"


def while_connecting(error: BaseException, url: str, proxy: str = "") -> Unreachable:
    """The trouble behind `error`, raised before a single byte of the request was sent. With a `proxy` it is that which
    could not be found or called."""
    host = urlsplit(url).hostname or tr("that address")
    called = urlsplit(proxy).hostname or host
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, host)
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return BadAddress(
                f"no TLS: {cause.reason}",
                title=tr("{host} does not offer a safe connection", host=host),
                advice=f"{tr('Nothing was sent.')} {check_address()}",
            )
        if isinstance(cause, socket.gaierror):
            return BadAddress(
                "name not found",
                title=tr("There is no computer called {host}", host=called),
                advice=tr("Check the spelling, and that you are online (and on the company’s VPN if it needs one).")
                + f" {tr(SAFE)}",
            )
        if isinstance(cause, ConnectionRefusedError):
            return BadAddress(
                "refused",
                title=tr("Nothing answers at {host}", host=called),
                advice=f"{tr('The computer is there but no CRM listens at this address.')} {check_address()}",
            )
    return Unreachable(f"not connected: {type(error).__name__}")


def proxy_refused() -> BadAddress:
    """The proxy that was chosen in the settings is there, and lets nothing of this through."""
    return BadAddress(
        "the proxy refused",
        title=tr("The proxy does not let Companion through"),
        advice=f"{tr(_ASK_OF_PROXY)} {tr(SAFE)}",
    )


def redirected(url: str) -> BadAddress:
    """The server at `url` sends us to a place that we don't follow to."""
    host = urlsplit(url).hostname or tr("that address")
    return BadAddress(
        "redirected elsewhere",
        title=tr("{host} sends us somewhere else", host=host),
        advice=f"{tr(_PORTAL)} {check_address()}",
    )


def web_page(url: str) -> BadAddress:
    """A web page came where data was asked for."""
    host = urlsplit(url).hostname or tr("that address")
    return BadAddress(
        "a web page instead of data",
        title=tr("{host} answered with a web page", host=host),
        advice=f"{tr(_PORTAL)} {check_address()}",
    )


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> BadAddress:
    code = getattr(error, "verify_code", None)
    text = f"{getattr(error, 'verify_message', '')} {error}".lower()
    if code == _EXPIRED or "expired" in text:
        what = tr("The certificate of {host} has expired", host=host), tr("Ask whoever runs the CRM to renew it.")
    elif code == _NOT_YET or "not yet valid" in text:
        what = tr("The certificate of {host} is not valid yet", host=host), tr("Check this computer’s date and time.")
    elif code in (_WRONG_HOST, _WRONG_IP) or "mismatch" in text:
        what = tr("The certificate there is not for {host}", host=host), tr(CHECK_ADDRESS)
    else:
        what = (
            tr("This computer does not trust {host}", host=host),
            tr(
                "If your company has its own certificate authority, ask IT to install its certificate on this computer."
            ),
        )
    return BadAddress(
        f"certificate refused: {getattr(error, 'verify_message', '') or 'unknown'}",
        title=what[0],
        advice=f"{tr('Nothing was sent.')} {what[1]} {tr(SAFE)}",
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
