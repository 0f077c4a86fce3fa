"""Today when it is not an ordinary list: everyone done, nobody matched, arriving, too old, or somebody else's row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Loading, Phase, SyncStatus
from tests.journeys.rep import Rep
from tests.journeys.window import CALM, MORNING, Clock, demo_copy, opened, put_away
from ui.shell import App
from ui.widgets.button import LinkButton
from ui.widgets.strip import Strip

MARTA = "Marta Ferreira"


@pytest.fixture
def rep(qapp: QApplication) -> Iterator[Rep]:
    """A rep at the window, over a copy of the demo book, with Marta selected."""
    with opened(qapp, demo_copy(Clock())) as working:
        working.choose(working.id_of(MARTA))
        yield working


def nobody_left(rep: Rep) -> None:
    with rep.core.database.write() as write:
        write.text("DELETE FROM scores")
        write.touched_today()
    QApplication.processEvents()


def said(rep: Rep) -> str:
    empty = rep.app.page.empty
    return f"{empty._title.text} {empty._hint.text}".strip() if empty.isVisible() else ""


def synced(rep: Rep, hours: float, phase: Phase = Phase.OFFLINE) -> None:
    at = int((MORNING - timedelta(hours=hours)).timestamp())
    rep.app.bridge.sync_moved.emit(SyncStatus(phase, last_success_at=at))
    QApplication.processEvents()


def test_who_has_finished_reads_how_many_were_contacted_and_what_could_be_next(rep: Rep) -> None:
    rep.press("N")

    nobody_left(rep)

    assert said(rep) == "That’s everyone for today. 3 contacted."
    rep.click(rep.app.page.empty.button("no_step"))
    assert rep.app.window.here == "go.pipeline"
    page = rep.app.window.place("go.pipeline")
    rows = [page.model.look(row) for row in range(page.model.rowCount())]  # type: ignore[attr-defined]
    assert {look.step for look in rows if look.kind == "deal"} == {"No next step"}


def test_meetings_with_those_who_were_contacted_are_told_too(rep: Rep) -> None:
    with rep.core.database.write() as write:
        write.text(
            "UPDATE activities SET at = ?, done = 0 WHERE id = (SELECT a.id FROM activities a JOIN people p"
            " ON p.id = a.person_id WHERE a.what = 'meeting' AND p.name = ? LIMIT 1)",
            (int(MORNING.timestamp()) + 86_400, MARTA),
        )
    rep.press("N")

    nobody_left(rep)

    assert said(rep) == "That’s everyone for today. 3 contacted, 1 meeting booked."


def test_a_day_on_which_no_rule_finds_anybody_says_where_lists_come_from(rep: Rep) -> None:
    with rep.core.database.write() as write:
        write.text("UPDATE activities SET at = at - 86400 * 3")
    nobody_left(rep)

    rules = sum(1 for rule in rep.core.workspace.rules if rule.on)
    assert said(rep) == f"Nobody needs you today. Lists come from {rules} rules."


def test_a_list_that_is_still_arriving_never_claims_that_nobody_needs_the_rep(rep: Rep) -> None:
    with rep.core.database.write() as write:
        write.text("UPDATE activities SET at = at - 86400 * 3")
    rep.app.bridge.sync_moved.emit(SyncStatus(Phase.SYNCING, loading=Loading(Kind.PERSON, 3120, 8400)))

    nobody_left(rep)

    assert said(rep) == ""
    assert rep.app.arriving.words.text == "Your list is on its way. 3,120 of 8,400 people so far."


def test_a_first_reading_can_be_cancelled_by_a_button_and_by_a_command(
    rep: Rep, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(rep.core, "leave_off_reading", lambda: asked.append(True))
    commands = rep.app.commands
    assert not commands.can("sync.cancel")
    rep.app.bridge.sync_moved.emit(SyncStatus(Phase.SYNCING, loading=Loading(Kind.PERSON, 3120, 8400)))
    assert commands.can("sync.cancel")

    rep.click(rep.app.arriving.cancel)

    assert asked == [True]
    assert rep.toast == "Stopped. What is here stays, and Sync now (F5) reads the rest"
    assert not rep.app.arriving.isVisible()
    assert not commands.can("sync.cancel")
    assert rep.focus is rep.app.page.list


def test_half_a_book_without_anybody_for_today_says_so_and_offers_the_rest(
    rep: Rep, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(rep.core, "sync_now", lambda: asked.append(True))
    with rep.core.database.write() as write:
        write.text("UPDATE activities SET at = at - 86400 * 3")
        write.text("DELETE FROM meta WHERE key = 'synced_at'")
    part = Problem("Only a part of your book is here", "What is here stays. Sync now reads the rest.")
    rep.app.bridge.sync_moved.emit(SyncStatus(Phase.IDLE, problem=part))

    nobody_left(rep)

    assert said(rep) == "Only a part of your book is here What is here stays. Sync now reads the rest."
    rep.click(rep.app.page.empty.button("sync"))
    assert asked == [True]


def test_a_list_of_yesterday_says_so_and_offers_to_try_again(rep: Rep, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(rep.core, "sync_now", lambda: asked.append(True))

    synced(rep, 15.5)

    stale = rep.app.page.stale
    assert stale.isVisible()
    assert stale.strip.accessibleName() == "This list is from yesterday 17:42. Connect to refresh it."
    (retry,) = stale.findChildren(LinkButton)
    rep.click(retry)
    assert asked == [True]


@pytest.mark.parametrize(("hours", "phase"), [(11.9, Phase.OFFLINE), (15.0, Phase.SYNCING)])
def test_a_fresh_list_or_one_that_is_being_read_has_no_bar(rep: Rep, hours: float, phase: Phase) -> None:
    synced(rep, hours, phase)

    assert not rep.app.page.stale.isVisible()


def hand_on(rep: Rep, name: str) -> None:
    """A colleague gets somebody's deal, and the list no longer holds them."""
    with rep.core.database.write() as write:
        other = write.value("SELECT id FROM users WHERE name LIKE 'Bruno%'")
        assert other is not None
        who = rep.id_of(name)
        write.text("UPDATE deals SET owner_id = ? WHERE person_id = ?", (other, who))
        write.text("DELETE FROM scores WHERE subject_id = ?", (who,))
        write.touched_today()
    QApplication.processEvents()


