"""The tokens of a book's account in its encrypted file: renewed one at a time, and on the disk before they are used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from companion.connectors.base import Unreachable
from companion.connectors.tokens import Tokens
from companion.database import Database
from companion.lock_file import Taken, locked
from companion.store import meta

LOCK: Final = "sign-in.lock"
"""The file beside the book that one process holds while it renews."""

PATIENCE_S: Final = 150.0
"""Seconds to wait for another process that renews: longer than its request may last."""

_KEY: Final = "secret"


def as_kept(secret: str | Tokens) -> object:
    """What stands in the file: text for a key or password, the parts of tokens."""
    return secret if isinstance(secret, str) else msgspec.to_builtins(secret)


def from_kept(kept: Any) -> Tokens:
    """What `as_kept` gave; a key or password is all of its tokens."""
    if isinstance(kept, dict):
        return msgspec.convert(kept, Tokens)
    return Tokens(kept if isinstance(kept, str) else "")


class KeptTokens:
    """`connectors.tokens.Keeper` over an open book in `folder`. `clock` counts seconds. Any thread."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: Callable[[], float],
        pause: Callable[[float], object] = lambda seconds: threading.Event().wait(seconds),
    ) -> None:
        self._database, self._lock = database, folder / LOCK
        self._clock, self._pause = clock, pause
        self._turn = threading.Lock()
        self._unkept: tuple[Tokens, Tokens] | None = None

    def now(self) -> Tokens:
        """What the file has now."""
        with self._database.read() as rows:
            return from_kept(meta.get(rows, _KEY))

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """What is kept if that is no longer `stale`; else what `renew` brings, on the disk before it is returned.

        Raises what `renew` raises, DatabaseProblem where the disk refuses, and Unreachable where another process takes
        too long. What could not be kept is not lost: it is kept first the next time, and nothing is renewed twice.
        """
        try:
            with self._turn, locked(self._lock, PATIENCE_S, self._clock, self._pause):
                self._catch_up()
                kept = self.now()
                if kept != stale:
                    return kept
                self._unkept = (stale, renew(stale))
                self._catch_up()
                return self.now()
        except Taken:
            raise Unreachable("another process is renewing the sign-in") from None

    def _catch_up(self) -> None:
        """Keeps what was renewed, unless somebody signed in anew meanwhile."""
        if self._unkept is None:
            return
        stale, fresh = self._unkept
        with self._database.write() as write:
            if from_kept(meta.get(write, _KEY)) == stale:
                meta.put(write, _KEY, as_kept(fresh))
        self._unkept = None
