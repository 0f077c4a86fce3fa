"""Keep what was typed but not saved, so that Esc, a crash and a restart lose nothing."""

from __future__ import annotations

from dataclasses import dataclass

from companion.actions.desk import Desk
from companion.database import Rows
from companion.domain.text import storable


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished log: the button that began it, the chosen outcome, and the line as typed."""

    record_id: str
    button: str
    line: str
    outcome: str | None = None
    unparsed: str | None = None


def keep_draft(desk: Desk, draft: Draft) -> None:
    """Keeps the draft for its person or deal; an empty line keeps none."""
    with desk.database.write() as write:
        if not draft.line.strip():
            write.text("DELETE FROM drafts WHERE record_id = ?", (draft.record_id,))
            return
        write.text(
            "INSERT OR REPLACE INTO drafts (record_id, button, outcome, line, unparsed, saved_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                draft.record_id,
                draft.button,
                draft.outcome,
                storable(draft.line),
                storable(draft.unparsed) if draft.unparsed else None,
                int(desk.clock().timestamp()),
            ),
        )


def draft_of(rows: Rows, record_id: str) -> Draft | None:
    """The draft that is kept for a person or deal."""
    row = rows.one("SELECT record_id, button, line, outcome, unparsed FROM drafts WHERE record_id = ?", (record_id,))
    return Draft(*row) if row else None
