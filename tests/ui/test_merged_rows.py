"""A list whose rows become others step by step: whoever follows the steps sees the same rows as who reads them anew."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from ui.merged_rows import merge

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Item:
    """A row."""

    id: str
    words: int


class Rows(QAbstractListModel):
    """The rows, and a copy that only heard of the steps."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__()
        self.items = items
        self.heard = list(items)
        self.steps = 0
        self.rowsRemoved.connect(self._removed)
        self.rowsInserted.connect(self._inserted)
        self.rowsMoved.connect(self._moved)
        self.dataChanged.connect(self._changed)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        return self.items[index.row()].words if role == Qt.ItemDataRole.DisplayRole else None

    def _removed(self, parent: Index, first: int, last: int) -> None:
        self.steps += 1
        del self.heard[first : last + 1]

    def _inserted(self, parent: Index, first: int, last: int) -> None:
        self.steps += 1
        self.heard[first:first] = self.items[first : last + 1]

    def _moved(self, parent: Index, first: int, last: int, to: Index, row: int) -> None:
        self.steps += 1
        moved = self.heard.pop(first)
        self.heard.insert(row - 1 if row > first else row, moved)

    def _changed(self, first: Index, last: Index) -> None:
        self.steps += 1
        self.heard[first.row()] = self.items[first.row()]


def listed(ids: list[int], words: int) -> list[Item]:
    return [Item(str(each), words if each % 2 else 0) for each in ids]


@given(
    st.lists(st.integers(0, 12), unique=True),
    st.lists(st.integers(0, 12), unique=True),
    st.integers(min_value=0, max_value=1),
)
def test_who_follows_the_steps_has_the_rows_that_were_wanted(before: list[int], now: list[int], words: int) -> None:
    rows = Rows(listed(before, 0))
    wanted = listed(now, words)

    merge(rows, rows.items, wanted)

    assert rows.items == wanted
    assert rows.heard == wanted


@given(st.lists(st.integers(0, 12), unique=True))
def test_rows_that_stay_as_they_are_take_no_step(ids: list[int]) -> None:
    rows = Rows(listed(ids, 0))

    merge(rows, rows.items, listed(ids, 0))

    assert rows.steps == 0


def test_rows_that_come_together_come_in_one_step() -> None:
    rows = Rows(listed([1, 9], 0))

    merge(rows, rows.items, listed([1, 2, 3, 4, 9, 10, 11], 0))

    assert rows.steps == 2


def test_rows_that_go_together_go_in_one_step() -> None:
    rows = Rows(listed([1, 2, 3, 4, 9, 10, 11], 0))

    merge(rows, rows.items, listed([1, 9], 0))

    assert rows.steps == 2


@pytest.mark.parametrize(("here", "there"), [(0, 9), (0, 5), (3, 8), (9, 0), (8, 3), (4, 5), (5, 4)])
def test_a_row_that_moves_takes_one_step_however_far_it_goes(here: int, there: int) -> None:
    before = listed(list(range(10)), 0)
    wanted = [*before]
    wanted.insert(there, wanted.pop(here))
    rows = Rows(before)

    merge(rows, rows.items, wanted)

    assert rows.heard == wanted
    assert rows.steps == 1
