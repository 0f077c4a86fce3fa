"""What waits for the CRM and what waits for the rep, in words, with what can be done about each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from companion.domain import field_text, notices, words
from companion.domain.changes import Changes
from companion.domain.field_text import NotUnderstood
from companion.domain.language import number, tr
from companion.domain.notices import ASKS_TEXT, Notice
from companion.domain.problems import Problem
from companion.domain.records import LINKS, Gone, Kind, Value
from companion.domain.sync_status import Phase, SyncStatus, ago_words, counted
from ui.session import Session
from ui.waiting.rows import (
    ConflictRow,
    DifferenceRow,
    Line,
    NoticeRow,
    OpRow,
    QuestionRow,
    RefusedRow,
    State,
    TallyRow,
    Target,
)

if TYPE_CHECKING:
    from companion.actions.desk import Done
    from companion.actions.keep_typed import TypedLine
    from companion.queries.needs_attention import ConflictCard, RefusedOp
    from companion.queries.waiting import Step, WaitingOp
    from ui.book_timer import BookTimer

SHOWN_AT_MOST = 50
_REMEMBERED = frozenset({Gone.DELETED, Gone.ARCHIVED, Gone.MERGED})
"""Of a record that may no longer be seen nothing is known here: it can't be made again."""


class WaitingViewModel(QObject):
    """Lives on the UI thread. `sync_now` wakes the sync; it is called for Sync now and Send now."""

    moved = Signal()
    """The cards and rows are others."""
    status_moved = Signal()
    done = Signal(str, object)
    """Words for the toast, and the gesture that Undo takes back or None."""
    took_back = Signal(str)
    """Words for the toast of an act that was undone."""
    asks_sign_in = Signal()
    asks_report = Signal()

    def __init__(self, session: Session, sync_now: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._sync_now = sync_now
        self._cards: dict[str, ConflictCard] = {}
        self._refused: dict[str, RefusedOp] = {}
        self.state = State()
        self.settled: set[str] = set()
        """The cards that the rep is deciding: what was typed on them goes with them."""
        self.status: SyncStatus | None = None

    # What is so ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def load(self) -> None:
        """Reads what waits; `moved` follows if anything is otherwise than before."""
        from companion.queries.needs_attention import needs_attention
        from companion.queries.waiting import waiting

        now = self._session.clock()
        with self._session.database.read() as rows:
            ops = waiting(rows, SHOWN_AT_MOST)
            count = rows.value(
                "SELECT count(*) FROM outbox WHERE state IN ('pending', 'waiting', 'in_flight', 'unknown')"
            )
            asking = needs_attention(rows, now)
        self._cards = {card.op_id: card for card in asking.conflicts}
        self._refused = {each.op_id: each for each in asking.refused}
        state = State(
            tuple(self._op_row(op) for op in ops),
            int(count),
            tuple(self._conflict_row(card) for card in asking.conflicts),
            tuple(self._refused_row(each) for each in asking.refused),
            tuple(f"{words.upper_first(each.kind.value)} {each.remote_id}: {each.why}" for each in asking.unreadable),
            tuple(
                QuestionRow(each.kind, self._question_words(each.kind, each.missing, each.local))
                for each in asking.questions
            ),
            tuple(self._notice_row(each) for each in asking.notices),
        )
        if state != self.state:
            self.state = state
            self.moved.emit()

    def changed(self, changes: Changes) -> None:
        """Something was committed."""
        if changes.outbox or changes.today:
            self.load()

    def sync_moved(self, status: SyncStatus) -> None:
        """The sync says how it is doing."""
        self.status = status
        self.status_moved.emit()
        self.load()

    @property
    def last_sync(self) -> str:
        """'Last synced 09:12, 4 min ago'."""
        at = self.status.last_success_at if self.status else None
        if at is None:
            return self.tr("Not synced yet")
        now = int(self._session.clock().timestamp())
        moment = datetime.fromtimestamp(at, self._session.zone)
        day = words.day(moment.date(), self._today())
        time = words.time_of(moment.time())
        clock = time if moment.date() == self._today() else f"{day} {time}"
        return self.tr("Last synced %1, %2").replace("%1", clock).replace("%2", ago_words(now - at))

    @property
    def all_synced(self) -> bool:
        """Whether nothing is left to send, to read or to decide."""
        quiet = not (self.state.waiting_count or self.state.asking)
        return quiet and self.status is not None and self.status.all_synced

    @property
    def quiet_words(self) -> str:
        """What stands there when nothing waits; never 'all synced' before the CRM has said so."""
        if self.all_synced:
            return self.tr("Everything that you did is in the CRM.")
        if self.status is None or self.status.last_success_at is None:
            return self.tr("Nothing waits. The first sync has not ended yet.")
        return self.tr("Nothing waits to be sent.")

    @property
    def problem(self) -> Problem | None:
        """What keeps the sync from working."""
        if self.status is None:
            return None
        if self.status.phase is Phase.OFFLINE and self.status.problem is None:
            return Problem(self.tr("Offline"), self.tr("Everything works here; changes are sent when the CRM answers."))
        return self.status.problem

    @property
    def problem_tone(self) -> str:
        """Offline is no trouble, only news."""
        quiet = self.status is not None and self.status.phase is Phase.OFFLINE
        return "info" if quiet else "warn"

    @property
    def needs_sign_in(self) -> bool:
        """Whether only signing in helps."""
        return self.status is not None and self.status.phase is Phase.SIGN_IN

    @property
    def is_stopped(self) -> bool:
        """Whether somebody must look into it."""
        return self.status is not None and self.status.phase is Phase.STOPPED

    @property
    def syncing(self) -> bool:
        """Whether a cycle runs now."""
        return self.status is not None and self.status.phase is Phase.SYNCING

    @property
    def tallies(self) -> tuple[TallyRow, ...]:
        """What is here beside what the CRM says that it has, by kind."""
        names = {
            Kind.COMPANY: self.tr("Companies"),
            Kind.PERSON: self.tr("People"),
            Kind.DEAL: self.tr("Deals"),
            Kind.ACTIVITY: self.tr("History entries"),
        }
        rows = []
        for tally in self.status.tallies if self.status else ():
            here = self.tr("%1 here").replace("%1", number(tally.local))
            if tally.remote is None:
                there = self.tr("the CRM does not say how many it has")
            else:
                there = self.tr("%1 in the CRM").replace("%1", number(tally.remote))
            even = tally.remote is None or tally.remote == tally.local
            rows.append(TallyRow(names.get(tally.kind, tally.kind.value), here, there, even))
        return tuple(rows)

    # What can be done ───────────────────────────────────────────────────────────────────────────────────────────────

    def sync_now(self) -> None:
        """Asks the CRM now, whatever pause was meant."""
        self._sync_now()

    def sign_in(self) -> None:
        """To the page where the key is given again."""
        self.asks_sign_in.emit()

    def report(self) -> None:
        """Asks for the report that support needs."""
        self.asks_report.emit()

    def take_back(self, op_id: str) -> None:
        """Discards a change that waits, with all that the same act changed: as if it had not been done."""
        from companion.actions.undo import undo

        with self._session.database.read() as rows:
            gesture = rows.value("SELECT gesture_id FROM outbox WHERE id = ?", (op_id,))
        done = undo(self._session.desk(), gesture) if gesture else None
        if done is not None and done.took_back:
            self.load()
            self.took_back.emit(done.words)
        else:
            self._tell(done.words if done else None)

    def keep_mine(self, op_id: str) -> None:
        """The rep's value goes over the colleague's, if that is still the one that the card showed."""
        from companion.actions.resolve_conflict import use_mine

        card = self._cards.get(op_id)
        self._settle(op_id, lambda: use_mine(self._session.desk(), op_id, card.theirs) if card else None)

    def keep_theirs(self, op_id: str) -> None:
        """The colleague's value stays."""
        from companion.actions.resolve_conflict import keep_theirs

        self._settle(op_id, lambda: keep_theirs(self._session.desk(), op_id))

    def keep_both(self, op_id: str) -> None:
        """Both texts, one after the other."""
        row = next((each for each in self.state.conflicts if each.id == op_id), None)
        if row is not None:
            self._write(op_id, dict(row.both))

    def write(self, op_id: str, typed: dict[str, str]) -> dict[str, str]:
        """A third value in place of both. What could not be understood, by field, in words; empty when it was."""
        values, wrong = self._read(typed)
        if not wrong:
            self._write(op_id, values)
        return wrong

    def send_again(self, op_id: str, typed: dict[str, str]) -> dict[str, str]:
        """Edit and send again, for a refused change. What could not be understood, by field; empty when it was."""
        from companion.actions.retry_op import retry_op

        values, wrong = self._read(typed)
        if not wrong:
            before = self._refused[op_id].values if op_id in self._refused else {}
            changed = {name: value for name, value in values.items() if value != before.get(name)}
            self._settle(op_id, lambda: retry_op(self._session.desk(), op_id, changed or None))
        return wrong

    def drop(self, op_id: str) -> None:
        """Drops a refused change."""
        from companion.actions.discard_op import discard_op

        self._settle(op_id, lambda: discard_op(self._session.desk(), op_id))

    def found_there(self, op_id: str) -> None:
        """The rep looked: the CRM has it."""
        from companion.actions.discard_op import already_there

        self._settle(op_id, lambda: already_there(self._session.desk(), op_id))

    def make_again(self, op_id: str) -> None:
        """Makes the record that left the CRM anew, with all that was unsent of it."""
        from companion.actions.bring_back import recreate

        said = self.tr("Made %1 again").replace("%1", self._title(op_id))
        self._settle(op_id, lambda: recreate(self._session.desk(), op_id, said))

    def others(self, op_id: str, typed: str) -> tuple[Target, ...]:
        """Who could have the change instead, by what was typed; the best first."""
        from companion.queries.search import search

        op = self._refused.get(op_id)
        if op is None:
            return ()
        kinds = {LINKS[op.kind][name] for name in op.adrift} or {op.kind}
        with self._session.database.read() as rows:
            found = search(rows, typed, 20).places
        alike = [each for each in found if each.kind in kinds and each.id != op.record_id]
        return tuple(Target(each.id, words.one_line(f"{each.title} · {each.detail}".strip(" ·"))) for each in alike[:4])

    def give_to(self, op_id: str, target: Target) -> None:
        """Lets another record have the change."""
        from companion.actions.bring_back import attach

        said = self.tr("Given to %1").replace("%1", target.words)
        self._settle(op_id, lambda: attach(self._session.desk(), op_id, target.record_id, said))

    def answer(self, kind: Kind, *, remove: bool) -> None:
        """Whether many records go from here too."""
        from companion.actions.answer_sweep import answer_sweep

        self._tell_done(answer_sweep(self._session.desk(), kind, remove=remove))

    def answer_notice(self, row: NoticeRow, answer: str) -> None:
        """What the rep says to a notice: one of its choices, or what was typed."""
        from companion.actions.answer_notice import answer_notice

        if answer.strip():
            desk = self._session.desk()
            self._settle(row.key, lambda: answer_notice(desk, row.kind, row.subject, answer))

    # What is typed ──────────────────────────────────────────────────────────────────────────────────────────────────

    def typed(self) -> dict[TypedLine, str]:
        """What was typed on cards and kept, and the title of the card that each was typed on."""
        from companion.actions.keep_typed import title_of, typed_lines

        with self._session.database.read() as rows:
            return {each: words.one_line(title_of(rows, each)) for each in typed_lines(rows)}

    def keep_typed(self, lines: list[TypedLine]) -> None:
        """Keeps what is typed on cards; called while typing pauses."""
        from companion.actions.keep_typed import keep_typed

        keep_typed(self._session.desk(), lines)

    def timer(self, parent: QObject) -> BookTimer:
        """A timer for what asks to keep it."""
        return self._session.timer(parent)

    # Inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _tell(self, said: str | None) -> None:
        self.load()
        self.done.emit(said or self.tr("It had moved on meanwhile: look again"), None)

    def _write(self, op_id: str, values: dict[str, Value]) -> None:
        from companion.actions.resolve_conflict import write_instead

        card = self._cards.get(op_id)
        said = self.tr("Changed %1").replace("%1", card.title if card else "")
        self._settle(op_id, lambda: write_instead(self._session.desk(), op_id, values, said))

    def _settle(self, key: str, act: Callable[[], Done | None]) -> None:
        """Carries out a decision about a card. One that came too late leaves what was typed on it."""
        self.settled.add(key)  # before the page hears of what is committed
        done = act()
        if done is None:
            self.settled.discard(key)
        self._tell_done(done)
        self.settled.discard(key)

    def _tell_done(self, done: Done | None) -> None:
        self.load()
        if done is None:
            self._tell(None)
        else:
            self.done.emit(done.words, done.gesture_id or None)

    def _title(self, op_id: str) -> str:
        return self._refused[op_id].title if op_id in self._refused else ""

    def _read(self, typed: dict[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
        values: dict[str, Value] = {}
        wrong: dict[str, str] = {}
        for name, text in typed.items():
            try:
                values[name] = field_text.read(name, text, self._session.clock())
            except NotUnderstood as problem:
                wrong[name] = str(problem)
        return values, wrong

    def _op_row(self, op: WaitingOp) -> OpRow:
        state = op.state_words
        if op.next_try_at and op.next_try_at > self._session.clock().timestamp():
            again = words.clock(op.next_try_at, self._session.zone)
            state = self.tr("%1, tried again at %2").replace("%1", state).replace("%2", again)
        said, who = words.one_line(op.words), self._who(op.kind, op.record_id)
        if who and who not in said:
            said = f"{said} · {who}"
        return OpRow(op.id, said, state, words.upper_first(self._when(op.since)), self._history(op.history))

    def _who(self, kind: Kind, record_id: str) -> str:
        """The person, company or deal that a change is about."""
        tables = {Kind.PERSON: "people", Kind.COMPANY: "companies", Kind.DEAL: "deals"}
        with self._session.database.read() as rows:
            if kind in tables:
                name = rows.value(f"SELECT name FROM {tables[kind]} WHERE id = ?", (record_id,))
            else:
                name = rows.value(
                    """SELECT coalesce(p.name, d.name, c.name) FROM activities AS a
                       LEFT JOIN people AS p ON p.id = a.person_id LEFT JOIN deals AS d ON d.id = a.deal_id
                       LEFT JOIN companies AS c ON c.id = a.company_id WHERE a.id = ?""",
                    (record_id,),
                )
        return words.one_line(name)

    def _conflict_row(self, card: ConflictCard) -> ConflictRow:
        sentence = self._both_changed(self._when(card.mine_at), card)
        lines = tuple(
            Line(each.field, each.label, self._typed_words(card.op_id, each.field))
            for each in card.differences
            if field_text.can_be_typed(card.kind, each.field)
        )
        both = tuple((each.field, each.both) for each in card.differences if each.both)
        return ConflictRow(
            card.op_id,
            card.title,
            sentence,
            tuple(DifferenceRow(each.label, each.mine, each.theirs) for each in card.differences),
            lines,
            both,
            self._history(card.history),
        )

    def _both_changed(self, mine_at: str, card: ConflictCard) -> str:
        if card.theirs_at is None:
            sentence = self.tr("You changed this %1, and %2 changed it in the CRM. Both are kept until you choose.")
        else:
            sentence = self.tr("You changed this %1, and %2 changed it in the CRM %3. Both are kept until you choose.")
            sentence = sentence.replace("%3", self._when(card.theirs_at))
        who = card.who or self.tr("somebody else")
        # A name may hold a percent sign: it comes last.
        return sentence.replace("%1", mine_at).replace("%2", who)

    def _refused_row(self, op: RefusedOp) -> RefusedRow:
        from companion.queries.needs_attention import label

        # What the CRM complained about; where it named nothing, the words that were sent.
        named = [name for name in op.fields if field_text.can_be_typed(op.kind, name)]
        own = [
            name for name, value in op.values.items() if isinstance(value, str) and name in ("subject", "body", "name")
        ]
        lines = [] if op.unsure else list(dict.fromkeys(named or own))
        return RefusedRow(
            op.op_id,
            words.one_line(op.words),
            op.title,
            words.upper_first(self._when(op.since)),
            op.problems,
            tuple(Line(name, label(name), field_text.written(name, op.values.get(name))) for name in lines),
            op.unsure,
            self._history(op.history),
            op.gone in _REMEMBERED,
            op.gone in _REMEMBERED or bool(op.adrift),
        )

    def _typed_words(self, op_id: str, name: str) -> str:
        with self._session.database.read() as rows:
            text = rows.value("SELECT json_extract(fields, '$.' || ?) FROM outbox WHERE id = ?", (name, op_id))
        return field_text.written(name, text)

    def _notice_row(self, notice: Notice) -> NoticeRow:
        problem = notices.words(notice)
        asks = words.one_line(str(notice.facts.get("label", ""))) if notice.kind in ASKS_TEXT else None
        choices = () if asks else tuple((each.name, each.words) for each in notices.choices(notice))
        return NoticeRow(notice.kind, notice.subject, words.one_line(problem.title), problem.advice, choices, asks)

    def _question_words(self, kind: Kind, missing: int, local: int) -> str:
        return tr(
            "{missing} of your {all} are not in the CRM any more. That is many at once. Shall they go here too?",
            missing=number(missing),
            all=counted(kind, local),
        )

    def _history(self, steps: tuple[Step, ...]) -> tuple[str, ...]:
        return tuple(f"{words.upper_first(self._when(step.at))}  {_once(step.words)}" for step in steps)

    def _when(self, at: int) -> str:
        moment = datetime.fromtimestamp(at, self._session.zone)
        return f"{words.on_day(moment.date(), self._today())} {words.time_of(moment.time())}"

    def _today(self) -> date:
        return self._session.clock().date()


def _once(step: str) -> str:
    """A step's words without what they say twice: 'Refused: refused'."""
    state, _, rest = step.partition(": ")
    return state if rest.casefold() == state.casefold() else step
