"""L5, power loss: the real driver's writes are recorded once, then cut off anywhere and half forgotten by the disk."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlcipher3 import dbapi2 as driver

from companion.database import Database, DatabaseProblem
from tests.rig import power_scenario, write_log
from tests.rig.crash_images import CrashImages
from tests.rig.tally import Harm, Harmed
from tests.rig.write_log import Marked, Recording
from tests.sync.world import KEY

REPOSITORY: Final = Path(__file__).parents[2]
BOOK: Final = "book.db"
COPY: Final = "copy.db"
SELDOM: Final = 5
"""Every so many images are read to the last page."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the rep was told is saved when the event `at` had happened."""

    at: int
    digest: str
    ops: Mapping[str, list[Any]]


class PowerLoss:
    """Each seed is one crash image: a moment, and what the disk had come to. `normal` plants what must be found:
    a book that SQLite does not sync at each commit.
    """

    def __init__(self, option: str = "") -> None:
        assert option in ("", "normal")
        self.normal = option == "normal"
        self._folder = Path(tempfile.mkdtemp(prefix="companion-power-", dir=_memory()))
        self._images: CrashImages | None = None
        self._told: list[Told] = []
        self._digests: set[str] = set()

    def skip(self) -> str | None:
        """Where no process can be watched nothing can be recorded."""
        return write_log.why_not()

    def points(self) -> int | None:
        """Images never end."""
        return None

    def close(self) -> None:
        """Forgets the recording."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def attack(self, seed: int) -> None:
        """One image, opened as at the next start."""
        images = self._recorded()
        rng = Random(seed)
        at = rng.randint(self._told[0].at, len(images.events))
        disk = images.image(at, rng)
        index = _last(self._told, at)
        folder = self._folder / "image"
        folder.mkdir()
        try:
            for name, content in disk.items():
                (folder / name).write_bytes(content)
            where = f"before event {at} of {len(images.events)}, after commit {index}"
            self._judge(folder, index, where)
            if seed % SELDOM == 0:
                self._judge_pages(folder, where)
        finally:
            shutil.rmtree(folder)

    def _judge(self, folder: Path, index: int, where: str) -> None:
        told = self._told[index]
        try:
            book = Database(folder / BOOK, KEY)
        except (DatabaseProblem, driver.Error, OSError) as error:
            raise Harmed(Harm.LOST, f"{where}: the book does not open: {error!r}") from error
        with contextlib.closing(book), book.read() as rows:
            # A transaction is there wholly or not at all; the one that was under way may be either.
            found = power_scenario.digest(rows)
            if found not in {each.digest for each in self._told[index : index + 2]}:
                _explain(told, power_scenario.ops_of(rows), where)
                raise Harmed(Harm.LOST, f"{where}: the book is not what it was at any moment since")

    def _judge_pages(self, folder: Path, where: str) -> None:
        """Each page of the book is sound. A copy is whole, or is not there."""
        for path in (folder / BOOK, folder / COPY):
            if not path.exists():
                continue
            try:
                with contextlib.closing(Database(path, KEY)) as book, book.read() as rows:
                    assert (words := rows.value("PRAGMA quick_check")) == "ok", f"{where}: {path.name}: {words}"
                    assert power_scenario.digest(rows) in self._digests, f"{where}: {path.name} was never the book"
            except (DatabaseProblem, driver.Error) as error:
                raise Harmed(Harm.LOST, f"{where}: {path.name} does not open: {error!r}") from error

    def _recorded(self) -> CrashImages:
        if self._images is None:
            folder, marks, trace = (self._folder / name for name in ("profile", "marks", "trace"))
            folder.mkdir()
            power_scenario.prepare(folder)
            before = {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
            command = [sys.executable, "-m", power_scenario.__name__, str(folder), str(marks)]
            write_log.watch([*command, *(["normal"] if self.normal else [])], trace, REPOSITORY)
            events = list(Recording(folder, marks, before).read(trace))
            trace.unlink()
            self._told = _told(events)
            self._digests = {each.digest for each in self._told}
            self._images = CrashImages(before, events)
        return self._images


def finds_normal(images: int = 400) -> bool:
    """Whether a book that is not synced at each commit is found out: planted bug 23."""
    layer = PowerLoss("normal")
    try:
        for seed in range(images):
            try:
                layer.attack(seed)
            except Harmed as harmed:
                if harmed.harm is Harm.LOST:
                    return True
        return False
    finally:
        layer.close()


def _told(events: list[write_log.Event]) -> list[Told]:
    found: list[Told] = []
    ops: dict[str, list[Any]] = {}
    for at, event in enumerate(events):
        if isinstance(event, Marked):
            ops = {each: op for each, op in {**ops, **event.said["ops"]}.items() if each not in event.said["gone"]}
            found.append(Told(at + 1, event.said["digest"], ops))
    return found


def _last(told: list[Told], at: int) -> int:
    return max(index for index, each in enumerate(told) if each.at <= at)


def _explain(told: Told, found: Mapping[str, list[Any]], where: str) -> None:
    """Says what became of the ops, where that says more than that something is amiss."""
    if missing := told.ops.keys() - found.keys():
        raise Harmed(Harm.LOST, f"{where}: {len(missing)} saved changes are gone: {sorted(missing)[:3]}")
    for op_id, op in told.ops.items():
        if found[op_id][2:] != op[2:]:
            raise Harmed(Harm.LOST, f"{where}: {op_id} was {op}, is {found[op_id]}")
        if op[1] is not None and found[op_id][1] is None:
            raise Harmed(Harm.DOUBLED, f"{where}: {op_id} was sent, and would be sent as if never before")


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
