"""Which query brings which records: sources of each kind, whose records they are, and what a row becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from companion.connectors import rows
from companion.connectors.base import Tombstone, Upsert
from companion.connectors.rows import Told
from companion.connectors.salesforce import activities, engagements, mapping
from companion.connectors.salesforce.cursor import Cursor, stamp
from companion.connectors.salesforce.mapping import Known
from companion.connectors.salesforce.session import Session
from companion.connectors.salesforce.soql import count, select, text
from companion.connectors.salesforce.wire import Row
from companion.domain.field_map import FieldMap
from companion.domain.records import Gone, Kind

Map = Callable[[Row, Known], Upsert]


class Source(Struct, frozen=True):
    """One object that a kind is read from.

    `mine` are conditions of which each brings some of one user's records ('{me}' is the user); those after the first
    are asked less often. `also` holds for every row, `everyones` for those of no user in particular.
    """

    object: str
    map: Map
    columns: tuple[str, ...] = ()
    mine: tuple[str, ...] = ("OwnerId = {me}",)
    also: str = ""
    everyones: str = ""
    calm: bool = False


class Way(Struct, frozen=True):
    """One query of a pull: a source, and whose records."""

    source: Source
    whose: str
    calm: bool


_WROTE: Final = "CreatedById = {me}"
_OWN: Final = "OwnerId = {me}"
_IN_MY_DEALS: Final = "OwnerId != {me} AND Id IN (SELECT AccountId FROM Opportunity WHERE OwnerId = {me})"
_OF_MY_CONTACTS: Final = "OwnerId != {me} AND Id IN (SELECT AccountId FROM Contact WHERE OwnerId = {me})"
_IN_MY_ROLES: Final = (
    "OwnerId != {me} AND Id IN (SELECT ContactId FROM OpportunityContactRole WHERE Opportunity.OwnerId = {me})"
)
# Whoever is invited to an event has a copy of it: among everybody's, and at one's accounts, the original will do.
_MEETINGS: Final = "(OwnerId = {me} OR (Account.OwnerId = {me} AND IsChild = false))"
_AROUND_ME: Final = "(OwnerId = {me} OR Account.OwnerId = {me})"

SOURCES: Final[dict[Kind, tuple[Source, ...]]] = {
    Kind.USER: (Source("User", mapping.user, mapping.BESIDE["User"], ("",), also="UserType = 'Standard'", calm=True),),
    Kind.COMPANY: (
        Source("Account", mapping.company, mapping.BESIDE["Account"], (_OWN, _IN_MY_DEALS, _OF_MY_CONTACTS)),
    ),
    Kind.PERSON: (
        Source("Contact", mapping.person, mapping.BESIDE["Contact"], (_AROUND_ME, _IN_MY_ROLES)),
        Source("Lead", mapping.person, mapping.BESIDE["Lead"]),
    ),
    Kind.DEAL: (
        Source("Opportunity", mapping.deal, mapping.BESIDE["Opportunity"]),
        Source("Lead", mapping.deal, mapping.BESIDE["Lead"]),
    ),
    Kind.ACTIVITY: (
        Source("Task", activities.task, activities.COLUMNS["Task"], (_AROUND_ME,)),
        Source("Event", activities.event, activities.COLUMNS["Event"], (_MEETINGS,), everyones="IsChild = false"),
        # Those with a parent belong to cases: a matter of support.
        Source("EmailMessage", activities.email, activities.COLUMNS["EmailMessage"], (_WROTE,), also="ParentId = null"),
        Source("ContentNote", mapping.user, activities.COLUMNS["ContentNote"]),
    ),
    Kind.ENGAGEMENT: (
        Source(
            "CampaignMember",
            engagements.member,
            engagements.COLUMNS,
            ("(Contact.OwnerId = {me} OR Lead.OwnerId = {me})",),
            calm=True,
        ),
        Source(
            "EmailMessage",
            engagements.opened,
            engagements.OPENED,
            (_WROTE,),
            also="FirstOpenedDate != null AND ParentId = null",
            calm=True,
        ),
    ),
}
_NESTED: Final = {
    "Opportunity": (
        ("OpportunityContactRole", "ContactId", "(SELECT Id, ContactId, Role FROM OpportunityContactRoles)"),
    ),
    "Event": (("EventRelation", "RelationId", "(SELECT Id, RelationId FROM EventRelations)"),),
    "EmailMessage": (("EmailMessageRelation", "RelationId", "(SELECT Id, RelationId FROM EmailMessageRelations)"),),
}


def kind_sources(session: Session, kind: Kind) -> tuple[Source, ...]:
    """The sources of a kind that are open to this user; none where its main one is not."""
    sources = SOURCES.get(kind, ())
    if not sources or not session.fields(sources[0].object):
        return ()
    return tuple(each for each in sources if all(session.has(each.object, name) for name in _asked(each)))


def _asked(source: Source) -> list[str]:
    """The fields without which a source can't be asked for."""
    return ["Id", *re.findall(r"\b([A-Z]\w+) (?:=|!=)", source.also)]


