"""Everything that rules may ask about one relationship, deal by deal."""

from __future__ import annotations

from companion.domain import deal_signals, touch_signals
from companion.domain.relationship import DealRow, Relationship
from companion.domain.signals import Agreed, Moment, Signals


def observe(relationship: Relationship, moment: Moment, agreed: Agreed) -> list[tuple[DealRow | None, Signals]]:
    """The signals of a relationship, once for each of its deals (or once without one)."""
    shared = touch_signals.observe(relationship, moment, agreed)
    if not relationship.deals:
        return [(None, shared)]
    return [(deal, shared | deal_signals.observe(relationship, deal, moment, agreed)) for deal in relationship.deals]
