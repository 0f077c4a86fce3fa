"""What one key does to a person or deal besides logging: stage, close date, amount, next step, won, lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.domain import words
from ui.session import Session, Subject

if TYPE_CHECKING:
    from companion.domain.dates import DateFound


class Deeds(QObject):
    """Acts at once and says what was done. Lives on the UI thread."""

    done = Signal(str, object)
    """Words for the toast and the gesture that undoes it."""
    said = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def move_stage(self, subject: Subject, by: int) -> None:
        """To the next open stage of the deal's pipeline, or back."""
        from companion.actions.change_deal import move_stage

        with self._session.database.read() as rows:
            stages = rows.all(
                """SELECT s.id, s.name, s.id = d.stage_id FROM deals AS d
                   JOIN stages AS now ON now.id = d.stage_id
                   JOIN stages AS s ON s.pipeline_id IS now.pipeline_id AND s.gone IS NULL
                   WHERE d.id = ? AND (s.outcome IS NULL OR s.outcome = 'open') ORDER BY s.position, s.n""",
                (subject.deal_id,),
            )
        here = next((i for i, stage in enumerate(stages) if stage[2]), None)
        if subject.deal_id is None or here is None:
            self.said.emit(self.tr("%1 has no open deal to move").replace("%1", subject.name))
            return
        if not 0 <= here + by < len(stages):
            self.said.emit(self.tr("%1 is the last stage on that side").replace("%1", stages[here][1]))
            return
        stage_id, name, _ = stages[here + by]
        done = move_stage(self._session.desk(), subject.deal_id, stage_id, self.tr("Moved to %1").replace("%1", name))
        self.done.emit(done.words, done.gesture_id)

    def set_close_date(self, subject: Subject, day: dt.date) -> None:
        """Sets the day on which the deal closes."""
        from companion.actions.change_deal import set_close_date

        if subject.deal_id is None:
            self.said.emit(self.tr("%1 has no open deal to date").replace("%1", subject.name))
            return
        said = self.tr("%1 closes %2").replace("%1", subject.deal_name or self.tr("The deal"))
        said = said.replace("%2", words.dated(day, self._today()))
        done = set_close_date(self._session.desk(), subject.deal_id, day, said)
        self.done.emit(done.words, done.gesture_id)

    def amount_of(self, subject: Subject) -> tuple[int | None, str | None]:
        """The deal's amount in hundredths, and its currency."""
        with self._session.database.read() as rows:
            row = rows.one("SELECT amount, currency FROM deals WHERE id = ?", (subject.deal_id,))
        return (row[0], row[1]) if row else (None, None)

    def set_amount(self, subject: Subject, hundredths: int | None) -> None:
        """Sets what the deal is worth, in its own currency; None takes the amount away."""
        from companion.actions.change_deal import set_amount
        from companion.domain.words import money

        if subject.deal_id is None:
            return
        name = subject.deal_name or self.tr("The deal")
        if hundredths is None:
            said = self.tr("%1 has no amount now").replace("%1", name)
        else:
            worth = money(hundredths, self.amount_of(subject)[1])
            said = self.tr("%1 is worth %2").replace("%1", name).replace("%2", worth)
        done = set_amount(self._session.desk(), subject.deal_id, hundredths, said)
        self.done.emit(done.words, done.gesture_id)

    def finish_step(self, subject: Subject) -> None:
        """Keeps the oldest open promise of ours, or finishes the next step where there is none."""
        from companion.actions.next_step import complete_step

        with self._session.database.read() as rows:
            step = rows.one(
                """SELECT id, subject FROM activities WHERE (person_id = ? OR deal_id = ?)
                   AND what = 'task' AND done = 0
                   AND gone IS NULL AND promise IS NOT 'theirs'
                   ORDER BY promise IS NOT 'mine', due_on IS NULL, due_on, due_at, n LIMIT 1""",
                (subject.person_id, subject.deal_id),
            )
        if step is None:
            self.said.emit(self.tr("%1 has no open next step").replace("%1", subject.name))
            return
        said = self.tr("Done: %1").replace("%1", words.one_line(step[1]) or self.tr("next step"))
        done = complete_step(self._session.desk(), step[0], said)
        self.done.emit(done.words, done.gesture_id)

    def win(self, subject: Subject) -> None:
        """Closes the deal as won."""
        from companion.actions.change_deal import win

        if subject.deal_id is None:
            self.said.emit(self.tr("%1 has no open deal to close").replace("%1", subject.name))
            return
        said = self.tr("Won: %1").replace("%1", subject.deal_name or subject.name)
        done = win(self._session.desk(), subject.deal_id, said)
        self.done.emit(done.words, done.gesture_id)

    def loss_reasons(self) -> list[tuple[str | None, str]]:
        """Why deals are lost: the CRM's own reasons, else the team's; an id only where the CRM knows the reason."""
        with self._session.database.read() as rows:
            found = rows.all("SELECT id, name FROM loss_reasons WHERE gone IS NULL ORDER BY position, n LIMIT 9")
        return [(each, name or "") for each, name in found] or [
            (None, name) for name in self._session.workspace.loss_reasons
        ]

    def lose(self, subject: Subject, reason_id: str | None, reason: str) -> None:
        """Closes the deal as lost, for a reason."""
        from companion.actions.change_deal import lose

        if subject.deal_id is None:
            return
        said = self.tr("Lost: %1, %2").replace("%1", subject.deal_name or subject.name).replace("%2", reason)
        done = lose(self._session.desk(), subject.deal_id, reason_id, "" if reason_id else reason, said)
        self.done.emit(done.words, done.gesture_id)

    def number_of(self, subject: Subject) -> str:
        """The number to call: the mobile before the desk; '' when there is none."""
        return self._of_person(subject, "coalesce(nullif(mobile, ''), phone)")

    def address_of(self, subject: Subject) -> str:
        """The mail address; '' when there is none."""
        return self._of_person(subject, "email")

    def _of_person(self, subject: Subject, column: str) -> str:
        with self._session.database.read() as rows:
            return str(rows.value(f"SELECT {column} FROM people WHERE id = ?", (subject.person_id,)) or "")

    def read(self, text: str) -> DateFound | None:
        """A day in words, as it is meant now."""
        from companion.domain.dates import parse

        return parse(text, self._session.clock())

    def _today(self) -> dt.date:
        return self._session.clock().date()
