"""A list's rows become others by removals, insertions, moves and changes, never by a reset: the place stays."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex


class HasId(Protocol):
    """A row that is told from others by its id, and from its earlier self by its contents."""

    @property
    def id(self) -> str:
        """Stays the same while the contents change."""


Item = TypeVar("Item", bound=HasId)


def merge(
    model: QAbstractListModel,
    items: list[Item],
    wanted: Sequence[Item],
    differ: Callable[[Item, Item], bool] = operator.ne,
) -> None:
    """Turns `items`, the rows that `model` shows, into `wanted`, and tells whoever looks at them step by step.

    Rows that stand together come, and go, in one step. `differ` tells whether a row has to be painted anew.
    """
    places = {each.id: place for place, each in enumerate(wanted)}
    last = len(items) - 1
    while last >= 0:
        first = last
        while first >= 0 and items[first].id not in places:
            first -= 1
        if first < last:
            model.beginRemoveRows(QModelIndex(), first + 1, last)
            del items[first + 1 : last + 1]
            model.endRemoveRows()
        last = first - 1
    known = {each.id for each in items}
    row = 0
    while row < len(wanted):
        if row < len(items) and items[row] is wanted[row]:
            row += 1
            continue
        last = row
        while last < len(wanted) and wanted[last].id not in known:
            last += 1
        insert(model, items, row, wanted[row:last])
        if last == row:
            _move_on(model, items, row, wanted[row], places)
            _settle(model, items, row, wanted[row], differ)
        row = max(last, row + 1)


def insert(model: QAbstractListModel, items: list[Item], row: int, new: Sequence[Item]) -> None:
    """Puts rows in front of `row` in one step."""
    if new:
        model.beginInsertRows(QModelIndex(), row, row + len(new) - 1)
        items[row:row] = new
        model.endInsertRows()


def _move_on(model: QAbstractListModel, items: list[Item], row: int, item: Item, places: Mapping[str, int]) -> None:
    """Where the row below is what belongs here, the one that is here goes down to where it belongs, in one step.

    Else all that stand between would go up past it, one by one: a deal of thousands whose close date moves.
    """
    if items[row : row + 1] and items[row].id != item.id and items[row + 1 : row + 2] and items[row + 1].id == item.id:
        own, to = places[items[row].id], row + 1
        while to < len(items) and places[items[to].id] < own:
            to += 1
        if to > row + 1:
            model.beginMoveRows(QModelIndex(), row, row, QModelIndex(), to)
            items.insert(to - 1, items.pop(row))
            model.endMoveRows()


def _settle(
    model: QAbstractListModel, items: list[Item], row: int, item: Item, differ: Callable[[Item, Item], bool]
) -> None:
    in_place = row < len(items) and items[row].id == item.id
    here = row if in_place else next((i for i in range(row, len(items)) if items[i].id == item.id), None)
    if here is None:  # an id that stands twice in what is wanted
        insert(model, items, row, [item])
        return
    if here != row:
        model.beginMoveRows(QModelIndex(), here, here, QModelIndex(), row)
        items.insert(row, items.pop(here))
        model.endMoveRows()
    before, items[row] = items[row], item
    if before is not item and differ(before, item):
        model.dataChanged.emit(model.index(row, 0), model.index(row, 0))
