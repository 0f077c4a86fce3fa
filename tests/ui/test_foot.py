"""The line at the foot of the sidebar never says more than the file knows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from companion import bootstrap
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from tests.sync.world import World
from ui.main_window.viewmodel import FrameViewModel
from ui.session import Session


def foot_of(world: World) -> FrameViewModel:
    def now() -> datetime:
        return datetime.fromtimestamp(world.now, UTC)

    session = Session(world.database, now, bootstrap.default_workspace(), lambda: world.answer.desk)
    made = FrameViewModel(session, lambda: 0)
    made.count()
    return made


def test_before_the_sync_has_said_anything_a_change_that_waits_is_told(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.sync()
    assert foot_of(world).foot == ("Synced just now", "cloud")

    world.edit(Kind.DEAL, "D1", amount=5)

    assert foot_of(world).foot == ("1 change waiting", "cloud")


def test_what_the_sync_said_before_the_last_act_does_not_count(tmp_path: Path) -> None:
    world = World(tmp_path)
    status = world.sync()
    frame = foot_of(world)
    world.edit(Kind.DEAL, "D1", amount=5)

    frame.sync_moved(status)

    assert frame.foot[0] == "1 change waiting"


def test_a_change_that_arrives_is_not_counted_any_more(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.sync()
    world.edit(Kind.DEAL, "D1", amount=5)
    frame = foot_of(world)
    frame.sync_moved(SyncStatus(Phase.OFFLINE, waiting=1))
    assert frame.foot[0] == "Offline · 1 change waiting"

    world.sync()
    frame.outbox_changed()

    assert frame.foot[0] == "Offline"


def test_its_icon_alone_tells_what_is_done_from_what_waits_and_what_asks(tmp_path: Path) -> None:
    # Given everything in the CRM
    world = World(tmp_path)
    status = world.sync()
    frame = foot_of(world)
    frame.sync_moved(status)
    assert frame.foot[1] == "cloud-check"
    # When a change waits, no check says that it is there already
    world.edit(Kind.DEAL, "D1", amount=5)
    frame.outbox_changed()
    assert frame.foot[1] == "cloud"
    # When the CRM refused it, the icon asks for the rep
    with world.database.write() as write:
        write.text("UPDATE outbox SET state = 'attention', problems = '[]'", ())
    frame.outbox_changed()
    assert frame.foot == ("1 needs your attention", "circle-alert")
