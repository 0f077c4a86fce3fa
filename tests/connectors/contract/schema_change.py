"""The CRM's fields change in the middle of a sync: what is there still comes, and what is refused says why."""

from __future__ import annotations

from typing import ClassVar

from companion.connectors.base import Action, Applied, ConnectorError, Rejected
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.mirror import EVERYTHING, Book, drain
from tests.connectors.contract.ops import op, push_one
from tests.connectors.contract.part import Part


class SchemaChange(Part):
    """A field removed, another of another type, a choice retired."""

    DROPPED: ClassVar[tuple[Kind, str]] = (Kind.PERSON, "role")
    RETYPED: ClassVar[tuple[Kind, str]] = (Kind.DEAL, "amount")
    RETIRED: ClassVar[tuple[Kind, str, Value]] = (Kind.PERSON, "consent", "no")
    """What this CRM can lose: a field, a field's type, and a choice of a field."""

    def test_a_field_that_goes_in_the_middle_of_a_pull_takes_no_record_along(self, bench: Bench) -> None:
        kind, ours = self.DROPPED
        book = self._changed_between_pages(bench, "drop_field", kind, ours)
        assert all(each.fields.get("name") for each in book.upserts.values())
        fresh = bench.connector()
        assert set(drain(fresh, kind).upserts) == set(book.upserts)
        schema = fresh.schema()
        told = [each for each in schema.fields if (each.kind, each.name) == (kind, ours) and each.writable]
        assert not told or not schema.rules_complete

    def test_a_field_of_another_type_takes_no_record_along(self, bench: Bench) -> None:
        kind, ours = self.RETYPED
        book = self._changed_between_pages(bench, "retype_field", kind, ours)
        assert all(each.fields.get("name") for each in book.upserts.values())
        for upsert in drain(bench.connector(), kind).upserts.values():
            assert isinstance(upsert.fields.get(ours), str | int | float | bool | None)

    def test_an_update_of_the_other_fields_passes_when_one_is_gone(self, bench: Bench) -> None:
        kind, ours = self.DROPPED
        connector = bench.connector()
        remote_id = self.own(bench, kind)
        connector.fetch(kind, [remote_id])
        self.administer(bench, "drop_field", kind, ours)
        for each in (connector, bench.connector()):
            push_one(each, op(kind, Action.UPDATE, remote_id, {"name": "Still here"}), Applied)
            (result,) = each.push([op(kind, Action.UPDATE, remote_id, {ours: "x"})])
            assert isinstance(result, Rejected), "what has no place any more is refused, not dropped in silence"
            assert all(problem.words.strip() for problem in result.problems)

    def test_a_choice_that_was_retired_is_kept_where_it_is_and_refused_where_it_is_new(self, bench: Bench) -> None:
        if "retire_choice" in self.CANT:
            self.cannot("retire_choice")
        kind, ours, value = self.RETIRED
        connector = bench.connector()
        has, wants = self.own(bench, kind), self.own(bench, kind)
        push_one(connector, op(kind, Action.UPDATE, has, {ours: value}), Applied)
        bench.settle()
        self.administer(bench, "retire_choice", kind, ours, value)
        bench.settle()
        assert drain(bench.connector(), kind).upserts[has].fields[ours] == value
        result = push_one(connector, op(kind, Action.UPDATE, wants, {ours: value}), Rejected)
        assert all(problem.words.strip() for problem in result.problems)
        push_one(connector, op(kind, Action.UPDATE, has, {"name": "Keeps its choice"}), Applied)

    def _changed_between_pages(self, bench: Bench, verb: str, kind: Kind, ours: str) -> Book:
        connector = bench.connector(page=4)
        book = Book()
        page = connector.pull(kind, EVERYTHING, None)
        book.upserts |= {each.remote_id: each for each in page.upserts}
        assert page.more
        self.administer(bench, verb, kind, ours)
        try:
            drain(connector, kind, page.cursor, book=book)
        except ConnectorError:
            # Once it may stumble; the next cycle asks anew what is there.
            connector.describe()
            drain(connector, kind, book.cursor if book.cursors else page.cursor, book=book)
        assert set(book.upserts) == set(connector.ids(kind, EVERYTHING))
        return book
