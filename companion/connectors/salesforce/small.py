"""The small kinds, read whole: pipelines, stages and reasons."""

from __future__ import annotations

from typing import Final

from companion.connectors.base import Page, ScopeDenied, Upsert
from companion.connectors.salesforce import mapping
from companion.connectors.salesforce.cursor import Cursor
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.session import Session
from companion.domain.records import Kind

SMALL: Final = frozenset({Kind.PIPELINE, Kind.STAGE, Kind.LOSS_REASON})
_EVERY_S: Final = 3600


class Small:
    """Reads them, once an hour and without a call where the session knows them."""

    def __init__(self, session: Session, knowing: Knowing) -> None:
        self._session, self._knowing = session, knowing

    def open(self, kind: Kind) -> bool:
        """Whether there are any."""
        if not self._session.fields("Opportunity"):
            return False
        return kind is not Kind.LOSS_REASON or self._knowing.loss is not None

    def page(self, kind: Kind, stored: bytes | None) -> Page:
        """All of them, or nothing where they were read within the hour."""
        if not self.open(kind):
            raise ScopeDenied(f"this Salesforce shows no {kind}")
        now = self._session.now
        if stored is not None and 0 <= now - Cursor.kept(stored, now).began < _EVERY_S:
            return Page([], stored)
        found = self.records(kind)
        return Page(found, Cursor(began=now, done=True).bytes(), total=len(found), reset=stored is None)

    def records(self, kind: Kind) -> list[Upsert]:
        """All of them."""
        if not self.open(kind):
            raise ScopeDenied(f"this Salesforce shows no {kind}")
        if kind is Kind.LOSS_REASON:
            reasons = self._session.choices("Opportunity", self._knowing.loss or "")
            return [mapping.named(kind, value, words, at) for at, (value, words) in enumerate(reasons.items())]
        if kind is Kind.PIPELINE:
            names = ["Opportunities", "Leads"] if self._session.fields("Lead") else ["Opportunities"]
            return [
                mapping.named(kind, remote_id, name, at)
                for at, (remote_id, name) in enumerate(zip((mapping.OPPORTUNITIES, mapping.LEADS), names))
            ]
        stages = [row for row in self._session.small("OpportunityStage") if row.get("IsActive") is not False]
        found = [mapping.stage(row, place) for place, row in enumerate(stages)]
        if self._session.fields("Lead"):
            statuses = self._session.small("LeadStatus")
            found += [mapping.lead_stage(row, place) for place, row in enumerate(statuses, len(found))]
        return found
