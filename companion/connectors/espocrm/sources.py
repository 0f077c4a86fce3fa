"""Where each kind is read from: one or more entities of EspoCRM, and how a row of each becomes a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from companion.connectors.base import Upsert
from companion.connectors.espocrm import mapping
from companion.connectors.espocrm.activities import (
    CALL,
    EMAIL,
    MEETING,
    NOTE,
    TASK,
    Around,
    call,
    email,
    meeting,
    note,
    task,
)
from companion.connectors.espocrm.engagements import LOG, engagement
from companion.connectors.espocrm.stages import CONVERTED
from companion.connectors.espocrm.wire import Row, above, among, below, either, empty, is_not
from companion.domain.records import Kind

PARENTS: Final = ("Account", "Contact", "Lead", "Opportunity")


class Source(Struct, frozen=True):
    """One entity that a kind is read from. `prefix` begins the remote ids; `always` are conditions of every reading;
    `leaves` are those that a window drops, to see what no longer fits; `stamp` is what windows go by; `linked` are the
    conditions of records whose links are read by themselves now and then; `owner` is whose a record is, '' nobody's."""

    entity: str
    select: tuple[str, ...]
    map: Callable[[Row, Around], Upsert | None]
    prefix: str = ""
    always: tuple[Row, ...] = ()
    leaves: tuple[Row, ...] = ()
    stamp: str = "modifiedAt"
    owner: str = "assignedUserId"
    linked: tuple[Row, ...] = ()

    def remote_id(self, row_id: str) -> str:
        """Ours of theirs."""
        return f"{self.prefix}{row_id}"

    def row_id(self, remote_id: str) -> str | None:
        """Theirs of ours; None where it is of another source."""
        if not self.prefix:
            return None if ":" in remote_id or remote_id.startswith(mapping.LEAD_ID) else remote_id
        return remote_id.removeprefix(self.prefix) if remote_id.startswith(self.prefix) else None


_OPEN_LEADS: Final = (either(is_not("status", CONVERTED), empty("status")),)

SOURCES: Final[Mapping[Kind, tuple[Source, ...]]] = {
    Kind.USER: (
        Source(
            "User",
            mapping.USER,
            lambda row, around: mapping.user(row, around.setting),
            always=(among("type", ("regular", "admin", "api")),),
            owner="",
        ),
    ),
    Kind.COMPANY: (Source("Account", mapping.ACCOUNT, lambda row, around: mapping.account(row, around.setting)),),
    Kind.PERSON: (
        Source("Contact", mapping.CONTACT, lambda row, around: mapping.contact(row, around.setting)),
        Source(
            "Lead",
            mapping.LEAD,
            lambda row, around: mapping.lead_person(row, around.setting),
            mapping.LEAD_ID,
            leaves=_OPEN_LEADS,
        ),
    ),
    Kind.DEAL: (
        Source(
            "Opportunity",
            mapping.OPPORTUNITY,
            lambda row, around: mapping.opportunity(row, around.setting),
            linked=(above("probability", 0), below("probability", 100)),
        ),
        Source(
            "Lead",
            mapping.LEAD,
            lambda row, around: mapping.lead_deal(row, around.setting),
            mapping.LEAD_ID,
            leaves=_OPEN_LEADS,
        ),
    ),
    Kind.ACTIVITY: (
        Source("Call", CALL, call, "Call:"),
        Source("Meeting", MEETING, meeting, "Meeting:"),
        Source("Task", TASK, task, "Task:"),
        Source("Email", EMAIL, email, "Email:", always=(among("status", ("Sent", "Archived")),)),
        Source(
            "Note",
            NOTE,
            note,
            "Note:",
            always=({"type": "equals", "attribute": "type", "value": "Post"}, among("parentType", PARENTS)),
            owner="createdById",
        ),
    ),
    Kind.ENGAGEMENT: (
        Source(
            "CampaignLogRecord",
            LOG,
            engagement,
            always=({"type": "isFalse", "attribute": "isTest"}, among("parentType", PARENTS)),
            stamp="createdAt",
            owner="",
        ),
    ),
}
