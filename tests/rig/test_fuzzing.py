"""L10: what CRMs answer, twenty seconds for each reader; and that the fuzzer finds what it is there to find."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rig.campaign import campaign
from tests.rig.fresh import fresh_seed
from tests.rig.fuzz import targets
from tests.rig.fuzz.targets import ANSWERS, TARGETS
from tests.rig.fuzzing import Found, Fuzzing

FRESH = fresh_seed()


@pytest.mark.slow
def test_no_answer_of_a_crm_brings_down_its_reader() -> None:
    tally = campaign("L10:answers", len(ANSWERS), seed=1)

    assert tally.clean, tally.words
    assert tally.runs == len(ANSWERS)


@pytest.mark.slow
def test_nor_do_inputs_that_nobody_has_seen_before() -> None:
    fuzzing = Fuzzing(seconds=4)

    for seed in (FRESH, FRESH + 1):
        fuzzing.attack(seed)

    assert sum(fuzzing.inputs.values()) > 20, FRESH


PLANTED = """
class Planted:
    seeds = (b"harmless",)
    def __call__(self, data):
        if data[:1] == b"h" and len(data) > 8 and data[1] == 0x6d:
            raise KeyError("planted")
"""


@pytest.mark.slow
@pytest.mark.parametrize("blind", [False, True], ids=["led", "blind"])
def test_a_planted_bug_is_found_and_its_input_shown(
    blind: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not blind and Fuzzing().blind:
        pytest.skip("atheris is missing")
    (tmp_path / "planted.py").write_text(PLANTED)
    (tmp_path / "sitecustomize.py").write_text(
        "from tests.rig.fuzz import targets\ntargets.TARGETS['planted'] = 'planted:Planted'\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")
    monkeypatch.setitem(targets.TARGETS, "planted", "planted:Planted")

    with pytest.raises(Found, match=r"KeyError: 'planted'.*--input 686d") as found:
        Fuzzing("planted", seconds=20, blind=blind).attack(5)

    assert "planted" in str(found.value)


def test_every_target_is_made_and_bears_its_own_seeds() -> None:
    for name in ANSWERS:
        made = targets.target(name)
        for seed in made.seeds[:4]:
            made(seed)
    assert len(TARGETS) >= 20
