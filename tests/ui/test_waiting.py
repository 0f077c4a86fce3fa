"""What waits for the CRM and for the rep: honest words, both values kept, everything done by keyboard."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.actions.desk import Desk
from companion.actions.log_activity import LogEntry, log_activity
from companion.actions.undo import undo
from companion.domain.notices import TEXTS, Notice
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus, Tally
from companion.store import notices, poison, sweep_questions
from companion.store.sweep_questions import SweepQuestion
from tests.sync.world import COLLEAGUE, World
from ui.session import Session
from ui.theme.theme import Theme
from ui.waiting.screen import WaitingPage
from ui.waiting.viewmodel import WaitingViewModel
from ui.widgets.field import Field


class Page:
    """The page over a small office, what it said, and how often it asked for a sync."""

    def __init__(self, world: World, qtbot: QtBot) -> None:
        self.world = world
        clock: Callable[[], datetime] = lambda: datetime.fromtimestamp(world.now, UTC)  # noqa: E731
        self.desk = Desk(world.database, clock, world.new_id, lambda write, records, now: None, hold_s=0)
        session = Session(world.database, clock, bootstrap.default_workspace(), lambda: self.desk)
        self.said: list[tuple[str, object]] = []
        self.synced = 0
        self.model = WaitingViewModel(session, self._sync)
        self.model.done.connect(lambda words, gesture: self.said.append((words, gesture)))
        self.model.took_back.connect(lambda words: self.said.append((words, None)))
        self.screen = WaitingPage(self.model)
        qtbot.addWidget(self.screen)
        self.screen.resize(1000, 900)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen.enter()

    def _sync(self) -> None:
        self.synced += 1

    def button(self, words: str) -> QPushButton:
        """The first button with these words that can be seen."""
        return next(each for each in self.screen.findChildren(QPushButton) if each.text() == words and each.isVisible())

    def line(self, label: str) -> QLineEdit:
        """The line with this label that can be seen."""
        lines = [each for each in self.screen.findChildren(QLineEdit) if each.isVisible()]
        return next(each for each in lines if each.accessibleName() == label)

    def texts(self) -> str:
        """All that a screen reader would find, in one text."""
        return "\n".join(each.accessibleName() for each in self.screen.findChildren(QWidget) if each.isVisible())


@pytest.fixture
def world() -> Iterator[World]:
    """An office that has read its CRM once."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        made = World(Path(folder))
        made.sync()
        yield made
        made.database.close()


def collide(world: World) -> str:
    op = world.edit(Kind.DEAL, "D1", amount=100_00 + 1)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=99_00)
    world.sync()
    assert op is not None
    return op


def refuse(world: World) -> str:
    """A change of an amount that the CRM does not take as it is."""
    op = world.edit(Kind.DEAL, "D2", close_on="2026-12-31")
    assert op is not None
    with world.database.write() as write:
        write.text(
            """UPDATE outbox SET state = 'attention',
               problems = '[{"words": "''Amount'' is required in Proposal", "field": "amount"}]' WHERE id = ?""",
            (op,),
        )
    return op


def test_each_change_on_its_way_tells_what_whom_and_since_when(world: World, qtbot: QtBot, theme: Theme) -> None:
    page = Page(world, qtbot)
    ada = world.local(Kind.PERSON, "P1")
    log_activity(page.desk, LogEntry("call", "No answer"), ada, None, "No answer, Ada")

    page.model.load()

    (row,) = page.model.state.waiting
    assert row.words == "No answer · Ada"
    assert row.state == "Waiting to be sent"
    assert row.since.startswith("Today ")
    assert row.history[0].endswith("Waiting to be sent")
    assert "No answer · Ada" in page.texts()


def test_discard_takes_the_whole_act_back(world: World, qtbot: QtBot, theme: Theme) -> None:
    page = Page(world, qtbot)
    ada = world.local(Kind.PERSON, "P1")
    log_activity(page.desk, LogEntry("call", "No answer"), ada, None, "No answer, Ada")
    page.model.load()

    page.button("Discard").click()

    assert page.said == [("Undone: No answer, Ada", None)]
    assert page.model.state.waiting_count == 0
    assert world.sync().waiting == 0
    assert not [row for row in world.crm.rows(Kind.ACTIVITY) if row.fields.get("subject") == "No answer"]


@pytest.mark.parametrize(("words", "amount"), [("Keep yours", 100_01), ("Keep theirs", 99_00)])
def test_a_conflict_keeps_both_values_until_the_rep_chooses(
    words: str, amount: int, world: World, qtbot: QtBot, theme: Theme
) -> None:
    collide(world)
    page = Page(world, qtbot)
    (card,) = page.model.state.conflicts
    assert [(each.label, each.mine, each.theirs) for each in card.differences] == [("Amount", "€100.01", "€99")]

    page.button(words).click()
    world.sync(2)

    assert world.there(Kind.DEAL, "D1", "amount") == amount
    assert page.model.state.conflicts == ()


