"""Next and previous from People and Companies go through the whole list, not only through what was scrolled to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core, demo_book
from companion.domain.language import number
from companion.domain.records import Kind
from companion.store import records
from tests.ui.rep import NOW, noting_commands, session_of
from ui.book.screen import BookPage
from ui.book.viewmodel import PAGE
from ui.book.walk import Walk
from ui.person.screen import RecordPage
from ui.session import Session, Subject
from ui.theme.theme import Theme

MANY = 150


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book with many more people, some of whom share a name, and companies."""
    made = demo_book(lambda: NOW)
    with made.database.write() as write:
        people = [{"id": f"p{n:04}", "name": f"Quill {n // 3:03}", "remote_id": f"RP{n}"} for n in range(MANY)]
        records.put(write, Kind.PERSON, people)
        firms = [{"id": f"c{n:04}", "name": f"Quarry {n:03}", "remote_id": f"RC{n}"} for n in range(MANY)]
        records.put(write, Kind.COMPANY, firms)
    yield made
    made.close()


@pytest.fixture
def session(core: Core) -> Session:
    return session_of(core)


def listed(core: Core, kind: Kind, like: str = "%") -> list[str]:
    """The ids of a kind in the order of the list."""
    table = "people" if kind is Kind.PERSON else "companies"
    with core.database.read() as rows:
        found = rows.all(
            f"SELECT id FROM {table} WHERE gone IS NULL AND name LIKE ? ORDER BY name COLLATE NOCASE, n", (like,)
        )
    return [each for (each,) in found]


def book(core: Core, session: Session, kind: Kind, qtbot: QtBot) -> BookPage:
    made = BookPage(session, noting_commands(core, []), kind)
    qtbot.addWidget(made)
    made.resize(1104, 811)
    made.show()
    qtbot.waitExposed(made)
    made.enter()
    return made


def record(core: Core, session: Session, page: BookPage, qtbot: QtBot) -> RecordPage:
    """The page of whoever is opened from the list."""
    made = RecordPage(session, noting_commands(core, []))
    qtbot.addWidget(made)
    page.opened.connect(lambda subject: made.open(subject, "People", page.subjects()))
    return made


def ids(page: RecordPage, steps: int, by: int = 1) -> list[str]:
    """Who is shown, and after each step who then; ends where there is no further one."""
    shown = page.shown()
    assert shown is not None
    found = [shown.id]
    for _ in range(steps):
        page.step(by)
        subject = page.shown()
        assert subject is not None
        if subject.id == found[-1]:
            break
        found.append(subject.id)
    return found


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.COMPANY])
def test_from_the_first_row_to_the_last_and_back_nobody_is_left_out(
    kind: Kind, core: Core, session: Session, qtbot: QtBot, theme: Theme
) -> None:
    page = book(core, session, kind, qtbot)
    person = record(core, session, page, qtbot)
    assert page.model.rowCount() < MANY, "the list has not been read whole"
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_Down)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    everybody = listed(core, kind)
    first = ids(person, 2 * PAGE + 5)
    assert first == everybody[: 2 * PAGE + 6]
    assert person.model.place_words == f"{2 * PAGE + 6} of {number(len(everybody))}"
    assert ids(person, 3 * PAGE, -1) == first[::-1]
    assert person.model.at_ends == (True, False)

    walk = page.subjects()
    assert [walk[place].id for place in range(len(walk))] == everybody


def test_while_the_rep_finds_somebody_it_goes_through_those_found(
    core: Core, session: Session, qtbot: QtBot, theme: Theme
) -> None:
    page = book(core, session, Kind.PERSON, qtbot)
    person = record(core, session, page, qtbot)
    QTest.keyClicks(page.find_bar.line, "quill")
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_Return)
    found = listed(core, Kind.PERSON, "Quill%")
    assert len(found) > PAGE
    assert person.model.place_words == f"1 of {len(found)}"
    page.model.find("")

    assert ids(person, MANY) == found, "as it was found when they left the list"
    assert person.model.at_ends == (False, True)


def test_one_step_beyond_what_is_read_reads_one_page(core: Core, session: Session, qtbot: QtBot, theme: Theme) -> None:
    page = book(core, session, Kind.PERSON, qtbot)
    walk = page.subjects()
    known = len(list(walk))
    assert known < len(walk) == len(listed(core, Kind.PERSON))

    assert walk[known].id == listed(core, Kind.PERSON)[known]

    assert len(list(walk)) == known + PAGE


def test_a_list_that_has_become_shorter_ends_where_it_ends(
    core: Core, session: Session, qtbot: QtBot, theme: Theme
) -> None:
    page = book(core, session, Kind.PERSON, qtbot)
    person = record(core, session, page, qtbot)
    QTest.keyClicks(page.find_bar.line, "quill")
    QTest.keyClick(page.find_bar.line, Qt.Key.Key_Return)
    with core.database.write() as write:
        write.text("UPDATE people SET gone = 'deleted' WHERE name >= 'Quill 030'")
    left = listed(core, Kind.PERSON, "Quill%")

    walked = ids(person, 2 * MANY)

    assert walked == left
    assert person.model.at_ends[1]
    with core.database.write() as write:
        write.text("UPDATE people SET gone = NULL WHERE name >= 'Quill 030'")


def test_a_walk_never_claims_to_end_while_there_is_more() -> None:
    subject = Subject(Kind.PERSON, "p", "P", "p")
    walk = Walk([subject], ("", 1, 0), 1, lambda after: ([subject], None))  # type: ignore[arg-type]

    assert len(walk) == 2
    assert walk[1] is subject
    assert len(walk) == 2
