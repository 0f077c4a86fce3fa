"""From a reason to its rule in one key, an answer by one more; snoozed and parked by keys; the mouse can do it too."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from companion.domain.records import Kind
from companion.store import records
from tests.journeys.rep import Rep
from tests.journeys.window import OSLO, Clock
from ui.reason.screen import ReasonCard
from ui.widgets.date_popup import DatePopup
from ui.widgets.fact_list import FactRow
from ui.widgets.pick_row import PickRow
from ui.widgets.strip import Strip

MARTA, DANIEL, JONAS, SOFIA, TOM = "Marta Ferreira", "Daniel Osei", "Jonas Weber", "Sofia Marchetti", "Tom Brandt"


def until(met: Callable[[], bool], ms: int = 5_000) -> None:
    end = time.monotonic() + ms / 1000
    while not met():
        assert time.monotonic() < end, "it did not happen"
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()


def card(rep: Rep) -> ReasonCard:
    return rep.app.reasons.card


def begin(rep: Rep, who: str) -> None:
    rep.choose(rep.id_of(who))


def lines(rep: Rep) -> list[str]:
    return [row.accessibleName() for row in card(rep).findChildren(FactRow) if row.isVisible()]


def reason_of(rep: Rep, who: str) -> str | None:
    with rep.core.database.read() as rows:
        found = rows.value("SELECT rule_id FROM scores WHERE subject_id = ?", (rep.id_of(who),))
    return None if found is None else str(found)


def hidden(rep: Rep) -> list[tuple[str, str, int]]:
    with rep.core.database.read() as rows:
        return rows.all("SELECT rule_id, why, until_at FROM hidden_reasons")


# Asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_chord_shows_the_rule_in_words_with_its_facts_and_esc_goes_back_to_the_row(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("Alt+Return")

    assert card(rep).is_open
    look = card(rep).model.look
    assert (look.title, look.level) == ("No reply after a proposal", "Money at risk")
    assert look.rule.startswith("Proposal sent 6 days ago, no reply (limit 4 days) · they have an open deal")
    assert lines(rep)[:2] == [
        "You emailed proposal v2, Wed 18 Nov",
        "Route planning rollout · €48k · Proposal, closes Fri 27 Nov",
    ]
    assert rep.focus is card(rep)._stops()[0]
    rep.press("Escape")
    assert not card(rep).is_open
    assert rep.app.page.list.hasFocus()
    assert rep.selected == rep.id_of(MARTA)


def test_enter_on_a_fact_opens_its_entry(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("Alt+Return", "Return")

    assert not card(rep).is_open
    assert rep.app.window.here != "go.today"
    assert rep.app.window.subject().name == MARTA  # type: ignore[union-attr]


def test_arrows_go_through_every_line_and_stay_in_the_card(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Alt+Return")
    until(lambda: bool(card(rep).model.look.moving))
    passed: list[str] = []

    for _ in range(len(card(rep)._stops())):
        assert isinstance(rep.focus, QAbstractButton)
        assert card(rep).isAncestorOf(rep.focus)
        passed.append(rep.focus.accessibleName())
        rep.press("Down")

    assert len(set(passed)) == len(passed) >= 8
    assert rep.focus is card(rep)._stops()[0]
    rep.press("Up")
    assert rep.focus is card(rep)._stops()[-1]
    rep.press("Tab")
    assert rep.focus is card(rep)._stops()[0]


def test_another_reason_of_the_same_person_is_one_line_away(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Alt+Return")
    assert card(rep).model.look.others[0].text == "No next step"

    rep.press("Down", "Down", "Return")

    assert card(rep).is_open
    assert card(rep).model.look.title == "No next step"
    assert card(rep).model.look.others[0].text.startswith("Proposal sent 6 days ago")


def test_keys_of_the_list_do_nothing_behind_the_card(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("Alt+Return", "N", "V", "]", "J")

    assert card(rep).is_open
    assert rep.toast == ""
    assert rep.selected == rep.id_of(MARTA)


def test_who_would_move_is_told_without_holding_up_a_key(rep: Rep) -> None:
    begin(rep, SOFIA)
    rep.press("Alt+Return")

    until(lambda: bool(card(rep).model.look.moving))

    heads = [each.head for each in card(rep).model.look.moving]
    assert [head.split(":")[0] for head in heads] == ["Limit 11 days", "Limit 9 days"]


def test_the_strip_of_the_brief_is_clicked_for_its_rule(rep: Rep) -> None:
    begin(rep, MARTA)
    strip = rep.app.brief.findChild(Strip, "reason")
    assert strip is not None
    assert "No reply after a proposal" in strip.toolTip()

    rep.click(strip)

    assert card(rep).is_open
    assert card(rep).model.look.title == "No reply after a proposal"


def test_the_reason_of_the_selected_row_is_clicked_for_its_rule(rep: Rep) -> None:
    begin(rep, SOFIA)
    view = rep.app.page.list

    def on_reason(who: str) -> QPoint:
        rect = view.visualRect(view.model().index(rep.app.today.row_of(rep.id_of(who)), 0))
        return QPoint(rect.left() + 120, rect.bottom() - 12)

    rep.click(view.viewport(), on_reason(MARTA))
    assert rep.app.reasons._card is None
    assert rep.selected == rep.id_of(MARTA)

    begin(rep, DANIEL)
    rep.click(view.viewport(), on_reason(DANIEL))
    assert card(rep).is_open
    assert card(rep).model.look.title == "Promise due"


def test_the_page_of_a_person_answers_the_same_chord(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Return")
    assert rep.app.window.here != "go.today"

    rep.press("Alt+Return")

    assert card(rep).is_open
    assert card(rep).model.look.title == "No reply after a proposal"


def test_somebody_whom_nothing_speaks_of_is_said_to_be(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Return", "Alt+Return", "4")
    rep.press("Alt+Return", "4")

    rep.press("Alt+Return")

    assert rep.toast == "Nothing puts Marta Ferreira on the list now"


# Answering ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hiding_a_reason_costs_two_inputs_and_is_undone(rep: Rep) -> None:
    begin(rep, SOFIA)

    rep.press("Alt+Return", "H")

    assert rep.toast == "Hidden until 1 Dec: Went quiet, Sofia Marchetti"
    assert reason_of(rep, SOFIA) == "no-next-step"
    assert [each[:2] for each in hidden(rep)] == [("quiet", "hidden")]
    assert rep.focus is rep.app.page.list
    rep.press("Ctrl+Z")
    assert (reason_of(rep, SOFIA), hidden(rep)) == ("quiet", [])


@pytest.mark.parametrize(
    ("key", "why", "days"), [("1", "wrong", 30.0), ("3", "not_now", 14.8 / 24), ("4", "never", None)]
)
def test_not_relevant_costs_two_keys_and_does_what_it_says(rep: Rep, key: str, why: str, days: float | None) -> None:
    begin(rep, SOFIA)

    rep.press("X", key)

    assert rep.counter.keys == 2
    ((rule, said, until_at),) = hidden(rep)
    assert (rule, said) == ("quiet", why)
    assert reason_of(rep, SOFIA) == "no-next-step"
    ahead = (dt.datetime.fromtimestamp(until_at, OSLO) - rep.core.clock()).total_seconds() / 86_400
    assert abs(ahead - days) < 0.1 if days is not None else ahead > 365_000
    rep.press("Ctrl+Z")
    assert reason_of(rep, SOFIA) == "quiet"


def test_done_already_finishes_the_promise_that_the_reason_is_about(rep: Rep) -> None:
    begin(rep, DANIEL)
    assert reason_of(rep, DANIEL) == "promise-due"

    rep.press("X", "2")

    assert rep.toast == "Done: You promised: send the security answers"
    assert reason_of(rep, DANIEL) != "promise-due"
    rep.press("Ctrl+Z")
    assert reason_of(rep, DANIEL) == "promise-due"


def test_done_already_opens_the_log_of_what_was_done(rep: Rep) -> None:
    begin(rep, SOFIA)

    rep.press("X", "2")

    assert rep.app.logging.is_open
    assert rep.app.logging.title == "Connected with Sofia"


def test_done_already_asks_for_the_date_where_that_is_missing(rep: Rep) -> None:
    begin(rep, TOM)

    rep.press("X", "2")
    rep.press("2")

    assert rep.toast.startswith("Seat expansion closes Mon 30 Nov")


def test_what_was_hidden_is_counted_and_can_be_shown_again(rep: Rep) -> None:
    begin(rep, SOFIA)
    rep.press("X", "4", "Alt+Return")
    look = card(rep).model.look
    assert look.title == "No next step"
    assert [line.text for line in look.hidden] == ["Went quiet, hidden for good"]

    row = next(each for each in card(rep).findChildren(FactRow) if "hidden for good" in each.accessibleName())
    rep.click(row)

    assert reason_of(rep, SOFIA) == "quiet"
    rep.press("Alt+Return")
    assert card(rep).model.look.feedback == "You hid a reason of this rule 1 time in 30 days"


# Snoozing and parking ───────────────────────────────────────────────────────────────────────────────────────────────


def away(rep: Rep, who: str) -> tuple[object, ...] | None:
    with rep.core.database.read() as rows:
        return rows.one("SELECT waits_for, parked, words FROM snoozes WHERE record_id = ?", (rep.id_of(who),))


def offered() -> list[str]:
    popup = next(w for w in QApplication.allWidgets() if isinstance(w, DatePopup) and w.is_open)
    return [row.accessibleName() for row in popup.findChildren(PickRow) if row.isVisible()]


def test_snoozing_until_they_reply_costs_two_keys_and_their_reply_ends_it(rep: Rep, clock: Clock) -> None:
    begin(rep, MARTA)

    rep.press("S", "5")

    assert rep.counter.keys == 2
    assert rep.toast == "Snoozed Marta Ferreira until they reply"
    assert away(rep, MARTA) == ("reply", None, "no reply since 24 Nov")
    assert reason_of(rep, MARTA) is None

    clock.forward(hours=3)
    arrives(rep, MARTA)
    until(lambda: rep.app.today.row_of(rep.id_of(MARTA)) >= 0)
    row = rep.app.today.row_of(rep.id_of(MARTA))
    assert rep.app.today.reason(row).row_sentence == "They replied: you waited for this since today"  # type: ignore[union-attr]


def arrives(rep: Rep, who: str) -> None:
    """An email of theirs comes with a sync."""
    with rep.core.database.write(from_sync=True) as write:
        at = int(rep.core.clock().timestamp()) - 60
        mail = {"id": "their-reply", "what": "email", "direction": "in", "subject": "About it", "at": at, "done": True}
        records.put(write, Kind.ACTIVITY, [{**mail, "person_id": rep.id_of(who)}])
        rep.core.rescore(write, write.touched_records, rep.core.clock())
        write.touched_today()


def test_the_end_of_a_meeting_is_offered_only_where_one_lies_ahead(rep: Rep, clock: Clock) -> None:
    begin(rep, MARTA)
    rep.press("S")
    assert not any("meeting" in each for each in offered())
    rep.press("Escape")
    begin(rep, JONAS)

    rep.press("S")
    assert "Until the meeting is over, Tue 24 Nov, 11:15" in offered()
    rep.press("6")

    assert rep.toast.startswith("Snoozed Jonas Weber until the meeting is over. Still listed: Demo at 10:30")
    clock.forward(hours=2, minutes=4)
    while rep.core.refresh_due():
        pass
    assert reason_of(rep, JONAS) == "meeting-over"


def test_days_in_words_and_an_hour_are_read(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("S")
    rep.type("thu 14:30")
    rep.press("Return")

    assert rep.toast == "Snoozed Marta Ferreira until Thursday, 14:30"
    with rep.core.database.read() as rows:
        at = rows.value("SELECT until_at FROM snoozes")
    assert dt.datetime.fromtimestamp(at, OSLO) == dt.datetime(2026, 11, 26, 14, 30, tzinfo=OSLO)


def test_a_day_that_is_past_puts_nobody_away(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("S")
    rep.type("today")
    rep.press("Return")

    assert rep.toast == "That is past already. Nothing was put away."
    assert away(rep, MARTA) is None


def test_parking_costs_three_keys_and_is_told_wherever_the_deal_is(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("P", "2", "1")

    assert rep.counter.keys == 3
    assert rep.toast == "Parked Marta Ferreira until 31 Dec: budget freeze"
    assert away(rep, MARTA) == (None, 1, "budget freeze")
    assert reason_of(rep, MARTA) is None
    rep.press("Ctrl+2")
    page = rep.app.window.stack.currentWidget()
    assert "1 parked" in page.model.summary  # type: ignore[union-attr]
    with rep.core.database.read() as rows:
        deal = rows.value("SELECT id FROM deals WHERE person_id = ?", (rep.id_of(MARTA),))
    look = page.model.look(page.model.row_of(deal))  # type: ignore[union-attr]
    assert (look.step, look.step_tone) == ("Parked until 31 Dec · budget freeze", "none")
    rep.press("Ctrl+Z")
    assert "parked" not in page.model.summary  # type: ignore[union-attr]
    assert away(rep, MARTA) is None


def test_own_words_say_why_somebody_is_parked(rep: Rep) -> None:
    begin(rep, MARTA)

    rep.press("P", "1")
    rep.type("New CFO, 2 months")
    rep.press("Return")

    assert away(rep, MARTA) == (None, 1, "new CFO, 2 months")


def test_a_parked_customer_who_waits_stays_and_the_toast_says_why(rep: Rep) -> None:
    arrives(rep, MARTA)
    until(lambda: reason_of(rep, MARTA) == "inbound-unanswered")
    begin(rep, MARTA)

    rep.press("P", "1", "1")

    assert rep.toast.startswith("Parked Marta Ferreira until 24 Dec: budget freeze. Still listed: Emailed you today")
    assert "Parked until 24 Dec · budget freeze" in rep.app.brief.model.look.reason.if_nothing  # type: ignore[union-attr]


def test_a_parking_is_ended_by_the_key_that_made_it(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Return", "P", "1", "1")
    strip = rep.app.window.stack.currentWidget().findChild(Strip, "reason")  # type: ignore[union-attr]
    assert strip is not None
    assert strip.accessibleName() == "Parked until 24 Dec · budget freeze"

    rep.press("P")
    assert offered()[-1] == "End the parking now"
    rep.press(str(len(offered())))

    assert rep.toast == "Marta Ferreira is back"
    assert reason_of(rep, MARTA) == "proposal-no-reply"


# Everybody ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_line_has_a_name_and_is_large_enough_to_hit(rep: Rep) -> None:
    begin(rep, MARTA)
    rep.press("Alt+Return")
    until(lambda: bool(card(rep).model.look.moving))

    assert "No reply after a proposal" in QAccessible.queryAccessibleInterface(card(rep)).text(QAccessible.Text.Name)
    for stop in card(rep)._stops():
        assert QAccessible.queryAccessibleInterface(stop).text(QAccessible.Text.Name), stop
        assert stop.height() >= 24, stop.accessibleName()


@pytest.mark.parametrize("size", [100, 150, 200])
@pytest.mark.parametrize("window", [(1320, 840), (960, 600)])
@pytest.mark.parametrize("rtl", [False, True])
def test_the_card_lies_inside_the_window_and_its_answers_are_all_there(
    rep: Rep, size: int, window: tuple[int, int], rtl: bool
) -> None:
    rep.app.choose(text_size=size)
    rep.app.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
    rep.app.window.resize(*window)
    QApplication.processEvents()
    begin(rep, SOFIA)

    rep.press("Alt+Return")
    until(lambda: bool(card(rep).model.look.moving))

    lies = card(rep).card_rect().translated(card(rep).pos())
    assert rep.app.window.rect().contains(lies)
    if size == 100:
        for row in card(rep).findChildren(PickRow):
            assert lies.contains(inside(row, card(rep)).center() + card(rep).pos())


def inside(widget: QWidget, top: QWidget):  # type: ignore[no-untyped-def]
    return widget.rect().translated(widget.mapTo(top, QPoint()))


def test_the_card_asked_for_again_and_again_leaves_nothing_behind(rep: Rep) -> None:
    begin(rep, MARTA)
    for _ in range(40):
        rep.press("Alt+Return", "Escape")
    assert len(rep.app.window.findChildren(ReasonCard)) == 1
    assert len(card(rep).findChildren(PickRow)) <= 10


@pytest.mark.parametrize("name", ["\u202eevil <b>x</b> & co", "\ud800 half", "N" * 100_000, "\0\r\n"])
def test_hostile_names_and_words_are_plain_text_in_the_card(rep: Rep, name: str) -> None:
    with rep.core.database.write() as write:
        shown = name.encode("utf-8", "replace").decode()
        marta = rep.id_of(MARTA)
        mails = write.all("SELECT id FROM activities WHERE person_id = ? AND what = 'email'", (marta,))
        records.put(write, Kind.PERSON, [{"id": marta, "name": shown, "role": shown}])
        records.put(write, Kind.ACTIVITY, [{"id": each, "subject": f"Proposal {shown}"} for (each,) in mails])
    rep.app.today.load()
    rep.choose(marta)

    rep.press("Alt+Return")
    until(lambda: bool(card(rep).model.look.moving))
    rep.app.window.grab()

    assert card(rep).is_open
    assert rep.app.window.rect().contains(card(rep).card_rect().translated(card(rep).pos()))
    assert all("\u202e" not in line for line in lines(rep))
