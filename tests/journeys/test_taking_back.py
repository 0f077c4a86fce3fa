"""Do, take back: the book is as it was, whatever was done; do it again, and it is as it was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMenu

from companion.bootstrap import Core
from tests.journeys.rep import Rep
from tests.journeys.window import Clock, demo_copy, opened, reopened
from ui.commands import plain_words

MARTA = "Marta Ferreira"
# What tells that something was done and taken back, not what is so: the outbox, its log, and the list of gestures.
HISTORY = ("outbox", "op_events", "gestures", "sqlite_sequence")
# What time does by itself behind the window, whatever the rep does: the ledger of reminders, and when it was last made.
BY_ITSELF = ("reminders",)


def contents(core: Core) -> dict[str, list[Any]]:
    """Every row of every table, but for the history of what was done."""
    with core.database.read() as rows:
        tables = [
            name
            for (name,) in rows.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if name not in (*HISTORY, *BY_ITSELF) and not name.startswith(("names", "notes", "sqlite_"))
        ]
        found: dict[str, list[Any]] = {table: sorted(map(repr, rows.all(f"SELECT * FROM {table}"))) for table in tables}
        found["meta"] = [row for row in found["meta"] if not row.startswith(("('reminders_", "('index_"))]
        for index in ("names", "notes"):
            found[index] = rows.all(f"SELECT count(*) FROM {index}")
        return found


def differences(
    before: dict[str, list[Any]], after: dict[str, list[Any]], but: tuple[str, ...] = ()
) -> dict[str, tuple[list[Any], list[Any]]]:
    """By table: rows that went, rows that came; `but` names tables that may differ."""
    return {
        table: (sorted(set(before[table]) - set(after[table])), sorted(set(after[table]) - set(before[table])))
        for table in before
        if before[table] != after[table] and table not in but
    }


def log_connected(rep: Rep) -> None:
    rep.press("C", "2")
    rep.type("Wants twelve months, call kim thu 10")
    rep.press("Return")


def plan_a_step(rep: Rep) -> None:
    rep.press("T")
    rep.type("send the plan fri")
    rep.press("Return")


def set_close_date(rep: Rep) -> None:
    rep.press("D")
    rep.type("eom")
    rep.press("Return")


def set_amount(rep: Rep) -> None:
    rep.press("A")
    rep.type("52k")
    rep.press("Return")


def write_a_note(rep: Rep) -> None:
    rep.press("O")
    rep.type("Her sister works at Corvid")
    rep.press("Return")


def finish_a_draft(rep: Rep) -> None:
    rep.press("C")
    rep.type("Half a thought")
    rep.press("Escape", "C", "Alt+1", "Return")


DEEDS: dict[str, Callable[[Rep], None]] = {
    "no answer": lambda rep: rep.press("N"),
    "voicemail": lambda rep: rep.press("V"),
    "emailed": lambda rep: rep.press("E"),
    "connected": log_connected,
    "met": lambda rep: rep.press("M", "1", "Return"),
    "note": write_a_note,
    "next step": plan_a_step,
    "stage": lambda rep: rep.press("]"),
    "close date": set_close_date,
    "amount": set_amount,
    "snooze": lambda rep: rep.press("S", "2"),
    "not relevant": lambda rep: rep.press("X", "3"),
}

A_MORNING = {"no answer": "Daniel Osei", "snooze": "Tom Brandt", "next step": "Beatriz Nunes"}


@pytest.mark.parametrize("deed", DEEDS)
def test_taking_an_act_back_before_it_left_leaves_the_book_as_it_was(rep: Rep, deed: str) -> None:
    rep.choose(rep.id_of(MARTA))
    before = contents(rep.core)

    DEEDS[deed](rep)
    done = contents(rep.core)
    said = rep.toast
    rep.press("Ctrl+Z")

    assert done != before, "nothing was done"
    assert differences(before, contents(rep.core), but=("drafts",)) == {}
    assert rep.toast == f"Undone: {said}"
    assert waiting(rep.core) == []
    assert rep.app.today.row_of(rep.id_of(MARTA)) >= 0
    assert rep.focus is rep.app.page.list


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("keys", ["Ctrl+Shift+Z", "Ctrl+Y"])
def test_doing_an_act_again_leaves_the_book_as_the_act_did(rep: Rep, deed: str, keys: str) -> None:
    rep.choose(rep.id_of(MARTA))
    DEEDS[deed](rep)
    done = contents(rep.core)
    before, said = waiting(rep.core), rep.toast

    for _ in range(2):
        rep.press("Ctrl+Z", keys)

        assert differences(done, contents(rep.core)) == {}
        assert rep.toast == f"Done again: {said}"
        assert waiting(rep.core) == before
    rep.press(keys)
    assert rep.toast == "Nothing to do again"


def test_many_acts_go_back_and_forth_also_across_a_restart(qapp: QApplication) -> None:
    clock = Clock()
    core = demo_copy(clock)
    with opened(qapp, core) as rep:
        states = [contents(rep.core)]
        for name, who in (("stage", MARTA), ("amount", MARTA), ("connected", MARTA), *A_MORNING.items()):
            rep.choose(rep.id_of(who))
            DEEDS[name](rep)
            states.append(contents(rep.core))
            assert states[-1] != states[-2], name
        for _ in range(3):
            rep.press("Ctrl+Z")
        again = reopened(core, clock)
    with opened(qapp, again) as rep:
        for state in reversed(states[:-4]):
            rep.press("Ctrl+Z")
            assert differences(state, contents(rep.core), but=("drafts",)) == {}
        for state in states[1:]:
            rep.press("Ctrl+Y")
            assert differences(state, contents(rep.core), but=("drafts",)) == {}


def test_the_menu_says_what_would_be_undone_and_what_done_again(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    edit = next(title.menu() for title in rep.app.window.menuBar().actions() if plain_words(title) == "Edit")
    assert isinstance(edit, QMenu)

    def lines() -> tuple[str, str, bool, bool]:
        edit.aboutToShow.emit()
        undo, redo = (rep.app.commands.action(each) for each in ("undo", "redo"))
        said = plain_words(undo), plain_words(redo), undo.isEnabled(), redo.isEnabled()
        edit.aboutToHide.emit()
        QApplication.processEvents()
        return said

    assert lines() == ("Undo", "Redo", False, False)
    rep.press("S", "1")
    assert lines() == (f"Undo: Snoozed {MARTA} until tomorrow", "Redo", True, False)
    rep.press("Ctrl+Z")
    assert lines() == ("Undo", f"Redo: Snoozed {MARTA} until tomorrow", False, True)
    rep.press("Ctrl+Y")
    assert rep.app.commands.words("undo") == f"Undo: Snoozed {MARTA} until tomorrow"


def test_a_draft_that_was_finished_comes_back_with_the_act_that_is_taken_back(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    finish_a_draft(rep)
    assert drafts(rep.core) == []

    rep.press("Ctrl+Z")

    assert drafts(rep.core) == ["Half a thought"]


def test_a_note_that_is_taken_back_is_a_draft_again_word_for_word(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    rep.press("C", "2")
    rep.type("Wants twelve months, call fri")
    rep.press("Return", "Ctrl+Z")

    assert drafts(rep.core) == ["Wants twelve months, call fri"]
    rep.choose(rep.id_of(MARTA))
    rep.press("C")
    assert rep.app.sheet.line.text == "Wants twelve months, call fri"


def test_many_acts_are_taken_back_one_after_the_other(rep: Rep) -> None:
    rep.choose(rep.id_of(MARTA))
    before = contents(rep.core)
    for deed in DEEDS.values():
        if rep.app.today.row_of(rep.id_of(MARTA)) >= 0:
            rep.choose(rep.id_of(MARTA))
        deed(rep)

    for _ in range(len(DEEDS)):
        rep.press("Ctrl+Z")

    assert differences(before, contents(rep.core), but=("drafts",)) == {}
    assert waiting(rep.core) == []
    rep.press("Ctrl+Z")
    assert rep.toast == "Nothing to undo"


def waiting(core: Core) -> list[Any]:
    """Ops that would still be sent."""
    with core.database.read() as rows:
        return rows.all("SELECT kind, action, state FROM outbox WHERE state NOT IN ('discarded', 'done')")


def drafts(core: Core) -> list[str]:
    """The lines that are kept."""
    with core.database.read() as rows:
        return [line for (line,) in rows.all("SELECT line FROM drafts")]
