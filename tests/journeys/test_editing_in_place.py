"""What stands on the screen is changed where it stands: an amount, the minutes of a call, the details of a page."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QLineEdit

from tests.journeys.rep import Rep
from tests.journeys.window import Clock
from ui.person.details_editor import DetailLine
from ui.person.screen import RecordPage
from ui.widgets.amount_popup import AmountPopup
from ui.widgets.floating import Floating
from ui.widgets.painted_list import PaintedList

MARTA = "Marta Ferreira"
NANCY = "nancy [next] /x"


def one(rep: Rep, sql: str) -> Any:
    """A value of the book."""
    with rep.core.database.read() as rows:
        return rows.value(sql)


def acts(rep: Rep) -> int:
    """How many acts can be undone."""
    return int(one(rep, "SELECT count(*) FROM gestures WHERE undone_at IS NULL"))


def a_moment() -> None:
    """What waits for the loop to come round has its turn."""
    loop = QEventLoop()
    QTimer.singleShot(20, loop.quit)
    loop.exec()


# Amounts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def amount(rep: Rep) -> Any:
    """Of Marta's deal."""
    return one(rep, f"SELECT amount FROM deals WHERE person_id = '{rep.id_of(MARTA)}'")


@pytest.mark.parametrize(
    ("typed", "becomes"), [("52k", 5_200_000), ("48.000,50", 4_800_050), ("EUR 9,000", 900_000), ("1.2 m", 120_000_000)]
)
def test_an_amount_is_typed_as_anybody_writes_it(rep: Rep, typed: str, becomes: int) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("A")
    rep.type(typed)
    rep.press("Return")

    assert amount(rep) == becomes
    assert one(rep, f"SELECT currency FROM deals WHERE person_id = '{rep.id_of(MARTA)}'") == "EUR"
    assert rep.focus is rep.app.page.list


