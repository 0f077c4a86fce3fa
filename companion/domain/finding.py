"""One thing that was looked at: whether it is well, what it is, and what to do about it."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """`what` and `advice` are whole sentences for the rep or for support: no secret, no name of a customer."""

    well: bool
    what: str
    advice: str = ""
    wants_sign_in: bool = False
    """Signing in again is what helps."""

    @property
    def line(self) -> str:
        """As a line of text, what to do about it below."""
        first = f"{'ok   ' if self.well else 'look '} {self.what}"
        return f"{first}\n      {self.advice}" if self.advice else first
