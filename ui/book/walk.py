"""The whole list of people or companies for next and previous: read page by page as the rep walks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from companion.queries.book import Key
from ui.session import Subject

Pages = Callable[[Key], tuple[Sequence[Subject], Key | None]]
"""The page behind a key, and where that one ended."""


class Walk(Sequence[Subject]):
    """As the list was found and sorted when the rep left it; `known` were shown, `after` is where they ended.

    Iterating gives those who are read already: whoever is looked for among them came from there. Lives on the UI
    thread.
    """

    def __init__(self, known: Sequence[Subject], after: Key | None, length: int, more: Pages) -> None:
        self._known = list(known)
        self._after = after
        self._length = length
        self._more = more

    def __len__(self) -> int:
        return len(self._known) if self._after is None else max(self._length, len(self._known) + 1)

    def __iter__(self) -> Iterator[Subject]:
        return iter(self._known)

    @overload
    def __getitem__(self, place: int) -> Subject: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Subject]: ...

    def __getitem__(self, place: int | slice) -> Subject | Sequence[Subject]:
        if isinstance(place, slice):
            return self._known[place]
        while place >= len(self._known) and self._after is not None:
            page, self._after = self._more(self._after)
            self._known += page
        return self._known[place]
