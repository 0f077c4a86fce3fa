"""Sends the rep's changes: claimed durably, planned against the CRM's present values, one commit for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.connectors.base import (
    Action,
    Applied,
    Conflict,
    ConnectorError,
    Op,
    RateLimited,
    Rejected,
    Result,
    RetryLater,
    Rewound,
    SignInNeeded,
    Unknown,
    Upsert,
)
from companion.database import DatabaseProblem
from companion.domain.collisions import DERIVED
from companion.domain.language import tr
from companion.domain.ops import IllegalMove, OpState
from companion.domain.records import Kind, Value
from companion.store import outbox, records
from companion.store.outbox import QueuedOp
from companion.sync import merge, soundness
from companion.sync.answers import Answers
from companion.sync.choosing import Choosing
from companion.sync.fitting import Fitting
from companion.sync.losses import is_surely_another
from companion.sync.moving import alone, standing
from companion.sync.session import local_ids, values
from companion.sync.wire_op import wire_op

_GIVEN = frozenset({"created_at", "owner", "stage", "pipeline", "status", "probability", *DERIVED})
"""What a CRM sets in a new record by itself."""

ROUNDS = 3
"""How often an op is planned anew in one cycle because somebody was faster."""

_VERBS = (Action.WIN, Action.LOSE, Action.COMPLETE)


@dataclass(frozen=True, slots=True)
class Job:
    """An op on its way: what is sent of it."""

    op: QueuedOp
    wire: Op


class Push(Choosing, Fitting, Answers):
    """Emptying the outbox."""

    def run(self) -> None:
        """Sends what is due. Raises what stops a cycle; no op is then left in flight.

        Ends where an answer proves that the CRM was set back: the rest waits for the rep.
        What goes wrong in Companion itself with one op is raised after all others had their turn.
        """
        while not self.set_back and (batch := self.next_batch()):
            self.tried |= {op.id for op in batch}
            self.send(batch)
        if self.bugs:
            raise self.bugs[0]

    def send(self, batch: Sequence[QueuedOp]) -> None:
        """Claims, plans, sends and records a batch. Only a crash of the process leaves an op in flight."""
        claimed = self.claim(batch)
        try:
            found = self.look(claimed)
        except ConnectorError as error:
            self.give_back(claimed, str(error))
            if not self.is_to_blame(claimed, error):
                raise
            return
        except DatabaseProblem:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other ops go on; it is raised in the end
            self.bugs.append(error)
            self.give_back(claimed, tr("it could not be prepared: {error}", error=type(error).__name__))
            self.strike(claimed)
            return
        jobs = [job for op in claimed if (job := self.planned(op, found.get(op.id))) is not None]
        for _ in range(ROUNDS):
            jobs = self.round(jobs)
            if not jobs:
                return
        for job in jobs:
            self.later(job.op, tr("the record keeps changing in the CRM"), None)

    def planned(self, op: QueuedOp, server: Upsert | None) -> Job | None:
        """As `ready`; an op that can't be planned at all is set back, and stops nobody else."""
        try:
            return self.ready(op, server)
        except (ConnectorError, IllegalMove):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other ops go on; it is raised in the end
            self.bugs.append(error)
            self.give_back([op], tr("it could not be prepared: {error}", error=type(error).__name__))
            self.strike([op])
            return None

    def is_to_blame(self, ops: Sequence[QueuedOp], error: ConnectorError) -> bool:
        """Whether one op is what the CRM can't cope with: it failed among others, fails alone, and all else works.

        Raises if the CRM can't be reached at all.
        """
        if isinstance(error, SignInNeeded | RateLimited | Rewound):
            return False
        before = len(ops) == 1 and alone(ops[0]) in self.misses
        self.misses.update((alone(op), 1) for op in ops)
        if not before or Kind.USER not in self.session.description.kinds:
            return False
        self.session.ask_about_me()
        self.strike(ops)
        return True

    def claim(self, batch: Sequence[QueuedOp]) -> list[QueuedOp]:
        """Marks ops as in flight, durably, before a byte leaves. Returns those that were still ours to take."""
        now = self.session.wall()
        claimed: list[QueuedOp] = []
        with self.session.write() as write:
            for op in batch:
                fresh = outbox.get(write, op.id)
                if fresh is None or fresh.state not in (OpState.PENDING, OpState.WAITING):
                    continue
                if fresh.state is OpState.WAITING:
                    outbox.move(write, fresh, OpState.PENDING, now)
                    fresh = standing(fresh, OpState.PENDING)
                first = fresh.first_sent_at if fresh.first_sent_at is not None else now
                columns = {"attempts": fresh.attempts + 1, "first_sent_at": first, "sent_at": now}
                outbox.move(write, fresh, OpState.IN_FLIGHT, now, tr("attempt {n}", n=fresh.attempts + 1), **columns)
                claimed.append(standing(fresh, OpState.IN_FLIGHT))
        return claimed

    def look(self, ops: Sequence[QueuedOp]) -> dict[str, Upsert]:
        """The CRM's present records of ops that change one, by op; those that are missing there are left out.

        Raises Rewound where one has the id of another that the rep had made: nothing may be written into that.
        """
        with self.session.database.read() as rows:
            targets = {op.id: records.remote_id(rows, op.kind, op.record_id) for op in ops if op.action != "create"}
        wanted = sorted({remote_id for remote_id in targets.values() if remote_id is not None})
        if not wanted:
            return {}
        found = {each.remote_id: soundness.fitting(each) for each in self.session.connector.fetch(ops[0].kind, wanted)}
        present = {op.id: found[targets[op.id] or ""] for op in ops if targets.get(op.id) in found}
        with self.session.database.read() as rows:
            if any(is_surely_another(rows, present[op.id], op.record_id) for op in ops if op.id in present):
                raise Rewound("it has given the id of a record anew")
        return present

    def ready(self, op: QueuedOp, server: Upsert | None) -> Job | None:
        """What to send of an op; None where nothing is left to send, which is then committed."""
        fitted = op if op.action == "delete" else self.fitted(op)
        if fitted is None:
            return None
        op = fitted
        if op.action == "create":
            return self.ready_create(op)
        if server is None:
            self.missed(op)
            return None
        self.misses.pop(op.id, None)
        return self.ready_delete(op, server) if op.action == "delete" else self.ready_change(op, server)

    def ready_create(self, op: QueuedOp) -> Job | None:
        """A record that came back from the CRM under this op's mark needs no second creation."""
        with self.session.database.read() as rows:
            remote_id = records.remote_id(rows, op.kind, op.record_id)
        if remote_id is None:
            return Job(op, self.wire(op, op.values, None))
        self.applied(op, (), Applied(op.id, remote_id))
        return None

    def ready_delete(self, op: QueuedOp, server: Upsert) -> Job | None:
        """A record that somebody else has changed since is not deleted unseen."""
        with self.session.database.read() as rows:
            ours = bool(outbox.left_behind(rows, op.record_id, server.version))
            made = outbox.creation(rows, op.record_id)
        if not ours and made is not None and made.version is None:
            plan, _ = self.plan(made, server)
            ours = not plan.write and not plan.conflict
        if ours and made is not None and made.version != server.version:
            # Our own later write may stand on top of a colleague's, which nobody has seen here.
            ours = self.knows_all(op, server)
        if ours:
            return Job(op, self.wire(op, {}, server))
        self.refuse(op, [{"words": tr("Somebody changed it in the CRM meanwhile: delete it there"), "field": None}])
        return None

    def knows_all(self, op: QueuedOp, server: Upsert) -> bool:
        """Whether each value of the record stood here when it was taken back, was sent from here, or is a CRM's own.

        What was read into it since then stood on no screen.
        """
        with self.session.database.read() as rows:
            theirs = values(server, local_ids(rows, op.kind, [server]))
            sent = outbox.sent(rows, op.record_id)
        alike = self.session.normalise
        for name, value in theirs.items():
            known = [op.seen.get(name), *(each.values[name] for each in sent if name in each.values)]
            given = name in _GIVEN and op.seen.get(name) is None
            if not given and alike(op.kind, name, value) not in [alike(op.kind, name, each) for each in (None, *known)]:
                return False
        return True

    def ready_change(self, op: QueuedOp, server: Upsert) -> Job | None:
        """Plans a change by the rules of `merge`, parts what collided from the rest, and sends the rest."""
        plan, theirs = self.plan(op, server)
        if plan.conflict and not plan.write:
            self.collide(op, plan, theirs, server)
            return None
        if plan.conflict:
            op = self.part(op, plan, theirs, server)
        if not plan.write:
            self.applied(op, (), Applied(op.id, server.remote_id, server.version), theirs)
            return None
        sent = {name: value for name, value in op.values.items() if name in plan.write}
        return Job(op, self.wire(op, sent, server))

    def plan(self, op: QueuedOp, server: Upsert) -> tuple[merge.Plan, dict[str, Value]]:
        """The verdict on each field, and the CRM's values by local ids."""
        with self.session.database.read() as rows:
            theirs = values(server, local_ids(rows, op.kind, [server]))
            own = outbox.left_behind(rows, op.record_id, server.version)
        as_one = op.action in _VERBS
        return merge.plan(op.kind, op.values, op.seen, theirs, own, self.session.normalise, as_one=as_one), theirs

    def wire(self, op: QueuedOp, sent: Mapping[str, Value], server: Upsert | None) -> Op:
        """What of the op is sent, in the CRM's own ids."""
        return wire_op(self.session, op, sent, server)

    def round(self, jobs: Sequence[Job]) -> list[Job]:
        """One request; returns what must be planned and sent anew because the record changed in between."""
        if not jobs:
            return []
        try:
            results = self.session.connector.push([job.wire for job in jobs])
        except ConnectorError as error:
            self.give_back([job.op for job in jobs], str(error))
            if not self.is_to_blame([job.op for job in jobs], error):
                raise
            return []
        except Exception as error:  # noqa: BLE001 - whatever it is, the other ops go on; it is raised in the end
            self.bugs.append(error)
            self.doubt(
                [job.op for job in jobs],
                tr("something went wrong while it was sent: {error}", error=type(error).__name__),
            )
            self.strike([job.op for job in jobs])
            return []
        again = [self.recorded(job, result) for job, result in zip(jobs, results)]
        self.doubt([job.op for job in jobs[len(results) :]], tr("no answer"))
        self.listen(results)
        return [job for job in again if job is not None]

    def listen(self, results: Sequence[Result]) -> None:
        """After a request that settled nothing: raises if the CRM can't be reached at all, before more is tried.

        Where it answers what costs it little, the trouble lies in these ops alone, and the others go on.
        """
        if any(not isinstance(result, RetryLater | Unknown) for result in results):
            return
        pauses = [result.after_s for result in results if isinstance(result, RetryLater) and result.after_s]
        if pauses:
            raise RateLimited("the CRM asks for a pause", after_s=max(pauses))
        self.session.ask_about_me()

    def recorded(self, job: Job, result: Result) -> Job | None:
        """As `record`. Where another process that has this file open has put the op in doubt, it also settles that.

        An answer that can't be kept leaves its own op in doubt, and stops nobody else.
        """
        try:
            return self.record(job, result)
        except IllegalMove:
            return None
        except (ConnectorError, DatabaseProblem):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other ops go on; it is raised in the end
            self.bugs.append(error)
            self.doubt([job.op], tr("something went wrong while it was sent: {error}", error=type(error).__name__))
            self.strike([job.op])
            return None

    def record(self, job: Job, result: Result) -> Job | None:
        """Commits one answer. Returns the op planned anew if the CRM had changed meanwhile."""
        match result:
            case Applied():
                sound = soundness.told(result, made=job.op.action == "create")
                if sound is None:
                    self.doubt([job.op], tr("no answer"))
                    self.strike([job.op])
                else:
                    self.applied(job.op, tuple(_names(job.wire)), sound, over=job.wire.version)
            case Rejected():
                self.refuse(job.op, [_problem(each.words, each.field, each.existing_id) for each in result.problems])
            case RetryLater():
                self.later(job.op, result.why, result.after_s)
            case Unknown():
                self.doubt([job.op], result.why)
                if result.answered:
                    self.strike([job.op])
            case Conflict():
                return self.ready(job.op, result.server)
        return None


def _names(wire: Op) -> tuple[str, ...]:
    return (*wire.fields, *wire.links)


def _problem(words: str, field: str | None, existing_id: str | None) -> dict[str, str | None]:
    return {"words": words, "field": field, "existing_id": existing_id}
