"""Acts, undo, redo and syncs in any order, up to thirty acts deep: the book is what a careful clerk says it is.

A sequence is run on a real encrypted file over the embedded CRM. After each undo the book must be as it was before the
act, after each redo as it was after it. Compared are all tables, but for

- outbox, op_events, gestures, sqlite_sequence, held_values, cursors, poison and meta: what was done, told and read, and
  not what is so; but of the outbox and of meta all that asks the rep, and what is agreed on for the CRM's fields, while
  no sync came between;
- once a sync came between: scores and rechecks, which follow from the rest and the hour; row numbers, the CRM's ids and
  versions, what is marked as deleted (a record that was sent, taken back and made again is another one there), and what
  the CRM derives from a stage or status by itself: since when it stands, the probability, and the stage in which
  it keeps deals that are won.

Ids of records that had to be made anew are compared as what they stand for.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from companion.actions import change_deal, change_details, hide_reason, next_step, snooze
from companion.actions.answer_notice import answer_notice
from companion.actions.answer_sweep import answer_sweep
from companion.actions.desk import Desk, Done
from companion.actions.discard_op import already_there, discard_op
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.map_field import map_field, map_outcome, show_field
from companion.actions.redo import redo
from companion.actions.retry_op import retry_op
from companion.actions.undo import undo
from companion.database import Write
from companion.domain.field_map import CrmField, FieldMap
from companion.domain.notices import Notice
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.store import crm_fields, edits, notices, scores, sweep_questions, workspaces
from companion.store.sweep_questions import SweepQuestion
from tests.book import WORKSPACE
from tests.sync.world import COLLEAGUE, World

UTC: Final = dt.UTC
LEFT_OUT: Final = ("outbox", "op_events", "gestures", "sqlite_sequence", "held_values", "cursors", "meta", "poison")
FROM_THE_HOUR: Final = ("scores", "rechecks")
NUMBERS: Final = (
    *("n", "remote_id", "version", "gone_at"),
    *("since_at", "stage_since_at", "closed_at", "probability"),  # the CRM's own, from the stage and the status
)
_OF_CLOSED: Final = "CASE WHEN status = 'open' THEN stage_id END"
_BY_THE_CRM: Final = """ WHERE NOT EXISTS
    (SELECT 1 FROM stages WHERE stages.id IN (moves.was, moves.became) AND outcome <> 'open')"""
_ASKING: Final = """SELECT kind, record_id, action, fields, links, seen, said, gesture_id, state, created_at, theirs,
    problems FROM outbox WHERE state IN ('attention', 'needs_rep', 'conflict') ORDER BY record_id, fields"""
_ASKED: Final = "SELECT key, value FROM meta WHERE key IN ('notices', 'sweep_questions', 'workspace', 'crm_fields')"
Dump = dict[str, list[str]]
Act = Callable[["Office"], Done | None]


class Office(World):
    """The office with today's list, and a rep's desk in it."""

    def open(self) -> None:
        super().open()
        self.engine.after_page = lambda write, touched: self.rescore(write, touched, self.hour)

    @property
    def hour(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now, UTC)

    def rescore(self, write: Write, touched: frozenset[tuple[Kind, str]], now: dt.datetime) -> None:
        scores.refresh(write, scores.subjects_of(write, touched), WORKSPACE, now, UTC, None)

    @property
    def desk(self) -> Desk:
        return Desk(self.database, lambda: self.hour, self.new_id, self.rescore, hold_s=8)

    def living(self, kind: Kind, number: int) -> str | None:
        """One of the living records of a kind, deals that are open, by a number of any size."""
        with self.database.read() as rows:
            table = {Kind.PERSON: "people", Kind.DEAL: "deals", Kind.COMPANY: "companies"}[kind]
            still = " AND status = 'open'" if kind is Kind.DEAL else ""
            ids = [row[0] for row in rows.all(f"SELECT id FROM {table} WHERE gone IS NULL{still} ORDER BY remote_id")]
        return ids[number % len(ids)] if ids else None

    def ask(self) -> None:
        """All that may wait for the rep's answer, as a bad week leaves it."""
        ada, told = self.local(Kind.PERSON, "P1"), {"words": "Not an address", "field": "email"}
        with self.database.write() as write:
            gesture = self.gesture("before")
            email = edits.change(write, gesture, Kind.PERSON, ada, {"email": "nonsense"}, "E-mail")
            nobody = edits.create(write, gesture, Kind.PERSON, {"name": "Nobody", "email": "?"}, {}, "Nobody")
            edits.change(write, gesture, Kind.PERSON, nobody, {"role": "Nothing"}, "Role")
            call = edits.create(write, gesture, Kind.ACTIVITY, {"what": "call", "body": "?"}, {"person": ada}, "Call")
            away: dict[str, Value] = {"what": "call", "body": "to nobody", "at": int(self.now)}
            child = edits.create(write, gesture, Kind.ACTIVITY, away, {"person": nobody}, "Call Nobody")
            states = {email: "attention", nobody: "attention", child: "attention", call: "needs_rep"}
            for op, state in states.items():
                problem = {**told, "parent": nobody} if op == child else told
                tried = "attempts = 3, first_sent_at = 5, sent_at = 7"
                told_so = json.dumps([problem])
                write.text(f"UPDATE outbox SET state = ?, problems = ?, {tried} WHERE id = ?", (state, told_so, op))
            notices.put(write, Notice("audit", "", 17, {"differing": 1, "checked": 9}))
            notices.put(write, Notice("field_required", "person.city", 18, {"label": "City", "waiting": 2}))
            sweep_questions.put(write, SweepQuestion(Kind.PERSON, 60, 300, 19))
            scores.refresh_all(write, WORKSPACE, self.hour, UTC, None)

    def asking(self, *states: OpState) -> list[str]:
        """The ops that ask."""
        return [op.id for op in self.ops(*states)]

    def open_step(self) -> str | None:
        """The newest next step that is not finished."""
        with self.database.read() as rows:
            found: str | None = rows.value(
                "SELECT id FROM activities WHERE what = 'task' AND done = 0 AND gone IS NULL ORDER BY at DESC, subject"
            )
        return found


