"""A book that was ranked in English is opened in German: its reasons are worded anew, once, behind the first paint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from companion import bootstrap, catalogues
from companion.core import Core
from companion.domain import language
from companion.queries.today import today
from companion.store import scores
from tests.journeys.window import MORNING


@pytest.fixture
def core() -> Iterator[Core]:
    made = bootstrap.demo_book(lambda: MORNING)
    yield made
    language.speak(None)
    made.close()


def reasons(core: Core) -> dict[str, str]:
    with core.database.read() as rows:
        return {row.who: row.reason.sentence for row in today(rows, MORNING, core.zone).rows}


def due(core: Core) -> int:
    with core.database.read() as rows:
        return len(scores.due(rows, MORNING + dt.timedelta(seconds=1), 10_000))


def test_reasons_of_another_language_are_worded_anew_and_only_once(core: Core) -> None:
    english = reasons(core)
    catalogues.speak("de")
    core.workspace = bootstrap.default_workspace()

    core.reword()
    while core.refresh_due(500):
        pass

    german = reasons(core)
    assert english["Marta Ferreira"] == "Proposal sent 6 days ago, no reply · €48k closes Friday"
    assert (
        german["Marta Ferreira"] == "Angebot vor 6 Tagen geschickt, keine Antwort · 48\xa0Tsd.\xa0€ Abschluss Freitag"
    )
    assert list(german) == list(english)
    assert not set(german.values()) & set(english.values())

    core.reword()
    assert due(core) == 0


def test_a_book_in_its_own_language_is_left_alone(core: Core) -> None:
    core.reword()
    assert due(core) == 0
