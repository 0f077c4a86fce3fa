"""The brief and the pages of person, company and deal, on the demo book, driven by real keys."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from companion.actions.log_activity import LogEntry, log_activity
from companion.bootstrap import Core, demo_book
from companion.domain.changes import Changes
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus
from tests.ui.rep import NOW, let_act, noting_commands, person, session_of, today_people, unnamed
from ui.log.bar import LogBar
from ui.person.brief import BriefPane
from ui.person.of_person import short_name
from ui.person.screen import RecordPage
from ui.session import Subject
from ui.theme import fonts
from ui.theme.theme import Theme
from ui.widgets.button import Button
from ui.widgets.looks import RowRole


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book, which the tests that write hand back as it was by making their own."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def asked() -> list[str]:
    """The ids of the commands that were carried out."""
    return []


@pytest.fixture
def brief(core: Core, asked: list[str], qtbot: QtBot, theme: Theme) -> BriefPane:
    """The brief of Marta, as wide as beside Today."""
    commands = noting_commands(core, asked)
    made = BriefPane(session_of(core), commands)
    qtbot.addWidget(made)
    made.set_foot(LogBar(commands, core.workspace.buttons))
    made.resize(596, 811)
    made.show_subject(person(core, "Marta Ferreira"))
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def page(core: Core, asked: list[str], qtbot: QtBot, theme: Theme) -> RecordPage:
    """Marta's page, opened from today's list."""
    commands = noting_commands(core, asked)
    made = RecordPage(session_of(core), commands)
    let_act(commands, made)
    qtbot.addWidget(made)
    made.set_foot(LogBar(commands, core.workspace.buttons, wide=True))
    made.resize(1104, 811)
    assert made.open(person(core, "Marta Ferreira"), "Today", today_people(core))
    made.show()
    qtbot.waitExposed(made)
    made.enter()
    return made


def entries(page: RecordPage) -> list[str]:
    model = page.model.history
    return [str(model.index(row, 0).data(RowRole.SPOKEN)) for row in range(model.rowCount()) if model.entry(row)]


# The brief ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("company", "short"),
    [("Halvorsen Logistics", "Halvorsen"), ("Alder & Finch", "Alder & Finch"), ("BP Norge", "BP Norge")],
)
def test_a_company_is_called_by_its_first_word_where_that_names_it(company: str, short: str) -> None:
    assert short_name(company) == short


def test_the_brief_tells_who_why_and_what_to_say(brief: BriefPane) -> None:
    look = brief.model.look
    assert (look.name, look.subtitle) == ("Marta Ferreira", "Head of Operations, Halvorsen Logistics")
    assert brief.reach.call.accessibleName() == "Call +47 55 12 40 18"
    assert look.reason is not None
    assert look.reason.text + look.reason.tail == "Proposal sent 6 days ago, no reply · €48k closes Friday"
    assert look.reason.tone == "warn"
    assert look.left_off.startswith("You emailed proposal v2 on Wed 18 Nov.")
    assert [fact.source for fact in look.facts] == ["Call, 12 Nov", "Call, 12 Nov", "Email, 16 Nov"]
    assert look.deal is not None
    assert (look.deal.stage_spoken, look.deal.closes, look.deal.step[0]) == (
        "Proposal, 3 of 5",
        ("Closes", "Fri 27 Nov"),
        "",
    )
    assert [entry.text for entry in look.recent] == [
        "You emailed proposal v2",
        "Marta emailed you: onboarding in December?",
        "Call, 18 min",
    ]


def test_buttons_of_the_brief_carry_out_the_windows_commands(brief: BriefPane, asked: list[str]) -> None:
    QTest.mouseClick(brief.reach.call, Qt.MouseButton.LeftButton)
    QTest.mouseClick(brief.reach.email, Qt.MouseButton.LeftButton)
    assert asked == ["call", "email"]
    opened = QSignalSpy(brief.opened)
    QTest.mouseClick(brief.history, Qt.MouseButton.LeftButton)
    assert opened.at(0)[0].name == "Marta Ferreira"


def test_a_fact_opens_the_entry_that_it_rests_on(brief: BriefPane) -> None:
    spy = QSignalSpy(brief.opened_evidence)
    brief._facts._rows[0].click()
    assert spy.at(0) == [Kind.ACTIVITY, brief.model.look.facts[0].id]


def test_a_click_in_the_brief_leaves_the_focus_where_it_was(brief: BriefPane) -> None:
    before = QApplication.focusWidget()
    QTest.mouseClick(brief.history, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is before


def test_offline_it_says_once_that_the_change_is_safe(brief: BriefPane, core: Core) -> None:
    brief.sync_moved(SyncStatus(phase=Phase.OFFLINE))
    brief.saved()
    assert brief.model.look.saved == "Saved on this computer, syncs later"
    brief.show_subject(person(core, "Daniel Osei"))
    brief.saved()
    assert brief.model.look.saved == ""


def test_nobody_and_somebody_unknown_are_shown_as_such(brief: BriefPane) -> None:
    brief.show_subject(None)
    assert not brief.reach.isVisible()
    brief.show_subject(Subject(Kind.PERSON, "nobody", "Gone Person", "nobody"))
    assert brief.model.look.name == "Gone Person"
    assert brief.model.look.deal is None


def test_the_number_leaves_the_button_before_anything_is_cut(brief: BriefPane) -> None:
    for width in range(320, 620, 20):
        brief.resize(width, 811)
        QApplication.processEvents()
        shown = [button for button in brief.reach.findChildren(Button) if not button.isHidden()]
        assert all(button.width() >= button.sizeHint().width() for button in shown), width
        assert sum(button.width() + 8 for button in shown) - 8 <= brief.width() - 48, width


def test_the_sheet_takes_the_bars_place_and_gives_it_back(brief: BriefPane) -> None:
    sheet = QWidget()
    sheet.setMinimumHeight(260)
    sheet.hide()
    brief.foot.set_sheet(sheet)
    bar = brief.foot.bar
    assert bar is not None
    assert (brief.foot.height(), bar.isVisible()) == (fonts.px(64), True)
    sheet.show()
    assert (brief.foot.height(), bar.isVisible(), sheet.height()) == (260, False, 260)
    sheet.hide()
    assert (brief.foot.height(), bar.isVisible()) == (fonts.px(64), True)


def test_a_sheet_that_goes_to_another_pane_leaves_the_bar_behind(brief: BriefPane, page: RecordPage) -> None:
    sheet = QWidget()
    sheet.setMinimumHeight(200)
    brief.foot.set_sheet(sheet)
    sheet.show()
    page.foot.set_sheet(sheet)
    assert brief.foot.height() == fonts.px(64)
    assert brief.foot.bar is not None
    assert brief.foot.bar.isVisible()
    assert sheet.parentWidget() is page.foot


# The page ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_tells_where_in_the_list_it_stands(page: RecordPage) -> None:
    look = page.model.look
    assert look is not None
    assert look.subtitle == "Head of Operations, Halvorsen Logistics · Bergen, 09:12 there"
    position = [each.name for each in today_people_of(page)].index("Marta Ferreira") + 1
    assert page.model.place_words == f"{position} of {len(today_people_of(page))}"
    assert page.head.crumb.text() == "Today"


def today_people_of(page: RecordPage) -> list[Subject]:
    return list(page.model._among)


def test_next_and_previous_go_through_the_list_and_stop_at_its_ends(page: RecordPage) -> None:
    names = [each.name for each in today_people_of(page)]
    at = names.index("Marta Ferreira")
    page.step(1)
    assert page.shown() is not None
    assert page.shown().name == names[at + 1]  # type: ignore[union-attr]
    for _ in names:
        page.step(-1)
    assert page.shown().name == names[0]  # type: ignore[union-attr]
    assert page.model.at_ends == (True, False)


def test_the_next_of_the_list_is_read_ahead(page: RecordPage, qtbot: QtBot) -> None:
    names = today_people_of(page)
    after = names[[each.name for each in names].index("Marta Ferreira") + 1]
    qtbot.waitUntil(lambda: after.id in page.model._ready)


def test_the_history_is_one_line_of_everything_newest_first(page: RecordPage) -> None:
    spoken = entries(page)
    assert spoken[0].startswith("You emailed Marta. Wed 18 Nov, 16:20. Proposal v2, 12 vehicles, 24 months")
    assert any(line.startswith("Marketing") for line in spoken)
    assert any(line.startswith("Deal created") for line in spoken)
    assert not any("None" in line or "<" in line for line in spoken)
    month = page.model.history.index(0, 0)
    assert month.data(RowRole.SPOKEN) == "November"
    assert not page.model.history.flags(month) & Qt.ItemFlag.ItemIsSelectable


def test_alt_with_a_number_keeps_one_kind(page: RecordPage) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    history = page.model.history
    kinds = {history.entry(row).what for row in range(history.rowCount()) if history.entry(row)}  # type: ignore[union-attr]
    assert kinds == {"call"}
    assert history.matches == history.counts["calls"]
    assert page.filters.current == 1
    QTest.keyClick(page.list, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert page.filters.current == 0


@pytest.mark.parametrize("name", ["Marta Ferreira", "Aisha Bello"], ids=["everything", "marketing alone"])
def test_every_filter_says_how_many_rows_it_shows(core: Core, page: RecordPage, name: str) -> None:
    page.open(person(core, name))
    history = page.model.history
    for number, button in enumerate(page.filters.findChildren(QAbstractButton)):
        page.show_only(number)
        while history.canFetchMore(QModelIndex()):
            history.fetchMore(QModelIndex())
        assert button.accessibleName().endswith(f", {len(entries(page))}"), button.accessibleName()


def test_find_narrows_counts_goes_on_and_esc_shows_all_again(page: RecordPage) -> None:
    everything = entries(page)
    QTest.keyClick(page.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.find_bar.line.hasFocus()
    QTest.keyClicks(page.find_bar.line, "board")
    found = entries(page)
    assert 1 < len(found) < len(everything)
    first = page.list.currentIndex().row()
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_F3)
    assert page.list.currentIndex().row() > first
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_Escape)
    assert entries(page) == everything
    assert page.list.hasFocus()


def test_letters_in_the_find_line_log_nothing(page: RecordPage, asked: list[str]) -> None:
    page.find_in_history()
    QTest.keyClicks(page.find_bar.line, "nancy evx")
    assert page.find_bar.line.text() == "nancy evx"
    assert asked == []


def test_single_keys_act_while_the_history_has_the_focus(page: RecordPage, asked: list[str]) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_N)
    QTest.keyClick(page.list, Qt.Key.Key_Space)
    assert asked == ["log.no_answer", "call"]


def test_esc_leads_back_and_enter_shows_all_of_an_entry(page: RecordPage, asked: list[str]) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_J)
    row = page.list.currentIndex().row()
    model = page.model.history
    assert model.entry(row) is not None
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert model.index(row, 0).data(RowRole.LOOK).body_lines == 0
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert model.index(row, 0).data(RowRole.LOOK).body_lines == 2
    QTest.keyClick(page.list, Qt.Key.Key_Escape)
    assert asked == ["back"]


def test_a_fact_of_the_rail_scrolls_to_its_entry_and_selects_it(page: RecordPage) -> None:
    look = page.model.look
    assert look is not None
    page.show_only(1)
    page.rail._facts._rows[0].click()
    entry = page.model.history.entry(page.list.currentIndex().row())
    assert entry is not None
    assert entry.id == look.facts[0].id
    assert page.filters.current == 0


def test_evidence_far_down_a_long_history_is_found(core: Core, page: RecordPage) -> None:
    with core.database.read() as rows:
        busiest = rows.one(
            "SELECT p.id, p.name, count(*) AS c FROM activities a JOIN people p ON p.id = a.person_id "
            "WHERE a.gone IS NULL GROUP BY 1 ORDER BY c DESC LIMIT 1"
        )
        assert busiest is not None
        oldest = rows.value("SELECT id FROM activities WHERE person_id = ? ORDER BY at LIMIT 1", (busiest[0],))
    page.open(Subject(Kind.PERSON, busiest[0], busiest[1], busiest[0]))
    assert page.show_evidence(Kind.ACTIVITY, oldest)
    assert page.model.history.entry(page.list.currentIndex().row()).id == oldest  # type: ignore[union-attr]


def test_a_company_puts_its_people_first_and_a_deal_its_track(core: Core, page: RecordPage) -> None:
    look = page.model.look
    assert look is not None
    assert look.company is not None
    page.open(look.company)
    company = page.model.look
    assert company is not None
    assert [each.name for each in company.people] == ["Ingrid Solheim", "Petter Aas", "Marta Ferreira"]
    assert [each.tag for each in company.people] == ["Decides", "Champion", "Evaluates"]
    assert page.subject() is not None
    assert page.subject().kind is Kind.DEAL  # type: ignore[union-attr]
    deal = page.subject()
    assert deal is not None
    page.open(deal)
    assert page.model.look is not None
    assert page.model.look.track is not None
    assert page.model.look.track.stage_spoken == "Proposal, 3 of 5"
    opened = QSignalSpy(page.opened)
    page.rail._people._shown[0].click()  # type: ignore[attr-defined]
    assert opened.at(0)[0].name == "Ingrid Solheim"


def test_a_record_that_is_not_here_is_said_and_nothing_moves(page: RecordPage) -> None:
    said = QSignalSpy(page.said)
    assert not page.open(Subject(Kind.PERSON, "nobody", "Gone Person", "nobody"))
    assert said.at(0) == ["Gone Person is not on this computer any more"]
    assert page.shown().name == "Marta Ferreira"  # type: ignore[union-attr]


def test_what_is_logged_comes_in_on_top_and_nothing_is_reset(asked: list[str], qtbot: QtBot, theme: Theme) -> None:
    core = demo_book(lambda: NOW)
    made = RecordPage(session_of(core), noting_commands(core, asked))
    qtbot.addWidget(made)
    made.resize(1104, 811)
    marta = person(core, "Marta Ferreira")
    made.open(marta)
    made.show()
    QAbstractItemModelTester(made.model.history, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.list.setCurrentIndex(made.model.history.index(2, 0))
    kept = made.model.history.entry(2)
    resets = QSignalSpy(made.model.history.modelReset)
    log_activity(core.desk(), LogEntry("call", "Call", "out", "no_answer"), marta.person_id, None, "No answer")
    made.changed(Changes(frozenset({(Kind.PERSON, marta.id)})))
    assert entries(made)[0].startswith("No answer. Tue 24 Nov, 09:12")
    assert made.model.history.entry(made.list.currentIndex().row()) == kept
    assert resets.count() == 0
    core.close()


def test_a_page_of_history_is_read_when_it_is_scrolled_to(core: Core, page: RecordPage) -> None:
    history = page.model.history
    with core.database.read() as rows:
        companies = rows.all(
            "SELECT c.id, c.name, count(*) AS n FROM activities a JOIN companies c ON c.id = a.company_id "
            "GROUP BY 1 ORDER BY n DESC LIMIT 1"
        )
    company, name, _ = companies[0]
    page.open(Subject(Kind.COMPANY, company, name, company_id=company))
    QAbstractItemModelTester(history, QAbstractItemModelTester.FailureReportingMode.Warning, page)
    seen = set()
    while history.canFetchMore(QModelIndex()):
        history.fetchMore(QModelIndex())
    for row in range(history.rowCount()):
        entry = history.entry(row)
        if entry is not None:
            assert entry.id not in seen
            seen.add(entry.id)
    ends = [history.index(row, 0).data(RowRole.LOOK).last for row in range(history.rowCount()) if history.entry(row)]
    assert ends[-1]


def test_every_control_of_brief_and_page_has_a_name(brief: BriefPane, page: RecordPage) -> None:
    page.find_in_history()
    assert unnamed(brief) == []
    assert unnamed(page) == []


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_both_themes_and_every_text_size_paint(page: RecordPage, each_theme: Theme, percent: int) -> None:
    each_theme.set_text_scale(percent)
    QApplication.processEvents()
    assert not page.grab().isNull()


def test_hostile_records_are_shown_as_plain_words(asked: list[str], qtbot: QtBot, theme: Theme) -> None:
    core = demo_book(lambda: NOW)
    marta = person(core, "Marta Ferreira")
    nasty = "<img src=x onerror=1>\u202e &amp; " + "Ω" * 3000
    with core.database.write() as write:
        write.text("UPDATE people SET name = ?, role = ?, city = ? WHERE id = ?", (nasty, nasty, nasty, marta.id))
        write.text("UPDATE companies SET name = ?", (nasty,))
        write.text("UPDATE deals SET name = ?", (nasty,))
        write.text("UPDATE activities SET subject = ?, body = ? WHERE person_id = ?", (nasty, nasty, marta.id))
    commands = noting_commands(core, asked)
    for made in (RecordPage(session_of(core), commands), BriefPane(session_of(core), commands)):
        qtbot.addWidget(made)
        made.resize(900, 700)
        if isinstance(made, RecordPage):
            made.open(marta)
        else:
            made.show_subject(marta)
        made.show()
        assert made.sizeHint().width() < 3000
        assert made.minimumSizeHint().width() < 900
        made.grab()
    core.close()


def test_going_through_people_leaves_nothing_behind(page: RecordPage) -> None:
    people = today_people_of(page)

    def round_trip() -> int:
        for each in people:
            page.open(each, "Today", people)
            QApplication.processEvents()
        QApplication.sendPostedEvents(None, 52)
        gc.collect()
        return len(page.findChildren(QWidget))

    counts = [round_trip() for _ in range(4)]
    assert counts[-1] <= counts[1]


@pytest.mark.parametrize(
    ("width", "wide"),
    [
        (300, True),
        (380, False),
        (488, False),
        (568, False),
        (596, False),
        (568, True),
        (596, True),
        (768, True),
        (1200, True),
    ],
)
def test_the_log_bar_leaves_out_icons_and_takes_another_row_before_it_cuts_a_word(
    core: Core, asked: list[str], qtbot: QtBot, theme: Theme, width: int, wide: bool
) -> None:
    pane = QWidget()
    qtbot.addWidget(pane)
    bar = LogBar(noting_commands(core, asked), core.workspace.buttons, pane, wide=wide)
    pane.resize(width, 800)
    bar.resize(width, 64)
    pane.show()
    QApplication.processEvents()
    assert all(button.width() >= button.sizeHint().width() for button in bar.buttons.values())
    assert bar.width() == width
    assert next(button.text() for button in bar.buttons.values()) == "No answer"
    assert all(button.text() for button in bar.buttons.values())
    assert all(button.keys for button in bar.buttons.values()) == (width > 300)
    assert bar.rows == (2 if width < 500 else 1)
    assert bar.rect().contains(bar.childrenRect())
    assert bar.buttons["log.no_answer"].accessibleName() == "No answer"


@pytest.mark.parametrize(("percent", "most"), [(100, 904), (150, 904), (200, 1040)])
def test_large_text_never_pushes_the_page_wider_than_a_small_screen(
    page: RecordPage, theme: Theme, percent: int, most: int
) -> None:
    theme.set_text_scale(percent)
    page.resize(904, 571)
    QApplication.processEvents()
    assert page.minimumSizeHint().width() <= most
