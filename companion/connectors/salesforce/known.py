"""What mapping needs to know of this org, put together from its fields and what the team agreed on."""

from __future__ import annotations

import re
from typing import Final

from companion.connectors.salesforce.mapping import Known
from companion.connectors.salesforce.session import OBJECTS, Session
from companion.domain.field_map import FieldMap

_REASON: Final = re.compile(r"(?:loss|lost).*reason|reason.*(?:loss|lost)|why.*lost", re.IGNORECASE)
_WORDS: Final = re.compile(r"(?:loss|lost).*(?:note|comment|detail|explanation|description)", re.IGNORECASE)


class Knowing:
    """Knows it, as the session's fields stand now."""

    def __init__(self, session: Session, field_map: FieldMap) -> None:
        self._session, self._agreed = session, field_map

    @property
    def field_map(self) -> FieldMap:
        """What the team agreed on, and the field for the words about a loss where it can be told by its label."""
        words = self._labelled(_WORDS, ("string", "textarea"))
        if words is None or "deal.lost_note" in self._agreed.fields:
            return self._agreed
        return FieldMap({**self._agreed.fields, "deal.lost_note": words}, self._agreed.outcomes, self._agreed.shown)

    @property
    def loss(self) -> str | None:
        """The field of an opportunity that keeps why it was lost; None where there is none."""
        named = self._agreed.fields.get("deal.loss_reason")
        if named is not None:
            return named if self._session.has("Opportunity", named) else None
        return self._labelled(_REASON, ("picklist",))

    @property
    def known(self) -> Known:
        """All of it."""
        session = self._session
        statuses = {str(row.get("ApiName")): row.get("IsConverted") is True for row in session.small("LeadStatus")}
        fields = {source: session.fields(source) for source in OBJECTS}
        return Known(
            self.field_map, fields, session.currency, self.loss, statuses, session.now, session.me.zone or "UTC"
        )

    def _labelled(self, pattern: re.Pattern[str], types: tuple[str, ...]) -> str | None:
        """The company's own field with such a label, the first by name where there are several."""
        fields = self._session.fields("Opportunity")
        fitting = [
            name
            for name, told in fields.items()
            if told.get("custom") is True and told.get("type") in types and pattern.search(str(told.get("label") or ""))
        ]
        return min(fitting, default=None)
