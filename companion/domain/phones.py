"""Phone numbers as people write them: one person found by any spelling, and one way to show a number."""

from __future__ import annotations

import unicodedata

from companion.domain.text import plain_name

# A national number shorter than this is an extension or a short code, and would match half the book.
SHORTEST_NUMBER = 5
_LONGEST_TEXT = 100


def digits(text: str) -> str:
    """The digits of `text` alone, those of other scripts as 0 to 9."""
    return "".join(str(value) for value in (unicodedata.decimal(sign, None) for sign in text) if value is not None)


def variants(text: str, region: str | None) -> tuple[str, ...]:
    """The digit strings that this number may be stored or typed as; two spellings of one number share at least one.

    `region` is the rep's country ("NO"); without it only numbers with a country code are understood, others are
    their digits. E.164 comes first, without its plus. Text without digits has no variants.
    """
    written = _without_trunk_hint(text[:_LONGEST_TEXT])
    raw = digits(written)
    if not raw:
        return ()
    understood: tuple[str, ...] = ()
    parsed = _parse(written, region)
    if parsed is not None:
        code, national = parsed
        understood = (code + national, national)
    known = (*understood, raw, raw.removeprefix("00"), raw.lstrip("0"))
    return tuple(dict.fromkeys(number for number in known if len(number) >= SHORTEST_NUMBER)) or (raw,)


def display(text: str, region: str | None) -> str:
    """The number in international form ("+47 55 12 40 18"); what can't be a number is shown as it was written."""
    import phonenumbers  # 29 ms, and many sessions never show a number

    try:
        number = phonenumbers.parse(_international(_without_trunk_hint(text[:_LONGEST_TEXT])), region)
    except phonenumbers.NumberParseException:
        return plain_name(text)
    if not phonenumbers.is_possible_number(number):
        return plain_name(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _parse(text: str, region: str | None) -> tuple[str, str] | None:
    """Country code and national number with its leading zeros, as digits."""
    import phonenumbers

    try:
        number = phonenumbers.parse(_international(text), region)
    except phonenumbers.NumberParseException:
        return None
    return str(number.country_code), phonenumbers.national_significant_number(number)


def _international(text: str) -> str:
    """`text` with its 00 as +, which most countries dial and any rep may have copied."""
    bare = text.strip()
    return "+" + bare[2:] if bare.startswith("00") else bare


def _without_trunk_hint(text: str) -> str:
    """ "+44 (0)20 …" without the zero in brackets, which is never dialled after a country code."""
    return text.replace("(0)", "", 1) if text.lstrip().startswith(("+", "00")) else text
