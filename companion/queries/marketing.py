"""What the CRM holds of marketing about somebody: where they came from, the last campaign, what they read, consent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from companion.database import Rows
from companion.domain import words
from companion.domain.deals import Deal
from companion.domain.engagements import words_of
from companion.domain.people import Person

_CONTENT: Final = ("page_read", "email_clicked", "webinar", "form", "quote_opened", "email_opened")


@dataclass(frozen=True, slots=True)
class Touch:
    """What marketing sent or they did, in words, and the engagement that it rests on."""

    text: str
    on: dt.date
    id: str


@dataclass(frozen=True, slots=True)
class Marketing:
    """What is None is not in the CRM. `stage` is the person's place on the journey; `consent` 'yes', 'no' or words.

    `campaign_touch` is the entry of the last campaign, where it is one, `content` what they read last.
    """

    source: str | None
    campaign: str | None
    campaign_touch: Touch | None
    content: Touch | None
    stage: str | None
    consent: str | None


def marketing(rows: Rows, person: Person, deals: Sequence[Deal], now: dt.datetime, zone: dt.tzinfo) -> Marketing:
    """Of a person; what the person's record leaves open is taken from their deals."""
    at = int(now.timestamp())
    last = rows.one(
        "SELECT id, coalesce(nullif(campaign, ''), subject), at FROM engagements "
        "WHERE person_id = ? AND gone IS NULL AND at <= ? AND (coalesce(campaign, '') != '' OR what = 'campaign') "
        "ORDER BY at DESC, n DESC LIMIT 1",
        (person.id, at),
    )
    read = rows.one(
        f"SELECT id, what, subject, at FROM engagements WHERE person_id = ? AND gone IS NULL AND at <= ? "
        f"AND what IN ({','.join('?' * len(_CONTENT))}) ORDER BY at DESC, n DESC LIMIT 1",
        (person.id, at, *_CONTENT),
    )
    touch = Touch(words.one_line(last[1]), words.local_day(last[2], zone), last[0]) if last else None
    content = None
    if read is not None:
        said = words.shortened(words_of(read[1], words.one_line(read[2])), 90).rstrip(".")
        content = Touch(said, words.local_day(read[3], zone), read[0])
    return Marketing(
        person.source or _first(deal.source for deal in deals),
        (touch.text if touch and touch.text else None) or person.campaign or _first(deal.campaign for deal in deals),
        touch,
        content,
        person.journey,
        person.consent,
    )


def _first(texts: Iterable[str | None]) -> str | None:
    return next((words.one_line(each) for each in texts if each), None)
