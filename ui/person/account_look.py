"""The account in words: its people with their last touch, what rests on one of them, and what marketing did."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from companion.domain import words
from ui.person.page_look import ContactLook, MarketingLine, ThreadLook

if TYPE_CHECKING:
    from companion.queries.marketing import Marketing
    from companion.queries.people_map import PeopleMap


def contact_looks(account: PeopleMap, today: dt.date) -> tuple[ContactLook, ...]:
    """The people of a map, as their rows show them."""
    return tuple(
        ContactLook(each.id, each.name, each.role or "", each.tag or "", each.touch_words(today))
        for each in account.people
    )


def thread_look(account: PeopleMap) -> ThreadLook | None:
    """What rests on one contact."""
    if account.thread is None:
        return None
    return ThreadLook(account.thread.words, _tr("Find a second contact"), account.thread.deal_id)


def marketing_lines(found: Marketing, today: dt.date) -> tuple[MarketingLine, ...]:
    """Source, campaign, content, stage, consent: each says what the CRM holds, or that it holds nothing."""
    consent = {"yes": _tr("May be mailed"), "no": _tr("Must not be mailed")}.get(found.consent or "", found.consent)
    campaign, read = found.campaign, found.content
    if found.campaign_touch is not None and campaign is not None:
        campaign = f"{words.shortened(campaign, 60)}, {words.short_date(found.campaign_touch.on, today)}"
    content = f"{read.text}, {words.short_date(read.on, today)}" if read is not None else None
    return (
        _line(_tr("Source"), found.source),
        _line(_tr("Campaign"), campaign, found.campaign_touch.id if found.campaign_touch else ""),
        _line(_tr("Content"), content, read.id if read else ""),
        _line(_tr("Stage"), found.stage),
        _line(_tr("Consent"), consent),
    )


def _line(label: str, value: str | None, entry: str = "") -> MarketingLine:
    return MarketingLine(label, value or _tr("not in the CRM"), bool(value), entry)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Account", text)
