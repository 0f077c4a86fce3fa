"""The log bar: the team's one-key buttons under whoever is shown, in as many rows as their words need."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStyle, QWidget

from companion.domain.workspace import LogButton
from ui.commands import Commands, keys_words
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import HEIGHT, Button
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.plain import tooltip_of

BAR: Final = 64
_ROW_GAP: Final = 8
_SPACING: Final = 8
_SNUG_SPACING: Final = 6
_AFTER_LEAD: Final = 4
_SNOOZE: Final = "snooze"


class _Look(NamedTuple):
    """What is shown, and in how many rows at most."""

    rows: int = 1
    words: bool = True
    keys: bool = True
    icons: bool = False
    lead: bool = False
    snug: bool = False


_LOOKS: Final = (
    _Look(icons=True, lead=True),
    _Look(lead=True),
    _Look(),
    _Look(snug=True),
    _Look(2),
    _Look(2, snug=True),
    _Look(2, keys=False, snug=True),
    _Look(3, keys=False, snug=True),
    _Look(words=False, icons=True),
    _Look(words=False, keys=False, icons=True),
)
"""The less room there is: a name is read before a key is learnt, and either before the bar is low."""
_SHARE: Final = 0.3
"""Of the window's height, that several rows take at most: what is read above them has the rest."""


class LogBar(Pane):
    """The team's log buttons; `wide` puts 'Log' before them and icons on them.

    Where there is too little room, the icons go first, then 'Log', then air. Where the words are too wide for a row, as
    with large text, they stand in two, with their keys as long as these fit in two. An icon stands for a name only
    where three rows can't hold the names, or the window is too low for rows.
    """

    def __init__(
        self, commands: Commands, buttons: tuple[LogButton, ...], parent: QWidget | None = None, *, wide: bool = False
    ) -> None:
        super().__init__("surface", ("top",), parent)
        self._wide = wide
        # The last button has no frame: its keycap ends where the frames above it do.
        self._start, self._end = (32, 12) if wide else (24, 16)
        self._lead = Label(self.tr("Log"), "meta_label", "text2", self)
        self.buttons: dict[str, Button] = {}
        self._looks: dict[str, tuple[str, str, str]] = {}
        self._rows: list[list[Button]] = []
        self._gap = _SPACING
        self._watched: QWidget | None = None
        for button in buttons:
            if button.records == "note" or button.code == "met":
                continue  # in the menu and the palette; the bar keeps to what a call needs
            self._add(commands, f"log.{button.code}", button.label, button.icon)
        self._add(commands, _SNOOZE, self.tr("Snooze"), "alarm-clock")
        self._fit()

    def set_subject(self, subject: Subject | None) -> None:
        """Whom the buttons would log: without anybody they can't be pressed."""
        self.setEnabled(subject is not None)

    def sizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
        else:
            self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._watched is not self.window():
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            self._watched = self.window()
            self._watched.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit()
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._fit()
        super().changeEvent(event)

    @property
    def rows(self) -> int:
        """In how many rows the buttons stand."""
        return len(self._rows)

    def _fit(self) -> None:
        """The first look that has the room that it needs, or the last."""
        most = _SHARE * self.window().height()
        for look in _LOOKS:
            self._dress(look)
            self._gap = _SNUG_SPACING if look.snug else _SPACING
            self._rows = self._broken()
            if len(self._rows) <= (look.rows if self._high() <= most else 1):
                break
        # Set at once: a pane's foot asks for the height right after it has told the width.
        self.setFixedHeight(self._high())
        self._place()

    def _high(self) -> int:
        return fonts.px(BAR) + (len(self._rows) - 1) * fonts.px(HEIGHT + _ROW_GAP)

    def _dress(self, look: _Look) -> None:
        for command_id, button in self.buttons.items():
            words, icon, keys = self._looks[command_id]
            button.set_icon(icon if look.icons and (self._wide or not look.words) else "")
            button.set_keys(keys if look.keys else "")
            button.set_snug(look.snug)
            button.setText(words if look.words else "")
            # What the button has no room for, its tip still teaches.
            told = look.words and look.keys
            button.setToolTip("" if told else tooltip_of(f"{words} ({keys})" if keys else words))
        self._lead.setVisible(self._wide and look.lead)

    def _broken(self) -> list[list[Button]]:
        """The buttons in rows: each row holds as many as it has room for. One that no row can hold makes too many."""
        room = self.width() - self._start - self._end
        rows: list[list[Button]] = [[]]
        left = room - self._lead_width()
        for button in self.buttons.values():
            wide = button.sizeHint().width()
            if wide > left and rows[-1]:
                rows.append([])
                left = room
            rows[-1].append(button)
            left -= wide + self._gap
            if wide > room:
                return [[each] for each in self.buttons.values()]
        return rows

    def _lead_width(self) -> int:
        return 0 if self._lead.isHidden() else self._lead.sizeHint().width() + _AFTER_LEAD + _SPACING

    def _place(self) -> None:
        high = fonts.px(HEIGHT)
        top = (fonts.px(BAR) - high) // 2
        self._put(self._lead, QRect(self._start, top, self._lead.sizeHint().width(), high))
        left = self._start + self._lead_width()
        for row in self._rows:
            for button in row:
                wide = button.sizeHint().width()
                at = self.width() - self._end - wide if button is self.buttons[_SNOOZE] else left
                self._put(button, QRect(at, top, wide, high))
                left += wide + self._gap
            left, top = self._start, top + high + fonts.px(_ROW_GAP)

    def _put(self, widget: QWidget, rect: QRect) -> None:
        widget.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), rect))

    def _add(self, commands: Commands, command_id: str, words: str, icon: str) -> None:
        keys = keys_words(commands.action(command_id))
        self._looks[command_id] = words, icon, keys
        button = Button(words, self, variant="quiet" if command_id == _SNOOZE else "normal", keys=keys)
        button.setAccessibleName(words)
        button.clicked.connect(lambda: commands.run(command_id))
        self.buttons[command_id] = button
