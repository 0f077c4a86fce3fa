"""Short days whose every call may fail: what the rep does, insists on, and must find in the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from unittest.mock import patch

from companion import bootstrap, credentials, generation
from companion.actions.change_deal import set_amount
from companion.actions.desk import Desk
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.undo import undo
from companion.connectors.base import Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row
from companion.connectors.demo.switches import DemoSwitches
from companion.core import Core
from companion.credentials import KeyringVault
from companion.database import Database
from companion.domain.account import Account
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Kind, Value
from companion.domain.sync_status import SyncStatus
from companion.rescue import open_book
from companion.store import notices, records
from companion.sync.restored import Copy
from tests.rig.failing import Doom, FailingKeyring, FailingWire
from tests.rig.office import PLAYED, Narrow
from tests.rig.tally import Harm, Harmed
from tests.sync.world import BEGIN, COLLEAGUE, KEY, REP, World, small_book

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
TRIES: Final = 5
"""How often a rep tries what fails. At most two calls of a run fail."""

STEP_S: Final = 100_000
"""Each step begins at an hour of its own, however often the one before was tried."""

_TEMPLATES: dict[str, bytes] = {}


class FailingWorld(World):
    """The office, its book synced unless `fresh`; a failure shows the rep an error, and the rep tries again."""

    def __init__(self, folder: Path, doom: Doom, switches: DemoSwitches | None = None, *, fresh: bool = False) -> None:
        self.doom = doom
        self.lossy = FailingWire(doom)
        self.step_number = 0
        self.folder = folder
        path = folder / "book.db"
        path.write_bytes(template(folder.parent, "empty" if fresh else repr(switches), switches, synced=not fresh))
        super().__init__(folder, switches=switches, wire=self.lossy, rows=[])
        self.crm.load(small_book())

    def open(self) -> None:
        """The rep starts Companion, again where it does not come up."""
        self.insist(super().open)

    def open_file(self) -> Database:
        return open_book(self.folder, KEY, int(self.now), durable=False)

    def connect(self) -> DemoConnector:
        return Narrow(self.crm, REP, wire=self.wire)

    def step(self) -> None:
        """Time passes."""
        self.step_number += 1
        self.now = float(BEGIN + self.step_number * STEP_S)

    def insist(self, act: Callable[[], T]) -> T:
        """Does something, and again where an error is shown. Whoever is told of an error finds nothing done."""
        return insist(act, self.doom)

    def cycle(self) -> SyncStatus | None:
        """A cycle as the worker runs it: whatever it raises, there is another later."""
        try:
            return self.engine.cycle()
        except Exception as error:
            if not self.doom.said:
                raise
            self.doom.said.append(f"the cycle ended with {error!r}"[:160])
            return None

    def comes_to_rest(self) -> None:
        """Cycles with pauses until all is synced. Nobody restarts anything meanwhile."""
        for _ in range(14):
            self.pass_time(1000)
            status = self.cycle()
            if status is not None and status.all_synced:
                return
        left = [(op.said, op.state.value) for op in self.ops(*OpState) if op.state is not OpState.DONE]
        raise Harmed(Harm.STUCK, f"{status} {left}")

    def desk(self) -> Desk:
        """Where the rep acts."""
        now = datetime.fromtimestamp(self.now, UTC)
        return Desk(self.database, lambda: now, self.new_id, lambda write, touched, at: None, hold_s=0)

    def ends(self) -> dict[str, Any]:
        """What stands in the CRM in the end. Raises where the book differs, or shows what was never done."""
        found: dict[str, Any] = {}
        for kind in PLAYED:
            found[kind.value] = sorted(self._told(row) for row in self.crm.rows(kind))
            self._compare(kind)
        return found

    def _told(self, row: Row) -> str:
        """A record without its ids and the CRM's own stamp of its making."""
        fields = {name: value for name, value in row.fields.items() if name != "created_at"}
        links = {name: self._called(row.kind, name, to) for name, to in row.links.items()}
        return f"{sorted(fields.items())} {sorted(links.items())}"

    def _called(self, kind: Kind, link: str, target: str | None) -> str:
        row = self.crm.row(LINKS[kind][link], target) if target else None
        return str(row.fields.get("name") or row.fields.get("subject")) if row is not None else ""

    def _compare(self, kind: Kind) -> None:
        with self.database.read() as rows:
            here = records.living(rows, kind)
        there = {row.id: row for row in self.crm.rows(kind)}
        assert here.keys() == there.keys(), f"{kind}: {sorted(here.keys() ^ there.keys())} on one side only"
        for remote_id, local_id in here.items():
            record = self.record(kind, local_id)
            assert record is not None
            for name, value in there[remote_id].fields.items():
                assert record.value(name) == value, f"{remote_id}.{name}: {record.value(name)!r}, there {value!r}"