def test_a_conflict_says_who_wrote_the_other_value_and_when(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)

    (row,) = page.model.state.conflicts
    assert ", and Bruno changed it in the CRM today " in row.sentence
    assert row.sentence in page.texts()


def test_a_third_value_can_be_written_in_place_of_both(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)

    page.button("Edit").click()
    line = page.screen.findChild(Field).line  # type: ignore[union-attr]
    assert line.hasFocus()
    line.setText("lots")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "is not an amount" in line.accessibleDescription()
    line.setText("120")
    QTest.keyClick(line, Qt.Key.Key_Return)
    world.sync(2)

    assert page.said[-1][1] is not None
    assert world.there(Kind.DEAL, "D1", "amount") == 120_00


def test_yours_is_not_sent_over_a_value_that_the_card_did_not_show(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=98_00)
    world.sync()

    page.button("Keep yours").click()

    assert "meanwhile" in page.said[-1][0]
    assert page.model.state.conflicts[0].differences[0].theirs == "€98"


def test_a_refused_change_shows_the_crms_own_words_and_goes_out_with_what_was_missing(
    world: World, qtbot: QtBot, theme: Theme
) -> None:
    refuse(world)
    page = Page(world, qtbot)
    assert "'Amount' is required in Proposal" in page.texts()

    line = page.screen.findChild(Field).line  # type: ignore[union-attr]
    line.setText("5k")
    page.button("Send again").click()
    world.sync(2)

    assert page.said[-1][0] == "Sent again"
    assert world.there(Kind.DEAL, "D2", "amount") == 5_000_00
    assert world.there(Kind.DEAL, "D2", "close_on") == "2026-12-31"


def test_a_refused_change_can_be_dropped(world: World, qtbot: QtBot, theme: Theme) -> None:
    refuse(world)
    page = Page(world, qtbot)

    page.button("Drop").click()

    assert page.model.state.refused == ()
    assert world.shown(Kind.DEAL, "D2", "close_on") == "2026-12-24"


def lose(world: World) -> None:
    """Ada was deleted in the CRM while a change of her was unsent."""
    world.edit(Kind.PERSON, "P1", role="Chief of looms")
    world.crm.delete(COLLEAGUE, Kind.PERSON, "P1")
    world.sync()
    world.pass_time(1000)
    world.sync()


def test_a_record_that_left_the_crm_is_made_again_by_one_button(world: World, qtbot: QtBot, theme: Theme) -> None:
    lose(world)
    page = Page(world, qtbot)
    assert "The record was deleted in the CRM; your change is kept here" in page.texts()
    assert not [each for each in page.screen.findChildren(QPushButton) if each.text() == "Send again"]

    page.button("Make it again in the CRM").click()

    world.pass_time(1000)
    world.sync()
    (ada,) = [row for row in world.crm.rows(Kind.PERSON) if row.fields.get("name") == "Ada"]
    assert ada.fields["role"] == "Chief of looms"
    assert page.said[-1][0] == "Made Ada again"


def test_a_change_whose_record_left_is_given_to_somebody_else_by_name(world: World, qtbot: QtBot, theme: Theme) -> None:
    lose(world)
    page = Page(world, qtbot)
    line = next(each for each in page.screen.findChildren(QLineEdit) if each.objectName().endswith("/elsewhere"))

    QTest.keyClicks(line, "Be")
    QTest.keyClick(line, Qt.Key.Key_Return)

    world.pass_time(1000)
    world.sync()
    ben = world.crm.row(Kind.PERSON, "P2")
    assert ben is not None
    assert ben.fields["role"] == "Chief of looms"
    assert not page.model.state.refused


def test_many_missing_records_go_only_when_the_rep_says_so(world: World, qtbot: QtBot, theme: Theme) -> None:
    with world.database.write() as write:
        sweep_questions.put(write, SweepQuestion(Kind.PERSON, 120, 613, int(world.now)))
    page = Page(world, qtbot)
    assert "120 of your 613 people are not in the CRM any more" in page.texts()

    page.button("Keep them").click()

    with world.database.read() as rows:
        assert sweep_questions.every(rows)[Kind.PERSON].answer == "keep"
    assert page.model.state.asking == 0


FACTS = {
    "missing": 1240,
    "ops": 3,
    "folder": "quarantine",
    "label": "Region",
    "waiting": 2,
    "differing": 4,
    "checked": 90,
    "mine": 3,
}


