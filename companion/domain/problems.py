"""What went wrong, in words for the rep: what happened and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`title` says what happened, `advice` what it means and what to do. Neither holds contents of records."""

    title: str
    advice: str = ""
