"""The letters that open a menu or choose in it: each its own, whatever the translation left out."""

from __future__ import annotations

from collections.abc import Sequence


def with_mnemonics(texts: Sequence[str]) -> list[str]:
    """The same texts as a menu takes them, each with an ampersand before a letter that no other one has.

    A letter that a text marks already counts first; then the first letters of words, then any letter or digit. A text
    for which none is left keeps none: arrows reach it. In `texts` and in the answer '&&' stands for an ampersand.
    """
    bare = [_bare(text) for text in texts]
    wanted = [_places(own, _marked(text)) for own, text in zip(bare, texts, strict=True)]
    marks_first = sorted(range(len(texts)), key=lambda number: not _marked(texts[number]))
    holder: dict[str, int] = {}
    for number in marks_first:
        _give(number, bare, wanted, holder, set())
    letters = {number: letter for letter, number in holder.items()}
    return [_marked_at(bare[number], wanted[number], letters.get(number)) for number in range(len(texts))]


def _places(text: str, own: str) -> list[int]:
    """Where a letter could be marked, the best first: a translator's own, beginnings of words, then any."""
    begins = [at for at, sign in enumerate(text) if sign.isalnum() and (at == 0 or not text[at - 1].isalnum())]
    marked = [at for at in range(len(text)) if own and text[at].casefold() == own]
    places = [
        at for at in (*marked, *begins, *range(len(text))) if text[at].isalnum() and len(text[at].casefold()) == 1
    ]
    return list(dict.fromkeys(places))


def _give(
    number: int, texts: Sequence[str], wanted: Sequence[list[int]], holder: dict[str, int], asked: set[str]
) -> bool:
    """Gives a text a letter that is free, else one whose holder can take another."""
    letters = [texts[number][at].casefold() for at in wanted[number]]
    free = next((letter for letter in letters if letter not in holder), None)
    if free is not None:
        holder[free] = number
        return True
    for letter in letters:
        if letter not in asked:
            asked.add(letter)
            if _give(holder[letter], texts, wanted, holder, asked):
                holder[letter] = number
                return True
    return False


def _marked_at(text: str, places: Sequence[int], letter: str | None) -> str:
    at = next((at for at in places if text[at].casefold() == letter), None)
    return _escaped(text) if at is None else f"{_escaped(text[:at])}&{_escaped(text[at:])}"


def mnemonic_of(text: str) -> str:
    """The letter that a text marks, in lower case; '' without one."""
    return _marked(text)


def _marked(text: str) -> str:
    at = text.replace("&&", "\0\0").find("&")
    return text[at + 1 : at + 2].casefold() if at >= 0 and text[at + 1 : at + 2].isalnum() else ""


def _bare(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
