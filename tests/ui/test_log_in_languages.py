"""Log sheet, quick log, date popup and next step read what a rep writes in the language that the window speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from companion import bootstrap
from companion.bootstrap import Core
from companion.domain import language
from companion.domain.workspace import QuickPick
from tests.ui.rep import NOW, person, session_of
from ui.log.deeds import Deeds
from ui.log.viewmodel import LogViewModel
from ui.quick_log.viewmodel import QuickLogViewModel
from ui.theme.theme import Theme
from ui.widgets.date_popup import DatePopup

THURSDAY, FRIDAY, MONDAY = dt.date(2026, 11, 26), dt.date(2026, 11, 27), dt.date(2026, 11, 30)
MARTA = "Marta Ferreira"


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Whatever language a test speaks, the next begins in English."""
    yield
    language.speak(None)


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book on a Tuesday morning."""
    made = bootstrap.demo_book(lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def sheet(core: Core) -> LogViewModel:
    """The sheet of a call with Marta."""
    made = LogViewModel(session_of(core))
    made.press("connected", person(core, MARTA))
    return made


def steps(core: Core, name: str) -> list[tuple[str, str, str | None]]:
    """Open next steps: words, day, whose promise."""
    with core.database.read() as rows:
        return rows.all(
            """SELECT a.subject, a.due_on, a.promise FROM activities AS a JOIN people AS p ON p.id = a.person_id
               WHERE p.name = ? AND a.what = 'task' AND a.done = 0""",
            (name,),
        )


@pytest.mark.parametrize(
    ("code", "typed", "step"),
    [
        ("de", "Will 12 Monate, Angebot schicken do 10", "Angebot schicken"),
        ("fr", "Veut 12 mois, envoyer le devis jeudi 10h", "Envoyer le devis"),
        ("es", "Quiere 12 meses, enviar la oferta el jueves a las 10", "Enviar la oferta"),
        ("de", "wants 12 months, send quote thu 10", "Send quote"),
    ],
)
def test_the_sheet_reads_the_reps_language_and_english(sheet: LogViewModel, code: str, typed: str, step: str) -> None:
    language.speak(None, code)
    sheet.type(typed)
    assert (sheet.line.next_step, sheet.line.due_on) == (step, THURSDAY)
    assert not sheet.is_a_guess


@pytest.mark.parametrize(
    ("code", "name", "typed", "step"),
    [
        ("de", "Tom Brandt", "Angebot schicken fr", "Angebot schicken"),
        ("fr", "Hanna Koski", "envoyer le devis ven", "Envoyer le devis"),
        ("es", "Rafael Viana", "enviar la oferta el viernes", "Enviar la oferta"),
    ],
)
def test_what_the_rep_will_send_is_a_promise_in_every_language(
    core: Core, code: str, name: str, typed: str, step: str
) -> None:
    language.speak(None, code)
    sheet = LogViewModel(session_of(core))
    sheet.press("connected", person(core, name))
    sheet.type(typed)

    assert sheet.save(go_on=False)

    assert (step, "2026-11-27", "mine") in steps(core, name)


def test_a_guess_is_told_as_one(sheet: LogViewModel) -> None:
    said = {}
    for typed in ("send quote next fri", "send quote fri"):
        sheet.type(typed)
        said[typed] = (sheet.is_a_guess, sheet.step_words[1])
    assert said == {"send quote next fri": (True, "perhaps Fri 4 Dec"), "send quote fri": (False, "Fri 27 Nov")}


def test_what_was_unparsed_stays_a_word_while_the_rep_types_on(sheet: LogViewModel) -> None:
    sheet.type("asks about fri")
    sheet.refuse(11, 14)
    sheet.type("asks about fri, wants 12 months")
    assert sheet.line.due_on is None
    sheet.type("Anna asks about fri, wants 12 months")
    assert sheet.line.due_on is None
    sheet.type("Anna asks about fri, wants 12 months, call thu")
    assert sheet.line.due_on == THURSDAY


def test_a_next_step_alone_is_read_in_the_reps_language(core: Core) -> None:
    language.speak(None, "de")
    sheet = LogViewModel(session_of(core))
    sheet.plan(person(core, "Priya Raman"))
    sheet.type("nächsten Montag anrufen")

    assert sheet.save(go_on=False)

    assert ("Anrufen", "2026-11-30", None) in steps(core, "Priya Raman")


def test_a_slip_is_named_in_the_field_with_dates_of_the_reps_language(sheet: LogViewModel) -> None:
    language.speak(None, "fr")
    sheet.type("rappeler vendrdi")
    assert "vendrdi" in sheet.problem
    assert "jeu 10h" in sheet.problem


@pytest.mark.parametrize(
    ("code", "typed", "does"),
    [
        ("de", "osei nicht erreicht", "No answer"),
        ("fr", "osei pas de réponse", "No answer"),
        ("es", "osei buzón", "Vo"),
    ],
)
def test_the_quick_log_knows_the_reps_words_for_what_happened(core: Core, code: str, typed: str, does: str) -> None:
    language.speak(None, code)
    model = QuickLogViewModel(session_of(core))
    model.type(typed)
    spoken = model.data(model.index(0, 0))
    assert isinstance(spoken, str)
    assert spoken.startswith("Daniel Osei")
    assert does in spoken


@pytest.mark.parametrize(
    ("code", "typed"), [("de", "nächsten mo"), ("fr", "lundi prochain"), ("es", "lunes que viene")]
)
def test_the_date_popup_reads_the_reps_language(qtbot: QtBot, theme: Theme, code: str, typed: str) -> None:
    language.speak(None, code)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    qtbot.waitExposed(window)
    popup = DatePopup(window)
    said: list[dt.date] = []
    popup.chosen.connect(said.append)
    popup.open(QRect(40, 40, 114, 29), "Close date", [QuickPick("1", "Next week", "next mon")], NOW)

    popup.line.setText(typed)
    popup.line.textEdited.emit(typed)
    QTest.keyClick(popup.line, Qt.Key.Key_Return)

    assert said == [MONDAY]


@pytest.mark.parametrize("code", ["en", "de", "fr", "es"])
def test_the_teams_picks_are_understood_whatever_the_rep_speaks(core: Core, code: str) -> None:
    language.speak(None, code)
    workspace, deeds = core.workspace, Deeds(session_of(core))
    for pick in (*workspace.snooze_picks, *workspace.park_picks, *workspace.close_date_picks):
        assert deeds.read(pick.words) is not None, pick.words
