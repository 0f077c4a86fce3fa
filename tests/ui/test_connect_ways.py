"""Ways to sign in: each asks only for what it needs, the browser is waited for and given up, a code loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.domain.account import Account
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.rights import WORKED_WITH
from companion.domain.trial import Right, Trial
from ui.connect.choices import CHOICES
from ui.connect.finding_row import FindingRow
from ui.connect.screen import ConnectPage
from ui.connect.viewmodel import ConnectViewModel, Form, Step, Trip
from ui.links import sign_in_page
from ui.theme.theme import Theme

PAGE = "https://company.my.salesforce.com/services/oauth2/authorize?state=x"


class Crm:
    """Asks for a code, or sends to the browser, as the test says; never stores anything."""

    def __init__(self, *, code: str = "", browser: bool = False, **shown: object) -> None:
        self.code, self.browser, self.shown = code, browser, shown
        self.asked: list[Form] = []
        self.came_back = threading.Event()
        self.given_up = threading.Event()

    def try_out(self, form: Form, trip: Trip) -> Trial:
        self.asked.append(form)
        if self.code and form.code != self.code:
            raise CannotConnect(Problem("EspoCRM asks for a code", "Your authenticator app shows it."), "code")
        if self.browser:
            assert trip.open_browser(PAGE)
            while not self.came_back.wait(0.01):
                if not trip.wanted():
                    self.given_up.set()
                    raise CannotConnect(Problem("Cancelled"))
        return trial(form, **self.shown)

    @staticmethod
    def connect(form: Form, found: Trial, wanted: Callable[[], bool]) -> object:
        return "book" if wanted() else None


def trial(form: Form, **different: object) -> Trial:
    """What the CRM shows."""
    told: dict[str, object] = {
        "account": Account(form.connector, form.url, "", form.user, form.way, form.client_id),
        "secret": "canary-token-7731",
        "vendor": form.connector,
        "tenant": "here",
        "user_id": "7",
        "user_name": "Ines Duarte",
        "version": "9.2",
        "rights": dict.fromkeys(WORKED_WITH, Right.WRITE),
    }
    return Trial(**{**told, **different})  # type: ignore[arg-type]


def back_to(connector: str) -> tuple[str, ...]:
    return bootstrap.return_addresses(Account(connector, way="browser"))


class FirstRun:
    """The page of the first run before a CRM, and what it asked the system to open."""

    def __init__(self, qtbot: QtBot, crm: Crm, connector: str) -> None:
        self.crm, self.qtbot = crm, qtbot
        self.model = ConnectViewModel(crm.try_out, crm.connect, lambda: "", addresses=back_to)
        self.page = ConnectPage(self.model)
        self.opened: list[str] = []
        self.model.browser_wanted.connect(self.opened.append)
        qtbot.addWidget(self.page)
        self.page.resize(960, 720)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        self.model.choose(connector)

    def fill(self, **typed: str) -> None:
        for name, text in typed.items():
            self.page.form.fields[name].line.setText(text)

    def press(self, key: Qt.Key) -> None:
        focus = self.page.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)

    def until(self, step: Step) -> None:
        self.qtbot.waitUntil(lambda: self.model.step is step)

    @property
    def shown(self) -> list[str]:
        """The lines that are asked for now, in the order of the page."""
        return [name for name, field in self.page.form.fields.items() if field.isVisible()]


@pytest.mark.parametrize(
    ("connector", "way", "asked"),
    [
        ("odoo", 0, ["url", "database", "user", "secret"]),
        ("tryton", 0, ["url", "database", "user", "secret"]),
        ("espocrm", 0, ["url", "user", "secret"]),
        ("espocrm", 1, ["url", "secret"]),
        ("hubspot", 0, ["user", "secret"]),
        ("hubspot", 1, ["client_id", "client_secret"]),
        ("salesforce", 0, ["url", "client_id"]),
    ],
)
def test_a_way_asks_only_for_what_it_needs(
    connector: str, way: int, asked: list[str], qtbot: QtBot, theme: Theme
) -> None:
    run = FirstRun(qtbot, Crm(), connector)

    run.model.choose_way(way)

    assert run.shown == asked


def test_every_crm_of_the_first_page_has_its_proper_name() -> None:
    assert [each.name for each in CHOICES] == ["Odoo", "Tryton", "EspoCRM", "HubSpot", "Salesforce"]


def test_another_way_keeps_what_both_ask_for_and_sends_nothing_else(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(), "espocrm")
    run.fill(url="crm.example", user="ines", secret="s3cret")

    key = next(each for each in run.page.form.findChildren(QPushButton) if each.text() == "API key")
    key.click()
    run.press(Qt.Key.Key_Return)
    run.until(Step.REPORT)

    assert (run.crm.asked[0].way, run.crm.asked[0].url, run.crm.asked[0].user) == ("key", "crm.example", "")


def test_when_the_line_that_had_the_focus_goes_the_first_line_takes_it(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(), "hubspot")
    assert run.page.form.fields["user"].line.hasFocus()

    run.model.choose_way(1)

    assert run.page.form.fields["client_id"].line.hasFocus()


@pytest.mark.parametrize(
    ("connector", "way", "form", "field", "words"),
    [
        ("hubspot", 0, Form(user="a@b.example"), "secret", "The access key is missing."),
        ("hubspot", 1, Form(client_id="x"), "client_secret", "The app’s secret is missing."),
        ("salesforce", 0, Form(client_id="x"), "url", "The server’s address is missing."),
        ("salesforce", 0, Form(url="x"), "client_id", "The app’s ID is missing."),
    ],
)
def test_what_a_way_misses_is_said_beside_its_field(
    connector: str, way: int, form: Form, field: str, words: str, qtbot: QtBot, theme: Theme
) -> None:
    run = FirstRun(qtbot, Crm(), connector)
    run.model.choose_way(way)

    run.model.sign_in(form)

    assert run.model.problem is not None
    assert (run.model.problem_field, run.model.problem.title) == (field, words)
    assert run.crm.asked == []


# The second factor ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_code_is_asked_for_beside_what_was_typed_and_nothing_of_it_is_lost(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(code="204816"), "espocrm")
    run.fill(url="crm.example", user="ines", secret="s3cret")
    run.press(Qt.Key.Key_Return)
    qtbot.waitUntil(run.page.form.fields["code"].isVisible)

    code = run.page.form.fields["code"].line
    assert code.hasFocus()
    assert code.accessibleDescription() == "EspoCRM asks for a code. Your authenticator app shows it."
    assert run.model.problem is None, "to be asked for a code is no mistake"
    QTest.keyClicks(code, "204816")
    run.press(Qt.Key.Key_Return)
    run.until(Step.REPORT)

    last = run.crm.asked[-1]
    assert (last.url, last.user, last.secret, last.code) == ("crm.example", "ines", "s3cret", "204816")


def test_a_wrong_code_is_said_beside_it_and_can_be_typed_again(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(code="204816"), "espocrm")
    run.fill(url="crm.example", user="ines", secret="s3cret")
    run.press(Qt.Key.Key_Return)
    qtbot.waitUntil(run.page.form.fields["code"].isVisible)
    run.fill(code="111111")
    run.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: run.model.problem is not None)

    assert run.model.problem_field == "code"
    assert run.page.form.fields["code"].line.hasFocus()
    assert run.page.form.fields["secret"].text() == "s3cret"


def test_an_empty_code_is_not_sent(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(code="204816"), "espocrm")
    run.fill(url="crm.example", user="ines", secret="s3cret")
    run.press(Qt.Key.Key_Return)
    qtbot.waitUntil(run.page.form.fields["code"].isVisible)

    run.press(Qt.Key.Key_Return)

    assert run.model.problem is not None
    assert run.model.problem.title == "The code is missing."
    assert len(run.crm.asked) == 1


# The browser ────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_browser(qtbot: QtBot) -> FirstRun:
    """The rep is sent to the browser."""
    run = FirstRun(qtbot, Crm(browser=True), "salesforce")
    run.fill(url="https://company.my.salesforce.com", client_id="3MVG9")
    run.press(Qt.Key.Key_Return)
    run.until(Step.BROWSER)
    return run


def test_the_browser_is_opened_once_and_again_when_asked_for(qtbot: QtBot, theme: Theme) -> None:
    run = in_browser(qtbot)
    assert run.opened == [PAGE]

    run.page.browser.again.click()

    assert run.opened == [PAGE, PAGE]
    assert run.page.browser.isVisible()
    run.crm.came_back.set()
    run.until(Step.REPORT)
    assert run.page.report.isVisible()


def test_escape_gives_the_browser_up_and_nothing_typed_is_lost(qtbot: QtBot, theme: Theme) -> None:
    run = in_browser(qtbot)

    run.press(Qt.Key.Key_Escape)

    assert run.model.step is Step.SIGN_IN
    assert run.crm.given_up.wait(5), "the thread goes on waiting for nobody"
    assert run.page.form.fields["client_id"].text() == "3MVG9"
    assert run.model.problem is None


def test_where_no_browser_opens_the_address_can_be_copied(qtbot: QtBot, theme: Theme) -> None:
    run = in_browser(qtbot)

    run.model.browser_failed()
    run.page.browser.copy.click()

    assert QGuiApplication.clipboard().text() == PAGE
    run.model.go_back()


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:/x",
        "https://ana:secret@crm.example/",
        "https://crm.example/\u202egpj",
        "",
    ],
)
def test_only_a_safe_address_is_handed_to_the_browser(address: str) -> None:
    assert sign_in_page(address) is None
    assert sign_in_page(PAGE) is not None


# What the CRM showed ────────────────────────────────────────────────────────────────────────────────────────────────


def report_of(qtbot: QtBot, **shown: object) -> FirstRun:
    """The rep reads what works."""
    run = FirstRun(qtbot, Crm(**shown), "espocrm")  # type: ignore[arg-type]
    run.fill(url="crm.example", user="ines", secret="s3cret")
    run.press(Qt.Key.Key_Return)
    run.until(Step.REPORT)
    return run


def read(run: FirstRun) -> str:
    """All that a screen reader finds on the report."""
    parts = [each for each in run.page.report.findChildren(QWidget) if each.isVisible()]
    return "\n".join(QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) for each in parts)


def test_the_report_says_who_where_and_what_is_open(qtbot: QtBot, theme: Theme) -> None:
    rights = dict.fromkeys(WORKED_WITH, Right.WRITE) | {Kind.DEAL: Right.READ, Kind.ACTIVITY: Right.NONE}
    run = report_of(qtbot, rights=rights, notes=("No mailings here.",), sunset="2028-03-31", skew_s=260.0)

    told = read(run)

    assert "EspoCRM lets you in" in told
    assert "You are Ines Duarte at crm.example. It is version 9.2." in told
    assert "Companies: Read and write" in told
    assert "Deals: Read only. What you change here would be refused there." in told
    assert "Calls, emails, meetings, notes and tasks: Not open to you." in told
    assert "No mailings here." in told
    assert "ends this version of its interface on 31 Mar 2028" in told
    assert "This computer’s clock is 4 minutes behind the CRM’s." in told
    assert "canary" not in told


def test_a_clock_that_is_right_is_not_spoken_of(qtbot: QtBot, theme: Theme) -> None:
    assert "clock" not in read(report_of(qtbot, skew_s=-20.0))


def test_a_hostile_name_stands_on_one_line_and_reorders_nothing(qtbot: QtBot, theme: Theme) -> None:
    told = read(
        report_of(qtbot, user_name="Ines\u202e\n<b>" + "x" * 5000, version="9\x00\ud800", notes=("a\nb" * 999,))
    )

    assert "\u202e" not in told
    assert "\ud800" not in told
    assert all(len(line) < 700 for line in told.splitlines())


def test_back_from_the_report_and_on_again_asks_the_crm_only_about_what_was_changed(qtbot: QtBot, theme: Theme) -> None:
    run = report_of(qtbot)
    run.press(Qt.Key.Key_Escape)
    assert run.page.form.isVisible()
    run.page.form.go.click()
    assert run.page.report.isVisible()
    assert len(run.crm.asked) == 1

    run.press(Qt.Key.Key_Escape)
    run.fill(user="someone.else")
    run.page.form.go.click()
    run.qtbot.waitUntil(lambda: len(run.crm.asked) == 2)
    run.until(Step.REPORT)


def test_a_second_report_shows_its_own_rows_only(qtbot: QtBot, theme: Theme) -> None:
    run = report_of(qtbot)
    run.press(Qt.Key.Key_Escape)
    run.fill(user="someone.else")
    run.page.form.go.click()
    run.qtbot.waitUntil(lambda: len(run.crm.asked) == 2)
    run.until(Step.REPORT)

    assert len([row for row in run.page.report.findChildren(FindingRow) if row.isVisible()]) == len(WORKED_WITH)


def test_enter_alone_brings_the_book_after_the_report(qtbot: QtBot, theme: Theme) -> None:
    run = report_of(qtbot)

    with qtbot.waitSignal(run.model.connected) as got:
        run.press(Qt.Key.Key_Return)

    assert got.args == ["book"]


def test_every_control_of_the_report_and_of_the_waiting_has_a_name(qtbot: QtBot, theme: Theme) -> None:
    run = in_browser(qtbot)
    run.crm.came_back.set()
    run.until(Step.REPORT)

    silent = [
        each
        for each in run.page.findChildren(QPushButton)
        if not QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name) and each.isVisible()
    ]

    assert silent == []


def test_a_report_that_is_longer_than_the_window_is_read_from_its_top(qtbot: QtBot, theme: Theme) -> None:
    run = FirstRun(qtbot, Crm(notes=tuple(f"Note {number}." for number in range(60))), "espocrm")
    run.fill(url="crm.example", user="ines", secret="s3cret")
    run.press(Qt.Key.Key_Return)
    run.until(Step.REPORT)
    qtbot.wait(20)

    assert run.page.area.verticalScrollBar().maximum() > 0
    assert run.page.area.verticalScrollBar().value() == 0
    with qtbot.waitSignal(run.model.connected):
        run.press(Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("connector", "first"), [("hubspot", "http://localhost:49621/"), ("salesforce", "http://127.0.0.1/")]
)
def test_the_address_that_an_administrator_registers_can_be_copied(qtbot: QtBot, connector: str, first: str) -> None:
    run = FirstRun(qtbot, Crm(), connector)
    run.model.choose_way(len(run.model.choice.ways) - 1)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: not run.page.form.copy.isHidden())

    run.page.form.copy.click()

    assert QGuiApplication.clipboard().text().startswith(first)


def test_a_way_without_a_browser_names_no_address_to_register(qtbot: QtBot) -> None:
    run = FirstRun(qtbot, Crm(), "espocrm")
    assert run.page.form.copy.isHidden()
