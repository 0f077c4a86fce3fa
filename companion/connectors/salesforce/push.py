"""Sending ops: many creates, or many guarded changes, in one call each, which also reads back what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formatdate
from typing import Final

from companion.connectors import hypertext, strange
from companion.connectors.answering import in_groups, together
from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    ConnectorError,
    Op,
    Problem,
    Rejected,
    Result,
    RetryLater,
    ScopeDenied,
    Unknown,
    Upsert,
)
from companion.connectors.comparing import changed_under, says_the_same
from companion.connectors.http import Doubtful
from companion.connectors.salesforce import pull
from companion.connectors.salesforce.activities import NOTE
from companion.connectors.salesforce.cursor import instant
from companion.connectors.salesforce.drafts import Draft, NotTaken
from companion.connectors.salesforce.finding import Finding
from companion.connectors.salesforce.pull import Source
from companion.connectors.salesforce.reader import Reader
from companion.connectors.salesforce.refusal import Refusal
from companion.connectors.salesforce.session import KEY, Session
from companion.connectors.salesforce.soql import is_id
from companion.connectors.salesforce.wire import Outcome, Part, Row, query_path
from companion.connectors.salesforce.writing import Writing
from companion.domain.language import tr
from companion.domain.records import Kind

BATCH: Final = 20
"""Ops in one call: a composite takes 25 parts, and a deal's new contact is one of its own."""
# Otherwise an assignment rule may take the new lead away from the rep, and a duplicate rule's warning be passed over.
_POLITELY: Final = {"Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=false"}


