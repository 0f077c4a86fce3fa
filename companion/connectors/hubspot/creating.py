"""Creating records so that a second send makes no second one.

Where a type has our unique property, creates go as a batch upsert under the op's id, and their associations after them:
both may be repeated, so what landed by half is completed by the next send. Where it has not, a record is created with
its associations in one request, and after a lost answer looked for among what was created since.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import (
    Action,
    Applied,
    ConnectorError,
    Op,
    Problem,
    Rejected,
    Result,
    Unknown,
    Unreachable,
    Upsert,
)
from companion.connectors.http import Doubtful
from companion.connectors.hubspot import activities, associations, mapping
from companion.connectors.hubspot.answers import refused
from companion.connectors.hubspot.mapping import LOSS, OWNER, PIPELINE, STAGE, Around
from companion.connectors.hubspot.objects import (
    ACTIVITIES,
    DEALS,
    OF_KIND,
    OF_WHAT,
    OP_ID,
    TYPES,
    ends,
    parted,
    remote_id,
)
from companion.connectors.hubspot.reader import Reader
from companion.connectors.hubspot.wire import VERSION, Refusal, Row, refusal
from companion.domain.language import tr
from companion.domain.records import Kind, Value

LAG_S: Final = 300
"""How long the search may not know of a record that was created."""
_BEFORE_S: Final = 300
_MOST: Final = 200
_PASSING: Final = re.compile("UNAVAILABLE|INTERNAL|SERVER|TIMEOUT")
_STATUS: Final = {"CONFLICT": 409, "FORBIDDEN": 403, "MISSING_SCOPES": 403, "RATE_LIMITS": 429, "LOCKED": 423}


class Creating:
    """Creates records."""

    def __init__(self, reader: Reader) -> None:
        self._session, self._reader = reader.session, reader

    def type_of(self, op: Op) -> str:
        """The type that an op is about; '' where there is none."""
        if op.remote_id is not None:
            return parted(op.kind, op.remote_id)[0]
        if op.kind is Kind.ACTIVITY:
            return OF_WHAT.get(str(op.fields.get("what") or "note"), "")
        if op.fields.get("is_lead"):
            return ""  # HubSpot wants its contact in the same request: no second send would be safe
        return next(iter(OF_KIND.get(op.kind, ())), "")

    def together(self, op: Op) -> str:
        """The type with whose other creates an op may be sent; '' where it goes alone."""
        name = self.type_of(op) if op.action is Action.CREATE else ""
        return name if name and self._session.readable(name) and self._session.keyed(name) else ""

    def all(self, ops: Sequence[Op]) -> list[Result]:
        """Creates of one type. Raises Refusal where HubSpot refuses the whole request."""
        name = self.type_of(ops[0])
        if not name:
            return [Rejected(op.id, (Problem(tr("A {kind} can’t be made from here", kind=op.kind)),)) for op in ops]
        around = self._reader.around(name)
        if not self._session.keyed(name):
            return [self._unkeyed(op, around) for op in ops]
        numbers, answers = self._upserted(ops, around)
        self._associated([op for op in ops if op.id in numbers], numbers, answers, name)
        versions = self._versions([op for op in ops if op.id in numbers and op.id not in answers], numbers, around)
        return [
            answers.get(op.id)
            or Applied(op.id, remote_id(name, numbers[op.id]), versions.get(op.id))
            for op in ops
        ]  # fmt: skip

    def find(self, op: Op) -> str | None:
        """The remote id of what the op created. Where its associations did not land too, they are made now."""
        name = self.type_of(op)
        if not name:
            return None
        if not self._session.keyed(name):
            return self._probed(op, self._reader.around(name))
        row = next(iter(self._known(name, [op.id]).values()), None)
        if row is None:
            return None
        self._complete(op, name, str(row["id"]))
        return remote_id(name, row["id"])

    def _complete(self, op: Op, name: str, number: str) -> None:
        """The upsert and the associations are two requests: a break between them leaves a record alone."""
        linked = associations.read(self._session, TYPES[name], [number])[number]
        for link, other in _links(op, name).items():
            if other not in linked.get(link, ()):
                try:
                    associations.make(self._session, TYPES[name], link, [(number, other)])
                except Refusal:
                    continue
                except Doubtful as doubt:
                    raise Unreachable(str(doubt)) from doubt

    def remark(self, op: Op, deal: Upsert) -> Result | None:
        """The rep's own words about a loss as a note, where no property takes them; None once they are there.

        Before the deal is lost, so that no break between the two leaves the words behind. A second send makes no
        second note.
        """
        words = op.fields.get("lost_note")
        if not isinstance(words, str) or not words.strip() or "lost_note" in deal.fields:
            return None
        fields: dict[str, Value] = {"what": "note", "subject": "Lost", "body": words, "at": op.at}
        links = {**{name: deal.links.get(name) for name in ("person", "company")}, "deal": deal.remote_id}
        note_id = f"{op.id}-lost"
        note = Op(note_id, Kind.ACTIVITY, Action.CREATE, None, fields, links, at=op.at, first_sent_at=op.first_sent_at)
        result = self.all([note])[0]
        return None if isinstance(result, Applied) else replace(result, op_id=op.id)

    # Under a key ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _upserted(self, ops: Sequence[Op], around: Around) -> tuple[dict[str, str], dict[str, Result]]:
        """The numbers of what is there now, and the answers for what is not; each by the op's id."""
        name = around.name
        before = [op.id for op in ops if op.first_sent_at is not None]
        numbers = {op_id: str(row["id"]) for op_id, row in self._known(name, before).items()}
        rest = [op for op in ops if op.id not in numbers]
        if not rest:
            return numbers, {}
        inputs = [
            {
                "id": op.id,
                "idProperty": OP_ID,
                "objectWriteTraceId": op.id,
                "properties": {**self.properties(op, around), OP_ID: op.id},
            }
            for op in rest
        ]
        path = f"/crm/objects/{VERSION}/{name}/batch/upsert"
        answer = self._session.wire.write("POST", path, {"inputs": inputs})
        told, answers = self._sorted(answer, rest)
        return numbers | told, answers

    def _sorted(self, answer: Row, ops: Sequence[Op]) -> tuple[dict[str, str], dict[str, Result]]:
        """Which answer belongs to which op, in whatever order they come: by the trace, or else by the key."""
        wanted = {op.id: op for op in ops}
        numbers: dict[str, str] = {}
        for row in answer.get("results") or ():
            mark = row.get("objectWriteTraceId") or (row.get("properties") or {}).get(OP_ID)
            if mark in wanted:
                numbers[mark] = str(row["id"])
        answers: dict[str, Result] = {}
        for error in answer.get("errors") or ():
            for mark in _traces(error):
                if mark in wanted and mark not in numbers:
                    answers[mark] = refused(wanted[mark], refusal(_status(error), error), self._session)
        for op in ops:
            if op.id not in numbers and op.id not in answers:
                answers[op.id] = Unknown(op.id, "nothing was answered about it")
        return numbers, answers

    def _associated(self, ops: Sequence[Op], numbers: Mapping[str, str], answers: dict[str, Result], name: str) -> None:
        """Associates what was created. What fails here is sent again, and found by its key."""
        of = TYPES[name]
        for link in of.links:
            linked = [op for op in ops if _links(op, name).get(link)]
            pairs = [(numbers[op.id], _links(op, name)[link]) for op in linked]
            try:
                associations.make(self._session, of, link, pairs)
            except (Refusal, Doubtful, ConnectorError) as error:
                for op in linked:
                    answers.setdefault(op.id, self._unlinked(op, numbers[op.id], name, error))

    def _unlinked(self, op: Op, number: str, name: str, error: Exception) -> Result:
        """The record is there without what it belongs to. What HubSpot will not associate is taken back."""
        if not isinstance(error, Refusal):
            return Unknown(op.id, str(error))
        try:
            self._session.wire.write("DELETE", f"/crm/objects/{VERSION}/{name}/{number}")
        except (ConnectorError, Refusal, Doubtful) as trouble:
            return Unknown(op.id, str(trouble))
        return refused(op, error, self._session)

    def _versions(self, ops: Sequence[Op], numbers: Mapping[str, str], around: Around) -> dict[str, str]:
        """The versions of what was created, with the links that were just made: worth one question, not a doubt."""
        try:
            rows = self._reader.by_number(around.name, [numbers[op.id] for op in ops]) if ops else []
            return self._reader.versions(around, rows, {numbers[op.id]: (op.id, _links(op, around.name)) for op in ops})
        except (ConnectorError, Refusal):
            return {}

    def _known(self, name: str, op_ids: Sequence[str]) -> dict[str, Row]:
        """The records that ops made, by the ops' ids. By the key and never by the search, which lags."""
        if not op_ids:
            return {}
        rows = self._reader.by_number(name, op_ids, [OP_ID], key=OP_ID)
        return {str(row["properties"].get(OP_ID)): row for row in rows}

    # Without a key ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _unkeyed(self, op: Op, around: Around) -> Result:
        if op.first_sent_at is not None and (found := self._probed(op, around)) is not None:
            return Applied(op.id, found)
        of = TYPES[around.name]
        inline = {link: other for link, other in _links(op, around.name).items() if of.links[link]}
        told = [{"to": {"id": other}, "types": associations.types_of(of, link)} for link, other in inline.items()]
        body = {"properties": self.properties(op, around), "associations": told}
        row = self._session.wire.write("POST", f"/crm/objects/{VERSION}/{around.name}", body)
        for link in _links(op, around.name).keys() - inline.keys():  # it is there; where it stands, the next pull tells
            with contextlib.suppress(ConnectorError, Refusal, Doubtful):
                associations.make(self._session, of, link, [(str(row["id"]), _links(op, around.name)[link])])
        return Applied(op.id, remote_id(around.name, row["id"]))

    def _probed(self, op: Op, around: Around) -> str | None:
        """What says the same as the op and was created since it was first sent. Raises where nobody can tell yet."""
        first = op.first_sent_at if op.first_sent_at is not None else op.at
        sent = self.properties(op, around)
        created = {
            "propertyName": TYPES[around.name].created,
            "operator": "GTE",
            "value": str((first - _BEFORE_S) * 1000),
        }
        rows = self._reader.search(around.name, [[created]], [*sent, OWNER], _MOST)
        if len(rows) == _MOST:
            raise ConnectorError("too many were created since to tell")
        found = [row for row in rows if all(_agrees(row["properties"].get(name), its) for name, its in sent.items())]
        if not found and self._session.now - first < LAG_S:
            raise Unreachable("the search may not know it yet")
        return remote_id(around.name, found[0]["id"]) if found else None

    # What is written ────────────────────────────────────────────────────────────────────────────────────────────────

    def properties(self, op: Op, around: Around) -> dict[str, str]:
        """The properties of a new record. Who makes it owns it, where the op names nobody."""
        sent = {OWNER: (op.links["owner"] or "") if "owner" in op.links else self._session.me.id}
        if around.name in ACTIVITIES:
            sent |= activities.properties(around.name, op.fields, around, op.at)
        else:
            sent |= mapping.values(op.fields, around)
        if around.name == DEALS:
            stage = around.pipelines.stages.get(op.links.get("stage") or "")
            stage = stage or around.pipelines.first("open", op.links.get("pipeline"))
            sent |= {STAGE: stage.id, PIPELINE: stage.pipeline} if stage is not None else {}
            if op.links.get("loss_reason"):
                sent[LOSS] = op.links["loss_reason"] or ""
        return {name: value for name, value in sent.items() if value != "" or name in ("name", "dealname")}


def _links(op: Op, name: str) -> dict[str, str]:
    """The associations that an op asks for: our links and the numbers of the others."""
    return {link: other for link, other in ends(op.links).items() if link in TYPES[name].links and other}


def _traces(error: Row) -> list[str]:
    """Which inputs an error of a batch is about."""
    context = error.get("context") if isinstance(error.get("context"), dict) else {}
    told = [error.get("objectWriteTraceId"), error.get("id")]
    for name in ("objectWriteTraceId", "id", "ids"):
        its = context.get(name) if isinstance(context, dict) else None
        told += its if isinstance(its, list) else [its]
    return [each for each in told if isinstance(each, str)]


def _status(error: Row) -> int:
    """The status that the error of one input would have had alone."""
    category = str(error.get("category") or "")
    return 503 if _PASSING.search(category) else _STATUS.get(category, 400)


def _agrees(told: object, sent: str) -> bool:
    """Whether a property says what was sent; HubSpot writes numbers and moments in its own way."""
    said = "" if told is None else str(told)
    if said == sent:
        return True
    at = mapping.instant(said)
    if at is not None and at == mapping.instant(sent):
        return True
    try:
        return float(said) == float(sent)
    except ValueError:
        return " ".join(said.split()) == " ".join(sent.split())
