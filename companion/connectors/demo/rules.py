"""What the embedded CRM does to a value and refuses in a record, as an administrator would have set it up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from companion.connectors.base import Problem
from companion.connectors.demo.rows import Row
from companion.domain.records import Kind, Value

Look = Callable[[Kind, str], Row | None]
Rule = Callable[[Row, Look], Problem | None]
"""Judges a record as it would be after the change."""

_NOT_IN_A_NUMBER = re.compile(r"[^\d+ ]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r" {2,}")


def normalise(name: str, value: Value) -> Value:
    """How the CRM stores `value` in the field `name`: text is trimmed, phones lose brackets, e-mails capitals.

    NUL and lone surrogates, which no database takes, become U+FFFD.
    """
    if not isinstance(value, str):
        return value
    text = _UNSTORABLE.sub("\ufffd", value).strip()
    if name in ("phone", "mobile"):
        return _SPACES.sub(" ", _NOT_IN_A_NUMBER.sub(" ", text)).strip() or None
    return text.lower() if name == "email" else text


def normalised(fields: Mapping[str, Value]) -> dict[str, Value]:
    """All of `fields` as the CRM stores them."""
    return {name: normalise(name, value) for name, value in fields.items()}


def required(kind: Kind, field: str, words: str) -> Rule:
    """A rule that records of `kind` must have `field`."""

    def rule(row: Row, look: Look) -> Problem | None:
        missing = row.kind is kind and row.fields.get(field) in (None, "")
        return Problem(words, field) if missing else None

    return rule


def amount_in_negotiation(row: Row, look: Look) -> Problem | None:
    """A deal in Negotiation has an amount."""
    if row.kind is not Kind.DEAL or row.fields.get("amount"):
        return None
    stage = look(Kind.STAGE, row.links.get("stage") or "")
    if stage is None or stage.fields.get("name") != "Negotiation":
        return None
    return Problem("'Amount' is required in Negotiation", "amount")


def reason_for_a_loss(row: Row, look: Look) -> Problem | None:
    """A lost deal says why."""
    lost = row.kind is Kind.DEAL and row.fields.get("status") == "lost"
    return (
        Problem("Choose a loss reason to close a deal as lost", "loss_reason")
        if lost and not _has_reason(row)
        else None
    )


def _has_reason(row: Row) -> bool:
    return bool(row.links.get("loss_reason") or row.fields.get("lost_note"))


def plain_email(row: Row, look: Look) -> Problem | None:
    """An e-mail address has an @."""
    email = row.fields.get("email")
    bad = isinstance(email, str) and email != "" and "@" not in email
    return Problem("Enter a valid email address", "email") if bad else None


STANDARD: Final[tuple[Rule, ...]] = (
    required(Kind.COMPANY, "name", "A company needs a name"),
    required(Kind.PERSON, "name", "A person needs a name"),
    required(Kind.DEAL, "name", "A deal needs a name"),
    required(Kind.ACTIVITY, "what", "Say what kind of activity this is"),
    amount_in_negotiation,
    reason_for_a_loss,
    plain_email,
)


def triggered(before: Row | None, row: Row, look: Look, now: int) -> dict[str, Value]:
    """The fields that the CRM's own automations set when `before` becomes `row`."""
    if row.kind is Kind.DEAL:
        return _deal_automations(before, row, look, now)
    if row.kind is Kind.ACTIVITY and row.fields.get("done") and not row.fields.get("done_at"):
        return {"done_at": now}
    return {}


def _deal_automations(before: Row | None, row: Row, look: Look, now: int) -> dict[str, Value]:
    made: dict[str, Value] = {} if row.fields.get("status") else {"status": "open"}
    old = before.fields if before is not None else {}
    stage = look(Kind.STAGE, row.links.get("stage") or "")
    if stage is not None and (before is None or before.links.get("stage") != stage.id):
        if row.fields.get("stage_since_at") == old.get("stage_since_at"):
            made["stage_since_at"] = now
        if row.fields.get("probability") == old.get("probability"):
            made["probability"] = stage.fields.get("probability")
        if row.fields.get("status") == old.get("status"):
            made["status"] = stage.fields.get("outcome") or "open"
    status = made.get("status", row.fields.get("status"))
    if status != "open" and not row.fields.get("closed_at"):
        made["closed_at"] = now
    if status == "open" and row.fields.get("closed_at"):
        made["closed_at"] = None
    return made
