"""What a create and an edit are in Salesforce: the object, its values, and where the op's mark goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from companion.connectors.base import Action, Op, Problem, Upsert
from companion.connectors.payload import clean
from companion.connectors.salesforce import marks
from companion.connectors.salesforce.drafts import Draft, NotTaken, marked_draft
from companion.connectors.salesforce.known import Knowing
from companion.connectors.salesforce.mapping import (
    OF_LEAD,
    SHIPPED,
    Known,
    lead_outcome,
    named_values,
    split_name,
)
from companion.connectors.salesforce.picklists import ruled_out
from companion.connectors.salesforce.session import OBJECT_OF, Session
from companion.connectors.salesforce.wire import Row
from companion.connectors.salesforce.writing_activities import ActivityWriting
from companion.domain.language import tr
from companion.domain.records import FIELDS, Kind, Value

_GIVEN: Final = frozenset(
    {
        "created_at",
        "stage_since_at",
        "closed_at",
        "status",
        "is_lead",
        "currency",
        "name",
        "consent",
        "stage",
        "pipeline",
    }
)
"""Of a record's fields, those that Salesforce works out or that are written in their own way."""
_CLOSE_DAYS: Final = 30
"""Salesforce wants a day on which a deal will close: without one from the rep, so many days ahead."""


