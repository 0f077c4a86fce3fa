"""Short stories that the schedules do not tell: poison, an echo, a merge, a lying clock, tokens, a second process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from companion.connectors.base import Finds, Identity
from companion.connectors.demo.connector import DemoConnector
from companion.connectors.demo.switches import DemoSwitches
from companion.connectors.demo.wire import NotSent, Refusal
from companion.domain.ops import IllegalMove, OpState
from companion.domain.records import Kind
from companion.domain.sync_status import Phase
from companion.store import migrations, outbox
from companion.sync.engine import Engine
from companion.sync.push import Push
from companion.sync.session import Session
from tests.rig.oracle import ensure
from tests.rig.tally import Harm
from tests.sync.world import REP, FaultyWire, World

_MEMORY = Path("/dev/shm")


@contextmanager
def _world(engine: type[Engine] = Engine, **options: Any) -> Iterator[World]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        world = World(Path(folder), engine=engine, **options)
        try:
            world.sync()
            yield world
        finally:
            world.database.close()


def poison(engine: type[Engine] = Engine) -> None:
    """One change that the CRM will never take, and twenty others."""
    with _world(engine) as world:
        world.create(Kind.PERSON, name="")
        made = [world.create(Kind.COMPANY, name=f"Company {number}") for number in range(20)]
        for _ in range(12):
            world.pass_time(1000)
            try:
                world.engine.cycle()
            except RuntimeError:
                world.restart()
        left = [each for each in made if world.state(each) is not OpState.DONE]
        ensure(not left, Harm.STUCK, f"one poisoned change holds up {len(left)} others")


def echo(engine: type[Engine] = Engine) -> None:
    """What the CRM tidies up, and whose answer was lost, comes back: it is the rep's own."""
    with _world(engine, wire=FaultyWire(write=["lose"])) as world:
        world.edit(Kind.PERSON, "P1", phone="+43 (1) 555-77 ", email="ADA@Aster.example ")
        world.sync(4, apart_s=1000)
        found = world.ops(OpState.CONFLICT)
        ensure(not found, Harm.STUCK, f"a write collides with its own echo: {[op.theirs for op in found]}")


def merged(engine: type[Engine] = Engine) -> None:
    """Ben is merged into Ada while the rep's change of Ben waits."""
    with _world(engine) as world:
        world.edit(Kind.PERSON, "P2", city="Linz")
        world.log_call("P2", "Spoke about yarn")
        world.pass_time(5)
        world.crm.merge("U2", Kind.PERSON, "P2", "P1")
        for _ in range(4):
            world.sync(apart_s=1000)
        person = world.crm.row(Kind.PERSON, "P1")
        carded = [op for op in world.ops(OpState.CONFLICT) if op.values.get("city") == "Linz"]
        there = person is not None and person.fields.get("city") == "Linz"
        ensure(there or carded, Harm.LOST, "a change of the loser never came to the winner: lost")
        calls = world.made(Kind.ACTIVITY, body="Spoke about yarn")
        ensure(
            len(calls) == 1 and calls[0].links.get("person") == "P1", Harm.LOST, "the call is not the winner's: lost"
        )


def parked(engine: type[Engine] = Engine) -> None:
    """The CRM refuses the first of two edits of one field; the rep puts it right and sends it again."""
    with _world(engine) as world:
        first = world.edit(Kind.PERSON, "P1", email="nonsense")
        world.edit(Kind.PERSON, "P1", email="newest@aster.example")
        world.sync(3)
        assert first is not None
        world.answer.retry(first, {"email": "first@aster.example"})
        world.sync(4, apart_s=1000)
        there = world.there(Kind.PERSON, "P1", "email")
        ensure(there == "newest@aster.example", Harm.LOST, f"the newer edit lies under the older one: lost for {there}")


def late(connector: type[DemoConnector] = DemoConnector) -> None:
    """A colleague's change becomes visible five minutes after its stamp, when sync has looked several times."""
    switches = DemoSwitches(
        changes=Finds.TIMESTAMP, deletes=Finds.FEED, overlap_s=600, late_every=1, late_commit_s=290.0
    )
    with _world(switches=switches) as world:
        world.connect = lambda: connector(world.crm, REP)  # type: ignore[method-assign]
        world.restart()
        world.sync()
        world.crm.edit("U2", Kind.DEAL, "D1", amount=777)
        world.sync(8, apart_s=60)
        shown = world.shown(Kind.DEAL, "D1", "amount")
        ensure(shown == 777, Harm.STUCK, f"a change that was committed late is never read: {shown} on one side only")


class _Skewed(World):
    """A world whose wall clock may jump while its monotonic one goes on."""

    skew = 0

    def open(self) -> None:
        super().open()
        self.engine.wall = lambda: int(self.now) + self.skew


