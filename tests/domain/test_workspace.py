"""What a team agrees on is read strictly, and what is wrong with it is said in words."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest

from companion.domain import workspace
from companion.domain.reasons import FACTS
from companion.domain.signals import VOCABULARY
from tests.book import WORKSPACE


def changed(**rule: Any) -> dict[str, Any]:
    data = copy.deepcopy(dict(WORKSPACE.source))
    data["rules"] = [{**data["rules"][0], **rule}]
    return data


def problems(data: Any) -> tuple[str, ...]:
    with pytest.raises(workspace.WorkspaceProblem) as caught:
        workspace.from_data(data)
    return caught.value.problems


def test_the_shipped_workspace_has_the_reasons_buttons_and_chips_of_the_design() -> None:
    assert [(button.label, button.key) for button in WORKSPACE.buttons][:5] == [
        ("No answer", "N"),
        ("Voicemail", "V"),
        ("Connected", "C"),
        ("Emailed", "E"),
        ("Met", "M"),
    ]
    connected = WORKSPACE.button("connected")
    assert connected is not None
    assert [chip.label for chip in connected.outcomes] == ["Interested", "Wants changes", "Not now", "Not a fit"]
    assert [rule.id for rule in WORKSPACE.rules if not rule.on] == ["birthday"]
    assert len(WORKSPACE.rules) >= 20


def test_no_answer_is_tried_again_on_the_next_working_day_at_ten() -> None:
    button = WORKSPACE.button("no_answer")
    assert button is not None
    first = button.retry(1)
    assert first is not None
    assert (first.workdays, first.at) == (1, "10:00")
    assert button.retry(99) == button.retries[-1]


def test_a_workspace_survives_being_written_and_read_again() -> None:
    assert workspace.decode(json.dumps(WORKSPACE.source)) == WORKSPACE


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"level": 9}, "“level” must be a number from 1 to 7"),
        ({"level": True}, "“level” must be a number from 1 to 7"),
        ({"when": [["shoe_size", ">", 3]]}, "asks for “shoe_size”, which nobody observes"),
        ({"when": [["meeting_at", "~", 3]]}, "compares with “~”"),
        ({"when": [["meeting_at", ">", "soon"]]}, "is compared with a number, not “soon”"),
        ({"when": [["open_deal", "is", 1]]}, "is either true or false"),
        ({"when": []}, "a rule needs at least one condition"),
        ({"when": 3}, "must be a list of a signal, a comparison and a value"),
        ({"say": "Call {shoe_size}"}, "speaks of “shoe_size”, which is no fact"),
        ({"say": []}, "a rule must say why"),
        ({"if_nothing": []}, "a rule must say what happens if nothing is done"),
        ({"verb": "dance"}, "“verb” can’t be “dance”"),
        ({"tint": "pink"}, "“tint” can’t be “pink”"),
        ({"place": "later", "level": 2}, "level 2 can’t be placed under Later today"),
        ({"colour": "red"}, "nobody knows “colour”"),
        ({"name": ""}, "“name” is missing"),
    ],
)
def test_a_wrong_rule_is_refused_in_words(rule: dict[str, Any], words: str) -> None:
    assert any(words in each for each in problems(changed(**rule)))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(problems(changed(level=9, verb="dance", tint="pink"))) == 3


def test_two_buttons_on_one_key_are_named() -> None:
    data = copy.deepcopy(dict(WORKSPACE.source))
    data["buttons"][1]["key"] = "N"

    assert problems(data) == ("N is used by No answer",)


@pytest.mark.parametrize("data", [[], "x", None, {"rules": 5}, {"rules": [5]}, {"buttons": [{}]}, {"sock": 1}])
def test_nonsense_is_refused_and_never_crashes(data: Any) -> None:
    assert problems(data)


def test_text_that_is_not_json_is_refused() -> None:
    with pytest.raises(workspace.WorkspaceProblem, match="not JSON"):
        workspace.decode("{")


def test_every_fact_tells_a_signal_that_is_observed() -> None:
    assert {signal for signal, _ in FACTS.values()} - set(VOCABULARY) <= {"deal_money"}


def test_the_start_path_imports_neither_the_orm_nor_anything_heavy() -> None:
    code = (
        "import sys, companion.queries.today, companion.domain.workspace, companion.store.scores\n"
        "heavy = {'sqlalchemy', 'msgspec', 'httpx', 'PySide6', 'keyring'} & set(sys.modules)\n"
        "raise SystemExit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", ["[" * 5_000, "9" * 5_000, b"\xff\xfe", '{"buttons": [' * 2_000])
def test_a_file_that_no_team_would_write_is_refused_in_a_sentence(text: str | bytes) -> None:
    with pytest.raises(workspace.WorkspaceProblem) as refused:
        workspace.decode(text)

    assert refused.value.problems


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        ("buttons", {"code": "n", "label": "N", "key": {"a": 1}, "icon": "i", "records": "call", "done_words": "done"}),
        ("buttons", {"code": "n", "label": ["N"], "key": "N", "icon": "i", "records": "call", "done_words": "done"}),
        ("stages", {"name": {"a": 1}}),
        ("stages", {"name": "New", "asks": [7]}),
        ("fields", {"kind": "deal", "field": 7, "label": "L", "decision": "d"}),
        ("topics", {"topic": 1, "marks": []}),
        ("topics", {"topic": "price", "marks": [{}]}),
        ("snooze_picks", {"key": None, "label": "L", "words": "+3d"}),
    ],
)
def test_a_value_of_another_kind_than_agreed_is_refused_in_a_sentence(section: str, entry: object) -> None:
    with pytest.raises(workspace.WorkspaceProblem) as refused:
        workspace.decode(json.dumps({"version": 1, section: [entry]}))

    assert refused.value.problems[0].startswith(f"“{section}”, number 1:")
