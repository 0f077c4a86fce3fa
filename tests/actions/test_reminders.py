"""The ledger over a real book: foreseen, told once, answered, called off, missed; across restarts and two processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from companion.actions.answer_reminder import dismiss_reminders, finish_reminder, open_reminders, remind_later
from companion.actions.desk import Desk
from companion.actions.log_activity import LogEntry, log_activity
from companion.actions.snooze import snooze
from companion.actions.tell_reminders import Look, show_reminders, tell_reminders
from companion.actions.undo import undo
from companion.database import open_database
from companion.domain.records import Gone, Kind
from companion.domain.reminders import Manner, Reminder, State
from companion.queries import reminders as queries
from companion.store import forgetting, identities, meta, records
from companion.store import reminders as store
from tests.book import ZONE, Book

MANNER = Manner()


class Day:
    """The rep's day with Companion running since it began."""

    def __init__(self, book: Book, desk: Desk) -> None:
        self.book, self.desk = book, desk
        self.since = int(book.now.timestamp())
        self.look()

    def look(self) -> Look:
        """Looks now."""
        return tell_reminders(self.desk, MANNER, self.since)

    def at(self, clock: str, days: int = 0) -> Look:
        """Looks at that hour."""
        on = dt.date(2026, 11, 24) + dt.timedelta(days)
        self.book.now = dt.datetime.combine(on, dt.time.fromisoformat(clock), tzinfo=ZONE)
        return self.look()

    def restart(self) -> Look:
        """Companion is opened again now."""
        self.since = int(self.book.now.timestamp())
        return self.look()

    def lines(self, **options: object) -> queries.Ledger:
        """The ledger as the screen gets it."""
        found: queries.Ledger = self.book.read(queries.ledger, self.book.now, ZONE, **options)
        return found

    def state(self, n: int) -> State:
        """Where a reminder stands."""
        ledger = self.lines()
        return next(each.state for each in (*ledger.ahead, *ledger.past) if each.reminder.n == n)


@pytest.fixture
def day(book: Book, desk: Desk) -> Day:
    return Day(book, desk)


def about(some: tuple[Reminder, ...]) -> list[str]:
    return [each.words for each in some]


def meet(book: Book, clock: str = "10:30", **more: object) -> str:
    fields = {"what": "meeting", "subject": "Demo", "person_id": "marta", "owner_id": "me", "done": False}
    return book.put(Kind.ACTIVITY, **{**fields, "at": book.at(0, clock), **more})


def promise(book: Book, days: int = 0, **more: object) -> str:
    return book.task("marta", days, "Send the quote", promise="mine", **more)


def test_a_meeting_is_foreseen_a_day_ahead_and_told_once(book: Book, day: Day) -> None:
    meet(book)

    assert about(day.look().meetings) == []
    assert [each.reminder.words for each in day.lines().ahead] == ["Demo"]
    assert about(day.at("10:20").meetings) == ["Demo"]
    assert day.at("10:20") == replace(day.look(), meetings=())


def test_nothing_is_written_while_nothing_is_due(book: Book, day: Day) -> None:
    meet(book)
    day.look()
    commits = book.database.commits

    for minute in range(13, 60):
        day.at(f"09:{minute}")

    assert book.database.commits == commits


def test_a_promise_without_an_hour_is_told_in_the_morning_of_its_day(book: Book, day: Day) -> None:
    promise(book, 1)
    day.look()

    assert day.at("07:59", 1).bundle == ()
    assert about(day.at("08:00", 1).bundle) == ["Send the quote"]


def test_what_others_own_and_what_they_promised_is_none_of_my_reminders(book: Book, day: Day) -> None:
    meet(book, owner_id="ingrid")
    book.task("marta", 1, "Send the contract", promise="theirs")
    book.task("marta", 1, "Call again")
    meet(book, subject="Fair", ends_at=book.at(2, "18:00"))
    meet(book, subject="Cancelled", outcome="cancelled")

    day.look()

    assert day.lines().ahead == ()


def test_a_snooze_comes_back_with_its_words(book: Book, desk: Desk, day: Day) -> None:
    snooze(desk, Kind.PERSON, "marta", book.now + dt.timedelta(hours=2), "after the board meeting", "Snoozed")
    day.look()

    assert about(day.at("11:12").bundle) == ["after the board meeting"]


def test_doing_it_in_time_calls_the_reminder_off_and_undo_brings_it_back(book: Book, desk: Desk, day: Day) -> None:
    snooze(desk, Kind.PERSON, "marta", book.now + dt.timedelta(hours=2), "later", "Snoozed")
    day.look()

    log_activity(desk, LogEntry("call", "Rang", outcome="connected"), "marta", None, "Connected")
    day.look()
    assert [each.state for each in day.lines().past] == [State.CALLED_OFF]
    undo(desk)
    day.look()

    assert about(day.at("11:12").bundle) == ["later"]


