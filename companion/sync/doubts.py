"""Ops whose fate is unknown: looked up before anything is sent again."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from companion.connectors.base import (
    ApiSunset,
    Applied,
    ConnectorError,
    Identity,
    KindFacts,
    Misconfigured,
    RateLimited,
    Rewound,
    SignInNeeded,
    Unreachable,
)
from companion.database import DatabaseProblem
from companion.domain.language import tr
from companion.domain.ops import IllegalMove, OpState
from companion.store import outbox
from companion.store.outbox import QueuedOp
from companion.sync.again import keys
from companion.sync.push import Push
from companion.sync.restored import doubted

SENT_AGAIN = (Identity.CLIENT_ID, Identity.EXTERNAL_KEY)
"""Identities under which a second send of the same creation is for ever the same creation."""

UNDERWAY_S: Final = 60.0
"""Seconds, by the clock that only runs forward, for which a request that we gave up may still arrive: on a proxy, in a
server that is slow, or in another process that has this file open. That the CRM does not have it proves nothing before
that."""
_IN_A_ROW: Final = 3


class _MayArrive(Exception):
    """The CRM does not have it, and what was sent may still be on its way."""


class Doubts:
    """Settling what is unknown, through the push whose answers they are."""

    def __init__(self, push: Push) -> None:
        self.push = push
        self.session = push.session

    def run(self) -> None:
        """Looks each of them up once. One that can't be told yet stops nobody else."""
        with self.session.database.read() as rows:
            unknown = outbox.in_state(rows, OpState.UNKNOWN)
        failures = 0
        for op in unknown:
            if self.push.set_back:
                return
            if self.session.backoff.waits_s(f"?{op.id}"):
                continue
            try:
                self.settle(op)
                failures = 0
            except _MayArrive:
                left = UNDERWAY_S - self.session.backoff.lasted_s(f"?{op.id}")
                self.session.backoff.failed(f"?{op.id}", left)
                failures = 0
            except IllegalMove:
                continue  # another process that has the file open was faster
            except (SignInNeeded, RateLimited, Rewound):
                raise
            except ConnectorError as error:
                self.session.backoff.failed(f"?{op.id}")
                if isinstance(error, Unreachable) and self.session.ask_about_me():
                    continue  # it answers, so its search may lag: the others want to be asked about too
                failures += 1
                if failures >= _IN_A_ROW:
                    raise
            except DatabaseProblem:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the others go on; it is raised in the end
                self.session.backoff.failed(f"?{op.id}")
                self.push.bugs.append(error)

    def settle(self, op: QueuedOp) -> None:
        """Finds out about one op. Raises when the CRM can't tell now."""
        if op.action == "create":
            self.settle_create(op)
        else:
            self.settle_change(op)
        self.session.backoff.succeeded(f"?{op.id}")

    def settle_create(self, op: QueuedOp) -> None:
        """By the CRM's own recognition, by its mark, or by asking the rep."""
        if (maker := self.maker_in_the_way(op)) is not None:
            self.follow(op, maker)
            return
        facts = self.session.description.kinds.get(op.kind)
        identity = facts.create if facts is not None else Identity.NONE
        with self.session.database.read() as rows:
            by_another = op.id in doubted(rows)
        if identity is Identity.NONE:
            self.push.move(op, OpState.NEEDS_REP, tr("nobody can tell whether the CRM has it"))
        elif identity in SENT_AGAIN and not by_another:
            self.push.move(op, OpState.PENDING, tr("sent again under the same key"))
        else:
            self.look_for(op, facts, by_another)

    def look_for(self, op: QueuedOp, facts: KindFacts | None, by_another: bool) -> None:
        """By the trace that the op left. Where the CRM can never tell, a key that it surely still knows will do."""
        same_key = facts is not None and facts.create in SENT_AGAIN
        try:
            found = self.find(op, by_another)
        except (SignInNeeded, Unreachable, ApiSunset, Misconfigured):
            raise
        except ConnectorError:
            if same_key or (
                facts is not None and facts.create is Identity.IDEMPOTENCY_KEY and self.key_lives(op, facts)
            ):
                self.push.move(op, OpState.PENDING, tr("sent again under the same key"))
            else:
                self.push.move(op, OpState.NEEDS_REP, tr("the CRM can’t tell whether it has it"))
            return
        if found is not None:
            self.push.applied(op, (), Applied(op.id, found))
        elif same_key:
            self.push.move(op, OpState.PENDING, tr("sent again under the same key"))
        elif op.sent_at is not None and self.session.backoff.lasted_s(f"?{op.id}") < UNDERWAY_S:
            raise _MayArrive
        else:
            self.push.move(op, OpState.PENDING, tr("it did not arrive"))

    def find(self, op: QueuedOp, by_another: bool) -> str | None:
        """The remote id of what the op made.

        What another copy of this book may have made is looked for under the keys too that it took where the CRM had
        lost the record.
        """
        wire = self.push.wire(op, op.values, None)
        for key in keys(op.id) if by_another else (op.id,):
            found = self.session.connector.find_by_op(replace(wire, id=key))
            if found is not None:
                return found
        return None

    def key_lives(self, op: QueuedOp, facts: KindFacts) -> bool:
        """Whether the CRM still knows the op's key, with room for clocks that differ. One set back looks like a key
        from the future, which is not believed."""
        if facts.key_life_s is None:
            return True
        return op.first_sent_at is not None and 0 <= self.session.wall() - op.first_sent_at < facts.key_life_s / 2

    def maker_in_the_way(self, op: QueuedOp) -> QueuedOp | None:
        """The creation that `op` links to and that the CRM is not known to have, as in a book that was restored."""
        with self.session.database.read() as rows:
            missing = outbox.parents_without_remote_id(rows, op)
            makers = [outbox.creation(rows, record_id) for _, record_id in missing]
        return next((maker for maker in makers if maker is not None and maker.state is not OpState.DONE), None)

    def follow(self, op: QueuedOp, maker: QueuedOp) -> None:
        """What belongs to a record that did not arrive did not arrive either; in doubt, both are."""
        if maker.state in (OpState.NEEDS_REP, OpState.DISCARDED):
            self.push.move(op, OpState.NEEDS_REP, tr("nobody can tell whether the CRM has what it belongs to"))
        elif maker.state not in (OpState.UNKNOWN, OpState.IN_FLIGHT):
            self.push.move(op, OpState.PENDING, tr("what it belongs to did not arrive, so it did not either"))

    def settle_change(self, op: QueuedOp) -> None:
        """A change has arrived if the CRM holds its values; else it is planned anew like any other."""
        server = self.push.look([op]).get(op.id)
        if server is None and op.action == "delete":
            self.push.applied(op, (), Applied(op.id, op.remote_id or ""))
            return
        if server is not None and op.action != "delete":
            plan, theirs = self.push.plan(op, server)
            if not plan.write and not plan.conflict:
                self.push.applied(op, (), Applied(op.id, server.remote_id, server.version), theirs)
                return
        self.push.move(op, OpState.PENDING, tr("it did not arrive, or was changed since"))
