"""What the sheet says of a person, company or deal, as values in the order in which they are set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from companion.database import Rows
from companion.domain import words
from companion.domain.records import Kind
from companion.queries.brief import Brief, brief
from ui.person.brief_viewmodel import recent
from ui.person.deal_look import DealLook
from ui.person.meeting_look import MeetingLook, meeting_look
from ui.person.page_look import PageLook
from ui.person.viewmodel import READERS
from ui.session import Session, Subject
from ui.theme.tokens import Tone

_MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line: words at the start, quieter words at the end. `bold` words stand before; `lines` at most, then cut."""

    text: str
    aside: str = ""
    bold: str = ""
    tone: Tone = "none"
    bullet: bool = False
    lines: int = 2


@dataclass(frozen=True, slots=True)
class Section:
    """A head and what stands under it."""

    head: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. `made` says when it was made."""

    name: str
    subtitle: str
    reach: str
    made: str
    sections: tuple[Section, ...]

    @property
    def spoken(self) -> str:
        """All its words, for a screen reader."""
        said = [self.name, self.subtitle, self.reach]
        for section in self.sections:
            said.append(section.head)
            said += [" ".join(each for each in (line.bold, line.text, line.aside) if each) for line in section.lines]
        return "\n".join(each for each in said if each)


def sheet_of(rows: Rows, subject: Subject, session: Session) -> Sheet | None:
    """The sheet of a person, company or deal; None where it is not here any more."""
    page = READERS[subject.kind](rows, subject, session) if subject.kind in READERS else None
    if page is None:
        return None
    now = session.clock()
    prep = brief(rows, subject.kind.value, subject.id, now, session.zone, workspace=session.workspace)
    meeting = page.meeting
    if meeting is None and subject.kind is Kind.COMPANY and page.acts_on is not None:
        meeting = meeting_look(rows, session, page.acts_on.person_id, page.acts_on.deal_id)
    made = _tr("Made %1").replace("%1", f"{words.dated(now.date(), now.date())}, {_clock(now, session)}")
    reach = " · ".join(each for each in (page.number, page.email) if each)
    return Sheet(page.name, page.subtitle, reach, made, tuple(_sections(page, prep, meeting, now.date())))


def _sections(page: PageLook, prep: Brief | None, meeting: MeetingLook | None, today: dt.date) -> Iterable[Section]:
    """Those that have something to say, the most important first: what does not fit is cut at the end."""
    found = (
        Section(_tr("Meeting"), _meeting(meeting)),
        Section(_tr("Why now"), _reasons(page, prep)),
        Section(_tr("Where you left off"), _left_off(prep)),
        Section(_tr("Promises"), tuple(SheetLine(each.text, each.age, tone=each.tone) for each in page.promises)),
        Section(_tr("Before you call"), tuple(SheetLine(each.text, each.source, bullet=True) for each in page.facts)),
        Section(_tr("Deals") if len(page.deals) > 1 else _tr("Deal"), _deals(page)),
        Section(_tr("People"), _people(page)),
        Section(_tr("Last touches"), _touches(prep, page, today)),
        Section(_tr("Marketing"), _marketing(page)),
    )
    return (each for each in found if each.lines)


def _meeting(meeting: MeetingLook | None) -> tuple[SheetLine, ...]:
    if meeting is None:
        return ()
    rest = [SheetLine(each, lines=3) for each in (meeting.people, meeting.topics) if each]
    return (SheetLine("", bold=meeting.title), *rest)


def _reasons(page: PageLook, prep: Brief | None) -> tuple[SheetLine, ...]:
    if prep is None or not prep.reasons:
        return () if page.reason is None else (SheetLine(f"{page.reason.text}{page.reason.tail}"),)
    first, *others = prep.reasons[:_MOST_REASONS]
    told = [SheetLine("", bold=first.sentence)]
    told += [SheetLine(each, tone="none") for each in (first.if_nothing, *(each.sentence for each in others)) if each]
    return tuple(told)


def _left_off(prep: Brief | None) -> tuple[SheetLine, ...]:
    if prep is None or not prep.left_off:
        return ()
    return (SheetLine(" ".join(each.text for each in prep.left_off), lines=4),)


def _deals(page: PageLook) -> tuple[SheetLine, ...]:
    deals: Sequence[DealLook] = page.deals or ((page.track,) if page.track is not None else ())
    found: list[SheetLine] = []
    for deal in deals:
        stage = f"{deal.stage}, {deal.place}" if deal.place else deal.stage
        closes = " ".join(each for each in deal.closes if each)
        found.append(SheetLine(" · ".join(each for each in (stage, closes) if each), deal.amount, bold=deal.name))
        if deal.open:
            step = deal.step[0] or _tr("No next step yet")
            found.append(SheetLine(_tr("Next: %1").replace("%1", step) if deal.step[0] else step, deal.step[1]))
    return tuple(found)


def _people(page: PageLook) -> tuple[SheetLine, ...]:
    listed = tuple(
        SheetLine(", ".join(each for each in (each.role, each.tag) if each), each.touch, bold=each.name, lines=1)
        for each in page.people
    )
    if page.thread is None:
        return listed
    return (SheetLine(f"{page.thread.words} · {page.thread.verb}", tone="warn"), *listed)


def _touches(prep: Brief | None, page: PageLook, today: dt.date) -> tuple[SheetLine, ...]:
    if prep is None:
        return ()
    found = (recent(each, today, page.name) for each in prep.recently)
    return tuple(SheetLine(each.text, each.source) for each in found)


def _marketing(page: PageLook) -> tuple[SheetLine, ...]:
    """In one line what the CRM holds, in another what it does not."""
    if not page.marketing:
        return ()
    known = " · ".join(f"{each.label}: {each.value}" for each in page.marketing if each.known)
    missing = ", ".join(each.label for each in page.marketing if not each.known)
    said = (known, _tr("Not in the CRM: %1").replace("%1", missing) if missing else "")
    return tuple(SheetLine(each, lines=3) for each in said if each)


def _clock(now: dt.datetime, session: Session) -> str:
    return words.clock(int(now.timestamp()), session.zone)


def _tr(text: str) -> str:
    return QCoreApplication.translate("BriefPrint", text)
