"""The schedules: a rep, a colleague and an administrator at the same records, on a bad network, with sudden deaths."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from companion.domain.ops import ASKS_REP, FINISHED, OpState
from companion.domain.records import LINKS, Kind, Value
from companion.domain.sync_status import SyncStatus
from companion.store import outbox, records
from companion.store.names import TABLES
from companion.store.outbox import QueuedOp
from companion.store.records import Record
from tests.rig.faults import READS, WRITES, Fault, Killed
from tests.rig.office import PLAYED, Rig, RigWorld
from tests.rig.oracle import JUDGED, Key, Oracle
from tests.sync.world import COLLEAGUE, REP

UNFINISHED = tuple(state for state in OpState if state not in FINISHED)
# The same record and field again and again: edits that do not meet test nothing.
TARGETS = st.sampled_from(
    [(Kind.DEAL, "D1", "amount")] * 4
    + [(Kind.DEAL, "D1", "name")] * 2
    + [
        (Kind.DEAL, "D2", "amount"),
        (Kind.PERSON, "P1", "role"),
        (Kind.PERSON, "P2", "city"),
        (Kind.COMPANY, "C1", "city"),
    ]
)
DIES = st.sampled_from([None] * 6 + ["before", "after"])
FAULTS = st.tuples(st.sampled_from([Fault.NONE] * 6 + [*WRITES]), st.sampled_from([Fault.NONE] * 12 + [*WRITES]))
A_READ = st.sampled_from([None] * 24 + [(n, fault) for n in range(6) for fault in READS][::4])
A_DEATH = st.tuples(st.integers(0, 3), st.integers(0, 9), st.sampled_from(["before", "after"]))
SECONDS = st.sampled_from([1, 12, 60, 300])
PEOPLE = st.sampled_from(["P1", "P2"])
ANSWERS = st.sampled_from(["mine", "mine", "theirs", "instead", "retry", "drop"])

MOVES: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "rep_edits": (22, (TARGETS, DIES)),
    "rep_logs_a_call": (8, (PEOPLE, DIES)),
    "rep_meets_somebody_new": (4, (DIES,)),
    "rep_edits_the_newest_person": (3, (DIES,)),
    "rep_takes_back": (5, (st.integers(0, 2),)),
    "rep_answers": (6, (st.integers(0, 3), ANSWERS)),
    "colleague_edits": (18, (TARGETS,)),
    "colleague_writes_a_note": (2, (PEOPLE,)),
    "colleague_edits_what_the_rep_made": (3, (st.integers(0, 5),)),
    "admin_deletes": (
        2,
        (st.sampled_from([(Kind.DEAL, "D2"), (Kind.DEAL, "D1"), (Kind.PERSON, "P3"), (Kind.ACTIVITY, None)]),),
    ),
    "admin_brings_back": (2, (st.sampled_from([(Kind.DEAL, "D2"), (Kind.DEAL, "D1")]),)),
    "admin_merges": (1, ()),
    "admin_hides_or_shows": (1, (st.booleans(),)),
    "sync": (20, (FAULTS, A_READ, A_DEATH, SECONDS)),
    "sync_well": (8, (SECONDS,)),
    "restart": (2, ()),
}
"""Each move with its weight and what it needs. One rule draws from all of them: Hypothesis' own choice among rules
favours those that need nothing, and leaves some out of whole schedules."""

_NAMES = [name for name, (weight, _) in MOVES.items() for _ in range(weight)]


@st.composite
def moves(draw: st.DrawFn) -> tuple[str, tuple[Any, ...]]:
    """A move and its arguments."""
    name = draw(st.sampled_from(_NAMES))
    return name, tuple(draw(each) for each in MOVES[name][1])


HOMES = [place for place in (Path("/dev/shm"),) if place.is_dir()]


class Schedule(RuleBasedStateMachine):
    """One schedule: nothing lost, nothing doubled, nothing overwritten unseen, one end for both sides, honest words."""

    rig: ClassVar[Rig] = Rig()
    made: ClassVar[list[list[str]]] = []
    """What happened in each schedule that was begun."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="rig", dir=HOMES[0] if HOMES else None))
        self.world = RigWorld(self.folder, self.rig)
        self.made.append(self.world.trace)
        self.oracle = Oracle(self.world.crm)
        self.number = 1000
        self.sound = True

    @rule(move=moves())
    def somebody_does_something(self, move: tuple[str, tuple[Any, ...]]) -> None:
        """The next move."""
        name, arguments = move
        getattr(self, name)(*arguments)

    # The rep ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def rep_edits(self, target_field: tuple[Kind, str, str], dies: str | None) -> None:
        """The rep changes a field, as it stands on the screen."""
        kind, remote_id, name = target_field
        with self.step("rep edits", remote_id, name):
            record = self.living(kind, remote_id)
            if record is not None:
                self.change(record, name, dies)

    def rep_edits_the_newest_person(self, dies: str | None) -> None:
        """Also one that the CRM does not have yet."""
        with self.step("rep edits the newest person"):
            made = [op for op in self.ops(*OpState) if op.action == "create" and op.kind is Kind.PERSON]
            record = self.world.record(Kind.PERSON, made[-1].record_id) if made else None
            if record is not None and record.gone is None:
                self.change(record, "role", dies)

    def rep_logs_a_call(self, person: str, dies: str | None) -> None:
        """The rep logs a call."""
        with self.step("rep logs a call", person):
            record = self.living(Kind.PERSON, person)
            if record is not None:
                body = self.word()
                links: dict[str, str | None] = {"person": record.id}
                self.create(Kind.ACTIVITY, links, {"what": "call", "body": body, "done": True}, "body", dies)

    def rep_meets_somebody_new(self, dies: str | None) -> None:
        """The rep makes a person and logs a call with them."""
        with self.step("rep meets somebody new"):
            person = self.create(Kind.PERSON, {}, {"name": self.word()}, "name", dies)
            if person is not None:
                self.create(Kind.ACTIVITY, {"person": person}, {"what": "call", "body": self.word()}, "body", None)

    def rep_takes_back(self, back: int) -> None:
        """The rep undoes one of the last acts."""
        with self.step("rep takes back", back):
            ops = [op for op in self.ops(*OpState) if op.state is not OpState.DISCARDED and op.action != "delete"]
            if len(ops) > back:
                self.take_back(ops[-1 - back])

    def rep_answers(self, which: int, how: str) -> None:
        """The rep answers one of the open questions."""
        with self.step("rep answers", how):
            asking = self.ops(*ASKS_REP)
            if asking:
                self.answer(asking[which % len(asking)], how)

    # The others ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def colleague_edits(self, target_field: tuple[Kind, str, str]) -> None:
        """A colleague changes a field, preferably one that the rep changes too."""
        kind, remote_id, name = target_field
        with self.step("colleague edits", remote_id, name):
            self.world.pass_time(1.5)
            if self.world.crm.row(kind, remote_id) is not None:
                self.world.crm.edit(COLLEAGUE, kind, remote_id, **{name: self.value(name)})

    def colleague_writes_a_note(self, person: str) -> None:
        """A colleague logs something."""
        with self.step("colleague writes a note"):
            self.world.pass_time(1.5)
            if self.world.crm.row(Kind.PERSON, person) is not None:
                self.world.crm.create(COLLEAGUE, Kind.ACTIVITY, what="note", body=self.word(), person=person)

    def colleague_edits_what_the_rep_made(self, which: int) -> None:
        """A colleague adds to a call that the rep logged."""
        with self.step("colleague edits an activity", which):
            self.world.pass_time(1.5)
            rows = self.world.crm.rows(Kind.ACTIVITY)
            if rows:
                self.world.crm.edit(COLLEAGUE, Kind.ACTIVITY, rows[which % len(rows)].id, body=self.word())

    def admin_deletes(self, what: tuple[Kind, str | None]) -> None:
        """A record goes to the recycle bin."""
        kind, remote_id = what
        with self.step("admin deletes", remote_id):
            self.world.pass_time(1.5)
            rows = self.world.crm.rows(kind)
            chosen = remote_id or (rows[0].id if rows else "")
            if self.world.crm.row(kind, chosen) is not None:
                self.world.crm.delete(COLLEAGUE, kind, chosen)

    def admin_brings_back(self, what: tuple[Kind, str]) -> None:
        """A record comes back from the recycle bin."""
        with self.step("admin brings back", what[1]):
            self.world.pass_time(1.5)
            if self.world.crm.row(*what) is None:
                self.world.crm.undelete(COLLEAGUE, *what)

    def admin_merges(self) -> None:
        """Ben turns out to be Ada."""
        with self.step("admin merges P2 into P1"):
            self.world.pass_time(1.5)
            if all(self.world.crm.row(Kind.PERSON, each) is not None for each in ("P1", "P2")):
                self.world.crm.merge(COLLEAGUE, Kind.PERSON, "P2", "P1")

    def admin_hides_or_shows(self, shown: bool) -> None:
        """The right to see Cleo ends or begins."""
        with self.step("admin shows" if shown else "admin hides", "P3"):
            self.world.pass_time(1.5)
            (self.world.crm.show if shown else self.world.crm.hide)(REP, Kind.PERSON, "P3")

    # Companion ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def sync(
        self, faults: tuple[Fault, ...], read: tuple[int, Fault] | None, death: tuple[int, int, str], seconds: int
    ) -> None:
        """A cycle on a bad day."""
        with self.step("sync", [fault.value for fault in faults], read, death, seconds):
            self.world.pass_time(seconds)
            self.world.faults.writes = [self.world.allowed(fault) for fault in faults]
            self.world.faults.read = read
            chance, commit, when = death
            self.world.database.doom = (commit, when) if chance < self.rig.deadliness else None
            self.cycle()
            self.world.faults.heal()
            self.world.database.doom = None

    def sync_well(self, seconds: int) -> None:
        """A cycle on a good day."""
        with self.step("sync well", seconds):
            self.world.pass_time(seconds)
            self.cycle()

    def restart(self) -> None:
        """Companion is closed and started again."""
        with self.step("restart"):
            self.world.restart()

    # How it is done ─────────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def step(self, *words: object) -> Iterator[None]:
        """One rule; what it broke is seen at once."""
        self.world.note(*words)
        self.sound = False
        yield
        self.oracle.read_log()
        self.judge_now()
        self.sound = True

    def cycle(self) -> SyncStatus | None:
        """A cycle, and a restart if the process died in it."""
        try:
            status = self.world.engine.cycle()
        except Killed:
            self.world.note("  killed")
            self.world.database.doom = None
            self.world.restart()
            return None
        self.world.note("  ", status.phase, status.waiting, status.conflicts, status.attention)
        self.oracle.read_log()
        if status.all_synced:
            assert not self.ops(*UNFINISHED), "called synced with changes left"
            assert not self.oracle.lost(set()), "called synced while a value is nowhere"
        return status

    def change(self, record: Record, name: str, dies: str | None) -> None:
        """Saves an edit, and tells the oracle if it was saved."""
        shown, value = record.value(name), self.value(name)
        asking = [op for op in self.ops(OpState.CONFLICT, OpState.ATTENTION) if op.record_id == record.id]
        op_id = self.dying(dies, lambda: self.save(record, name, value))
        saved = any(op.values.get(name) == value for op in self.ops(*UNFINISHED))
        assert saved or op_id is None, "told as saved, and not there"
        now = self.world.record(record.kind, record.id)
        assert now is not None
        assert (now.value(name) == value) is saved, "what is shown and what is queued differ"
        if saved:
            self.oracle.rep_writes(name, value, shown)
            for op in asking:
                if op.action != "create" and name in op.values:
                    self.oracle.gives_up(name, op.values[name])
                    self.oracle.never_was(name, op.values[name])

    def save(self, record: Record, name: str, value: Value) -> str | None:
        """The edit itself."""
        if not self.rig.two_transactions:
            return self.world.save(record.kind, record.id, {name: value})
        with self.world.database.write() as write:
            outbox.hold_value(write, record.id, name, record.value(name))
            records.edit(write, record.kind, record.id, {name: value})
        with self.world.database.write() as write:
            records.edit(write, record.kind, record.id, {name: record.value(name)})
        return self.world.save(record.kind, record.id, {name: value})

    def create(
        self, kind: Kind, links: dict[str, str | None], fields: dict[str, Value], judged: str, dies: str | None
    ) -> str | None:
        """Makes a record, and tells the oracle if it was saved."""
        self.dying(dies, lambda: self.world.create(kind, links, **fields))
        made = [op for op in self.ops(*UNFINISHED) if op.values.get(judged) == fields[judged]]
        if made:
            self.oracle.rep_writes(judged, fields[judged], None, new=True)
            return made[0].record_id
        return None

    def dying(self, dies: str | None, act: Callable[[], Any]) -> Any:
        """Does something, dying at its commit or right after."""
        if dies is None:
            return act()
        self.world.database.doom = (0, dies)
        try:
            act()
        except Killed:
            self.world.restart()
        return None

    def take_back(self, op: QueuedOp) -> None:
        """Undoes an op; the oracle hears what the rep no longer wants, and what was on the screen."""
        record = self.world.record(op.kind, op.record_id)
        if record is None or (op.action == "create" and any(self.undone(op))):
            return
        unwanted = self.ops(*OpState) if op.action == "create" else [op]
        for each in unwanted:
            if each.record_id == op.record_id:
                for name, value in each.values.items():
                    self.oracle.gives_up(name, value)
        for name, value in op.seen.items():
            if name in JUDGED:
                self.oracle.rep_sees(name, value, record.value(name))
        self.world.take_back(op.id)
        if self.world.state(op.id) is OpState.DISCARDED:
            for name, value in op.values.items():
                self.oracle.never_was(name, value)

    def undone(self, op: QueuedOp) -> Iterator[bool]:
        """Whether a creation was taken back already."""
        yield any(each.action == "delete" and each.record_id == op.record_id for each in self.ops(*OpState))

    def answer(self, op: QueuedOp, how: str) -> None:
        """Answers one question in one of the ways that its card offers."""
        answers = self.world.answer
        if op.state is OpState.CONFLICT and how == "mine":
            for name, theirs in (op.theirs or {}).items():
                self.oracle.rep_sees(name, op.values[name], theirs)
            answers.mine(op.id)
        elif op.state is OpState.CONFLICT and how == "instead":
            name = next(iter(op.values))
            if name in JUDGED and self.gives_up_with(op):
                value = self.value(name)
                self.oracle.rep_writes(name, value, (op.theirs or {}).get(name))
                answers.instead(op.id, {name: value})
        elif op.state is OpState.CONFLICT:
            self.gives_up_with(op)
            answers.theirs(op.id)
        elif op.state is OpState.NEEDS_REP and self.oracle.landed(self.judged(op)):
            answers.found(op.id)
        elif how in ("retry", "mine"):
            answers.retry(op.id)
        else:
            self.gives_up_with(op)
            answers.drop(op.id)

    def gives_up_with(self, op: QueuedOp) -> bool:
        """The op's values, and those queued behind it for the same fields, are not wanted any more."""
        for each in self.ops(*UNFINISHED):
            if each.record_id == op.record_id and (each.seq >= op.seq or op.action == "create"):
                for name, value in each.values.items():
                    if name in op.values or op.action == "create":
                        self.oracle.gives_up(name, value)
        return True

    def judged(self, op: QueuedOp) -> Key:
        """The value by which the oracle knows an op."""
        return next(((name, value) for name, value in op.values.items() if name in JUDGED), ("", None))

    # Judging ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge_now(self) -> None:
        """Nothing is lost, and the rep sees what the rep wrote."""
        unfinished = self.ops(*UNFINISHED)
        undecided = {(name, value) for op in unfinished for name, value in op.values.items()}
        assert not (lost := self.oracle.lost(undecided)), f"lost: {lost}"
        newest: dict[tuple[Kind, str, str], Value] = {}
        for op in unfinished:
            if op.state is not OpState.CONFLICT and op.action != "delete":
                newest.update(((op.kind, op.record_id, name), value) for name, value in op.values.items())
        for (kind, record_id, name), value in newest.items():
            record = self.world.record(kind, record_id)
            if record is not None and record.gone is None and name in JUDGED:
                assert record.value(name) == value, f"the rep's unsent {name} is not shown"

    def teardown(self) -> None:
        """All is healed: everything must come to rest, alike on both sides."""
        try:
            if self.sound:
                self.finale()
        except BaseException as error:
            error.add_note("\n".join(self.world.trace))
            raise
        finally:
            self.world.database.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def finale(self) -> None:
        """Heals, answers every question, and compares."""
        self.world.note("healed")
        self.world.faults.heal()
        for round_number in range(14):
            self.world.pass_time(1000)
            status = self.cycle()
            for op in self.ops(*ASKS_REP):
                if self.world.op(op.id).state in ASKS_REP:
                    self.answer(self.world.op(op.id), ("mine", "theirs", "drop")[min(2, round_number % 3)])
            if round_number > 1 and status is not None and status.all_synced:
                break
        self.world.pass_time(25 * 3600)
        self.cycle()
        self.world.pass_time(1000)
        status = self.cycle()
        self.oracle.read_log()
        self.judge_now()
        assert status is not None
        assert status.all_synced, (
            f"never comes to rest: {status} {[(op.said, op.state) for op in self.ops(*UNFINISHED)]}"
        )
        assert not (lost := self.oracle.lost(set())), f"lost: {lost}"
        for kind in PLAYED:
            self.compare(kind)

    def compare(self, kind: Kind) -> None:
        """The book shows what the CRM has, to the last field."""
        hidden = {each[2] for each in self.world.crm._hidden if each[0] == REP and each[1] is kind}
        there = {row.id: row for row in self.world.crm.rows(kind) if row.id not in hidden}
        with self.world.database.read() as rows:
            here = records.living(rows, kind)
            homeless = rows.all(f"SELECT id FROM {TABLES[kind]} WHERE remote_id IS NULL AND gone IS NULL")
        assert here.keys() == there.keys(), f"{kind}: {sorted(here.keys() ^ there.keys())} on one side only"
        assert not homeless, f"{kind}: {homeless} never arrived and wait for nothing"
        for remote_id, local_id in here.items():
            record, row = self.world.record(kind, local_id), there[remote_id]
            assert record is not None
            for name, value in row.fields.items():
                assert record.value(name) == value, f"{remote_id}.{name}: {record.value(name)!r}, there {value!r}"
            for name, target in row.links.items():
                self.compare_link(record, name, target)

    def compare_link(self, record: Record, name: str, target: str | None) -> None:
        """A link leads to the same record, where the book has it."""
        kind = LINKS[record.kind][name]
        with self.world.database.read() as rows:
            local = records.local_ids(rows, kind, [target or ""]).get(target or "")
        assert record.value(name) == local, f"{record.remote_id}.{name}: {record.value(name)}, there {target}"

    # Small things ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ops(self, *states: OpState) -> list[QueuedOp]:
        """Ops in these states, oldest first."""
        return self.world.ops(*states)

    def living(self, kind: Kind, remote_id: str) -> Record | None:
        """A record that the rep can see and change."""
        with self.world.database.read() as rows:
            local = records.local_ids(rows, kind, [remote_id]).get(remote_id)
        record = self.world.record(kind, local) if local else None
        return record if record is not None and record.gone is None else None

    def value(self, name: str) -> Value:
        """A value that nobody has written before."""
        return self.count() if name == "amount" else self.word()

    def word(self) -> str:
        return f"w{self.count()}"

    def count(self) -> int:
        self.number += 1
        return self.number
