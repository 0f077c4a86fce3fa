"""The others in the CRM: a colleague who works on the same records, and an administrator who changes the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from companion.connectors.base import Problem
from companion.connectors.demo.rows import Row
from companion.connectors.demo.rules import Look
from companion.connectors.demo.truth import Truth
from companion.domain.records import Kind, Value
from tests.rig.office import Office
from tests.rig.reps import Target
from tests.sync.world import COLLEAGUE, REP


class Others:
    """A colleague and an administrator. The names of the moves are those of `tests.rig.moves`."""

    def __init__(self, office: Office) -> None:
        self.office, self.crm = office, office.crm
        self.counter = 500_000
        self.demands = False
        self.copied: tuple[Truth, int] | None = None
        self.before_shown: Callable[[], None] = lambda: None
        self.before_rewound: Callable[[], None] = lambda: None
        self.when_rewound: Callable[[int], None] = lambda length: None

    def colleague_edits(self, target: Target) -> None:
        """A colleague changes a field, preferably one that the rep changes too."""
        kind, remote_id, name = target
        if self.there(kind, remote_id):
            self.crm.edit(COLLEAGUE, kind, remote_id, **{name: self.value(name)})

    def colleague_moves_a_deal_on(self, deal: str, stage: str) -> None:
        """A colleague moves a deal to another stage, and the CRM sets what follows from it."""
        if self.there(Kind.DEAL, deal):
            self.crm.edit(COLLEAGUE, Kind.DEAL, deal, stage=stage)

    def colleague_writes_a_note(self, person: str) -> None:
        """A colleague logs something."""
        if self.there(Kind.PERSON, person):
            self.crm.create(COLLEAGUE, Kind.ACTIVITY, what="note", body=self.word(), person=person)

    def colleague_edits_what_a_rep_made(self, which: int) -> None:
        """A colleague adds to a call that the rep logged."""
        rows = self.crm.rows(Kind.ACTIVITY)
        if rows:
            self.crm.edit(COLLEAGUE, Kind.ACTIVITY, rows[which % len(rows)].id, body=self.word())

    def admin_deletes(self, what: tuple[Kind, str | None]) -> None:
        """A record goes to the recycle bin."""
        kind, remote_id = what
        rows = self.crm.rows(kind)
        chosen = remote_id or (rows[0].id if rows else "")
        if self.there(kind, chosen):
            self.crm.delete(COLLEAGUE, kind, chosen)

    def admin_brings_back(self, what: tuple[Kind, str]) -> None:
        """A record comes back from the recycle bin."""
        if not self.there(*what):
            self.crm.undelete(COLLEAGUE, *what)

    def admin_merges(self) -> None:
        """Ben turns out to be Ada."""
        if self.there(Kind.PERSON, "P1") and self.there(Kind.PERSON, "P2"):
            self.crm.merge(COLLEAGUE, Kind.PERSON, "P2", "P1")

    def admin_hides_or_shows(self, shown: bool) -> None:
        """The right to see Cleo ends or begins."""
        (self.crm.show if shown else self.crm.hide)(REP, Kind.PERSON, "P3")

    def admin_passes_on(self, deal: str, owner: str) -> None:
        """A deal gets another owner, and its history is told again."""
        if self.there(Kind.DEAL, deal):
            self.crm.reassign(COLLEAGUE, Kind.DEAL, deal, owner)

    def admin_changes_everything(self) -> None:
        """A bulk update: every company, person and deal is another afterwards."""
        for kind in (Kind.COMPANY, Kind.PERSON, Kind.DEAL):
            for row in self.crm.rows(kind):
                value: dict[str, Value] = {"source" if kind is not Kind.COMPANY else "industry": self.word()}
                if self.there(kind, row.id):
                    self.crm.edit(COLLEAGUE, kind, row.id, **value)

    def admin_demands(self, on: bool) -> None:
        """A new validation rule refuses every second amount; or it is taken back."""
        if on and not self.demands:
            self.crm.add_rule(_even_amount)
        elif not on and self.demands:
            self.crm.drop_rule(_even_amount)
        self.demands = on

    def admin_changes_a_field(self, how: str, field: tuple[Kind, str], on: bool) -> None:
        """A field is hidden from the rep, frozen, retired or demanded; or it is as before."""
        kind, name = field
        if not on and (self.crm.fields.hidden or self.crm.fields.retired):
            self.before_shown()
        if how == "hide":
            self.crm.hide_field(REP, kind, name, on=on)
        elif how == "freeze":
            self.crm.set_read_only(REP, kind, name, on=on)
        elif how == "retire":
            self.crm.retire_field(kind, name, on=on)
        else:
            self.crm.require_field(kind, name, on=on)

    def admin_copies_or_sets_back(self, how: str) -> None:
        """The CRM is copied, and later set back to the copy."""
        if how == "copies":
            self.copied = (self.crm.snapshot(), len(self.crm.log))
        elif self.copied is not None:
            truth, length = self.copied
            self.before_rewound()
            self.crm.rewind(truth.copy())
            self.when_rewound(length)

    def admin_maintains(self, on: bool) -> None:
        """The CRM takes no changes for a while."""
        self.crm.maintenance(on)

    def others_burn_the_quota(self) -> None:
        """Others use up what this window allows."""
        self.crm.burn(1_000_000)

    def relents(self) -> None:
        """All is allowed again."""
        self.admin_demands(False)
        self.crm.maintenance(False)
        if self.crm.fields.hidden or self.crm.fields.retired:
            self.before_shown()
        self.crm.grant_everything()

    def there(self, kind: Kind, remote_id: str) -> bool:
        """Whether the CRM has it."""
        return self.crm.row(kind, remote_id) is not None

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


def _even_amount(row: Row, look: Look) -> Problem | None:
    amount = row.fields.get("amount")
    odd = row.kind is Kind.DEAL and isinstance(amount, int) and amount % 2
    return Problem("An amount must be even", "amount") if odd else None
