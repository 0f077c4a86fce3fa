"""All that rules may look at about one person, or one deal without a person: light rows in the store's own units.

Instants are whole seconds since 1970, days are 'YYYY-MM-DD', amounts are hundredths, as in `companion.domain.records`.
Tuples and not dataclasses: a book of 5,000 people is read through these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Entry(NamedTuple):
    """One activity. `noted` is whether it has a body."""

    id: str
    what: str
    direction: str | None
    subject: str | None
    at: int | None
    ends_at: int | None
    duration_s: int | None
    due_on: str | None
    due_at: int | None
    done: int | None
    outcome: str | None
    promise: str | None
    deal_id: str | None
    owner_id: str | None


class Mark(NamedTuple):
    """One engagement."""

    id: str
    what: str
    subject: str | None
    at: int | None
    times: int | None
    source: str | None
    campaign: str | None


class DealRow(NamedTuple):
    """One deal of the relationship, its stage beside it. `extra` is the CRM's further fields as JSON text."""

    id: str
    name: str | None
    amount: int | None
    currency: str | None
    close_on: str | None
    probability: int | None
    status: str | None
    is_lead: int | None
    stage_since_at: int | None
    contract_ends_on: str | None
    trial_ends_on: str | None
    source: str | None
    campaign: str | None
    created_at: int | None
    person_id: str | None
    company_id: str | None
    owner_id: str | None
    stage_id: str | None
    stage_name: str | None
    stage_probability: int | None
    extra: str | None


class Move(NamedTuple):
    """A value of a person or deal that changed while we watched."""

    record_id: str
    field: str
    was: str | None
    became: str | None
    at: int


class PersonRow(NamedTuple):
    """The person."""

    id: str
    name: str | None
    best_time: str | None
    source: str | None
    campaign: str | None
    journey: str | None
    created_at: int | None
    company_id: str | None
    owner_id: str | None
    extra: str | None


class Snooze(NamedTuple):
    """A request to keep quiet about a record until a time, or until they reply or the meeting is over, if that is
    sooner. `parked` is one for a reason that is known (`words`): flags keep quiet, somebody who waits does not.

    `event_at` is, of a reply, when anybody was last in touch as it was made; of a meeting, when it was to end.
    `ended_by` and `event_id` tell the event that ended it, once `companion.domain.snoozes.now` has looked.
    """

    record_id: str
    until_at: int
    words: str | None
    made_at: int
    waits_for: str | None = None
    parked: int | None = None
    event_at: int | None = None
    ended_by: str | None = None
    event_id: str | None = None


@dataclass(slots=True)
class Relationship:
    """One subject of the rules. `entries` and `marks` are newest first; `spoken` is small-letter text of what was
    said, filled only when a meeting is near; `contacts` counts the people known on each deal, by its id; `shared`
    are entries that are another person's and have this one as a further participant.
    """

    kind: str
    id: str
    person: PersonRow | None
    deals: Sequence[DealRow]
    entries: Sequence[Entry] = ()
    marks: Sequence[Mark] = ()
    moves: Sequence[Move] = ()
    snoozes: Sequence[Snooze] = ()
    contacts: dict[str, int] | None = None
    spoken: str = ""
    colleagues: dict[str, str] | None = None
    me: str | None = None
    shared: frozenset[str] = frozenset()

    def quiet_since(self, at: int) -> int:
        """When the rep last asked for quiet about the subject itself, where that still holds at `at`; 0 otherwise."""
        asked = (each.made_at for each in self.snoozes if each.record_id == self.id and each.until_at > at)
        return max(asked, default=0)