class Push:
    """Sends ops in order."""

    def __init__(self, session: Session, reader: Reader, writing: Writing, finding: Finding) -> None:
        self._session, self._reader, self._writing, self._finding = session, reader, writing, finding

    def send(self, ops: Sequence[Op]) -> list[Result]:
        """One answer per op. Raises ConnectorError only before anything was sent."""
        return in_groups(together(ops, self._key, BATCH), self._carefully)

    def _key(self, op: Op) -> tuple[object, ...]:
        """What goes in one call: creates, or changes, of one object. Notes go one by one."""
        source = self._writing.source(op)
        return (op.kind, op.action is Action.CREATE, source) if source != NOTE else ()

    def _carefully(self, some: Sequence[Op]) -> list[Result]:
        do = self._create if some[0].action is Action.CREATE else self._change
        try:
            return do(some)
        except Doubtful as doubt:
            return [Unknown(op.id, str(doubt)) for op in some]
        except Refusal as refusal:
            return [self._refused(op, refusal) for op in some]
        except ScopeDenied as error:
            return [Rejected(op.id, (Problem(error.title),)) for op in some]
        except strange.SHAPE as error:
            return [Unknown(op.id, strange.why(error)) for op in some]

    # Create ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(self, ops: Sequence[Op]) -> list[Result]:
        """The creates of one object. What may have been sent before is looked for first."""
        results: dict[str, Result] = {}
        drafts: list[tuple[Op, Draft]] = []
        for op in ops:
            try:
                found = self._finding.find(op) if op.first_sent_at is not None else None
                if found is not None:
                    results[op.id] = Applied(op.id, found, self._version(op, found))
                else:
                    drafts.append((op, self._writing.created(op)))
            except NotTaken as error:
                results[op.id] = Rejected(op.id, error.problems)
        if drafts:
            is_note = drafts[0][1].source == NOTE
            results |= {op.id: self._make_note(op, draft) for op, draft in drafts} if is_note else self._make(drafts)
        return [results[op.id] for op in ops]

    def _make(self, drafts: Sequence[tuple[Op, Draft]]) -> dict[str, Result]:
        op, first = drafts[0]
        records = [{"attributes": {"type": first.source}, **draft.values} for _, draft in drafts]
        by_key = first.mark == KEY and self._session.key(first.source) is not None
        path = f"/composite/sobjects/{first.source}/{KEY}" if by_key else "/composite/sobjects"
        body = {"allOrNone": False, "records": records}
        ids = [f"@{{made[{number}].id}}" for number in range(len(drafts))]
        source = self._source(op.kind, first.source)
        back = query_path(self._reader.statement_for(op.kind, source, ids))
        parts = [Part("PATCH" if by_key else "POST", path, body, _POLITELY, "made"), Part("GET", back, name="back")]
        made, read = self._session.wire.composite(parts, writes=True, headers=_POLITELY)
        if not made.ok:
            return {each.id: self._failed(each, made) for each, _ in drafts}
        told = made.body if isinstance(made.body, list) else []
        if len(told) != len(drafts):
            return {each.id: Unknown(each.id, "not one answer for each record") for each, _ in drafts}
        done = {each.id: one for (each, _), one in zip(drafts, told)}
        versions = self._versions(op.kind, source, read, [str(one.get("id")) for one in told if _worked(one)])
        return {each.id: self._made(each, done[each.id], versions) for each, _ in drafts}

    def _made(self, op: Op, told: Row, versions: dict[str, str]) -> Result:
        if not _worked(told):
            return self._failed(op, Outcome(400, told))
        remote_id = str(told["id"])
        return Applied(op.id, remote_id, versions.get(remote_id))

    def _make_note(self, op: Op, draft: Draft) -> Result:
        """The note and its links, all or nothing."""
        parts = [Part("POST", f"/sobjects/{NOTE}", draft.values, name="note")]
        for number, target in enumerate(draft.linked):
            link = {"ContentDocumentId": "@{note.id}", "LinkedEntityId": target, "ShareType": "V"}
            parts.append(Part("POST", "/sobjects/ContentDocumentLink", link, name=f"link{number}"))
        outcomes = self._session.wire.composite(parts, writes=True, as_one=True)
        bad = [each for each in outcomes if not each.ok]
        if bad:
            return self._failed(op, next((each for each in bad if each.status == 0 or not each.halted), bad[0]))
        remote_id = str(outcomes[0].body["id"]) if isinstance(outcomes[0].body, dict) else ""
        if not is_id(remote_id):
            return Unknown(op.id, "no id in the answer")
        return Applied(op.id, remote_id, self._version(op, remote_id))

    # Change ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _change(self, ops: Sequence[Op]) -> list[Result]:
        """The changes of one object: looked at together, then sent together, each guarded by the stamp seen."""
        name = self._writing.source(ops[0])
        if not name or ops[0].kind not in pull.SOURCES or not self._session.fields(name):
            words = tr("A {kind} can’t be changed from here", kind=ops[0].kind)
            return [Rejected(op.id, (Problem(words),)) for op in ops]
        source = self._source(ops[0].kind, name)
        rows = {
            str(row["Id"]): row for row in self._reader.rows(ops[0].kind, source, [op.remote_id or "" for op in ops])
        }
        now = {each.remote_id: each for each in self._reader.read(ops[0].kind, source, list(rows.values()))}
        results: dict[str, Result] = {}
        planned: list[tuple[Op, list[Part]]] = []
        for op in ops:
            try:
                found = self._planned(op, name, now.get(op.remote_id or ""), rows.get(op.remote_id or "", {}))
            except NotTaken as error:
                found = Rejected(op.id, error.problems)
            if isinstance(found, list):
                planned.append((op, found))
            else:
                results[op.id] = found
        if planned:
            results |= self._sent(planned, source)
        return [results[op.id] for op in ops]

    def _planned(self, op: Op, name: str, now: Upsert | None, row: Row) -> Result | list[Part]:
        """What to send, or the answer where nothing is to be sent."""
        remote_id = op.remote_id or ""
        if now is None:
            again = op.action is Action.DELETE or (op.action is Action.COMPLETE and op.first_sent_at is not None)
            return Applied(op.id, remote_id) if again else Conflict(op.id, None)
        if says_the_same(op, now, untold=("closed_at", "stage_since_at")):
            return Applied(op.id, remote_id, now.version)
        path = f"/sobjects/{name}/{remote_id}"
        if op.action is Action.DELETE:
            return [Part("DELETE", path)]
        if changed_under(op, now):
            return Conflict(op.id, now)
        values = self._writing.changed(op, now, self._with_text(name, row))
        parts = [Part("PATCH", path, values, {**_guard(row), **_POLITELY})] if values else []
        parts += self._role(op, row)
        return parts or Applied(op.id, remote_id, now.version)

    def _with_text(self, name: str, row: Row) -> Row:
        """The row with a note's text, which no list tells."""
        if name != NOTE:
            return row
        html = self._session.wire.blob(f"/sobjects/{NOTE}/{row['Id']}/Content").decode("utf-8", "replace")
        return {**row, "Content": hypertext.plain(html).body}

    def _role(self, op: Op, row: Row) -> list[Part]:
        """A deal's person is its primary contact role: the one that is there, or a new one."""
        person = op.links.get("person")
        if (
            op.kind is not Kind.DEAL
            or person is None
            or not person.startswith("003")
            or not row["Id"].startswith("006")
        ):
            return []
        told = row.get("OpportunityContactRoles") or {}
        there = next((each["Id"] for each in told.get("records", []) if each.get("ContactId") == person), None)
        if there is not None:
            return [Part("PATCH", f"/sobjects/OpportunityContactRole/{there}", {"IsPrimary": True})]
        body = {"OpportunityId": row["Id"], "ContactId": person, "IsPrimary": True}
        return [Part("POST", "/sobjects/OpportunityContactRole", body)]

    def _sent(self, planned: Sequence[tuple[Op, list[Part]]], source: Source) -> dict[str, Result]:
        parts = [part for _, some in planned for part in some]
        ids = [op.remote_id or "" for op, _ in planned]
        kind = planned[0][0].kind
        back = [] if source.object == NOTE else [Part("GET", query_path(self._reader.statement_for(kind, source, ids)))]
        outcomes = iter(self._session.wire.composite([*parts, *back], writes=True, headers=_POLITELY))
        told = [(op, [next(outcomes) for _ in some]) for op, some in planned]
        worked = [
            op.remote_id or "" for op, some in told if all(each.ok for each in some) and op.action is not Action.DELETE
        ]
        versions = self._versions(kind, source, next(outcomes, Outcome(0, None)), worked)
        return {op.id: self._done(op, some, versions) for op, some in told}

    def _done(self, op: Op, outcomes: Sequence[Outcome], versions: dict[str, str]) -> Result:
        bad = next((each for each in outcomes if not each.ok), None)
        if bad is None:
            return Applied(op.id, op.remote_id or "", versions.get(op.remote_id or ""))
        if bad.status not in (0, 412) and bad.refusal.gone and bad is outcomes[0]:
            return Applied(op.id, op.remote_id or "") if op.action is Action.DELETE else Conflict(op.id, None)
        if bad.status == 412:
            return self._conflict(op)
        return self._failed(op, bad)

    def _conflict(self, op: Op) -> Result:
        try:
            return Conflict(op.id, next(iter(self._reader.fetch(op.kind, [op.remote_id or ""])), None))
        except ConnectorError as error:
            return RetryLater(op.id, str(error))

    # Answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _failed(self, op: Op, outcome: Outcome) -> Result:
        if outcome.status == 0:
            return Unknown(op.id, "no answer for this record")
        if outcome.status >= 500:
            return Unknown(op.id, str(outcome.refusal), answered=True)
        return self._refused(op, outcome.refusal)

    def _refused(self, op: Op, refusal: Refusal) -> Result:
        if refusal.has({"REQUEST_LIMIT_EXCEEDED"}) or refusal.busy or refusal.has({"PROCESSING_HALTED"}):
            return RetryLater(op.id, str(refusal), refusal.pause_s)
        if refusal.status >= 500:
            return Unknown(op.id, str(refusal), answered=True)
        source = self._writing.source(op)
        told = tuple(
            Problem(
                each.words,
                next(filter(None, (self._writing.ours(source, name) for name in each.fields)), None),
                each.existing,
            )
            for each in refusal.problems
        )
        return Rejected(op.id, told)

    def _versions(self, kind: Kind, source: Source, read: Outcome, ids: Sequence[str]) -> dict[str, str]:
        """The versions of what was written: from the same call, or by one more question. It is no doubt without."""
        if not ids:
            return {}
        with _calmly():
            if read.ok and isinstance(read.body, dict):
                rows = read.body.get("records", [])
            else:
                rows = self._reader.rows(kind, source, ids)
            return {each.remote_id: each.version for each in self._reader.read(kind, source, rows)}
        return {}

    def _version(self, op: Op, remote_id: str) -> str | None:
        with _calmly():
            return next((each.version for each in self._reader.fetch(op.kind, [remote_id])), None)
        return None

    def _source(self, kind: Kind, name: str) -> Source:
        return next(each for each in pull.SOURCES[kind] if each.object == name)


def _worked(told: object) -> bool:
    return isinstance(told, dict) and told.get("success") is True and is_id(told.get("id"))


def _guard(row: Row) -> dict[str, str]:
    """A second's resolution is all that Salesforce has; where it ignores the header, our look a moment ago stands."""
    at = instant(row.get("SystemModstamp"))
    return {} if at is None else {"If-Unmodified-Since": formatdate(at, usegmt=True)}


class _calmly:  # noqa: N801 - reads as a word in a with statement
    """What goes wrong after a write that worked is no trouble: the version is only not known."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, (ConnectorError, Refusal, *strange.SHAPE))
