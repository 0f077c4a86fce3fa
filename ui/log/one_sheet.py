"""The one log sheet, made when it is first wanted: the first paint of the window does without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.log.viewmodel import LogViewModel

if TYPE_CHECKING:
    from ui.log.screen import LogSheet
    from ui.person.foot import Foot


class OneSheet(QObject):
    """Goes from page to page. It opens before whoever else hears that the model did."""

    def __init__(self, model: LogViewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._made: LogSheet | None = None
        self._foot: Foot | None = None
        model.opened.connect(lambda: self.now().open())

    def now(self) -> LogSheet:
        """The sheet, where it is to stand."""
        if self._made is None:
            from ui.log.screen import LogSheet

            self._made = made = LogSheet(self._model)
            if self._foot is not None:
                self._foot.set_sheet(made)
        return self._made

    def stand_in(self, foot: Foot) -> None:
        """From now on it stands there."""
        self._foot = foot
        if self._made is not None:
            foot.set_sheet(self._made)
