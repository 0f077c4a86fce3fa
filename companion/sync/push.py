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
    Rejected,
    Result,
    RetryLater,
    Unknown,
    Upsert,
)
from companion.database import Rows, Write
from companion.domain.ops import ASKS_REP, FINISHED, UNSENT, IllegalMove, OpState
from companion.domain.records import LINKS, Gone, Kind, Value
from companion.store import edits, identities, outbox, records
from companion.store.outbox import QueuedOp
from companion.sync import merge
from companion.sync.pull import park_gone
from companion.sync.session import STRANGER, Session, local_ids, values

ROUNDS = 3
"""How often an op is planned anew in one cycle because somebody was faster."""

_VERBS = (Action.WIN, Action.LOSE, Action.COMPLETE)
_MISSES = 2


@dataclass(frozen=True, slots=True)
class Job:
    """An op on its way: what is sent of it."""

    op: QueuedOp
    wire: Op


class Push:
    """Emptying the outbox. `misses` counts, across cycles, how often an op's record was not found."""

    def __init__(self, session: Session, misses: dict[str, int]) -> None:
        self.session = session
        self.misses = misses
        self.tried: set[str] = set()

    def run(self) -> None:
        """Sends what is due. Raises what stops a cycle; no op is then left in flight."""
        while batch := self.next_batch():
            self.tried |= {op.id for op in batch}
            self.send(batch)

    # Choosing ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def next_batch(self) -> list[QueuedOp]:
        """The next ops of one kind that can be sent together; what can't be sent is parked on the way."""
        batch: list[QueuedOp] = []
        for op in self.due():
            if op.id in self.tried or self.session.backoff.waits_s(op.id):
                continue
            if not self.may_go(op):
                continue
            if batch and (op.kind is not batch[0].kind or len(batch) >= self.session.description.kinds[op.kind].batch):
                break
            batch.append(op)
        return batch

    def due(self) -> list[QueuedOp]:
        """The first op of each lane."""
        with self.session.database.read() as rows:
            return outbox.due(rows, self.session.wall(), 1000)

    def may_go(self, op: QueuedOp) -> bool:
        """Whether the op can be sent now; if not, it waits for its parent or is shown to the rep."""
        description = self.session.description
        if op.tenant not in (None, description.tenant) or op.user_id not in (None, description.user_id):
            self.park(op, "This change was made for another account; it is sent when you sign in there")
            return False
        facts = description.kinds.get(op.kind)
        if facts is None or not facts.writable:
            self.park(op, "This CRM does not take such records from here")
            return False
        with self.session.database.read() as rows:
            parents = outbox.parents_without_remote_id(rows, op)
            makers = [outbox.creation(rows, record_id) for _, record_id in parents]
        if not parents:
            return True
        self.wait_for(op, makers)
        return False

    def wait_for(self, op: QueuedOp, makers: Sequence[QueuedOp | None]) -> None:
        """Sets a child behind its parents, or beside them where the rep must act first."""
        stuck = [maker for maker in makers if maker is None or maker.state in ASKS_REP | FINISHED]
        if stuck:
            maker = stuck[0]
            self.park(op, _belongs(maker) if maker else "What this belongs to is no longer here", maker)
        elif op.state is OpState.PENDING:
            self.move(op, OpState.WAITING, "waits for what it belongs to")

    def park(self, op: QueuedOp, words: str, parent: QueuedOp | None = None) -> None:
        """Shows the op to the rep."""
        problem = {"words": words, "field": None, "parent": parent.id if parent else None}
        self.move(op, OpState.ATTENTION, words, problems=[problem])

    def move(self, op: QueuedOp, to: OpState, words: str | None = None, **columns: object) -> None:
        """Moves an op in a commit of its own; somebody who was faster is right."""
        try:
            with self.session.write() as write:
                outbox.move(write, op, to, self.session.wall(), words, **columns)
        except IllegalMove:
            return

    # Sending ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def send(self, batch: Sequence[QueuedOp]) -> None:
        """Claims, plans, sends and records a batch. Only a crash of the process leaves an op in flight."""
        claimed = self.claim(batch)
        try:
            found = self.look(claimed)
        except ConnectorError as error:
            self.give_back(claimed, str(error))
            raise
        jobs = [job for op in claimed if (job := self.ready(op, found.get(op.id))) is not None]
        for _ in range(ROUNDS):
            jobs = self.round(jobs)
            if not jobs:
                return
        for job in jobs:
            self.later(job.op, "the record keeps changing in the CRM", None)

    def claim(self, batch: Sequence[QueuedOp]) -> list[QueuedOp]:
        """Marks ops as in flight, durably, before a byte leaves (I-10). Returns those that were still ours to take."""
        now = self.session.wall()
        claimed: list[QueuedOp] = []
        with self.session.write() as write:
            for op in batch:
                fresh = outbox.get(write, op.id)
                if fresh is None or fresh.state not in (OpState.PENDING, OpState.WAITING):
                    continue
                if fresh.state is OpState.WAITING:
                    outbox.move(write, fresh, OpState.PENDING, now)
                    fresh = _in(fresh, OpState.PENDING)
                first = fresh.first_sent_at if fresh.first_sent_at is not None else now
                columns = {"attempts": fresh.attempts + 1, "first_sent_at": first, "sent_at": now}
                outbox.move(write, fresh, OpState.IN_FLIGHT, now, f"attempt {fresh.attempts + 1}", **columns)
                claimed.append(_in(fresh, OpState.IN_FLIGHT))
        return claimed

    def look(self, ops: Sequence[QueuedOp]) -> dict[str, Upsert]:
        """The CRM's present records of ops that change one, by op; those that are missing there are left out."""
        with self.session.database.read() as rows:
            targets = {op.id: records.remote_id(rows, op.kind, op.record_id) for op in ops if op.action != "create"}
        wanted = sorted({remote_id for remote_id in targets.values() if remote_id is not None})
        if not wanted:
            return {}
        found = {each.remote_id: each for each in self.session.connector.fetch(ops[0].kind, wanted)}
        return {op_id: found[remote_id] for op_id, remote_id in targets.items() if remote_id in found}

    def ready(self, op: QueuedOp, server: Upsert | None) -> Job | None:
        """What to send of an op; None where nothing is left to send, which is then committed."""
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
        if ours:
            return Job(op, self.wire(op, {}, server))
        self.refuse(op, [{"words": "Somebody changed it in the CRM meanwhile: delete it there", "field": None}])
        return None

    def ready_change(self, op: QueuedOp, server: Upsert) -> Job | None:
        """Plans a change by I-18, parts what collided from the rest, and sends the rest."""
        plan, theirs = self.plan(op, server)
        if plan.conflict and not plan.write:
            self.collide(op, plan, theirs)
            return None
        if plan.conflict:
            op = self.part(op, plan, theirs)
        if not plan.write:
            self.applied(op, (), Applied(op.id, server.remote_id), theirs)
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
        """The op in the CRM's own ids.

        It says that the rep saw what the CRM has now: the plan has judged that against what the rep did see, and what
        the connector guards is the time between our look and our write.
        """
        now: dict[str, Value] = {**server.fields, **server.links} if server is not None else {}
        with self.session.database.read() as rows:
            return Op(
                id=op.id,
                kind=op.kind,
                action=Action(op.action),
                remote_id=records.remote_id(rows, op.kind, op.record_id),
                fields={name: value for name, value in sent.items() if name not in LINKS[op.kind]},
                links={name: _remote_id(rows, op.kind, name, sent[name]) for name in sent if name in LINKS[op.kind]},
                seen={
                    name: now[name] if name in now else _remote(rows, op.kind, name, value)
                    for name, value in op.seen.items()
                    if name in sent
                },
                version=server.version if server is not None else None,
                at=op.created_at,
                first_sent_at=op.first_sent_at,
            )

    def round(self, jobs: Sequence[Job]) -> list[Job]:
        """One request; returns what must be planned and sent anew because the record changed in between."""
        if not jobs:
            return []
        try:
            results = self.session.connector.push([job.wire for job in jobs])
        except ConnectorError as error:
            self.give_back([job.op for job in jobs], str(error))
            raise
        except Exception:
            self.doubt([job.op for job in jobs], "something went wrong while it was sent")
            raise
        again = [self.record(job, result) for job, result in zip(jobs, results)]
        self.doubt([job.op for job in jobs[len(results) :]], "no answer")
        return [job for job in again if job is not None]

    # Answers ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def record(self, job: Job, result: Result) -> Job | None:
        """Commits one answer. Returns the op planned anew if the CRM had changed meanwhile."""
        match result:
            case Applied():
                self.applied(job.op, tuple(_names(job.wire)), result)
            case Rejected():
                self.refuse(job.op, [_problem(each.words, each.field, each.existing_id) for each in result.problems])
            case RetryLater():
                self.later(job.op, result.why, result.after_s)
            case Unknown():
                self.doubt([job.op], result.why)
            case Conflict():
                return self.ready(job.op, result.server)
        return None

    def applied(
        self, op: QueuedOp, written: Sequence[str], result: Applied, theirs: Mapping[str, Value] | None = None
    ) -> None:
        """The CRM has it: id, state and the shown values in one commit."""
        if op.action == "create" and op.first_sent_at is not None and not self.still_there(op, result.remote_id):
            return
        now = self.session.wall()
        names = tuple(op.values)
        # An answer to a second attempt may tell a version that somebody else has made since the first.
        version = result.version if op.first_sent_at is None and written else None
        with self.session.write() as write:
            columns = {"remote_id": result.remote_id, "version": version, "done_at": now}
            outbox.move(
                write,
                op,
                OpState.DONE,
                now,
                None if written or op.action != "update" else "it was so already",
                **columns,
            )
            if op.action == "create":
                identities.identify(write, op.kind, op.record_id, result.remote_id)
            for name in names:
                if name in written:
                    outbox.update_held(write, op.record_id, name, op.values[name])
                elif theirs is not None and name in theirs:
                    outbox.update_held(write, op.record_id, name, theirs[name])
            edits.settle(write, op.kind, op.record_id, names)
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

    def collide(self, op: QueuedOp, plan: merge.Plan, theirs: Mapping[str, Value]) -> None:
        """Nothing of the op can be written unseen: the CRM's values are shown, the rep's wait on the card."""
        now = self.session.wall()
        with self.session.write() as write:
            outbox.move(write, op, OpState.CONFLICT, now, "somebody else changed it too", theirs=dict(plan.conflict))
            outbox.narrow(write, _in(op, OpState.CONFLICT, plan.conflict), plan.conflict)
            self.show(write, op, theirs)
        self.session.backoff.succeeded(op.id)

    def part(self, op: QueuedOp, plan: merge.Plan, theirs: Mapping[str, Value]) -> QueuedOp:
        """Splits what collided from an op that is otherwise sent."""
        with self.session.write() as write:
            rest = outbox.split(write, op, plan.conflict, self.session.new_id(), self.session.wall())
            self.show(write, op, {name: value for name, value in theirs.items() if name in plan.conflict})
        return rest

    def show(self, write: Write, op: QueuedOp, theirs: Mapping[str, Value]) -> None:
        """Keeps what the CRM has beneath the op's fields, and shows what stands now."""
        for name in op.values:
            if name in theirs:
                outbox.update_held(write, op.record_id, name, theirs[name])
        edits.settle(write, op.kind, op.record_id, tuple(op.values))

    def refuse(self, op: QueuedOp, problems: Sequence[Mapping[str, str | None]]) -> None:
        """Parks an op with the CRM's words, and what hangs on it with it. Taken back meanwhile, it is dropped."""
        now = self.session.wall()
        with self.session.write() as write:
            outbox.move(write, op, OpState.ATTENTION, now, "the CRM refused it", problems=list(problems))
            if op.action == "create":
                self.refuse_rest(write, op, now)
            edits.settle(write, op.kind, op.record_id, tuple(op.values))
        self.session.backoff.succeeded(op.id)

    def refuse_rest(self, write: Write, op: QueuedOp, now: int) -> None:
        """The parent was refused: its children wait for the rep with it."""
        for other in outbox.of_record(write, op.record_id):
            if other.action == "delete" and other.state in UNSENT:
                outbox.move(write, other, OpState.DISCARDED, now, "there is nothing to take back")
                outbox.move(write, _in(op, OpState.ATTENTION), OpState.DISCARDED, now, "it was taken back")
        for child in outbox.hanging_on(write, op.record_id):
            if child.state in (OpState.PENDING, OpState.WAITING):
                words = _belongs(op)
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
            self.later(op, "the record was not found", 0.0)
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


def _in(op: QueuedOp, state: OpState, theirs: Mapping[str, Value] | None = None) -> QueuedOp:
    return outbox.replaced(op, state=state, **({} if theirs is None else {"theirs": theirs}))


def _belongs(maker: QueuedOp) -> str:
    return f"It belongs to “{maker.said}”, which is not in the CRM"


def _names(wire: Op) -> tuple[str, ...]:
    return (*wire.fields, *wire.links)


def _problem(words: str, field: str | None, existing_id: str | None) -> dict[str, str | None]:
    return {"words": words, "field": field, "existing_id": existing_id}


def _remote(rows: Rows, kind: Kind, name: str, value: Value) -> Value:
    return _remote_id(rows, kind, name, value) if name in LINKS[kind] else value


def _remote_id(rows: Rows, kind: Kind, name: str, local_id: Value) -> str | None:
    if not isinstance(local_id, str):
        return None
    if local_id.startswith(STRANGER):
        return local_id.removeprefix(STRANGER)
    return records.remote_id(rows, LINKS[kind][name], local_id)
