"""What a disk may hold after a power cut: all that was synced, and of the rest whatever the disk had come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeAlias, TypeVar

from tests.rig.write_log import Cut, Event, Marked, Named, Synced, Wrote, cut, put

SECTOR: Final = 512
STEP: Final = 256
"""Events between two states that are kept ready to start from."""

Change: TypeAlias = Wrote | Cut
T = TypeVar("T")


@dataclass
class Disk:
    """What is surely on the disk (`files` by number, `names`), and what was asked for since, in its order."""

    files: dict[int, bytes]
    names: dict[str, int]
    unsynced: dict[int, list[Change]] = field(default_factory=dict)
    unnamed: list[Named] = field(default_factory=list)

    def copy(self) -> Disk:
        """One that goes on by itself. The bytes are shared."""
        unsynced = {file: list(changes) for file, changes in self.unsynced.items() if changes}
        return Disk(dict(self.files), dict(self.names), unsynced, list(self.unnamed))

    def play(self, events: Sequence[Event]) -> None:
        """Lets these happen."""
        for event in events:
            match event:
                case Wrote() | Cut():
                    self.unsynced.setdefault(event.file, []).append(event)
                case Named():
                    self.unnamed.append(event)
                case Synced(None, folder):
                    for named in self.unnamed:
                        if folder in named.folders:
                            _name(self.names, named)
                    self.unnamed = [named for named in self.unnamed if folder not in named.folders]
                case Synced(int() as file):
                    if changes := self.unsynced.pop(file, None):
                        self.files[file] = _changed(self.files.get(file, b""), changes)
                case Marked():
                    pass


@dataclass(frozen=True, slots=True)
class Luck:
    """How a disk dies: the chance that it had come to a write, that it tears one, that it leaves noise where it tore.

    `in_order` for one that never writes a later thing before an earlier one.
    """

    kept: float
    torn: float
    noise: float
    in_order: bool

    @classmethod
    def drawn(cls, rng: Random) -> Luck:
        """One of many."""
        return cls(
            rng.choice((0.0, 0.1, 0.5, 0.9, 1.0)),
            rng.choice((0.0, 0.3, 1.0)),
            rng.choice((0.0, 0.0, 0.5)),
            rng.random() < 0.3,
        )


class CrashImages:
    """Every image that a power cut can make of a recorded run."""

    def __init__(self, before: Mapping[str, bytes], events: Sequence[Event]) -> None:
        """`before` is what the folder held, all of it synced, by name; its files have the numbers 0, 1, …"""
        self.events = events
        disk = Disk(dict(enumerate(before.values())), {name: number for number, name in enumerate(before)})
        self._ready = [disk.copy()]
        for start in range(0, len(events), STEP):
            disk.play(events[start : start + STEP])
            self._ready.append(disk.copy())

    def image(self, at: int, rng: Random) -> dict[str, bytes]:
        """The files, by name, if the power goes right before event `at`."""
        disk = self._ready[at // STEP].copy()
        disk.play(self.events[at // STEP * STEP : at])
        luck = Luck.drawn(rng)
        names = dict(disk.names)
        for named in _came_to(disk.unnamed, luck, rng):
            _name(names, named)
        return {
            name: _changed(disk.files.get(file, b""), _survivors(disk.unsynced.get(file, ()), luck, rng))
            for name, file in names.items()
        }


def _came_to(asked: Sequence[T], luck: Luck, rng: Random) -> list[T]:
    if luck.in_order:
        return list(asked[: rng.randint(0, len(asked))])
    return [each for each in asked if rng.random() < luck.kept]


def _survivors(changes: Sequence[Change], luck: Luck, rng: Random) -> list[Change]:
    kept = _came_to(changes, luck, rng)
    found: list[Change] = []
    for change in kept:
        if isinstance(change, Wrote) and rng.random() < luck.torn:
            found += _torn(change, luck, rng)
        else:
            found.append(change)
    return found


def _torn(write: Wrote, luck: Luck, rng: Random) -> list[Change]:
    """Some sectors of a write are new, some old, some neither. One that lies within a sector can't be torn."""
    pieces: list[Change] = []
    at, end = write.at, write.at + len(write.data)
    while at < end:
        after = min(end, (at // SECTOR + 1) * SECTOR)
        if rng.random() < 0.5:
            pieces.append(Wrote(write.file, at, write.data[at - write.at : after - write.at]))
        elif rng.random() < luck.noise:
            pieces.append(Wrote(write.file, at, rng.randbytes(after - at)))
        at = after
    return pieces


def _changed(content: bytes, changes: Sequence[Change]) -> bytes:
    if not changes:
        return content
    fresh = bytearray(content)
    for change in changes:
        if isinstance(change, Wrote):
            put(fresh, change.at, change.data)
        else:
            cut(fresh, change.size)
    return bytes(fresh)


def _name(names: dict[str, int], named: Named) -> None:
    if named.was is not None:
        names.pop(named.was, None)
    if named.file is None:
        names.pop(named.name, None)
    else:
        names[named.name] = named.file
