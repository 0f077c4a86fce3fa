"""The catalogues of sentences that ship with Companion, one for each language but English."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from companion.domain import language
from companion.domain.language import Catalogue
from companion.domain.manners import ENGLISH, MANNERS, Manner, dressed

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).resolve().parent.parent / "resources" / "translations"
PSEUDO: Final = "pseudo"
"""The made-up language of the tests."""


def speak(code: str, *, twelve: bool = False, folder: Path = FOLDER) -> None:
    """From now on in this language; English where it can't be had. `twelve`: the clock has twelve hours.

    Before anything is put into words: a sentence said earlier stays as it is.
    """
    if code == PSEUDO:
        from companion.domain.pseudo import Pseudo, dress

        language.speak(Pseudo(), "en", dressed(ENGLISH, dress))
        return
    catalogue = None if code == "en" else load(code, folder)
    language.speak(catalogue, code if catalogue else "en", _manner(code if catalogue else "en", twelve))


def _manner(code: str, twelve: bool) -> Manner:
    manner = MANNERS.get(code, ENGLISH)
    return manner._replace(twelve=True) if twelve else manner


def load(code: str, folder: Path = FOLDER) -> Catalogue | None:
    """The catalogue of a language by its two letters; None, and a line in the log, where it can't be read."""
    import gettext

    try:
        with (folder / f"{code}.mo").open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, EOFError, LookupError) as error:
        log.warning("no catalogue for %s: %s", code, error)
        return None
