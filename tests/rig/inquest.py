"""What a death must leave: each act whole or absent, each acknowledged one there, and each in the CRM once at the end.

An act carries a word of its own into each of its ops (`scenarios/acts.py`), so the file, the screen and the CRM's
provenance log can each be asked about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from companion.actions.resolve_conflict import use_mine
from companion.bootstrap import Core, new_id
from companion.connectors.demo.crm import DemoCrm
from companion.database import Rows
from companion.domain.ops import ASKS_REP, FINISHED, OpState
from companion.domain.records import LINKS, Kind
from companion.domain.sync_status import SyncStatus
from companion.store import notices, outbox, records
from companion.store.names import TABLES
from companion.store.outbox import QueuedOp
from companion.sync.engine import Engine
from tests.rig.crm_server import Office
from tests.rig.homes import PLAYED, USER, Home, NearConnector, hasty
from tests.rig.tally import Harm, Harmed

NEXT_STEP = "Next step: "


@dataclass
class Act:
    """One act of the rep's: how many ops it makes, the amount that it set, and whether the rep was told "saved"."""

    word: str
    ops: int
    amount: int | None = None
    acked: bool = False


@dataclass
class Inquest:
    """Looks into a home after a death, or several. `acts` are those of all its lives, by word."""

    home: Home
    office: Office
    acts: dict[str, Act] = field(default_factory=dict)

    @property
    def crm(self) -> DemoCrm:
        """The CRM that the home's profile belongs to."""
        return self.office.crm

    def hear(self, told: Iterable[Mapping[str, Any]]) -> None:
        """Takes what a child told."""
        for words in told:
            if "tried" in words:
                self.acts[words["tried"]] = Act(words["tried"], words["ops"], words["amount"])
            elif "acked" in words:
                self.acts[words["acked"]].acked = True

    def look(self) -> None:
        """Opens the file, judges it, and leaves it to its next life. Raises Harmed."""
        with self.home.lived_in():
            core = self.home.open(NearConnector(self.crm, USER))
            try:
                self.judge_file(core)
            finally:
                core.close()

    def hold(self) -> SyncStatus:
        """Opens the file, judges it, brings sync to rest, and judges again. Raises Harmed."""
        with self.home.lived_in():
            core = self.home.open(NearConnector(self.crm, USER))
            try:
                self.judge_file(core)
                status = self.settle(core)
                self.judge_end(core, status)
            finally:
                core.close()
        return status

    # The file ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge_file(self, core: Core) -> None:
        """Right after the start: nothing lost, nothing half there, and the screen shows what the outbox holds."""
        with core.database.read() as rows:
            ops = outbox.in_state(rows, *OpState, limit=100_000)
            found = _by_word(ops)
            for act in self.acts.values():
                self._judge_act(rows, act, found.get(act.word, []))
            _judge_screen(rows, ops)

    def _judge_act(self, rows: Rows, act: Act, ops: list[QueuedOp]) -> None:
        if act.acked and not ops:
            raise Harmed(Harm.LOST, f"{act.word} was told as saved and is nowhere")
        if len({op.id for op in ops}) < act.ops and ops:
            raise Harmed(Harm.LOST, f"{act.word} is half there: {len(ops)} of {act.ops} ops")
        made = rows.value("SELECT count(*) FROM activities WHERE subject = ? AND remote_id IS NULL", (act.word,))
        waiting = sum(op.action == "create" and op.state not in FINISHED for op in ops)
        if made != waiting:
            raise Harmed(Harm.LOST, f"{act.word}: {made} entries on the screen, {waiting} ops to send them")
        shown = rows.value("SELECT count(*) FROM deals WHERE amount = ?", (act.amount,)) if act.amount else 0
        if shown and not ops:
            raise Harmed(Harm.LOST, f"{act.word}: its amount is on the screen, and no op sends it")

    # To rest ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def settle(self, core: Core) -> SyncStatus:
        """Cycles on good days until nothing moves any more; where values collided the rep takes her own."""
        engine = self.engine(core)
        engine.recover()
        status = engine.cycle()
        for _ in range(30):
            if status.all_synced:
                break
            for op in self._in(core, OpState.CONFLICT):
                use_mine(hasty(core), op.id, op.theirs or {})
            self.office.pass_time(700)
            status = engine.cycle()
        self.office.pass_time(700)  # a search that lags finds what the last cycle could not see yet
        return engine.cycle()

    def _in(self, core: Core, *states: OpState) -> list[QueuedOp]:
        with core.database.read() as rows:
            return outbox.in_state(rows, *states)

    def engine(self, core: Core) -> Engine:
        """The engine, by the CRM's clock, which the judge may move."""
        return Engine(
            core.database,
            core.connector(),
            clock=self.office.now,
            wall=lambda: int(self.office.now()),
            rng=Random(1),
            new_id=new_id,
        )

    def judge_end(self, core: Core, status: SyncStatus) -> None:
        """At rest: every act landed once, or asks the rep; the book is the CRM's."""
        if not self._at_rest(core, status):
            left = [(op.said, str(op.state), op.problems) for op in self._in(core, *set(OpState) - FINISHED)]
            raise Harmed(Harm.STUCK, f"never comes to rest: {status.phase} {status.problem} {left}")
        with core.database.read() as rows:
            ops = outbox.in_state(rows, *OpState, limit=100_000)
            self._judge_log(ops)
            for act in self.acts.values():
                self._judge_landed(act, ops)
            for kind in sorted(PLAYED):
                self._compare(rows, kind)

    @staticmethod
    def _at_rest(core: Core, status: SyncStatus) -> bool:
        """Nothing left but perhaps the news that a book was damaged and came back: the rep must hear of it."""
        with core.database.read() as rows:
            told = len(notices.open_ones(rows))
        quiet = not (status.waiting or status.conflicts or status.problem)
        return status.all_synced or (quiet and status.attention == told)

    def _judge_log(self, ops: list[QueuedOp]) -> None:
        """At most one effect of each op; nothing written over that the rep had not seen."""
        effects = Counter((write.op_id, write.field) for write in self.crm.log if write.op_id is not None)
        if doubled := [each for each, count in effects.items() if count > 1]:
            told = [(write.at, write.verb, write.id) for write in self.crm.log if (write.op_id, write.field) in doubled]
            raise Harmed(Harm.DOUBLED, f"one op, two effects: {doubled[0][0]} {sorted(set(told))}")
        known = {op.id: op for op in ops}
        mine = {(name, value) for op in ops for name, value in op.values.items()}
        for write in self.crm.log:
            op = known.get(write.op_id or "")
            if op is None or write.verb == "create" or write.field not in op.seen or write.field in LINKS[write.kind]:
                continue
            if write.old != op.seen[write.field] and (write.field, write.old) not in mine:
                raise Harmed(Harm.OVERWRITTEN_UNSEEN, f"{write.field} {write.old!r} by {write.new!r}")

    def _landed(self, amount: int, ops: list[QueuedOp]) -> bool:
        """Whether an amount arrived, or a later one of the rep's in its place."""
        mine = next((op for op in ops if op.values.get("amount") == amount), None)
        later = [op for op in ops if mine and op.record_id == mine.record_id and op.seq >= mine.seq]
        wanted = {amount, *(op.values.get("amount") for op in later)} - {None}
        return any(write.field == "amount" and write.new in wanted for write in self.crm.log)

    def _judge_landed(self, act: Act, every: list[QueuedOp]) -> None:
        ops = _by_word(every).get(act.word, [])
        asking, kept = [op for op in ops if op.state in ASKS_REP], bool(ops)
        rows = self.crm.rows(Kind.ACTIVITY)
        there = sum(row.fields.get("subject") == act.word for row in rows)
        wanted = min(2, act.ops) if act.ops > 1 else 0
        if there > wanted:
            raise Harmed(Harm.DOUBLED, f"{act.word} made {there} records of {wanted}")
        if kept and there + len(asking) < wanted:
            raise Harmed(Harm.LOST, f"{act.word} made {there} records of {wanted}, and asks nothing")
        if act.amount is not None and ops and not asking and not self._landed(act.amount, every):
            raise Harmed(Harm.LOST, f"the amount of {act.word} never arrived, and asks nothing")
        if act.acked and not kept:
            raise Harmed(Harm.LOST, f"{act.word} left the outbox")

    def _compare(self, rows: Rows, kind: Kind) -> None:
        """The book shows what the CRM has, in every field that it serves."""
        there = {row.id: row for row in self.crm.rows(kind)}
        here = records.living(rows, kind)
        if here.keys() != there.keys():
            raise Harmed(Harm.LOST, f"{kind}: {sorted(here.keys() ^ there.keys())} on one side only")
        if homeless := rows.all(f"SELECT id FROM {TABLES[kind]} WHERE remote_id IS NULL AND gone IS NULL"):
            raise Harmed(Harm.LOST, f"{kind}: {homeless} never arrived and wait for nothing")
        for remote_id, local_id in here.items():
            record, row = records.get(rows, kind, local_id), there[remote_id]
            for name, value in row.fields.items():
                if record is None or record.value(name) != value:
                    shown = record and record.value(name)
                    raise Harmed(Harm.STUCK, f"{remote_id}.{name}: {shown!r} here, {value!r} there")


def _by_word(ops: Iterable[QueuedOp]) -> dict[str, list[QueuedOp]]:
    """The ops of each act. What each op says begins with its act's word."""
    found: dict[str, list[QueuedOp]] = {}
    for op in ops:
        found.setdefault(op.said.removeprefix(NEXT_STEP).partition(":")[0], []).append(op)
    return found


def _judge_screen(rows: Rows, ops: Iterable[QueuedOp]) -> None:
    """The rep sees the newest of what the rep wrote."""
    newest: dict[tuple[Kind, str, str], Any] = {}
    for op in ops:
        if op.state not in FINISHED and op.state is not OpState.CONFLICT and op.action != "delete":
            newest.update(((op.kind, op.record_id, name), value) for name, value in op.values.items())
    for (kind, record_id, name), value in newest.items():
        record = records.get(rows, kind, record_id)
        if record is None or record.value(name) != value:
            raise Harmed(Harm.LOST, f"an op of {kind}.{name} that the screen does not show")
