"""Sending ops: creates together under a unique key, all else one by one, each looked at before it is written.

HubSpot checks no version: a change is compared with the record as it is one round trip earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from companion.connectors import strange
from companion.connectors.answering import answered, in_groups, together
from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    ConnectorError,
    Op,
    Problem,
    Rejected,
    Result,
    Unknown,
    Upsert,
)
from companion.connectors.comparing import VERB_STATUS, changed_under, says_the_same
from companion.connectors.http import Doubtful
from companion.connectors.hubspot import activities, associations, mapping
from companion.connectors.hubspot.answers import in_doubt, refused
from companion.connectors.hubspot.creating import Creating
from companion.connectors.hubspot.mapping import LEAD_PIPELINE, LEAD_STAGE, LOSS, OWNER, PIPELINE, STAGE, Around
from companion.connectors.hubspot.objects import ACTIVITIES, DEALS, LEAD_ID, OF_KIND, TYPES, ObjectType, ends, parted
from companion.connectors.hubspot.pull import Records
from companion.connectors.hubspot.reader import Reader
from companion.connectors.hubspot.wire import VERSION, Fault, Refusal
from companion.domain.language import tr
from companion.domain.records import Kind

_AT_ONCE: Final = 100
_ABOUT_A_LOSS: Final = ("lost_note", "loss_reason")
"""Of a deal that was lost: a team may keep neither, and the words may stand in a note."""


class Push:
    """Sends ops and answers for each."""

    def __init__(self, reader: Reader, records: Records) -> None:
        self._session, self._reader, self._records = reader.session, reader, records
        self._creating = Creating(reader)

    def send(self, ops: Sequence[Op]) -> list[Result]:
        """The answers in order. Raises a ConnectorError only before anything was sent."""
        return in_groups(together(ops, self._creating.together, _AT_ONCE), self._answers)

    def find(self, op: Op) -> str | None:
        """The remote id of what `op` created; None where it surely did not."""
        if op.action is not Action.CREATE:
            raise ConnectorError("only what was created can be looked for")
        return self._creating.find(op)

    def _answers(self, group: Sequence[Op]) -> list[Result]:
        if len(group) == 1:
            return [answered(group[0], self._one)]
        try:
            return self._creating.all(group)
        except Refusal:
            # One of them is not well formed, and HubSpot refuses all: each is sent for itself.
            return [answered(op, self._one) for op in group]
        except Doubtful as doubt:
            return [in_doubt(op, doubt) for op in group]
        except strange.SHAPE as error:
            return [Unknown(op.id, strange.why(error)) for op in group]

    def _one(self, op: Op) -> Result:
        try:
            return self._creating.all([op])[0] if op.action is Action.CREATE else self._change(op)
        except Doubtful as doubt:
            return in_doubt(op, doubt)
        except Refusal as refusal:
            if refusal.unknown_field and (name := self._creating.type_of(op)):
                self._session.look_again(name)
            return refused(op, refusal, self._session)

    # Change ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _change(self, op: Op) -> Result:
        name, number = parted(op.kind, op.remote_id or "")
        if not name:
            return Rejected(op.id, (Problem(tr("A {kind} can’t be changed from here", kind=op.kind)),))
        now = next(iter(self._records.fetch(op.kind, [op.remote_id or ""])), None)
        if now is None:
            again = op.action is Action.DELETE or (op.action is Action.COMPLETE and op.first_sent_at is not None)
            return Applied(op.id, op.remote_id or "") if again else Conflict(op.id, None)
        same = says_the_same(op, now, untold=self._untold(op, now))
        if not same and op.action is not Action.DELETE and changed_under(op, now):
            return Conflict(op.id, now)
        if op.action is Action.DELETE:
            self._session.wire.write("DELETE", f"/crm/objects/{VERSION}/{name}/{number}")
            return Applied(op.id, now.remote_id)
        around = self._reader.around(name)
        sent = {} if same else self._properties(op, now, around)
        if isinstance(sent, Rejected):
            return sent
        if op.action is Action.LOSE and (unsaid := self._creating.remark(op, now)) is not None:
            return unsaid
        if same:
            return Applied(op.id, now.remote_id, now.version)
        if sent:
            answer = self._session.wire.write("PATCH", f"/crm/objects/{VERSION}/{name}/{number}", {"properties": sent})
            if str(answer.get("id")) != number:
                raise Doubtful("another record was answered")
        try:
            self._relink(op, now, TYPES[name], number)
        except ConnectorError as error:
            raise Doubtful(f"its fields are written, its links are not: {error}") from error
        return self._told(op, now.remote_id)

    @staticmethod
    def _untold(op: Op, now: Upsert) -> list[str]:
        """What this account does not tell of a deal that was won or lost as it was written."""
        told = {*now.fields, *now.links}
        return [name for name in _ABOUT_A_LOSS if name not in told] if op.action in VERB_STATUS else []

    def _properties(self, op: Op, now: Upsert, around: Around) -> dict[str, str] | Rejected:
        owner = {OWNER: op.links["owner"] or ""} if "owner" in op.links else {}
        if around.name in ACTIVITIES:
            fields = {**op.fields, "done": True} if op.action is Action.COMPLETE else op.fields
            return owner | activities.properties(around.name, fields, around, op.at, now)
        if placeless := mapping.placeless(op.fields, around):
            words = tr("HubSpot has no property for this (any more)")
            return Rejected(op.id, tuple(Problem(words, name) for name in placeless))
        sent = owner | mapping.values(op.fields, around)
        if around.name in OF_KIND[Kind.DEAL]:
            sent |= self._stage(op, now, around)
        return sent | self._deal(op, around) if around.name == DEALS else sent

    def _stage(self, op: Op, now: Upsert, around: Around) -> dict[str, str]:
        """The stage that a deal or a lead moves to."""
        stage = around.pipelines.stages.get(op.links.get("stage") or "")
        outcome = VERB_STATUS.get(op.action)
        pipeline = now.links.get("pipeline")
        if outcome is not None:
            stage = stage or around.pipelines.first(outcome, pipeline)
        elif op.fields.get("status") == "open" and now.fields.get("status") != "open":
            stage = stage or around.pipelines.first("open", pipeline)
        if outcome is not None and stage is None:
            raise Refusal(400, "", (Fault(tr("This pipeline has no stage for a deal that is won or lost")),))
        at, within = (STAGE, PIPELINE) if around.name == DEALS else (LEAD_STAGE, LEAD_PIPELINE)
        if stage is not None:
            return {at: stage.id.removeprefix(LEAD_ID), within: stage.pipeline.removeprefix(LEAD_ID)}
        return {at: (op.links["stage"] or "").removeprefix(LEAD_ID)} if "stage" in op.links else {}

    @staticmethod
    def _deal(op: Op, around: Around) -> dict[str, str]:
        """What winning or losing a deal says besides."""
        sent: dict[str, str] = {}
        if op.action in VERB_STATUS and "close_on" not in op.fields:
            sent["closedate"] = mapping.moment(op.at)
        if op.links.get("loss_reason"):
            sent[LOSS] = op.links["loss_reason"] or ""
        elif mapping.chosen(around):
            sent.pop(LOSS, None)
        return sent

    def _relink(self, op: Op, now: Upsert, of: ObjectType, number: str) -> None:
        """Another company or person: the new one is made first, so that a break leaves no record alone."""
        there = ends(now.links)
        for link, wanted in ends(op.links).items():
            was = there.get(link)
            if link not in of.links:
                continue
            if wanted is not None and wanted != was:
                associations.make(self._session, of, link, [(number, wanted)])
            if was is not None and was != wanted:
                associations.undo(self._session, of, link, number, [was])

    def _told(self, op: Op, remote_id: str) -> Applied:
        """It is done; the version is worth one more question, not a doubt."""
        try:
            after = next(iter(self._records.fetch(op.kind, [remote_id])), None)
        except (ConnectorError, Refusal):
            after = None
        return Applied(op.id, remote_id, after.version if after is not None else None)
