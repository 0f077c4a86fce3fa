"""How far a kind has been read: windows of Odoo's `write_date`, and a place inside the window.

`write_date` is when the writing transaction *began*: a row may appear minutes behind rows that are newer. Each window
therefore reaches back behind the last one, and further back once an hour. Inside a window rows are read in the order of
their ids: thousands may share one stamp, and 18 and 19 compare a stamp with its own second differently.
"""

from __future__ import annotations

from typing import ClassVar

from companion.connectors.window import Window


class Cursor(Window, frozen=True, omit_defaults=True):
    """`last` is an id."""

    overlap_s: ClassVar[int] = 300

    last: int = 0