def ways(session: Session, kind: Kind, user_id: str | None) -> list[Way]:
    """The queries that bring a kind's records, in order."""
    found: list[Way] = []
    for source in kind_sources(session, kind):
        if user_id is None:
            found.append(Way(source, source.everyones, source.calm))
            continue
        conditions = [each.replace("{me}", text(user_id)) for each in source.mine]
        for number, whose in enumerate(conditions):
            if _can_ask(session, whose):
                found.append(Way(source, whose, source.calm or number > 0))
    return found


def _can_ask(session: Session, whose: str) -> bool:
    return all(
        session.fields(name) for name in ("Opportunity", "Contact", "OpportunityContactRole") if f"FROM {name}" in whose
    )


def columns(session: Session, source: Source, kind: Kind, field_map: FieldMap, known: Known) -> list[str]:
    """What to read of a source: of what we know and what the team agreed on, what is there."""
    wanted = [
        *mapping.COMMON, *source.columns, *known.names(source.object, kind).values(), *known.shown(source.object, kind),
        *(field_map.names(kind, {}).values()),
    ]  # fmt: skip
    if source.object == "Opportunity" and known.loss is not None:
        wanted.append(known.loss)
    found = [name for name in dict.fromkeys(wanted) if session.has(source.object, name)]
    if source.object == "Opportunity" and "CampaignId" in found and session.fields("Campaign"):
        found.append("Campaign.Name")
    if source.object == "CampaignMember" and session.fields("Campaign"):
        found += ["Campaign.Name", "Campaign.Type"]
    found += [inner for child, name, inner in _NESTED.get(source.object, ()) if session.has(child, name)]
    return found


def stamped(session: Session, source: Source) -> str:
    """The stamp that a window goes by: notes have no other than that of their last edit."""
    return next(
        (name for name in ("SystemModstamp", "LastModifiedDate", "CreatedDate") if session.has(source.object, name)),
        "SystemModstamp",
    )


def statement(session: Session, way: Way, names: Sequence[str], cursor: Cursor, limit: int) -> str:
    """The query for the rows after the cursor."""
    source, by = way.source, stamped(session, way.source)
    whose = [source.also, way.whose]
    if cursor.full:
        after = f"Id > {text(cursor.last)}" if cursor.last else ""
        return select(names, source.object, [*_living(session, source), *whose, after], "Id ASC", limit)
    since = cursor.calm_since if way.calm else cursor.since
    if cursor.last:
        at = stamp(cursor.stamp)
        after = f"({by} > {at} OR ({by} = {at} AND Id > {text(cursor.last)}))"
    else:
        after = f"{by} >= {stamp(since or 0)}"
    return select(names, source.object, [after, *whose], f"{by} ASC, Id ASC", limit)


def counted(session: Session, way: Way) -> str:
    """How many rows a full pass brings this way."""
    return count(way.source.object, [*_living(session, way.source), way.source.also, way.whose])


def listed(session: Session, way: Way) -> str:
    """The ids of all rows."""
    names = ["Id", "TaskSubtype"] if session.has(way.source.object, "TaskSubtype") else ["Id"]
    return select(names, way.source.object, [*_living(session, way.source), way.source.also, way.whose], "Id ASC")


def _living(session: Session, source: Source) -> list[str]:
    """Rows that are not in the recycle bin, and leads that have not become something else."""
    deleted = ["IsDeleted = false"] if session.has(source.object, "IsDeleted") else []
    return deleted + (["IsConverted = false"] if session.has(source.object, "IsConverted") else [])


def told(kind: Kind, found: Sequence[Row], mapped: Callable[[Row], Upsert | None]) -> Told:
    """What rows tell: records, what left, and what can't be understood."""

    def tell(_: str, row: Row) -> Iterator[Upsert | Tombstone]:
        if (each := _left(kind, row) or mapped(row)) is not None:
            yield each

    return rows.told(kind, ((str(row.get("Id")), row) for row in found), tell)


def _left(kind: Kind, row: Row) -> Tombstone | None:
    """A row that is no more: deleted, merged into another, or a lead that was converted."""
    remote_id = str(row["Id"])
    if row.get("IsDeleted") is True:
        winner = mapping.link(row, "MasterRecordId")
        return Tombstone(kind, remote_id, Gone.MERGED if winner else Gone.DELETED, winner)
    if row.get("IsConverted") is True:
        into = "ConvertedContactId" if kind is Kind.PERSON else "ConvertedOpportunityId"
        winner = mapping.link(row, into)
        return Tombstone(kind, remote_id, Gone.MERGED if winner else Gone.DELETED, winner)
    return None
