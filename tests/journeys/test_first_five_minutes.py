"""From a computer that never saw Companion to the first logged call: a fresh process, nothing read beforehand.

What a newcomer sees must say what to do at each step, in whole sentences; ten inputs and five minutes are the bar.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MOST_INPUTS: Final = 10
MOST_SECONDS: Final = 300.0
AS_THE_COMMAND_OPENS_IT: Final = ["--demo"]


def first_minutes(home: Path, *arguments: str) -> dict[str, Any]:
    """What a newcomer did and read, in a home where nothing of Companion's lies yet."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.newcomer", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "HOME": str(home),
            **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")},
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip(), done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert told["trouble"] == ""
    return told


@pytest.fixture(scope="module")
def from_nothing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Started by its bare name: the first run asks what to connect, and offers the demo book."""
    return first_minutes(tmp_path_factory.mktemp("newcomer"), "--profile", "fresh")


def read_before(told: dict[str, Any], step: str) -> str:
    """All that stood on the screen when a step was to be done."""
    return "\n".join(next(each["read"] for each in told["steps"] if each["step"] == step))


def test_the_first_log_takes_at_most_ten_inputs_and_five_minutes(from_nothing: dict[str, Any]) -> None:
    assert from_nothing["inputs"] == 2
    assert from_nothing["inputs"] <= MOST_INPUTS
    assert from_nothing["seconds"] < MOST_SECONDS
    assert from_nothing["dialogs"] == []


def test_the_first_page_asks_one_question_and_offers_a_look_around(from_nothing: dict[str, Any]) -> None:
    read = read_before(from_nothing, "choose the demo book")

    assert "Which CRM does your team use?" in read
    assert "Or look around first" in read
    assert "Invented people, everything works, nothing is kept" in read


def test_the_list_says_who_and_why_and_each_button_says_what_happened(from_nothing: dict[str, Any]) -> None:
    read = read_before(from_nothing, "log the call on whoever is selected")

    assert "If you do nothing: " in read
    assert {"No answer", "Voicemail", "Connected", "Emailed"} <= set(read.splitlines())
    assert re.search(r"^Call \+", read, re.MULTILINE)


def test_what_was_done_is_said_with_what_comes_next_and_how_to_take_it_back(from_nothing: dict[str, Any]) -> None:
    read = read_before(from_nothing, "read what was done")

    assert re.search(r"^No answer, .+\. Next try .+", read, re.MULTILINE)
    assert "Undo" in read.splitlines()


def test_the_command_of_the_read_me_opens_the_list_itself(tmp_path: Path) -> None:
    assert f'exec "$python" -m ui {AS_THE_COMMAND_OPENS_IT[0]} "$@"' in (ROOT / "packaging/run").read_text("utf-8")

    told = first_minutes(tmp_path, *AS_THE_COMMAND_OPENS_IT)

    assert told["inputs"] == 1
    assert told["seconds"] < MOST_SECONDS