def test_a_meeting_that_was_moved_is_told_at_its_new_time_only(book: Book, day: Day) -> None:
    meeting = meet(book)
    day.look()

    book.edit(Kind.ACTIVITY, meeting, at=book.at(0, "11:00"))

    assert day.at("10:25").meetings == ()
    assert about(day.at("10:50").meetings) == ["Demo"]


def test_what_fell_due_while_closed_is_shown_once_when_it_opens(book: Book, desk: Desk, day: Day) -> None:
    meet(book)
    promise(book, 1)
    day.look()

    book.now += dt.timedelta(days=3)
    missed = day.restart().missed
    assert sorted(about(missed)) == ["Demo", "Send the quote"]
    assert about(day.restart().missed) == about(missed), "nobody has seen them yet"
    show_reminders(desk, [each.n for each in missed], "window")

    assert day.restart().missed == ()
    assert day.lines().missed == 2
    assert {each.state for each in day.lines(missed_only=True).past} == {State.MISSED}


def test_the_first_start_does_not_tell_of_the_time_before_companion_was_there(book: Book, desk: Desk) -> None:
    meet(book, "08:30")
    promise(book, 0)

    day = Day(book, desk)

    assert day.look().missed == ()
    assert day.lines().all == 0


def test_a_meeting_that_passed_while_the_computer_slept_is_missed(book: Book, day: Day) -> None:
    meet(book)
    day.look()

    woken = day.at("11:40")

    assert woken.meetings == ()
    assert about(woken.missed) == ["Demo"]


def test_a_crash_between_telling_and_showing_loses_nothing(book: Book, day: Day) -> None:
    promise(book, 0, due_at=book.at(0, "10:00"))
    day.look()
    assert about(day.at("10:00").bundle) == ["Send the quote"]

    book.now += dt.timedelta(seconds=5)

    assert about(day.restart().missed) == ["Send the quote"]


def test_of_two_processes_one_tells(book: Book, desk: Desk, day: Day, tmp_path: Path) -> None:
    meet(book)
    promise(book, 0, due_at=book.at(0, "10:20"))
    day.look()
    other = open_database(tmp_path / "book.db", bytes(range(32)), durable=False)
    second = replace(desk, database=other)

    one = day.at("10:20")
    two = tell_reminders(second, MANNER, day.since)

    assert len(one.meetings) + len(one.bundle) == 2
    assert (two.meetings, two.bundle, two.missed) == ((), (), ())
    other.close()


def test_at_most_one_bundle_an_hour(book: Book, day: Day) -> None:
    for minute in ("10:00", "10:05", "10:50"):
        promise(book, 0, due_at=book.at(0, minute))
    day.look()

    assert len(day.at("10:00").bundle) == 1
    held = day.at("10:55")
    assert held.bundle == ()
    assert held.next_at == book.at(0, "11:00")
    assert len(day.at("11:00").bundle) == 2


def fired(book: Book, day: Day) -> Reminder:
    """A promise that was told and shown at 10:00."""
    promise(book, 0, due_at=book.at(0, "10:00"))
    day.look()
    (one,) = day.at("10:00").bundle
    show_reminders(day.desk, [one.n], "notification")
    return one


def test_done_keeps_the_promise_in_the_crm_and_undo_takes_both_back(book: Book, desk: Desk, day: Day) -> None:
    one = fired(book, day)

    done = finish_reminder(desk, one.n, "Promise kept")

    assert done is not None
    kept = book.read(records.get, Kind.ACTIVITY, one.record_id)
    assert kept.fields["done"]
    assert book.read(lambda rows: rows.value("SELECT action FROM outbox")) == "complete"
    assert day.state(one.n) is State.DONE
    assert finish_reminder(desk, one.n, "Promise kept") is None, "answered twice"
    undo(desk, done.gesture_id)
    assert not book.read(records.get, Kind.ACTIVITY, one.record_id).fields["done"]
    assert day.state(one.n) is State.SHOWN


def test_in_an_hour_puts_the_person_away_and_brings_them_back(book: Book, desk: Desk, day: Day) -> None:
    one = fired(book, day)

    done = remind_later(desk, one.n, "Send the quote", "In 1 h")

    assert done is not None
    assert day.state(one.n) is State.LATER
    book.refresh()
    assert book.today().rows == ()
    assert day.at("10:59").bundle == ()
    assert about(day.at("11:00").bundle) == ["Send the quote"]
    undo(desk, done.gesture_id)
    assert day.state(one.n) is State.SHOWN


def test_opening_and_putting_aside_are_kept_and_what_was_opened_can_still_be_done(
    book: Book, desk: Desk, day: Day
) -> None:
    one = fired(book, day)

    open_reminders(desk, [one.n])
    dismiss_reminders(desk, [one.n])

    assert day.state(one.n) is State.OPENED
    assert finish_reminder(desk, one.n, "Promise kept") is not None
    assert day.state(one.n) is State.DONE


