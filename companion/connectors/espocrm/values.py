"""What companies, people and deals are written as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from companion.connectors import agreed, in_text, payload
from companion.connectors.base import Action, Op, Upsert
from companion.connectors.espocrm import marker, stages
from companion.connectors.espocrm.mapping import (
    LEAD_ID,
    TO_ACCOUNT,
    TO_CONTACT,
    TO_DEAL,
    TO_LEAD_DEAL,
    TO_LEAD_PERSON,
    contacts,
    main_contact,
    name_parts,
)
from companion.connectors.espocrm.refused import Cannot
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.wire import Row
from companion.connectors.naive_utc import stamp
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.records import Kind, Value

_SHIPPED: Final[Mapping[tuple[str, Kind], Mapping[str, str]]] = {
    ("Account", Kind.COMPANY): TO_ACCOUNT,
    ("Contact", Kind.PERSON): TO_CONTACT,
    ("Lead", Kind.PERSON): TO_LEAD_PERSON,
    ("Lead", Kind.DEAL): TO_LEAD_DEAL,
    ("Opportunity", Kind.DEAL): TO_DEAL,
}
_OUTCOMES: Final = {Action.WIN: "won", Action.LOSE: "lost"}
_MONTH_S: Final = 30 * 24 * 3600


class Values:
    """Turns ops into the bodies of requests."""

    def __init__(self, session: Session, field_map: FieldMap) -> None:
        self._session, self._field_map = session, field_map

    def new(self, op: Op, entity: str) -> Row:
        """What a new record holds; what EspoCRM wants filled in, and we were not told, with a plain default."""
        body = self._links(op, entity, {}) | self._fields(op, entity)
        body.setdefault("assignedUserId", self._session.me.id)
        if entity == "Opportunity":
            self._begin(op, body)
        if entity == "Contact" and not body.get("accountId"):
            body.pop("title", None)
        return body

    def changed(self, op: Op, entity: str, row: Row, now: Upsert) -> Row:
        """What an edit or a verb changes."""
        body = self._links(op, entity, row) | self._fields(op, entity)
        if entity == "Contact" and body.get("title") and not body.get("accountId", row.get("accountId")):
            words = tr(
                "EspoCRM keeps “{field}” only for people at a company", field=self._session.label(entity, "title")
            )
            raise Cannot(words, "role")
        if op.kind is Kind.DEAL and op.action in _OUTCOMES:
            body |= self._ended(op, entity, now)
        if op.kind is Kind.DEAL and op.fields.get("status") == "open" and now.fields.get("status") != "open":
            first = self._stages.first(now.links.get("pipeline"))
            body = {**(self._at(first.id) if first and not op.links.get("stage") else {}), **body}
        noted = {name: op.fields[name] for name in self._homeless(op, entity)}
        if noted:
            text, mark = marker.taken(row.get("description"))
            after = in_text.put_anew(text, noted, tuple(noted))
            body["description"] = after if mark is None else marker.put(after, mark)
        return body

    @property
    def _stages(self) -> stages.Stages:
        return stages.read(self._session)

    def _fields(self, op: Op, entity: str) -> Row:
        names = self._names(op.kind, entity)
        body: Row = {}
        for name, value in op.fields.items():
            theirs = names.get(name)
            if theirs is not None:
                words = self._session.words(entity, theirs) if isinstance(value, str) else {}
                body[theirs] = _clean(agreed.there(name, value, words, stamp))
                if name == "amount" and value is not None:
                    body.setdefault(f"{theirs}Currency", op.fields.get("currency") or self._currency)
        if "name" in op.fields and op.kind is Kind.PERSON:
            order = str(self._session.me.settings.get("personNameFormat") or "")
            body |= {name: _clean(part) for name, part in name_parts(str(op.fields["name"] or ""), order).items()}
        elif "name" in op.fields and entity == "Lead":
            body |= self._named_lead(op)
        return body

    def _names(self, kind: Kind, entity: str) -> dict[str, str]:
        known = self._session.fields(entity)
        shipped = _SHIPPED.get((entity, kind), {})
        chosen = {ours: its for ours, its in self._field_map.names(kind, {}).items() if its in known}
        return {**shipped, **chosen}

    def _named_lead(self, op: Op) -> Row:
        """A lead is called after somebody: the title of the chance is the last name, as far as we know."""
        return {"lastName": _clean(str(op.fields["name"] or ""))} if op.action is Action.CREATE else {}

    def _homeless(self, op: Op, entity: str) -> list[str]:
        """What there is no field for, and is worth telling in the text."""
        names = self._names(op.kind, entity)
        return [name for name in ("lost_note",) if name in op.fields and name not in names and op.kind is Kind.DEAL]

    def _links(self, op: Op, entity: str, row: Row) -> Row:
        body: Row = {}
        if op.links.get("owner"):
            body["assignedUserId"] = op.links["owner"]
        if entity in ("Contact", "Opportunity") and "company" in op.links:
            body["accountId"] = op.links["company"]
        if entity == "Opportunity" and "person" in op.links:
            body |= _with_contact(op.links["person"], row)
        if op.links.get("stage"):
            body |= self._at(str(op.links["stage"]))
        reason = self._field_map.fields.get("deal.loss_reason")
        if entity == "Opportunity" and reason and "loss_reason" in op.links:
            body[reason] = op.links["loss_reason"]
        return body

    def _at(self, stage_id: str) -> Row:
        """What moves a deal or a lead to a stage."""
        stage = self._stages.all.get(stage_id)
        if stage is None:
            raise Cannot(tr("EspoCRM has no such stage any more"), "stage")
        if stage.pipeline == stages.LEADS:
            return {"status": stage.kept}
        if self._stages.records:
            return {"pipelineId": stage.pipeline, "pipelineStageId": stage.id} | self._odds(stage)
        return {"stage": stage.kept}

    def _odds(self, stage: stages.Stage) -> Row:
        """Where stages are records EspoCRM gives a deal the odds of the stage that it leaves, unless told others."""
        ours = stage.probability is not None and self._session.may_field("Opportunity", "probability", "edit")
        return {"probability": stage.probability} if ours else {}

    def _ended(self, op: Op, entity: str, now: Upsert) -> Row:
        """Won and lost are stages here."""
        if now.fields.get("status") == _OUTCOMES[op.action]:
            return {}
        if entity == "Lead" and op.action is Action.WIN:
            raise Cannot(tr("EspoCRM wins a lead by converting it. Convert it there, and it comes here as a deal."))
        pipeline = now.links.get("pipeline")
        stage = self._stages.that_is(_OUTCOMES[op.action], pipeline)
        if stage is None:
            raise Cannot(tr("This pipeline has no stage for that"), "stage")
        return self._at(stage.id)

    def _begin(self, op: Op, body: Row) -> None:
        """EspoCRM wants an amount and a closing day from the start, unless its administrator changed that."""
        known: Mapping[str, Any] = self._session.fields("Opportunity")
        if body.get("amount") is None and _required(known, "amount"):
            body |= {"amount": 0, "amountCurrency": self._currency}
        if body.get("closeDate") is None and _required(known, "closeDate"):
            body["closeDate"] = stamp(op.at + _MONTH_S)[:10]
        first = self._stages.first()
        if self._stages.records and first is not None and "pipelineStageId" not in body:
            body |= self._at(first.id)

    @property
    def _currency(self) -> str:
        return str(self._session.me.settings.get("defaultCurrency") or "EUR")


def _with_contact(person: str | None, row: Row) -> Row:
    """The main contact of a deal; the others stay where they are."""
    if person is not None and person.startswith(LEAD_ID):
        raise Cannot(tr("A lead in EspoCRM can’t stand on a deal before it is converted"), "person")
    others = [each for each in contacts(row) if each != (person or main_contact(row))]
    return {"contactId": person, "contactsIds": [person, *others] if person else others}


def _required(known: Mapping[str, Any], field: str) -> bool:
    told = known.get(field)
    return isinstance(told, dict) and told.get("required") is True


def _clean(value: Value) -> Value:
    return payload.clean(value) if isinstance(value, str) else value
