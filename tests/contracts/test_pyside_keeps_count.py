"""PySide6 gives back exactly the references that it took: why the pin is what it is (docs/decisions/0002)."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from PySide6.QtCore import QObject, Signal

EMITS = 1000


class Bell(QObject):
    """Something that rings."""

    rang = Signal()


def test_a_thousand_signals_leave_the_counts_of_true_and_none_alone() -> None:
    bell, heard = Bell(), []
    bell.rang.connect(lambda: heard.append(1))
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMITS):
        bell.rang.emit()
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert len(heard) == EMITS
    assert [abs(new - old) < EMITS // 10 for new, old in zip(after, before, strict=True)] == [True, True]


def test_a_thousand_getters_that_return_none_leave_its_count_alone() -> None:
    bell = Bell()
    before = sys.getrefcount(None)
    for _ in range(EMITS):
        assert bell.parent() is None
    assert abs(sys.getrefcount(None) - before) < EMITS // 10


HANDS_OUT_ITEMS = ("itemAt", "takeAt", "replaceWidget")


def test_no_layout_is_asked_for_its_items() -> None:
    """The binding goes on believing in an item that Qt has deleted, and takes what is made in its memory for it.

    Seen with 6.11.3: going round the screens crashed after some ten rounds, wherever a widget was deleted just then.
    """
    root = Path(__file__).parents[2] / "ui"
    calls = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in HANDS_OUT_ITEMS
    ]

    assert calls == []
