"""The seam between the connector and the embedded CRM: where a network would be, and where tests break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class NotSent(Exception):
    """The request surely did not reach the CRM: no connection could be made."""


class AnswerLost(Exception):
    """The request left, and no whole answer came back: it may have taken effect."""


class Refusal(Exception):
    """The CRM's answer is an error, by HTTP's own number: 401, 403, 410, 429, 5xx."""

    def __init__(self, status: int, words: str = "", *, after_s: float | None = None) -> None:
        super().__init__(words or str(status))
        self.status = status
        self.after_s = after_s


class Wire(Protocol):
    """Carries the request `do` to the CRM. `request` names it: 'changes', 'search', 'deleted', 'ids', 'read', 'write' …

    A faulty wire may raise the errors above before or after calling `do`, call it twice, or return an older answer.
    """

    def __call__(self, request: str, do: Callable[[], T], /) -> T: ...


def straight(request: str, do: Callable[[], T], /) -> T:
    """The wire that never fails."""
    return do()
