"""Answer what Companion told or asked about the copy or the CRM."""

from __future__ import annotations

from dataclasses import replace

from companion.actions.desk import Desk
from companion.domain.language import tr
from companion.domain.notices import SEEN
from companion.domain.text import storable
from companion.store import notices


def answer_notice(desk: Desk, kind: str, subject: str, answer: str) -> str | None:
    """Keeps the answer, by which the sync goes on; what only had to be known is forgotten. None if nobody asked."""
    with desk.database.write() as write:
        notice = notices.get(write, kind, subject)
        if notice is None or notice.answer is not None or not answer.strip():
            return None
        if answer == SEEN.name:
            notices.forget(write, kind, subject)
        else:
            notices.put(write, replace(notice, answer=storable(answer.strip())))
    return tr("Noted")