def test_who_is_reassigned_while_selected_stays_dimmed_until_the_selection_moves(rep: Rep) -> None:
    row = rep.app.today.row_of(rep.id_of(MARTA))

    hand_on(rep, MARTA)

    assert rep.selected == rep.id_of(MARTA)
    item = rep.app.today.item(row)
    assert item is not None
    assert item.look.dimmed
    assert item.look.spoken == "Marta Ferreira. Reassigned to Bruno at 09:12"
    rep.press("Down")
    QApplication.processEvents()
    assert rep.app.today.row_of(rep.id_of(MARTA)) == -1
    assert rep.selected not in (None, rep.id_of(MARTA))


def test_who_is_reassigned_elsewhere_in_the_list_just_goes(rep: Rep) -> None:
    hand_on(rep, "Daniel Osei")

    assert rep.app.today.row_of(rep.id_of("Daniel Osei")) == -1
    assert rep.selected == rep.id_of(MARTA)


def test_a_colleagues_contact_who_was_called_is_done_not_reassigned(rep: Rep) -> None:
    who = rep.id_of(MARTA)
    with rep.core.database.write() as write:
        other = write.value("SELECT id FROM users WHERE name LIKE 'Bruno%'")
        write.text("UPDATE people SET owner_id = ? WHERE id = ?", (other, who))
        write.touched_today()
    QApplication.processEvents()
    rep.press("Down", "Up")
    assert rep.selected == who
    model = rep.app.today
    dimmed: list[str] = []

    def look() -> None:
        items = [model.item(row) for row in range(model.rowCount())]
        dimmed.extend(each.id for each in items if each is not None and each.handed_on)

    model.loaded.connect(look)

    rep.press("N")

    assert model.row_of(who) == -1
    assert rep.selected not in (None, who)
    assert dimmed == []


def test_the_brief_is_a_page_of_its_own_in_a_window_below_980_pixels(rep: Rep) -> None:
    for width, shown in ((980, True), (979, False)):
        rep.app.window.resize(width, 700)
        for _ in range(3):
            QApplication.processEvents()
        assert rep.app.brief.isVisible() == shown, width
    rep.press("Return")
    assert rep.app.window.here == "record"


def test_larger_text_folds_panes_away_as_a_smaller_window_would(rep: Rep) -> None:
    rep.app.choose(text_size=150)
    QApplication.processEvents()

    assert not rep.app.brief.isVisible()
    assert rep.app.window.sidebar.width() == 84
    rep.app.choose(text_size=100)
    QApplication.processEvents()
    assert rep.app.brief.isVisible()
    assert rep.app.window.sidebar.width() == 216


def test_before_the_first_word_of_the_first_sync_nobody_is_told_that_nobody_needs_them(qapp: QApplication) -> None:
    core = bootstrap.demo_book(lambda: MORNING, synced=False)
    app = App(core, CALM)
    app.start(sync=False)
    try:
        said = app.today.emptiness

        assert said is not None
        assert said.title == "Your list is on its way."
        assert said.hint
    finally:
        put_away(app)


