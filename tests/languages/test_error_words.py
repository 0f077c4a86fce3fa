"""Every problem that a rep can meet says what happened, what it means and what to do, and blames nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from companion.connectors import base
from companion.connectors.base import ConnectorError
from companion.domain.file_problems import DatabaseProblem
from companion.domain.key_problems import KeyProblem
from companion.domain.notices import TEXTS
from companion.domain.problems import Problem
from companion.sync.engine import _ANOTHER, _STALE
from companion.sync.liveness import STUCK
from companion.sync.restored import _NOT_NOW, _SETTLING
from companion.sync.worker import _BUG
from tests.languages.sentences import everything

_NEVER = re.compile(
    r"\b(please|oops|whoops|sorry|failed to|invalid|illegal|fatal|unexpected|unknown error)\b", re.IGNORECASE
)
_CODE_ALONE = re.compile(r"^\W*(error\s*)?\d{3,}\W*$", re.IGNORECASE)
# What becomes of the rep's data, or what the rep can go on with.
_SO_WHAT = re.compile(
    r"\b(safe|untouched|stay|stays|kept|keeps|left|nothing|no change|everything works|saved|not saved|waits?|"
    r"was not|may be|may not|not sent|goes on|go on|looks? again|looked up|waiting|is read)\b",
    re.IGNORECASE,
)


def _kinds(of: type[Exception]) -> Iterator[type[Exception]]:
    for each in of.__subclasses__():
        yield each
        yield from _kinds(each)


def _catalogue() -> dict[str, Problem]:
    # A cursor and a pause never reach the screen under a name of their own.
    classes = [*_kinds(DatabaseProblem), *_kinds(KeyProblem), base.Unreachable, base.SignInNeeded, ConnectorError]
    found = {each.__name__: Problem(str(each.title), str(each.advice)) for each in classes}  # type: ignore[attr-defined]
    found |= {f"notice {kind}": text for kind, text in TEXTS.items()}
    for problem in (_ANOTHER, _STALE, STUCK, _NOT_NOW, _SETTLING, _BUG):
        found[problem.title] = problem
    return found


PROBLEMS = _catalogue()


def test_no_sentence_anywhere_begs_apologises_or_shows_a_code_alone() -> None:
    bad = [each.text for each in everything() if _NEVER.search(each.text) or _CODE_ALONE.match(each.text)]
    assert bad == []


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_says_what_happened_in_one_line_without_a_full_stop(name: str) -> None:
    title = PROBLEMS[name].title
    assert 8 <= len(title) <= 80
    assert not title.endswith((".", "!"))


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_says_what_it_means_for_the_data_or_what_to_do(name: str) -> None:
    advice = PROBLEMS[name].advice
    assert advice.endswith(".")
    assert _SO_WHAT.search(advice), advice
