"""Editing the details of a page: what stands in each field, and saving one as an act that can be undone."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from companion.domain import details
from companion.domain.words import one_line, shortened
from companion.queries.details import EditableField, editable
from ui.session import Session, Subject


class DetailsViewModel(QObject):
    """Lives on the UI thread."""

    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def fields(self, subject: Subject) -> tuple[EditableField, ...]:
        """What can be edited of a person, company or deal."""
        with self._session.database.read() as rows:
            return editable(rows, subject.kind, subject.id)

    def save(self, subject: Subject, field: EditableField, typed: str) -> str:
        """Saves what was typed into a field. What is wrong with it, in words; '' when it is saved."""
        from companion.actions.change_details import change_detail

        if one_line(typed) == field.text:
            return ""
        try:
            value = details.read(subject.kind, field.name, typed, self._session.clock())
        except details.Refused as problem:
            return str(problem)
        shown = shortened(str(value), 40)
        said = self.tr("%1 of %2 is now %3") if value is not None else self.tr("%1 of %2 is empty now")
        said = said.replace("%1", field.label).replace("%2", shortened(subject.name, 40)).replace("%3", shown)
        done = change_detail(self._session.desk(), subject.kind, subject.id, field.name, value, said)
        self.done.emit(done.words, done.gesture_id)
        return ""
