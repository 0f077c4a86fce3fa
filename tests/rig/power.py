"""L5, power loss: the real driver's writes are recorded once, then cut off anywhere and half forgotten by the disk."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlcipher3 import dbapi2 as driver

from companion.database import Database, DatabaseProblem
from companion.domain.ops import FINISHED
from companion.rescue import open_book
from tests.rig import power_scenario, write_log
from tests.rig.crash_images import CrashImages
from tests.rig.tally import Harm, Harmed
from tests.rig.write_log import Marked, Recording
from tests.sync.world import BEGIN, KEY

REPOSITORY: Final = Path(__file__).parents[2]
BOOK: Final = "book.db"
COPY: Final = "copy.db"
SELDOM: Final = 10
"""Every so many images are read to the last page."""
ALONE: Final = 3
"""Of so many books that the journal had to help, one is looked at without its help too."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the rep was told is saved when the event `at` had happened."""

    at: int
    digest: str
    ops: Mapping[str, list[Any]]


class PowerLoss:
    """Each seed is one crash image: a moment, and what the disk had come to. `normal` plants what must be found:
    a book that SQLite does not sync at each commit. `rescue` cuts into the rescue of a damaged book.
    """

    def __init__(self, option: str = "") -> None:
        assert option in ("", "normal", "rescue")
        self.normal = option == "normal"
        self.rescue = option == "rescue"
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
        where = f"before event {at} of {len(images.events)}, after commit {index}"
        with self._on_disk(disk) as folder:
            exactly = self._judge(folder, index, where)
            if seed % SELDOM == 0:
                self._judge_pages(folder, where)
        if not exactly and seed % ALONE == 0 and self._told[index].digest:
            # The journal had to help. So it may with a transaction that was under way, never with one that was told.
            with self._on_disk(disk) as folder:
                self._judge_book(folder, index, where)

    @contextlib.contextmanager
    def _on_disk(self, disk: Mapping[str, bytes]) -> Iterator[Path]:
        folder = self._folder / "image"
        folder.mkdir()
        try:
            for name, content in disk.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            yield folder
        finally:
            shutil.rmtree(folder)

    def _judge(self, folder: Path, index: int, where: str) -> bool:
        """Opened as the app does, it has every change that was told. Whether it is what it was, to the last row."""
        try:
            book = open_book(folder, KEY, BEGIN)
        except (DatabaseProblem, driver.Error, OSError) as error:
            raise Harmed(Harm.LOST, f"{where}: the book does not open: {error!r}") from error
        with contextlib.closing(book), book.read() as rows:
            if power_scenario.digest(rows) in self._near(index):
                return True
            under_way = self._told[min(index + 1, len(self._told) - 1)]
            _nothing_is_gone(self._told[index], under_way, power_scenario.ops_of(rows), where)
            power_scenario.must_be_whole(rows)
            return False

    def _judge_book(self, folder: Path, index: int, where: str) -> None:
        """Without the journal's help: each transaction is there wholly or not at all, and those told are there."""
        try:
            book = Database(folder / BOOK, KEY)
        except (DatabaseProblem, driver.Error, OSError) as error:
            raise Harmed(Harm.LOST, f"{where}: the book alone does not open: {error!r}") from error
        with contextlib.closing(book), book.read() as rows:
            if power_scenario.digest(rows) not in self._near(index):
                raise Harmed(Harm.LOST, f"{where}: the book alone is not what it was at any moment since")

    def _near(self, index: int) -> set[str]:
        return {each.digest for each in self._told[index : index + 2]}

    def _judge_pages(self, folder: Path, where: str) -> None:
        """Each page of the book is sound. A copy is whole, or is not there."""
        for path in (folder / BOOK, folder / COPY):
            if not path.exists():
                continue
            try:
                with contextlib.closing(Database(path, KEY)) as book, book.read() as rows:
                    assert (words := rows.value("PRAGMA quick_check")) == "ok", f"{where}: {path.name}: {words}"
                    whole = path.name == BOOK or power_scenario.digest(rows) in self._digests
                    assert whole, f"{where}: the copy was never the book"
            except (DatabaseProblem, driver.Error) as error:
                raise Harmed(Harm.LOST, f"{where}: {path.name} does not open: {error!r}") from error

    def _recorded(self) -> CrashImages:
        if self._images is None:
            folder, marks, trace = (self._folder / name for name in ("profile", "marks", "trace"))
            folder.mkdir()
            (power_scenario.prepare_ruin if self.rescue else power_scenario.prepare)(folder)
            before = {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
            scenario = "rescue" if self.rescue else "busy"
            command = [sys.executable, "-m", power_scenario.__name__, scenario, str(folder), str(marks)]
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


def _nothing_is_gone(told: Told, under_way: Told, found: Mapping[str, list[Any]], where: str) -> None:
    """Every change that was told is there, as it was asked for, and none that was sent looks as if it never was.

    What the transaction that was under way made of a change counts as well.
    """
    for op_id, op in told.ops.items():
        after, now = under_way.ops.get(op_id), found.get(op_id)
        if now in (op, after):
            continue
        if now is None:
            if op[0] not in FINISHED:
                raise Harmed(Harm.LOST, f"{where}: {op_id} is gone: {op}")
        elif now[2:] not in (op[2:], (after or op)[2:]):
            raise Harmed(Harm.LOST, f"{where}: {op_id} was {op}, is {now}")
        elif op[1] is not None and now[1] is None:
            raise Harmed(Harm.DOUBLED, f"{where}: {op_id} was sent, and would be sent as if never before")
        elif op[0] in FINISHED and now[0] not in FINISHED:
            raise Harmed(Harm.DOUBLED, f"{where}: {op_id} was {op[0]}, is {now[0]} again")
    for op_id in found.keys() - told.ops.keys() - under_way.ops.keys():
        raise Harmed(Harm.DOUBLED, f"{where}: nobody asked for {found[op_id]}")


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
