"""Which field of the CRM each of ours is taken from, what can be chosen instead, and what else can be shown.

A choice is kept at once and takes effect with the next sync, which is asked for; so does taking it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from companion.actions.desk import Done
from companion.actions.map_field import map_field, map_outcome, show_field
from companion.domain.field_map import CrmField
from companion.domain.records import Kind
from companion.domain.workspace import Workspace
from companion.queries.crm_fields import Fields, OurField, OurOutcome, crm_fields_now
from ui.fields import words
from ui.session import Session

FIRST: Final = 8
"""Further fields that are listed before the rep asks for all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of what can be chosen: its words, a detail, and the CRM's name; None is "as it ships"."""

    words: str
    detail: str
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A field of ours, or an outcome: where it comes from, in words. `own` is the team's choice, `missing` nothing,
    `open` whether there is something to choose."""

    id: tuple[str, str]
    words: str
    value: str
    note: str
    own: bool = False
    missing: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class Further:
    """A field of the CRM that is none of ours."""

    id: tuple[Kind, str]
    words: str
    note: str
    shown: bool


class FieldsViewModel(QObject):
    """Lives on the UI thread."""

    moved = Signal()
    done = Signal(str, object)
    """What was chosen, for the toast, and the gesture that undoes it."""
    sync_wanted = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._all = False
        self._now = Fields((), (), (), (), False)

    @property
    def told(self) -> bool:
        """Whether the CRM has told its fields."""
        return self._now.told

    @property
    def more(self) -> int:
        """How many further fields are not listed yet."""
        return 0 if self._all else max(0, len(self._now.further) - FIRST)

    def load(self) -> None:
        """Reads how it is agreed on now."""
        workspace = self._session.workspace
        now = crm_fields_now(self._session.database, _outcomes(workspace), workspace.field_map)
        if now != self._now:
            undone, self._now = self._now.told and _choices(self._now) != _choices(now), now
            self.moved.emit()
            if undone:  # or done again: what is chosen here is asked for anyway
                self.sync_wanted.emit()

    def show_all(self) -> None:
        """Lists all further fields."""
        self._all = True
        self.moved.emit()

    def groups(self) -> tuple[tuple[str, tuple[Row, ...]], ...]:
        """Our fields under the kinds, and the outcomes of calls where the CRM has a list of its own."""
        if not self.told:
            return ()
        kinds = dict.fromkeys(each.kind for each in self._now.ours)
        groups = [(words.kind(k), tuple(self._row(e) for e in self._now.ours if e.kind is k)) for k in kinds]
        outcomes = tuple(self._outcome_row(each) for each in self._now.outcomes)
        return (*groups, *([(self.tr("Outcomes of calls"), outcomes)] if outcomes else []))

    def further(self) -> tuple[Further, ...]:
        """Fields of the CRM that are none of ours."""
        listed = self._now.further if self._all else self._now.further[:FIRST]
        return tuple(
            Further((each.field.kind, each.field.theirs), each.field.label, words.where_filled(each.field), each.shown)
            for each in listed
        )

    def choices(self, row: Row) -> tuple[Choice, ...]:
        """What can be chosen for a row, "as it ships" first."""
        first = Choice(self.tr("As it ships"), "", None)
        if row.id[0] == "outcome":
            return (first, *(Choice(each, "", each) for each in self._now.outcome_choices))
        its = self._ours(row.id)
        return (first, *(Choice(each.label, words.how_filled(each), each.theirs) for each in its.choices))

    def choose(self, row: Row, choice: Choice) -> None:
        """Takes the row from there."""
        desk, shipped = self._session.desk(), self._session.workspace.field_map
        act = self.tr("%1 comes from “%2”") if choice.theirs else self.tr("%1 is as it ships")
        said = self.tr("%1 comes from “%2” with the next sync") if choice.theirs else act
        act, said = (each.replace("%1", row.words).replace("%2", choice.words) for each in (act, said))
        if row.id[0] == "outcome":
            done = map_outcome(desk, row.id[1], choice.theirs, act, shipped)
        else:
            done = map_field(desk, Kind(row.id[0]), row.id[1], choice.theirs, act, shipped)
        self._took(done, said)

    def toggle(self, further: Further) -> None:
        """Lets a further field stand beside each record, or no more."""
        (kind, theirs), shipped = further.id, self._session.workspace.field_map
        said = self.tr("“%1” is no longer shown") if further.shown else self.tr("“%1” is shown on each page")
        said = said.replace("%1", further.words)
        self._took(show_field(self._session.desk(), kind, theirs, not further.shown, said, shipped), said)

    def _took(self, done: Done | None, said: str) -> None:
        if done is not None:
            self.load()  # which asks for a sync
            self.done.emit(said, done.gesture_id)

    def _ours(self, row_id: tuple[str, str]) -> OurField:
        return next(each for each in self._now.ours if (each.kind, each.name) == row_id)

    def _row(self, field: OurField) -> Row:
        now = field.theirs
        nothing = self.tr("As it ships") if field.asked else self.tr("Not in this CRM")
        value = now.label if now is not None else nothing
        note = self._note(now) if field.own else ""
        can = field.own or bool(field.choices)
        return Row((field.kind, field.name), words.field(field.name), value, note, field.own, value is nothing, can)

    def _note(self, now: CrmField | None) -> str:
        filled = words.how_filled(now) if now is not None else ""
        chosen = self.tr("Your choice")
        return f"{chosen} · {filled}" if filled else chosen

    def _outcome_row(self, outcome: OurOutcome) -> Row:
        value = outcome.theirs or self.tr("As it ships")
        note = self.tr("Your choice") if outcome.theirs else ""
        return Row(("outcome", outcome.code), outcome.words, value, note, outcome.theirs is not None)


def _choices(fields: Fields) -> tuple[object, ...]:
    """What the team chose, to tell whether it has moved."""
    ours = tuple((each.kind, each.name, each.theirs.theirs) for each in fields.ours if each.own and each.theirs)
    shown = tuple((each.field.kind, each.field.theirs) for each in fields.further if each.shown)
    return ours, tuple((each.code, each.theirs) for each in fields.outcomes), shown


def _outcomes(workspace: Workspace) -> list[tuple[str, str]]:
    """The outcomes of calls that the team's buttons record, by code and in words."""
    found: dict[str, str] = {}
    for button in workspace.buttons:
        if button.records == "call":
            if button.outcome:
                found.setdefault(button.outcome, button.label)
            for chip in button.outcomes:
                found.setdefault(chip.code, chip.label)
    return list(found.items())
