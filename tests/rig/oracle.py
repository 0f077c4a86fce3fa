"""The judge: knows what the rep was told is saved and what the rep saw, and compares with the CRM's provenance log.

"Both sides are equal in the end" is no proof: an engine that overwrites blindly ends up equal too. What counts is that
every value of the rep's landed or is shown as undecided, and that every value overwritten by it had been seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Write
from companion.domain.records import Kind, Value

JUDGED = ("name", "amount", "role", "city", "body", "close_on")
"""Fields whose every value in a schedule is written once, so that a value tells who wrote it."""

REP = "U1"
Key = tuple[str, Value]
"""A field's name and a value in it."""


@dataclass
class Oracle:
    """`saved`: what the rep was told is saved. `saw`: by value written, what the rep knew of when writing it.

    `given_up`: values that the rep dropped, undid, or replaced by a newer one.
    """

    crm: DemoCrm
    saved: list[Key] = field(default_factory=list)
    created: list[Key] = field(default_factory=list)
    saw: dict[Key, set[Value]] = field(default_factory=dict)
    given_up: set[Key] = field(default_factory=set)
    _read: int = 0
    _last: dict[tuple[Kind, str, str], Write] = field(default_factory=dict)
    _landed: set[Key] = field(default_factory=set)
    _made: dict[Key, int] = field(default_factory=dict)

    def rep_writes(self, name: str, value: Value, shown: Value, *, new: bool = False) -> None:
        """The rep sets a field while `shown` stands on the screen."""
        key = (name, value)
        self.saved.append(key)
        if new:
            self.created.append(key)
        self.saw.setdefault(key, set()).add(shown)

    def rep_sees(self, name: str, value: Value, theirs: Value) -> None:
        """The rep decides for `value` with `theirs` on the card."""
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

    def read_log(self) -> None:
        """Judges what was written to the CRM since the last look."""
        log = self.crm.log
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
        if write.verb == "create":
            self._made[key] = self._made.get(key, 0) + 1
            assert self._made[key] == 1 or key not in self.created, f"doubled: {key}"
            return
        known = self.saw.get(key, set()) | self._own(write.field)
        assert write.old in known, f"overwritten unseen: {write.field} {write.old!r} by {write.new!r}"

    def _judge_deletion(self, write: Write) -> None:
        """What the rep takes back may hold no colleague's word."""
        for (kind, record_id, name), last in self._last.items():
            if (kind, record_id) == (write.kind, write.id):
                assert last.op_id is not None, f"deleted with a colleague's {name}: {record_id}"

    def _own(self, name: str) -> set[Value]:
        return {value for field_name, value in self.saved if field_name == name}

    def landed(self, key: Key) -> bool:
        """Whether the CRM has had this value from the rep."""
        return key in self._landed

    def lost(self, undecided: set[Key]) -> list[Key]:
        """Values that the rep was told are saved and that are nowhere now."""
        return [
            key
            for key in self.saved
            if key not in self._landed and key not in self.given_up and key not in undecided and not self._there(key)
        ]

    def _there(self, key: Key) -> bool:
        """A colleague may have come to the very same value."""
        name, value = key
        return any(row.fields.get(name) == value for kind in Kind for row in self.crm.rows(kind))
