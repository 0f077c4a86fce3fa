"""The list of today: its sections, its counts, what is done, and how it moves with each change and with time."""

from __future__ import annotations

import datetime as dt

from companion.domain.changes import Changes
from companion.domain.records import Gone, Kind
from companion.queries import brief, timeline
from companion.store import scores
from tests.book import ZONE, Book


def late_deals(book: Book, count: int) -> None:
    for i in range(count):
        book.deal(book.person(f"Person {i}"), close_on=book.on(-1 - i))


def test_a_row_says_who_why_how_much_and_what_to_do(book: Book) -> None:
    person = book.person(mobile="+47 55 12 40 18", email="marta@halvorsen.example")
    deal = book.deal(person, close_on=book.on(-3))
    book.refresh()
    (row,) = book.today().rows

    assert (row.who, row.company, row.amount and row.amount.short, row.aside) == (
        "Marta Ferreira",
        "Halvorsen Logistics",
        "€48k",
        "Proposal",
    )
    assert (row.person_id, row.deal_id, row.number, row.email) == (
        person,
        deal,
        "+47 55 12 40 18",
        "marta@halvorsen.example",
    )
    assert row.reason.verb_words == "Set a date"
    assert row.reason.if_nothing == "If you do nothing: the forecast counts €48k on a day that is gone"


def test_a_meeting_counts_down_under_next_up(book: Book) -> None:
    person = book.person("Jonas Weber")
    book.activity("meeting", person, book.at(0, "10:30"), subject="Demo", done=False)
    book.refresh()
    (section,) = book.today().sections

    assert (section.name, section.count, section.rows[0].aside) == ("Next up", 1, "in 1 h 18 min")
    book.now += dt.timedelta(minutes=8)
    assert book.today().rows[0].aside == "in 1 h 10 min"


def test_a_meeting_in_the_afternoon_is_later_today_and_moves_up_by_itself(book: Book) -> None:
    person = book.person()
    book.activity("meeting", person, book.at(0, "16:00"), subject="Demo", done=False)
    book.refresh()
    assert [section.name for section in book.today().sections] == ["Later today"]

    book.now = dt.datetime.fromtimestamp(book.at(0, "12:00"), ZONE)
    assert book.refresh_due() == 1

    assert [section.name for section in book.today().sections] == ["Next up"]


def test_a_meeting_that_ended_asks_to_be_logged_and_the_log_clears_it(book: Book) -> None:
    person = book.person()
    demo = book.activity(
        "meeting", person, book.at(0, "10:30"), subject="Demo", done=False, ends_at=book.at(0, "11:15")
    )
    book.refresh()
    book.now = dt.datetime.fromtimestamp(book.at(0, "11:15"), ZONE)
    book.refresh_due()
    assert book.today().rows[0].reason.sentence == "Met today at 10:30 · nothing logged yet"

    book.edit(Kind.ACTIVITY, demo, done=True, outcome="met")

    assert book.today().rows == ()
    assert [done.words for done in book.today().done] == ["Met, demo"]


def test_the_progress_counts_people_left_and_done(book: Book) -> None:
    late_deals(book, 3)
    done = book.person("Elena Petrova")
    book.call(done, book.at(0, "08:52"), "voicemail")
    book.task(done, 2, "Try again")
    book.refresh()
    today = book.today()

    assert (today.progress, today.left, today.hidden) == ("1 of 4 done", 3, 0)
    assert [(each.who, each.words) for each in today.done] == [
        ("Elena Petrova", "Left voicemail at 08:52 · trying again Thu")
    ]


def test_no_answer_says_when_the_next_try_is(book: Book) -> None:
    person = book.person("Daniel Osei")
    book.call(person, book.at(0, "09:05"), "no_answer")
    book.task(person, 1, "Call again", due_at=book.at(1, "10:00"))
    book.refresh()

    assert book.today().done[0].words == "No answer at 09:05 · next try tomorrow 10:00"


def test_a_call_says_what_came_of_it_and_what_is_next(book: Book) -> None:
    person = book.person("Ruben Salas")
    book.call(person, book.at(0, "08:35"), subject="Sent pricing")
    book.task(person, 6, "Demo")
    book.refresh()

    assert book.today().done[0].words == "Connected, sent pricing · next: demo Mon 30 Nov"


def test_the_list_is_ranked_whole_and_then_cut_and_the_rest_is_exact(book: Book) -> None:
    late_deals(book, 12)
    book.refresh()
    today = book.today(limit=5)

    assert [row.who for row in today.rows] == [f"Person {i}" for i in (11, 10, 9, 8, 7)]
    assert (today.hidden, today.left, today.sections[0].count) == (7, 12, 12)


def test_an_empty_day_has_no_sections(book: Book) -> None:
    book.person()
    book.refresh()
    today = book.today()

    assert (today.sections, today.done, today.progress) == ((), (), "0 of 0 done")


def test_logging_re_ranks_whom_it_touches_and_leaves_the_others(book: Book) -> None:
    late_deals(book, 3)
    book.refresh()
    called = book.today().rows[0]
    heard: list[Changes] = []
    book.database.subscribe(heard.append)

    call = {"what": "call", "direction": "out", "outcome": "connected", "owner_id": "me", "done": True}
    book.add(Kind.ACTIVITY, **call, person_id=called.id, at=book.at(0, "09:10"))

    assert called.id not in [row.id for row in book.today().rows]
    assert len(book.today().rows) == 2
    assert heard[-1].today


