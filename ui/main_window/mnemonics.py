"""The letters that open a menu or choose in it: each its own, whatever the translation left out."""

from __future__ import annotations

from collections.abc import Sequence


def with_mnemonics(texts: Sequence[str]) -> list[str]:
    """The same texts as a menu takes them, each with an ampersand before a letter that no other one has.

    A letter that a text marks already counts first; then the first letters of words, then any letter or digit. A text
    for which none is left keeps none: arrows reach it. In `texts` and in the answer '&&' stands for an ampersand.
    """
    taken: set[str] = set()
    marked: dict[int, str] = {}
    for number, text in enumerate(texts):
        own = _marked(text)
        if own and own not in taken:
            taken.add(own)
            marked[number] = text
    for number, text in enumerate(texts):
        if number not in marked:
            marked[number] = _mark(_bare(text), taken)
    return [marked[number] for number in range(len(texts))]


def mnemonic_of(text: str) -> str:
    """The letter that a text marks, in lower case; '' without one."""
    return _marked(text)


def _mark(text: str, taken: set[str]) -> str:
    """`text` holds no marks, and single ampersands as themselves."""
    begins = [at for at, sign in enumerate(text) if sign.isalnum() and (at == 0 or not text[at - 1].isalnum())]
    for at in (*begins, *range(len(text))):
        letter = text[at].casefold()
        if text[at].isalnum() and len(letter) == 1 and letter not in taken:
            taken.add(letter)
            return f"{_escaped(text[:at])}&{_escaped(text[at:])}"
    return _escaped(text)


def _marked(text: str) -> str:
    at = text.replace("&&", "\0\0").find("&")
    return text[at + 1 : at + 2].casefold() if at >= 0 and text[at + 1 : at + 2].isalnum() else ""


def _bare(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