def insist(act: Callable[[], T], doom: Doom) -> T:
    """Does something, and again while it fails and something was meant to fail."""
    for _ in range(TRIES):
        failed = len(doom.said)
        try:
            return act()
        except Exception as error:
            if not doom.said:
                raise
            doom.said.append(f"the rep saw {error!r}"[:160])
            if len(doom.said) == failed + 1 and _ == TRIES - 1:
                raise Harmed(Harm.STUCK, f"still fails: {error!r}") from error
    raise Harmed(Harm.STUCK, "fails again and again")


def template(folder: Path, name: str, switches: DemoSwitches | None, *, synced: bool) -> bytes:
    """A book as it stands before a scenario."""
    if name not in _TEMPLATES:
        place = Path(tempfile.mkdtemp(dir=folder))
        world = World(place, switches=switches)
        if synced:
            world.sync()
        world.database.copy_to(place / "copy.db")
        world.database.close()
        _TEMPLATES[name] = (place / "copy.db").read_bytes()
        shutil.rmtree(place)
    return _TEMPLATES[name]


def log_a_call(folder: Path, doom: Doom) -> dict[str, Any]:
    """A call with a next step that moves the deal, and a draft before it."""
    world = FailingWorld(folder, doom)
    world.step()
    person, deal = world.insist(lambda: (world.local(Kind.PERSON, "P1"), world.local(Kind.DEAL, "D1")))
    step = NextStep("send the offer", due_at=datetime.fromtimestamp(world.now, UTC) + timedelta(days=2))
    values: tuple[tuple[str, Value], ...] = (("close_on", "2027-01-15"),)
    entry = LogEntry("call", "Talked about looms", body="She wants ten", next_step=step, deal_values=values)
    world.insist(lambda: log_activity(world.desk(), entry, person, deal, "Logged"))
    return _ended(world)


def edit_and_conflict(folder: Path, doom: Doom) -> dict[str, Any]:
    """The rep and a colleague set one amount; the rep's is sent over the colleague's after the card was read."""
    world = FailingWorld(folder, doom)
    world.step()
    deal = world.insist(lambda: world.local(Kind.DEAL, "D1"))
    world.insist(lambda: set_amount(world.desk(), deal, 500_00, "Amount"))
    world.insist(lambda: world.edit(Kind.PERSON, "P1", role="Director"))
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=700_00)
    for _ in range(6):
        world.pass_time(1000)
        world.cycle()
        if world.insist(lambda: world.ops(OpState.CONFLICT)):
            break
    world.step()
    (card,) = world.insist(lambda: world.ops(OpState.CONFLICT))
    if card.theirs != {"amount": 700_00}:
        raise Harmed(Harm.OVERWRITTEN_UNSEEN, f"the card shows {card.theirs}")
    # A second "use mine" after an error that came too late finds the card answered.
    if world.insist(lambda: world.answer.mine(card.id)) is None and not doom.said:
        raise AssertionError("the card took no answer")
    return _ended(world)


def first_sync(folder: Path, doom: Doom) -> dict[str, Any]:
    """An empty book is filled."""
    return _ended(FailingWorld(folder, doom, fresh=True))


def lost_answer(folder: Path, doom: Doom) -> dict[str, Any]:
    """A new person and a call with her; the CRM takes both and its answers get lost. It can only look for marks."""
    world = FailingWorld(folder, doom, DemoSwitches(identity=Identity.MARKER))
    world.step()
    person = world.insist(lambda: world.create(Kind.PERSON, name="Dora", role="Founder"))
    world.insist(
        lambda: world.create(Kind.ACTIVITY, {"person": person}, what="call", body="hello", done=True, done_at=BEGIN)
    )
    world.lossy.lose = 2
    return _ended(world)


