"""The head of a page: the way back, the place in the list, who it is, and why now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.commands import Commands
from ui.person.deal_card import DealCard
from ui.person.meeting_head import MeetingHead
from ui.person.page_look import PageLook
from ui.person.reach import Reach
from ui.person.scroll_column import Part
from ui.widgets.avatar import Avatar
from ui.widgets.button import Button
from ui.widgets.icon_button import IconButton
from ui.widgets.label import Label
from ui.widgets.menu import Menu
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.sides import set_margins
from ui.widgets.strip import Strip

BACK: Final = "back"
NEXT: Final = "next"
PREVIOUS: Final = "previous"
EXPLAIN: Final = "explain"
_NAME_FLOOR: Final = 320
"""Pixels that the name keeps before the buttons give up theirs."""


def wanted_height(widget: QWidget) -> int:
    """Logical pixels that what is laid out in it needs at the width that it has; also while it is hidden."""
    layout = widget.layout()
    if layout is None:
        return 0
    # Where nothing in it wraps, a layout has no height for a width.
    return layout.totalHeightForWidth(widget.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


class PageHead(Pane):
    """Stands over history and rail alike."""

    opened = Signal(object)
    """Subject: the company."""
    step_wanted = Signal(str)
    copied = Signal(str)

    def __init__(self, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__("surface", ("bottom",), parent)
        self._look: PageLook | None = None
        self.crumb = IconButton("chevron-left", self.tr("Back"))
        self._place = Label("", "meta", "text2", tabular=True)
        self.up = IconButton("chevron-up", self.tr("Previous (Ctrl+Up)"))
        self.down = IconButton("chevron-down", self.tr("Next (Ctrl+Down)"))
        self._avatar = Avatar(size=52)
        self._name = Label("", "page_name", elide=True)
        self._subtitle = Label("", "body", "text2", elide=True)
        self.more = Button(icon="ellipsis")
        self.more.setAccessibleName(self.tr("More"))
        self.reach = Reach(commands, self.more)
        self._gone = Strip()
        self._meeting = MeetingHead()
        self._strip = Strip()
        self._strip.setObjectName("reason")
        self._strip.asked.connect(lambda: commands.run(EXPLAIN))
        self._otherwise = Paragraph("", role="meta", tint="text3", max_lines=2)
        self._track = DealCard(titled=False)
        self._gone_part, self._why = Part(16, self._gone), Part(16, self._strip)
        self._meeting_part = Part(16, self._meeting)
        self._otherwise_part, self._track_part = Part(6, self._otherwise), Part(14, self._track)
        self._lay_out()
        self.crumb.clicked.connect(lambda: commands.run(BACK))
        self.up.clicked.connect(lambda: commands.run(PREVIOUS))
        self.down.clicked.connect(lambda: commands.run(NEXT))
        self.more.clicked.connect(self._show_more)
        self._track.step_wanted.connect(self.step_wanted)

    def set_look(self, look: PageLook, came_from: str, place: str, ends: tuple[bool, bool]) -> None:
        """Shows who it is; `place` is '2 of 9' in the list `came_from`, and `ends` whether it is its first and last."""
        self._look = look
        self.crumb.set_words(came_from or self.tr("Back"))
        self._place.set_text(place)
        for button, at_end in zip((self.up, self.down), ends, strict=True):
            button.setVisible(bool(place))
            button.setEnabled(not at_end)
        self._avatar.set_person(look.name, look.subject.id)
        self._name.set_text(look.name)
        self._subtitle.set_text(look.subtitle)
        self.reach.set_reach(look.number, look.email)
        self._gone_part.setVisible(bool(look.gone))
        self._gone.set_reason(look.gone, "", "none", "info")
        self._meeting_part.setVisible(look.meeting is not None)
        if look.meeting is not None:
            self._meeting.set_meeting(look.meeting)
        self._why.setVisible(look.reason is not None)
        if look.reason is not None:
            self._strip.set_reason(look.reason.text, look.reason.tail, look.reason.tone, look.reason.icon)
            self._strip.set_asked(look.reason.asked)
            self._otherwise.set_text(look.reason.if_nothing)
        self._track_part.setVisible(look.track is not None)
        if look.track is not None:
            self._track.set_deal(look.track)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def who_rect(self) -> QRect:
        """Where the avatar, the name and what they do stand."""
        return self._avatar.geometry().united(self._subtitle.geometry()).united(self._name.geometry())

    def fit_height(self, room: int, *, is_logging: bool = False) -> None:
        """With little room above the history, what would happen if nothing was done stays with the reason's card.

        With text so large that a log sheet could not be seen whole, the head makes way for it, from below: the sheet
        says itself with whom.
        """
        reason = self._look.reason if self._look is not None else None
        self._otherwise_part.setVisible(bool(reason and reason.if_nothing))
        self._why.setVisible(reason is not None)
        self._track_part.setVisible(bool(self._look and self._look.track))
        self.show()
        for part in (self._otherwise_part, *((self._track_part, self._why, self) if is_logging else ())):
            if wanted_height(self) <= room:
                return
            part.hide()

    def _fit(self) -> None:
        """Who it is, and where, is read before the number stands on its button."""
        room = self.width() - 32 - 24 - self._avatar.width() - 14
        name = max(_NAME_FLOOR, self._name.sizeHint().width())
        wanted, most = max(name, self._subtitle.sizeHint().width()), self.width() // 2
        self.reach.fit(room - min(wanted, most), room - min(name, most))

    def _lay_out(self) -> None:
        crumbs = QHBoxLayout()
        crumbs.setSpacing(0)
        crumbs.addWidget(self.crumb)
        crumbs.addStretch(1)
        crumbs.addWidget(self._place)
        crumbs.addSpacing(8)
        crumbs.addWidget(self.up)
        crumbs.addWidget(self.down)
        crumbs.addSpacing(-4)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._subtitle)
        names.addStretch(1)
        who = QHBoxLayout()
        who.setSpacing(14)
        who.addWidget(self._avatar)
        who.addLayout(names, 1)
        who.addWidget(self.reach)
        column = QVBoxLayout(self)
        set_margins(column, 32, 11, 24, 18)
        column.setSpacing(0)
        column.addLayout(crumbs)
        column.addSpacing(10)
        column.addLayout(who)
        for part in (self._gone_part, self._meeting_part, self._why, self._otherwise_part, self._track_part):
            column.addWidget(part)

    def _show_more(self) -> None:
        look = self._look
        if look is None:
            return
        menu = Menu(parent=self)
        for words, value in ((self.tr("Copy the number"), look.number), (self.tr("Copy the address"), look.email)):
            if value:
                menu.addAction(words).triggered.connect(lambda checked=False, text=value: self._copy(text))
        if look.company is not None:
            company = look.company
            words = self.tr("Open %1").replace("%1", company.name).replace("&", "&&")
            menu.addAction(words).triggered.connect(lambda: self.opened.emit(company))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if menu.actions():
            menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.copied.emit(self.tr("Copied %1").replace("%1", text))
