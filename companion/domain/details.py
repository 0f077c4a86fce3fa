"""What can be typed into the fields of a person, company or deal, and why something can't, in words for below it.

Only what surely is a slip is refused: a number without digits, an address without an @. The CRM has the last word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from companion.domain import field_text, phones
from companion.domain.language import sentence, tr
from companion.domain.records import Kind, Value

LABELS: Final[Mapping[Kind, Mapping[str, str]]] = {
    Kind.PERSON: {
        "name": sentence("Name"),
        "role": sentence("Role"),
        "mobile": sentence("Mobile"),
        "phone": sentence("Phone"),
        "email": sentence("Email"),
        "city": sentence("City"),
        "best_time": sentence("Best time"),
        "buying_role": sentence("Buying role"),
        "source": sentence("Source"),
        "campaign": sentence("Campaign"),
        "journey": sentence("Journey"),
    },
    Kind.COMPANY: {
        "name": sentence("Name"),
        "phone": sentence("Phone"),
        "email": sentence("Email"),
        "website": sentence("Website"),
        "city": sentence("City"),
        "country": sentence("Country"),
        "industry": sentence("Industry"),
    },
    Kind.DEAL: {
        "name": sentence("Name"),
        "contract_ends_on": sentence("Contract"),
        "trial_ends_on": sentence("Trial"),
        "source": sentence("Source"),
        "medium": sentence("Medium"),
        "campaign": sentence("Campaign"),
    },
}
"""The fields that a rep edits on a page, in the page's order. Stage, amount and close date have keys of their own."""

_LONGEST: Final = 250
_EMAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;.]+(\.[^\s@<>,;.]+)+")
_WEBSITE: Final = re.compile(r"(https?://)?[^\s/@.]+(\.[^\s/@.]+)+([/?#]\S*)?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[\d\s+()./\u2010-\u2015\u00a0-]+?\s*((ext|x|#)\.?\s*\d{1,6})?", re.IGNORECASE)


class Refused(ValueError):
    """What was typed can't be this field's value; `str()` says why, and what to do."""


def label(kind: Kind, name: str) -> str:
    """What a page calls the field."""
    return tr(LABELS[kind][name])


def read(kind: Kind, name: str, typed: str, now: dt.datetime) -> Value:
    """The value that was typed, None for an empty line. `now` is aware and local. Raises Refused."""
    text = " ".join(typed.split())
    shown = text[:40]
    if not text:
        if name == "name":
            raise Refused(tr("Something must stand here: it is what everybody calls it by."))
        return None
    if len(text) > _LONGEST:
        raise Refused(tr("That is too long for a field. Write a note instead."))
    if name == "email" and not _EMAIL.fullmatch(text):
        raise Refused(tr("“{text}” is not an email address. One reads like ana@company.com.", text=shown))
    if name in ("phone", "mobile") and not _is_number(text):
        raise Refused(tr("“{text}” is not a phone number. One reads like +47 55 12 40 18.", text=shown))
    if name == "website" and not _WEBSITE.fullmatch(text):
        raise Refused(tr("“{text}” is not a web address. One reads like company.com.", text=shown))
    if name.endswith("_on"):
        try:
            return field_text.read(name, text, now)
        except field_text.NotUnderstood as problem:
            raise Refused(str(problem)) from None
    return text


def _is_number(text: str) -> bool:
    digits = len(phones.digits(text))
    return _NUMBER.fullmatch(text) is not None and 3 <= digits <= 21