def test_what_is_no_amount_is_said_under_the_line_and_nothing_is_saved(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("A")
    rep.type("$52k")
    rep.press("Return")

    (popup,) = [each for each in rep.app.window.findChildren(AmountPopup) if each.isVisible()]
    assert popup.line.accessibleDescription() == "This deal is in EUR. Its currency is changed in the CRM."
    rep.press("Escape")
    assert amount(rep) == 4_800_000
    assert acts(rep) == 0
    assert rep.focus is rep.app.page.list


def test_the_amount_on_the_brief_is_changed_by_a_click(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.click(rep.app.brief._card.amount)
    rep.type("50k")
    rep.press("Return")

    assert amount(rep) == 5_000_000
    assert rep.counter.clicks == 1


def test_an_amount_is_emptied_and_enter_on_the_same_amount_does_nothing(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("A", "Return")
    assert acts(rep) == 0

    rep.press("A", "Backspace", "Return")

    assert amount(rep) is None
    assert rep.toast == "Route planning rollout has no amount now"


# Minutes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def shown_minutes(rep: Rep) -> str:
    """What stands beside the title of the sheet."""
    return rep.app.sheet._took._link.label


def logged_seconds(rep: Rep) -> Any:
    """How long the call took that was logged."""
    return one(rep, "SELECT duration_s FROM activities WHERE remote_id IS NULL AND what = 'call'")


def test_the_minutes_of_a_call_are_counted_and_can_be_put_right(
    rep: Rep, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.log.row_keys.open_outside", lambda link: True)
    rep.choose(rep.id_of(MARTA))
    rep.press("Space")
    clock.forward(minutes=4)
    rep.press("C")
    assert shown_minutes(rep) == "4 min"

    rep.press("Alt+M")
    rep.type("12")
    rep.press("Return")

    assert shown_minutes(rep) == "12 min"
    assert rep.focus is rep.app.sheet.line
    rep.press("1", "Return")
    assert logged_seconds(rep) == 720


def test_minutes_that_nobody_counted_are_added_by_a_click(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C")
    assert shown_minutes(rep) == "how long?"

    rep.click(rep.app.sheet._took._link)
    rep.type("1:10")
    rep.press("Tab")

    assert shown_minutes(rep) == "1 h 10 min"
    rep.press("1", "Return")
    assert logged_seconds(rep) == 70 * 60


def test_what_is_no_length_is_said_and_escape_leaves_it(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C", "Alt+M")
    rep.type("nancy")
    rep.press("Return")

    assert rep.app.sheet._problem.full_text == "“nancy” is not a length. Try “4” or “1:10”."
    rep.press("Escape")
    assert rep.app.logging.is_open
    assert rep.focus is rep.app.sheet.line
    assert not rep.app.sheet._problem.isVisible()


# Details ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_of(rep: Rep, who: str = MARTA) -> RecordPage:
    """The page of somebody, opened by keys."""
    rep.choose(rep.id_of(who))
    rep.press("Return")
    page = rep.app.window.stack.currentWidget()
    assert isinstance(page, RecordPage)
    return page


def editing(rep: Rep, who: str = MARTA) -> tuple[RecordPage, dict[str, DetailLine]]:
    """Somebody's page with its details open."""
    page = page_of(rep, who)
    rep.press("Ctrl+E")
    a_moment()
    return page, page.rail._editor.lines


def marta(rep: Rep, field: str) -> Any:
    """A field of Marta's."""
    return one(rep, f"SELECT {field} FROM people WHERE remote_id IS NOT NULL AND id = '{MARTA_ID[0]}'")


MARTA_ID = [""]


@pytest.fixture(autouse=True)
def _who(rep: Rep) -> None:
    MARTA_ID[0] = rep.id_of(MARTA)


def test_every_field_is_there_to_be_edited_the_empty_ones_too(rep: Rep) -> None:
    page, lines = editing(rep)

    assert list(lines)[:6] == ["name", "role", "mobile", "phone", "email", "city"]
    assert lines["phone"].line.text() == ""
    assert rep.focus is lines["name"].line
    assert not page.rail._details.isVisible()


def test_enter_saves_a_field_as_an_act_with_an_op(rep: Rep) -> None:
    _, lines = editing(rep)
    rep.press("Tab", "Tab", "Tab")
    assert rep.focus is lines["phone"].line
    rep.type("+47 55 00 11 22")
    rep.press("Return")

    assert marta(rep, "phone") == "+47 55 00 11 22"
    assert rep.toast == f"Phone of {MARTA} is now +47 55 00 11 22"
    assert one(rep, "SELECT fields FROM outbox") == '{"phone": "+47 55 00 11 22"}'
    assert rep.focus is lines["phone"].line
    rep.press("Escape", "Ctrl+Z")
    assert marta(rep, "phone") is None
    rep.press("Ctrl+Y")
    assert marta(rep, "phone") == "+47 55 00 11 22"


def is_open(page: RecordPage) -> bool:
    """Whether the details are lines to type in."""
    return page.rail.is_editing


def test_tab_saves_and_goes_on_and_escape_puts_back(rep: Rep) -> None:
    page, lines = editing(rep)
    rep.press("Tab")
    rep.type("COO")
    rep.press("Tab")
    assert marta(rep, "role") == "COO"
    assert rep.focus is lines["mobile"].line

    rep.type("12")
    rep.press("Escape")
    assert lines["mobile"].line.text() == "+47 55 12 40 18"
    assert is_open(page)
    rep.press("Escape")
    assert not is_open(page)
    assert page.list.hasFocus()
    assert acts(rep) == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (
            "email",
            "marta at halvorsen",
            "“marta at halvorsen” is not an email address. One reads like ana@company.com.",
        ),
        ("mobile", "call me", "“call me” is not a phone number. One reads like +47 55 12 40 18."),
        ("name", "", "Something must stand here: it is what everybody calls it by."),
    ],
)
def test_what_cannot_be_is_said_under_the_field_and_not_saved(rep: Rep, field: str, typed: str, said: str) -> None:
    _, lines = editing(rep)
    before = marta(rep, field)
    lines[field].line.setFocus()
    lines[field].line.selectAll()
    rep.press("Backspace")
    rep.type(typed)
    rep.press("Return")

    assert lines[field]._problem.text == said
    assert lines[field]._problem.isVisible()
    assert lines[field].line.accessibleDescription() == said
    assert marta(rep, field) == before
    assert acts(rep) == 0


def test_what_a_sync_brings_comes_into_the_lines_but_not_over_what_is_typed(rep: Rep) -> None:
    _, lines = editing(rep)
    rep.press("Tab")
    rep.type("Chief of depots")
    with rep.core.database.write() as write:
        write.text("UPDATE people SET city = 'Oslo', role = 'COO' WHERE id = ?", (MARTA_ID[0],))
        from companion.domain.records import Kind

        write.touched(Kind.PERSON, MARTA_ID[0])
    a_moment()

    assert lines["city"].line.text() == "Oslo"
    assert lines["role"].line.text() == "Chief of depots"


def test_edit_is_a_link_too_and_once_more_ends_it(rep: Rep) -> None:
    page = page_of(rep)
    page.rail._scroll.ensureWidgetVisible(page.rail._edit)
    rep.click(page.rail._edit)
    assert page.rail.is_editing
    assert page.rail._edit.label == "Done"
    a_moment()
    rep.click(page.rail._edit)
    assert not page.rail.is_editing


# Letters ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def type_nancy(rep: Rep) -> str:
    """Into whatever field has the focus now."""
    field = rep.focus
    assert isinstance(field, QLineEdit)
    field.clear()
    rep.type(NANCY)
    return field.text()


@pytest.mark.parametrize("keys", [("A",), ("C", "Alt+M"), ("Return", "Ctrl+E"), ("Return", "Ctrl+F")])
def test_letters_typed_into_a_new_field_are_letters(rep: Rep, keys: tuple[str, ...]) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press(*keys)
    here = rep.app.window.here

    assert type_nancy(rep) in (NANCY, NANCY[:10])
    assert acts(rep) == 0
    assert rep.app.window.here == here


def test_with_single_keys_off_a_does_nothing(rep: Rep) -> None:
    rep.app.choose(single_keys="off")
    rep.choose(rep.id_of(MARTA))
    rep.press("A")
    assert rep.app.window.findChildren(AmountPopup) == []

    rep.app.choose(single_keys="with-ctrl")
    rep.press("Ctrl+Alt+A")
    assert [each.isVisible() for each in rep.app.window.findChildren(AmountPopup)] == [True]


@pytest.mark.parametrize("place", ["Ctrl+1", "Ctrl+2", "Ctrl+3"])
@pytest.mark.parametrize("key", ["S", "A", "P", "L"])
def test_a_popup_stands_at_the_row_that_it_is_about(rep: Rep, place: str, key: str) -> None:
    rep.press(place, *(["Down"] * 4))  # on the lists of people the first leads into the list
    view = rep.focus
    assert isinstance(view, PaintedList)
    if rep.app.window.subject().deal_id is None and key in "AL":  # type: ignore[union-attr]
        pytest.skip("who has no deal is not asked for its amount")
    row = view.visualRect(view.currentIndex())
    below = view.viewport().mapTo(rep.app.window, row.bottomLeft()).y()

    rep.press(key)

    popup = next(each for each in rep.app.window.findChildren(Floating) if each.isVisible())
    top = popup.mapTo(rep.app.window, popup.card_rect().topLeft()).y()
    bottom = popup.mapTo(rep.app.window, popup.card_rect().bottomLeft()).y()
    assert below - 4 <= top <= below + 12 or bottom <= below, "it stands elsewhere"
    rep.press("Escape")
    assert rep.focus is view
