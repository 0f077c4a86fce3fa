"""Plays a schedule: each move is done and judged, then all is healed and must come to rest, alike on both sides."""

from __future__ import annotations

from collections.abc import Sequence

from companion.domain.ops import ASKS_REP
from companion.domain.sync_status import SyncStatus
from companion.sync import fields
from tests.rig.faults import Fault
from tests.rig.moves import Move
from tests.rig.office import PLAYED, USERS, Office, Rig
from tests.rig.oracle import Oracle, ensure
from tests.rig.others import Others
from tests.rig.reps import Rep
from tests.rig.tally import Harm

ROUNDS = 14
WINDOWS = 4
"""How often everybody syncs and answers after the healing, at most."""
CALM = 3
"""How often a rep answers the same question by turns; a change that asks yet again is dropped."""
ENOUGH = 500
"""Requests in a few seconds that are enough for a comparison of everything here."""
_ALL = 100
"""More requests than any cycle here sends changes with."""


class Schedule:
    """One office in which a schedule is played. `reps`: how many reps; `same_user`: whether both are the same user."""

    def __init__(self, rig: Rig, reps: int = 1, same_user: bool = False) -> None:
        self.rig = rig
        self.office = Office(rig)
        self.oracle = Oracle(self.office.crm)
        users = (USERS[0], USERS[0] if same_user else USERS[1])[:reps]
        self.reps = [Rep(self.office, self.oracle, number, user) for number, user in enumerate(users)]
        self.others = Others(self.office)
        # Later it would count the CRM up that was set back, as any writing does.
        self.others.before_rewound = self.office.arrive
        self.others.when_rewound = self.look_again
        self.others.before_shown = self.look

    def play(self, moves: Sequence[Move]) -> None:
        """Plays the moves and the healing. Raises what broke, with the trace in its notes."""
        try:
            for name, arguments in moves:
                if name not in self.rig.without:
                    self.step(name, arguments)
            self.heal()
        except BaseException as error:
            error.add_note("\n".join(self.office.told()))
            raise

    def step(self, name: str, arguments: tuple[object, ...]) -> None:
        """One move; what it broke is seen at once."""
        self.office.note(name, *arguments)
        by_others = getattr(self.others, name, None)
        if by_others is None:
            getattr(self.reps[int(str(arguments[0]))], name)(*arguments[1:])
        else:
            self.office.now += 1.5
            by_others(*arguments)
        self.judge()

    def look_again(self, length: int) -> None:
        """The CRM was set back. Each rep reads before others wrote as much again: later nothing would show it."""
        self.oracle.rewound(length)
        self.office.crm.maintenance(False)
        for place, rep in enumerate(self.reps):
            if any(before.unfinished() for before in self.reps[:place]):
                # What that rep sends counts the CRM up as any other's writing does: who looks later, reads before it.
                self.look_of(rep, sends=False)
        self.look()

    def look(self) -> None:
        """Each rep reads twice, the fields too, and nothing fails: later nothing in the CRM would show what it was."""
        for rep in (*self.reps, *self.reps):
            self.look_of(rep)
            rep.answer_notices()

    def look_of(self, rep: Rep, *, sends: bool = True) -> None:
        """A rep reads; without `sends`, nothing of the rep's reaches the CRM meanwhile."""
        with rep.world.database.write() as write:
            fields.doubt(write)
        rep.world.faults.heal()
        rep.comes_back()
        self.office.now += 1000
        # Others may have used up the day's requests; a look that can't be taken would hide what it is for.
        self.office.crm._used_today = 0
        rep.world.faults.writes = [] if sends else [Fault.DROP] * _ALL
        rep.cycle()
        rep.world.faults.heal()

    def judge(self) -> None:
        """Nothing is lost, and the reps see what they wrote."""
        for rep in self.reps:
            rep.read_log()
        undecided = set().union(*(rep.undecided() for rep in self.reps))
        ensure(not (lost := self.oracle.lost(undecided)), Harm.LOST, f"lost: {lost}")
        for rep in self.reps:
            rep.judge_shown()

    # After the last move ────────────────────────────────────────────────────────────────────────────────────────────

    def heal(self) -> None:
        """Nothing fails any more, every question is answered, and both sides are compared."""
        self.office.note("healed")
        self.others.relents()
        self.office.now += 86_400 if self.rig.switches.daily_requests else 0
        for rep in self.reps:
            rep.world.faults.heal()
            rep.comes_back()
        self.office.arrive()
        self.rest()
        # Whatever only a sweep or the daily comparison can find is found after a day on which the CRM lets through what
        # these take: where it never does, docs/reliability.md promises nothing.
        self.office.now += 25 * 3600
        self.office.crm.switch(rate=ENOUGH if self.rig.switches.rate else 0)
        statuses = self.rounds(2)
        if sum(self.answer_all(rep, 0) for rep in self.reps):
            # What the daily comparison found has been told, and read again.
            statuses = self.rounds(1)
        for _ in range(WINDOWS):
            if all(status is not None and status.all_synced for status in statuses):
                break
            # Where few requests are allowed at a time, a kind that is read afresh takes some windows.
            statuses = self.rounds(1)
        self.judge()
        for rep, status in zip(self.reps, statuses, strict=True):
            left = [(op.said, str(op.state)) for op in rep.unfinished()]
            synced = status is not None and status.all_synced
            ensure(synced, Harm.STUCK, f"never comes to rest: {status} {left}")
        ensure(not (lost := self.oracle.lost(())), Harm.LOST, f"lost: {lost}")
        for rep in self.reps:
            for kind in PLAYED:
                rep.compare(kind)

    def rest(self) -> None:
        """Rounds until everybody is told that all is synced."""
        for number in range(ROUNDS):
            self.office.now += 1000
            statuses = self.all_sync()
            answered = sum(self.answer_all(rep, number) for rep in self.reps)
            if not answered and all(status is not None and status.all_synced for status in statuses):
                return

    def answer_all(self, rep: Rep, number: int) -> bool:
        """A rep answers what is open: at first for the own value, then for the other.

        By turns alone, a change that the CRM refuses in every third round would be sent again for ever.
        """
        asking = rep.ops(*ASKS_REP)
        for op in asking:
            now = rep.world.op(op.id)
            if now.state in ASKS_REP:
                asked = rep.question(now)
                rep.asked[asked] = rep.asked.get(asked, 0) + 1
                rep.answer(now, ("mine", "theirs", "drop")[number % 3] if rep.asked[asked] <= CALM else "drop")
        return rep.answer_notices() or bool(asking)

    def rounds(self, count: int) -> list[SyncStatus | None]:
        """Everybody syncs so often; the last statuses."""
        for _ in range(count):
            self.office.now += 1000
            statuses = self.all_sync()
        return statuses

    def all_sync(self) -> list[SyncStatus | None]:
        """One cycle of each, so far apart that none finds the other's requests in the CRM's account."""
        statuses = []
        for rep in self.reps:
            self.office.now += 30
            statuses.append(rep.cycle())
        return statuses
