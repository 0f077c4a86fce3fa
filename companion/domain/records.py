"""What one record of the book is: its kind, its fields and its links, in Companion's own words.

The names here are the only ones that the store, sync and every connector's `mapping.py` share. A field that ends
in `_at` is an instant as whole seconds since 1970 in UTC; one that ends in `_on` is a calendar day as 'YYYY-MM-DD'
without a zone; `amount` is money in hundredths of `currency`; everything else is text, a whole number or a truth value.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

Value = str | int | float | bool | None
Fields = Mapping[str, Value]


class Kind(StrEnum):
    """The kinds of record, in the order in which a first sync reads them: what is linked to comes first."""

    USER = "user"
    PIPELINE = "pipeline"
    STAGE = "stage"
    LOSS_REASON = "loss_reason"
    COMPANY = "company"
    PERSON = "person"
    DEAL = "deal"
    ACTIVITY = "activity"
    ENGAGEMENT = "engagement"


class Gone(StrEnum):
    """Why a record left the book. The local copy is kept and marked, except when the right to see it ended."""

    DELETED = "deleted"
    ARCHIVED = "archived"
    MERGED = "merged"
    OUT_OF_SCOPE = "out_of_scope"


FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.USER: ("name", "email", "active"),
    Kind.PIPELINE: ("name", "position"),
    Kind.STAGE: ("name", "position", "probability", "outcome"),
    Kind.LOSS_REASON: ("name", "position"),
    Kind.COMPANY: ("name", "phone", "email", "website", "city", "country", "industry", "created_at"),
    Kind.PERSON: (
        "name",
        "role",
        "phone",
        "mobile",
        "email",
        "city",
        "time_zone",
        "best_time",
        "source",
        "campaign",
        "journey",
        "consent",
        "buying_role",
        "created_at",
    ),
    Kind.DEAL: (
        "name",
        "amount",
        "currency",
        "close_on",
        "probability",
        "status",
        "is_lead",
        "stage_since_at",
        "closed_at",
        "lost_note",
        "contract_ends_on",
        "trial_ends_on",
        "source",
        "medium",
        "campaign",
        "created_at",
    ),
    Kind.ACTIVITY: (
        "what",
        "direction",
        "subject",
        "body",
        "at",
        "ends_at",
        "duration_s",
        "due_on",
        "due_at",
        "done",
        "done_at",
        "outcome",
        "promise",
    ),
    Kind.ENGAGEMENT: ("what", "subject", "at", "count", "source", "campaign"),
}
"""The fields of each kind.

stage.outcome and deal.status: 'open', 'won' or 'lost'. stage.probability and deal.probability: 0 to 100.
person.buying_role: free words such as 'Decides' or 'Champion'. person.consent: 'yes', 'no' or None (not known).
activity.what: 'call', 'email', 'meeting', 'note' or 'task'. activity.direction: 'in' (they reached us), 'out' or None.
activity.at: when it took place or will begin; for a task, when it was written down. A task is a next step: `due_on` is
its day, `due_at` the instant if an hour was agreed, `done` whether it is finished. A meeting ahead has `at` in the
future and `done` false. activity.promise: 'mine', 'theirs' or None. activity.outcome: the log button's outcome code.
engagement.what: 'email_sent', 'email_opened', 'email_clicked', 'page_read', 'form', 'webinar', 'quote_opened',
'campaign' or 'reply'.
"""

LINKS: Final[Mapping[Kind, Mapping[str, Kind]]] = {
    Kind.USER: {},
    Kind.PIPELINE: {},
    Kind.STAGE: {"pipeline": Kind.PIPELINE},
    Kind.LOSS_REASON: {},
    Kind.COMPANY: {"owner": Kind.USER},
    Kind.PERSON: {"company": Kind.COMPANY, "owner": Kind.USER},
    Kind.DEAL: {
        "company": Kind.COMPANY,
        "person": Kind.PERSON,
        "owner": Kind.USER,
        "stage": Kind.STAGE,
        "pipeline": Kind.PIPELINE,
        "loss_reason": Kind.LOSS_REASON,
    },
    Kind.ACTIVITY: {
        "person": Kind.PERSON,
        "company": Kind.COMPANY,
        "deal": Kind.DEAL,
        "owner": Kind.USER,
    },
    Kind.ENGAGEMENT: {"person": Kind.PERSON, "company": Kind.COMPANY, "deal": Kind.DEAL},
}
"""The links of each kind and what they point at. In the store a link's column is its name with `_id`."""

STRANGER: Final = "remote:"
"""Begins the value of a link to a record that the book does not have, as the CRM told it; its id there follows."""


def link_columns(kind: Kind) -> tuple[str, ...]:
    """The store's columns of the links of `kind`, such as 'company_id'."""
    return tuple(f"{name}_id" for name in LINKS[kind])
