"""Importing as Python does it, which a start does a thousand times: not as PySide6 does, and with no collector at work.

PySide6 puts functions of its own in the place of `__import__`, for `from __feature__ import snake_case` and for stars:
from then on every import statement runs Python code, and of each new module the whole source is read to look for the
word PySide6. That takes 30 ms of a start, and keeps all sources in memory. No module here asks for either.
"""

from __future__ import annotations

import builtins
import gc

_plain = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401 - what brings those functions along

builtins.__import__ = _plain
# What is made now stays: full looks at it would find nothing and take 10 ms. `ui.collector` looks once the app is made.
gc.disable()
