"""How far a kind has been read by stamps of change: one window of time after the other, and a place inside the window.

A stamp is when a write began, or a search lags: a row may appear behind rows that are newer. Each window therefore
reaches back behind the last one, and further back once an hour.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.base import CursorExpired

LONG_OVERLAP_S: Final = 75 * 60
LONG_EVERY_S: Final = 3600
_AHEAD_S: Final = 600


class Window(Struct, frozen=True, omit_defaults=True):
    """`since` is None in a full pass. `began` is the server's time when this pull began: where the next one starts.

    `long_at` is when a window last reached far back; `long` marks the one that does. `phase` says which part of the
    pull is under way: it is read in the order of a key, and `last` is the one that it goes on after.
    """

    overlap_s: ClassVar[int]
    long_overlap_s: ClassVar[int] = LONG_OVERLAP_S

    began: int
    since: int | None = None
    long_at: int = 0
    long: bool = False
    phase: int = 0
    last: str | int = ""
    done: bool = False

    @classmethod
    def resume(cls, stored: bytes | None, now: int) -> Self:
        """The pull to go on with. Raises CursorExpired as `kept` does."""
        if stored is None:
            return cls(began=now, long_at=now)
        cursor = cls.kept(stored, now)
        return cursor.following(now) if cursor.done else cursor

    @classmethod
    def kept(cls, stored: bytes, now: int) -> Self:
        """What the engine kept. Raises CursorExpired if it is damaged or from the server's future."""
        try:
            cursor = msgspec.json.decode(stored, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise CursorExpired("unreadable cursor") from error
        if cursor.phase < 0:
            raise CursorExpired("unreadable cursor")
        if cursor.began > now + _AHEAD_S:
            raise CursorExpired("the server’s clock went back")
        return cursor

    @property
    def full(self) -> bool:
        """Whether this is a full pass."""
        return self.since is None

    @property
    def fresh(self) -> bool:
        """Whether nothing of this pull has been read yet."""
        return self.phase == 0 and not self.last and not self.done

    def at(self, last: str | int) -> Self:
        """Further in this phase."""
        return replace(self, last=last)

    def next_phase(self, phases: int) -> Self:
        """At the beginning of the next phase, or at the end of the pull."""
        over = self.phase + 1 >= phases
        return replace(self, phase=0 if over else self.phase + 1, last=type(self.last)(), done=over)

    def following(self, now: int) -> Self:
        """The window after this one."""
        long = now - self.long_at > LONG_EVERY_S
        return replace(
            self, began=now, since=self.began - (self.long_overlap_s if long else self.overlap_s),
            long_at=now if long else self.long_at, long=long, phase=0, last=type(self.last)(), done=False,
        )  # fmt: skip

    def bytes(self) -> bytes:
        """For the engine to keep."""
        return msgspec.json.encode(self)
