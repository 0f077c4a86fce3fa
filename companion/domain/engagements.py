"""An engagement: what marketing sent, and what the person opened, read, filled in or attended."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Engagement:
    """A marketing touch as screens show it; `what` as in `companion.domain.records`, `count` at least 1."""

    id: str
    what: str
    at: dt.datetime | None
    subject: str | None = None
    count: int = 1
    source: str | None = None
    campaign: str | None = None
    person_id: str | None = None
    company_id: str | None = None
    deal_id: str | None = None


def words_of(what: str, subject: str | None) -> str:
    """What the person or marketing did, as one sentence without a full stop: 'Read the pricing page'."""
    named = subject or ""
    plain = {
        "email_sent": "Was sent",
        "email_opened": "Opened",
        "email_clicked": "Followed a link in",
        "page_read": "Read",
        "form": "Filled in",
        "webinar": "Attended",
        "quote_opened": "Opened your quote",
        "campaign": "Is part of",
        "reply": "Replied to",
    }.get(what, "")
    if named.split(" ", 1)[0].lower() in _VERBS or not plain:
        return named or "Something from marketing"
    return f"{plain} {_with_article(named)}".rstrip()


_VERBS = frozenset(
    "read asked opened clicked attended joined filled downloaded replied requested registered signed visited "
    "watched subscribed started was followed received booked".split()
)


def _with_article(named: str) -> str:
    first = named.split(" ", 1)[0]
    if not named or first.lower() in ("the", "a", "an", "our", "your", "their") or not named.isascii() or '"' in named:
        return named
    if first[1:].islower() and " " in named and not named.istitle():
        return f"the {named[0].lower()}{named[1:]}"
    return named
