"""The embedded CRM with its people: what colleagues do to the records, and what an administrator may switch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from companion.connectors.base import Finds
from companion.connectors.demo.fields import Fields
from companion.connectors.demo.rows import Row, Write
from companion.connectors.demo.rules import Rule
from companion.connectors.demo.server import Server
from companion.connectors.demo.truth import By, Truth
from companion.domain.records import LINKS, Gone, Kind, Value

T = TypeVar("T")


class DemoCrm(Server):
    """A small CRM in memory. Colleagues' verbs are believed: they are normalised and logged, but never refused.

    Fields and links go by the same keywords: `crm.edit("U3", Kind.DEAL, "D7", amount=640000, owner="U2")`.
    """

    # What colleagues do ─────────────────────────────────────────────────────────────────────────────────────────────

    def create(self, actor: str, kind: Kind, record_id: str | None = None, /, **fields: Value) -> str:
        """A new record of `actor`'s; returns its id."""
        with self._lock:
            row = Row(kind, record_id or self._truth.new_id(kind), {}, {})
            self._put(None, row, actor, "create", fields)
            return row.id

    def edit(self, actor: str, kind: Kind, record_id: str, /, **fields: Value) -> None:
        """New values for some fields or links. LookupError if the record is gone."""
        with self._lock:
            row = self._living(kind, record_id)
            self._put(row, row, actor, "update", fields)

    def reassign(self, actor: str, kind: Kind, record_id: str, owner: str, /) -> None:
        """Passes a record on to another user; its history is streamed again, to reach the new owner."""
        self.edit(actor, kind, record_id, owner=owner)

    def delete(self, actor: str, kind: Kind, record_id: str, /, *, hard: bool = False) -> None:
        """Moves a record to the recycle bin, or destroys it."""
        with self._lock:
            self._truth.bury(self._living(kind, record_id), Gone.DELETED, By(actor, "delete"), hard=hard)

    def archive(self, actor: str, kind: Kind, record_id: str, /) -> None:
        """Puts a record away without deleting it."""
        with self._lock:
            self._truth.bury(self._living(kind, record_id), Gone.ARCHIVED, By(actor, "archive"))

    def undelete(self, actor: str, kind: Kind, record_id: str, /) -> None:
        """Brings a record back. LookupError if it is not in the recycle bin."""
        with self._lock:
            self._truth.dig_out(self._truth.graves[kind][record_id], By(actor, "undelete"))

    def merge(self, actor: str, kind: Kind, loser: str, winner: str, /) -> None:
        """Merges `loser` into `winner`: empty fields are filled from it, and what hung on it hangs on the winner."""
        with self._lock:
            lost, won = self._living(kind, loser), self._living(kind, winner)
            by = By(actor, "merge")
            filled = {name: value for name, value in lost.fields.items() if won.fields.get(name) in (None, "")}
            self._truth.commit(replace(won, fields={**won.fields, **filled}, stamp=self._truth.stamp()), by)
            for row, names in self._truth.linked_to(kind, loser):
                links = {**row.links, **dict.fromkeys(names, winner)}
                self._truth.commit(replace(row, links=links, stamp=self._truth.stamp()), by)
            self._truth.bury(lost, Gone.MERGED, by, winner=winner)

    # What an administrator does ─────────────────────────────────────────────────────────────────────────────────────

    def switch(self, **switches: Any) -> None:
        """Turns some of the switches, by their names in `DemoSwitches`."""
        with self._lock:
            self.switches = replace(self.switches, **switches)
            self._truth.precision_s, self._truth.ids = self.switches.precision_s, self.switches.ids

    def add_rule(self, rule: Rule) -> None:
        """A further validation rule, from now on."""
        self._rules.append(rule)

    def drop_rule(self, rule: Rule) -> None:
        """A rule is no more."""
        self._rules.remove(rule)

    def hide(self, user: str, kind: Kind, record_id: str) -> None:
        """Takes away `user`'s right to see one record; a CRM that streams what left tells so."""
        with self._lock:
            self._truth.hidden.add((user, kind, record_id))
            self._tell(kind, record_id)

    def show(self, user: str, kind: Kind, record_id: str) -> None:
        """Lets `user` see one record again; as in real CRMs its modstamp stays."""
        with self._lock:
            self._truth.hidden.discard((user, kind, record_id))
            self._tell(kind, record_id)

    def forbid(self, user: str, kind: Kind) -> None:
        """Takes away `user`'s right to read and write a whole kind."""
        self._forbidden.add((user, kind))

    def allow(self, user: str, kind: Kind) -> None:
        """Gives the right back."""
        self._forbidden.discard((user, kind))

    def maintenance(self, on: bool) -> None:
        """While it is on, everything can be read and nothing changed (503)."""
        self._maintained = on

    def burn(self, requests: int) -> None:
        """Others use up so many requests of this window and this day."""
        with self._lock:
            now = self.clock()
            self._window_began, self._used = now, self._used + requests
            if self.switches.daily_requests:
                self._day, self._used_today = now // 86_400.0, self._used_today + requests

    def issue_token(self, user: str) -> str:
        """The refresh token of a user who has just signed in by hand."""
        with self._lock:
            return self._tokens.issue(user)

    def expire_access(self, user: str) -> None:
        """Ends what a user's computers work with; each gets another by its refresh token."""
        with self._lock:
            self._tokens.expire(user)

    def revoke_tokens(self, user: str) -> None:
        """Signs a user out everywhere."""
        with self._lock:
            self._tokens.revoke(user)

    def retire_field(self, kind: Kind, name: str, *, on: bool = True) -> None:
        """A field is no more, or comes back with the values that it had."""
        _put(self.fields.retired, (kind, name), on)

    def require_field(self, kind: Kind, name: str, *, on: bool = True) -> None:
        """A field must be filled in from now on, or need not be any more."""
        _put(self.fields.required, (kind, name), on)

    def retype_field(self, kind: Kind, name: str, *, on: bool = True) -> None:
        """A field holds texts from now on; or what it held before."""
        _put(self.fields.retyped, (kind, name), on)

    def hide_field(self, user: str, kind: Kind, name: str, *, on: bool = True) -> None:
        """Takes away `user`'s right to read a field, or gives it back; as in real CRMs no modstamp changes."""
        _put(self.fields.hidden, (user, kind, name), on)

    def set_read_only(self, user: str, kind: Kind, name: str, *, on: bool = True) -> None:
        """Takes away `user`'s right to change a field, or gives it back."""
        _put(self.fields.frozen, (user, kind, name), on)

    def retire_choice(self, kind: Kind, name: str, choice: Value, *, on: bool = True) -> None:
        """A value of a field can no longer be chosen; records that have it keep it."""
        _put(self.fields.choices_gone, (kind, name, choice), on)

    def grant_everything(self) -> None:
        """All fields are there again, free to be read and written."""
        self.fields = Fields()

    def sign_out(self, user: str) -> None:
        """Ends the session of `user`: every request is answered 401."""
        self._signed_out.add(user)

    def sign_in(self, user: str) -> None:
        """Begins the session again."""
        self._signed_out.discard(user)

    # What only a test may know ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def log(self) -> list[Write]:
        """The provenance log: each value that anybody wrote, in the order of commits."""
        return self._truth.log

    def next_id(self, kind: Kind) -> str:
        """An id that no record has."""
        return self._truth.new_id(kind)

    def load(self, rows: Iterable[Row]) -> None:
        """Fills the CRM as from a backup: nothing is checked, triggered or logged."""
        with self._lock:
            self._truth.load(rows)

    def row(self, kind: Kind, record_id: str) -> Row | None:
        """The record as it is committed now, whoever may see it."""
        with self._lock:
            self._truth.settle()
            return self._truth.look(kind, record_id)

    def rows(self, kind: Kind) -> list[Row]:
        """All living records of a kind in the order of commits."""
        with self._lock:
            self._truth.settle()
            return list(self._truth.rows[kind].values())

    def rewind(self, truth: Truth) -> None:
        """Goes back to a `snapshot`, as after a restored backup. The provenance log, which only tests read, goes on."""
        with self._lock:
            known = self._truth.log
            self._truth = truth
            if known[: len(truth.log)] == truth.log:
                truth.log = known
            self._remembered = {}

    def snapshot(self) -> Truth:
        """A copy of all that the CRM knows now."""
        with self._lock:
            return self._truth.copy()

    def _living(self, kind: Kind, record_id: str) -> Row:
        row = self._truth.find(kind, record_id)
        if row is None:
            raise LookupError(f"no {kind} {record_id}")
        return row

    def _put(self, before: Row | None, row: Row, actor: str, verb: str, values: dict[str, Value]) -> None:
        links = {
            name: None if value is None else str(value) for name, value in values.items() if name in LINKS[row.kind]
        }
        after = self.derived(before, row, {name: value for name, value in values.items() if name not in links}, links)
        self._writes += 1
        late = self.switches.late_every
        if late and self._writes % late == 0:
            self._truth.commit_late(after, By(actor, verb), self.switches.late_commit_s)
        else:
            self._truth.commit(after, By(actor, verb))

    def _tell(self, kind: Kind, record_id: str) -> None:
        row = self._truth.look(kind, record_id)
        if row is not None and self.switches.deletes is Finds.IN_STREAM:
            self._truth.touch(row)


def _put(those: set[T], one: T, on: bool) -> None:
    if on:
        those.add(one)
    else:
        those.discard(one)
