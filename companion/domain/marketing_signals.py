"""What a person opened, read and asked for since we were last in touch, as signals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from companion.domain.engagements import with_article
from companion.domain.language import tr
from companion.domain.relationship import Mark
from companion.domain.signals import Agreed, Moment, Signal, Signals
from companion.domain.words import day_start, one_line


def observe(found: Signals, marks: Sequence[Mark], own_at: int, moment: Moment, agreed: Agreed) -> None:
    """Adds what was opened, read and asked for since our last touch, which was at `own_at`."""
    fresh = [each for each in marks if each.at is not None and own_at < each.at <= moment.at]
    if not fresh:
        return
    back = 3 if moment.today.weekday() == 0 else 1
    since = day_start(moment.today - dt.timedelta(days=back), moment.zone)
    opens = [each for each in fresh if each.what == "quote_opened" and (each.at or 0) >= since]
    if opens:
        first = min(opens, key=lambda each: each.at or 0)
        found["quote_opens"] = Signal(sum(each.times or 1 for each in opens), "engagement", opens[0].id)
        found["quote_since_on"] = Signal(moment.day(first.at or 0), "engagement", first.id)
    week = [each for each in fresh if each.what == "page_read" and moment.days_since(each.at or 0) < 7 and each.subject]
    by_page: dict[str, list[Mark]] = {}
    for each in week:
        by_page.setdefault(_page(each), []).append(each)
    if by_page:
        page, reads = max(by_page.items(), key=lambda pair: (sum(each.times or 1 for each in pair[1]), pair[0]))
        found["pages_read"] = Signal(sum(each.times or 1 for each in reads), "engagement", reads[0].id)
        found["page"] = Signal(page, "engagement", reads[0].id)
    _asked(found, fresh, moment, agreed)


def _page(mark: Mark) -> str:
    return with_article(re.sub(r"^read ", "", one_line(mark.subject), flags=re.IGNORECASE))


def _asked(found: Signals, fresh: Sequence[Mark], moment: Moment, agreed: Agreed) -> None:
    form = next((each for each in fresh if each.what == "form" and moment.days_since(each.at or 0) <= 14), None)
    if form is None:
        return
    found["fresh_days"] = Signal(moment.days_since(form.at or 0), "engagement", form.id)
    subject = one_line(form.subject)
    if any(word in subject.lower() for word in agreed.callback_words):
        after = re.search(r"\bafter (.+)$", subject)
        found["callback"] = Signal(tr("Asked for a callback"), "engagement", form.id)
        if after:
            found["lead_source"] = Signal(after.group(1), "engagement", form.id)
            return
    webinar = next((each for each in fresh if each.what == "webinar"), None)
    if webinar is not None:
        found["lead_source"] = Signal(tr("the webinar"), "engagement", webinar.id)
    elif "callback" not in found and (form.source or form.campaign):
        found["lead_source"] = Signal(one_line(form.source or form.campaign), "engagement", form.id)
