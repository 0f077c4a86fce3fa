"""What the sidebar's foot says is true in every phase."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from companion.database import Rows
from companion.domain.notices import TEXTS, Notice
from companion.domain.ops import OpState
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus, Tally, foot_words
from companion.store import notices, records
from companion.sync.retry import CAP_S, Backoff
from tests.sync.world import COLLEAGUE, REP, FaultyWire, World

Office = Callable[..., World]


def count(world: World, kind: Kind) -> int:
    """How many records of a kind are here."""
    with world.database.read() as rows:
        return records.count(rows, kind)


NOW = 1_795_000_000


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SyncStatus(), "Not synced yet"),
        (SyncStatus(last_success_at=NOW - 5), "Synced just now"),
        (SyncStatus(last_success_at=NOW - 65), "Synced 1 min ago"),
        (SyncStatus(last_success_at=NOW - 7300), "Synced 2 h ago"),
        (SyncStatus(last_success_at=NOW - 200_000), "Synced 2 days ago"),
        (SyncStatus(last_success_at=NOW + 10**9), "Synced just now"),
        (SyncStatus(Phase.SYNCING, waiting=12), "Syncing 12 changes"),
        (SyncStatus(Phase.SYNCING, waiting=1), "Syncing 1 change"),
        (SyncStatus(Phase.SYNCING), "Syncing"),
        (SyncStatus(Phase.OFFLINE, waiting=3), "Offline · 3 changes waiting"),
        (SyncStatus(Phase.OFFLINE), "Offline"),
        (SyncStatus(Phase.SIGN_IN, waiting=3), "Sign in again to sync"),
        (SyncStatus(Phase.SYNCING, loading=Loading(Kind.PERSON, 3120, 8400)), "3,120 of 8,400 people"),
        (SyncStatus(Phase.SYNCING, loading=Loading(Kind.COMPANY, 3120)), "3,120 companies so far"),
        (SyncStatus(conflicts=1, last_success_at=NOW), "1 needs your attention"),
        (SyncStatus(conflicts=1, attention=2, last_success_at=NOW), "3 need your attention"),
        (SyncStatus(waiting=2, last_success_at=NOW), "2 changes waiting"),
        (SyncStatus(Phase.STOPPED, problem=Problem("This version is not supported")), "This version is not supported"),
    ],
)
def test_the_foot_says(status: SyncStatus, words: str) -> None:
    assert foot_words(status, NOW) == words


def test_all_synced_is_claimed_only_when_nothing_is_left(office: Office) -> None:
    world = office(wire=FaultyWire(write=["drop"], changes=[None] * 9))
    assert world.sync().all_synced
    world.log_call("P1", "hello")
    assert not world.sync(apart_s=0.1).all_synced
    assert world.settle().all_synced


def test_a_reading_that_failed_is_not_called_synced(office: Office) -> None:
    world = office(synced=False, wire=FaultyWire(changes=["drop"]))
    status = world.sync()
    assert (status.phase, status.last_success_at, status.all_synced) == (Phase.OFFLINE, None, False)


def test_a_first_reading_tells_how_far_it_has_come(office: Office) -> None:
    world = office()
    told = [status.loading for status in world.statuses if status.loading]
    assert Loading(Kind.PERSON, 3, 3) in told


def test_a_first_reading_that_the_rep_cancels_keeps_what_is_here_and_goes_on_when_asked(office: Office) -> None:
    world = office(synced=False)

    def cancel(status: SyncStatus) -> None:
        if status.loading is not None and status.loading.kind is Kind.COMPANY:
            world.engine.leave_off()

    world.engine.publish = cancel
    status = world.sync()
    assert (status.phase, status.loading, status.last_success_at) == (Phase.IDLE, None, None)
    assert status.problem is not None
    assert foot_words(status, int(world.now)) == "Only a part of your book is here"
    assert not status.all_synced
    assert count(world, Kind.COMPANY) == 2
    assert count(world, Kind.DEAL) == 0

    assert world.sync(3).problem is not None, "nothing is read behind the rep's back"
    assert count(world, Kind.DEAL) == 0
    world.engine.hurry()
    assert world.sync().all_synced
    assert count(world, Kind.DEAL) == 2


def test_what_the_rep_changes_in_half_a_book_is_sent_all_the_same(office: Office) -> None:
    world = office(synced=False)

    def cancel(status: SyncStatus) -> None:
        if status.loading is not None and status.loading.kind is Kind.PERSON:
            world.engine.leave_off()

    world.engine.publish = cancel
    world.sync()
    op = world.log_call("P1", "hello")
    world.sync(3)

    assert world.state(op) is OpState.DONE


def test_cancelling_comes_too_late_once_all_is_read(office: Office) -> None:
    world = office()

    world.engine.leave_off()

    assert world.sync().all_synced


def test_the_tally_holds_both_counts_and_admits_what_is_missing(office: Office) -> None:
    world = office(synced=False)
    world.crm.hide("U1", Kind.PERSON, "P3")
    status = world.sync()
    assert Tally(Kind.PERSON, 2, 2) in status.tallies
    world.log_call("P1", "hello")
    assert Tally(Kind.ACTIVITY, 1, 1) in world.sync(2).tallies


def test_a_day_of_outage_makes_few_attempts() -> None:
    now = [0.0]
    backoff = Backoff(lambda: now[0], Random(7))
    attempts = 0
    while now[0] < 24 * 3600:
        attempts += 1
        now[0] += backoff.failed("")
    assert attempts <= 300


def test_a_pause_is_random_but_never_beyond_its_cap_or_short_of_what_was_asked() -> None:
    backoff = Backoff(lambda: 0.0, Random(7))
    delays = [backoff.failed("x") for _ in range(200)]
    assert max(delays) <= CAP_S
    assert len(set(delays)) > 150
    assert backoff.failed("x", 5000.0) >= 5000.0


@pytest.mark.parametrize("kind", TEXTS)
def test_whatever_the_rep_was_told_and_has_not_answered_is_counted_and_never_called_synced(
    office: Office, kind: str
) -> None:
    world = office()
    assert world.sync().all_synced
    with world.database.write() as write:
        notices.put(write, Notice(kind, at=int(world.now)))

    status = world.sync()

    assert (status.attention, status.all_synced) == (1, False)
    assert foot_words(status, int(world.now)) == "1 needs your attention"


def test_a_large_book_is_counted_only_where_something_was_touched(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a book that was read and counted
    world = office()
    world.sync()
    counted: list[Kind] = []
    count_records = records.count

    def noted(rows: Rows, kind: Kind) -> int:
        counted.append(kind)
        return count_records(rows, kind)

    monkeypatch.setattr(records, "count", noted)
    # When the CRM is looked at and has nothing new
    before = world.sync()
    assert counted == []
    # Then a colleague's new person alone is what people are counted anew for
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Ada Quarle", owner=REP)
    after = world.sync()
    assert set(counted) == {Kind.PERSON}
    assert here(after, Kind.PERSON) == here(before, Kind.PERSON) + 1 == count(world, Kind.PERSON)


def test_what_another_process_read_into_the_same_book_is_counted_too(office: Office) -> None:
    world = office()
    before = world.sync()
    world.crm.create(COLLEAGUE, Kind.PERSON, name="Ada Quarle", owner=REP)
    # The terminal syncs the book that the window has open.
    window, engine = world.database, world.engine
    world.open()
    world.sync()
    world.database.close()
    world.database, world.engine = window, engine

    after = world.sync()

    assert here(after, Kind.PERSON) == here(before, Kind.PERSON) + 1 == count(world, Kind.PERSON)


def here(status: SyncStatus, kind: Kind) -> int:
    """What the status says of a kind."""
    return next(tally.local for tally in status.tallies if tally.kind is kind)
