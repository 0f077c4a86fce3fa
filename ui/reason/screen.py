"""The card that floats by a reason: its rule, what it rests on, who would move, and one key for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.person.scroll_column import Part, ScrollColumn
from ui.reason.viewmodel import Line, ReasonViewModel
from ui.theme import fonts
from ui.widgets.card import Hairline
from ui.widgets.fact_list import FactList
from ui.widgets.floating import SHADOW, Floating
from ui.widgets.label import Label
from ui.widgets.painting import is_rtl
from ui.widgets.paragraph import Paragraph
from ui.widgets.pick_row import PickRow
from ui.widgets.section_head import SectionHead

_WIDTH: Final = 440
_PAD: Final = 16
_INSET: Final = 6
"""Rows that are chosen by a key reach so near to the card's edge."""
_EDGE: Final = 16
_LOWEST: Final = 340
"""Under this height its answers would have no lines above them: then it rather covers its reason."""


class ReasonCard(Floating):
    """Arrows go through its lines, Enter opens one, keys answer; Esc gives the focus back to where it came from."""

    opened_record = Signal(object, str)
    """Kind and local id: a fact, or somebody who would move."""

    def __init__(self, model: ReasonViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = model
        self._anchor = QRect()
        self._shown: tuple[Line, ...] = ()
        self._title = Label("", "heading", "text", elide=True)
        self._level = Label("", "meta", "text2")
        self._rule = Paragraph("", tint="text2")
        self._facts_head = SectionHead(self.tr("It rests on"))
        self._facts = FactList()
        self._others_head = SectionHead(self.tr("Also true"))
        self._others = FactList()
        self._hidden_head = SectionHead(self.tr("Hidden here"))
        self._hidden = FactList()
        self._moving_head = SectionHead(self.tr("What would move"))
        self._moving = QVBoxLayout()
        self._feedback = Paragraph("", role="meta", tint="text3")
        self._answers = QVBoxLayout()
        self._answer_rows: list[QWidget] = []
        self._scroll = ScrollColumn(self.tr("Why this reason"), (0, 0, 0, 0))
        self._lay_out()
        self._facts.opened.connect(lambda number: self._open(self.model.look.facts[number]))
        self._others.opened.connect(lambda number: self._turn_to(self.model.look.others[number].id))
        self._hidden.opened.connect(lambda number: self._again(self.model.look.hidden[number].id))
        model.changed.connect(self._model_changed)

    def open(self, anchor: QRect) -> None:
        """Shows what the model has taken apart, beside `anchor` (in the parent's coordinates)."""
        self._anchor = anchor
        self._fill()
        self.rise(anchor, self._stops()[0])
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.model.look.spoken))
        # After it is on the screen: to look at everybody takes longer than a key may.
        self.model.show_moving_soon()

    def close_card(self, *, give_back: bool = True) -> None:
        super().close_card(give_back=give_back)
        self.model.stop()

    # Keys ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        inside = isinstance(watched, QWidget) and (watched is self or self.isAncestorOf(watched))
        if inside and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event):
            return True
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Backtab: -1,
        }
        if key in steps:
            self._go(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QAbstractButton) and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
                focus.click()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            return self._by_key(event.text())
        return True

    def _by_key(self, typed: str) -> bool:
        look = self.model.look
        for each in (look.hide, *look.answers):
            if typed and typed.casefold() == each.key.casefold():
                self._answer(each.code)
                return True
        return False

    def _go(self, by: int) -> None:
        stops = self._stops()
        here = next((i for i, each in enumerate(stops) if each is self.focusWidget()), 0)
        stop = stops[(here + by) % len(stops)]
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(stop, 0, 24)

    def _stops(self) -> list[QWidget]:
        """Every line and answer from the top down."""
        answers = [row for row in self._answer_rows if isinstance(row, PickRow)]
        return [*self._lines(), *answers]

    def _lines(self) -> list[QWidget]:
        """The rows that open something. What a list held before is still its child for a turn, and does not count."""
        lists = [self._facts, self._others, self._hidden]
        lists += [each for each in _held(self._moving) if isinstance(each, FactList)]
        return [row for each in lists for row in _held(each.layout())]

    # Doing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, line: Line) -> None:
        if line.kind is not None:
            self.close_card()
            self.opened_record.emit(line.kind, line.id)

    def _turn_to(self, rule_id: str) -> None:
        """Another reason of the same subject."""
        if self.model.subject is not None and self.model.show(self.model.subject, rule_id):
            self.model.show_moving()

    def _again(self, rule_id: str) -> None:
        self.close_card()
        self.model.show_again(rule_id)

    def _answer(self, code: str) -> None:
        self.close_card()
        self.model.answer(code)

    # Showing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _model_changed(self) -> None:
        if not self.is_open:
            return
        focus = next((i for i, each in enumerate(self._stops()) if each is self.focusWidget()), 0)
        self._fill()
        window = self.window()
        at = QRect(self._home.mapTo(window, self._anchor.topLeft()), self._anchor.size())
        self.setGeometry(self._spot(at, window, 0))
        stops = self._stops()
        stops[min(focus, len(stops) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        look = self.model.look
        self._dress()
        self.setAccessibleName(look.spoken)
        self._title.set_text(look.title)
        self._level.set_text(look.level)
        self._rule.set_text(look.rule)
        for lines, head, rows in (
            (look.facts, self._facts_head, self._facts),
            (look.others, self._others_head, self._others),
            (look.hidden, self._hidden_head, self._hidden),
        ):
            part = rows.parentWidget()
            assert part is not None
            part.setVisible(bool(lines))
            rows.set_facts([(line.text, line.note) for line in lines])
            head.set_note(f"{len(lines):,}" if len(lines) > 1 and rows is self._others else "")
        self._fill_moving()
        self._feedback.set_text(look.feedback)
        self._feedback.setVisible(bool(look.feedback))
        self._fill_answers()
        # What is added to a card that is open would count for nothing in its height until the next turn.
        for row in (*self._lines(), *_held(self._moving), *self._answer_rows):
            row.show()
        self._scroll.to_top()

    def _fill_moving(self) -> None:
        moving = self.model.look.moving
        _empty(self._moving)
        part = self._moving_head.parentWidget()
        assert part is not None
        part.setVisible(bool(moving))
        for movers in moving:
            self._moving.addWidget(Label(movers.head, "meta", "text2", elide=True))
            if movers.lines:
                rows = FactList()
                rows.set_facts([(line.text, line.note) for line in movers.lines])
                rows.opened.connect(lambda number, lines=movers.lines: self._open(lines[number]))
                self._moving.addWidget(rows)

    def _fill_answers(self) -> None:
        look = self.model.look
        _empty(self._answers)
        self._answer_rows = []
        for each in (look.hide, *look.answers):
            row = PickRow(each.key, each.words, each.detail, self)
            row.clicked.connect(lambda checked=False, code=each.code: self._answer(code))
            self._answer_rows += [row, self._because()] if each is look.hide else [row]
        for widget in self._answer_rows:
            self._answers.addWidget(widget)

    def _because(self) -> Label:
        head = Label(self.tr("Not relevant here"), "section", "text2")
        head.setContentsMargins(fonts.px(10), fonts.px(7), fonts.px(10), fonts.px(2))
        return head

    # Layout ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._level)
        self._moving_box = QWidget()
        self._moving_box.setLayout(self._moving)
        self._moving.setContentsMargins(0, 0, 0, 0)
        self._moving.setSpacing(2)
        column = self._scroll.column
        for part in (
            Part(4, self._rule),
            Part(12, self._facts_head, 3, self._facts),
            Part(12, self._others_head, 3, self._others),
            Part(12, self._hidden_head, 3, self._hidden),
            Part(12, self._moving_head, 3, self._moving_box),
            Part(10, self._feedback),
        ):
            column.addWidget(part)
        column.addStretch(1)
        answers = QVBoxLayout()
        answers.setContentsMargins(_INSET, _INSET, _INSET, _INSET)
        answers.setSpacing(0)
        answers.addLayout(self._answers)
        self._answers.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SHADOW, SHADOW, SHADOW, SHADOW)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(Hairline())
        whole.addLayout(answers)
        self._head = head
        self._dress()

    def _dress(self) -> None:
        pad = fonts.px(_PAD)
        self._head.setContentsMargins(pad, fonts.px(13), pad, 0)
        self._scroll.column.setContentsMargins(pad, 0, pad, fonts.px(8))

    def sizeHint(self) -> QSize:
        room = self._home.window().size()
        width = min(fonts.px(_WIDTH), room.width() - 2 * _EDGE)
        inner = width - 2 * fonts.px(_PAD)
        tall = self._head.sizeHint().height() + self._rows_height() + 1
        tall += sum(_height(part, inner) for part in self._parts()) + fonts.px(8)
        return QSize(width + 2 * SHADOW, min(tall, room.height() - 2 * _EDGE) + 2 * SHADOW)

    def _rows_height(self) -> int:
        return self._answers.totalSizeHint().height() + 2 * _INSET

    def _parts(self) -> Sequence[QWidget]:
        return [part for part in self._scroll.body.findChildren(Part) if not part.isHidden()]

    def _spot(self, anchor: QRect, window: QWidget, above: int) -> QRect:
        """Below its reason or above it, beside it where neither has the room: the reason stays in sight.

        Where there is no room at all it is as tall as the larger side, and scrolls.
        """
        size = self.sizeHint()
        tall, wide = size.height() - 2 * SHADOW, size.width() - 2 * SHADOW
        under, over = window.height() - anchor.bottom() - _EDGE, anchor.top() - _EDGE
        rtl = is_rtl(self._home.layoutDirection())
        left = anchor.left() - wide - 8 if rtl else anchor.right() + 8
        if tall <= max(under, over):
            return super()._spot(anchor, window, above)
        if _EDGE <= left <= window.width() - _EDGE - wide:
            top = max(_EDGE, min(anchor.top(), window.height() - tall - _EDGE))
            return QRect(left - SHADOW, top - SHADOW, size.width(), size.height())
        room = max(under, over)
        if room < fonts.px(_LOWEST):
            return super()._spot(anchor, window, above)
        left = max(_EDGE, min(anchor.right() - wide if rtl else anchor.left(), window.width() - wide - _EDGE))
        top = anchor.bottom() + 5 if under >= over else anchor.top() - room - 4
        return QRect(left - SHADOW, top - SHADOW, size.width(), room + 2 * SHADOW)


def _height(part: QWidget, width: int) -> int:
    layout = part.layout()
    if layout is None:
        return part.sizeHint().height()
    layout.invalidate()
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


def _held(layout: QLayout | None) -> list[QWidget]:
    """The widgets of a layout, in its order; not by itemAt, see `widgets.tab_order`."""
    parent = layout.parentWidget() if layout is not None else None
    if layout is None or parent is None:
        return []
    widgets = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return sorted((each for each in widgets if layout.indexOf(each) >= 0), key=layout.indexOf)


def _empty(layout: QVBoxLayout) -> None:
    for widget in _held(layout):
        layout.removeWidget(widget)
        widget.hide()
        widget.setParent(None)
        widget.deleteLater()
