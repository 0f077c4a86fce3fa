"""What stands between the rep and the CRM about one person or deal, in words: a conflict, or a change not accepted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from companion.database import Rows
from companion.domain import field_text, words
from companion.domain.language import tr, trn
from companion.domain.records import Value

if TYPE_CHECKING:
    from companion.queries.needs_attention import ConflictCard, RefusedOp

_ANY = "SELECT 1 FROM outbox WHERE state IN ('conflict', 'attention', 'needs_rep') LIMIT 1"


class Dispute(NamedTuple):
    """One sentence and what can be done about it. `theirs` goes back to `resolve_conflict.use_mine`; None where the CRM
    refused. `field` is what it asks for, where that can be typed."""

    op_id: str
    words: str
    keep_mine: str = ""
    keep_theirs: str = ""
    theirs: Mapping[str, Value] | None = None
    look: str = ""
    field: str = ""


def dispute(rows: Rows, records: Collection[str], now: datetime, zone: tzinfo) -> Dispute | None:
    """The oldest one about any of these records (a person, her deal, or what was logged with her)."""
    if rows.value(_ANY) is None:
        return None
    from companion.queries.needs_attention import needs_attention

    asking = needs_attention(rows, now)
    for card in asking.conflicts:
        if card.record_id in records:
            return _conflict(card, now, zone)
    refused = [op for op in asking.refused if _whose(rows, op) & set(records)]
    return _refusal(refused) if refused else None


def _whose(rows: Rows, op: RefusedOp) -> set[str]:
    linked = rows.one("SELECT person_id, deal_id FROM activities WHERE id = ?", (op.record_id,)) or ()
    return {op.record_id, *(each for each in linked if each)}


def _conflict(card: ConflictCard, now: datetime, zone: tzinfo) -> Dispute:
    who = words.one_line(card.who).split(" ")[0] if card.who else ""
    keep_theirs = tr("Keep {who}’s", who=who) if who else tr("Keep theirs")
    said = _both(card, who or tr("Somebody else"), _when(card.theirs_at, now, zone))
    if len(card.differences) != 1:
        return Dispute(card.op_id, said, look=tr("Look at both"))
    return Dispute(card.op_id, said, tr("Keep yours"), keep_theirs, card.theirs)


def _both(card: ConflictCard, who: str, when: str) -> str:
    if len(card.differences) != 1:
        return tr("{who} and you both changed this.", who=who)
    (one,) = card.differences
    if one.field == "stage":
        return tr(
            "{who} moved this deal to {theirs} {when}, you moved it to {mine}.",
            who=who,
            theirs=one.theirs,
            when=when,
            mine=one.mine,
        ).replace("  ", " ")
    return tr(
        "{who} changed {field} to {theirs} {when}, you changed it to {mine}.",
        who=who,
        field=words.lower_first(one.label),
        theirs=one.theirs,
        when=when,
        mine=one.mine,
    ).replace("  ", " ")


def _when(at: int | None, now: datetime, zone: tzinfo) -> str:
    if at is None:
        return ""
    day, time = datetime.fromtimestamp(at, zone).date(), words.clock(at, zone)
    if day == now.astimezone(zone).date():
        return tr("at {time}", time=time)
    return tr("{day} at {time}", day=words.on_day(day, now.astimezone(zone).date()), time=time)


def _refusal(refused: list[RefusedOp]) -> Dispute:
    first = refused[0]
    why = words.one_line(first.problems[0] if first.problems else first.title).rstrip(".")
    said = trn(
        "The CRM did not accept {n} change: {why}.",
        "The CRM did not accept {n} changes: {why}.",
        len(refused),
        why=why,
    )
    field = next((name for name in first.fields if field_text.can_be_typed(first.kind, name)), "")
    return Dispute(first.op_id, said, look=tr("Add it") if field else tr("Look at it"), field=field)
