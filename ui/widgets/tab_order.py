"""Tab follows the layout: what was added late comes where it stands, not last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def follow_layout(pane: QWidget) -> None:
    """Puts what takes the focus by Tab inside `pane` into the order of its layouts. Call it after filling the pane."""
    for before, after in pairwise(_stops(pane)):
        QWidget.setTabOrder(before, after)


def _stops(widget: QWidget | None) -> Iterator[QWidget]:
    if widget is None:
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    if isinstance(widget, QScrollArea):
        yield from _stops(widget.widget())
    else:
        yield from _in_layout(widget, widget.layout())


def _in_layout(widget: QWidget, layout: QLayout | None) -> Iterator[QWidget]:
    # Never by itemAt: the binding goes on believing in an item that Qt has deleted, and takes whatever is made in
    # its memory for it (crash after some hundred openings).
    if layout is None:
        return
    near = Qt.FindChildOption.FindDirectChildrenOnly
    parts: list[tuple[int, QWidget | QLayout]] = [
        (layout.indexOf(each), each) for each in widget.findChildren(QWidget, options=near)
    ]
    parts += [(layout.indexOf(each), each) for each in layout.findChildren(QLayout, options=near)]
    for _, part in sorted((each for each in parts if each[0] >= 0), key=lambda each: each[0]):
        if isinstance(part, QWidget):
            yield from _stops(part)
        else:
            yield from _in_layout(widget, part)
