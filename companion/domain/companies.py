"""A company: where the people work whom we sell to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Company:
    """A company as screens show it."""

    id: str
    name: str
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    city: str | None = None
    country: str | None = None
    industry: str | None = None
    created: dt.datetime | None = None
    owner_id: str | None = None
    gone: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
