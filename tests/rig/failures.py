"""L2, the i-th call fails: each statement, request and keyring call of six days, one after the other."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.rig.failing import WAYS, Call, Doom, How, failing_files
from tests.rig.failure_scenarios import SCENARIOS
from tests.rig.tally import Harm, Harmed


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A day on which nothing failed: the calls that it made, and what stood in the CRM in the end."""

    calls: tuple[Call, ...]
    ended: dict[str, Any]


class Failures:
    """Countable: a seed is one scenario, one call and one way in which it fails. Option 'pairs': two of them, drawn
    by the seed, in endless number.
    """

    def __init__(self, option: str = "") -> None:
        assert option in ("", "pairs", *SCENARIOS)
        self.pairs = option == "pairs"
        self._names = [option] if option in SCENARIOS else list(SCENARIOS)
        self._folder = Path(tempfile.mkdtemp(prefix="companion-failures-", dir=_memory()))
        self._rehearsed: dict[str, Rehearsed] = {}
        self._points: list[tuple[str, int, How]] = []

    def skip(self) -> str | None:
        """Runs everywhere."""
        return None

    def points(self) -> int | None:
        """Each call of each scenario, in each way; pairs never end."""
        self._rehearse()
        return None if self.pairs else len(self._points)

    def close(self) -> None:
        """Forgets the rehearsals."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def attack(self, seed: int) -> None:
        """One day on which one call fails, or two."""
        self._rehearse()
        if self.pairs:
            rng = Random(seed)
            name, first, how = rng.choice(self._points)
            # Past the end of the rehearsal too: what is tried again makes calls of its own.
            second = rng.randrange(len(self._rehearsed[name].calls) + 40)
            self._fail(name, {first: how, second: rng.choice(list(How))})
        else:
            name, first, how = self._points[seed]
            self._fail(name, {first: how})

    def _fail(self, name: str, due: dict[int, How]) -> None:
        doom = Doom(dict(due))
        try:
            ended = self._day(name, doom)
            _compare(self._rehearsed[name].ended, ended)
        except Harmed as error:
            raise Harmed(error.harm, f"{name}: {error}; {'; '.join(doom.said)}") from error
        except Exception as error:
            raise AssertionError(f"{name}: {error!r}; {'; '.join(doom.said)}") from error

    def _rehearse(self) -> None:
        for name in self._names:
            if name not in self._rehearsed:
                self._day(name, Doom())  # a first time may make what all share
                doom = Doom()
                ended = self._day(name, doom)
                self._rehearsed[name] = Rehearsed(tuple(doom.calls), ended)
                self._points += [(name, at, how) for at, call in enumerate(doom.calls) for how in _ways(at, call)]

    def _day(self, name: str, doom: Doom) -> dict[str, Any]:
        with self._fresh() as folder, failing_files(doom):
            return SCENARIOS[name](folder, doom)

    @contextmanager
    def _fresh(self) -> Iterator[Path]:
        folder = self._folder / "day"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


def _ways(at: int, call: Call) -> tuple[How, ...]:
    """Requests fail in each way; of a statement's ways each takes its turn."""
    ways = WAYS[call]
    return (ways[at % len(ways)],) if call is Call.STATEMENT else ways


def _compare(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    for kind, rows in wanted.items():
        missing, more = _without(rows, found[kind]), _without(found[kind], rows)
        if more and len(found[kind]) > len(rows):
            raise Harmed(Harm.DOUBLED, f"{kind}: {more}")
        if missing:
            raise Harmed(Harm.LOST, f"{kind}: {missing}, instead {more}")


def _without(rows: list[str], others: list[str]) -> list[str]:
    left = list(others)
    return [row for row in rows if row not in left or left.remove(row)]  # type: ignore[func-returns-value]


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
