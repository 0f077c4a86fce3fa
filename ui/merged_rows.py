"""A list's rows become others by removals, insertions, moves and changes, never by a reset: the place stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex


class HasId(Protocol):
    """A row that is told from others by its id, and from its earlier self by its contents."""

    @property
    def id(self) -> str:
        """Stays the same while the contents change."""


Item = TypeVar("Item", bound=HasId)


def merge(model: QAbstractListModel, items: list[Item], wanted: Sequence[Item]) -> None:
    """Turns `items`, the rows that `model` shows, into `wanted`, and tells whoever looks at them step by step."""
    ids = {each.id for each in wanted}
    for row in range(len(items) - 1, -1, -1):
        if items[row].id not in ids:
            model.beginRemoveRows(QModelIndex(), row, row)
            del items[row]
            model.endRemoveRows()
    for row, item in enumerate(wanted):
        here = next((i for i in range(row, len(items)) if items[i].id == item.id), None)
        if here is None:
            model.beginInsertRows(QModelIndex(), row, row)
            items.insert(row, item)
            model.endInsertRows()
            continue
        if here != row:
            model.beginMoveRows(QModelIndex(), here, here, QModelIndex(), row)
            items.insert(row, items.pop(here))
            model.endMoveRows()
        before, items[row] = items[row], item
        if before is not item and before != item:
            model.dataChanged.emit(model.index(row, 0), model.index(row, 0))
