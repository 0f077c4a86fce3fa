"""What one look at a CRM showed, before anything is stored: who we are there, and what is open to us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from companion.domain.account import Account
from companion.domain.records import Kind


class Right(StrEnum):
    """What a user may do with one kind of record."""

    WRITE = "read and write"
    READ = "read only"
    NONE = "not open"


@dataclass(frozen=True, slots=True)
class Trial:
    """A sign-in that worked. `account` is as the server knows it; `secret` is what is to be kept (a key, a token, or
    the tokens of the way through the browser) and is never printed.

    `vendor` and `tenant` name the place, as an op is bound to it; `user_id` is the remote id of whoever signed in.
    `rights` has companies, people, deals, activities and engagements; NONE also where the CRM has no such kind.
    `skew_s` is how many seconds the CRM's clock is ahead of this computer's, None where it doesn't tell; `sunset` the
    day on which the vendor ends this version, as YYYY-MM-DD, or ''. `notes` are whole sentences in the rep's language.
    """

    account: Account
    secret: Any = field(repr=False)
    user_id: str
    user_name: str
    version: str
    rights: Mapping[Kind, Right]
    notes: tuple[str, ...] = ()
    skew_s: float | None = None
    sunset: str = ""
    vendor: str = ""
    tenant: str = ""
