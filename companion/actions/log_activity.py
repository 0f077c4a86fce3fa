"""Log what happened with a person: the activity, the next step and what it does to the deal, as one act."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from companion.actions.change_deal import stage_begins
from companion.actions.desk import Act, Desk, Done, acting
from companion.actions.keep_draft import Draft
from companion.domain.language import tr
from companion.domain.records import Kind, Value
from companion.store import edits, records


@dataclass(frozen=True, slots=True)
class NextStep:
    """What was agreed: words, a day, and an aware time if there is an hour. `promise`: 'mine', 'theirs' or None."""

    words: str
    due_on: date | None = None
    due_at: datetime | None = None
    promise: str | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened. `what` and `direction` as in domain.records; `outcome` is the button's or the chip's code.

    `subject` is the line that the history shows, `body` the note. `deal_values` changes the deal, by field or link
    name, such as {'stage': <local id>} or {'close_on': '2026-11-27'}.
    """

    what: str
    subject: str
    direction: str | None = "out"
    outcome: str | None = None
    body: str = ""
    duration_s: int | None = None
    next_step: NextStep | None = None
    deal_values: tuple[tuple[str, Value], ...] = ()


def log_activity(
    desk: Desk,
    entry: LogEntry,
    person_id: str | None,
    deal_id: str | None,
    words: str,
    draft: Draft | None = None,
    *,
    beside: bool = False,
) -> Done:
    """Logs `entry` on the person, her company and the deal; finishes the next step that it answers.

    `draft` is the line as it was typed: it is kept no longer, and taking the log back brings it back, so that no word
    of the rep's is lost. Without one, or with `beside`, a line that is kept for the person stays.
    """
    with acting(desk, words) as act:
        company_id = _company_of(act, person_id, deal_id)
        links = {"person": person_id, "company": company_id, "deal": deal_id, "owner": desk.me}
        fields: dict[str, Value] = {
            "what": entry.what,
            "direction": entry.direction,
            "subject": entry.subject,
            "body": entry.body,
            "at": act.at,
            "duration_s": entry.duration_s,
            "outcome": entry.outcome,
            "done": True,
            "done_at": act.at,
        }
        logged = edits.create(act.write, act.gesture, Kind.ACTIVITY, fields, links, entry.subject)
        _finish_due_steps(act, person_id, deal_id)
        if entry.next_step is not None:
            add_step(act, entry.next_step, links)
        if deal_id is not None and entry.deal_values:
            values = dict(entry.deal_values)
            deal = records.get(act.write, Kind.DEAL, deal_id)
            edits.change(act.write, act.gesture, Kind.DEAL, deal_id, values, tr("{words}: deal changed", words=words))
            if "stage" in values and deal is not None and deal.links["stage"] != values["stage"]:
                stage_begins(act, deal_id)
        _forget_waiting(act, person_id, deal_id)
        if draft is not None:
            finish_draft(act, draft, beside=beside)
    return Done(words, act.gesture.id, logged)


def finish_draft(act: Act, draft: Draft, *, beside: bool = False) -> None:
    """The line as it was typed is no draft any more, within an act; `beside`: the one that is kept is another one."""
    key = {"record_id": draft.record_id}
    if not beside:
        edits.drop_local(act.write, act.gesture, "drafts", draft.record_id)
    if draft.line.strip():
        row = {**asdict(draft), "saved_at": act.at}
        # First, so that it is put back last, over an older state of the same draft.
        act.gesture.local_steps.insert(0, {"table": "drafts", "key": key, "before": row})


def add_step(act: Act, step: NextStep, links: dict[str, str | None]) -> str:
    """Adds a next step within an act."""
    day = step.due_on or (step.due_at.date() if step.due_at else None)
    fields: dict[str, Value] = {
        "what": "task",
        "subject": step.words,
        "at": act.at,
        "due_on": day.isoformat() if day else None,
        "due_at": int(step.due_at.timestamp()) if step.due_at else None,
        "done": False,
        "promise": step.promise,
    }
    return edits.create(
        act.write, act.gesture, Kind.ACTIVITY, fields, links, tr("Next step: {words}", words=step.words)
    )


def _company_of(act: Act, person_id: str | None, deal_id: str | None) -> str | None:
    for kind, record_id in ((Kind.DEAL, deal_id), (Kind.PERSON, person_id)):
        record = records.get(act.write, kind, record_id) if record_id else None
        if record is not None and record.links["company"]:
            return record.links["company"]
    return None


def _finish_due_steps(act: Act, person_id: str | None, deal_id: str | None) -> None:
    """A touch answers the steps of this person that were due by the end of today, except promises of ours.

    A promise is kept by doing what was promised, not by trying to call.
    """
    rows = act.write.all(
        """SELECT id, subject FROM activities WHERE person_id = ? AND what = 'task' AND coalesce(done, 0) = 0
           AND gone IS NULL AND promise IS NULL AND due_on IS NOT NULL AND due_on <= ?""",
        (person_id, act.now.date().isoformat()),
    )
    for step_id, subject in rows:
        finish_step(act, step_id, subject or "")


def finish_step(act: Act, step_id: str, subject: str) -> None:
    """Marks a next step as done within an act."""
    values: dict[str, Value] = {"done": True, "done_at": act.at}
    edits.change(
        act.write,
        act.gesture,
        Kind.ACTIVITY,
        step_id,
        values,
        tr("Done: {subject}", subject=subject),
        action="complete",
    )


def _forget_waiting(act: Act, person_id: str | None, deal_id: str | None) -> None:
    for record_id in (person_id, deal_id):
        if record_id is not None:
            parked = act.write.value("SELECT parked FROM snoozes WHERE record_id = ?", (record_id,))
            if not parked:  # they spoke, and it stays parked all the same
                edits.drop_local(act.write, act.gesture, "snoozes", record_id)
