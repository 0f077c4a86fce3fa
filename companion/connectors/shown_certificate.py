"""What a server's certificate says of itself, trusted or not: only to be told, never to be relied on."""

from __future__ import annotations

import datetime as dt
import ssl
from typing import Final

from msgspec import Struct

from companion.domain.language import tr
from companion.domain.text import plain_name
from companion.domain.words import listed, short_date

_MOST_NAMES: Final = 3
_LONGEST: Final = 80


class ShownCertificate(Struct, frozen=True):
    """Who says to have issued it, for whom, and until which day (UTC)."""

    issuer: str
    names: tuple[str, ...]
    ends: dt.date

    @property
    def words(self) -> str:
        """'It was issued by “R11” for crm.example, and is valid until 3 Jan 2027.'"""
        issuer, day = self.issuer or "?", short_date(self.ends, dt.date.min)
        if not self.names:
            return tr(
                "The certificate there was issued by “{issuer}”, and is valid until {day}.", issuer=issuer, day=day
            )
        names = listed(self.names[:_MOST_NAMES])
        return tr(
            "The certificate there was issued by “{issuer}” for {names}, and is valid until {day}.",
            issuer=issuer,
            names=names,
            day=day,
        )


def unverified(host: str, port: int, timeout: float) -> ShownCertificate | None:
    """What a server shows to whoever asks, without trusting it: nothing is sent to it. None where it shows nothing."""
    try:
        pem = ssl.get_server_certificate((host, port), timeout=timeout)
        return read(ssl.PEM_cert_to_DER_cert(pem))
    except (OSError, ValueError):
        return None


def read(der: bytes | None) -> ShownCertificate | None:
    """What a certificate says; None where it can't be read."""
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID, NameOID

    try:
        found = x509.load_der_x509_certificate(der or b"")
        issuers = [found.issuer.get_attributes_for_oid(oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)]
        issuer = next((str(each[0].value) for each in issuers if each), "")
        ends = found.not_valid_after_utc.date()
    except ValueError:
        return None
    try:
        names = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        told = tuple(str(each.value) for each in names) if isinstance(names, x509.SubjectAlternativeName) else ()
    except (x509.ExtensionNotFound, ValueError):
        told = ()
    return ShownCertificate(plain_name(issuer, _LONGEST), tuple(plain_name(each, _LONGEST) for each in told), ends)