class Writing:
    """Turns ops into rows."""

    def __init__(self, session: Session, knowing: Knowing) -> None:
        self._session, self._knowing = session, knowing
        self._activities = ActivityWriting(session, knowing)

    def source(self, op: Op) -> str:
        """The object that an op is about."""
        if op.remote_id is not None:
            return next((name for start, name in _BY_PREFIX.items() if op.remote_id.startswith(start)), "")
        if op.kind is Kind.ACTIVITY:
            return self._activities.source(op)
        if op.kind is Kind.DEAL and op.fields.get("is_lead"):
            return "Lead"
        return OBJECT_OF.get(op.kind, "")

    def created(self, op: Op) -> Draft:
        """The row that a create makes."""
        source = self.source(op)
        if not source or not self._session.fields(source):
            raise NotTaken(Problem(tr("A {kind} can’t be made from here", kind=op.kind)))
        if op.kind is Kind.ACTIVITY:
            return self._activities.created(op, source)
        values = self._values(op, source, None)
        values |= self._links(op, source, None)
        if source == "Opportunity":
            day = (dt.datetime.fromtimestamp(op.at, dt.UTC) + dt.timedelta(days=_CLOSE_DAYS)).date().isoformat()
            values.setdefault("CloseDate", day)
            values["CloseDate"] = values["CloseDate"] or day
            values.setdefault("StageName", self.first_stage())
        if source == "Lead":
            name = str(op.fields.get("name") or "?")
            values = {"Company": name, "LastName": name[:80], **values}
        return marked_draft(self._session, op, source, values)

    def changed(self, op: Op, now: Upsert, row: Row) -> Row:
        """The values that a change writes. `row` has the record's text fields as they are."""
        source = self.source(op)
        if op.kind is Kind.ACTIVITY:
            return self._activities.changed(op, source, now, row)
        values = self._values(op, source, row) | self._links(op, source, now)
        if op.action is Action.WIN:
            values = {"StageName": self._stage_that(won=True), **values}
        elif op.action is Action.LOSE:
            values = {"StageName": self._stage_that(won=False), **values}
        elif op.fields.get("status") == "open" and now.fields.get("status") != "open":
            values = {"StageName": self.first_stage(), **values}
        if source == "Lead" and op.kind is Kind.DEAL:
            values = self._lead_status(op, values)
        self._check_choices(source, values, row)
        return values

    def first_stage(self) -> str:
        """The stage in which a deal begins."""
        return self._stage(lambda row: row.get("IsClosed") is not True, tr("Salesforce has no open stage"))

    # Records ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _values(self, op: Op, source: str, row: Row | None) -> Row:
        """The fields by Salesforce's names; what it has no field for goes into the description."""
        known = self._knowing.known
        names = known.names(source, op.kind)
        fields = {name: clean(value) if isinstance(value, str) else value for name, value in op.fields.items()}
        values: Row = dict(
            named_values({n: v for n, v in fields.items() if n in names}, names, self._session.fields(source))
        )
        if "name" in fields and source in ("Contact", "Lead") and op.kind is Kind.PERSON:
            values |= split_name(str(fields["name"] or "").strip())
        elif "name" in fields and source == "Lead":
            values["Company"] = fields["name"]
        if "consent" in fields and self._session.has(source, "HasOptedOutOfEmail", how="updateable"):
            values["HasOptedOutOfEmail"] = fields["consent"] == "no"
        if "currency" in fields and self._session.has(source, "CurrencyIsoCode", how="createable"):
            values["CurrencyIsoCode"] = fields["currency"]
        self._no_place(op, source, fields, names)
        untold = tuple(n for n in fields if n in FIELDS[op.kind] and n not in names and n not in _GIVEN)
        if op.action is Action.CREATE:
            untold = tuple(name for name in untold if fields[name] not in (None, ""))
        if untold and self._session.has(source, "Description"):
            values["Description"] = marks.rewritten((row or {}).get("Description"), fields, untold)
        return values

    def _no_place(self, op: Op, source: str, fields: Mapping[str, Value], names: Mapping[str, str]) -> None:
        """What has a field in Salesforce, but not in this org any more, is refused rather than put elsewhere."""
        meant = self._knowing.field_map.names(op.kind, SHIPPED.get(source, {}))
        gone = [ours for ours in fields if ours in meant and ours not in names and ours not in _GIVEN]
        if gone:
            words = tr("Salesforce has no field “{field}” any more, or does not show it to you", field=meant[gone[0]])
            raise NotTaken(Problem(words, gone[0]))

    def _links(self, op: Op, source: str, now: Upsert | None) -> Row:
        """The links as references. Who a deal is about can be written at its beginning only."""
        values: Row = {}
        if op.links.get("owner"):
            values["OwnerId"] = op.links["owner"]
        if source in ("Contact", "Opportunity") and "company" in op.links:
            values["AccountId"] = op.links["company"]
        if source == "Opportunity":
            person = op.links.get("person")
            if now is None and person is not None and person.startswith("003"):
                values["ContactId"] = person
            if op.links.get("stage"):
                values["StageName"] = op.links["stage"]
            if "loss_reason" in op.links:
                values |= self._reason(op.links["loss_reason"])
        elif source == "Lead" and op.links.get("stage"):
            values["Status"] = str(op.links["stage"]).removeprefix(OF_LEAD)
        return values

    def _reason(self, value: str | None) -> Row:
        field = self._knowing.loss
        return {} if field is None else {field: value}

    def _lead_status(self, op: Op, values: Row) -> Row:
        values = {name: value for name, value in values.items() if name != "StageName"}
        if op.action is Action.WIN:
            raise NotTaken(Problem(tr("Salesforce makes a deal of a lead by its own “Convert”: do that there")))
        if op.action is Action.LOSE and "Status" not in values:
            known: Known = self._knowing.known
            ends = [name for name, converted in known.lead_statuses.items() if lead_outcome(name, converted) == "lost"]
            if not ends:
                raise NotTaken(Problem(tr("Salesforce has no status here for a lead that came to nothing")))
            values["Status"] = ends[0]
        return values

    def _stage_that(self, *, won: bool) -> str:
        words = (
            tr("Salesforce has no stage for a deal that was won")
            if won
            else tr("Salesforce has no stage for a deal that was lost")
        )
        return self._stage(lambda row: row.get("IsClosed") is True and (row.get("IsWon") is True) == won, words)

    def _stage(self, fits: Callable[[Row], bool], words: str) -> str:
        rows = self._session.small("OpportunityStage")
        found = next((str(row["ApiName"]) for row in rows if row.get("IsActive") is True and fits(row)), None)
        if found is None:
            raise NotTaken(Problem(words, "stage"))
        return found

    def _check_choices(self, source: str, values: Row, row: Row) -> None:
        told = ruled_out(self._session.fields(source), values, row)
        if told is not None:
            name, words = told
            raise NotTaken(Problem(words, self.ours(source, name)))

    def ours(self, source: str, theirs: str) -> str | None:
        """Our name of a field of Salesforce's."""
        kind = {"Account": Kind.COMPANY, "Contact": Kind.PERSON, "Lead": Kind.PERSON, "Opportunity": Kind.DEAL}.get(
            source
        )
        if theirs == self._knowing.loss:
            return "loss_reason"
        if kind is not None:
            named = self._knowing.known.names(source, kind)
            found = next((ours for ours, its in named.items() if its == theirs), None)
            if found is not None:
                return found
        return _OURS.get(theirs)


_BY_PREFIX: Final = {
    "001": "Account", "003": "Contact", "00Q": "Lead", "006": "Opportunity", "00T": "Task", "00U": "Event",
    "02s": "EmailMessage", "069": "ContentNote",
}  # fmt: skip
_OURS: Final = {
    "StageName": "stage", "OwnerId": "owner", "AccountId": "company", "ContactId": "person", "LastName": "name",
    "FirstName": "name", "Company": "name", "Name": "name", "Description": "body", "Subject": "subject",
    "ActivityDate": "due_on", "WhoId": "person", "WhatId": "deal", "Status": "stage", "CallDisposition": "outcome",
    "CallDurationInSeconds": "duration_s", "Email": "email", "CurrencyIsoCode": "currency",
}  # fmt: skip
