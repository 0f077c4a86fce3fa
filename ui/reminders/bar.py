"""Reminders inside the window: one quiet line above the page, where there is no other way or while nobody was there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.reminders.viewmodel import Notice
from ui.theme.tokens import Tone
from ui.widgets.pane import Pane
from ui.widgets.strip import Strip


@dataclass(frozen=True, slots=True)
class Message:
    """One line: the reminders that it tells of, its words, and what its links do."""

    numbers: tuple[int, ...]
    words: str
    links: tuple[tuple[str, Callable[[], object]], ...]
    tone: Tone = "info"
    icon: str = "bell"
    tail: str = ""


_MARGIN: Final = 12


class ReminderBar(Pane):
    """Shows the newest message; the ones before come back when it goes. Takes no room without any."""

    seen = Signal(object)
    """Numbers of reminders that now stand before the rep's eyes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", ("bottom",), parent)
        self.setAccessibleName(self.tr("Reminders"))
        self.strip = Strip(self)
        self._messages: list[Message] = []
        self._told: set[int] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, _MARGIN - 2, _MARGIN, _MARGIN - 1)
        column.addWidget(self.strip)
        self.hide()

    @property
    def message(self) -> Message | None:
        """What stands there."""
        return self._messages[-1] if self._messages else None

    def say(self, message: Message) -> None:
        """Puts a message on top."""
        self._messages = [each for each in self._messages if each.numbers != message.numbers]
        self._messages.append(message)
        self._show_newest()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.strip, message.words + message.tail))

    def take_away(self, numbers: Iterable[int]) -> None:
        """These were dealt with: a message that tells of nothing else goes."""
        gone = set(numbers)
        left = [each for each in self._messages if not set(each.numbers) <= gone]
        if len(left) != len(self._messages):
            self._messages = left
            self._show_newest()

    def _show_newest(self) -> None:
        message = self.message
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self.setVisible(message is not None)
        if message is None:
            if had_focus:
                self.window().setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.strip.set_reason(message.words, message.tail, message.tone, message.icon)
        for link, (_, do) in zip(
            self.strip.set_actions(*(word for word, _ in message.links)), message.links, strict=True
        ):
            link.clicked.connect(partial(_after_the_click, do))
        self.note_if_seen()

    def note_if_seen(self) -> None:
        """Says which reminders the rep can see now, each once."""
        message = self.message
        window = self.window()
        if message is None or not self.isVisible() or window.isMinimized():
            return
        new = tuple(each for each in message.numbers if each not in self._told)
        self._told |= set(new)
        if new:
            self.seen.emit(new)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate, QEvent.Type.WindowStateChange):
            self.note_if_seen()
        return False

    def showEvent(self, event: object) -> None:
        self.note_if_seen()


def _after_the_click(do: Callable[[], object], *_: object) -> None:
    do()


def message_of(notice: Notice, answer: Callable[[str], object], aside: str) -> Message:
    """A notice as a line in the window, where it may say all; `aside` is the word of the link that puts it away."""
    links = tuple((words, partial(answer, code)) for code, words in notice.actions)
    return Message(notice.numbers, notice.inside, (*links, (aside, partial(answer, "dismissed"))))
