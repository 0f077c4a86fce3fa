"""Sending ops: what a create, an edit and the verbs of a deal are in EspoCRM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    ConnectorError,
    Op,
    Rejected,
    Result,
    RetryLater,
    ScopeDenied,
    Unknown,
    Unreachable,
    Upsert,
)
from companion.connectors.comparing import changed_under, says_the_same
from companion.connectors.espocrm import marker
from companion.connectors.espocrm.kept import check_kept, check_rights, check_there
from companion.connectors.espocrm.mapping import LEAD_ID
from companion.connectors.espocrm.push_activities import ActivityWriter
from companion.connectors.espocrm.refused import Cannot, namesakes_only, newer_elsewhere, problems
from companion.connectors.espocrm.session import Session
from companion.connectors.espocrm.values import Values
from companion.connectors.espocrm.wire import Refusal, Row, contains, is_
from companion.domain.field_map import FieldMap
from companion.domain.language import tr
from companion.domain.records import Kind

Fetch = Callable[[Kind, str], Upsert | None]

_TRIES: Final = 3
_ENTITIES: Final = {Kind.COMPANY: "Account", Kind.PERSON: "Contact", Kind.DEAL: "Opportunity"}


class Push:
    """Sends one op at a time. `fetch` reads one record now."""

    def __init__(self, session: Session, field_map: FieldMap, fetch: Fetch) -> None:
        self._session, self._fetch, self._field_map = session, fetch, field_map
        self._values = Values(session, field_map)
        self._activities = ActivityWriter(session, field_map)

    def send(self, op: Op) -> Result:
        """The one answer to the op, or trouble that `answering` turns into one."""
        try:
            return self._create(op) if op.action is Action.CREATE else self._change(op)
        except Cannot as error:
            return Rejected(op.id, (error.problem,))
        except Refusal as refusal:
            return self._refused(op, refusal)
        except ScopeDenied as error:
            return Rejected(op.id, problems(op, self._session, Refusal(403, str(error), None)))

    def find(self, op: Op) -> str | None:
        """The remote id of what `op` created: asked of the tables themselves, which never lag."""
        if op.action is not Action.CREATE:
            raise ConnectorError("only what was created can be looked for")
        if op.kind is Kind.ACTIVITY:
            return next((found for each in self._activities.places(op) if (found := self._found(op, each))), None)
        entity = self._entity(op)
        found = self._found(op, entity) if entity else None
        return found.partition(":")[2] if found and entity != "Lead" else found and f"{LEAD_ID}{found[5:]}"

    def _found(self, op: Op, entity: str) -> str | None:
        if not self._session.markable(entity):
            raise ConnectorError(f"the description of {entity} is closed to this user")
        field = self._session.op_field(entity)
        text = "post" if entity == "Note" else "body" if entity == "Email" else "description"
        mine = is_("createdById", self._session.me.id)
        where = [is_(field, op.id)] if field else [mine, contains(text, marker.sought(op.id))]
        rows = self._session.wire.rows(entity, where, select=("createdAt",), limit=1)
        return f"{entity}:{rows[0]['id']}" if rows else None

    # Create ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(self, op: Op) -> Result:
        if op.first_sent_at is not None and self._traceable(op) and (there := self.find(op)) is not None:
            return self._told(op, there)
        if op.kind is Kind.ACTIVITY:
            return self._told(op, self._activities.create(op, self._fetch))
        entity = self._entity(op)
        if entity is None:
            raise Cannot(tr("A {kind} can’t be made from here", kind=op.kind))
        body = self._values.new(op, entity)
        check_rights(self._session, op, entity, body)
        field = self._session.op_field(entity)
        if field:
            body[field] = op.id
        else:
            body["description"] = marker.put(str(body.get("description") or ""), marker.Mark(op.id))
        made = self._posted(entity, body)
        remote_id = made["id"]
        if not isinstance(remote_id, str):
            raise TypeError("an id that is none")
        return self._told(op, f"{LEAD_ID}{remote_id}" if entity == "Lead" else remote_id)

    def _traceable(self, op: Op) -> bool:
        """Whether the first attempt would have left a mark; without one only the rep can say that it is to be sent."""
        places = self._activities.places(op) if op.kind is Kind.ACTIVITY else (self._entity(op) or "",)
        return all(self._session.markable(entity) for entity in places)

    def _posted(self, entity: str, body: Row) -> Row:
        """What was created; of somebody of the same name only, EspoCRM is told that it is somebody else."""
        wire = self._session.wire
        try:
            made: Row = wire.write("POST", entity, body)
        except Refusal as refusal:
            if not namesakes_only(refusal, entity, body):
                raise
            made = wire.write("POST", entity, body, {"X-Skip-Duplicate-Check": "true"})
        return made

    def _entity(self, op: Op) -> str | None:
        of_lead = (op.remote_id or "").startswith(LEAD_ID) or (op.kind is Kind.DEAL and op.fields.get("is_lead"))
        return "Lead" if of_lead and op.kind in _ENTITIES else _ENTITIES.get(op.kind)

    # Change ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _change(self, op: Op) -> Result:
        remote_id = op.remote_id or ""
        now = self._fetch(op.kind, remote_id) if remote_id else None
        if now is None:
            return Applied(op.id, remote_id) if op.action is Action.DELETE else Conflict(op.id, None)
        if says_the_same(op, now):
            return Applied(op.id, remote_id, now.version)
        if op.action is not Action.DELETE and changed_under(op, now):
            return Conflict(op.id, now)
        entity, row_id = self._place(op, remote_id)
        if op.action is Action.DELETE:
            self._delete(f"{entity}/{row_id}")
            return Applied(op.id, remote_id)
        row = self._row(f"{entity}/{row_id}")
        if op.kind is Kind.ACTIVITY:
            body = self._activities.changed(op, entity, row)
        else:
            body = self._values.changed(op, entity, row, now)
        if body:
            self._write(op, entity, row, body)
        elif op.fields or op.links:
            names = ", ".join(sorted({*op.fields, *op.links}))
            raise Cannot(tr("EspoCRM has no field for: {fields}.", fields=names))
        return self._told(op, remote_id)

    def _place(self, op: Op, remote_id: str) -> tuple[str, str]:
        if op.kind is Kind.ACTIVITY:
            entity, _, row_id = remote_id.partition(":")
            return entity, row_id
        found = self._entity(op)
        if found is None:
            raise Cannot(tr("A {kind} can’t be changed from here", kind=op.kind))
        return found, remote_id.removeprefix(LEAD_ID)

    def _write(self, op: Op, entity: str, row: Row, body: Row) -> None:
        """Changes a record, and makes sure that EspoCRM kept it."""
        session = self._session
        check_rights(session, op, entity, body)
        check_there(session, op, entity, body, row)
        check_kept(session, op, entity, body, row, self._put(entity, row, body))

    def _put(self, entity: str, row: Row, body: Row) -> object:
        """The answer to a write. EspoCRM refuses any upon an old version, whatever a colleague changed since; where
        that was nothing of what we write, it goes again upon the newer one."""
        version = row.get("versionNumber")
        for attempt in range(_TRIES):
            try:
                return self._session.wire.write("PUT", f"{entity}/{row['id']}", body, self._guard(entity, version))
            except Refusal as refusal:
                version = newer_elsewhere(refusal, row)
                if version is None or attempt == _TRIES - 1:
                    raise
        raise AssertionError("never reached")

    def _row(self, path: str) -> Row:
        try:
            row = self._session.wire.get(path)
        except Refusal as refusal:
            if refusal.status >= 500:
                raise Unreachable(str(refusal)) from refusal
            raise
        if not isinstance(row, dict) or row.get("id") != path.partition("/")[2]:
            raise Unreachable("a record that is none")
        return row

    def _delete(self, path: str) -> None:
        try:
            if self._session.wire.write("DELETE", path) is not True:
                raise TypeError("no answer to a delete")
        except Refusal as refusal:
            if refusal.status != 404:
                raise

    def _guard(self, entity: str, version: object) -> dict[str, str]:
        """The version that we write upon, where the administrator switched conflict control on."""
        return {"X-Version-Number": str(version)} if isinstance(version, int) and self._session.guarded(entity) else {}

    def _refused(self, op: Op, refusal: Refusal) -> Result:
        """The answer to a refusal. 409 `modified` is a colleague who wrote between our reading and our writing."""
        modified = refusal.status == 409 and refusal.reason != "duplicate" and op.action is not Action.CREATE
        if modified or (refusal.status == 404 and op.action is not Action.CREATE):
            try:
                return Conflict(op.id, self._fetch(op.kind, op.remote_id or ""))
            except ConnectorError as error:
                return RetryLater(op.id, str(error))
        if refusal.status >= 500:
            return Unknown(op.id, str(refusal), answered=True)
        return Rejected(op.id, problems(op, self._session, refusal))

    def _told(self, op: Op, remote_id: str) -> Applied:
        """It is done; the version is worth one more question, not a doubt."""
        try:
            after = self._fetch(op.kind, remote_id)
        except (ConnectorError, Refusal):
            after = None
        return Applied(op.id, remote_id, after.version if after is not None else None)
