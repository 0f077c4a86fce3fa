"""The strip in the brief about what stands between the rep and the CRM: both values kept, or a change not accepted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from companion.domain.changes import Changes
from companion.queries.disputes import Dispute, dispute
from ui.session import Session, Subject
from ui.widgets.sides import set_margins
from ui.widgets.strip import Strip


class DisputeStrip(QWidget):
    """Follows the selection by `show_subject`; takes no room while there is nothing to decide."""

    done = Signal(str, object)
    """Words for the toast, and the gesture that asks again; None where nothing was decided."""
    look = Signal(str, str)
    """The change that the rep wants to look at, and the field that the CRM asks for."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, inset: int = 0) -> None:
        super().__init__(parent)
        self._session = session
        self._subject: Subject | None = None
        self._shown: Dispute | None = None
        self.strip = Strip()
        column = QVBoxLayout(self)
        set_margins(column, inset, 14 if inset else 18, inset, 0)
        column.addWidget(self.strip)
        self.hide()

    def show_subject(self, subject: Subject | None) -> None:
        """Whom the brief shows now."""
        self._subject = subject
        self._look_again()

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        if changes.outbox or changes.records:
            self._look_again()

    def _look_again(self) -> None:
        subject, session = self._subject, self._session
        found: Dispute | None = None
        if subject is not None:
            about = {each for each in (subject.id, subject.person_id, subject.deal_id) if each}
            with session.database.read() as rows:
                found = dispute(rows, about, session.clock(), session.zone)
        if found != self._shown:
            self._shown = found
            self._say(found)
        self.setVisible(found is not None)

    def _say(self, found: Dispute | None) -> None:
        if found is None:
            return
        self.strip.set_reason(
            found.words,
            "",
            "info" if found.theirs is not None else "bad",
            "users" if found.theirs is not None else "circle-alert",
        )
        if found.theirs is None:
            (look,) = self.strip.set_actions(found.look)
            look.clicked.connect(lambda: self.look.emit(found.op_id, found.field))
            return
        mine, theirs = self.strip.set_actions(found.keep_mine, found.keep_theirs)
        mine.clicked.connect(lambda: self._settle(found, mine=True))
        theirs.clicked.connect(lambda: self._settle(found, mine=False))

    def _settle(self, found: Dispute, *, mine: bool) -> None:
        from companion.actions.resolve_conflict import keep_theirs, use_mine

        desk = self._session.desk()
        done = use_mine(desk, found.op_id, dict(found.theirs or {})) if mine else keep_theirs(desk, found.op_id)
        self._look_again()
        if done is None:
            self.done.emit(self.tr("It had moved on meanwhile: look again"), None)
        else:
            self.done.emit(done.words, done.gesture_id)
