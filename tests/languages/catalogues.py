"""Catalogues brought up to date with the code, compiled, and judged."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from companion.catalogues import FOLDER
from companion.settings import LANGUAGES
from tests.languages.sentences import ROOT, Sentence, everything

TRANSLATED: Final = tuple(each for each in LANGUAGES if each != "en")
_HOLES: Final = re.compile(r"\{\w+\}|%\d|%n")
# No clock in a committed file: the same sentences always give the same bytes.
_MADE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def read(language: str, folder: Path = FOLDER) -> Catalog:
    """The catalogue as its .po file has it; an empty one where there is no file."""
    file = folder / f"{language}.po"
    if not file.exists():
        return _empty(language)
    with file.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(old: Catalog, sentences: Iterable[Sentence]) -> Catalog:
    """The catalogue with just these sentences, translated as they were; what is no longer said is left out."""
    new = _empty(str(old.locale))
    places: dict[str | tuple[str, str], set[str]] = {}
    for each in sentences:
        places.setdefault(each.key, set()).add(each.file)
    # A sentence that is said alone and counted somewhere else is one entry: the counted one.
    counted = {key[0]: key for key in places if isinstance(key, tuple)}
    for text in [each for each in places if isinstance(each, str) and each in counted]:
        places[counted[text]] |= places.pop(text)
    for key in sorted(places, key=lambda each: (each if isinstance(each, str) else each[0]).casefold()):
        before = old.get(key if isinstance(key, str) else key[0])
        same = before is not None and before.id == key and not before.fuzzy
        new.add(
            key,
            before.string if same and before is not None else "",
            locations=[(file, 0) for file in sorted(places[key])],
        )
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, include_lineno=False, omit_header=False)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def troubles(catalogue: Catalog, sentences: Iterable[Sentence]) -> list[str]:
    """What is wrong with a catalogue: sentences that it lacks, leaves empty or doubts, and holes that were lost."""
    found = []
    for key in dict.fromkeys(each.key for each in sentences):
        text = key if isinstance(key, str) else key[0]
        entry = catalogue.get(text)
        forms = () if entry is None else (entry.string,) if isinstance(entry.string, str) else entry.string
        if entry is None or not forms or not all(forms) or entry.fuzzy:
            found.append(f"not translated: {text}")
            continue
        wanted = {*_HOLES.findall(text)} - {"{n}"}
        lost = [form for form in forms if {*_HOLES.findall(form)} - {"{n}"} != wanted]
        found += [f"holes differ: {text} → {form}" for form in lost]
    return found


def update(folder: Path = FOLDER) -> list[str]:
    """Writes every .po and .mo anew; returns what is still to be done."""
    sentences = everything()
    folder.mkdir(parents=True, exist_ok=True)
    left = []
    for language in TRANSLATED:
        catalogue = updated(read(language, folder), sentences)
        (folder / f"{language}.po").write_bytes(written(catalogue))
        (folder / f"{language}.mo").write_bytes(compiled(catalogue))
        left += [f"{language}: {each}" for each in troubles(catalogue, sentences)]
    return left


def check(folder: Path = FOLDER) -> list[str]:
    """What an update would change or leave undone; nothing is written."""
    sentences = everything()
    found = []
    for language in TRANSLATED:
        catalogue = read(language, folder)
        found += [f"{language}: {each}" for each in troubles(catalogue, sentences)]
        if (folder / f"{language}.mo").read_bytes() != compiled(catalogue):
            found.append(f"{language}: the .mo file is not what the .po file says")
    return found


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Companion",
        version="0.1.0",
        copyright_holder="Companion contributors",
        msgid_bugs_address="",
        creation_date=_MADE,
        revision_date=_MADE,
        last_translator="Companion contributors",
        language_team="",
        charset="utf-8",
        fuzzy=False,
        header_comment=f"# Companion in {language}. MIT licence, as the code.",
    )


__all__ = ["ROOT", "TRANSLATED", "check", "compiled", "read", "troubles", "update", "updated", "written"]
