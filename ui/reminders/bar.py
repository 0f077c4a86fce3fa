"""Reminders inside the window: one quiet line above the page, where there is no other way or while nobody was there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from ui.reminders.viewmodel import Notice
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.quiet_bar import QuietBar

Do = Callable[[], object]
_WORDS: Final = 320
"""Room that the words keep before a link to somebody goes; the ledger has them all."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line: the reminders that it tells of, its words, what its links do, and what putting it aside does.

    The first `spare` links are left out where there is no room.
    """

    numbers: tuple[int, ...]
    words: str
    links: tuple[tuple[str, Do], ...]
    aside: Do
    spare: int = 0


class ReminderBar(QuietBar):
    """Shows the newest message; the ones before come back when it goes. Never takes the focus, nor room without any."""

    seen = Signal(object)
    """Numbers of reminders that now stand before the rep's eyes."""
    left = Signal()
    """The line went away under the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bell", self.tr("Put aside (Esc)"), 4, parent)
        self.close_mark.clicked.connect(self._put_aside)
        self.links: list[Button] = []
        self._messages: list[Message] = []
        self._told: set[int] = set()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def message(self) -> Message | None:
        """What stands there."""
        return self._messages[-1] if self._messages else None

    def say(self, message: Message) -> None:
        """Puts a message on top."""
        self._messages = [each for each in self._messages if each.numbers != message.numbers]
        self._messages.append(message)
        self._show_newest()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, message.words))

    def take_away(self, numbers: Iterable[int]) -> None:
        """These were dealt with: a message that tells of nothing else goes."""
        gone = set(numbers)
        left = [each for each in self._messages if not set(each.numbers) <= gone]
        if len(left) != len(self._messages):
            self._messages = left
            self._show_newest()

    def note_if_seen(self) -> None:
        """Says which reminders the rep can see now, each once."""
        message = self.message
        if message is None or not self.isVisible() or self.window().isMinimized():
            return
        new = tuple(each for each in message.numbers if each not in self._told)
        self._told |= set(new)
        if new:
            self.seen.emit(new)

    # Inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _show_newest(self) -> None:
        message = self.message
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        for link in self.links:
            link.hide()
            link.deleteLater()
        self.links = [self._link(*each) for each in message.links] if message is not None else []
        if had_focus and self.links:
            self.links[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.words.set_text(message.words if message is not None else "")
        self.setAccessibleName(message.words if message is not None else "")
        self.setVisible(message is not None)
        self._spare()
        self.note_if_seen()
        if had_focus and message is None:
            self.left.emit()

    def _link(self, words: str, do: Do) -> Button:
        link = Button(words, variant="quiet")
        link.clicked.connect(partial(_without_arguments, do))
        self._row.insertWidget(self._row.count() - 1, link)
        self.setTabOrder(self.links[-1] if self.links else self.words, link)
        self.setTabOrder(link, self.close_mark)
        link.show()
        return link

    def _spare(self) -> None:
        """Leaves out what there is no room for."""
        spare = self.message.spare if self.message is not None else 0
        margins, mark = self._row.contentsMargins(), self.close_mark.sizeHint().width() + self._row.spacing()
        words = min(self.words.sizeHint().width(), fonts.px(_WORDS))
        room = self.width() - margins.left() - margins.right() - mark - words
        for shown in range(spare, -1, -1):
            for number, link in enumerate(self.links[:spare]):
                link.setVisible(number < shown)
            kept = [each for number, each in enumerate(self.links) if not shown <= number < spare]
            if sum(each.sizeHint().width() + self._row.spacing() for each in kept) <= room:
                return

    def _put_aside(self) -> None:
        if self.message is not None:
            self.message.aside()

    # Events ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate, QEvent.Type.WindowStateChange):
            self.note_if_seen()
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.note_if_seen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spare()


def _without_arguments(do: Do, *_: object) -> None:
    do()


def message_of(notice: Notice, answer: Callable[[str], object]) -> Message:
    """A notice as a line in the window, where it may say all."""
    links = tuple((words, partial(answer, code)) for code, words in notice.actions)
    return Message(notice.numbers, notice.inside, links, partial(answer, "dismissed"))
