"""How to reach somebody: Call with the number, Email, and one more button, in whatever room there is."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.commands import Commands, keys_words
from ui.widgets.button import Button
from ui.widgets.plain import tooltip_of

CALL: Final = "call"
EMAIL: Final = "email"
_GAP: Final = 8


class Reach(QWidget):
    """The buttons run the commands 'call' and 'email'; `more` is the last button, of the owner's own."""

    def __init__(self, commands: Commands, more: Button, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = ""
        self._room = self._most = 0
        self.call = Button(self.tr("Call"), variant="primary", icon="phone", keys=keys_of(commands, CALL))
        self.email = Button(self.tr("Email"), icon="mail")
        self.more = more
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        for button in (self.call, self.email, self.more):
            row.addWidget(button)
        row.addStretch(1)
        self.call.clicked.connect(lambda: commands.run(CALL))
        self.email.clicked.connect(lambda: commands.run(EMAIL))

    def set_reach(self, number: str, email: str) -> None:
        """Shows the number on the button; what is not known can't be pressed."""
        self._number = number
        self.call.setEnabled(bool(number))
        self.email.setEnabled(bool(email))
        self.email.setToolTip(tooltip_of(email))
        self.fit(self._room, self._most)

    def fit(self, room: int, most: int = 0) -> None:
        """The number leaves the button where `room` pixels are too few for it; Email its row where even `most` are."""
        self._room, self._most = room, max(room, most)
        whole = self.tr("Call %1").replace("%1", self._number) if self._number else self.tr("Call")
        self.call.setAccessibleName(whole)
        short = self.tr("Call")
        for words, email, has in ((whole, True, room), (short, True, self._most), (short, False, self._most)):
            self.call.setText(words.replace("&", "&&"))
            self.email.setVisible(email)
            shown = [self.call, self.more, *([self.email] if email else [])]
            if sum(button.sizeHint().width() + _GAP for button in shown) - _GAP <= has:
                break


def keys_of(commands: Commands, command_id: str) -> str:
    """What the keycap of a command shows; '' where it has none."""
    known = {command.id: action for command, action in commands.all()}
    return keys_words(known[command_id]) if command_id in known else ""
