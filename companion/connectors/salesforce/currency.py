"""The currency of an org that has only one: such an org need not name it, but its locale tells the country."""

from __future__ import annotations

import re
from typing import Final

_EURO: Final = frozenset("AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK".split())
_OTHERS: Final = {
    "AE": "AED", "AR": "ARS", "AU": "AUD", "BR": "BRL", "CA": "CAD", "CH": "CHF", "CL": "CLP", "CN": "CNY",
    "CO": "COP", "CZ": "CZK", "DK": "DKK", "EG": "EGP", "GB": "GBP", "HK": "HKD", "HU": "HUF", "ID": "IDR",
    "IL": "ILS", "IN": "INR", "IS": "ISK", "JP": "JPY", "KR": "KRW", "LI": "CHF", "MA": "MAD", "MX": "MXN",
    "MY": "MYR", "NG": "NGN", "NO": "NOK", "NZ": "NZD", "PE": "PEN", "PH": "PHP", "PL": "PLN", "RO": "RON",
    "RS": "RSD", "SA": "SAR", "SE": "SEK", "SG": "SGD", "TH": "THB", "TR": "TRY", "TW": "TWD", "UA": "UAH",
    "US": "USD", "VN": "VND", "ZA": "ZAR",
}  # fmt: skip


def of_locale(locale: object) -> str | None:
    """The currency of a locale such as 'en_GB' or 'de_DE_EURO'; None where it names no country that is known here."""
    parts = re.split(r"[_-]", locale)[1:] if isinstance(locale, str) else []
    country = next((part for part in parts if len(part) == 2 and part.isupper()), "")
    return "EUR" if country in _EURO else _OTHERS.get(country)
