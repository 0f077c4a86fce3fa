"""A promise as the brief and the pages show it, and what keeping it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from companion.domain import words
from companion.domain.records import Kind
from ui.session import Session
from ui.theme.tokens import Tone

if TYPE_CHECKING:
    from companion.actions.desk import Done
    from companion.queries.promises import Promise

MOST: Final = 6
"""Promises in a pane at most; a wall of them would be read by nobody."""


@dataclass(frozen=True, slots=True)
class PromiseLook:
    """`text` says whose it is and what; `age` since when or until when, in `tone`. `kind` and `id` are its entry."""

    text: str
    what: str
    age: str
    tone: Tone
    kind: Kind
    id: str
    key: str


def promise_look(promise: Promise) -> PromiseLook:
    """'You promised: the security answers' with 'by today'; a sentence of a note stands as it was written."""
    lead = _tr("You promised: %1") if promise.whose == "mine" else _tr("They promised: %1")
    what = words.lower_first(promise.text)
    said = f"“{promise.text}”" if promise.key else what
    tone: Tone = "bad" if promise.late else "warn" if promise.whose == "mine" and promise.on is not None else "none"
    return PromiseLook(lead.replace("%1", said), said, promise.words, tone, Kind.ACTIVITY, promise.id, promise.key)


def keep(session: Session, look: PromiseLook) -> Done:
    """The promise was kept: it leaves every list at once, and the CRM hears of it where it was a next step."""
    from companion.actions.keep_promise import keep_promise

    said = _tr("Kept: %1").replace("%1", words.shortened(look.what, 60))
    return keep_promise(session.desk(), look.id, look.key, said)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Promises", text)