def test_what_a_colleague_changed_at_the_same_time_is_settled_on_the_persons_page_too(rep: Rep) -> None:
    rep.press("]")
    with rep.core.database.write() as write:
        stage = write.value("SELECT id FROM stages WHERE name = 'Evaluation'")
        write.text(
            "UPDATE outbox SET state = 'conflict', theirs = json_object('stage', ?), who = 'Karl Berg'"
            " WHERE seq = (SELECT max(seq) FROM outbox)",
            (stage,),
        )
        write.touched_outbox()
    rep.press("Return")
    strip = rep.app.window.place("record").dispute  # type: ignore[attr-defined]
    assert strip.isVisible()
    assert strip.strip.accessibleName().startswith("Karl moved this deal to Evaluation")

    rep.click(next(link for link in strip.findChildren(LinkButton) if link.text().startswith("Keep Karl")))

    assert not strip.isVisible()
    with rep.core.database.read() as rows:
        assert rows.value("SELECT count(*) FROM outbox WHERE state = 'conflict'") == 0

    rep.press("Ctrl+Z")
    assert rep.toast == "Undone: Theirs is kept"
    assert strip.isVisible(), "the question is asked again"
    rep.press("Ctrl+Y")
    assert not strip.isVisible()


# Working ahead ──────────────────────────────────────────────────────────────────────────────────────────────────────


def everybody_is_done(rep: Rep) -> None:
    with rep.core.database.write() as write:
        write.text("DELETE FROM scores")
        write.touched_today()
    rep.app.today.load()


def start_tomorrow(rep: Rep, qtbot: QtBot) -> None:
    everybody_is_done(rep)
    rep.click(rep.app.page.empty.button("tomorrow"))
    qtbot.waitUntil(lambda: rep.app.today.ahead.is_on)


def test_who_is_done_early_starts_tomorrows_list_and_works_on_it(rep: Rep, qtbot: QtBot) -> None:
    start_tomorrow(rep, qtbot)

    page, model = rep.app.page, rep.app.today
    assert (model.title, model.date) == ("Tomorrow", "Wednesday 25 November")
    assert page.ahead.isVisible()
    assert not page.empty.isVisible()
    assert rep.focus is page.list
    first = page.subject()
    assert first is not None
    assert rep.selected == model.subjects()[0].id
    assert rep.app.frame.today_left == 0, "nobody is left today"

    before = len(model.subjects())
    rep.press("E")
    assert len(model.subjects()) == before - 1
    assert first.id not in [each.id for each in model.subjects()]
    rep.press("Ctrl+Z")
    assert first.id in [each.id for each in model.subjects()]


@pytest.mark.parametrize("way", ["Escape", "Ctrl+1", "Ctrl+Shift+T"])
def test_there_are_keys_back_to_today(rep: Rep, qtbot: QtBot, way: str) -> None:
    start_tomorrow(rep, qtbot)

    rep.press(way)

    assert not rep.app.today.ahead.is_on
    assert rep.app.today.title == "Today"
    assert not rep.app.page.ahead.isVisible()
    assert rep.app.page.empty.isVisible()


def test_tomorrows_list_is_offered_only_once_nobody_is_left_today(rep: Rep) -> None:
    assert not rep.app.commands.can("tomorrow")
    everybody_is_done(rep)
    assert rep.app.commands.can("tomorrow")


def test_when_tomorrow_has_come_its_list_is_todays(rep: Rep, qtbot: QtBot) -> None:
    start_tomorrow(rep, qtbot)
    clock = rep.core.clock
    assert isinstance(clock, Clock)
    clock.forward(hours=24)
    rep.app.today.load()

    assert rep.app.today.title == "Today"


def test_an_empty_list_of_tomorrow_leads_back(rep: Rep, qtbot: QtBot) -> None:
    with rep.core.database.write() as write:
        write.text("DELETE FROM rechecks")
    start_tomorrow(rep, qtbot)

    assert said(rep) == "Nobody is on tomorrow’s list. It fills with what is planned and what falls due."
    rep.click(rep.app.page.empty.button("tomorrow"))
    assert rep.app.today.title == "Today"


def strip_of(rep: Rep) -> Strip:
    """The strip in the brief that says why."""
    return next(each for each in rep.app.brief.findChildren(Strip, "reason"))


def test_the_brief_says_why_somebody_is_on_tomorrows_list(rep: Rep, qtbot: QtBot) -> None:
    start_tomorrow(rep, qtbot)
    page, model = rep.app.page, rep.app.today

    for _ in range(3):
        reason = page.reason_here()
        assert reason is not None
        assert strip_of(rep).isVisible()
        look = rep.app.brief.model.look.reason
        assert look is not None
        assert look.text + look.tail == reason.sentence
        assert strip_of(rep).accessibleName().startswith(reason.sentence)
        assert look.if_nothing.startswith("As it reads tomorrow morning.")
        rep.press("Down")
    rep.press("Escape")
    assert not model.ahead.is_on
    assert not strip_of(rep).isVisible(), "today nothing speaks for anybody"


def test_the_reason_of_tomorrows_list_can_be_asked_about(rep: Rep, qtbot: QtBot) -> None:
    start_tomorrow(rep, qtbot)
    asked = 0
    for _ in range(5):
        reason = rep.app.page.reason_here()
        assert reason is not None
        rep.press("Alt+Return")
        card = rep.app.reasons.card
        assert card.isVisible(), rep.toast
        assert rep.app.reasons.model.look.title == reason.rule_name
        rep.press("Escape")
        rep.press("Down")
        asked += 1
    assert asked == 5
