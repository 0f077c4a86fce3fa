"""Each import contract is proven by a deliberate violation that it catches, in a small tree shaped like ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

LAYERS = "1. layers of the core"
CORE = "2. the core knows neither Qt nor the window"
LOCAL_FIRST = "3. local first: no action or query reaches a network"
SQLALCHEMY = "4. SQLAlchemy lives in database and store"
WINDOW = "5. the window asks and acts; it never stores, connects or syncs"
BOOTSTRAP = "6. only ui.app and cli put the core together"
VIEWMODEL = "7. a view-model never knows its screen"
CONNECTORS = "8. connectors do not know each other"
CYCLES = "9. no cycles"
HTTPX = "10a. only connectors speak HTTP"
KEYRING = "10b. only credentials touches the keyring"

# What each module of the small tree imports, all of it allowed.
TREE = {
    "companion/__init__": "",
    "companion/cli": "companion.bootstrap companion.queries.today",
    "companion/doctor": "companion.bootstrap",
    "companion/bootstrap": "companion.core companion.credentials companion.connectors.http",
    "companion/core": "companion.settings companion.sync.push companion.connectors.http",
    "companion/settings": "",
    "companion/credentials": "keyring companion.domain.problems",
    "companion/sync/__init__": "",
    "companion/sync/push": "companion.connectors.base companion.store.people",
    "companion/actions/__init__": "",
    "companion/actions/snooze": "companion.store.people",
    "companion/queries/__init__": "",
    "companion/queries/today": "companion.store.people",
    "companion/connectors/__init__": "",
    "companion/connectors/base": "companion.domain.people",
    "companion/connectors/http": "httpx companion.connectors.base",
    "companion/connectors/demo/__init__": "",
    "companion/connectors/demo/connector": "companion.connectors.base companion.connectors.demo.book",
    "companion/connectors/demo/book": "",
    "companion/connectors/tryton/__init__": "",
    "companion/connectors/tryton/connector": "companion.connectors.http companion.connectors.tryton.mapping",
    "companion/connectors/tryton/mapping": "",
    "companion/store/__init__": "",
    "companion/store/people": "sqlalchemy companion.database companion.domain.people",
    "companion/database": "sqlalchemy companion.domain.problems",
    "companion/domain/__init__": "",
    "companion/domain/people": "companion.domain.problems",
    "companion/domain/problems": "",
    "ui/__init__": "",
    "ui/__main__": "ui.app companion.cli",
    "ui/app": "companion.bootstrap companion.sync.push companion.connectors.base ui.today.screen ui.person.screen",
    "ui/commands": "PySide6.QtGui",
    "ui/today/__init__": "",
    "ui/today/screen": "PySide6.QtWidgets ui.today.viewmodel ui.commands",
    "ui/today/viewmodel": "PySide6.QtCore companion.queries.today companion.actions.snooze companion.database",
    "ui/person/__init__": "",
    "ui/person/screen": "PySide6.QtWidgets ui.person.viewmodel",
    "ui/person/viewmodel": "PySide6.QtCore companion.queries.today",
}

# The contract, the module that breaks it, and what that module should never import.
VIOLATIONS = [
    (LAYERS, "companion/domain/people", "companion.store.people"),
    (LAYERS, "companion/store/people", "companion.connectors.base"),
    (LAYERS, "companion/queries/today", "companion.actions.snooze"),
    (LAYERS, "companion/actions/snooze", "companion.credentials"),
    (LAYERS, "companion/stray", "companion.domain.people"),
    (CORE, "companion/actions/snooze", "PySide6.QtCore"),
    (CORE, "companion/queries/today", "ui.commands"),
    (LOCAL_FIRST, "companion/actions/snooze", "companion.sync.push"),
    (LOCAL_FIRST, "companion/queries/today", "companion.connectors.base"),
    (LOCAL_FIRST, "companion/store/people", "httpx"),
    (SQLALCHEMY, "companion/actions/snooze", "sqlalchemy"),
    (WINDOW, "ui/today/viewmodel", "companion.store.people"),
    (WINDOW, "ui/today/screen", "companion.sync.push"),
    (WINDOW, "ui/__main__", "companion.connectors.base"),
    (BOOTSTRAP, "ui/today/viewmodel", "companion.bootstrap"),
    (BOOTSTRAP, "ui/today/viewmodel", "companion.core"),
    (VIEWMODEL, "ui/person/viewmodel", "ui.today.screen"),
    (VIEWMODEL, "ui/today/viewmodel", "ui.today.screen"),
    (CONNECTORS, "companion/connectors/demo/book", "companion.connectors.tryton.mapping"),
    (CYCLES, "companion/domain/problems", "companion.domain.people"),
    (CYCLES, "ui/commands", "ui.today.screen"),
    (HTTPX, "companion/sync/push", "httpx"),
    (KEYRING, "companion/cli", "keyring"),
]

# Runs in the small tree, since in this process `companion` is ours. Plants each violation in turn, tells what broke.
CHECKER = """
import importlib, json, sys
from pathlib import Path
import importlinter.api
from importlinter.application.use_cases import _register_contract_types, create_report, read_user_options

