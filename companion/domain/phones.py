"""Phone numbers as people write them: what of the writing is never dialled."""

from __future__ import annotations

import unicodedata


def digits(text: str) -> str:
    """The digits of `text` alone, those of other scripts as 0 to 9."""
    return "".join(str(value) for value in (unicodedata.decimal(sign, None) for sign in text) if value is not None)


def dialled(text: str) -> str:
    """ "+44 (0)20 …" without the zero in brackets, which is never dialled after a country code."""
    return text.replace("(0)", "", 1) if text.startswith(("+", "00")) else text
