"""How Companion's own records are recognised in Odoo: an external id on each, and a telling Message-Id on messages.

The external id (`__companion__.<op id>` in `ir.model.data`) is unique in the database and is written in the transaction
that creates the record, so a create can be sent twice. A chatter message has no fields for a call's outcome or length:
its Message-Id, which nobody sees, carries them: `<op.what.direction.outcome.seconds@companion>`. A log about a person
*and* a deal stands in both places; the person's one ends in `.copy` and is not pulled again.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct

MODULE: Final = "__companion__"
"""Not the name of any add-on, so that no upgrade of one takes our ids for leftovers of its own."""

COPY: Final = ".copy@companion>"
_OURS: Final = re.compile(r"<([0-9a-f]{32})\.([^@]*)@companion>")


class Marker(Struct, frozen=True):
    """What a message of ours was: see domain.records for the words. `answered` is the echo of a completed next step."""

    op_id: str
    what: str = "note"
    direction: str | None = None
    outcome: str | None = None
    duration_s: int | None = None
    answered: bool = False

    def message_id(self) -> str:
        """The Message-Id that says all this."""
        facts = (self.what, self.direction, self.outcome, self.duration_s)
        return f"<{self.op_id}.{'.'.join(_quoted(fact) for fact in facts)}@companion>"


def external_id(op_id: str, part: str = "") -> str:
    """The id under which `load` creates what the op makes. `part` names what else the op makes besides."""
    return f"{MODULE}.{op_id}{part}"


def op_of(external_ids: object) -> str | None:
    """The op behind what `get_external_id` tells of a record."""
    text = external_ids if isinstance(external_ids, str) else ""
    return text.removeprefix(f"{MODULE}.") if text.startswith(f"{MODULE}.") else None


def copy_of(op_id: str) -> str:
    """The Message-Id of the person's copy of a log that belongs to a deal."""
    return f"<{op_id}{COPY}"


def answer_of(op_id: str) -> str:
    """The Message-Id of the line that Odoo writes when a next step is done."""
    return f"<{op_id}.done@companion>"


def read(message_id: object) -> Marker | None:
    """The marker in a Message-Id, or None where the message is not ours."""
    found = _OURS.fullmatch(message_id) if isinstance(message_id, str) else None
    if found is None:
        return None
    facts = [unquote(part) or None for part in found[2].split(".")]
    if len(facts) != 4:
        return Marker(found[1], answered=facts == ["done"])
    seconds = int(facts[3]) if facts[3] and re.fullmatch("[0-9]{1,9}", facts[3]) else None
    return Marker(found[1], facts[0] or "note", facts[1], facts[2], seconds)


def _quoted(fact: str | int | None) -> str:
    return "" if fact is None else quote(str(fact), safe="").replace(".", "%2E")
