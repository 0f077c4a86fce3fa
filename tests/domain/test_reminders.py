"""Every reminder comes once, at its time, never at night unless it is a meeting; and none is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.domain.reminders import (
    BUNDLE_S,
    Act,
    Coming,
    Manner,
    Reminder,
    State,
    fires_at,
    is_quiet,
    plan,
    promise_due_at,
    quiet_ends_at,
    state_of,
    told_at,
)

OSLO = ZoneInfo("Europe/Oslo")
ZONES = [ZoneInfo(each) for each in ("Europe/Oslo", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")]
MANNER = Manner()


def at(words: str, zone: dt.tzinfo = OSLO) -> int:
    """'2026-11-24 09:12' there."""
    return int(dt.datetime.fromisoformat(words).replace(tzinfo=zone).timestamp())


NOON = at("2026-11-24 12:00")


def row(n: int, what: str, due_at: int, **more: object) -> Reminder:
    return Reminder(n, what, "activity", f"r{n}", "marta", None, due_at, "")._replace(**more)  # type: ignore[arg-type]


def numbers(some: Sequence[Reminder]) -> list[int]:
    return [each.n for each in some]


def planned(*rows: Reminder, now: int = NOON, since: int = 0, last: int | None = None, manner: Manner = MANNER):  # type: ignore[no-untyped-def]
    expected = [Coming(each.what, each.record_kind, each.record_id, "marta", None, each.due_at, "") for each in rows]
    return plan(expected, rows, now, OSLO, manner, since, last)


def test_a_meeting_is_told_ten_minutes_before_it_begins_and_not_earlier() -> None:
    meeting = row(1, "meeting", NOON)

    early = planned(meeting, now=NOON - 601)
    assert early.meetings == ()
    assert early.next_at == NOON - 600
    assert numbers(planned(meeting, now=NOON - 600).meetings) == [1]


def test_a_meeting_that_has_begun_while_the_computer_slept_is_missed_and_not_soon() -> None:
    found = planned(row(1, "meeting", NOON - 1))

    assert found.meetings == ()
    assert numbers(found.missed) == [1]


def test_what_comes_due_together_is_told_together_and_then_not_for_an_hour() -> None:
    two = [row(1, "promise", NOON - 60), row(2, "snooze", NOON)]

    assert numbers(planned(*two).bundle) == [1, 2]
    held = planned(*two, last=NOON - 600)
    assert held.bundle == ()
    assert numbers(held.held) == [1, 2]
    assert held.next_at == NOON - 600 + BUNDLE_S


def test_a_meeting_does_not_wait_for_the_hour_to_pass() -> None:
    assert numbers(planned(row(1, "meeting", NOON + 60), last=NOON - 1).meetings) == [1]


def test_at_night_only_a_meeting_is_told_and_the_rest_comes_in_the_morning() -> None:
    night = at("2026-11-24 21:30")

    found = planned(row(1, "meeting", night + 60), row(2, "snooze", night), now=night)

    assert numbers(found.meetings) == [1]
    assert numbers(found.held) == [2]
    assert found.next_at == at("2026-11-25 07:00")
    assert numbers(planned(row(2, "snooze", night), now=at("2026-11-25 07:00")).bundle) == [2]


def test_what_came_due_while_companion_was_closed_is_missed() -> None:
    found = planned(row(1, "promise", NOON - 7200), row(2, "promise", NOON - 60), since=NOON - 3600)

    assert numbers(found.missed) == [1]
    assert numbers(found.bundle) == [2]


def test_what_was_on_its_way_to_the_screen_when_everything_stopped_is_missed_too() -> None:
    fired = row(1, "promise", NOON - 7200, fired_at=NOON - 7200)

    assert numbers(planned(fired, since=NOON - 60).missed) == [1]
    assert planned(fired, since=NOON - 7300).missed == ()


def test_a_promise_that_was_kept_in_time_is_called_off_and_comes_back_when_that_is_undone() -> None:
    waiting = row(1, "promise", NOON + 60)

    kept = plan([], [waiting], NOON, OSLO, MANNER, 0, None)
    assert kept.call_off == (1,)
    off = waiting._replace(act=Act.CALLED_OFF, acted_at=NOON)
    assert len(planned(off).add) == 1


def test_a_promise_for_a_day_is_not_told_twice_because_the_rep_flew_east() -> None:
    told = row(1, "promise", NOON, fired_at=NOON, shown_at=NOON)
    same_day = Coming("promise", "activity", "r1", "marta", None, NOON - 6 * 3600, "", whole_day=True)
    next_day = same_day._replace(due_at=NOON + 23 * 3600)

    assert plan([same_day], [told], NOON, OSLO, MANNER, 0, None).add == ()
    assert plan([next_day], [told], NOON, OSLO, MANNER, 0, None).add == (next_day,)


def test_a_promise_for_today_is_recalled_in_the_morning_or_in_the_afternoon_when_it_was_made_today() -> None:
    day = dt.date(2026, 11, 24)

    assert promise_due_at(day, at("2026-11-20 15:00"), OSLO, 8) == at("2026-11-24 08:00")
    assert promise_due_at(day, None, OSLO, 8) == at("2026-11-24 08:00")
    assert promise_due_at(day, at("2026-11-24 11:00"), OSLO, 8) == at("2026-11-24 16:00")
    assert promise_due_at(day, at("2026-11-24 15:30"), OSLO, 8) == at("2026-11-24 16:30")


def test_what_a_clock_that_was_a_day_fast_has_told_is_told_at_its_time() -> None:
    wrong = row(1, "meeting", NOON + 3600, fired_at=NOON + 86_400, shown_at=NOON + 86_400, missed=1)

    assert planned(wrong).revive == (1,)
    assert planned(wrong._replace(fired_at=NOON + 60)).revive == ()
    assert planned(wrong._replace(acted_at=NOON, act="opened")).revive == ()


def test_quiet_hours_can_be_switched_off() -> None:
    night = at("2026-11-24 23:00")

    assert not is_quiet(night, OSLO, Manner(quiet_from=24))
    assert not is_quiet(night, OSLO, Manner(quiet_from=7, quiet_until=7))
    assert is_quiet(NOON, OSLO, Manner(quiet_from=12, quiet_until=13))
    assert not is_quiet(NOON, OSLO, Manner(quiet_from=13, quiet_until=14))


@given(
    now=st.integers(at("2026-01-01 00:00"), at("2027-12-31 00:00")),
    zone=st.sampled_from(ZONES),
    begin=st.integers(0, 24),
    end=st.integers(0, 23),
)
def test_quiet_hours_end_within_a_day_and_a_bit_and_then_it_is_not_quiet(
    now: int, zone: ZoneInfo, begin: int, end: int
) -> None:
    manner = Manner(quiet_from=begin, quiet_until=end)
    if not is_quiet(now, zone, manner):
        return

    over = quiet_ends_at(now, zone, manner)

    assert now < over <= now + 26 * 3600
    assert not is_quiet(over, zone, manner)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 40_000)),
        st.tuples(st.just("sleep"), st.integers(60, 200_000)),
        st.tuples(st.just("restart"), st.integers(0, 100_000)),
        st.tuples(st.just("crash before it is shown"), st.just(0)),
    ),
    max_size=25,
)
THINGS = st.lists(
    st.tuples(st.sampled_from(["meeting", "promise", "snooze"]), st.integers(-40_000, 250_000)), max_size=12
)


@given(things=THINGS, steps=STEPS, zone=st.sampled_from(ZONES), begin=st.integers(0, 24), end=st.integers(0, 23))
def test_every_reminder_comes_to_exactly_one_end_and_none_comes_twice_or_at_night(
    things: list[tuple[str, int]], steps: list[tuple[str, int]], zone: ZoneInfo, begin: int, end: int
) -> None:
    """A week of a rep's: Companion runs, sleeps, is closed and killed; then it runs for three days in peace."""
    manner = Manner(quiet_from=begin, quiet_until=end)
    ledger = {
        n: Reminder(n, what, "activity", f"r{n}", "marta", None, NOON + offset, "")
        for n, (what, offset) in enumerate(things)
    }
    expected = [Coming(r.what, r.record_kind, r.record_id, "marta", None, r.due_at, "") for r in ledger.values()]
    told: dict[int, int] = {}
    bundles: list[int] = []
    now = since = NOON

    def look(show: bool = True) -> None:
        last = max(
            (r.fired_at for r in ledger.values() if r.what != "meeting" and r.fired_at and not r.missed), default=None
        )
        found = plan(expected, list(ledger.values()), now, zone, manner, since, last)
        assert (found.add, found.call_off, found.revive) == ((), (), ())
        for each in (*found.meetings, *found.bundle):
            assert each.n not in told, "told twice"
            assert now >= fires_at(each, manner)
            assert each.what == "meeting" or not is_quiet(now, zone, manner)
            told[each.n] = now
            ledger[each.n] = each._replace(fired_at=now, shown_at=now if show else None)
        if found.bundle:
            assert not bundles or now - bundles[-1] >= BUNDLE_S
            bundles.append(now)
        for each in found.missed:
            ledger[each.n] = each._replace(fired_at=each.fired_at or now, missed=1)

    for what, seconds in [*steps, *[("wait", 7200)] * 48]:
        end_at = now + seconds
        if what == "wait":
            while now < end_at:
                now = min(now + 900, end_at)
                look()
        elif what == "crash before it is shown":
            look(show=False)
            now += 1
            since = now
        else:
            now = end_at
            since = now if what == "restart" else since
        look()

    for each in ledger.values():
        ended = state_of(each, now)
        assert ended in (State.SHOWN, State.MISSED), f"{each.what} ended as {ended}"


@pytest.mark.parametrize(
    ("row_", "state"),
    [
        (row(1, "promise", NOON + 1), State.AHEAD),
        (row(1, "promise", NOON), State.DUE),
        (row(1, "promise", NOON, fired_at=NOON), State.FIRED),
        (row(1, "promise", NOON, fired_at=NOON, shown_at=NOON), State.SHOWN),
        (row(1, "promise", NOON, fired_at=NOON, shown_at=NOON, missed=1), State.MISSED),
        (row(1, "promise", NOON, fired_at=NOON, missed=1, acted_at=NOON, act="opened"), State.OPENED),
    ],
)
def test_a_reminder_stands_in_one_place_at_a_time(row_: Reminder, state: State) -> None:
    assert state_of(row_, NOON) == state


def test_when_it_will_be_told_is_known_beforehand() -> None:
    night = at("2026-11-24 21:30")

    assert told_at(row(1, "meeting", night), OSLO, MANNER) == night - 600
    assert told_at(row(1, "promise", night), OSLO, MANNER) == at("2026-11-25 07:00")
    assert told_at(row(1, "snooze", NOON), OSLO, MANNER) == NOON
