"""The log bar with its one-key buttons, and the sheet that grows out of it where there is something to write."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from companion.domain.workspace import LogButton
from ui.commands import Commands, keys_words
from ui.log.minutes import Minutes
from ui.log.viewmodel import DealMove, LogViewModel
from ui.session import Subject
from ui.theme import fonts, icons
from ui.widgets.button import Button
from ui.widgets.card import Hairline
from ui.widgets.chip import Chip
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.labelled_line import LabelledLine
from ui.widgets.line_editor import LineEditor
from ui.widgets.pane import Pane
from ui.widgets.sides import set_margins
from ui.widgets.tab_order import follow_layout
from ui.widgets.text_block import Span

BAR: Final = 64
_KEEP_AFTER_MS: Final = 1500


class LogBar(Pane):
    """The team's log buttons; `wide` puts 'Log' before them and icons on them.

    Where there is too little room for their words, the icons go first, then 'Log', then the keycaps: the words stay.
    """

    def __init__(
        self, commands: Commands, buttons: tuple[LogButton, ...], parent: QWidget | None = None, *, wide: bool = False
    ) -> None:
        super().__init__("surface", ("top",), parent)
        self._wide = wide
        self.setFixedHeight(fonts.px(BAR))
        self._row = QHBoxLayout(self)
        # The last button has no frame: its keycap ends where the frames above it do.
        set_margins(self._row, 32 if wide else 24, 0, 12 if wide else 16, 0)
        self._row.setSpacing(8)
        self._lead = Label(self.tr("Log"), "meta_label", "text2")
        set_margins(self._lead, 0, 0, 4, 0)
        self._row.addWidget(self._lead)
        self._lead.setVisible(wide)
        self.buttons: dict[str, Button] = {}
        self._looks: dict[str, tuple[str, str]] = {}
        for button in buttons:
            if button.records == "note" or button.code == "met":
                continue  # in the menu and the palette; the bar keeps to what a call needs
            self._add(commands, f"log.{button.code}", button.label, button.icon, "normal")
        self._row.addStretch(1)
        self._add(commands, "snooze", self.tr("Snooze"), "alarm-clock", "quiet")

    def set_subject(self, subject: Subject | None) -> None:
        """Whom the buttons would log: without anybody they can't be pressed."""
        self.setEnabled(subject is not None)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedHeight(fonts.px(BAR))
            self._fit(self.width())
        super().changeEvent(event)

    def _fit(self, width: int) -> None:
        """Leaves out what the words have no room for."""
        margins = self._row.contentsMargins()
        room = width - margins.left() - margins.right()
        for icons_on, lead, keys_on in ((1, 1, 1), (0, 1, 1), (0, 0, 1), (0, 0, 0)):
            for command_id, button in self.buttons.items():
                icon, keys = self._looks[command_id]
                button.set_icon(icon if icons_on else "")
                button.set_keys(keys if keys_on else "")
            self._lead.setVisible(self._wide and bool(lead))
            used = sum(button.sizeHint().width() + self._row.spacing() for button in self.buttons.values())
            used -= self._row.spacing()  # there is none after the last
            used += self._lead.sizeHint().width() + self._row.spacing() if self._wide and lead else 0
            if used <= room:
                return

    def _add(self, commands: Commands, command_id: str, words: str, icon: str, variant: str) -> None:
        self._looks[command_id] = icon if self._wide else "", keys_words(commands.action(command_id))
        shown, keys = self._looks[command_id]
        button = Button(words, variant="quiet" if variant == "quiet" else "normal", icon=shown, keys=keys)
        button.clicked.connect(lambda: commands.run(command_id))
        self.buttons[command_id] = button
        self._row.addWidget(button)


class LogSheet(Pane):
    """The sheet over the lower part of the brief. The brief above it stays readable; nothing is modal."""

    left = Signal()
    """The sheet closed: the focus may go back to the list."""

    def __init__(self, model: LogViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", ("top",), parent)
        self._model = model
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_AFTER_MS)
        self._keep.timeout.connect(model.keep)
        self._mark = _Mark()
        self._title = Label("", "heading", elide=True)
        self._took = Minutes()
        self._chips = QHBoxLayout()
        self._chips.setSpacing(8)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.line = LineEditor(
            self.tr("Note and next step"), placeholder=self.tr("What was said, then the next step with its day")
        )
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
        self._took.left.connect(lambda: self.line.setFocus(Qt.FocusReason.OtherFocusReason))
        self.save.clicked.connect(lambda: self._save(False))
        self.save_next.clicked.connect(lambda: self._save(True))
        model.opened.connect(self._opened)
        model.changed.connect(self._show)
        model.closed.connect(self._closed)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._title)
        head.addWidget(self._took)
        head.addStretch(1)
        head.addWidget(Label(self.tr("Esc keeps a draft"), "meta", "text3"))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.save)
        foot.addWidget(self.save_next)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(self._chips)
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

    def _opened(self) -> None:
        self._make_chips()
        button = self._model.button
        self._mark.icon = button.icon if button else "phone-call"
        self.line.set_text(self._model.text)
        self._show()
        follow_layout(self)
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _closed(self) -> None:
        self._keep.stop()
        self._took.close_line()
        self.hide()
        self.left.emit()

    def _make_chips(self) -> None:
        for chip in self._group.buttons():
            self._group.removeButton(chip)
            chip.hide()
            chip.deleteLater()
        outcomes = self._model.button.outcomes if self._model.button else ()
        for number, outcome in enumerate(outcomes, 1):
            chip = Chip(outcome.label, str(number))
            chip.setAccessibleDescription(self.tr("Outcome, key %1").replace("%1", str(number)))
            chip.clicked.connect(lambda checked=False, n=number: self._chosen(n))
            self._group.addButton(chip, number)
            self._chips.addWidget(chip)

    def _chosen(self, number: int) -> None:
        self._model.choose(number)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

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
            self._step.set_value([Span(self.tr("None. Write one after a comma, with its day"), "body", "text3")])
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
