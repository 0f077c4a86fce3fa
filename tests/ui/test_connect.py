"""The first run: what is missing is said beside its field, a failed try loses nothing, Cancel stores nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from companion.domain.account import Account
from companion.domain.problems import CannotConnect, Problem
from companion.domain.records import Kind
from companion.domain.rights import WORKED_WITH
from companion.domain.sync_status import Loading, SyncStatus
from companion.domain.trial import Right, Trial
from ui.connect.arriving import ArrivingBar, arriving_words
from ui.connect.screen import ConnectPage
from ui.connect.viewmodel import ConnectViewModel, Form, Step, Trip
from ui.theme.theme import Theme

FILLED = Form("tryton", "crm.example", "sales", "ines", "s3cret")
NONE = "This computer offers no keyring."


def trial_of(form: Form, **different: object) -> Trial:
    """What the CRM shows to whoever filled in `form`."""
    account = Account(form.connector, f"https://{form.url}", form.database, form.user, form.way, form.client_id)
    told: dict[str, object] = {
        "account": account,
        "secret": form.secret,
        "vendor": form.connector,
        "tenant": "here",
        "user_id": "7",
        "user_name": "Ines Duarte",
        "version": "8.2",
        "rights": dict.fromkeys(WORKED_WITH, Right.WRITE),
    }
    return Trial(**{**told, **different})  # type: ignore[arg-type]


class Crm:
    """Stands at the far end of the first run: answers when the test lets it."""

    def __init__(self, problem: CannotConnect | None = None, *, at_once: bool = True, **shown: object) -> None:
        self.problem = problem
        self.shown = shown
        self.let_go = threading.Event()
        self.asked: list[Form] = []
        self.stored: list[Form] = []
        self.ended = threading.Event()
        self.may_store = threading.Event()
        self.may_store.set()
        self.no_store: CannotConnect | None = None
        if at_once:
            self.let_go.set()

    def try_out(self, form: Form, trip: Trip) -> Trial:
        self.asked.append(form)
        self.let_go.wait(5)
        try:
            if self.problem is not None:
                raise self.problem
            return trial_of(form, **self.shown)
        finally:
            self.ended.set()

    def connect(self, form: Form, trial: Trial, wanted: Callable[[], bool]) -> object:
        self.may_store.wait(5)
        if self.no_store is not None:
            raise self.no_store
        if wanted():
            self.stored.append(form)
        return "book"


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def first_run(crm: Crm, keyring: str = "") -> ConnectViewModel:
    model = ConnectViewModel(crm.try_out, crm.connect, lambda: keyring)
    model.choose("tryton")
    return model


def reported(model: ConnectViewModel, qtbot: QtBot) -> None:
    """Waits until what the CRM showed can be read."""
    qtbot.waitUntil(lambda: model.step is Step.REPORT)


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("url", "The server’s address is missing."),
        ("database", "The database’s name is missing."),
        ("user", "Your user name is missing."),
        ("secret", "The password is missing."),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_sent(left_out: str, words: str, qtbot: QtBot) -> None:
    crm = Crm()
    model = first_run(crm)

    model.sign_in(Form(**{**{n: getattr(FILLED, n) for n in ("url", "database", "user", "secret")}, left_out: ""}))

    assert model.problem_field == left_out
    assert model.problem is not None
    assert model.problem.title == words
    assert crm.asked == []


def test_an_odoo_server_may_have_one_database_that_nobody_needs_to_name(qtbot: QtBot) -> None:
    crm = Crm()
    model = first_run(crm)
    model.choose("odoo")

    model.sign_in(Form("odoo", "https://company.odoo.com", "", "ines", "key"))
    reported(model, qtbot)

    assert [form.database for form in crm.asked] == [""]


def test_an_address_loses_its_blanks_and_its_last_slash(qtbot: QtBot) -> None:
    crm = Crm()
    model = first_run(crm)

    model.sign_in(Form("tryton", " crm.example/ ", "sales", "ines", "s3cret"))
    reported(model, qtbot)

    assert crm.asked[0].url == "crm.example"


@pytest.mark.parametrize("field", ["url", "database", "secret"])
def test_a_problem_stands_beside_the_field_that_it_is_about(field: str, qtbot: QtBot, theme: Theme) -> None:
    crm = Crm(CannotConnect(Problem("This is wrong", "Do that. Nothing was stored."), field))
    model = first_run(crm)
    page = ConnectPage(model)
    qtbot.addWidget(page)
    page.show()
    for name in ("url", "database", "user", "secret"):
        page.form.fields[name].line.setText(getattr(FILLED, name))

    QTest.keyClick(page.form.fields["user"].line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.problem is not None)

    below = page.form.fields[field].line.accessibleDescription()
    assert below == "This is wrong. Do that. Nothing was stored."
    assert page.form.fields["user"].line.text() == "ines"
    assert page.form.fields["secret"].line.text() == "s3cret"


def test_cancel_brings_the_form_back_and_nothing_is_stored_however_late_the_answer_comes(qtbot: QtBot) -> None:
    crm = Crm(at_once=False)
    model = first_run(crm)
    arrived: list[object] = []
    model.connected.connect(arrived.append)
    model.sign_in(FILLED)

    model.go_back()
    crm.let_go.set()
    assert crm.ended.wait(5)
    qtbot.wait(50)

    assert model.step is Step.SIGN_IN
    assert model.form.secret == "s3cret"
    assert model.trial is None
    assert crm.stored == []
    assert arrived == []


def test_cancelled_while_the_copy_is_made_nothing_is_stored(qtbot: QtBot) -> None:
    crm = Crm()
    crm.may_store.clear()
    model = first_run(crm)
    model.sign_in(FILLED)
    reported(model, qtbot)
    model.confirm()

    model.go_back()
    crm.may_store.set()
    qtbot.wait(50)

    assert model.step is Step.SIGN_IN
    assert crm.stored == []


def test_once_the_book_is_being_stored_cancel_comes_too_late(qtbot: QtBot) -> None:
    stored = threading.Event()
    go_on = threading.Event()

    def connect(form: Form, trial: Trial, wanted: Callable[[], bool]) -> object:
        assert wanted()
        stored.set()
        go_on.wait(5)
        return "book"

    model = ConnectViewModel(Crm().try_out, connect, lambda: "")
    model.choose("tryton")
    model.sign_in(FILLED)
    reported(model, qtbot)
    model.confirm()
    assert stored.wait(5)

    model.go_back()
    assert model.step is Step.STORING
    with qtbot.waitSignal(model.connected) as arrived:
        go_on.set()

    assert arrived.args == ["book"]


def test_nothing_is_stored_before_the_rep_has_read_what_works(qtbot: QtBot) -> None:
    crm = Crm()
    model = first_run(crm)
    model.sign_in(FILLED)
    reported(model, qtbot)
    qtbot.wait(50)
    assert crm.stored == []

    with qtbot.waitSignal(model.connected):
        model.confirm()

    assert [form.secret for form in crm.stored] == ["s3cret"]


def test_without_a_keyring_a_passphrase_is_asked_for_twice(qtbot: QtBot, theme: Theme) -> None:
    crm = Crm()
    model = first_run(crm, NONE)
    page = ConnectPage(model)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.form.fields["passphrase"].isVisible)

    for passphrase, again, field in (("", "", "passphrase"), ("short", "short", "passphrase"), ("x" * 8, "", "again")):
        model.sign_in(Form("tryton", "crm.example", "sales", "ines", "s3cret", passphrase, again))
        assert model.problem_field == field
    assert crm.asked == []

    model.sign_in(Form("tryton", "crm.example", "sales", "ines", "s3cret", "long enough", "long enough"))
    reported(model, qtbot)


def test_a_locked_keyring_leaves_the_choice_of_a_passphrase_and_the_crm_is_not_asked_twice(qtbot: QtBot) -> None:
    crm = Crm()
    crm.no_store = CannotConnect(Problem("Your system’s keyring is locked", "Unlock it."), "keyring")
    model = first_run(crm)
    model.sign_in(FILLED)
    reported(model, qtbot)
    model.confirm()
    qtbot.waitUntil(lambda: model.problem is not None)
    assert model.offers_passphrase

    model.use_passphrase()
    assert model.no_keyring
    assert model.problem is None
    crm.no_store = None
    model.sign_in(replace(FILLED, passphrase="long enough", again="long enough"))
    assert model.step is Step.REPORT
    with qtbot.waitSignal(model.connected):
        model.confirm()

    assert len(crm.asked) == 1
    assert crm.stored[0].passphrase == "long enough"


def test_a_secret_is_in_no_repr_and_leaves_the_form_once_it_was_used(qtbot: QtBot, theme: Theme) -> None:
    model = first_run(Crm())
    page = ConnectPage(model)
    qtbot.addWidget(page)
    for name in ("url", "database", "user", "secret"):
        page.form.fields[name].line.setText(getattr(FILLED, name))

    page.form.go.click()
    reported(model, qtbot)
    assert "s3cret" not in repr(FILLED)
    assert "s3cret" not in repr(model.trial)
    with qtbot.waitSignal(model.connected):
        page.report.go.click()

    assert page.form.fields["secret"].line.text() == ""
    assert model.form == Form()


def test_the_first_run_can_be_done_with_the_keyboard_alone(qtbot: QtBot, theme: Theme) -> None:
    crm = Crm()
    model = ConnectViewModel(crm.try_out, crm.connect, lambda: "")
    page = ConnectPage(model)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    page.enter()

    QTest.keyClick(focused(), Qt.Key.Key_Down)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert model.choice is not None
    assert model.choice.name == "Tryton"
    for typed in ("crm.example", "sales", "ines", "s3cret"):
        QTest.keyClicks(focused(), typed)
        last = focused()
        QTest.keyClick(last, Qt.Key.Key_Tab)
    QTest.keyClick(page.form.fields["secret"].line, Qt.Key.Key_Return)
    reported(model, qtbot)
    with qtbot.waitSignal(model.connected):
        QTest.keyClick(focused(), Qt.Key.Key_Return)

    assert (crm.asked[0].user, crm.asked[0].secret) == ("ines", "s3cret")


def test_escape_goes_a_step_back(qtbot: QtBot, theme: Theme) -> None:
    model = first_run(Crm())
    page = ConnectPage(model)
    qtbot.addWidget(page)
    page.show()

    QTest.keyClick(page.form.fields["url"].line, Qt.Key.Key_Escape)

    assert model.step is Step.CHOOSE


def test_every_control_of_the_first_run_has_a_name(qtbot: QtBot, theme: Theme) -> None:
    model = first_run(Crm(), NONE)
    page = ConnectPage(model)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(page.form.fields["again"].isVisible)

    silent = [
        type(part).__name__
        for part in page.findChildren(QWidget)
        if part.isVisible()
        and part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and part.focusProxy() is None
        and part is not page.area
        and not QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name)
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("loading", "words"),
    [
        (Loading(Kind.PERSON, 3120, 8400), "Your list is on its way. 3,120 of 8,400 people so far."),
        (Loading(Kind.PERSON, 1, None), "Your list is on its way. 1 person so far."),
        (Loading(Kind.COMPANY, 200, 900), "Your list is on its way. 200 of 900 companies so far."),
        (Loading(Kind.ACTIVITY, 12, 10), "Your list is on its way. 12 entries of the history so far."),
        (Loading(Kind.STAGE, 3, 4), "Your list is on its way."),
    ],
)
def test_the_bar_tells_real_counts(loading: Loading, words: str) -> None:
    assert arriving_words(loading) == words


@pytest.mark.parametrize(("left", "words"), [(6, "You can start with these 6."), (1, "You can start with this one.")])
def test_the_bar_says_whom_the_rep_can_start_with(left: int, words: str, qtbot: QtBot, theme: Theme) -> None:
    bar = ArrivingBar()
    qtbot.addWidget(bar)

    bar.set_left(left)
    bar.set_status(SyncStatus(loading=Loading(Kind.PERSON, 3120, 8400)))

    assert bar.words.text == f"Your list is on its way. 3,120 of 8,400 people so far. {words}"


def test_the_bar_goes_when_nothing_arrives_any_more(qtbot: QtBot, theme: Theme) -> None:
    bar = ArrivingBar()
    qtbot.addWidget(bar)

    bar.set_status(SyncStatus(loading=Loading(Kind.PERSON, 3120, 8400)))
    assert not bar.isHidden()
    assert (bar.bar.value(), bar.bar.maximum()) == (3120, 8400)
    bar.set_status(SyncStatus())

    assert bar.isHidden()
