"""The counter that is kept outside the book, so that an older copy of the book can be told from the newest."""

from __future__ import annotations

from typing import Protocol


class OutOfReach(Exception):
    """What is kept outside the file can't be read or written now, as in a locked keyring: it tells nothing."""


class Generations(Protocol):
    """The counter outside the file. May take seconds, so it belongs to the sync's thread. Raises OutOfReach."""

    def install(self) -> str:
        """What names this installation of the operating system; another one's book was copied here."""

    def read(self) -> int | None:
        """The number as it was last written; None if there never was one."""

    def write(self, generation: int) -> None:
        """Keeps a number."""
