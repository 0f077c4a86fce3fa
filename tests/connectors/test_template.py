"""A connector that was just begun: it imports, runs in the suite, and is told exactly what it lacks."""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STUBS = [
    *(f"connector.{name}" for name in ("describe", "schema", "pull", "ids", "fetch", "push", "find_by_op")),
    *(f"mapping.{name}" for name in ("upsert", "values")),
    "sign_in.sign_in",
    *(f"bench.{name}" for name in ("create", "edit", "delete", "burst")),
    "fake_pipedrive.answer",
]
HOOKS = [
    "unlucky", "refused", "duplicate", "dependent", "quota", "late", "result_cap", "administrator", "partial_batches",
    "shuffled_answers", "expire", "revoke", "renewals",
]  # fmt: skip
RUN = """
import sys
from pathlib import Path
begun = Path(sys.argv[1])
sys.path.insert(0, str(begun))
import companion.connectors
companion.connectors.__path__.append(str(begun / "companion/connectors"))
import pytest
how = ["-q", f"--junitxml={begun}/told.xml", "-p", "no:cacheprovider"]
sys.exit(pytest.main([str(begun / "tests"), *how, *sys.argv[2:]]))
"""
SOME = "truthfully or schema or sent_twice or stopped or revoked or merged or late or days or cannot or nothing_is_left"
"""Enough of the suite to see each way of failing; the whole of it fails in the same ways."""


def _new(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "packaging/new-connector", *arguments]
    return subprocess.run(program, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.slow
def test_a_connector_that_was_just_begun_is_told_exactly_what_it_lacks(tmp_path: Path) -> None:
    assert _new("pipedrive", "Pipedrive", "--into", str(tmp_path)).returncode == 0
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path), "-k", SOME],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    cases = {case.get("name", ""): case for case in ET.parse(tmp_path / "told.xml").iter("testcase")}
    passed = {name.partition("[")[0] for name, case in cases.items() if not len(case)}
    assert passed == {"test_what_this_bench_cannot_show_is_known_and_true"}, "nothing passes that was not written"
    told = {name: failure.text or "" for name, case in cases.items() for failure in case}
    left = told.pop("test_nothing_is_left_to_write")
    for lacking in (*(f"{stub}: " for stub in STUBS), *(f"bench: {hook}" for hook in HOOKS)):
        assert left.count(lacking) == 1, lacking
    assert left.count("bench: ") == len(HOOKS)
    assert all("NotImplementedError" in each or "this bench has no" in each for each in told.values()), told


def test_what_was_begun_is_whole_and_speaks_of_its_own_crm(tmp_path: Path) -> None:
    assert _new("pipedrive", "Pipedrive", "--into", str(tmp_path)).returncode == 0
    written = [path for path in tmp_path.rglob("*.*") if path.is_file()]
    assert {path.name for path in written} >= {"connector.py", "README.md", "fake_pipedrive.py", "test_contract.py"}
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert "acme" not in text.lower()
        if path.suffix == ".py":
            assert ast.get_docstring(ast.parse(text))


def test_a_name_that_is_taken_or_will_not_do_is_refused(tmp_path: Path) -> None:
    assert _new("odoo", "Odoo").returncode == 1
    assert _new("Pipe-Drive", "Pipedrive", "--into", str(tmp_path)).returncode == 1
    assert not list(tmp_path.iterdir())
