"""A deal's page in words: how far it has come on top, then whom it is with."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain import words
from companion.domain.language import number
from companion.domain.records import Kind
from companion.queries.brief import Brief, brief
from companion.queries.deal import DealPage, deal
from companion.queries.marketing import marketing
from ui.person.account_look import contact_looks, marketing_lines, thread_look
from ui.person.brief_viewmodel import facts_of, promises_of, reason_of
from ui.person.deal_look import deal_look
from ui.person.meeting_look import beside, meeting_look
from ui.person.page_look import MarketingLine, PageLook
from ui.session import Session, Subject


def of_deal(rows: Rows, subject: Subject, session: Session) -> PageLook | None:
    """The page of a deal; None when it is gone."""
    now = session.clock()
    page = deal(rows, subject.id, now, session.zone, session.workspace)
    if page is None:
        return None
    found = page.deal
    prep = brief(rows, Kind.DEAL.value, found.id, now, session.zone, workspace=session.workspace)
    today = now.date()
    company = None
    if found.company_id and page.company_name:
        company = Subject(Kind.COMPANY, found.company_id, page.company_name, company_id=found.company_id)
    amount = found.amount.words if found.amount else _tr("no amount yet")
    meeting = meeting_look(rows, session, found.person_id, found.id)
    itself = Subject(Kind.DEAL, found.id, found.name, found.person_id, found.id, found.name, found.company_id)
    return PageLook(
        itself,
        itself,
        found.name,
        " · ".join(each for each in (page.company_name, amount, page.owner_name) if each),
        (prep.number if prep else None) or "",
        (prep.email if prep else None) or "",
        meeting=meeting,
        reason=beside(meeting, prep, reason_of(prep, today)),
        track=deal_look(found, today, page.away),
        promises=promises_of(prep),
        facts=facts_of(prep),
        people_title=_tr("People"),
        people=contact_looks(page.account, today),
        people_note=number(page.account.count),
        people_first=True,
        thread=thread_look(page.account),
        marketing=_marketing(rows, prep, now, session),
        details=tuple(_details(page, today)),
        company=company,
    )


def _marketing(rows: Rows, prep: Brief | None, now: dt.datetime, session: Session) -> tuple[MarketingLine, ...]:
    if prep is None or prep.person is None:
        return ()
    return marketing_lines(marketing(rows, prep.person, prep.deals, now, session.zone), now.date())


def _details(page: DealPage, today: dt.date) -> list[tuple[str, str]]:
    found = page.deal
    since = words.dated(found.stage_since.date(), today) if found.stage_since else None
    known: list[tuple[str, str | None]] = [
        (_tr("In stage"), _tr("since %1").replace("%1", since) if since else None),
        (_tr("Chance"), f"{found.probability} %" if found.probability is not None else None),
        (_tr("Contract"), words.dated(found.contract_ends_on, today) if found.contract_ends_on else None),
        (_tr("Trial"), words.dated(found.trial_ends_on, today) if found.trial_ends_on else None),
        (_tr("Lost because"), page.loss_reason or found.lost_note),
        (_tr("Source"), found.source),
        (_tr("Campaign"), found.campaign),
        *((name, value) for name, value in found.extra.items()),
    ]
    return [(label, value) for label, value in known if value]


def _tr(text: str) -> str:
    return QCoreApplication.translate("DealPage", text)