def taken_back(folder: Path, doom: Doom) -> dict[str, Any]:
    """A call that was sent and an edit that was not are undone."""
    world = FailingWorld(folder, doom)
    world.step()
    person = world.insist(lambda: world.local(Kind.PERSON, "P2"))
    logged = world.insist(lambda: log_activity(world.desk(), LogEntry("call", "By mistake"), person, None, "Logged"))
    world.comes_to_rest()
    world.step()
    deal = world.insist(lambda: world.local(Kind.DEAL, "D2"))
    edited = world.insist(lambda: set_amount(world.desk(), deal, 1, "Amount"))
    world.insist(lambda: undo(world.desk(), edited.gesture_id))
    world.insist(lambda: undo(world.desk(), logged.gesture_id))
    return _ended(world)


class ProfileWorld(FailingWorld):
    """The office, the book in a profile whose key lies in a keyring."""

    def __init__(self, folder: Path, doom: Doom) -> None:
        self.profile = folder / "profile"
        self.keyring = FailingKeyring(doom)
        self.vault = KeyringVault(cast("KeyringBackend", self.keyring))
        super().__init__(folder, doom, fresh=True)

    def open_file(self) -> Database:
        return (self._open() if bootstrap.has_book(self.profile) else self._create()).database

    def connect(self) -> DemoConnector:
        return Narrow(self.crm, REP, wire=self.wire)

    def open(self) -> None:
        self.insist(super(FailingWorld, self).open)
        self.engine.copy = Copy(self.database, generation.of(self.profile, self.vault), lambda: self.now, self.stamp)

    def stamp(self) -> int:
        """Seconds since 1970."""
        return int(self.now)

    def clock(self) -> datetime:
        """As the app's."""
        return datetime.fromtimestamp(self.now, UTC)

    def _open(self) -> Core:
        return bootstrap.open_profile(self.profile, self.vault, self.clock)

    def _create(self) -> Core:
        return bootstrap.create_profile(self.profile, self.vault, Account("demo"), "secret", self.clock)

    def ruin(self) -> None:
        """Something writes over the book while it is closed."""
        self.database.close()
        with (self.profile / "book.db").open("r+b") as file:
            file.truncate(70_000)
            file.seek(4096)
            file.write(bytes(40_000))

    def reads_notice(self, kind: str) -> None:
        """The rep closes a card, if it is there."""
        with self.database.write() as write:
            notices.forget(write, kind)

    def leave(self) -> None:
        """Signs out."""
        self.database.close()

        def erase() -> None:
            if bootstrap.has_book(self.profile):
                bootstrap.erase(self.profile)

        with patch.object(credentials, "usable_keyring", lambda: self.vault):
            self.insist(erase)


def ruined_and_left(folder: Path, doom: Doom) -> dict[str, Any]:
    """A profile is made, its book ruined while a note has not left, rescued, synced; then the rep signs out."""
    world = ProfileWorld(folder, doom)
    world.crm = DemoCrm(lambda: world.now)
    world.crm.load([row for row in small_book() if row.kind is Kind.USER])
    world.connector = world.engine.connector = world.connect()
    world.step()
    world.insist(lambda: world.create(Kind.ACTIVITY, what="note", body="not sent yet", done=True, done_at=BEGIN))
    world.ruin()
    world.open()
    world.insist(lambda: world.reads_notice("rescued"))
    ended = _ended(world)
    world.leave()
    assert not world.profile.exists(), f"left behind: {[each.name for each in world.profile.iterdir()]}"
    told = any("the rep saw" in words and "Keyring" in words for words in doom.said)
    assert told or not world.keyring.kept, f"left in the keyring unsaid: {list(world.keyring.kept)}"
    return ended


def _ended(world: FailingWorld) -> dict[str, Any]:
    world.step()
    try:
        world.comes_to_rest()
        world.doom.due.clear()
        return world.ends()
    finally:
        world.database.close()


SCENARIOS: Final[Mapping[str, Callable[[Path, Doom], dict[str, Any]]]] = {
    "log": log_a_call,
    "conflict": edit_and_conflict,
    "first sync": first_sync,
    "lost answer": lost_answer,
    "undo": taken_back,
    "rescue and sign-out": ruined_and_left,
}
"""Each ends with what the CRM holds then, which must be the same whatever failed."""