def broken():
    importlib.invalidate_caches()
    options = read_user_options(config_filename="pyproject.toml")
    _register_contract_types(options)
    report = create_report(options, cache_dir=None)
    assert not report.could_not_run, str(report.invalid_contract_options)
    return [contract.name for contract, check in report.get_contracts_and_checks() if not check.kept]

found = [broken()]
for _, module, imported in json.load(sys.stdin):
    file = Path(module + ".py")
    before = file.read_text("utf-8") if file.exists() else None
    file.write_text((before or "") + "import " + imported + "\\n", "utf-8")
    found.append(broken())
    file.unlink() if before is None else file.write_text(before, "utf-8")
sys.__stdout__.write("\\n" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def broken_contracts(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """The names of the contracts that break: first in the unharmed tree, then with each violation planted."""
    tree = tmp_path_factory.mktemp("tree")
    for module, imported in TREE.items():
        file = tree / f"{module}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"import {name}\n" for name in imported.split()), "utf-8")
    config = (ROOT / "pyproject.toml").read_text("utf-8")
    all_of_them = re.compile(r'modules = \[\s*"companion\.connectors\.[^\]]*\]')
    assert all_of_them.search(config)
    small = all_of_them.sub('modules = ["companion.connectors.demo", "companion.connectors.tryton"]', config)
    (tree / "pyproject.toml").write_text(small, "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", CHECKER],
        cwd=tree,
        input=json.dumps(VIOLATIONS),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    found: list[list[str]] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_the_small_tree_keeps_every_contract(broken_contracts: list[list[str]]) -> None:
    assert broken_contracts[0] == []


@pytest.mark.parametrize(
    ("place", "contract"),
    [
        pytest.param(place, contract, id=f"{module.replace('/', '.')} imports {imported}")
        for place, (contract, module, imported) in enumerate(VIOLATIONS, start=1)
    ],
)
def test_a_planted_import_breaks_the_contract_that_forbids_it(
    place: int, contract: str, broken_contracts: list[list[str]]
) -> None:
    assert contract in broken_contracts[place]


def test_every_contract_is_proven_by_a_violation() -> None:
    assert {contract["name"] for contract in contracts()} == {contract for contract, _, _ in VIOLATIONS}


def test_every_connector_stands_in_the_contract_that_keeps_them_apart() -> None:
    listed = next(contract["modules"] for contract in contracts() if contract["id"] == "connectors")
    folders = (init.parent.name for init in (ROOT / "companion" / "connectors").glob("*/__init__.py"))
    assert sorted(listed) == sorted(f"companion.connectors.{name}" for name in folders)


def contracts() -> list[dict[str, Any]]:
    """The contracts as pyproject.toml words them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found
