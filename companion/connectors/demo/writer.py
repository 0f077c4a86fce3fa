"""Writes the book: one short call for each record, with the links and the usual values filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from unicodedata import combining, normalize

from msgspec import Struct

from companion.connectors.demo.days import Days
from companion.connectors.demo.places import Place
from companion.connectors.demo.rows import Row
from companion.domain.records import Kind, Value

NORA, BRUNO, CHEN, DORA, EMIL = "U1", "U2", "U3", "U4", "U5"
INES, KARL, INGRID = "U6", "U7", "U8"
DISCOVERY, EVALUATION, PROPOSAL, NEGOTIATION, CLOSING, WON, LOST = (f"S{n}" for n in range(1, 8))
PROBABILITY: Final = {DISCOVERY: 10, EVALUATION: 25, PROPOSAL: 50, NEGOTIATION: 70, CLOSING: 90, WON: 100, LOST: 0}
PIPELINE: Final = "L1"
_NOTHING_MORE: Final[Mapping[str, Value]] = MappingProxyType({})


class Company(Struct, frozen=True, gc=False):
    """A company as those who write about it need it."""

    id: str
    name: str
    domain: str
    place: Place
    owner: str


class Person(Struct, frozen=True, gc=False):
    """A person as those who write about them need it."""

    id: str
    first: str
    company: Company
    owner: str


class Deal(Struct, frozen=True, gc=False):
    """A deal as those who write about it need it."""

    id: str
    name: str
    person: Person


class Writer:
    """Collects the rows of the book. Offsets are in days from today; amounts in whole euros."""

    def __init__(self, days: Days, next_id: Callable[[Kind], str]) -> None:
        self.days, self._next_id = days, next_id
        self.rows: list[Row] = []

    def company(self, name: str, place: Place, industry: str, owner: str, domain: str, *, created: int) -> Company:
        """A company with a switchboard and a web site."""
        record_id = self._next_id(Kind.COMPANY)
        at = self.days.second(created, 32400)
        fields: dict[str, Value] = {
            "name": name,
            "phone": place.phone(),
            "email": f"hello@{domain}",
            "website": f"https://www.{domain}",
            "city": place.city,
            "country": place.country,
            "industry": industry,
            "created_at": at,
        }
        self.rows.append(Row(Kind.COMPANY, record_id, fields, {"owner": owner}, stamp=at))
        return Company(record_id, name, domain, place, owner)

    def person(
        self,
        company: Company,
        name: str,
        role: str,
        *,
        created: int,
        owner: str | None = None,
        email: str | None = None,
        extra: dict[str, str] | None = None,
        **fields: Value,
    ) -> Person:
        """A person of `company`, by default of the company's owner; any field may be given."""
        record_id = self._next_id(Kind.PERSON)
        first, _, last = name.partition(" ")
        at = self.days.second(created, 34200)
        own: dict[str, Value] = {
            "name": name,
            "role": role,
            "mobile": fields.pop("mobile", None) or company.place.phone(),
            "email": email or f"{_ascii(first)}.{_ascii(last)}@{company.domain}",
            "city": company.place.city,
            "time_zone": company.place.zone,
            "created_at": at,
        }
        links: dict[str, str | None] = {"company": company.id, "owner": owner or company.owner}
        self.rows.append(Row(Kind.PERSON, record_id, {**own, **fields}, links, (), extra or {}, stamp=at))
        return Person(record_id, first, company, owner or company.owner)

    def deal(
        self,
        person: Person,
        name: str,
        amount: int | None,
        stage: str,
        close: int,
        *,
        created: int,
        since: int,
        others: tuple[tuple[Person, str], ...] = (),
        extra: dict[str, str] | None = None,
        loss_reason: str | None = None,
        **fields: Value,
    ) -> Deal:
        """A deal with `person`; `since` is when it came into its stage, `others` are further contacts with roles."""
        record_id = self._next_id(Kind.DEAL)
        at = self.days.second(since, 43200)
        own: dict[str, Value] = {
            "name": name,
            "amount": amount * 100 if amount is not None else None,
            "currency": "EUR",
            "close_on": self.days.on(close),
            "probability": PROBABILITY[stage],
            "status": "won" if stage == WON else "lost" if stage == LOST else "open",
            "is_lead": False,
            "stage_since_at": at,
            "created_at": self.days.second(created, 36000),
        }
        links: dict[str, str | None] = {
            "company": person.company.id,
            "person": person.id,
            "owner": person.owner,
            "stage": stage,
            "pipeline": PIPELINE,
            "loss_reason": loss_reason,
        }
        people = tuple((other.id, role) for other, role in others)
        self.rows.append(Row(Kind.DEAL, record_id, {**own, **fields}, links, people, extra or {}, stamp=at))
        return Deal(record_id, name, person)

    def activity(
        self,
        what: str,
        person: Person,
        deal: Deal | None,
        at: int,
        subject: str,
        body: str | None,
        *,
        more: Mapping[str, Value] = _NOTHING_MORE,
        people: tuple[tuple[str, str], ...] = (),
        by: str | None = None,
    ) -> None:
        """Something that happened, or is to: on the person, the company and the deal, by the owner or `by`."""
        own: dict[str, Value] = {"what": what, "subject": subject, "body": body, "at": at, "done": True, **more}
        links: dict[str, str | None] = {
            "person": person.id,
            "company": person.company.id,
            "deal": deal.id if deal is not None else None,
            "owner": by or person.owner,
        }
        record_id = self._next_id(Kind.ACTIVITY)
        stamp = min(at, int(self.days.now.timestamp()))
        self.rows.append(Row(Kind.ACTIVITY, record_id, own, links, people, stamp=stamp))

    def email(self, direction: str, person: Person, deal: Deal | None, at: int, subject: str, body: str) -> None:
        """An e-mail: 'in' or 'out'."""
        self.activity("email", person, deal, at, subject, body, more={"direction": direction, "done_at": at})

    def call(
        self,
        person: Person,
        deal: Deal | None,
        at: int,
        outcome: str,
        body: str | None = None,
        *,
        minutes: int = 0,
        direction: str = "out",
        subject: str | None = None,
    ) -> None:
        """A call; `minutes` is 0 where nobody answered."""
        more: dict[str, Value] = {"direction": direction, "outcome": outcome, "done_at": at}
        if minutes:
            more["duration_s"] = minutes * 60
        title = subject or ("Call" if minutes else _UNANSWERED.get(outcome, "Call"))
        self.activity("call", person, deal, at, title, body, more=more)

    def meeting(
        self,
        person: Person,
        deal: Deal | None,
        at: int,
        minutes: int,
        subject: str,
        body: str | None = None,
        *,
        held: bool = True,
        with_people: tuple[Person, ...] = (),
    ) -> None:
        """A meeting; not `held` is one ahead, or one that nobody has logged."""
        end = at + minutes * 60
        more: dict[str, Value] = {"ends_at": end, "duration_s": minutes * 60, "done": held}
        if held:
            more |= {"outcome": "met", "done_at": end}
        people = tuple((other.id, "attended" if held else "invited") for other in with_people)
        self.activity("meeting", person, deal, at, subject, body, more=more, people=people)

    def note(
        self,
        person: Person,
        deal: Deal | None,
        at: int,
        subject: str,
        body: str,
        *,
        outcome: str | None = None,
        by: str | None = None,
    ) -> None:
        """A note, or what the CRM itself wrote down (then with an outcome such as 'stage_moved')."""
        self.activity(
            "note", person, deal, at, subject, body, more={"outcome": outcome} if outcome else _NOTHING_MORE, by=by
        )

    def task(self, person: Person, deal: Deal | None, written: int, due: int, subject: str, **fields: Value) -> None:
        """A next step that was written down at the instant `written` and is due in `due` days."""
        own: dict[str, Value] = {"due_on": self.days.on(due), "done": False, **fields}
        self.activity("task", person, deal, written, subject, None, more=own)

    def engagement(self, what: str, person: Person, deal: Deal | None, at: int, subject: str, **fields: Value) -> None:
        """A marketing touch."""
        links: dict[str, str | None] = {
            "person": person.id,
            "company": person.company.id,
            "deal": deal.id if deal is not None else None,
        }
        own: dict[str, Value] = {"what": what, "subject": subject, "at": at, "count": 1, **fields}
        self.rows.append(Row(Kind.ENGAGEMENT, self._next_id(Kind.ENGAGEMENT), own, links, stamp=at))


_UNANSWERED: Final = {"no_answer": "No answer", "voicemail": "Left voicemail", "busy": "Busy"}
_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "æ": "ae", "ı": "i", "đ": "d", "ß": "ss", "'": "", "’": "", " ": "-"}
)


def _ascii(name: str) -> str:
    parts = normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(letter for letter in parts if not combining(letter))
