"""What trying out the CRM showed, read before anything is stored: who the rep is there, what is open, what is off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from companion.domain.account import crm_name
from companion.domain.finding import Finding
from companion.domain.language import tr
from companion.domain.records import Kind
from companion.domain.rights import WORKED_WITH, right_finding, right_words
from companion.domain.skew import is_off, skew_advice, skew_words
from companion.domain.sunset import sunset_words
from companion.domain.text import plain_name
from companion.domain.trial import Right, Trial
from ui.connect.finding_row import FindingRow
from ui.connect.part import Part
from ui.connect.viewmodel import ConnectViewModel, Step
from ui.theme import fonts
from ui.theme.tokens import Tone
from ui.widgets.button import Button
from ui.widgets.card import Card
from ui.widgets.heard import announce
from ui.widgets.label import Label
from ui.widgets.paragraph import Paragraph
from ui.widgets.strip import Strip

_LONGEST_NOTE = 300


class TrialReport(Part):
    """Enter goes on, Escape goes back to the form; nothing is stored before."""

    def __init__(self, model: ConnectViewModel) -> None:
        super().__init__()
        self._model = model
        self._shown: Trial | None = None
        self._title = Label("", "hero", elide=True)
        self._who = Paragraph("", tint="text2")
        self._open = Label(self.tr("What is open to you there"), "section", "text2")
        self._rights = Card()
        self._rights.column.setContentsMargins(14, 8, 14, 8)
        self._rights.column.setSpacing(0)
        self._rights.setAccessibleName(self.tr("What is open to you there"))
        self._clock = Strip()
        self._notes = Paragraph("", role="meta", tint="text2")
        self._next = Paragraph("")
        self.go = Button("", variant="primary", keys="↵")
        self.go.clicked.connect(model.confirm)
        self.back = Button("", variant="quiet", keys="Esc")
        self.back.clicked.connect(model.go_back)
        self._wait = Label("", "meta", "text2", elide=True)
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, fonts.px(56), 0, 24)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._who)
        column.addWidget(self._clock)
        column.addSpacing(10)
        column.addWidget(self._open)
        column.addWidget(self._rights)
        column.addWidget(self._notes)
        column.addSpacing(8)
        column.addWidget(self._next)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.go)
        row.addWidget(self.back)
        row.addWidget(self._wait, 1)
        column.addLayout(row)
        column.addStretch(1)

    def show_state(self) -> None:
        """Shows what the view-model says."""
        model, trial = self._model, self._model.trial
        if trial is None:
            self._shown = None
            return
        if trial is not self._shown:
            self._shown = trial
            self._show(trial)
        storing = model.step is Step.STORING
        self._next.set_text(next_words(whole_team=model.form.whole_team))
        self.go.setText(self.tr("Bring my book here"))
        self.go.setEnabled(not storing)
        self.back.setText(self.tr("Cancel") if storing else self.tr("Back"))
        self._wait.set_text(self.tr("Making the encrypted copy…") if storing else "")

    def take_focus(self) -> QWidget:
        """To what Enter does; read aloud, the page says how it went."""
        target = self.back if self._model.step is Step.STORING else self.go
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._shown is not None and self._model.step is Step.REPORT:
            announce(self, f"{self._title.full_text}. {self._who.text}")
        return target

    def _show(self, trial: Trial) -> None:
        self._title.set_text(tr("{crm} lets you in", crm=crm_name(trial.account.connector)))
        self._who.set_text(who_words(trial))
        near = Qt.FindChildOption.FindDirectChildrenOnly
        for row in self._rights.findChildren(FindingRow, options=near):
            self._rights.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for kind in WORKED_WITH:
            row = _row(kind, trial.rights.get(kind, Right.NONE))
            self._rights.column.addWidget(row)
            row.show()  # else it comes one turn later, on a page that is read aloud now
        skew = trial.skew_s if is_off(trial.skew_s) else None
        self._clock.setVisible(skew is not None)
        if skew is not None:
            self._clock.set_reason(f"{skew_words(skew)} {skew_advice()}", "", "warn", "clock")
        notes = "\n".join(note_words(trial))
        self._notes.set_text(notes)
        self._notes.setVisible(bool(notes))


def _row(kind: Kind, right: Right) -> FindingRow:
    found: Finding = right_finding(kind, right)
    tone: Tone = "warn" if not found.well else "none" if right is Right.NONE else "good"
    return FindingRow(found.what, found.advice, tone, right_words(right))


def who_words(trial: Trial) -> str:
    """'You are Ana Sol at crm.example. It is version 19.0.'"""
    name = plain_name(trial.user_name) or plain_name(trial.account.user) or trial.user_id
    place = trial.account.url.partition("://")[2] or trial.account.url
    who = tr("You are {name} at {place}.", name=name, place=place) if place else tr("You are {name}.", name=name)
    version = plain_name(trial.version, 40)
    return f"{who} {tr('It is version {version}.', version=version)}" if version else who


def note_words(trial: Trial) -> list[str]:
    """What else the CRM said of itself, each a sentence."""
    notes = [*(plain_name(each, _LONGEST_NOTE) for each in trial.notes), sunset_words(trial.sunset)]
    return [each for each in notes if each]


def next_words(*, whole_team: bool) -> str:
    """What Enter does now."""
    if whole_team:
        return tr(
            "Nothing is stored yet. Companion will bring everyone’s records that you may see to this computer, "
            "encrypted."
        )
    return tr("Nothing is stored yet. Companion will bring your own records to this computer, encrypted.")
