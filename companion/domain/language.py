"""The rep's language: a sentence of the code becomes the sentence that the rep reads, its values filled in."""

from __future__ import annotations

import re
from typing import Final, Protocol, cast

from companion.domain.manners import MANNERS, Manner


class Catalogue(Protocol):
    """Sentences of one language, as gettext keeps them; English sentences are the keys."""

    def gettext(self, message: str) -> str:
        """The sentence in this language; the same where it has none."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the sentence that this language uses for `n` things."""


_CONTEXT: Final = re.compile(r"^[a-z]+\|")


def bare(message: str) -> str:
    """A sentence of the code without the mark that parts it from a namesake: 'verb|Call' is 'Call'."""
    return _CONTEXT.sub("", message) if "|" in message else message


class _English:
    def gettext(self, message: str) -> str:
        return bare(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n == 1 else msgid2


_spoken: Catalogue = _English()
_language = "en"
_manner = MANNERS["en"]


def speak(catalogue: Catalogue | None, language: str = "en", manner: Manner | None = None) -> None:
    """From now on in this language (its two letters); None: English. Once, before anything is put into words.

    `manner` is how days, numbers and money are written; None: as the language does.
    """
    global _spoken, _language, _manner
    _spoken = catalogue or _English()
    _language = language
    _manner = manner or MANNERS.get(language, MANNERS["en"])


def manner() -> Manner:
    """How days, numbers and money are written now."""
    return _manner


def spoken() -> str:
    """The two letters of the language that is spoken now."""
    return _language


def in_english() -> bool:
    """Whether sentences stand as the code has them."""
    return isinstance(_spoken, _English)


def sentence(text: str) -> str:
    """Marks a sentence that stands in a table: catalogues learn of it here, `tr` translates it where it is said."""
    return text


def said(text: str) -> str:
    """A sentence that a class keeps as an attribute: reading it there gives it in the rep's language."""
    return cast("str", _Said(text))


class _Said:
    def __init__(self, text: str) -> None:
        self._text = text

    def __get__(self, instance: object, owner: type) -> str:
        return tr(self._text)


def tr(text: str, /, **values: object) -> str:
    """The sentence in the rep's language, each {name} in it replaced by its value; a value is never translated."""
    if not text:
        return ""
    spoken_text = _spoken.gettext(text)
    return _filled(bare(text) if spoken_text is text else spoken_text, values)


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """The form of the sentence for `n` things, {n} among its values: trn("{n} day", "{n} days", 3)."""
    return _filled(_spoken.ngettext(one, many, n), {"n": number(n), **values})


def number(n: int) -> str:
    """A whole number with its thousands parted: '1,240', in German '1.240'."""
    return f"{n:,}".replace(",", _manner.group)


def _filled(text: str, values: dict[str, object]) -> str:
    # Not str.format: a value may hold braces, and a team's own sentence anything at all.
    if not values:
        return text
    parts = text.split("{")
    out = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        out.append(f"{values[name]}{rest}" if brace and name in values else "{" + part)
    return "".join(out)
