"""A company's page in words: the people there come first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain.language import number
from companion.domain.records import Kind
from companion.queries.brief import brief
from companion.queries.company import company
from ui.person.account_look import contact_looks, thread_look
from ui.person.brief_viewmodel import facts_of, promises_of
from ui.person.deal_look import deal_look
from ui.person.of_person import gone_words
from ui.person.page_look import PageLook
from ui.session import Session, Subject


def of_company(rows: Rows, subject: Subject, session: Session) -> PageLook | None:
    """The page of a company; None when there is no such company."""
    page = company(rows, subject.id, session.clock(), session.zone, session.workspace)
    if page is None:
        return None
    found, now = page.company, session.clock()
    today = now.date()
    prep = brief(rows, Kind.COMPANY.value, found.id, now, session.zone, workspace=session.workspace)
    first = page.deals[0] if page.deals else None
    place = ", ".join(each for each in (found.city, found.country) if each)
    owner = page.owner_name or ""
    return PageLook(
        Subject(Kind.COMPANY, found.id, found.name, company_id=found.id),
        Subject(Kind.DEAL, first.id, first.name, first.person_id, first.id, first.name, found.id) if first else None,
        found.name,
        " · ".join(each for each in (found.industry, place, owner) if each),
        found.phone or "",
        found.email or "",
        gone_words(found.gone),
        promises=promises_of(prep),
        facts=facts_of(prep),
        deals=tuple(deal_look(each, today, prep.parked.get(each.id) if prep else None) for each in page.deals),
        people_title=QCoreApplication.translate("CompanyPage", "People"),
        people=contact_looks(page.account, today),
        people_note=number(page.account.count),
        people_first=True,
        thread=thread_look(page.account),
        details=tuple((each.label, each.value) for each in page.details),
    )
