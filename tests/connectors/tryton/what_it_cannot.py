"""What the contract's suite has to know of Tryton: which fields it can lose there, and what can't be shown, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from companion.domain.records import Kind, Value
from tests.connectors.contract.part import Part


class OnTryton(Part):
    """Inherited by the classes that run parts of the contract against a real server."""

    TIES: ClassVar[tuple[int, int]] = (60, 25)
    """Each tie stays in the server's book, which the tests behind it read; more than two pages show as much as ten."""
    DROPPED: ClassVar[tuple[Kind, str]] = (Kind.DEAL, "lost_note")
    FORBIDDEN: ClassVar[tuple[Kind, str, Value]] = (Kind.DEAL, "close_on", "2027-01-31")
    CANT: ClassVar[Mapping[str, str]] = {
        "now": "a real server keeps its own time",
        "quota": "Tryton counts no calls",
        "result_cap": "a search gives as many rows as one asks for",
        "duplicate": "Tryton takes as many alike as one likes",
        "dependent": "no choice of ours hangs on another field",
        "partial_batches": "one op is one request",
        "shuffled_answers": "one op is one request",
        "renewals": "each connector has a session of its own",
        "move_away person": "a party belongs to nobody",
        "merge deal": "Tryton merges parties only",
        "archive deal": "an opportunity is cancelled or deleted",
        "undelete": "Tryton deletes for good",
        "retype_field": "its fields have the types of its modules",
        "retire_choice": "no field that we write has choices of its own",
        "require_at_stage": "Tryton's states demand fields of their own, which test_sync.py shows",
    }
