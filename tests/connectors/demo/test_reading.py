"""What pulls bring while colleagues work, transactions are long, searches lag and pages shift."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from companion.connectors.base import CursorExpired, Finds, RateLimited, Scope, ScopeDenied, SignInNeeded, Unreachable
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import ODOO_LIKE, PROFILES, DemoSwitches
from companion.domain.records import Gone, Kind
from tests.connectors.demo.bench import BRUNO, NORA, Bench, Mirror

STAMPS = DemoSwitches(changes=Finds.TIMESTAMP, precision_s=1.0, row_version=False, overlap_s=120)


@pytest.mark.parametrize(("late_s", "found"), [(60, True), (100, True), (400, False)])
def test_a_late_commit_is_found_as_long_as_it_lies_within_the_overlap(late_s: float, found: bool) -> None:
    bench = Bench(STAMPS)
    mirror = Mirror(bench).pull()
    bench.crm.switch(late_commit_s=late_s, late_every=1)
    late = bench.person("Late")
    bench.crm.switch(late_every=0)
    bench.clock.now += late_s - 1
    bench.person("Prompt")
    assert late not in mirror.pull().records
    bench.clock.now += 2
    assert (late in mirror.pull().records) is found
    assert late in set(bench.connector.ids(Kind.PERSON, Scope()))


def test_a_crm_that_counts_commits_loses_no_late_one_however_late() -> None:
    bench = Bench()
    mirror = Mirror(bench).pull()
    bench.crm.switch(late_commit_s=9_000, late_every=1)
    late = bench.person("Late")
    bench.crm.switch(late_every=0)
    bench.person("Prompt")
    mirror.pull()
    bench.clock.now += 9_001
    assert late in mirror.pull().records


def test_who_writes_to_a_record_waits_for_the_long_transaction_that_holds_it() -> None:
    bench = Bench()
    ada = bench.person()
    bench.crm.switch(late_commit_s=60, late_every=1)
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="CFO")
    bench.crm.switch(late_every=0)
    bench.crm.edit(BRUNO, Kind.PERSON, ada, city="Ghent")
    row = bench.crm.row(Kind.PERSON, ada)
    assert row is not None
    assert (row.fields["role"], row.fields["city"]) == ("CFO", "Ghent")


def test_two_changes_within_one_tick_of_the_stamp_are_two_versions() -> None:
    bench = Bench(STAMPS)
    ada = bench.person()
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="CFO")
    first = bench.connector.fetch(Kind.PERSON, [ada])[0]
    bench.crm.edit(BRUNO, Kind.PERSON, ada, role="COO")
    assert bench.connector.fetch(Kind.PERSON, [ada])[0].version != first.version


def test_a_search_that_lags_behind_brings_the_record_later_and_a_read_by_id_at_once() -> None:
    bench = Bench(replace(STAMPS, search_lag_s=30.0))
    bench.clock.now += 100
    mirror = Mirror(bench).pull()
    ada = bench.person()
    assert ada not in mirror.pull().records
    assert bench.connector.fetch(Kind.PERSON, [ada])
    bench.clock.now += 31
    assert ada in mirror.pull().records


@pytest.mark.parametrize("move", range(12))
def test_pages_that_shift_while_they_are_read_lose_nobody(move: int) -> None:
    bench = Bench(replace(ODOO_LIKE, shifting_pages=True, page=3, overlap_s=0))
    people = []
    for n in range(12):
        bench.clock.now += 1
        people.append(bench.person(f"P{n}"))
    got = set()
    cursor, more, pages = None, True, 0
    while more:
        page = bench.connector.pull(Kind.PERSON, Scope(), cursor)
        got |= {upsert.remote_id for upsert in page.upserts}
        cursor, more, pages = page.cursor, page.more, pages + 1
        if pages == 2:
            bench.clock.now += 1
            bench.crm.edit(BRUNO, Kind.PERSON, people[move], role="moved to the end")
    assert got == set(people)


@pytest.mark.parametrize("profile", PROFILES)
def test_an_owner_who_changed_takes_the_record_out_of_the_scope_or_a_sweep_does(profile: str) -> None:
    bench = Bench(PROFILES[profile])
    ada = bench.person()
    bench.clock.now += 700
    mirror = Mirror(bench, scope=Scope(NORA)).pull()
    assert ada in mirror.records
    bench.crm.reassign(NORA, Kind.PERSON, ada, BRUNO)
    bench.clock.now += 700
    mirror.pull()
    told = mirror.gone.get(ada) is Gone.OUT_OF_SCOPE
    assert told is (PROFILES[profile].deletes is Finds.IN_STREAM)
    assert ada not in set(bench.connector.ids(Kind.PERSON, Scope(NORA)))


def test_a_person_who_is_passed_on_brings_the_history_along() -> None:
    bench = Bench()
    ada = bench.person(owner=BRUNO)
    call = bench.crm.create(BRUNO, Kind.ACTIVITY, what="call", person=ada, owner=BRUNO)
    mirror = Mirror(bench, Kind.ACTIVITY, Scope(NORA)).pull()
    assert call not in mirror.records
    bench.crm.reassign(BRUNO, Kind.PERSON, ada, NORA)
    assert call in mirror.pull().records


def test_a_merge_names_the_winner_and_hangs_the_history_on_it() -> None:
    bench = Bench()
    loser, winner = bench.person("Ada L"), bench.person("Ada Lovelace")
    bench.crm.edit(NORA, Kind.PERSON, loser, city="London")
    call = bench.crm.create(NORA, Kind.ACTIVITY, what="call", person=loser)
    people, calls = Mirror(bench).pull(), Mirror(bench, Kind.ACTIVITY).pull()
    bench.crm.merge(BRUNO, Kind.PERSON, loser, winner)
    people.pull()
    assert people.gone[loser] is Gone.MERGED
    assert people.winners[loser] == winner
    assert people.records[winner].fields["name"] == "Ada Lovelace"
    assert people.records[winner].fields["city"] == "London"
    assert calls.pull().records[call].links["person"] == winner


def test_deleted_archived_and_brought_back_are_told_apart() -> None:
    bench = Bench()
    ada, bob = bench.person("Ada"), bench.person("Bob")
    mirror = Mirror(bench).pull()
    bench.crm.delete(BRUNO, Kind.PERSON, ada)
    bench.crm.archive(BRUNO, Kind.PERSON, bob)
    mirror.pull()
    assert mirror.gone == {ada: Gone.DELETED, bob: Gone.ARCHIVED}
    bench.crm.undelete(BRUNO, Kind.PERSON, ada)
    assert set(mirror.pull().records) == {ada}


def test_a_hidden_record_leaves_and_returns() -> None:
    bench = Bench()
    ada = bench.person()
    mirror = Mirror(bench).pull()
    bench.crm.hide(NORA, Kind.PERSON, ada)
    assert mirror.pull().gone[ada] is Gone.OUT_OF_SCOPE
    assert bench.connector.fetch(Kind.PERSON, [ada]) == []
    bench.crm.show(NORA, Kind.PERSON, ada)
    assert ada in mirror.pull().records


def test_a_full_pass_does_not_speak_of_those_who_left_before_it() -> None:
    bench = Bench()
    ada = bench.person()
    bench.crm.delete(BRUNO, Kind.PERSON, ada)
    theirs = bench.person("Bob", BRUNO)
    mirror = Mirror(bench, scope=Scope(NORA)).pull()
    assert mirror.gone == {}
    assert theirs not in mirror.records


def test_a_cursor_older_than_the_list_of_deletions_has_expired() -> None:
    bench = Bench(DemoSwitches(feed_life_s=1000.0))
    mirror = Mirror(bench).pull()
    bench.clock.now += 1001
    with pytest.raises(CursorExpired):
        mirror.pull()


def test_a_cursor_that_is_not_ours_has_expired() -> None:
    with pytest.raises(CursorExpired):
        Bench().connector.pull(Kind.PERSON, Scope(), b"\xff not ours")


def test_a_full_pass_every_time_begins_again_and_says_so() -> None:
    bench = Bench(DemoSwitches(changes=Finds.FULL_ONLY, deletes=Finds.SWEEP, page=2))
    people = {bench.person(f"P{n}") for n in range(5)}
    first = Mirror(bench).pull()
    second = bench.connector.pull(Kind.PERSON, Scope(), first.cursor)
    assert set(first.records) == people
    assert second.reset
    assert len(second.upserts) == 2


def test_a_user_without_the_right_is_told_so_and_a_user_without_a_session_is_asked_to_sign_in() -> None:
    bench = Bench()
    bench.crm.forbid(NORA, Kind.DEAL)
    with pytest.raises(ScopeDenied):
        bench.connector.pull(Kind.DEAL, Scope(), None)
    bench.crm.sign_out(NORA)
    with pytest.raises(SignInNeeded):
        bench.connector.pull(Kind.PERSON, Scope(), None)


def test_a_reader_who_asks_too_often_is_told_how_long_to_wait() -> None:
    bench = Bench(DemoSwitches(rate=3, rate_window_s=10.0))
    bench.connector.describe()
    bench.clock.now += 4
    bench.connector.describe()
    bench.connector.describe()
    assert bench.connector.budget().left == 0
    with pytest.raises(RateLimited) as told:
        bench.connector.describe()
    assert told.value.after_s == pytest.approx(6.0)
    bench.clock.now += 6
    bench.connector.describe()


def test_a_sweep_that_breaks_off_raises_rather_than_end_early() -> None:
    bench = Bench()
    bench.person()
    bench.wire.breaks["ids"] = "drop before"
    with pytest.raises(Unreachable):
        list(bench.connector.ids(Kind.PERSON, Scope()))


def test_a_restored_backup_brings_back_what_was() -> None:
    bench = Bench()
    ada = bench.person()
    backup = bench.crm.snapshot()
    bench.crm.edit(NORA, Kind.PERSON, ada, role="CFO")
    bob = bench.person("Bob")
    bench.crm.rewind(backup)
    assert bench.crm.row(Kind.PERSON, bob) is None
    assert "role" not in DemoConnector(bench.crm, NORA).fetch(Kind.PERSON, [ada])[0].fields