def tell(world: World, kind: str, subject: str = "") -> None:
    with world.database.write() as write:
        notices.put(write, Notice(kind, subject, int(world.now), FACTS))


def test_the_rep_says_how_to_go_on_after_the_crm_went_back_in_time(world: World, qtbot: QtBot, theme: Theme) -> None:
    tell(world, "rewound")
    page = Page(world, qtbot)
    assert "The CRM seems to have gone back in time" in page.texts()
    assert "older than before: 1,240 records" in page.texts()

    page.button("Go on and send my changes").click()

    with world.database.read() as rows:
        kept = notices.get(rows, "rewound")
    assert kept is not None
    assert kept.answer == "send"
    assert not page.model.state.asking


def test_what_the_crm_newly_asks_for_is_typed_once(world: World, qtbot: QtBot, theme: Theme) -> None:
    tell(world, "field_required", "person.region")
    page = Page(world, qtbot)
    line = page.screen.findChildren(Field)[0].line

    QTest.keyClicks(line, "North")
    QTest.keyClick(line, Qt.Key.Key_Return)

    with world.database.read() as rows:
        kept = notices.get(rows, "field_required", "person.region")
    assert kept is not None
    assert kept.answer == "North"


@pytest.mark.parametrize("kind", TEXTS)
def test_each_notice_reads_whole_and_has_an_answer(kind: str, world: World, qtbot: QtBot, theme: Theme) -> None:
    tell(world, kind)
    page = Page(world, qtbot)

    (row,) = page.model.state.notices
    assert "{" not in row.title + row.advice
    assert row.advice.endswith(".")
    assert row.choices or row.asks
    assert row.title in page.texts()


def ask_all(world: World) -> None:
    """One of each kind of question that the page has."""
    refuse(world)
    lose(world)
    with world.database.write() as write:
        sweep_questions.put(write, SweepQuestion(Kind.PERSON, 120, 613, int(world.now)))
    for kind in TEXTS:
        tell(world, kind, "person.region" if kind == "field_required" else "")


def test_each_answer_offers_undo_and_undone_its_card_is_back(world: World, qtbot: QtBot, theme: Theme) -> None:
    ask_all(world)
    page = Page(world, qtbot)
    before, answered = page.model.state, set()
    for name in [each.objectName() for each in page.screen.findChildren(QPushButton) if "/" in each.objectName()]:
        if name.endswith(("/edit", "/fill")):
            continue
        button = page.screen.findChild(QPushButton, name)
        assert button is not None, name
        button.click()
        words, gesture = page.said[-1]
        assert gesture is not None, (name, words)
        assert page.model.state.asking < before.asking, name
        answered.add(name.rpartition("/")[2])

        done = undo(page.desk)
        page.model.load()

        assert done is not None
        assert done.words == f"Undone: {words}", name
        state = page.model.state
        assert (state.notices, state.questions, state.waiting_count) == (
            before.notices,
            before.questions,
            before.waiting_count,
        )
        assert [(each.title, each.problems, each.lines) for each in state.refused] == [
            (each.title, each.problems, each.lines) for each in before.refused
        ], name
    assert {"again", "anew", "drop", "keep", "remove", "seen", "here", "send"} <= answered


def test_records_that_cannot_be_read_are_named(world: World, qtbot: QtBot, theme: Theme) -> None:
    with world.database.write() as write:
        poison.put(write, Kind.ACTIVITY, "4711", "its date lies before 1900", int(world.now))
    page = Page(world, qtbot)

    assert "Activity 4711: its date lies before 1900" in page.texts()
    assert "1 record could not be read" in page.texts()


def test_all_is_said_to_be_in_the_crm_only_when_the_crm_said_so(world: World, qtbot: QtBot, theme: Theme) -> None:
    page = Page(world, qtbot)
    assert "The first sync has not ended yet" in page.model.quiet_words

    at = int(world.now)
    page.model.sync_moved(SyncStatus(Phase.OFFLINE, last_success_at=at))
    assert not page.model.all_synced
    page.model.sync_moved(SyncStatus(Phase.IDLE, last_success_at=at, attention=1))
    assert not page.model.all_synced
    page.model.sync_moved(SyncStatus(Phase.IDLE, last_success_at=at))

    assert page.model.quiet_words == "Everything that you did is in the CRM."


def test_counts_stand_beside_the_crms_and_a_difference_stands_out(world: World, qtbot: QtBot, theme: Theme) -> None:
    page = Page(world, qtbot)

    page.model.sync_moved(SyncStatus(tallies=(Tally(Kind.PERSON, 8399, 8400), Tally(Kind.DEAL, 12))))

    people, deals = page.model.tallies
    assert (people.here, people.there, people.even) == ("8,399 here", "8,400 in the CRM", False)
    assert (deals.there, deals.even) == ("the CRM does not say how many it has", True)


