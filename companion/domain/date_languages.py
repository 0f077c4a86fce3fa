"""In which words the rep writes days: those of the language that is spoken."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from companion.domain import language
from companion.domain.date_words import ENGLISH, DateWords

_AMERICAN: Final = replace(ENGLISH, month_first=True)


def spoken_words() -> DateWords:
    """The words of the language that is spoken now; where the clock has twelve hours, "3/4" is 4 March."""
    if language.spoken() == "en" and language.manner().twelve:
        return _AMERICAN
    return words_for(language.spoken())


def words_for(code: str) -> DateWords:
    """The words of a language by its two-letter code, English ones among them; English alone where it is not known.

    A language's table is read when it is first asked for.
    """
    code = code[:2].casefold()
    if code == "de":
        from companion.domain.date_words_de import GERMAN

        return GERMAN
    if code == "fr":
        from companion.domain.date_words_fr import FRENCH

        return FRENCH
    if code == "es":
        from companion.domain.date_words_es import SPANISH

        return SPANISH
    return ENGLISH