def test_a_change_that_moves_nothing_does_not_wake_the_list(book: Book) -> None:
    person = book.person()
    book.refresh()
    heard: list[Changes] = []
    book.database.subscribe(heard.append)

    book.edit(Kind.PERSON, person, city="Bergen")

    assert not heard[-1].today


def test_a_new_next_step_clears_the_row_and_its_end_brings_it_back(book: Book) -> None:
    person = book.person()
    deal = book.deal(person)
    book.refresh()
    assert book.today().rows[0].reason.rule_id == "no-next-step"

    step = {"what": "task", "subject": "Call", "done": False, "owner_id": "me", "person_id": person, "deal_id": deal}
    task = book.add(Kind.ACTIVITY, **step, due_on=book.on(2), at=book.at(0, "09:00"))
    assert book.today().rows == ()

    book.now += dt.timedelta(days=2)
    book.refresh_due()
    assert book.today().rows[0].reason.sentence == "Call · planned for today"

    book.edit(Kind.ACTIVITY, task, done=True)
    assert book.today().rows[0].reason.rule_id == "no-next-step"


def test_no_open_deal_without_a_dated_next_step_goes_unflagged(book: Book) -> None:
    for i in range(20):
        deal = book.deal(book.person(f"P{i}"))
        if i % 3:
            book.task(None, i, deal_id=deal)
    book.refresh()
    with book.database.read() as rows:
        unflagged = rows.value(
            "SELECT count(*) FROM deals d WHERE status = 'open' AND NOT EXISTS (SELECT 1 FROM activities a "
            "WHERE a.deal_id = d.id AND a.what = 'task' AND a.done = 0 AND a.due_on IS NOT NULL) "
            "AND NOT EXISTS (SELECT 1 FROM scores x WHERE x.reason || x.more LIKE '%no-next-step%' "
            "AND x.person_id = d.person_id)"
        )

    assert unflagged == 0


def test_a_person_who_left_the_book_leaves_the_list(book: Book) -> None:
    late_deals(book, 1)
    book.refresh()
    person = book.today().rows[0].id

    book.edit(Kind.PERSON, person, gone=Gone.DELETED)

    assert [row.kind for row in book.today().rows] == ["deal"]


def test_a_deal_that_gets_another_person_moves_the_row_with_it(book: Book) -> None:
    first, second = book.person("First"), book.person("Second")
    deal = book.deal(first, close_on=book.on(-3))
    book.refresh()

    book.edit(Kind.DEAL, deal, person_id=second)

    assert [row.who for row in book.today().rows] == ["Second"]


def test_a_renamed_person_is_renamed_on_the_list_at_once(book: Book) -> None:
    late_deals(book, 1)
    book.refresh()

    book.edit(Kind.PERSON, book.today().rows[0].id, name="New Name")

    assert book.today().rows[0].who == "New Name"


def test_the_rows_of_time_alone_are_looked_at_again_and_only_they(book: Book) -> None:
    late_deals(book, 4)
    for i in range(30):
        book.person(f"Idle {i}")
    book.refresh()

    book.now += dt.timedelta(days=1)

    assert book.refresh_due() == 4
    assert book.today().rows[0].reason.sentence == "Close date passed 5 days ago · no new date"
    assert book.refresh_due() == 0


def test_recomputing_everything_gives_what_the_changes_gave(book: Book) -> None:
    late_deals(book, 6)
    book.refresh()
    for row in book.today().rows[::2]:
        book.add(Kind.ACTIVITY, what="email", direction="in", subject="Hi", person_id=row.id, at=book.at(0, "09:00"))
    kept = book.read(lambda rows: rows.all("SELECT * FROM scores ORDER BY subject_id"))

    book.refresh()

    assert book.read(lambda rows: rows.all("SELECT * FROM scores ORDER BY subject_id")) == kept


def test_stages_take_as_long_as_our_own_deals_took(book: Book) -> None:
    for i in range(5):
        deal = book.deal(book.person(f"P{i}"), stage="Discovery", stage_since_at=book.at(-8))
        book.edit(Kind.DEAL, deal, stage_id="Evaluation", stage_since_at=book.at(0))
    with book.database.write() as write:
        scores.refresh_all(write, book.workspace, book.now, ZONE, "me")
    person = book.person("Slow")
    book.deal(person, stage="Discovery", stage_since_at=book.at(-30), close_on=book.on(40))

    assert book.reasons(person)[0].sentence == "In Discovery for 30 days, most take 7"


def test_times_and_days_that_no_calendar_holds_crash_nothing(book: Book) -> None:
    person = book.person(created_at=-(10**15))
    book.deal(person, close_on="soon", stage_since_at=10**15, contract_ends_on="0000-00-00", trial_ends_on="x" * 1000)
    book.email(person, 10**15, "in")
    book.email(person, -(10**12), "out")
    book.call(person, book.at(0, "09:00"), "no_answer")
    book.put(Kind.ACTIVITY, what="task", person_id=person, due_on="never", due_at=10**15, done=False, at=None)
    book.engagement("form", person, 10**15, "")
    book.refresh()

    assert book.read(brief.brief, "person", person, book.now, ZONE) is not None
    assert len(book.read(timeline.timeline, "person", person, book.now, ZONE).entries) >= 5
    assert book.today().all == 1
