"""What a log button's plans mean today: the day and hour of a next step, and what the history's line says."""

from __future__ import annotations

import datetime as dt

from companion.domain import words
from companion.domain.date_arithmetic import add_workdays, local
from companion.domain.language import sentence, tr
from companion.domain.workspace import LogButton, NextStepPlan

SUBJECTS = {
    "call": sentence("Call"),
    "email": sentence("Email"),
    "meeting": sentence("Meeting"),
    "note": sentence("Note"),
}


def due(plan: NextStepPlan, now: dt.datetime) -> tuple[dt.date, dt.datetime | None]:
    """The day of a planned step, and its aware moment where the plan has an hour. `now` is aware and local."""
    day = add_workdays(now.date(), plan.workdays)
    if plan.at is None or now.tzinfo is None:
        return day, None
    hour, minute = (int(part) for part in plan.at.split(":"))
    return day, local(day, dt.time(hour, minute), now.tzinfo)


def moment_words(day: dt.date, at: dt.datetime | None, today: dt.date) -> str:
    """'tomorrow 10:00', 'Thu 10:00', 'Mon 30 Nov'."""
    return f"{words.short_day(day, today)}{f' {words.time_of(at.time())}' if at else ''}"


def subject_line(button: LogButton, outcome_label: str | None, duration_s: int | None) -> str:
    """The line that the history shows for a log: 'Call, 4 min · Interested', 'No answer'."""
    if button.records == "call" and not button.outcomes:
        return button.label
    head = tr(SUBJECTS[button.records])
    if duration_s:
        head = f"{head}, {words.length(duration_s)}"
    return f"{head} · {outcome_label}" if outcome_label else head
