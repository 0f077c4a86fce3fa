"""What the embedded CRM knows to be so: its records, its recycle bin, and who wrote what when (the provenance log)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import floor

from msgspec import Struct
from msgspec.structs import replace

from companion.connectors.demo.rows import Row, Write
from companion.domain.records import LINKS, Gone, Kind, Value

PREFIX = {
    Kind.USER: "U",
    Kind.PIPELINE: "L",
    Kind.STAGE: "S",
    Kind.LOSS_REASON: "R",
    Kind.COMPANY: "C",
    Kind.PERSON: "P",
    Kind.DEAL: "D",
    Kind.ACTIVITY: "A",
    Kind.ENGAGEMENT: "E",
}


class By(Struct, frozen=True):
    """Who writes: a user's id, the verb, and the op where Companion sent it."""

    actor: str
    verb: str
    op_id: str | None = None


class Truth:
    """Records by kind and id, in the order of their commits. Not thread-safe: the server's lock guards it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.rows: dict[Kind, dict[str, Row]] = {kind: {} for kind in Kind}
        self.graves: dict[Kind, dict[str, Row]] = {kind: {} for kind in Kind}
        # (user, kind, id) of records that a user may not see: rights are restored along with the records.
        self.hidden: set[tuple[str, Kind, str]] = set()
        self.log: list[Write] = []
        self.seq = 0
        self.precision_s = 0.001
        self.ids = "letters"
        self._late: list[tuple[float, Row, By]] = []
        self._by_marker: dict[tuple[Kind, str], str] = {}
        self._numbers = dict.fromkeys(Kind, 1000)

    def new_id(self, kind: Kind) -> str:
        """An id as the CRM numbers them, such as 'P1001'; another kind's may read the same where they are numbers."""
        self._numbers[kind] += 1
        number = self._numbers[kind]
        if self.ids == "numbers":
            return str(number)
        return (
            f"00{PREFIX[kind]}{number * 2654435761 % 2**40:012x}AAA"
            if self.ids == "opaque"
            else f"{PREFIX[kind]}{number}"
        )

    def stamp(self) -> float:
        """Now, as precise as this CRM's modstamps are."""
        return round(floor(self.clock() / self.precision_s + 1e-6) * self.precision_s, 6)

    def find(self, kind: Kind, record_id: str) -> Row | None:
        """The living record, after any transaction that still holds it has committed."""
        self.settle(only=(kind, record_id))
        return self.rows[kind].get(record_id)

    def look(self, kind: Kind, record_id: str) -> Row | None:
        """The living record as it is committed now."""
        return self.rows[kind].get(record_id)

    def survivor(self, kind: Kind, record_id: str) -> str | None:
        """The living record that `record_id` was merged into, through any number of merges; None if there is none."""
        seen = set()
        while record_id not in self.rows[kind]:
            grave = self.graves[kind].get(record_id)
            if grave is None or grave.winner is None or record_id in seen:
                return None
            seen.add(record_id)
            record_id = grave.winner
        return record_id

    def by_marker(self, kind: Kind, marker: str) -> Row | None:
        """The record that the op `marker` made, in the recycle bin too."""
        record_id = self._by_marker.get((kind, marker), "")
        return self.rows[kind].get(record_id) or self.graves[kind].get(record_id)

    def load(self, rows: Iterable[Row]) -> None:
        """Takes records as they are, as from a backup: nothing is logged, checked or triggered."""
        for row in rows:
            self.seq += 1
            self.rows[row.kind][row.id] = replace(row, seq=self.seq, version=self.seq)

    def commit(self, row: Row, by: By) -> Row:
        """Makes `row` the truth, and logs each value that changed."""
        self.seq += 1
        before = self.rows[row.kind].pop(row.id, None)
        now = self.clock()
        made_at = row.made_at or now
        row = replace(row, seq=self.seq, version=self.seq, made_at=made_at, committed_at=now, by=self._name(by.actor))
        self.rows[row.kind][row.id] = row
        if row.marker is not None:
            self._by_marker.setdefault((row.kind, row.marker), row.id)
        for name, old, new in differences(before, row):
            self.log.append(Write(row.seq, now, by.actor, by.verb, row.kind, row.id, name, old, new, by.op_id))
        if before is not None and before.links.get("owner") != row.links.get("owner"):
            self._cascade(row)
        return row

    def commit_late(self, row: Row, by: By, after_s: float) -> None:
        """Stamps `row` now and lets it be seen `after_s` seconds later: a long transaction."""
        self._late.append((self.clock() + after_s, row, by))

    def settle(self, *, only: tuple[Kind, str] | None = None) -> None:
        """Commits the transactions that are due; or the one that holds the record `only`, as a row lock would wait."""
        if not self._late:
            return
        now = self.clock()
        due = [late for late in self._late if (late[0] <= now if only is None else (late[1].kind, late[1].id) == only)]
        self._late = [late for late in self._late if late not in due]
        for _, row, by in due:
            self.commit(row, by)

    def bury(self, row: Row, why: Gone, by: By, *, winner: str | None = None, hard: bool = False) -> None:
        """Takes `row` out; a soft deletion keeps its contents in the recycle bin."""
        self.seq += 1
        self.rows[row.kind].pop(row.id)
        kept = replace(row, fields={}, links={}, people=(), extra={}) if hard else row
        now = self.clock()
        grave = replace(kept, seq=self.seq, stamp=self.stamp(), committed_at=now, gone=why, winner=winner)
        self.graves[row.kind].pop(row.id, None)
        self.graves[row.kind][row.id] = grave
        self.log.append(Write(self.seq, now, by.actor, by.verb, row.kind, row.id, "", None, why.value, by.op_id))

    def dig_out(self, grave: Row, by: By) -> Row:
        """Brings a record back from the recycle bin."""
        self.graves[grave.kind].pop(grave.id)
        return self.commit(replace(grave, gone=None, winner=None, stamp=self.stamp()), by)

    def touch(self, row: Row) -> None:
        """Puts `row` into the stream of changes again though its content is the same."""
        self.seq += 1
        self.rows[row.kind].pop(row.id)
        self.rows[row.kind][row.id] = replace(row, seq=self.seq, stamp=self.stamp(), committed_at=self.clock())

    def linked_to(self, kind: Kind, record_id: str) -> Iterator[tuple[Row, list[str]]]:
        """The records that link to this one, each with the names of the links that do."""
        for other, links in LINKS.items():
            names = [name for name, target in links.items() if target is kind]
            for row in list(self.rows[other].values()) if names else ():
                pointing = [name for name in names if row.links.get(name) == record_id]
                if pointing:
                    yield row, pointing

    def copy(self) -> Truth:
        """The same truth, from now on apart."""
        twin = Truth(self.clock)
        twin.rows = {kind: dict(rows) for kind, rows in self.rows.items()}
        twin.graves = {kind: dict(rows) for kind, rows in self.graves.items()}
        twin.hidden = set(self.hidden)
        twin.log, twin.seq, twin.precision_s, twin.ids = list(self.log), self.seq, self.precision_s, self.ids
        twin._late, twin._by_marker, twin._numbers = list(self._late), dict(self._by_marker), dict(self._numbers)
        return twin

    def _name(self, actor: str) -> str:
        user = self.rows[Kind.USER].get(actor)
        return str(user.fields.get("name") or actor) if user is not None else actor

    def _cascade(self, row: Row) -> None:
        """A new owner gets the history too: what hangs on the record is streamed again."""
        if row.kind not in (Kind.PERSON, Kind.DEAL):
            return
        for other, _ in self.linked_to(row.kind, row.id):
            if other.kind in (Kind.ACTIVITY, Kind.ENGAGEMENT):
                self.touch(other)


def differences(before: Row | None, row: Row) -> Iterator[tuple[str, Value, Value]]:
    """Each field and link whose value is another now: name, old, new."""
    old = {**before.fields, **before.links} if before is not None else {}
    for name, new in {**row.fields, **row.links}.items():
        if old.get(name) != new:
            yield name, old.get(name), new
