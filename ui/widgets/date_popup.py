"""A day in words: a line to type in, and a few quick picks, each behind one key; an event can be a pick too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from companion.domain import words
from companion.domain.dates import parse, suggestions
from companion.domain.workspace import QuickPick
from ui.theme import fonts
from ui.theme.tokens import RADIUS_CONTROL
from ui.widgets.floating import SHADOW, Floating
from ui.widgets.heard import announce
from ui.widgets.input_line import InputLine
from ui.widgets.label import Label
from ui.widgets.painting import box, is_rtl, mirror
from ui.widgets.paragraph import Paragraph
from ui.widgets.pick_row import PickRow

_PAD: Final = 5
_WIDTH: Final = 234
_LINE: Final = 29
_PICKS: Final = 4
"""Days that are offered."""
_ROWS: Final = 8
"""With the events behind them."""
_GAP: Final = 5
WAIT_MS: Final = 400
"""How long a number on an empty line waits for the rest of a date: between two keys of a word less time goes by."""


class Pick(NamedTuple):
    """A row: its words, what it comes to ('Fri 27 Nov'), and what `chosen` gives for it."""

    label: str
    detail: str
    value: object


class DatePopup(Floating):
    """`chosen` gives a datetime.date; the popup is gone and the focus is back by then.

    Asked for an hour too, it gives an aware datetime where one was typed; for an event, whatever stands for that.

    Numbers choose: right behind a word at once, on an empty line as soon as no "27 nov" came of them. With Alt they
    always choose at once.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._now = dt.datetime.now(dt.UTC)
        self._offered: tuple[QuickPick, ...] = ()
        self._shown: list[Pick] = []
        self._events: tuple[Pick, ...] = ()
        self._timed = False
        self._at = 0
        self._moved = False
        self._in_place: int | None = None
        self._awaited: int | None = None
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._no_more_came)
        self._title = Label("", "section", "text2", self, elide=True)
        self.line = InputLine(self, limit=60)
        self.line.setPlaceholderText(self.tr("fri, 27 nov, eom"))
        self._problem = Paragraph("", self, role="meta", tint="bad")
        self._rows = [_Row("", "", "", self) for _ in range(_ROWS)]
        for number, row in enumerate(self._rows):
            row.clicked.connect(lambda checked=False, n=number: self._choose(n))
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)

    def open(
        self,
        anchor: QRect,
        title: str,
        picks: Sequence[QuickPick],
        now: dt.datetime,
        *,
        in_place: bool = False,
        typed: str = "",
        events: Sequence[Pick] = (),
        timed: bool = False,
    ) -> None:
        """Asks for a day beside `anchor` (in the parent's coordinates), or in its place, where it is a grid's cell.

        `now` is aware and local. Without picks the grammar's own are offered. `title` says what the day is for.
        `events` stand behind the days; `timed` asks for an hour too, where one is typed.
        """
        self._events, self._timed = tuple(events), timed
        self._now, self._offered = now, tuple(picks)
        self._in_place = anchor.width() if in_place else None
        self.setAccessibleName(title)
        self.line.setAccessibleName(title)
        self._title.set_text(title)
        self._title.setVisible(bool(title) and not in_place)
        self.line.setText(typed)
        self._typed(typed)
        self.rise(anchor, self.line, above=anchor.height() if in_place else 0)
        self.line.selectAll()

    # Keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key, mods = Qt.Key(event.key()), event.modifiers()
        number = int(key) - int(Qt.Key.Key_1)
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._stop_waiting()
            self._moved = True
            self._go((self._at + (1 if key == Qt.Key.Key_Down else -1)) % max(1, len(self._shown)))
        elif 0 <= number < len(self._shown) and (mods == Qt.KeyboardModifier.AltModifier or self._is_a_pick(mods)):
            if mods != Qt.KeyboardModifier.AltModifier and self._may_begin_one():
                self._awaited = number
                self._wait.start()
                return False
            self._choose(number)
        else:
            return False
        return True

    @property
    def is_waiting(self) -> bool:
        """Whether a number was pressed that chooses unless more of a date comes."""
        return self._awaited is not None

    def _may_begin_one(self) -> bool:
        """Whether a number that is typed now would be the first of its line, as in "27 nov", "2w" and "10:30"."""
        return not self.line.text() or self.line.selectedText() == self.line.text()

    def _no_more_came(self) -> None:
        if self._awaited is not None:
            self._choose(self._awaited)

    def _stop_waiting(self) -> None:
        self._awaited = None
        self._wait.stop()

    def _is_a_pick(self, mods: Qt.KeyboardModifier) -> bool:
        if mods not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        before = self.line.text()[: self.line.cursorPosition()]
        return not self.line.text() or self.line.hasSelectedText() or before[-1:].isalpha()

    def close_card(self, *, give_back: bool = True) -> None:
        self._stop_waiting()
        super().close_card(give_back=give_back)

    def _enter(self) -> None:
        if self._awaited is not None:
            self._choose(self._awaited)
            return
        typed = self.line.text().strip()
        understood = not typed or self._moved or parse(typed, self._now) is not None
        if not understood and self._shown:
            label = self._shown[0].label.casefold()
            understood = any(part.startswith(typed.casefold()) for part in (label, *label.split()))
        if understood:
            self._choose(self._at)
            return
        said = self.tr("No date found in “%1”. Try “fri”, “27 nov” or “eom”.")
        self._problem.set_text(said.replace("%1", words.shortened(typed, 30)))
        announce(self.line, self._problem.text)
        self._resize()

    # Picks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _typed(self, text: str) -> None:
        if self._awaited is not None and text == str(self._awaited + 1):
            # The rows stay as they were: it is one of these that the number means.
            self._go(self._awaited)
            return
        self._stop_waiting()
        self._moved = False
        self._problem.set_text("")
        self._shown = self._picks(text)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(self._shown))
            if number < len(self._shown):
                row.show_pick(str(number + 1), self._shown[number].label, self._shown[number].detail)
        self._go(0)
        self._resize()

    def _picks(self, text: str) -> list[Pick]:
        if not text.strip() and self._offered:
            read = [(pick.label, parse(pick.words, self._now)) for pick in self._offered[:_PICKS]]
            return [*(self._day(label, found.date) for label, found in read if found is not None), *self._events]
        days = [self._day(pick.label, pick.date) for pick in suggestions(text, self._now)][:_PICKS]
        if not text.strip():
            return [*days, *self._events]
        return [*self._hour(text), *self._fitting(text), *days][:_PICKS]

    def _day(self, label: str, day: dt.date) -> Pick:
        return Pick(label, words.dated(day, self._now.date()), day)

    def _hour(self, text: str) -> list[Pick]:
        """What was typed, where it names an hour and one is asked for."""
        found = parse(text, self._now) if self._timed else None
        at = found.moment(self._now.tzinfo) if found is not None and self._now.tzinfo is not None else None
        if at is None:
            return []
        when = f"{words.dated(at.date(), self._now.date())}, {words.time_of(at.timetz().replace(tzinfo=None))}"
        return [Pick(text.strip(), when, at)]

    def _fitting(self, text: str) -> list[Pick]:
        """The events that the letters begin, unless they name a day."""
        wanted = text.strip().casefold()
        if parse(text, self._now) is not None:
            return []
        return [e for e in self._events if any(part.startswith(wanted) for part in e.label.casefold().split())]

    def _go(self, number: int) -> None:
        self._at = number
        for each, row in enumerate(self._rows):
            row.set_current(each == number)
        if number < len(self._shown):
            pick = self._shown[number]
            self.line.setAccessibleDescription(", ".join(each for each in (pick.label, pick.detail) if each))

    def _choose(self, number: int) -> None:
        if self.is_open and number < len(self._shown):
            value = self._shown[number].value
            self.close_card()
            self.chosen.emit(value)

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sizeHint(self) -> QSize:
        wide = max([fonts.px(_WIDTH), *(row.sizeHint().width() + 2 * _PAD for row in self._rows[: len(self._shown)])])
        wide = max(wide, self._in_place or 0)
        tall = sum(row.sizeHint().height() for row in self._rows[: len(self._shown)]) + 2 * _PAD
        tall += self._problem_height(wide)
        tall += fonts.px(_LINE) + _GAP
        if self._in_place is None:
            tall += 2 + (0 if self._title.isHidden() else fonts.px(24))
        return QSize(wide + 2 * SHADOW, tall + 2 * SHADOW)

    def resizeEvent(self, event: object) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        card = QRectF(self.card_rect())
        if self._in_place is not None:
            card.setTop(card.top() + fonts.px(_LINE) + _GAP)
        self.paint_card(painter, card)
        box(painter, QRectF(self._field()), RADIUS_CONTROL - 1, "surface", "focus", 2.0)

    def _field(self) -> QRect:
        card, tall = self.card_rect(), fonts.px(_LINE)
        if self._in_place is not None:
            whole = QRect(card.left(), card.top(), self._in_place, tall)
        else:
            top = card.top() + _PAD + 2 + (0 if self._title.isHidden() else fonts.px(24))
            whole = QRect(card.left() + _PAD + 2, top, card.width() - 2 * _PAD - 4, tall)
        return mirror(QRectF(whole), QRectF(card), is_rtl(self.layoutDirection())).toRect()

    def _place(self) -> None:
        card, field = self.card_rect(), self._field()
        self._title.setGeometry(card.left() + _PAD + 10, card.top() + _PAD, card.width() - 2 * _PAD - 20, fonts.px(24))
        self.line.setGeometry(field.adjusted(6, 3, -6, -3))
        top = field.bottom() + 1 + _GAP + (_PAD if self._in_place is not None else 0)
        for row in self._rows[: len(self._shown)]:
            tall = row.sizeHint().height()
            row.setGeometry(card.left() + _PAD, top, card.width() - 2 * _PAD, tall)
            top += tall
        wide = card.width() - 2 * _PAD - 20
        self._problem.setVisible(bool(self._problem.text))
        self._problem.setGeometry(card.left() + _PAD + 10, top + 2, wide, self._problem.heightForWidth(wide))

    def _problem_height(self, wide: int) -> int:
        return self._problem.heightForWidth(wide - 2 * _PAD - 20) + 6 if self._problem.text else 0

    def _resize(self) -> None:
        if self.is_open:
            self.resize(self.sizeHint())
            self._place()
            self.update()


class _Row(PickRow):
    """Filled anew with every letter typed; a click does not take the focus from the line."""

    def show_pick(self, key: str, label: str, detail: str) -> None:
        self._key, self._detail = key, detail
        self.setText(label.replace("&", "&&"))
        self.setAccessibleName(", ".join(each for each in (label, detail) if each))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.update()