def test_a_meeting_is_neither_done_nor_put_off_by_a_notification(book: Book, desk: Desk, day: Day) -> None:
    meet(book)
    day.look()
    (one,) = day.at("10:20").meetings

    assert finish_reminder(desk, one.n, "Done") is None
    assert remind_later(desk, one.n, "", "In 1 h") is None


def test_what_was_done_elsewhere_takes_its_notification_away(book: Book, day: Day) -> None:
    one = fired(book, day)

    book.edit(Kind.ACTIVITY, one.record_id, done=True)

    assert day.look().settled == (one.n,)
    assert day.state(one.n) is State.DONE
    assert day.look().settled == ()


def test_the_history_of_a_reminder_says_when_and_how(book: Book, desk: Desk, day: Day) -> None:
    one = fired(book, day)
    book.now += dt.timedelta(minutes=3)
    open_reminders(desk, [one.n])

    (line,) = day.lines(person_id="marta").past

    assert line.who == "Marta Ferreira"
    assert queries.headline(line, book.now) == "Promised Marta Ferreira: Send the quote"
    assert queries.headline(line, book.now, names_only=True) == "A promise to Marta Ferreira is due"
    assert queries.step_words(line, book.now.date()) == (
        "Due 10:00",
        "Told 10:00",
        "Shown as a notification 10:00",
        "Opened 10:03",
    )
    assert day.lines(person_id="somebody else").all == 0


def test_the_clock_set_back_tells_again_what_it_had_told_a_day_early(book: Book, day: Day) -> None:
    meet(book)
    day.look()
    day.at("12:00", 1)

    day.at("09:30")

    assert about(day.at("10:20").meetings) == ["Demo"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_promise_that_was_told_is_not_told_again_in_another_zone(book: Book, day: Day, zone: str) -> None:
    promise(book, 1)
    day.look()
    (one,) = day.at("08:00", 1).bundle

    book.now = (book.now + dt.timedelta(hours=2)).astimezone(ZoneInfo(zone))
    for _ in range(30):
        assert day.look().bundle == ()
        book.now += dt.timedelta(hours=1)
    assert day.state(one.n) is State.FIRED


def test_a_record_that_may_no_longer_be_seen_leaves_no_reminder(book: Book, day: Day) -> None:
    meeting = meet(book)
    day.look()

    with book.database.write() as write:
        forgetting.traces(write, Kind.ACTIVITY, meeting)
        records.mark_gone(write, Kind.ACTIVITY, meeting, Gone.OUT_OF_SCOPE, book.at(0))

    assert day.lines().all == 0
    assert day.at("10:20").meetings == ()


def test_a_record_that_was_merged_into_another_is_not_told_twice(book: Book, day: Day) -> None:
    one = fired(book, day)
    other = promise(book, 0, due_at=book.at(0, "10:00"))

    with book.database.write() as write:
        identities.take_along(write, one.record_id, other)
        records.erase(write, Kind.ACTIVITY, one.record_id)

    assert day.at("12:00").bundle == ()
    assert day.lines().all == 1


def broken_subject(book: Book) -> None:
    meet(book, subject="\x1b[31m\u202e<b>" + "x" * 1_000_000)


def broken_times(book: Book) -> None:
    meet(book, ends_at=-5)
    promise(book, 0, due_at=2**60)
    book.put(Kind.ACTIVITY, what="task", promise="mine", done=False, due_on="2026-99-99", owner_id="me")
    book.put(Kind.ACTIVITY, what="task", promise="mine", done=False, due_on="2026-11-24", at=2**50, owner_id="me")


@pytest.mark.parametrize("spoil", [broken_subject, broken_times])
def test_what_a_crm_sends_breaks_no_reminder(book: Book, day: Day, spoil: Callable[[Book], None]) -> None:
    spoil(book)
    day.look()
    day.at("10:25")
    day.at("23:00")
    ledger = day.lines()

    assert all(len(queries.headline(each, book.now)) < 400 for each in (*ledger.ahead, *ledger.past))


def test_nobody_is_reminded_before_the_crm_has_said_who_the_rep_is(book: Book, desk: Desk) -> None:
    with book.database.write() as write:
        meta.put(write, "me", None)

    assert tell_reminders(replace(desk, me=None), MANNER, 0) == Look()


def test_what_one_has_taken_to_be_told_nobody_else_can_take(book: Book, day: Day) -> None:
    meet(book)
    day.look()
    (waiting,) = (line.reminder for line in day.lines().ahead)

    with book.database.write() as write:
        assert len(store.fire(write, [waiting], book.at(0))) == 1
        assert store.fire(write, [waiting], book.at(0)) == ()
        assert store.fire(write, [waiting], book.at(0), missed=True) == (
            waiting._replace(fired_at=book.at(0), missed=1),
        )
        assert store.fire(write, [waiting], book.at(0), missed=True) == ()
