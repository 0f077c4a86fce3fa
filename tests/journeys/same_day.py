"""One rep's day as a script, for any CRM: her book, what she does from nine to five, and what is left at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from companion import bootstrap, credentials
from companion.actions.change_deal import move_stage, set_amount, set_close_date
from companion.actions.change_details import change_detail
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.actions.next_step import complete_step
from companion.actions.resolve_conflict import use_mine
from companion.connectors.base import Applied, Connector, Op, Scope, Unreachable
from companion.core import Core, make_engine
from companion.domain.account import Account
from companion.domain.ops import OpState
from companion.domain.records import Kind, Value
from companion.domain.sync_status import Phase, SyncStatus
from companion.queries.brief import brief
from companion.queries.today import today
from companion.store import outbox
from companion.sync.engine import Engine
from companion.sync.through import Through
from tests.connectors.contract import Bench, op

PASSPHRASE: Final = "corvid lantern ferry oat"
COMPANY, PERSON, DEAL = "Halden Works Ltd", "Ada Halden", "Fleet planner"
EMAIL: Final = "ada@halden.example"
STEP: Final = "Send the revised offer"
HOUR: Final = dt.time(14, 30)


class Line(Through):
    """A connector on a line that can be cut."""

    def __init__(self, connector: Connector, day: Day) -> None:
        super().__init__(connector)
        self._day = day

    def before(self) -> None:
        if self._day.offline:
            raise Unreachable("the line is cut")


@dataclass
class Day:
    """A book on a CRM. `now` is the rep's clock and the CRM's; a hand-moved one where the bench has one."""

    bench: Bench
    folder: Path
    offline: bool = False
    books: list[Core] = field(default_factory=list)

    @property
    def now(self) -> dt.datetime:
        at = getattr(self.bench, "now", None)
        return dt.datetime.fromtimestamp(at, dt.UTC) if at is not None else dt.datetime.now(dt.UTC)

    def pass_(self, seconds: float) -> None:
        """Time goes by."""
        if hasattr(self.bench, "now"):
            self.bench.now += seconds

    def book(self, name: str) -> tuple[Core, Engine]:
        """A new profile whose connector is the bench's."""
        vault = credentials.PassphraseVault(PASSPHRASE)
        core = bootstrap.create_profile(self.folder / name, vault, Account("demo"), "secret", lambda: self.now)
        core._connect = lambda field_map: Line(self.bench.connector(), self)
        self.books.append(core)
        return core, make_engine(core)

    def sync(self, engine: Engine) -> SyncStatus:
        """What the CRM knows by then is read; what waits is sent."""
        self.pass_(90)
        if not self.offline:
            self.bench.settle()
        engine.hurry()
        return engine.cycle()

    def close(self) -> None:
        for core in self.books:
            core.close()


def prepare(bench: Bench) -> dict[Kind, str]:
    """What stands in the CRM in the morning, made in the rep's name: a company, its person and a deal about her."""
    connector = bench.connector()
    connector.describe()
    stages = sorted(connector.pull(Kind.STAGE, Scope(), None).upserts, key=lambda each: each.fields["position"] or 0)
    first = next(each for each in stages if each.fields["outcome"] == "open")
    company = _made(connector, op(Kind.COMPANY, fields={"name": COMPANY, "email": "office@halden.example"}))
    links: dict[str, str | None] = {"company": company}
    person = _made(connector, op(Kind.PERSON, fields={"name": PERSON, "email": EMAIL}, links=links))
    links |= {"person": person, "stage": first.remote_id}
    values: dict[str, Value] = {"name": DEAL, "amount": 4_800_000, "close_on": "2027-01-15"}
    return {
        Kind.COMPANY: company,
        Kind.PERSON: person,
        Kind.DEAL: _made(connector, op(Kind.DEAL, fields=values, links=links)),
    }


def _made(connector: Connector, change: Op) -> str:
    (answer,) = connector.push([change])
    assert isinstance(answer, Applied), answer
    return answer.remote_id


