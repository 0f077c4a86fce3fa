"""A rep at work: what the rep does to the book, what Companion does for the rep, and whether it tells the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from companion.actions.answer_notice import answer_notice
from companion.actions.redo import redo
from companion.domain.collisions import group
from companion.domain.field_text import written
from companion.domain.notices import ASKS_TEXT, choices
from companion.domain.ops import ASKS_REP, FINISHED, OpState
from companion.domain.records import LINKS, Kind, Value
from companion.domain.sync_status import SyncStatus
from companion.store import edits, notices, outbox, records, redoing
from companion.store.names import TABLES
from companion.store.outbox import QueuedOp
from companion.store.records import Record
from companion.sync.again import keys
from tests.rig import wavering
from tests.rig.faults import Fault, Killed
from tests.rig.office import Office, RigWorld
from tests.rig.oracle import JUDGED, Key, Oracle, ensure
from tests.rig.tally import Harm

_QUEUED = frozenset({OpState.PENDING, OpState.WAITING})
UNFINISHED = tuple(state for state in OpState if state not in FINISHED)
Target = tuple[Kind, str, str]


class Rep:
    """One rep at one computer. The names of the moves are those of `tests.rig.moves`."""

    def __init__(self, office: Office, oracle: Oracle, number: int, user: str) -> None:
        self.office, self.oracle, self.number, self.user = office, oracle, number, user
        self.world = RigWorld(office, number, user)
        self.counter = 1000 + 1_000_000 * number
        self.asked: dict[tuple[str, str], int] = {}
        self.wavers: str | None = None
        self._backup: Any = None
        self._known: tuple[int, list[QueuedOp]] | None = None
        self._undecided: tuple[int, set[Key]] = (-1, set())
        self._judged = -1
        self._noted = 0

    # What the rep does ──────────────────────────────────────────────────────────────────────────────────────────────

    def edits(self, target: Target, dies: str | None) -> None:
        """The rep changes a field, as it stands on the screen."""
        kind, remote_id, name = target
        record = self.living(kind, remote_id)
        if record is not None:
            self.change(record, name, dies)

    def moves_a_deal_on(self, deal: str, stage: str, dies: str | None) -> None:
        """The rep moves a deal to another stage: a link whose values come again and again."""
        record, to = self.living(Kind.DEAL, deal), self.living(Kind.STAGE, stage)
        if record is not None and to is not None:
            self.dying(dies, lambda: self.world.save(Kind.DEAL, record.id, {"stage": to.id}))

    def edits_the_newest_person(self, dies: str | None) -> None:
        """Also one that the CRM does not have yet."""
        made = [op for op in self.ops(*OpState) if op.action == "create" and op.kind is Kind.PERSON]
        record = self.world.record(Kind.PERSON, made[-1].record_id) if made else None
        if record is not None and record.gone is None:
            self.change(record, "role", dies)

    def logs_a_call(self, person: str, dies: str | None) -> None:
        """The rep logs a call."""
        record = self.living(Kind.PERSON, person)
        if record is not None:
            fields: dict[str, Value] = {"what": "call", "body": self.word(), "done": True}
            self.create(Kind.ACTIVITY, {"person": record.id}, fields, "body", dies)

    def meets_somebody_new(self, dies: str | None) -> None:
        """The rep makes a person and logs a call with them."""
        person = self.create(Kind.PERSON, {}, {"name": self.word()}, "name", dies)
        if person is not None:
            self.create(Kind.ACTIVITY, {"person": person}, {"what": "call", "body": self.word()}, "body", None)

    def wins_a_customer(self, dies: str | None) -> None:
        """A company, a person there and a deal with them, none of which the CRM has yet."""
        company = self.create(Kind.COMPANY, {}, {"name": self.word()}, "name", None)
        person = company and self.create(Kind.PERSON, {"company": company}, {"name": self.word()}, "name", dies)
        if person:
            self.create(Kind.DEAL, {"company": company, "person": person}, {"name": self.word()}, "name", None)

    def takes_back(self, back: int) -> None:
        """The rep undoes one of the last acts; asked to go back far, does again what was undone last, if anything."""
        if back == 2 and self.does_again():
            return
        if back and wavering.thinks_better(self):
            return
        ops = [op for op in self.ops(*OpState) if op.state is not OpState.DISCARDED and op.action != "delete"]
        if len(ops) > back:
            self.take_back(ops[-1 - back])

    def answers(self, which: int, how: str) -> None:
        """The rep answers one of the open questions."""
        asking = self.ops(*ASKS_REP)
        if asking and how == "wavers":
            wavering.answers(self, asking[which % len(asking)], which)
        elif asking:
            self.answer(asking[which % len(asking)], how)
        else:
            self.answer_notices()

    # What Companion does ────────────────────────────────────────────────────────────────────────────────────────────

    def syncs(
        self,
        faults: tuple[Fault, ...],
        read: tuple[int, Fault] | None,
        death: tuple[int, int, str],
        seconds: int,
        meanwhile: Target | None,
    ) -> None:
        """A cycle on a bad day; the rep may go on editing while it sends."""
        self.world.pass_time(seconds)
        wire = self.world.faults
        wire.writes = [self.office.allowed(fault) for fault in faults]
        wire.read = read
        if meanwhile is not None:
            wire.meanwhile = lambda: self.edits_meanwhile(meanwhile)
        chance, commit, when = death
        self.world.database.doom = (commit, when) if chance < self.office.rig.deadliness else None
        self.cycle()
        wire.heal()
        self.world.database.doom = None

    def edits_meanwhile(self, target: Target) -> None:
        """The rep goes on editing while changes are sent; if the process dies, then not by this."""
        doom, self.world.database.doom = self.world.database.doom, None
        self.edits(target, None)
        self.world.database.doom = doom

    def syncs_well(self, seconds: int) -> None:
        """A cycle on a good day."""
        self.world.pass_time(seconds)
        self.cycle()
        self.world.faults.arrive()

    def restarts(self) -> None:
        """Companion is closed and started again."""
        self.world.restart()

    def goes_offline_or_online(self, offline: bool) -> None:
        """The network goes or comes back."""
        self.world.faults.offline = offline
        if not offline:
            self.world.engine.hurry()

    def signs_out_or_in(self, out: bool) -> None:
        """The session ends or begins."""
        if out:
            self.office.crm.sign_out(self.user)
            self.office.crm.revoke_tokens(self.user)
        else:
            self.world.sign_in()

    def comes_back(self) -> None:
        """The network is there, and the rep signs in again."""
        self.world.faults.offline = False
        self.world.sign_in()

    def syncs_as_somebody_else(self) -> None:
        """Somebody else signs in on the rep's computer for a moment: nothing of the rep's may go out in that name."""
        self.office.arrive()  # what a proxy still held would come in its own rep's name
        before = len(self.office.crm.log)
        mine, self.world.user = self.world.user, "U2" if self.user == "U1" else "U1"
        self.world.restart()
        self.world.pass_time(30)
        self.cycle()
        self.world.user = mine
        self.world.restart()
        sent = [write for write in self.office.crm.log[before:] if write.op_id is not None]
        ensure(not sent, Harm.CORRUPT_SENT, f"sent in another name: {sent}")

    def copies_or_restores_the_profile(self, how: str) -> None:
        """The rep's disk is copied, and later set back to the copy."""
        if how == "copies":
            self._backup = self.world.database.copy()
        elif self._backup is not None:
            self.world.database.go_back(self._backup)
            self.world.restart()
            self.oracle.restored(self.number, self.undecided())

    # How it is done ─────────────────────────────────────────────────────────────────────────────────────────────────

    def cycle(self) -> SyncStatus | None:
        """A cycle, and a restart if the process died in it."""
        try:
            status = self.world.engine.cycle()
        except Killed:
            self.office.note("  killed")
            self.world.database.doom = None
            self.world.faults.heal()
            self.world.restart()
            return None
        self.office.note("  ", status.phase, status.waiting, status.conflicts, status.attention)
        self.read_log()
        if status.all_synced:
            ensure(not self.unfinished(), Harm.LOST, "called synced with changes left")
            lost = [key for key in self.oracle.lost(()) if self.oracle.saved[key] == self.number]
            ensure(not lost, Harm.LOST, f"called synced while a value is nowhere: lost {lost}")
        return status

    def read_log(self) -> None:
        """Tells the judge which ids this rep made, then lets the judge read."""
        made = self.world.ids_made
        if len(made) > self._noted:
            for each in made[self._noted :]:
                self.oracle.whose.update(dict.fromkeys(keys(each), self.number))
            self._noted = len(made)
        self.oracle.read_log()

    def change(self, record: Record, name: str, dies: str | None) -> None:
        """Saves an edit, and tells the oracle if it was saved."""
        shown, value = record.value(name), self.value(name)
        asking = [op for op in self.ops(OpState.CONFLICT, OpState.ATTENTION) if op.record_id == record.id]
        op_id = self.dying(dies, lambda: self.save(record, name, value))
        saved = any(op.values.get(name) == value for op in self.unfinished())
        ensure(saved or op_id is None, Harm.LOST, "told as saved, and not there: lost")
        now = self.world.record(record.kind, record.id)
        assert now is not None
        ensure((now.value(name) == value) is saved, Harm.LOST, "what is shown and what is queued differ")
        if saved:
            self.oracle.rep_writes(self.number, name, value, shown)
            self.answered_by_another(asking, name)

    def answered_by_another(self, asking: Sequence[QueuedOp], name: str) -> None:
        """A new value for a field that a question was about answers it: the value in question is not wanted."""
        for op in asking:
            if op.action != "create" and name in op.values:
                self.oracle.gives_up(name, op.values[name])
                self.oracle.never_was(name, op.values[name])

    def save(self, record: Record, name: str, value: Value) -> str | None:
        """The edit itself."""
        if not self.office.rig.two_transactions:
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
        made = [op for op in self.unfinished() if op.values.get(judged) == fields[judged]]
        if made:
            self.oracle.rep_writes(self.number, judged, fields[judged], None, new=True)
            self.oracle.hung[judged, fields[judged]] = tuple(links)
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
        self.world.database.doom = None
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
        if op.action == "create":
            self.oracle.shown[op.record_id] = dict(record.fields)
        with self.world.database.write() as write:
            kept = redoing.keep_op(write, op)
            back = edits.take_back(write, self.world.gesture("undo"), op)
            act = write.one("SELECT id FROM gestures WHERE id = ? AND undone_at IS NULL", (op.gesture_id,))
            if act is not None:
                redoing.mark_undone(write, act[0], int(self.world.now), [replace(kept, opposite=back.opposite)], [])
        if self.world.state(op.id) is OpState.DISCARDED:
            for name, value in op.values.items():
                self.oracle.never_was(name, value)

    def does_again(self) -> bool:
        """Does again what was undone last; the oracle hears what the rep wants after all, over what on the screen."""
        with self.world.database.read() as rows:
            act = redoing.next_to_redo(rows)
            shown = {kept.op: records.get(rows, Kind(kept.kind), kept.record_id) for kept in act.ops} if act else {}
        if act is None or not act.ops:
            return False  # an answer that was taken back stays so: the judge was not told of it
        made, asking = len(self.world.ids_made), self.ops(OpState.CONFLICT, OpState.ATTENTION)
        done = redo(self.world.answer.desk)
        self.office.note("  ", done.words if done else "nothing")
        if done is None or not done.gesture_id:
            return True
        self.oracle.whose.update(dict.fromkeys(self.world.ids_made[made:], self.number))
        for kept in act.ops:
            before = shown[kept.op]
            for name, value in kept.values.items():
                if name in JUDGED and self.stands(name, value):
                    known = before.value(name) if before is not None and kept.action != "create" else None
                    self.oracle.wants_again(self.number, name, value, known, new=kept.action == "create")
                    if kept.action != "create":
                        about_it = [
                            op for op in asking if op.record_id == kept.record_id and op.values.get(name) != value
                        ]
                        self.answered_by_another(about_it, name)
        return True

    def stands(self, name: str, value: Value) -> bool:
        """Whether a value waits to be sent, or stands in a record."""
        table = {"amount": "deals", "close_on": "deals", "role": "people", "body": "activities"}.get(name)
        if any(op.values.get(name) == value for op in self.ops(*OpState) if op.state is not OpState.DISCARDED):
            return True
        with self.world.database.read() as rows:
            tables = [table] if table else ["companies", "people", *(["deals"] if name == "name" else [])]
            asked = f"SELECT 1 FROM {{}} WHERE {name} = ? AND gone IS NULL"
            return any(rows.value(asked.format(each), (value,)) for each in tables)

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
            if name in JUDGED:
                self.gives_up_with(op, frozenset(OpState))
                value = self.value(name)
                self.oracle.rep_writes(self.number, name, value, (op.theirs or {}).get(name))
                answers.instead(op.id, {name: value})
        elif op.state is OpState.CONFLICT:
            self.gives_up_with(op)
            answers.theirs(op.id)
        elif op.state is OpState.NEEDS_REP and self.oracle.landed(self.judged(op)):
            answers.found(op.id)
        elif how in ("retry", "mine"):
            if op.action == "delete":
                record = self.world.record(op.kind, op.record_id)
                self.oracle.looked_at.add((record.remote_id if record is not None else None) or "")
            answers.retry(op.id)
        else:
            self.gives_up_with(op)
            answers.drop(op.id)

    def answer_notices(self) -> bool:
        """The rep answers what Companion told, always for going on. Returns whether anything was asked."""
        with self.world.database.read() as rows:
            told = notices.open_ones(rows)
        for notice in told:
            answer = self.fills_in(notice.subject) if notice.kind in ASKS_TEXT else choices(notice)[0].name
            answer_notice(self.world.answer.desk, notice.kind, notice.subject, answer)
        return bool(told)

    def fills_in(self, subject: str) -> str:
        """What the rep types for a demanded field ('person.role'). Nobody else types it, so the rep may replace it."""
        name = subject.rpartition(".")[2]
        value: Value = 700 + self.number if name == "amount" else f"filled in {self.number}"
        self.oracle.rep_fills_in(self.number, name, value)
        return written(name, value)

    def gives_up_with(self, op: QueuedOp, behind: frozenset[OpState] = _QUEUED) -> None:
        """The op's values, and those of the same fields behind it that are in one of these states, are not wanted.

        What asks for itself behind it stands on: over what there was before the values that never came to be.
        """
        for each in self.unfinished():
            if each.record_id != op.record_id:
                continue
            if op.action == "create" or each.id == op.id or (each.seq > op.seq and each.state in behind):
                for name, value in each.values.items():
                    if name in op.values or op.action == "create":
                        self.oracle.gives_up(name, value)
                        if not self.oracle.landed((name, value)):
                            self.oracle.never_was(name, value)

    def judged(self, op: QueuedOp) -> Key:
        """The value by which the oracle knows an op."""
        return next(((name, value) for name, value in op.values.items() if name in JUDGED), ("", None))

    # Judging ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def undecided(self) -> set[Key]:
        """The values that the book still holds as changes."""
        commits = self.world.database.commits
        if self._undecided[0] != commits:
            keys = {(name, value) for op in self.unfinished() for name, value in op.values.items()}
            self._undecided = (commits, keys)
        return self._undecided[1]

    def judge_shown(self) -> None:
        """The rep sees what the rep wrote."""
        if self._judged == self.world.database.commits:
            return
        self._judged = self.world.database.commits
        newest: dict[tuple[Kind, str], dict[str, Value]] = {}
        for op in self.unfinished():
            if op.state is not OpState.CONFLICT and op.action != "delete":
                newest.setdefault((op.kind, op.record_id), {}).update(op.values)
        for (kind, record_id), values in newest.items():
            record = self.world.record(kind, record_id)
            if record is not None and record.gone is None:
                for name in JUDGED & values.keys():
                    same = record.value(name) == values[name]
                    ensure(same, Harm.LOST, f"the rep's unsent {name} is not shown")

    def question(self, op: QueuedOp) -> tuple[str, str]:
        """What an op asks about: its record and the group of its fields."""
        return op.record_id, group(op.kind, min(op.values, default=""))

    def compare(self, kind: Kind) -> None:
        """The book shows what the CRM has, to the last field."""
        hidden = {each[2] for each in self.office.crm._truth.hidden if each[0] == self.user and each[1] is kind}
        there = {row.id: row for row in self.office.crm.rows(kind) if row.id not in hidden}
        with self.world.database.read() as rows:
            here = records.living(rows, kind)
            homeless = rows.all(f"SELECT id FROM {TABLES[kind]} WHERE remote_id IS NULL AND gone IS NULL")
            known: dict[Kind, dict[str, str]] = {
                target: dict(rows.all(f"SELECT remote_id, id FROM {TABLES[target]} WHERE remote_id IS NOT NULL"))
                for target in set(LINKS[kind].values())
            }
        words = f"{kind}: {sorted(here.keys() ^ there.keys())} on one side only"
        ensure(here.keys() == there.keys(), Harm.STUCK, words)
        ensure(not homeless, Harm.LOST, f"{kind}: {homeless} never arrived and wait for nothing: lost")
        for remote_id, local_id in here.items():
            record, row = self.world.record(kind, local_id), there[remote_id]
            assert record is not None
            wanted: dict[str, Value] = {**row.fields}
            wanted |= {name: known[LINKS[kind][name]].get(to or "") for name, to in row.links.items()}
            for name, value in wanted.items():
                words = f"{remote_id}.{name}: {record.value(name)!r}, there {value!r}"
                ensure(record.value(name) == value, Harm.STUCK, words)

    # Small things ───────────────────────────────────────────────────────────────────────────────────────────────────

    def ops(self, *states: OpState) -> list[QueuedOp]:
        """Ops in these states, oldest first."""
        if len(states) == len(OpState):
            return self.world.ops(*states)
        return [op for op in self.unfinished() if op.state in states]

    def unfinished(self) -> list[QueuedOp]:
        """What is not settled yet, oldest first; read once for each state of the file."""
        commits = self.world.database.commits
        if self._known is None or self._known[0] != commits:
            self._known = (commits, self.world.ops(*UNFINISHED))
        return self._known[1]

    def living(self, kind: Kind, remote_id: str) -> Record | None:
        """A record that the rep can see and change."""
        with self.world.database.read() as rows:
            local = records.local_ids(rows, kind, [remote_id]).get(remote_id)
        record = self.world.record(kind, local) if local else None
        return record if record is not None and record.gone is None else None

    def value(self, name: str) -> Value:
        """A value that nobody has written before."""
        if name == "amount":
            return self.count()
        return (date(2027, 1, 1) + timedelta(self.count())).isoformat() if name == "close_on" else self.word()

    def word(self) -> str:
        return f"w{self.count()}"

    def count(self) -> int:
        self.counter += 1
        return self.counter
