"""The foot of a pane: the log bar, out of which the log sheet grows over the pane's lower part."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.animate import Run
from ui.widgets.sides import set_margins

OPEN_MS: Final = 160
CLOSE_MS: Final = 120
_ANY: Final = 1 << 24
"""Logical pixels: more than any window has."""


@runtime_checkable
class Fitting(Protocol):
    """A sheet that can do with less room."""

    def fit_height(self, room: int) -> None:
        """It has `room` logical pixels."""

    def set_tight(self, tight: bool) -> None:
        """Whether everything in it moves together: even so the room is hardly enough."""


class Foot(QWidget):
    """As high as the bar; while the sheet is shown, as high as the sheet, which keeps its own height all along.

    `sides` are what the sheet leaves free where reading starts and where it ends: what it holds stands under what the
    page holds.
    """

    grown = Signal()
    """Its height is another one, or the sheet came or went: what stands above has more room, or less."""

    def __init__(self, parent: QWidget | None = None, *, sides: tuple[int, int] = (24, 24)) -> None:
        super().__init__(parent)
        self._sides = sides
        self.bar: QWidget | None = None
        self.sheet: QWidget | None = None
        self._open = False
        self._room = _ANY
        self._run = Run(self, self._grow, self._settled)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)

    def set_bar(self, bar: QWidget) -> None:
        """Puts the log bar here."""
        self.bar = self._adopt(bar)
        bar.show()
        self._to(self._wanted(), 0)

    def set_sheet(self, sheet: QWidget) -> None:
        """Puts the log sheet here; one sheet may go from page to page."""
        shown = not sheet.isHidden()
        inside = sheet.layout()
        if inside is not None:
            margins = inside.contentsMargins()
            set_margins(inside, self._sides[0], margins.top(), self._sides[1], margins.bottom())
        self.sheet = self._adopt(sheet)
        sheet.setVisible(shown)
        self._follow(0)

    def set_room(self, room: int) -> None:
        """How high the sheet may be, in logical pixels: as high as its page."""
        if room != self._room:
            self._room = room
            self._fit()

    @property
    def lacks(self) -> int:
        """Logical pixels that the open sheet would need and does not have."""
        return max(0, self._wanted() - self._room) if self._open else 0

    def tighten(self) -> None:
        """Has the open sheet move together, where nothing else can make way for it."""
        sheet = self._fitting()
        if sheet is not None:
            sheet.set_tight(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.sheet:
            if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
                self._follow(OPEN_MS if event.type() == QEvent.Type.ShowToParent else CLOSE_MS)
            elif event.type() == QEvent.Type.LayoutRequest and self._open:
                self._fit()
                self._to(self._wanted(), 0)
                self.grown.emit()
            elif event.type() == QEvent.Type.ParentChange:
                watched.removeEventFilter(self)
                self.sheet = None
                self._follow(0)
        elif watched is self.bar and event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and not self._open:
            self._to(self._wanted(), 0)
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        if event.oldSize().height() != event.size().height():
            self.grown.emit()
        if event.oldSize().width() != event.size().width() and not self._moving:
            self._to(self._wanted(), 0)

    @property
    def _moving(self) -> bool:
        return self._run.state() == Run.State.Running

    def _adopt(self, child: QWidget) -> QWidget:
        child.removeEventFilter(self)
        child.setParent(self)
        child.installEventFilter(self)
        return child

    @property
    def is_open(self) -> bool:
        """Whether the sheet is shown."""
        return self._open

    def _follow(self, ms: int) -> None:
        self._open = self.sheet is not None and self.sheet.isVisibleTo(self)
        if self._open and self.bar is not None:
            self.bar.hide()
        self._place()
        self._fit()
        self._to(self._wanted(), ms)
        self.grown.emit()

    def _fit(self) -> None:
        sheet = self._fitting()
        if self._open and sheet is not None:
            sheet.fit_height(self._room)

    def _fitting(self) -> Fitting | None:
        sheet: object = self.sheet
        return sheet if isinstance(sheet, Fitting) else None

    def _wanted(self) -> int:
        shown = self.sheet if self._open else self.bar
        return 0 if shown is None else max(shown.minimumHeight(), shown.sizeHint().height())

    def _to(self, height: int, ms: int) -> None:
        if height == self.height() and not self._moving:
            self._settled()
        elif ms or not self._moving:
            self._run.go(float(self.height()), float(height), ms)

    def _grow(self, height: float) -> None:
        self.setFixedHeight(round(height))

    def _settled(self) -> None:
        if self.bar is not None:
            self.bar.setVisible(not self._open)
        if self._wanted() != self.height():
            self.setFixedHeight(self._wanted())
        self._place()

    def _place(self) -> None:
        if self.sheet is not None:
            self.sheet.setGeometry(0, 0, self.width(), self.sheet.sizeHint().height())
        if self.bar is not None:
            self.bar.setGeometry(0, 0, self.width(), max(self.bar.minimumHeight(), self.bar.sizeHint().height()))