def work(day: Day, made: dict[Kind, str]) -> None:
    """From the first sync to the evening. Says with its asserts what the rep sees on the way."""
    core, engine = day.book("first")
    status = day.sync(engine)
    assert status.phase is Phase.IDLE, status
    assert status.all_synced, status
    desk = replace(core.desk(), hold_s=0)
    person, deal = local(core, Kind.PERSON, made), local(core, Kind.DEAL, made)

    # The list and the brief.
    while core.refresh_due(500):
        pass
    with core.database.read() as rows:
        listed = {row.id for row in today(rows, day.now, core.zone, workspace=core.workspace).rows}
        told = brief(rows, "person", person, day.now, core.zone, core.workspace)
    assert {person, deal} & listed, "her deal has no next step: she is on today's list"
    assert told is not None

    # Three logs, one of them with a next step.
    due = dt.date(2026, 11, 26) if hasattr(day.bench, "now") else day.now.date() + dt.timedelta(days=5)
    step = NextStep(STEP, due, dt.datetime.combine(due, HOUR, dt.UTC))
    call = LogEntry("call", "Call, 4 min · Interested", "out", "interested", "She wants twelve months.", 240, step)
    log_activity(desk, call, person, deal, "Logged a call")
    log_activity(desk, LogEntry("email", "The offer", "out", "emailed", "Here it is."), person, deal, "Logged an email")
    log_activity(desk, LogEntry("note", "Note", None, None, "Her sister runs the depot."), person, deal, "Noted")
    idle(day, engine)

    # A stage move.
    with core.database.read() as rows:
        stage = rows.value(
            """SELECT s.id FROM stages s JOIN deals d ON d.pipeline_id = s.pipeline_id
               JOIN stages o ON o.id = d.stage_id WHERE d.id = ? AND s.outcome = 'open' AND s.position > o.position
               ORDER BY s.position""",
            (deal,),
        )
    move_stage(desk, deal, stage, "Moved")
    set_amount(desk, deal, 5_250_000, "Amount")
    idle(day, engine)

    # A conflict: a colleague renames the deal that she renames.
    change_detail(desk, Kind.DEAL, deal, "name", "Fleet planner, twelve months", "Renamed")
    day.bench.colleague.edit(Kind.DEAL, made[Kind.DEAL], {"name": "Fleet planner 2027"})
    assert day.sync(engine).conflicts == 1
    with core.database.read() as rows:
        (asked,) = outbox.in_state(rows, OpState.CONFLICT)
    assert (asked.theirs or {}).get("name") == "Fleet planner 2027"
    assert use_mine(desk, asked.id, asked.theirs or {})
    idle(day, engine)

    # Offline, and back.
    day.offline = True
    log_activity(desk, LogEntry("call", "No answer", "out", "no_answer", "", 0), person, deal, "No answer")
    with core.database.read() as rows:
        planned = rows.value("SELECT id FROM activities WHERE what = 'task' AND subject = ?", (STEP,))
    complete_step(desk, planned, "Done")
    set_close_date(desk, deal, dt.date(2027, 2, 26), "Close date")
    assert day.sync(engine).phase is Phase.OFFLINE
    with core.database.read() as rows:
        assert sum(outbox.counts(rows).get(state, 0) for state in (OpState.PENDING, OpState.WAITING)) == 3
    day.offline = False
    idle(day, engine)


def idle(day: Day, engine: Engine) -> None:
    """All is sent and nothing asks for anything."""
    for _ in range(3):
        status = day.sync(engine)
        if status.all_synced and status.phase is Phase.IDLE:
            return
    with engine.database.read() as rows:
        left = [(op.kind, op.action, op.state, op.values, op.problems) for op in outbox.in_state(rows, *OpState)]
    raise AssertionError((status, [each for each in left if each[2] not in (OpState.DONE, OpState.DISCARDED)]))


def local(core: Core, kind: Kind, made: dict[Kind, str]) -> str:
    """The local id of what was prepared."""
    table = {Kind.PERSON: "people", Kind.DEAL: "deals"}[kind]
    with core.database.read() as rows:
        found: str = rows.value(f"SELECT id FROM {table} WHERE remote_id = ?", (made[kind],))
    return found


def evening(day: Day, made: dict[Kind, str], name: str) -> dict[str, Any]:
    """What a book tells in the evening, in our words: `name` is a fresh one, or 'first'."""
    core = day.books[0]
    if name != "first":
        core, engine = day.book(name)
        status = day.sync(engine)
        assert status.phase is Phase.IDLE
    person, deal = local(core, Kind.PERSON, made), local(core, Kind.DEAL, made)
    with core.database.read() as rows:
        return {
            "person": _person(rows.all, person),
            "deal": _deal(rows.all, deal),
            "activities": sorted(_activities(rows.all, person, deal), key=str),
            "waiting": sum(outbox.counts(rows).get(state, 0) for state in OpState if state not in FINISHED),
        }


FINISHED: Final = (OpState.DONE, OpState.DISCARDED)
Ask = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]


def _person(ask: Ask, person: str) -> dict[str, Any]:
    sql = "SELECT p.name, p.email, c.name FROM people p LEFT JOIN companies c ON c.id = p.company_id WHERE p.id = ?"
    ((name, email, company),) = ask(sql, (person,))
    return {"name": name, "email": email, "company": company}


def _deal(ask: Ask, deal: str) -> dict[str, Any]:
    ((name, amount, close_on, status, stage, person, company, mine),) = ask(
        """SELECT d.name, d.amount, d.close_on, d.status,
             (SELECT count(*) FROM stages e WHERE e.pipeline_id = s.pipeline_id AND e.outcome = 'open'
              AND e.position < s.position), p.name, c.name,
             d.owner_id = (SELECT json_extract(value, '$') FROM meta WHERE key = 'me')
           FROM deals d JOIN stages s ON s.id = d.stage_id LEFT JOIN people p ON p.id = d.person_id
             LEFT JOIN companies c ON c.id = d.company_id WHERE d.id = ?""",
        (deal,),
    )
    return {"name": name, "amount": amount, "close_on": close_on, "status": status, "stage": stage,
            "person": person, "company": company, "mine": bool(mine)}  # fmt: skip


def _activities(ask: Ask, person: str, deal: str) -> list[dict[str, Any]]:
    found = ask(
        """SELECT what, direction, outcome, duration_s, subject, body, done, due_on, due_at, person_id = ?, deal_id = ?
           FROM activities WHERE (person_id = ? OR deal_id = ?) AND gone IS NULL""",
        (person, deal, person, deal),
    )
    names = (
        "what",
        "direction",
        "outcome",
        "duration_s",
        "subject",
        "body",
        "done",
        "due_on",
        "due_at",
        "of_her",
        "of_it",
    )
    told = [dict(zip(names, each)) for each in found]
    return [{name: value for name, value in each.items() if value not in (None, "", 0)} for each in told]


__all__ = ["COMPANY", "DEAL", "EMAIL", "HOUR", "PERSON", "STEP", "Day", "evening", "prepare", "work"]
