"""Notes: a list of them has neither their text nor what they hang on, so both are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from companion.connectors.base import Upsert
from companion.connectors.salesforce import activities
from companion.connectors.salesforce.cursor import instant
from companion.connectors.salesforce.mapping import Known
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.session import Session
from companion.connectors.salesforce.soql import any_of, is_id, select
from companion.connectors.salesforce.wire import Row

WHOLE_S: Final = 180 * 86_400
"""Each text costs a call: of notes that nobody has touched for so long, only the beginning is read."""
_AT_ONCE: Final = 400
_REMEMBERED: Final = 200
_SETTLED_S: Final = 5


class Notes:
    """Reads what belongs to notes."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._texts: dict[tuple[str, str, str], str] = {}

    def mapper(self, rows: Sequence[Row], known: Known) -> Callable[[Row], Upsert | None]:
        """What makes an activity of each of the rows. A note that hangs on no record of a book is none."""
        linked = self.links(
            [str(row["Id"]) for row in rows if is_id(row.get("Id")) and row.get("IsDeleted") is not True]
        )

        def mapped(row: Row) -> Upsert | None:
            on = linked.get(str(row["Id"]), [])
            return activities.note(row, known, self._text(row, known.now), on) if on else None

        return mapped

    def links(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The records of a book that notes hang on, by note."""
        found: dict[str, list[str]] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = any_of(ids[start : start + _AT_ONCE])
            statement = select(
                ["Id", "ContentDocumentId", "LinkedEntityId"], "ContentDocumentLink", [f"ContentDocumentId IN {some}"]
            )
            for row in self._all(statement):
                target = str(row.get("LinkedEntityId") or "")
                if target[:3] in ("001", "003", "006", "00Q"):
                    found.setdefault(str(row.get("ContentDocumentId")), []).append(target)
        return {note: sorted(targets) for note, targets in found.items()}

    def _all(self, statement: str) -> list[Row]:
        try:
            return self._session.wire.rows(statement.replace(" WHERE ", " WHERE IsDeleted = false AND ", 1))
        except Refusal as refusal:
            raise refusal.for_reading() from refusal

    def _text(self, row: Row, now: int) -> str | None:
        changed = instant(row.get("SystemModstamp")) or instant(row.get("LastModifiedDate")) or 0
        if now - changed > WHOLE_S:
            return None
        state = (
            str(row["Id"]),
            str(row.get("SystemModstamp") or row.get("LastModifiedDate")),
            str(row.get("ContentSize")),
        )
        if state in self._texts:  # windows reach back: the same note comes several times
            return self._texts[state]
        try:
            html = self._session.wire.blob(f"/sobjects/ContentNote/{row['Id']}/Content").decode("utf-8", "replace")
        except Refusal as refusal:
            if refusal.gone or refusal.denied:
                return None
            raise refusal.for_reading() from refusal
        if now - changed > _SETTLED_S:  # within the same second it may change once more
            self._texts[state] = html
            while len(self._texts) > _REMEMBERED:
                self._texts.pop(next(iter(self._texts)))
        return html
