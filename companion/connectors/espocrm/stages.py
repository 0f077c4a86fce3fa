"""Pipelines and stages: a choice with probabilities up to 9, records from 10 on; and the states of leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors import agreed
from companion.connectors.base import Upsert
from companion.connectors.digest import digest
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Row
from companion.domain.language import tr
from companion.domain.records import Kind, Value

SALES: Final = "opportunity"
"""The one pipeline of an EspoCRM without pipelines."""

LEADS: Final = "lead"
"""Leads have states of their own, 'lead:New': a pipeline before the others."""

CONVERTED: Final = "Converted"
_DEAD: Final = ("Dead", "Recycled")


class Stage(Struct, frozen=True):
    """One stage. `kept` is the value of `Opportunity.stage` (or of a lead's status) behind it."""

    id: str
    name: str
    pipeline: str
    kept: str
    outcome: str = "open"
    probability: int | None = None


class Stages(Struct, frozen=True):
    """All stages by id, in order; and the pipelines' names by id. `records` says that the stages are records."""

    all: Mapping[str, Stage] = {}
    pipelines: Mapping[str, str] = {}
    records: bool = False

    def of_deal(self, value: str | None, stage_id: str | None) -> str | None:
        """The stage of an opportunity. A value that was taken off the list since is a stage that nobody can move to.

        What came before pipelines were switched on has no record for a stage: it stands at the first that means its.
        """
        if not self.records or stage_id is not None:
            return stage_id if self.records else value
        alike = (each.id for each in self.all.values() if each.pipeline != LEADS and each.kept == value)
        return next(alike, None)

    def of_lead(self, status: str | None) -> str | None:
        """The stage of a lead."""
        return None if status is None else f"{LEADS}:{status}"

    def outcome(self, stage: str | None) -> str:
        """'open', 'won' or 'lost'."""
        found = self.all.get(stage or "")
        return found.outcome if found is not None else "open"

    def pipeline_of(self, stage: str | None) -> str | None:
        """The pipeline of a stage."""
        found = self.all.get(stage or "")
        if found is not None:
            return found.pipeline
        return None if stage is None or self.records else LEADS if stage.startswith(f"{LEADS}:") else SALES

    def that_is(self, outcome: str, pipeline: str | None) -> Stage | None:
        """The stage that wins or loses a deal: the one with the plainest name, or the last."""
        fits = [stage for stage in self.all.values() if stage.outcome == outcome and stage.pipeline == pipeline]
        plain = [stage for stage in fits if stage.kept in ("Closed Won", "Closed Lost", "Dead")]
        return next(iter(plain or fits[-1:]), None)

    def first(self, pipeline: str | None = None) -> Stage | None:
        """Where a new deal begins."""
        fits = [each for each in self.all.values() if each.pipeline != LEADS and each.outcome == "open"]
        return next((each for each in fits if pipeline in (None, each.pipeline)), None)


def read(session: Session) -> Stages:
    """The stages of this EspoCRM."""
    leads = _of_leads(session) if session.may("Lead", "read") else {}
    if session.pipelined():
        found = _records(session)
        names = {str(each["id"]): str(each.get("name") or "") for each in session.me.pipelines if each.get("id")}
        if leads:
            names[LEADS] = tr("Leads")
        return Stages({**found, **leads}, names, True)
    names = {SALES: tr("Sales")} | ({LEADS: tr("Leads")} if leads else {})
    return Stages({**_choices(session), **leads}, names)


def pipelines(stages: Stages) -> list[Upsert]:
    """The pipelines as records."""
    return [
        _upsert(Kind.PIPELINE, key, {"name": name, "position": place})
        for place, (key, name) in enumerate(stages.pipelines.items())
    ]


def upserts(stages: Stages) -> list[Upsert]:
    """The stages as records."""
    told = []
    for place, stage in enumerate(stages.all.values()):
        fields: dict[str, Value] = {
            "name": stage.name,
            "position": place,
            "probability": stage.probability,
            "outcome": stage.outcome,
        }
        told.append(_upsert(Kind.STAGE, stage.id, fields, {"pipeline": stage.pipeline}))
    return told


def loss_reasons(session: Session, field: str) -> list[Upsert]:
    """The values of the choice that the team took for the reasons of a loss."""
    words = session.words("Opportunity", field)
    return [
        _upsert(Kind.LOSS_REASON, value, {"name": words.get(value, value), "position": place})
        for place, value in enumerate(session.options("Opportunity", field))
    ]


def _choices(session: Session) -> dict[str, Stage]:
    words, odds = session.words("Opportunity", "stage"), _odds(session)
    return {
        value: Stage(value, words.get(value, value), SALES, value, _outcome(odds.get(value)), odds.get(value))
        for value in session.options("Opportunity", "stage")
    }


def _records(session: Session) -> dict[str, Stage]:
    odds = _odds(session)
    found: dict[str, Stage] = {}
    for pipeline in session.me.pipelines:
        for row in pipeline.get("stages") or []:
            kept = str(row.get("mappedStatus") or "")
            stage = Stage(
                str(row["id"]),
                str(row.get("name") or kept),
                str(pipeline["id"]),
                kept,
                _outcome(odds.get(kept)),
                odds.get(kept),
            )
            found[stage.id] = stage
    return found


def _of_leads(session: Session) -> dict[str, Stage]:
    """A converted lead leaves the book: it became a contact and an opportunity."""
    words = session.words("Lead", "status")
    found = {}
    for value in session.options("Lead", "status"):
        if value != CONVERTED:
            stage = Stage(
                f"{LEADS}:{value}", words.get(value, value), LEADS, value, "lost" if value in _DEAD else "open"
            )
            found[stage.id] = stage
    return found


def _odds(session: Session) -> dict[str, int]:
    known: Any = session.fields("Opportunity").get("stage")
    odds = known.get("probabilityMap") if isinstance(known, dict) else None
    told: Row = odds if isinstance(odds, dict) else {}
    read = {value: agreed.here("probability", each) for value, each in told.items()}
    return {value: each for value, each in read.items() if isinstance(each, int)}


def _outcome(probability: int | None) -> str:
    return "won" if probability == 100 else "lost" if probability == 0 else "open"


def _upsert(kind: Kind, remote_id: str, fields: dict[str, Value], links: dict[str, str | None] | None = None) -> Upsert:
    made = Upsert(kind, remote_id, "", fields, links or {})
    return replace(made, version=digest(made))
