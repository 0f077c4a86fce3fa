"""What the CRM said of an op, kept: one commit for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from companion.connectors.base import (
    ApiSunset,
    Applied,
    ConnectorError,
    Misconfigured,
    SignInNeeded,
    Unreachable,
    Upsert,
)
from companion.database import Write
from companion.domain.language import tr
from companion.domain.ops import UNSENT, OpState
from companion.domain.records import Gone, Value
from companion.store import edits, identities, outbox, records, versions
from companion.store.outbox import QueuedOp
from companion.sync import fields, merge, rewind, strikes
from companion.sync.leaving import park_gone
from companion.sync.moving import ALONE, Moves, belongs, standing
from companion.sync.session import stranger
from companion.sync.wire_op import wire_op

_MISSES = 2


class Answers(Moves):
    """Keeping answers."""

    def applied(
        self,
        op: QueuedOp,
        written: Sequence[str],
        result: Applied,
        theirs: Mapping[str, Value] | None = None,
        *,
        over: str | None = None,
    ) -> None:
        """The CRM has it: id, state and the shown values in one commit. `over`: the version that was written over.

        A new record under the id of another one proves that the CRM was set back, and lost that one.
        """
        if op.action == "create" and op.first_sent_at is not None and not self.still_there(op, result.remote_id):
            return
        try:
            just_made = bool(written) and op.first_sent_at is None
            lost = self.had_it_before(op, result.remote_id, just_made) if op.action == "create" else None
        except ConnectorError as error:
            self.doubt([op], str(error))
            return
        now = self.session.wall()
        names = tuple(op.values)
        # An answer to a second attempt may tell a version that somebody else has made since the first.
        version = result.version if op.first_sent_at is None and written else None
        with self.session.write() as write:
            if op.action == "create":
                # While the op is not done: over what a double has, what was just written stands.
                if lost is not None:
                    self.set_back |= rewind.lost_its_id(write, op.kind, lost, now)
                identities.identify(write, op.kind, op.record_id, result.remote_id)
            columns = {"remote_id": result.remote_id, "version": version, "done_at": now}
            outbox.move(
                write,
                op,
                OpState.DONE,
                now,
                None if written or op.action != "update" else tr("it was so already"),
                **columns,
            )
            if op.action != "create":
                versions.outgrow(write, op.kind, op.record_id, result.version, over)
            for name in names:
                if name in written:
                    outbox.update_held(write, op.record_id, name, op.values[name])
                elif theirs is not None and name in theirs:
                    outbox.update_held(write, op.record_id, name, theirs[name])
            edits.settle(write, op.kind, op.record_id, names)
        for mark in [each for each in self.misses if each.startswith(ALONE)]:
            del self.misses[mark]
        if written and self.struck:
            with self.session.write() as write:
                strikes.excuse(write)
            self.struck = False
        if self.session.backoff.waiting(op.id):
            # The CRM takes changes again: nothing else needs to wait out a delay of the bad times.
            self.session.backoff.hurry()
        self.session.backoff.succeeded(op.id)

    def still_there(self, op: QueuedOp, remote_id: str) -> bool:
        """A creation that was sent before may have landed, and been deleted by a colleague, long ago."""
        try:
            found = self.session.connector.fetch(op.kind, [remote_id])
        except ConnectorError as error:
            self.doubt([op], str(error))
            return False
        if not found:
            with self.session.write() as write:
                records.mark_gone(write, op.kind, op.record_id, Gone.DELETED, self.session.wall())
        return True

    def had_it_before(self, op: QueuedOp, remote_id: str, just_made: bool) -> str | None:
        """The record that had the id of this new one until now; None where there is none, or both are one.

        What was looked up, or sent twice, may have been merged into that record meanwhile: then the CRM still finds the
        other one under that id too. Raises where it can't be asked now.
        """
        with self.session.database.read() as rows:
            before = records.local_ids(rows, op.kind, [remote_id]).get(remote_id)
            made = None if before is None else outbox.creation(rows, before)
        if before is None or before == op.record_id:
            return None
        if just_made:
            return before
        if made is None or made.state is not OpState.DONE:
            return None
        try:
            found = self.session.connector.find_by_op(wire_op(self.session, made))
        except (SignInNeeded, Unreachable, ApiSunset, Misconfigured):
            raise
        except ConnectorError:
            return before  # it keeps no trace, so what it answered is what it has just made
        return None if found == remote_id else before

    def collide(self, op: QueuedOp, plan: merge.Plan, theirs: Mapping[str, Value], server: Upsert) -> None:
        """Nothing of the op can be written unseen: the CRM's values are shown, the rep's wait on the card."""
        now = self.session.wall()
        who, at = stranger(server, self.session.description)
        columns = {"theirs": dict(plan.conflict), "who": who, "theirs_at": at}
        with self.session.write() as write:
            outbox.move(write, op, OpState.CONFLICT, now, tr("somebody else changed it too"), **columns)
            outbox.narrow(write, standing(op, OpState.CONFLICT, plan.conflict), plan.conflict)
            self.show(write, op, theirs, server)
        self.session.backoff.succeeded(op.id)

    def part(self, op: QueuedOp, plan: merge.Plan, theirs: Mapping[str, Value], server: Upsert) -> QueuedOp:
        """Splits what collided from an op that is otherwise sent."""
        who, at = stranger(server, self.session.description)
        now = self.session.wall()
        with self.session.write() as write:
            rest = outbox.split(write, op, plan.conflict, self.session.new_id(), now, who=who, theirs_at=at)
            self.show(write, op, {name: value for name, value in theirs.items() if name in plan.conflict}, server)
        return rest

    def show(self, write: Write, op: QueuedOp, theirs: Mapping[str, Value], server: Upsert) -> None:
        """Keeps what the CRM has beneath the op's fields, and shows what stands now."""
        versions.outgrow(write, op.kind, op.record_id, server.version)
        for name in op.values:
            if name in theirs:
                outbox.update_held(write, op.record_id, name, theirs[name])
        edits.settle(write, op.kind, op.record_id, tuple(op.values))

    def refuse(self, op: QueuedOp, problems: Sequence[Mapping[str, str | None]]) -> None:
        """Parks an op with the CRM's words, and what hangs on it with it. Taken back meanwhile, it is dropped."""
        now = self.session.wall()
        with self.session.write() as write:
            outbox.move(write, op, OpState.ATTENTION, now, tr("the CRM refused it"), problems=list(problems))
            if op.action == "create":
                self.refuse_rest(write, op, now)
            if any(problem.get("field") for problem in problems):
                fields.doubt(write)
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
        self.session.backoff.succeeded(op.id)

    def refuse_rest(self, write: Write, op: QueuedOp, now: int) -> None:
        """The parent was refused: its children wait for the rep with it."""
        for other in outbox.of_record(write, op.record_id):
            if other.action == "delete" and other.state in UNSENT:
                outbox.move(write, other, OpState.DISCARDED, now, tr("there is nothing to take back"))
                outbox.move(write, standing(op, OpState.ATTENTION), OpState.DISCARDED, now, tr("it was taken back"))
        for found in outbox.hanging_on(write, op.record_id):
            # One that hangs on two refused parents was parked with the first.
            child = outbox.get(write, found.id) or found
            if child.state in (OpState.PENDING, OpState.WAITING):
                words = belongs(op)
                problem = {"words": words, "field": None, "parent": op.id}
                outbox.move(write, child, OpState.ATTENTION, now, words, problems=[problem])
                if child.action == "create":
                    self.refuse_rest(write, child, now)

    def missed(self, op: QueuedOp) -> None:
        """The op's record is not in the CRM. The pull may tell why; if it does not, the rep is told."""
        if op.action == "delete":
            self.applied(op, (), Applied(op.id, op.remote_id or ""))
            return
        self.misses[op.id] = self.misses.get(op.id, 0) + 1
        if self.misses[op.id] < _MISSES:
            self.later(op, tr("the record was not found"), 0.0)
            return
        self.misses.pop(op.id)
        with self.session.write() as write:
            park_gone(write, op, Gone.DELETED, self.session.wall())
            edits.settle(write, op.kind, op.record_id, tuple(op.values))

    def later(self, op: QueuedOp, why: str, after_s: float | None) -> None:
        """It surely did not take effect: it goes back into the queue, as never sent if this was the first attempt."""
        delay = self.session.backoff.failed(op.id, after_s)
        again_at = self.session.wall() + int(delay)
        self.move(op, OpState.PENDING, why, next_try_at=again_at, first_sent_at=op.first_sent_at)

    def give_back(self, ops: Sequence[QueuedOp], why: str) -> None:
        """Nothing of these was sent."""
        for op in ops:
            self.move(op, OpState.PENDING, why, first_sent_at=op.first_sent_at)

    def doubt(self, ops: Sequence[QueuedOp], why: str) -> None:
        """Nobody knows whether these took effect; the next cycle finds out before anything is sent again."""
        for op in ops:
            self.move(op, OpState.UNKNOWN, why)
