"""What only the rep can decide: values that collided, changes that were refused, records that can't be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from companion.database import Rows
from companion.domain import words
from companion.domain.collisions import both_texts
from companion.domain.language import sentence, tr
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import LINKS, Gone, Kind, Value
from companion.queries.waiting import Step, history
from companion.store import notices, outbox, poison, records, sweep_questions
from companion.store.outbox import QueuedOp
from companion.store.poison import SetAside
from companion.store.sweep_questions import SweepQuestion

_LABELS: Final[Mapping[str, str]] = {
    "close_on": sentence("Close date"),
    "due_on": sentence("Due"),
    "due_at": sentence("Due"),
    "body": sentence("Note"),
    "buying_role": sentence("Role in the purchase"),
    "what": sentence("Kind of activity"),
    "at": sentence("When"),
}
_FIELDS: Final[Mapping[str, str]] = {
    "name": sentence("Name"),
    "phone": sentence("Phone"),
    "mobile": sentence("Mobile"),
    "email": sentence("Email"),
    "role": sentence("Role"),
    "city": sentence("City"),
    "country": sentence("Country"),
    "website": sentence("Website"),
    "industry": sentence("Industry"),
    "amount": sentence("Amount"),
    "currency": sentence("Currency"),
    "probability": sentence("Probability"),
    "status": sentence("Status"),
    "stage": sentence("Stage"),
    "owner": sentence("Owner"),
    "person": sentence("Person"),
    "company": sentence("Company"),
    "deal": sentence("Deal"),
    "subject": sentence("Subject"),
    "outcome": sentence("Outcome"),
    "direction": sentence("Direction"),
    "done": sentence("Done"),
    "best_time": sentence("Best time"),
    "source": sentence("Source"),
    "campaign": sentence("Campaign"),
    "loss_reason": sentence("Loss reason"),
    "contract_ends_on": sentence("Contract ends"),
    "trial_ends_on": sentence("Trial ends"),
}
_NOTHING: Final = sentence("empty")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a card, in words. `both` is set where two people added to one text."""

    field: str
    label: str
    mine: str
    theirs: str
    both: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """The rep's values beside a colleague's. `theirs` goes back to `resolve_conflict.use_mine` as what was shown.

    `who` changed the record last, `theirs_at` when (seconds since 1970); None where the CRM doesn't tell.
    """

    op_id: str
    kind: Kind
    record_id: str
    title: str
    differences: tuple[Difference, ...]
    theirs: Mapping[str, Value]
    mine_at: int
    history: tuple[Step, ...]
    who: str | None = None
    theirs_at: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedOp:
    """A change that the CRM did not take. `problems` are its own words; `fields` those that it named.

    `unsure` is true where nobody can tell whether the CRM has it: the rep looks there and says. `gone` says that the
    record left the CRM, and why: it can be made again, or another one can have the change (actions.bring_back).
    `adrift` are links of something made here that lead to a record that left: it can be attached to another one.
    """

    op_id: str
    kind: Kind
    record_id: str
    title: str
    words: str
    problems: tuple[str, ...]
    fields: tuple[str, ...]
    values: Mapping[str, Value]
    since: int
    unsure: bool
    history: tuple[Step, ...]
    gone: Gone | None = None
    adrift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    """All of it, oldest first."""

    conflicts: tuple[ConflictCard, ...] = ()
    refused: tuple[RefusedOp, ...] = ()
    unreadable: tuple[SetAside, ...] = ()
    questions: tuple[SweepQuestion, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def count(self) -> int:
        """How many things wait for the rep."""
        lists = (self.conflicts, self.refused, self.unreadable, self.questions, self.notices)
        return sum(len(each) for each in lists)


def needs_attention(rows: Rows, now: datetime) -> NeedsAttention:
    """Everything that waits for the rep. `now` is aware and local: days and hours are worded by it."""
    return NeedsAttention(
        tuple(_card(rows, op, now) for op in outbox.in_state(rows, OpState.CONFLICT)),
        tuple(_refused(rows, op) for op in outbox.in_state(rows, OpState.ATTENTION, OpState.NEEDS_REP)),
        tuple(poison.every(rows)),
        tuple(sweep_questions.unanswered(rows)),
        tuple(notices.open_ones(rows)),
    )


def _card(rows: Rows, op: QueuedOp, now: datetime) -> ConflictCard:
    theirs = dict(op.theirs or {})
    newest = dict(op.values)
    for later in outbox.of_record(rows, op.record_id):
        if later.seq > op.seq:
            newest.update((name, value) for name, value in later.values.items() if name in newest)
    record = records.get(rows, op.kind, op.record_id)
    currency = record.fields.get("currency") if record is not None else None

    def told(name: str, value: Value) -> str:
        return value_words(rows, op.kind, name, value, now, str(currency) if currency else None)

    differences = tuple(
        Difference(
            name,
            label(name),
            told(name, mine),
            told(name, theirs.get(name)),
            both_texts(op.seen.get(name), mine, theirs.get(name)) if name in ("body", "lost_note") else None,
        )
        for name, mine in newest.items()
    )
    return ConflictCard(
        op.id,
        op.kind,
        op.record_id,
        _title(record),
        differences,
        theirs,
        op.created_at,
        history(rows, op.id),
        _called(rows, op.who),
        op.theirs_at,
    )


def _called(rows: Rows, who: str | None) -> str | None:
    """A colleague's name: CRMs tell it, or the user's id."""
    known = rows.value("SELECT name FROM users WHERE remote_id = ?", (who,)) if who is not None else None
    return words.one_line(str(known)) if known else who


def _refused(rows: Rows, op: QueuedOp) -> RefusedOp:
    record = records.get(rows, op.kind, op.record_id)
    problems = tuple(tr(str(problem["words"])) for problem in op.problems)
    fields = tuple(str(problem["field"]) for problem in op.problems if problem.get("field"))
    return RefusedOp(
        op.id,
        op.kind,
        op.record_id,
        _title(record),
        op.said,
        problems or (tr("No answer came back, and this CRM keeps no trace: look there before you send it again"),),
        fields,
        op.values,
        op.created_at,
        op.state is OpState.NEEDS_REP,
        history(rows, op.id),
        record.gone if record is not None and op.action != "delete" else None,
        outbox.adrift(rows, op) if op.action == "create" else (),
    )


def _title(record: records.Record | None) -> str:
    if record is None:
        return tr("A record that is no longer here")
    name = record.fields.get("name") or record.fields.get("subject")
    return words.one_line(str(name)) if name else tr("Without a name")


def label(name: str) -> str:
    """A field's name as a person would say it."""
    known = _LABELS.get(name) or _FIELDS.get(name)
    return tr(known) if known else name.removesuffix("_at").removesuffix("_on").replace("_", " ").capitalize()


def value_words(rows: Rows, kind: Kind, name: str, value: Value, now: datetime, currency: str | None) -> str:
    """A value as a person reads it: money, days, hours and names rather than numbers and ids."""
    if value is None or value == "":
        return tr(_NOTHING)
    if name in LINKS[kind]:
        linked = records.get(rows, LINKS[kind][name], str(value))
        return str(linked.fields.get("name") or tr(_NOTHING)) if linked is not None else tr("a record that is not here")
    if name == "amount" and isinstance(value, int):
        return words.money(value, currency)
    if name == "probability":
        return f"{value} %"
    if name in ("done", "is_lead", "active"):
        return tr("yes") if value else tr("no")
    if name.endswith("_on") and isinstance(value, str):
        return _day_words(value, now.date())
    if (name.endswith("_at") or name == "at") and isinstance(value, int):
        return _instant_words(value, now, now.tzinfo)
    return str(value)


def _day_words(text: str, today: date) -> str:
    try:
        return words.dated(date.fromisoformat(text), today)
    except ValueError:
        return text


def _instant_words(at: int, now: datetime, zone: tzinfo | None) -> str:
    try:
        moment = datetime.fromtimestamp(at, zone)
    except (OverflowError, ValueError, OSError):
        return str(at)
    return f"{words.dated(moment.date(), now.date())}, {words.time_of(moment.time())}"
