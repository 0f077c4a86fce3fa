"""The sheet that grows out of the log bar where there is something to write."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.log.minutes import Minutes
from ui.log.viewmodel import DealMove, LogViewModel
from ui.theme import fonts, icons
from ui.widgets.button import Button
from ui.widgets.card import Hairline
from ui.widgets.chip import Chip
from ui.widgets.chip_rows import ChipRows
from ui.widgets.focus import give_back
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.labelled_line import LabelledLine
from ui.widgets.line_editor import LineEditor
from ui.widgets.pane import Pane
from ui.widgets.tab_order import follow_layout
from ui.widgets.text_block import Span

_KEEP_AFTER_MS: Final = 1500
_HEAD_GAP: Final = 8
_ABOVE_AND_BELOW: Final = (16, 8)
_BETWEEN: Final = (12, 4)
"""Pixels round what the sheet holds, and where there is hardly any room."""


class LogSheet(Pane):
    """The sheet over the lower part of the brief. The brief above it stays readable; nothing is modal."""

    left = Signal()
    """The sheet closed: the focus may go back to the list."""

    def __init__(self, model: LogViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", ("top",), parent)
        self._model = model
        self._keep = model.timer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_AFTER_MS)
        self._keep.timeout.connect(model.keep)
        self._tight = False
        self._mark = _Mark()
        self._title = Label("", "heading", elide=True)
        self._took = Minutes()
        self._chips = ChipRows()
        self._keeps = Label(self.tr("Esc keeps a draft"), "meta", "text3")
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.line = LineEditor(self.tr("Note and next step"))
        self._problem = Label("", "meta", "bad", elide=True)
        self._step = LabelledLine(self.tr("Next step"), keys="Tab")
        self._deal = LabelledLine(self.tr("Deal"), keys="Alt D")
        self._rule = Hairline()
        self.save = Button(self.tr("Save"), keys="Ctrl ↵")
        self.save_next = Button(self.tr("Save and next"), variant="primary", keys="↵")
        self._lay_out()
        self.line.textChanged.connect(self._typed)
        self.line.entered.connect(lambda: self._save(True))
        self.line.entered_with_ctrl.connect(lambda: self._save(False))
        self.line.escaped.connect(model.escape)
        self.line.span_refused.connect(model.refuse)
        self.line.installEventFilter(self)
        self._took.chosen.connect(model.set_minutes)
        self._took.wrong.connect(self._say_problem)
        self._took.left.connect(lambda: give_back(self.line))
        self.save.clicked.connect(lambda: self._save(False))
        self.save_next.clicked.connect(lambda: self._save(True))
        model.changed.connect(self._show)
        model.closed.connect(self._closed)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(_HEAD_GAP)
        head.addWidget(self._mark)
        head.addWidget(self._title)
        head.addWidget(self._took)
        head.addStretch(1)
        head.addWidget(self._keeps)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.save)
        foot.addWidget(self.save_next)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, _ABOVE_AND_BELOW[0], 24, _ABOVE_AND_BELOW[0])
        column.setSpacing(_BETWEEN[0])
        column.addLayout(head)
        column.addWidget(self._chips)
        column.addWidget(self.line)
        column.addWidget(self._problem)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        for each in (self._step, self._rule, self._deal):
            lines.addWidget(each)
        column.addLayout(lines)
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Numbers choose a chip while nothing is written yet; Alt with a number does at any time."""
        if watched is self.line and event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # These are the sheet's, whatever letter the language gives to a menu.
            alt_only = event.modifiers() == Qt.KeyboardModifier.AltModifier
            if alt_only and (event.key() in (Qt.Key.Key_D, Qt.Key.Key_M) or self._is_chip(event)):
                event.accept()
                return True
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            number = event.key() - Qt.Key.Key_0
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if self._is_chip(event) and (alt or (plain and not self.line.text)):
                self._model.choose(number)
                return True
            if alt and event.key() == Qt.Key.Key_D:
                self._model.toggle_deal()
                return True
            if alt and event.key() == Qt.Key.Key_M and not self._took.isHidden():
                self._took.edit()
                return True
            if event.key() == Qt.Key.Key_Tab and plain and self._write_step():
                return True
        return super().eventFilter(watched, event)

    def _is_chip(self, event: QKeyEvent) -> bool:
        return 1 <= event.key() - Qt.Key.Key_0 <= len(self._group.buttons())

    def fit_height(self, room: int) -> None:
        """Has `room` logical pixels, if that is possible: with little room the line shows fewer lines at once."""
        self.line.show_within(room - (self.sizeHint().height() - self.line.sizeHint().height()))

    def set_tight(self, tight: bool) -> None:
        """With hardly any room everything moves together, until the sheet is opened anew or has another width."""
        layout = self.layout()
        if tight is self._tight or layout is None:
            return
        self._tight = tight
        margins, edge = layout.contentsMargins(), _ABOVE_AND_BELOW[tight]
        layout.setContentsMargins(margins.left(), edge, margins.right(), edge)
        layout.setSpacing(_BETWEEN[tight])
        for each in (self._step, self._deal):
            each.set_tight(tight)

    def take_focus(self) -> None:
        """What is typed next goes into the line."""
        give_back(self.line, Qt.FocusReason.ShortcutFocusReason)

    def _write_step(self) -> bool:
        """Tab writes the planned step into the line, to be changed there; once it stands there Tab goes on."""
        words = self._model.planned_words
        if not words:
            return False
        self.line.set_text(f"{self.line.text.rstrip(' ,')}, {words}" if self.line.text.strip() else words)
        return True

    def _say_problem(self, words: str) -> None:
        said = words or self._model.problem
        if said != self._problem.full_text:
            announce(self.line, said)
        self._problem.set_text(said)
        self._problem.setVisible(bool(said))

    def open(self) -> None:
        """Shows what the model has opened."""
        self.set_tight(False)
        self._make_chips()
        button = self._model.button
        self._mark.icon = button.icon if button else "phone-call"
        self.line.set_hint(self._model.hint)
        self.line.set_text(self._model.text)
        self.save.setVisible(not self._model.is_plan)
        self.save_next.setText(self.tr("Save") if self._model.is_plan else self.tr("Save and next"))
        self._show()
        follow_layout(self)
        self.show()
        self.take_focus()

    def _closed(self) -> None:
        self._keep.stop()
        self._took.close_line()
        self.hide()
        self.left.emit()

    def _make_chips(self) -> None:
        for old in self._group.buttons():
            self._group.removeButton(old)
        outcomes = self._model.button.outcomes if self._model.button else ()
        chips = []
        for number, outcome in enumerate(outcomes, 1):
            chip = Chip(outcome.label, str(number))
            chip.setAccessibleDescription(self.tr("Outcome, key %1").replace("%1", str(number)))
            chip.clicked.connect(lambda checked=False, n=number: self._chosen(n))
            self._group.addButton(chip, number)
            chips.append(chip)
        self._chips.fill(chips)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.set_tight(False)
        self._fit_head()

    def _fit_head(self) -> None:
        """With whom is read before what Esc does, which the shortcut sheet tells too."""
        layout = self.layout()
        margins = layout.contentsMargins() if layout is not None else self.contentsMargins()
        parts = [self._mark, self._title, self._keeps, *([] if self._took.isHidden() else [self._took])]
        words = sum(part.sizeHint().width() + _HEAD_GAP for part in parts)
        self._keeps.setVisible(words <= self.width() - margins.left() - margins.right())

    def _chosen(self, number: int) -> None:
        self._model.choose(number)
        give_back(self.line)

    def _typed(self) -> None:
        self._model.type(self.line.text)
        self._keep.start()

    def _save(self, go_on: bool) -> None:
        self._keep.stop()
        self._model.save(go_on=go_on)

    def _show(self) -> None:
        model = self._model
        self._title.set_text(model.title)
        self._took.set_seconds(model.duration_s)
        self._took.setVisible(model.takes_time)
        self._fit_head()
        outcomes = model.button.outcomes if model.button else ()
        for number, outcome in enumerate(outcomes, 1):
            chip = self._group.button(number)
            if chip is not None:
                chip.setChecked(outcome is model.outcome)
        self.line.set_spans(model.line.spans)
        self._say_problem(model.problem)
        step, when = model.step_words
        if step:
            self._step.set_value(
                [Span(step, "label", "text"), Span(when, "body", "warn" if model.is_a_guess else "text2")]
            )
        else:
            self._step.set_value([Span(model.no_step_words, "body", "text3")])
        move = model.move
        shows_deal = move is not None
        self._deal.setVisible(shows_deal)
        self._rule.setVisible(shows_deal)
        if move is not None:
            self._deal.set_value(_move_words(move, model.moves_deal, self.tr("stays"), self.tr("closes %1")))


def _move_words(move: DealMove, moves: bool, stays: str, closes: str) -> list[Span]:
    if not moves:
        return [Span(move.before, "body", "text"), Span(stays, "body", "text3")]
    arrow = "←" if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft else "→"
    spans = [Span(move.before, "body", "text2"), Span(arrow, "body", "text2"), Span(move.after, "label", "text")]
    return [*spans, Span(closes.replace("%1", move.closes), "body", "text2")] if move.closes else spans


class _Mark(QWidget):
    """The button's icon, green: a touch is being logged."""

    def __init__(self) -> None:
        super().__init__()
        self.icon = "phone-call"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(fonts.px(18), fonts.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        icons.paint(QPainter(self), QRectF(self.rect()), self.icon, "good", fonts.px(18))