def test_signing_in_again_is_one_click_from_the_trouble(world: World, qtbot: QtBot, theme: Theme) -> None:
    page = Page(world, qtbot)
    page.model.sync_moved(SyncStatus(Phase.SIGN_IN, problem=Problem("Sign in again to sync", "Your changes are safe.")))

    with qtbot.waitSignal(page.model.asks_sign_in):
        page.button("Sign in again").click()


def test_a_sync_leaves_the_focus_where_it_was(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    page.button("Keep theirs").setFocus(Qt.FocusReason.TabFocusReason)

    refuse(world)
    page.model.sync_moved(SyncStatus(last_success_at=int(world.now)))

    focus = QApplication.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Keep theirs"
    assert focus.accessibleName() == "Keep theirs: Looms"


def typing_an_amount(page: Page) -> QLineEdit:
    """The rep has opened the line of the amount and written 'about 120', the cursor behind 'about'."""
    page.button("Edit").click()
    line = page.line("Amount")
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "about 120")
    line.setCursorPosition(5)
    return line


def test_a_sync_leaves_a_line_that_is_being_typed_in_as_it_was(world: World, qtbot: QtBot, theme: Theme) -> None:
    # Given a rep who types a third value
    collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)
    # When a sync brings another value, and one more card
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=98_00)
    world.sync()
    refuse(world)
    page.model.sync_moved(SyncStatus(last_success_at=int(world.now)))
    # Then it can be typed on
    assert "€98" in page.model.state.conflicts[0].differences[0].theirs
    line = page.line("Amount")
    assert QApplication.focusWidget() is line
    assert (line.text(), line.cursorPosition()) == ("about 120", 5)
    # And what is sent is what was typed
    line.setText("120")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert page.model.state.conflicts == ()
    assert "What you typed" not in page.texts()


def test_what_was_typed_stays_when_the_sync_takes_its_card(world: World, qtbot: QtBot, theme: Theme) -> None:
    # Given a rep who types a third value
    op = collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)
    # When the conflict is settled from elsewhere
    with world.database.write() as write:
        write.text("DELETE FROM outbox WHERE id = ?", (op,))
    page.model.sync_moved(SyncStatus(last_success_at=int(world.now)))
    # Then the text stands there, under the cursor, until the rep lets it go
    assert page.model.state.conflicts == ()
    assert "What you typed for Looms" in page.texts()
    line = page.line("Amount")
    assert QApplication.focusWidget() is line
    assert (line.text(), line.cursorPosition()) == ("about 120", 5)
    refuse(world)
    page.model.load()
    assert "What you typed for Looms" in page.texts()
    page.button("Let it go").click()
    assert "What you typed" not in page.texts()


def test_an_answer_that_comes_too_late_keeps_what_was_typed(world: World, qtbot: QtBot, theme: Theme) -> None:
    op = collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page).setText("120")
    page.line("Amount").setModified(True)  # as when it is typed
    with world.database.write() as write:
        write.text("DELETE FROM outbox WHERE id = ?", (op,))

    page.button("Save this instead").click()

    assert page.said == [("It had moved on meanwhile: look again", None)]
    assert page.line("Amount").text() == "120"


def test_a_card_that_the_rep_decided_leaves_nothing_behind(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    page = Page(world, qtbot)
    typing_an_amount(page)

    page.button("Keep theirs").click()

    assert "What you typed" not in page.texts()


def test_the_whole_page_can_be_done_with_the_keyboard(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    refuse(world)
    page = Page(world, qtbot)

    seen = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.accessibleName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)

    assert seen[0] == "Keep yours: Looms"
    assert {"Keep theirs: Looms", "Edit: Looms", "Amount", "Send again: Edit", "Drop: Edit"} <= set(seen)
    page.button("Keep theirs").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(page.button("Keep theirs"), Qt.Key.Key_Space)
    assert page.model.state.conflicts == ()


def test_every_control_has_a_name_and_none_is_lower_than_a_target(world: World, qtbot: QtBot, theme: Theme) -> None:
    collide(world)
    refuse(world)
    page = Page(world, qtbot)

    for part in page.screen.findChildren(QPushButton):
        if part.isVisible():
            assert QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
            assert part.height() >= 24


def test_hostile_words_are_shown_as_they_are(world: World, qtbot: QtBot, theme: Theme) -> None:
    world.edit(Kind.DEAL, "D1", name="<img src=x>\u202e\x00" + "W" * 100_000)
    world.crm.edit(COLLEAGUE, Kind.DEAL, "D1", name="<b>theirs</b>")
    world.sync()

    page = Page(world, qtbot)

    assert page.model.state.asking == 1
    assert page.screen.grab().width() > 0
