"""Which table holds which kind of record; importable without SQLAlchemy, for reads by plain SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from companion.domain.records import Kind

TABLES: Final[Mapping[Kind, str]] = {
    Kind.USER: "users",
    Kind.PIPELINE: "pipelines",
    Kind.STAGE: "stages",
    Kind.LOSS_REASON: "loss_reasons",
    Kind.COMPANY: "companies",
    Kind.PERSON: "people",
    Kind.DEAL: "deals",
    Kind.ACTIVITY: "activities",
    Kind.ENGAGEMENT: "engagements",
}
