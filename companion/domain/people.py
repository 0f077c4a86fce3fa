"""A person: whom we call, how to reach them, and what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """A person as screens show one. `consent` is 'yes', 'no' or None; `gone` says why they left the book."""

    id: str
    name: str
    role: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    city: str | None = None
    time_zone: str | None = None
    best_time: str | None = None
    source: str | None = None
    campaign: str | None = None
    journey: str | None = None
    consent: str | None = None
    buying_role: str | None = None
    created: dt.datetime | None = None
    company_id: str | None = None
    owner_id: str | None = None
    gone: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str | None:
        """The number to call: the mobile, else the desk."""
        return self.mobile or self.phone
