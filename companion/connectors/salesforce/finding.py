"""Finding out whether a create landed: by its mark, in the database and never in an index that lags."""

from __future__ import annotations

from typing import Final

from companion.connectors import hypertext
from companion.connectors.base import Action, ConnectorError, Op, Unreachable
from companion.connectors.salesforce import marks
from companion.connectors.salesforce.activities import NOTE
from companion.connectors.salesforce.cursor import stamp
from companion.connectors.salesforce.mapping import lines, marked
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.session import KEY, Session
from companion.connectors.salesforce.soql import select, text
from companion.connectors.salesforce.wire import Row
from companion.connectors.salesforce.writing import Writing
from companion.connectors.salesforce.writing_activities import title_of

_AROUND_S: Final = 2 * 86_400
"""How far from the op's time its record may have been made: the two clocks need not agree."""
_STILL_RUNNING_S: Final = 60
"""A request whose answer was lost may run for a while: that nothing is there yet proves nothing."""


class Finding:
    """Looks for what ops made."""

    def __init__(self, session: Session, writing: Writing) -> None:
        self._session, self._writing = session, writing

    def surely(self, op: Op) -> str | None:
        """As `find`, but raises Unreachable where it is too early to say no."""
        if op.action is not Action.CREATE:
            raise ConnectorError("only what was created can be looked for")
        found = self.find(op)
        sent = op.first_sent_at
        keyed = marks.place(self._session, self._writing.source(op)) == KEY
        early = sent is not None and 0 <= self._session.now - sent < _STILL_RUNNING_S
        if found is None and early and not keyed:
            raise Unreachable("too early to tell whether it arrived")
        return found

    def find(self, op: Op) -> str | None:
        """The id of what the op made; None where there is none."""
        source = self._writing.source(op)
        field = marks.place(self._session, source) if source else None
        if not source:
            return None
        if field is not None:
            rows = self._rows(select(["Id"], source, [f"{field} = {text(marks.value(field, op.id))}"]))
            return next((str(row["Id"]) for row in rows), None)
        return self._by_text(op, source)

    def _by_text(self, op: Op, source: str) -> str | None:
        where = [f"CreatedById = {text(self._session.me.id)}", f"CreatedDate >= {stamp(op.at - _AROUND_S)}"]
        if source == NOTE:
            named = f"Title = {text(title_of(op.fields))}"
            rows = self._rows(select(["Id"], source, [*where, named], "CreatedDate DESC"))
            return next((str(row["Id"]) for row in rows if self._note_of(str(row["Id"])) == op.id), None)
        rows = self._rows(select(["Id", "Description"], source, where, "CreatedDate DESC"))
        return next((str(row["Id"]) for row in rows if marked(lines(row, "Description"))[1] == op.id), None)

    def _note_of(self, remote_id: str) -> str | None:
        try:
            html = self._session.wire.blob(f"/sobjects/{NOTE}/{remote_id}/Content").decode("utf-8", "replace")
        except Refusal as refusal:
            if refusal.gone:
                return None
            raise refusal.for_reading() from refusal
        return marked(hypertext.plain(html).body)[1]

    def _rows(self, statement: str) -> list[Row]:
        try:
            return self._session.wire.rows(statement)
        except Refusal as refusal:
            raise refusal.for_reading() from refusal
