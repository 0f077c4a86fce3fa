"""The page of fields: each of ours with where it comes from, and the CRM's own that can stand beside a record."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.changes import Changes
from ui.fields.row import FieldRow, FurtherRow
from ui.fields.viewmodel import Choice, FieldsViewModel, Row
from ui.session import Subject
from ui.theme import fonts
from ui.widgets.button import Button
from ui.widgets.column_page import ColumnPage
from ui.widgets.label import Label
from ui.widgets.pane import Pane
from ui.widgets.paragraph import Paragraph
from ui.widgets.pick_popup import PickPopup
from ui.widgets.toast_lane import ToastLane

_WIDTH = 720
_LABEL = 150
_AT_ONCE = 9
"""Choices behind a digit each; what does not fit comes behind the last key."""


class FieldsPage(Pane):
    """Up and down go from field to field, Enter opens what can be chosen."""

    def __init__(self, model: FieldsViewModel, parent: QWidget | None = None) -> None:
        super().__init__("surface", (), parent)
        self.setAccessibleName(self.tr("Fields of the CRM"))
        self.model = model
        self.rows: dict[tuple[str, str], FieldRow] = {}
        self.further: list[FurtherRow] = []
        self.popup = PickPopup(self)
        self.popup.chosen.connect(self._chosen)
        self._asked: Row | None = None
        self._offered: tuple[Choice, ...] = ()
        self._from = self._listed = 0
        self._all: QVBoxLayout | None = None
        self._more: QVBoxLayout | None = None
        self._below = QVBoxLayout()
        self.page = ColumnPage(width=_WIDTH, centred=False)
        self.page.setObjectName("pane")
        self.lane = ToastLane(self.page)
        self._column = QVBoxLayout(self.page.middle)
        self._column.setContentsMargins(0, 24, 0, 32)
        self._lay_out()
        model.moved.connect(self._show)

    def enter(self) -> None:
        """Shows how it is agreed on now and takes the focus."""
        self.model.load()
        if not self.rows:
            self._show()
        first = next((line for line in self.rows.values() if line.button.isEnabled()), None)
        (first.button if first is not None else self.page).setFocus(Qt.FocusReason.OtherFocusReason)

    def subject(self) -> Subject | None:
        """Nobody: a key here never logs a call."""
        return None

    def changed(self, changes: Changes) -> None:
        """Something was committed: perhaps the CRM has told its fields."""
        if not self.popup.is_open:
            self.model.load()

    def _lay_out(self) -> None:
        head = Pane("surface", ("bottom",))
        top = QVBoxLayout(head)
        top.setContentsMargins(24, 18, 24, 14)
        top.setSpacing(0)
        top.addWidget(Label(self.tr("Fields of the CRM"), "title"))
        top.addWidget(
            Paragraph(
                self.tr("Which field of your CRM is which of Companion’s. Nothing in the CRM is changed."),
                role="meta",
                tint="text2",
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.page, 1)
        column.addWidget(self.lane)

    # What is shown ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        """The same rows show what they are now; others are made, and the focus stays where it was."""
        groups = self.model.groups()
        ids = [row.id for _, rows in groups for row in rows]
        further = self.model.further()
        if ids != list(self.rows) or not ids:
            self._make()
        elif [each.id for each in further] != [
            each.further.id for each in self.further
        ] or self._listed != self.model.more:
            self._make_further()
        for _, rows in groups:
            for row in rows:
                self.rows[row.id].show_row(row)
        for line, each in zip(self.further, further):
            line.show_further(each)

    def _make(self) -> None:
        held = self.window().focusWidget() if self.isVisible() else None
        at = next((row_id for row_id, line in self.rows.items() if line.button is held), None)
        self.rows = {}
        self._all = column = _fresh(self._column, self._all)
        if not self.model.told:
            words = self.tr("The CRM has not told its fields yet. They are here after the next sync.")
            column.addWidget(Paragraph(words, tint="text2"))
        else:
            self._fill(column)
        column.addStretch(1)
        if at in self.rows:
            self.rows[at].button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self, column: QVBoxLayout) -> None:
        start = self._start()
        for title, rows in self.model.groups():
            column.addWidget(Label(title, "heading"))
            for row in rows:
                line = FieldRow(row, start)
                line.asked.connect(self._open)
                column.addWidget(line)
                self.rows[row.id] = line
            column.addSpacing(18)
        self._below = QVBoxLayout()
        column.addLayout(self._below)
        self._more = None
        self._make_further()

    def _make_further(self) -> None:
        """Only what stands below is made anew: the row that the rep is at stays where it is."""
        self.further, self._listed = [], self.model.more
        self._more = column = _fresh(self._below, self._more)
        if not self.model.further():
            return
        column.addWidget(Label(self.tr("More fields of your CRM"), "heading"))
        about = self.tr("These are none of Companion’s. What you show stands beside each record, to be read.")
        column.addWidget(Paragraph(about, role="meta", tint="text3"))
        for each in self.model.further():
            line = FurtherRow(each)
            line.toggled.connect(self.model.toggle)
            column.addWidget(line)
            self.further.append(line)
        if self.model.more:
            more = Button(self.tr("Show all (%1 more)").replace("%1", str(self.model.more)), variant="quiet")
            more.clicked.connect(self.model.show_all)
            row = QHBoxLayout()
            row.setContentsMargins(0, 6, 0, 0)
            row.addWidget(more)
            row.addStretch(1)
            column.addLayout(row)

    def _start(self) -> int:
        """Where the buttons begin: behind the longest of the labels, in any language."""
        labels = [row.words for _, rows in self.model.groups() for row in rows]
        return max(fonts.px(_LABEL), *(round(fonts.width(each, "body")) + fonts.px(16) for each in labels))

    # Choosing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, row: Row) -> None:
        self._asked, self._offered, self._from = row, self.model.choices(row), 0
        self._offer()

    def _offer(self) -> None:
        """Nine at a time, each behind a digit; the zero leads on to the next."""
        if self._asked is None:
            return
        some = self._offered[self._from : self._from + _AT_ONCE]
        picks = [(str(number), each.words, each.detail) for number, each in enumerate(some, 1)]
        if len(self._offered) > self._from + _AT_ONCE:
            picks.append(("0", self.tr("More…"), ""))
        button = self.rows[self._asked.id].button
        anchor = QRect(button.mapTo(self, QPoint(0, 0)), button.size())
        self.popup.open(anchor, self.tr("%1 comes from").replace("%1", self._asked.words), picks)

    def _chosen(self, number: int) -> None:
        if self._asked is None:
            return
        if number == _AT_ONCE:
            self._from += _AT_ONCE
            self._offer()
        else:
            self.model.choose(self._asked, self._offered[self._from + number])


def _fresh(column: QVBoxLayout, before: QVBoxLayout | None) -> QVBoxLayout:
    """An empty column inside of `column`, in the place of the one before; no layout is asked for its items."""
    old = before.parentWidget() if before is not None else None
    if old is not None:
        column.removeWidget(old)
        old.hide()
        old.deleteLater()
    box = QWidget()
    made = QVBoxLayout(box)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(4)
    column.addWidget(box)
    return made
