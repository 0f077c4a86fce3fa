"""How far a kind has been read: windows of `modifiedAt`, and a place inside the window.

EspoCRM serves whole seconds, hundreds of records share one, and one that was saved in a long request appears behind
records that are newer. Each window therefore reaches back behind the last one, and further back once an hour. Inside a
window records are read in the order of their ids (notes by their number): pages by offset would shift under change.
"""

from __future__ import annotations

from typing import ClassVar

from companion.connectors.window import Window


class Cursor(Window, frozen=True, omit_defaults=True):
    """`last` is an id, or the number of a note."""

    overlap_s: ClassVar[int] = 120

    last: str = ""
