"""The binding to Qt keeps count of None, True and False: the fault that aborts a program after some hundred signals."""

from __future__ import annotations

import sys

from PySide6 import __version__
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Signal


class Sender(QObject):
    """Sends flags."""

    flag = Signal(bool)
    plain = Signal()


class Nothing(QAbstractListModel):
    """A row that holds None."""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        return None


def test_the_binding_is_of_a_line_that_is_known_to_be_clean() -> None:
    assert (6, 10) <= tuple(int(part) for part in __version__.split(".")[:2]) < (6, 12)


def test_a_thousand_signals_and_getters_leave_the_counts_alone(qapp: object) -> None:
    sender, model = Sender(), Nothing()
    sender.flag.connect(lambda value: value)
    before = [sys.getrefcount(value) for value in (True, False, None)]

    for turn in range(1_000):
        sender.flag.emit(turn % 2 == 0)
        sender.plain.emit()
        model.index(0).data()
        sender.property("missing")
        sender.parent()

    after = [sys.getrefcount(value) for value in (True, False, None)]
    assert all(abs(now - then) < 50 for then, now in zip(before, after, strict=True))
