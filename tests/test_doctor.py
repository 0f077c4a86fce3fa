"""S-42: the report for support says what works and where it went wrong, and repeats nothing that was in a record."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from companion import doctor
from companion.domain.problems import Problem
from companion.domain.records import Kind
from companion.domain.sync_status import Phase, SyncStatus, Tally


def test_a_report_tells_the_trouble_and_its_place_but_no_word_of_a_record(tmp_path: Path) -> None:
    recent = doctor.Recent()
    recent.listen()
    logger = logging.getLogger("companion.sync.worker")
    try:
        raise ValueError("canary-note-8841")
    except ValueError:
        logger.exception("sync failed: %s", "canary-name-8842")
    logging.getLogger("somebody.else").error("canary-else-8843")
    status = SyncStatus(
        Phase.STOPPED, waiting=3, tallies=(Tally(Kind.PERSON, 12, 14),), problem=Problem("Sync has stopped", "…")
    )

    text = doctor.report(tmp_path, status, recent.lines)

    assert "canary" not in text
    assert "ERROR test_doctor:" in text
    assert "sync failed: ValueError" in text
    assert "3 waiting" in text
    assert "person: 12 here, 14 there" in text
    assert "Problem: Sync has stopped" in text
    assert "SQLCipher" in text
    assert re.search(r"Companion \d+\.\d+\.\d+ with Python 3\.", text), "support asks first which Companion it is"


def test_only_the_last_lines_are_kept() -> None:
    recent = doctor.Recent(most=3)
    recent.listen()
    for number in range(10):
        logging.getLogger("companion.test").warning(f"line {number}")  # noqa: G004 - the words are the number

    assert [line.rpartition(" ")[2] for line in recent.lines] == ["7", "8", "9"]
