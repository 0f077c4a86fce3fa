"""A meeting among the entries of a relationship: when it ends, what to call it, which one is next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from companion.domain.activities import NOT_HELD
from companion.domain.relationship import Entry
from companion.domain.words import one_line, upper_first

_DEFAULT_LENGTH: Final = 3_600


def ends(entry: Entry) -> int:
    """When a meeting or an agreed call ends; one without an end takes an hour."""
    return entry.ends_at or (entry.at or 0) + (entry.duration_s or _DEFAULT_LENGTH)


def next_meeting(entries: Sequence[Entry], after: int) -> Entry | None:
    """The meeting that is the first to end after an instant; one that was called off does not count."""
    held = [each for each in entries if each.what == "meeting" and each.at and each.outcome not in NOT_HELD]
    return min((each for each in held if ends(each) > after), key=lambda each: (ends(each), each.id), default=None)


def meeting_words(meeting: Entry) -> str:
    """'Demo' of 'Demo with Marta, room 4'; 'Meeting' where the subject says no more."""
    words = re.split(r" with | – | — | - |[:,(/|]", one_line(meeting.subject), maxsplit=1)[0].strip()
    return upper_first(words) if 0 < len(words) <= 24 else "Call" if meeting.what == "call" else "Meeting"
