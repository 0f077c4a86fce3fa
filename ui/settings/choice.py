"""One choice of the settings page as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: the setting's name, what it is called, its values with their words, and a line about it."""

    name: str
    words: str
    options: tuple[tuple[object, str], ...]
    about: str = ""
