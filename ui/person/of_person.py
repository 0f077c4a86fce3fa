"""A person's page in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain import words
from companion.domain.language import number
from companion.domain.records import Kind
from companion.queries.brief import Brief, brief
from companion.queries.marketing import Marketing, marketing
from companion.queries.person import PersonPage, person
from ui.person.account_look import contact_looks, marketing_lines, thread_look
from ui.person.brief_viewmodel import facts_of, promises_of, reason_of
from ui.person.deal_look import deal_look
from ui.person.meeting_look import beside, meeting_look
from ui.person.page_look import PageLook
from ui.session import Session, Subject

_MARKETING: Final = ("source", "campaign", "journey", "consent")


def of_person(rows: Rows, subject: Subject, session: Session) -> PageLook | None:
    """The page of a person; None when there is no such person."""
    now = session.clock()
    page = person(rows, subject.id, now, session.zone, session.workspace)
    if page is None:
        return None
    prep = brief(rows, Kind.PERSON.value, subject.id, now, session.zone, workspace=session.workspace)
    known = marketing(rows, page.person, page.deals, now, session.zone)
    look = _look(page, prep, known, session)
    meeting = meeting_look(rows, session, subject.id, None)
    return look if meeting is None else replace(look, meeting=meeting, reason=beside(meeting, prep, look.reason))


def _look(page: PersonPage, prep: Brief | None, known: Marketing, session: Session) -> PageLook:
    found, company, today = page.person, page.company, session.clock().date()
    first = page.deals[0] if page.deals else None
    subject = Subject(
        Kind.PERSON,
        found.id,
        found.name,
        found.id,
        first.id if first else None,
        first.name if first else "",
        found.company_id,
    )
    return PageLook(
        subject,
        subject,
        found.name,
        " · ".join(each for each in (page.subtitle, page.there) if each),
        found.number or (company.phone if company else None) or "",
        found.email or "",
        gone_words(found.gone),
        reason=reason_of(prep, today),
        promises=promises_of(prep),
        facts=facts_of(prep),
        deals=tuple(deal_look(each, today, prep.parked.get(each.id) if prep else None) for each in page.deals),
        people_title=_tr("People at %1").replace("%1", short_name(company.name)) if company else "",
        people=contact_looks(page.account, today),
        # The one whose page it is counts too.
        people_note=number(page.account.count),
        thread=thread_look(page.account),
        marketing=marketing_lines(known, today),
        details=tuple((each.label, each.value) for each in page.details if each.field not in _MARKETING),
        company=Subject(Kind.COMPANY, company.id, company.name, company_id=company.id) if company else None,
    )


def gone_words(gone: str | None) -> str:
    """What to say of a record that the CRM no longer has; '' while it has."""
    return {
        "deleted": _tr("Deleted in the CRM. What was synced stays readable here."),
        "archived": _tr("Archived in the CRM."),
        "merged": _tr("Merged into another record in the CRM."),
        "out_of_scope": _tr("No longer shared with you."),
    }.get(gone or "", "")


def short_name(company: str) -> str:
    """The first word of a company's name, where it says enough: 'Halvorsen', but 'Alder & Finch'."""
    first, _, rest = company.partition(" ")
    pair = bool(rest) and not rest[0].isalnum()
    return first.rstrip(",") if len(first) > 3 and not pair else words.shortened(company, 24)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PersonPage", text)
