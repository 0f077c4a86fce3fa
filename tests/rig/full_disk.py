"""L6, the disk is full: a small file system of its own, filled while the rep works and sync reads."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from companion.ballast import BALLAST
from companion.connectors.demo.connector import DemoConnector
from companion.database import Database, DatabaseProblem, KeyRefused
from companion.domain.records import Kind
from companion.rescue import open_book
from companion.upkeep import look_after
from tests.rig.failure_scenarios import template
from tests.rig.office import Narrow
from tests.rig.tally import Harm, Harmed
from tests.sync.world import BEGIN, COLLEAGUE, KEY, REP, World, small_book

MOVES: Final = 30
NOTES: Final = 1000
"""So many notes more can be saved once the ballast is thrown off."""

BALLAST_EVERY: Final = 12
SMALLEST_MIB, LARGEST_MIB = 2, 24
ROOMY_MIB: Final = 20
ENOUGH_MIB: Final = 64


class CrampedWorld(World):
    """The office, its durable book opened as the app does, on a disk that may be full."""

    def __init__(self, folder: Path, first: bytes) -> None:
        (folder / "book.db").write_bytes(first)
        self.profile = folder
        super().__init__(folder, rows=[])
        self.crm.load(small_book())

    def open(self) -> None:
        """Starts Companion, and lets it do in the background what it does then."""
        super().open()
        with contextlib.suppress(DatabaseProblem):
            look_after(self.database, self.profile, int(self.now))

    def open_file(self) -> Database:
        return open_book(self.profile, KEY, int(self.now))

    def connect(self) -> DemoConnector:
        return Narrow(self.crm, REP, wire=self.wire)


class FullDisk:
    """Each seed is a day on a small disk: what is said to be saved is there, what is not said so is not.

    Every twelfth also throws off the ballast.
    """

    def __init__(self, option: str = "") -> None:
        assert option in ("", "ballast")
        self.option = option
        self._place = Path(tempfile.mkdtemp(prefix="companion-full-"))
        self._disk = self._place / "disk"
        self._disk.mkdir()
        self._mounted = False

    def skip(self) -> str | None:
        """Only root may mount a file system."""
        if self._mounted:
            return None
        command = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "companion-rig", str(self._disk)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            return f"nothing can be mounted here: {error}"
        self._mounted = done.returncode == 0
        return None if self._mounted else f"no small disk can be mounted here: {done.stderr.strip()}"

    def points(self) -> int | None:
        """Days never end."""
        return None

    def close(self) -> None:
        """Takes the disk away."""
        if self._mounted:
            subprocess.run(["umount", "-l", str(self._disk)], check=True)
            self._mounted = False
        shutil.rmtree(self._place)

    def attack(self, seed: int) -> None:
        """One day."""
        if why := self.skip():
            raise RuntimeError(why)
        rng = Random(seed)
        for left in self._disk.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        ballast = self.option == "ballast" or seed % BALLAST_EVERY == 0
        size = rng.randint(ROOMY_MIB if ballast else SMALLEST_MIB, LARGEST_MIB)
        self._resize(size)
        day = Day(self._disk, template(self._place, "synced", None, synced=True), rng)
        try:
            if ballast:
                day.throws_off_ballast(self._place / "export.db")
            else:
                day.goes_by()
            self._resize(ENOUGH_MIB)
            day.ends()
        finally:
            day.world.database.close()

    def _resize(self, mib: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={mib}m", str(self._disk)], check=True)


class Day:
    """What happens on it, what the rep was told is saved, and what could not be saved."""

    def __init__(self, disk: Path, first: bytes, rng: Random) -> None:
        self.rng = rng
        self.filler = disk / "filler"
        profile = disk / "profile"
        profile.mkdir()
        self.world = CrampedWorld(profile, first)
        self.world.now = float(BEGIN) + 60
        self.saved: list[str] = []
        self.refused: list[str] = []
        self.amount = 0
        self.number = 0

    def goes_by(self) -> None:
        """Moves of everybody's, the disk filling up and emptying meanwhile."""
        moves: list[Callable[[], object]] = [
            self.logs,
            self.logs,
            self.logs,
            self.edits,
            self.colleague_writes,
            self.syncs,
            self.fills,
            self.copies,
            self.restarts,
        ]
        for _ in range(MOVES):
            self.world.pass_time(20)
            self.rng.choice(moves)()
            if self.rng.random() < 0.08:
                self.makes_room()

    def logs(self, words: str = "") -> bool:
        """The rep logs a call. Told of an error, she keeps her text and knows that it is not saved."""
        self.number += 1
        text = words or f"call {self.number} x" + "x" * self.rng.choice((0, 100, 3000, 20_000))
        try:
            self.world.log_call("P1", text)
        except DatabaseProblem:
            if text not in self.refused:
                self.refused.append(text)
            return False
        self.saved.append(text)
        return True

    def edits(self) -> None:
        """The rep sets an amount."""
        self.number += 1
        with contextlib.suppress(DatabaseProblem):
            self.world.edit(Kind.DEAL, "D1", amount=self.number)
            self.amount = self.number

    def colleague_writes(self) -> None:
        """Much arrives with the next sync."""
        for _ in range(self.rng.choice((1, 20, 100))):
            self.number += 1
            body = f"note {self.number} y" + "y" * self.rng.choice((0, 1000))
            self.world.crm.create(COLLEAGUE, Kind.ACTIVITY, what="note", body=body, person="P2")

    def syncs(self) -> None:
        """A cycle, which a full disk may end."""
        with contextlib.suppress(DatabaseProblem):
            self.world.sync()

    def fills(self) -> None:
        """Something else eats the disk, to the last byte or nearly so."""
        wanted = self.rng.choice((0, 0, 4096, 20_000, 60_000, 300_000))
        there = os.statvfs(self.filler.parent)
        with self.filler.open("ab") as file, contextlib.suppress(OSError):
            os.posix_fallocate(
                file.fileno(), 0, self.filler.stat().st_size + max(0, there.f_bavail * there.f_frsize - wanted)
            )

    def copies(self) -> None:
        """The book is copied to the same disk: wholly, or not at all and without a trace."""
        copy = self.world.profile / "copy.db"
        with contextlib.suppress(DatabaseProblem):
            self.world.database.copy_to(copy)
            with contextlib.closing(Database(copy, KEY)) as book, book.read() as rows:
                assert rows.value("PRAGMA quick_check") == "ok", "half a copy"
        left = sorted(each.name for each in self.world.profile.glob("*.unfinished"))
        assert not left, f"left behind: {left}"
        copy.unlink(missing_ok=True)

    def makes_room(self) -> None:
        """It is gone again, and the rep saves what she could not save before."""
        self.filler.unlink(missing_ok=True)
        waiting, self.refused = self.refused, []
        for text in waiting:
            self.logs(text)

    def restarts(self) -> None:
        """Companion is started again; if it can't come up for lack of room, room is made first."""
        self.world.database.close()
        try:
            self.world.open()
        except KeyRefused as error:
            raise Harmed(Harm.LOST, f"a full disk is called a wrong key: {error}") from error
        except DatabaseProblem:
            self.makes_room_unasked()

    def makes_room_unasked(self) -> None:
        """What Companion can't do is left to the rep."""
        self.filler.unlink(missing_ok=True)
        self.world.database.close()
        self.world.open()

    def throws_off_ballast(self, export: Path) -> None:
        """The disk is full to the last byte: a thousand notes more can be saved, and the book copied elsewhere."""
        if not (self.world.profile / BALLAST).exists():
            raise Harmed(Harm.LOST, "no ballast was taken in, though there was room for it")
        while os.statvfs(self.filler.parent).f_bavail:
            there = os.statvfs(self.filler.parent)
            with self.filler.open("ab") as file, contextlib.suppress(OSError):
                file.write(bytes(there.f_bavail * there.f_frsize))
        failed = 0
        for number in range(NOTES):
            failed += not self.logs(f"note {number} on a full disk")
        if failed > 1:
            raise Harmed(Harm.LOST, f"{failed} of {NOTES} notes could not be saved with the ballast thrown off")
        self.world.database.copy_to(export)
        copy = Database(export, KEY)
        with contextlib.closing(copy), copy.read() as rows:
            there_too = {row[0] for row in rows.all("SELECT body FROM activities")}
        export.unlink()
        if missing := set(self.saved) - there_too:
            raise Harmed(Harm.LOST, f"{len(missing)} notes are not in the copy")

    def ends(self) -> None:
        """Room is made, everything goes on, and the books are compared."""
        self.makes_room()
        self.world.restart()
        for _ in range(8):
            self.world.pass_time(1000)
            status = self.world.engine.cycle()
            if status.all_synced:
                break
        if not status.all_synced:
            raise Harmed(Harm.STUCK, f"{status}")
        made = [str(row.fields.get("body")) for row in self.world.crm.rows(Kind.ACTIVITY)]
        for text in [*self.saved, *self.refused]:
            if made.count(text) > 1:
                raise Harmed(Harm.DOUBLED, f"{text[:40]!r} stands in the CRM {made.count(text)} times")
            if (text in self.saved) != (text in made):
                raise Harmed(Harm.LOST, f"{text[:40]!r}: saved is {text in self.saved}, in the CRM is {text in made}")
        amount = self.world.there(Kind.DEAL, "D1", "amount")
        if self.amount and amount != self.amount:
            raise Harmed(Harm.LOST, f"the amount was {self.amount}, is {amount}")
        with self.world.database.read() as rows:
            here = sorted(row[0] for row in rows.all("SELECT body FROM activities WHERE gone IS NULL"))
        if here != sorted(made):
            raise Harmed(Harm.LOST, f"the book has {len(here)} activities, the CRM {len(made)}")
