"""The judge: knows what the reps were told is saved and what they saw, and compares with the CRM's provenance log.

"Both sides are equal in the end" is no proof: an engine that overwrites blindly ends up equal too. What counts is that
every value of a rep's landed or is shown as undecided, and that every value it overwrote had been seen by that rep.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Write
from companion.domain.records import LINKS, Kind, Value
from tests.rig.tally import Harm, Harmed

JUDGED = frozenset({"name", "amount", "role", "city", "body", "close_on"})
"""Fields whose every value in a schedule is written once, so that a value tells who wrote it."""

Key = tuple[str, Value]
"""A field's name and a value in it."""


def ensure(whole: object, harm: Harm, message: str) -> None:
    """Raises Harmed where something is not as it must be."""
    if not whole:
        raise Harmed(harm, message)


@dataclass
class Oracle:
    """`saved`: what a rep was told is saved, and which rep. `saw`: by value written, what its rep knew when writing it.

    `given_up`: values that a rep dropped, undid, or replaced by a newer one. `whose`: which rep made an id. `hung`: the
    links of what a rep made. `looked_at`: records that a rep wants deleted, having been told that others changed them.
    `shown`: what stood on the screen of a record, by its creation, when its rep took it back.
    """

    crm: DemoCrm
    saved: dict[Key, int] = field(default_factory=dict)
    created: set[Key] = field(default_factory=set)
    saw: dict[Key, set[Value]] = field(default_factory=dict)
    given_up: set[Key] = field(default_factory=set)
    whose: dict[str, int] = field(default_factory=dict)
    hung: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    shown: dict[str, dict[str, Value]] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)
    _own: dict[tuple[int, str], set[Value]] = field(default_factory=dict)
    _open: dict[Key, None] = field(default_factory=dict)
    _read: int = 0
    _last: dict[tuple[Kind, str, str], Write] = field(default_factory=dict)
    _landed: set[Key] = field(default_factory=set)
    _made: dict[Key, int] = field(default_factory=dict)
    _creation: dict[tuple[Kind, str], str] = field(default_factory=dict)
    _undone: list[tuple[int, int]] = field(default_factory=list)

    def rep_writes(self, rep: int, name: str, value: Value, shown: Value, *, new: bool = False) -> None:
        """A rep sets a field while `shown` stands on the screen."""
        key = (name, value)
        self.saved[key] = rep
        self._open[key] = None
        self._own.setdefault((rep, name), set()).add(value)
        if new:
            self.created.add(key)
        self.saw.setdefault(key, set()).add(shown)

    def rep_fills_in(self, rep: int, name: str, value: Value) -> None:
        """A rep types a value for all records that lack it: the rep's own, which harms nobody where it is replaced."""
        self._own.setdefault((rep, name), set()).add(value)

    def rep_sees(self, name: str, value: Value, theirs: Value) -> None:
        """A rep decides for `value` with `theirs` on the card."""
        self.saw.setdefault((name, value), set()).add(theirs)

    def never_was(self, name: str, value: Value) -> None:
        """A value was taken back before it left: what was written over it follows what was there before."""
        before = self.saw.get((name, value), set())
        for (other, _), seen in self.saw.items():
            if other == name and value in seen:
                seen |= before

    def gives_up(self, name: str, value: Value) -> None:
        """The rep does not want this value any more."""
        self.given_up.add((name, value))

    def wants_again(self, rep: int, name: str, value: Value, shown: Value, *, new: bool = False) -> None:
        """A rep does again what was undone, while `shown` stands on the screen; a record may be made anew for it."""
        key = (name, value)
        self.given_up.discard(key)
        self.saw.setdefault(key, set()).add(shown)
        self.saved[key] = rep
        if key not in self._landed:
            self._open[key] = None
        if new and not self._there(key):
            self._made.pop(key, None)

    def restored(self, rep: int, undecided: Collection[Key]) -> None:
        """A rep's profile is an older one again: what it does not have any more is nobody's promise."""
        for key, writer in self.saved.items():
            if writer == rep and key not in undecided:
                self.given_up.add(key)

    def rewound(self, length: int) -> None:
        """The CRM is as it was when its log had this length: what landed since may be gone, and may land again.

        The log goes on; what an earlier setting back undid, before the copy was made, is not in the copy either.
        """
        self.read_log()
        self._last.clear()
        undone = {number for begin, end in self._undone for number in range(begin, min(end, length))}
        left = [write for number, write in enumerate(self.crm.log[:length]) if number not in undone]
        self._undone.append((length, len(self.crm.log)))
        for write in left:
            if write.field:
                self._last[(write.kind, write.id, write.field)] = write
        kept = {(write.field, write.new) for write in left}
        self._made = {key: times for key, times in self._made.items() if key in kept}

    def read_log(self) -> None:
        """Judges what was written to the CRM since the last look."""
        log = self.crm.log
        if len(log) == self._read:
            return
        for write in log[self._read :]:
            if write.verb == "delete" and write.op_id is not None:
                self._judge_deletion(write)
            elif write.field in JUDGED:
                self._judge(write)
            if write.field:
                self._last[(write.kind, write.id, write.field)] = write
        self._read = len(log)

    def _judge(self, write: Write) -> None:
        key = (write.field, write.new)
        if write.op_id is None:
            return
        self._landed.add(key)
        self._open.pop(key, None)
        if write.verb == "create":
            self._creation[write.kind, write.id] = write.op_id
            self._made[key] = self._made.get(key, 0) + 1
            row = self.crm.row(write.kind, write.id)
            loose = [name for name in self.hung.get(key, ()) if row is not None and not row.links.get(name)]
            ensure(not loose, Harm.LOST, f"{key} hangs on nothing: {loose} lost")
            ensure(self._made[key] == 1 or key not in self.created, Harm.DOUBLED, f"doubled: {key}")
            return
        rep = self.whose.get(write.op_id, 0)
        known = self.saw.get(key, set()) | self._own.get((rep, write.field), set())
        words = f"overwritten unseen: {write.field} {write.old!r} by {write.new!r}"
        # Nobody here empties a field: where nothing stood, nothing is lost.
        ensure(write.old is None or write.old in known, Harm.OVERWRITTEN_UNSEEN, words)

    def _judge_deletion(self, write: Write) -> None:
        """What the rep takes back may hold no colleague's word."""
        if write.id in self.looked_at:
            return
        rep = self.whose.get(write.op_id or "", 0)
        shown = self.shown.get(self._creation.get((write.kind, write.id), ""), {})
        for (kind, record_id, name), last in self._last.items():
            if (kind, record_id) == (write.kind, write.id) and name not in LINKS[kind]:
                own = last.op_id is not None and self.whose.get(last.op_id, 0) == rep
                own = own or (name in shown and shown[name] == last.new)
                ensure(own, Harm.OVERWRITTEN_UNSEEN, f"deleted with a colleague's {name}: {record_id}")

    def landed(self, key: Key) -> bool:
        """Whether the CRM has had this value from a rep."""
        return key in self._landed

    def lost(self, undecided: Collection[Key]) -> list[Key]:
        """Values that a rep was told are saved and that are nowhere now."""
        return [key for key in self._open if key not in self.given_up and key not in undecided and not self._there(key)]

    def _there(self, key: Key) -> bool:
        """A colleague may have come to the very same value."""
        name, value = key
        return any(row.fields.get(name) == value for kind in Kind for row in self.crm.rows(kind))
