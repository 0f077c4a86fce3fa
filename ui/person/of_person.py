"""A person's page in words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain import words
from companion.domain.people import Person
from companion.domain.records import Kind
from companion.queries.brief import Brief, brief
from companion.queries.deal import Contact
from companion.queries.person import PersonPage, person
from ui.person.brief_viewmodel import facts_of, reason_of
from ui.person.deal_look import deal_look
from ui.person.page_look import ContactLook, PageLook
from ui.session import Session, Subject

_MARKETING: Final = ("source", "campaign", "journey", "consent")


def of_person(rows: Rows, subject: Subject, session: Session) -> PageLook | None:
    """The page of a person; None when there is no such person."""
    now = session.clock()
    page = person(rows, subject.id, now, session.zone, session.workspace)
    if page is None:
        return None
    prep = brief(rows, Kind.PERSON.value, subject.id, now, session.zone, workspace=session.workspace)
    return _look(page, prep, session)


def _look(page: PersonPage, prep: Brief | None, session: Session) -> PageLook:
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
        reason_of(prep, today),
        facts=facts_of(prep),
        deals=tuple(deal_look(each, today) for each in page.deals),
        people_title=_tr("People at %1").replace("%1", short_name(company.name)) if company else "",
        people=tuple(contact_look(each) for each in page.people),
        # The one whose page it is counts too.
        people_note=f"{len(page.people) + 1:,}",
        marketing=_marketing(found),
        unknown=_unknown(found),
        details=tuple((each.label, each.value) for each in page.details if each.field not in _MARKETING),
        company=Subject(Kind.COMPANY, company.id, company.name, company_id=company.id) if company else None,
    )


def contact_look(contact: Contact) -> ContactLook:
    """Somebody at the company, as their row shows them."""
    return ContactLook(contact.id, contact.name, contact.role or "", contact.tag or "")


def gone_words(gone: str | None) -> str:
    """What to say of a record that the CRM no longer has; '' while it has."""
    return {
        "deleted": _tr("Deleted in the CRM. What was synced stays readable here."),
        "archived": _tr("Archived in the CRM."),
        "merged": _tr("Merged into another record in the CRM."),
        "out_of_scope": _tr("No longer shared with you."),
    }.get(gone or "", "")


def short_name(company: str) -> str:
    """The first word of a company's name, where it says enough: 'Halvorsen'."""
    first = company.split(" ", 1)[0].rstrip(",")
    return first if len(first) > 3 else words.shortened(company, 24)


def _marketing(found: Person) -> str:
    """'Webinar, Winter capacity · Comparing · May be mailed'."""
    origin = ", ".join(each for each in (found.source, found.campaign) if each)
    consent = {"yes": _tr("May be mailed"), "no": _tr("Must not be mailed")}.get(found.consent or "", found.consent)
    return " · ".join(each for each in (origin, found.journey, consent) if each)


def _unknown(found: Person) -> str:
    labels = {"source": _tr("source"), "campaign": _tr("campaign"), "journey": _tr("stage"), "consent": _tr("consent")}
    missing = ", ".join(label for name, label in labels.items() if not getattr(found, name))
    return _tr("Not in the CRM: %1").replace("%1", missing) if missing else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("PersonPage", text)