def dump(office: Office, *, exact: bool) -> Dump:
    """Every row of the book; `exact` while neither time nor sync came between."""
    with office.database.read() as rows:
        tables = [
            name
            for (name,) in rows.all("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%fts5%'")
            if name not in LEFT_OUT
            and not name.startswith(("names_", "notes_"))
            and (exact or name not in FROM_THE_HOUR)
        ]
        found: Dump = {}
        for table in tables:
            columns = [row[1] for row in rows.all(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if exact or name not in NUMBERS]
            where = " WHERE gone IS NULL" if "gone" in columns and not exact else ""
            asked = [_OF_CLOSED if name == "stage_id" and table == "deals" and not exact else name for name in kept]
            where = _BY_THE_CRM if table == "moves" and not exact else where
            found[table] = sorted(map(repr, rows.all(f"SELECT {', '.join(asked)} FROM {table}{where}")))
        if exact:
            told = {key: json.loads(value) for key, value in rows.all(_ASKED)}
            found["what asks"] = [*map(repr, rows.all(_ASKING)), json.dumps(told, sort_keys=True)]
        for index in ("names", "notes"):
            found[index] = [str(rows.value(f"SELECT count(*) FROM {index}"))] if exact else []
    return found


def differences(before: Dump, after: Dump) -> dict[str, tuple[list[str], list[str]]]:
    """By table, rows that went and rows that came."""
    return {
        table: (sorted(set(before[table]) - set(after[table])), sorted(set(after[table]) - set(before[table])))
        for table in before
        if before[table] != after[table]
    }


def renamed(told: Dump, names: dict[str, str]) -> Dump:
    """The same rows with ids of what was made anew as the ids that they stand for."""

    def plain(row: str) -> str:
        for new, old in names.items():
            row = row.replace(new, old)
        return row

    return {table: sorted(map(plain, rows)) for table, rows in told.items()}


def act_of(rng: Random) -> tuple[str, Act]:
    """An act with its arguments."""
    number, word, deal = rng.randrange(9), f"w{rng.randrange(10**6)}", rng.randrange(2)
    day = dt.date(2027, 1, 1) + dt.timedelta(rng.randrange(300))

    def on_deal(change: Callable[[Desk, str], Done]) -> Act:
        def act(office: Office) -> Done | None:
            found = office.living(Kind.DEAL, deal)
            return change(office.desk, found) if found else None

        return act

    def log(office: Office) -> Done:
        step = NextStep(f"call {word}", day, promise="mine" if number % 2 else None) if number % 3 else None
        stage = (("stage", office.local(Kind.STAGE, f"S{1 + number % 2}")),) if number % 4 == 0 else ()
        entry = LogEntry("call", "Call", outcome="connected", body=word, next_step=step, deal_values=stage)
        who = office.living(Kind.PERSON, number)
        return log_activity(office.desk, entry, who, office.living(Kind.DEAL, deal), f"log {word}")

    def step(office: Office) -> Done:
        return next_step.add_next_step(
            office.desk, NextStep(word, day), office.living(Kind.PERSON, number), office.living(Kind.DEAL, deal), word
        )

    def finish(office: Office) -> Done | None:
        found = office.open_step()
        return next_step.complete_step(office.desk, found, f"finish {word}") if found else None

    def away(office: Office) -> Done | None:
        found = office.living(Kind.PERSON, number)
        until = office.hour + dt.timedelta(1 + number)
        return snooze.snooze(office.desk, Kind.PERSON, found, until, word, word) if found else None

    def hide(office: Office) -> Done | None:
        found = office.living(Kind.PERSON, number)
        until = office.hour + dt.timedelta(7)
        return hide_reason.hide_reason(office.desk, Kind.PERSON, found, "quiet", until, word, word) if found else None

    def detail(office: Office) -> Done | None:
        kind = rng_kind
        found = office.living(kind, number)
        return change_details.change_detail(office.desk, kind, found, "city", word, word) if found else None

    def stage(office: Office) -> Done | None:
        found, to = office.living(Kind.DEAL, deal), office.local(Kind.STAGE, f"S{1 + number % 2}")
        return change_deal.move_stage(office.desk, found, to, f"stage {word}") if found else None

    rng_kind = rng.choice([Kind.PERSON, Kind.COMPANY])
    acts: dict[str, Act] = {
        "log": log,
        "step": step,
        "finish": finish,
        "snooze": away,
        "hide": hide,
        "detail": detail,
        "amount": on_deal(lambda desk, found: change_deal.set_amount(desk, found, 100 * rng_amount, f"amount {word}")),
        "date": on_deal(lambda desk, found: change_deal.set_close_date(desk, found, day, f"date {word}")),
        "stage": stage,
        "win": on_deal(lambda desk, found: change_deal.win(desk, found, f"win {word}")),
        "lose": on_deal(lambda desk, found: change_deal.lose(desk, found, None, word, f"lose {word}")),
    }
    rng_amount = rng.randrange(1, 10**6)
    name = rng.choice(list(acts))
    return name, acts[name]


def answer_of(rng: Random) -> tuple[str, Act]:
    """An answer to something that asks, if anything does."""
    number = rng.randrange(9)
    told = ("audit", "", "seen") if number % 2 else ("field_required", "person.city", "Graz")
    doubt, refused = (OpState.NEEDS_REP,), (OpState.ATTENTION, OpState.NEEDS_REP)

    def to(answer: Callable[[Desk, str], Done | None], *states: OpState) -> Act:
        def act(office: Office) -> Done | None:
            found = office.asking(*states)
            return answer(office.desk, found[number % len(found)]) if found else None

        return act

    def again_with(office: Office) -> Done | None:
        found = office.ops(OpState.ATTENTION)
        op = found[number % len(found)] if found else None
        name = "body" if op is not None and op.kind is Kind.ACTIVITY else ("city", "email")[number % 2]
        return retry_op(office.desk, op.id, {name: f"w{number}"}) if op is not None else None

    answers: dict[str, Act] = {
        "again": to(retry_op, *refused),
        "again with": again_with,
        "drop": to(discard_op, *refused),
        "there": to(already_there, *doubt),
        "notice": lambda office: answer_notice(office.desk, *told),
        "sweep": lambda office: answer_sweep(office.desk, Kind.PERSON, remove=number % 2 == 0),
    }
    name = rng.choice(list(answers))
    return name, answers[name]


def agreement_of(rng: Random) -> tuple[str, Act]:
    """A choice of where a field of ours comes from, what an outcome is called there, or what else is shown."""
    ours, theirs = rng.choice(["lost_note", "source", "medium"]), rng.choice([None, "x_0", "x_1", "x_2"])
    shipped = FieldMap(shown={"deal": ("x_0",)})
    agreements: dict[str, Act] = {
        "map": lambda office: map_field(office.desk, Kind.DEAL, ours, theirs, f"{ours} from {theirs}", shipped),
        "outcome": lambda office: map_outcome(office.desk, "no_answer", theirs, f"no answer is {theirs}", shipped),
        "show": lambda office: show_field(
            office.desk, Kind.DEAL, theirs or "x_0", theirs is not None, f"{theirs}", shipped
        ),
    }
    name = rng.choice(list(agreements))
    return name, agreements[name]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.sync()
    with made.database.write() as write:
        scores.refresh_all(write, WORKSPACE, made.hour, UTC, None)
    return made


class History:
    """The states that acts led to, by the whole book each; undo and redo go back and forth among them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.begin()

    def begin(self) -> None:
        """From here on."""
        self._states, self._names, self._at = [dump(self._office, exact=True)], ["begin"], 0

    @property
    def has_room(self) -> bool:
        """Whether another act is worth its while."""
        return self._at < 30

    def act(self, name: str, act: Act) -> bool:
        """What comes after it is no more; whether it did anything."""
        if act(self._office) is None:
            return False
        self._at += 1
        self._states[self._at :], self._names[self._at :] = [dump(self._office, exact=True)], [name]
        return True

    def back(self) -> None:
        """Undo, which says so."""
        done = undo(self._office.desk)
        assert (done is not None) is (self._at > 0)
        assert done is None or done.words.startswith("Undone: "), done
        self._at = max(0, self._at - 1)

    def forth(self) -> None:
        """Redo, which says so."""
        done = redo(self._office.desk)
        assert (done is not None) is (self._at + 1 < len(self._states))
        assert done is None or done.words.startswith("Done again: "), done
        self._at = min(len(self._states) - 1, self._at + 1)

    def holds(self) -> None:
        """The book is what it was when this state was new."""
        assert differences(self._states[self._at], dump(self._office, exact=True)) == {}, self._names


@pytest.mark.parametrize("seed", range(8))
def test_any_sequence_goes_back_and_forth_to_the_last_column(office: Office, seed: int) -> None:
    rng = Random(seed)
    history = History(office)
    for _ in range(90):
        turn = rng.random()
        if turn < 0.45 and history.has_room:
            history.act(*act_of(rng))
        elif turn < 0.75:
            history.back()
        else:
            history.forth()
        history.holds()


@pytest.mark.parametrize("seed", range(8))
def test_answers_among_the_acts_go_back_and_forth_as_well(office: Office, seed: int) -> None:
    rng = Random(500 + seed)
    office.ask()
    history, given = History(office), 0
    for _ in range(120):
        turn = rng.random()
        if turn < 0.4 and history.has_room:
            name, act = answer_of(rng) if rng.random() < 0.6 else act_of(rng)
            given += history.act(name, act) and name in ("again", "again with", "drop", "there", "notice", "sweep")
        elif turn < 0.75:
            history.back()
        else:
            history.forth()
        history.holds()
    assert given > 5


@pytest.mark.parametrize("seed", range(8))
def test_what_is_agreed_on_for_fields_goes_back_and_forth_among_the_acts(office: Office, seed: int) -> None:
    rng = Random(700 + seed)
    with office.database.write() as write:
        named = [CrmField(Kind.DEAL, name, name, name) for name in ("lost_note", "source")]
        crm_fields.put(write, [*named, *(CrmField(Kind.DEAL, "", f"X{n}", f"x_{n}", True) for n in range(3))])
    history, agreed = History(office), 0
    for _ in range(120):
        turn = rng.random()
        if turn < 0.4 and history.has_room:
            name, act = agreement_of(rng) if rng.random() < 0.7 else act_of(rng)
            agreed += history.act(name, act) and name in ("map", "outcome", "show")
        elif turn < 0.5:
            told_anew(office)
            history.begin()
            with office.database.write() as write:
                write.text("DELETE FROM gestures")
        elif turn < 0.75:
            history.back()
        else:
            history.forth()
        history.holds()
    assert agreed > 5


def told_anew(office: Office) -> None:
    """The CRM tells its fields by the map of now, as a sync lets it."""
    with office.database.write() as write:
        names = workspaces.field_map(write) or FieldMap()
        ours = {theirs: name for name, theirs in names.names(Kind.DEAL, {"lost_note": "lost_note"}).items()}
        crm_fields.put(write, [replace(each, name=ours.get(each.theirs, "")) for each in crm_fields.every(write)])


@pytest.mark.parametrize("seed", range(8))
def test_with_syncs_in_between_the_book_and_the_crm_are_what_the_acts_left(office: Office, seed: int) -> None:
    rng = Random(1000 + seed)
    states, names, at = [dump(office, exact=False)], ["begin"], 0
    standing_for: dict[str, str] = {}
    for _ in range(60):
        turn = rng.random()
        if turn < 0.3 and at < 30:
            name, act = act_of(rng)
            if act(office) is not None:
                at += 1
                states[at:], names[at:] = [renamed(dump(office, exact=False), standing_for)], [name]
        elif turn < 0.5:
            assert (undo(office.desk) is not None) is (at > 0)
            at = max(0, at - 1)
        elif turn < 0.7:
            before = ids(office)
            done = redo(office.desk)
            assert (done is not None) is (at + 1 < len(states)), names
            assert done is None or done.words.startswith("Done again: "), done
            at = min(len(states) - 1, at + 1)
            learn(states[at], office, before, standing_for)
        else:
            office.pass_time(rng.choice([2, 12, 60]))
            office.sync()
        now = renamed(dump(office, exact=False), standing_for)
        assert differences(states[at], now) == {}, (names[: at + 1], names[at + 1 :])
    office.settle()
    assert [op for op in office.ops(*OpState) if op.state not in (OpState.DONE, OpState.DISCARDED)] == []
    agree(office)


def ids(office: Office) -> set[str]:
    """The activities that are here and not gone."""
    with office.database.read() as rows:
        return {row[0] for row in rows.all("SELECT id FROM activities WHERE gone IS NULL")}


def learn(wanted: Dump, office: Office, before: set[str], standing_for: dict[str, str]) -> None:
    """Which old id each activity stands for that redo had to make anew: found by all that it says."""
    for new in ids(office) - before:
        if new in standing_for or any(new in row for row in wanted["activities"]):
            continue
        mine = next(row for row in renamed(dump(office, exact=False), standing_for)["activities"] if new in row)
        rest = mine.replace(new, "")
        old = next(row for row in wanted["activities"] if _id_of(row) and row.replace(_id_of(row), "") == rest)
        standing_for[new] = _id_of(old)


def _id_of(row: str) -> str:
    return row[2 : row.index("'", 2)]


def agree(office: Office) -> None:
    """The CRM has what the book shows."""
    for kind in (Kind.DEAL, Kind.PERSON, Kind.COMPANY):
        for row in office.crm.rows(kind):
            record = office.record(kind, office.local(kind, row.id))
            assert record is not None
            for name, value in row.fields.items():
                assert record.value(name) == value, (row.id, name)
    with office.database.read() as rows:
        here = sorted(row[0] or "" for row in rows.all("SELECT body FROM activities WHERE gone IS NULL"))
    assert here == sorted(str(row.fields.get("body") or "") for row in office.crm.rows(Kind.ACTIVITY))


@pytest.mark.parametrize("seed", range(8))
def test_neither_undo_nor_redo_overwrites_a_colleague(office: Office, seed: int) -> None:
    rng = Random(2000 + seed)
    deal = office.local(Kind.DEAL, "D1")
    stood: set[Any] = set()
    for number in range(60):
        turn = rng.random()
        if turn < 0.25:
            stood.add(office.shown(Kind.DEAL, "D1", "amount"))
            change_deal.set_amount(office.desk, deal, 1_000 + number, f"amount {number}")
        elif turn < 0.45:
            undo(office.desk)
        elif turn < 0.65:
            redo(office.desk)
        elif turn < 0.8:
            office.crm.edit(COLLEAGUE, Kind.DEAL, "D1", amount=900_000 + number)
            if rng.random() < 0.5:
                office.sync()
        else:
            office.pass_time(12)
            office.sync()

    ours = [write for write in office.crm.log if write.op_id is not None and write.field == "amount"]
    theirs = [write for write in ours if isinstance(write.old, int) and write.old >= 900_000]
    # Only what stood before the rep when the rep typed an amount may be gone.
    assert [write for write in theirs if write.old not in stood] == []
