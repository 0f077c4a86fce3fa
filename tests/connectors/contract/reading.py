"""Pulling what is there and what changed, page by page."""

from __future__ import annotations

from typing import ClassVar

import pytest

from companion.domain.records import Kind
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import BOOK, EVERYTHING, Book, drain
from tests.connectors.contract.part import Part


class Reading(Part):
    """Resumable, at least once."""

    TIES: ClassVar = (500, 200)
    """So many rows get one stamp, and are read in pages of so many; fewer where the CRM is slow."""

    def test_the_first_page_of_a_full_pass_says_so(self, bench: WholeBench) -> None:
        connector = bench.connector(page=3)
        first = connector.pull(Kind.COMPANY, EVERYTHING, None)
        assert first.reset
        assert not connector.pull(Kind.COMPANY, EVERYTHING, first.cursor).reset

    @pytest.mark.parametrize(
        ("kind", "name", "value"),
        [
            (Kind.COMPANY, "name", "Renamed Ltd"),
            (Kind.PERSON, "name", "Renamed Person"),
            (Kind.DEAL, "name", "New name"),
        ],
    )
    def test_what_a_colleague_changes_comes_with_the_next_pull(
        self, bench: WholeBench, kind: Kind, name: str, value: str
    ) -> None:
        connector = bench.connector()
        before = drain(connector, kind)
        changed = self.own(bench, kind)
        bench.settle()
        before = drain(connector, kind, before.cursor)
        bench.colleague.edit(kind, changed, {name: value})
        bench.settle()
        after = drain(connector, kind, before.cursor)
        assert after.upserts[changed].fields[name] == value
        assert after.upserts[changed].version != before.upserts[changed].version
        assert connector.fetch(kind, [changed])[0] == after.upserts[changed]

    def test_what_changes_between_two_pages_is_not_lost(self, bench: WholeBench) -> None:
        connector = bench.connector(page=3)
        early, late = self.own(bench, Kind.COMPANY), self.own(bench, Kind.COMPANY)
        bench.settle()
        page = connector.pull(Kind.COMPANY, EVERYTHING, None)
        book = Book(upserts={each.remote_id: each for each in page.upserts})
        for remote_id in (early, late, next(iter(book.upserts))):
            bench.colleague.edit(Kind.COMPANY, remote_id, {"name": f"Moved {remote_id}"})
        drain(connector, Kind.COMPANY, page.cursor, book=book)
        bench.settle()
        drain(connector, Kind.COMPANY, book.cursor, book=book)
        for remote_id in (early, late):
            assert book.upserts[remote_id].fields["name"] == f"Moved {remote_id}"
        assert sum(str(each.fields["name"]).startswith("Moved ") for each in book.upserts.values()) == 3

    def test_a_pull_with_nothing_new_ends_and_keeps_its_place(self, bench: WholeBench) -> None:
        connector = bench.connector()
        book = drain(connector, Kind.DEAL)
        again = drain(connector, Kind.DEAL, book.cursor)
        for remote_id, upsert in again.upserts.items():
            assert upsert == book.upserts[remote_id], "read again behind the cursor, but not the same"
        third = drain(connector, Kind.DEAL, again.cursor)
        assert set(third.upserts) <= set(book.upserts)

    @pytest.mark.parametrize("kind", BOOK)
    def test_a_pull_may_stop_after_any_page_and_go_on_with_another_connector(
        self, bench: WholeBench, kind: Kind
    ) -> None:
        connector = bench.connector()
        total = len(set(connector.ids(kind, EVERYTHING)))
        small = max(3, total // 4)
        paged = bench.connector(page=small)
        whole = drain(paged, kind)
        assert len(whole.upserts) == total
        assert whole.pages >= total // paged.describe().kinds[kind].page
        for stop in sorted({1, 2, whole.pages // 2, whole.pages - 1} & set(range(1, whole.pages))):
            rest = drain(bench.connector(page=small), kind, whole.cursors[stop - 1])
            before = {remote_id for page in whole.by_page[:stop] for remote_id in page}
            assert before | set(rest.upserts) == set(whole.upserts), f"stopped after page {stop}"

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON])
    def test_many_records_with_one_stamp_all_come(self, bench: WholeBench, kind: Kind) -> None:
        before = drain(bench.connector(), kind)
        made = bench.colleague.burst(kind, [f"Tied {number}" for number in range(25)])
        assert len(set(made)) == 25
        bench.settle()
        after = drain(bench.connector(page=4), kind, before.cursor)
        assert set(made) <= set(after.upserts)

    # Many with one stamp ─────────────────────────────────────────────────────────────────────────────────────────────

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON])
    def test_more_rows_with_one_stamp_than_two_pages_hold_all_come(self, bench: WholeBench, kind: Kind) -> None:
        rows, page = self.TIES
        assert rows > 2 * page
        before = drain(bench.connector(), kind)
        made = set(bench.colleague.burst(kind, [f"Tied {number}" for number in range(rows)]))
        bench.settle()
        window = drain(bench.connector(page=page), kind, before.cursor)
        assert made <= set(window.upserts)
        full = drain(bench.connector(page=page), kind)
        assert set(full.upserts) == set(before.upserts) | made

    def test_a_window_may_stop_after_any_page_and_go_on_with_another_connector(self, bench: WholeBench) -> None:
        before = drain(bench.connector(), Kind.COMPANY)
        made = set(bench.colleague.burst(Kind.COMPANY, [f"Tied {number}" for number in range(13)]))
        bench.settle()
        whole = drain(bench.connector(page=4), Kind.COMPANY, before.cursor)
        assert whole.pages >= 3
        for stop in range(1, whole.pages):
            read = {remote_id for page in whole.by_page[:stop] for remote_id in page}
            # Elsewhere the rest may come in larger pages: a connector that looks back a day reads it over and over.
            at_them = made & {*whole.by_page[stop - 1], *whole.by_page[stop]}
            rest = drain(bench.connector(page=4 if at_them else None), Kind.COMPANY, whole.cursors[stop - 1])
            assert made <= read | set(rest.upserts), f"stopped after page {stop}"

    def test_more_rows_with_one_stamp_than_a_search_gives_at_all_come(self, bench: WholeBench) -> None:
        self.need(bench, "result_cap")
        rows = int(bench.result_cap or 0) + 7
        page = max(3, rows // 7)
        before = drain(bench.connector(page=page), Kind.PERSON)
        made = set(bench.colleague.burst(Kind.PERSON, [f"Tied {number}" for number in range(rows)]))
        bench.settle()
        window = drain(bench.connector(page=page), Kind.PERSON, before.cursor)
        assert made <= set(window.upserts)
        assert set(drain(bench.connector(page=page), Kind.PERSON).upserts) == set(before.upserts) | made