def wall_jump(engine: type[Engine] = Engine) -> None:
    """The computer's date is set back by ten years while a change waits for another try."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        world = _Skewed(Path(folder), engine=engine, wire=FaultyWire(write=[NotSent("no connection")] * 3))
        world.sync()
        call = world.log_call("P1", "After the jump")
        world.sync()
        world.skew = -10 * 365 * 86_400
        for _ in range(8):
            world.sync(apart_s=1000)
        state = world.state(call)
        world.database.close()
        ensure(state is OpState.DONE, Harm.STUCK, f"after a jump of the wall clock a change never leaves: {state}")


def rotation(connector: type[DemoConnector] = DemoConnector) -> None:
    """Refresh tokens die with their first use; the process is killed and started again with what was kept."""
    with _world(switches=DemoSwitches(token_life_s=600.0, rotates_tokens=True)) as world:
        kept = [world.crm.issue_token(REP)]
        world.connect = lambda: connector(world.crm, REP, secret=kept[-1], keep=kept.append)  # type: ignore[method-assign]
        for number in range(3):
            world.restart()
            call = world.log_call("P1", f"Call {number}")
            status = world.sync(2, apart_s=1000)
            ensure(status.phase is not Phase.SIGN_IN, Harm.STUCK, "the kept token is dead: signed out for ever")
            ensure(world.state(call) is OpState.DONE, Harm.STUCK, "never sent")


def two_processes(push: type[Push] = Push) -> None:
    """Two processes have the same file open, and both have seen the op before either sends it."""
    with _world(switches=DemoSwitches(identity=Identity.NONE)) as world:
        world.log_call("P1", "Only once")
        chosen = world.ops(OpState.PENDING)

        class Stale(push):  # type: ignore[misc,valid-type]
            def due(self) -> list[outbox.QueuedOp]:
                return chosen

        second = _pushing(Stale)(world.database, world.connect(), **_clocks(world))
        meanwhile = [second.cycle]

        def wire(request: str, do: Callable[[], Any], /) -> Any:
            if request == "write" and meanwhile:
                meanwhile.pop()()
            return do()

        world.pass_time(30)
        first = _pushing(push)(world.database, DemoConnector(world.crm, REP, wire=wire), **_clocks(world))
        with suppress(IllegalMove):
            first.cycle()
        made = world.made(Kind.ACTIVITY, body="Only once")
        ensure(len(made) == 1, Harm.DOUBLED, f"doubled: sent by two processes, {len(made)} times")


def _pushing(push: type[Push]) -> type[Engine]:
    class Pushing(Engine):
        def pusher(self, session: Session) -> Push:
            return push(session, self._misses)

    return Pushing


def _clocks(world: World) -> dict[str, Any]:
    return {
        "clock": lambda: world.now,
        "wall": lambda: int(world.now),
        "rng": world.rng,
        "new_id": world.new_id,
    }


def storm(engine: type[Engine] = Engine) -> None:
    """A CRM that asks for a pause which is over already, asked again as the worker would ask, for five minutes."""
    asked = 0

    def wire(request: str, do: Callable[[], Any], /) -> Any:
        nonlocal asked
        asked += 1
        if world.now >= refuses_from:
            raise Refusal(429, "slow down", after_s=-20.0)
        return do()

    refuses_from = float("inf")
    with _world(engine) as world:
        world.wire = wire
        world.restart()
        world.log_call("P1", "Patience")
        refuses_from, ends, asked = world.now, world.now + 300.0, 0
        while world.now < ends and asked < 2000:
            if not world.engine.crm_backoff.waits_s(""):
                world.engine.cycle()
            world.pass_time(max(0.05, world.engine.next_s() or 1.0))
        ensure(asked <= 150, Harm.STUCK, f"a storm of {asked} requests in five minutes: never comes to rest")


def migration(step: Callable[[Any], None] | None = None) -> None:
    """A file with an op in each state goes to the next version: all are there afterwards, each where it was."""
    with _world() as world:
        for number, state in enumerate(OpState):
            call = world.log_call("P1", f"Call {number}")
            with world.database.write() as write:
                write.text("UPDATE outbox SET state = ? WHERE id = ?", (state, call))
        before = _whole_outbox(world)
        steps = (*migrations.STEPS, step or (lambda write: None))
        old, migrations.STEPS = migrations.STEPS, steps  # type: ignore[misc]
        try:
            migrations.migrate(world.database)
        finally:
            migrations.STEPS = old  # type: ignore[misc]
        after = _whole_outbox(world)
        lost = [op.state for key, op in before.items() if after.get(key) != op]
        ensure(not lost, Harm.LOST, f"lost in a migration: {lost}")


def _whole_outbox(world: World) -> dict[str, outbox.QueuedOp]:
    with world.database.read() as rows:
        return {op.id: op for op in outbox.in_state(rows, *OpState)}
