"""What a page of a person, company or deal shows, as values: words decided, nothing left to compute."""

from __future__ import annotations

from dataclasses import dataclass

from companion.domain.records import Kind
from ui.person.brief_viewmodel import FactLook, ReasonLook
from ui.person.deal_look import DealLook
from ui.person.meeting_look import MeetingLook
from ui.person.promise_look import PromiseLook
from ui.session import Subject


@dataclass(frozen=True, slots=True)
class ContactLook:
    """Somebody on the account; `tag` is their role in buying, `touch` who was in touch with them last, and when."""

    id: str
    name: str
    role: str
    tag: str
    touch: str = ""


@dataclass(frozen=True, slots=True)
class ThreadLook:
    """A deal that rests on one contact, in words, and what to do about it."""

    words: str
    verb: str
    deal_id: str


@dataclass(frozen=True, slots=True)
class MarketingLine:
    """A label and its value; `known` is False where the CRM holds nothing. `id` is the engagement that it rests on."""

    label: str
    value: str
    known: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class PageLook:
    """The frame's contents. `track` is a deal's own progress, on top of its page.

    `acts_on` is whom the log keys are about: on a company's page the deal that is next, None where there is none.
    """

    subject: Subject
    acts_on: Subject | None
    name: str
    subtitle: str
    number: str = ""
    email: str = ""
    gone: str = ""
    meeting: MeetingLook | None = None
    reason: ReasonLook | None = None
    track: DealLook | None = None
    promises: tuple[PromiseLook, ...] = ()
    facts: tuple[FactLook, ...] = ()
    deals: tuple[DealLook, ...] = ()
    people_title: str = ""
    people: tuple[ContactLook, ...] = ()
    people_note: str = ""
    people_first: bool = False
    thread: ThreadLook | None = None
    marketing: tuple[MarketingLine, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    company: Subject | None = None

    @property
    def kind(self) -> Kind:
        """What it is a page of."""
        return self.subject.kind
