"""Time: what commits late, a computer whose clock is wrong, and a cursor that has grown old."""

from __future__ import annotations

from itertools import pairwise

import pytest

from companion.connectors.base import Action, Applied, Connector, CursorExpired
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import EVERYTHING, Book, drain, synced
from tests.connectors.contract.ops import AT, op, push_one
from tests.connectors.contract.part import Part

POLL_S = 300.0
HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
LATE = [Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY]


class Late(Part):
    """At least once, whatever the clocks say."""

    @pytest.mark.parametrize("kind", LATE)
    def test_what_commits_late_within_the_overlap_comes_with_the_next_pull(self, bench: WholeBench, kind: Kind) -> None:
        connector = bench.connector()
        overlap = connector.describe().kinds[kind].overlap_s
        self.own(bench, kind)
        bench.settle()
        cursor = drain(connector, kind).cursor
        self.need(bench, "late")
        late = bench.late(kind, overlap * 0.75)
        book = drain(connector, kind, cursor)
        if late not in book.upserts:  # a search may lag besides
            bench.settle()
            drain(connector, kind, book.cursor, book=book)
        assert late in book.upserts

    @pytest.mark.parametrize("kind", LATE)
    def test_what_commits_later_than_the_overlap_comes_within_the_hour(self, bench: WholeBench, kind: Kind) -> None:
        self.need(bench, "now", "late")
        connector = bench.connector()
        overlap = connector.describe().kinds[kind].overlap_s
        began = bench.now
        self.own(bench, kind)
        bench.settle()
        cursor = drain(connector, kind).cursor
        late = bench.late(kind, bench.now - began + overlap + 60)
        book = Book()
        for _ in range(int(HOUR_S / POLL_S) + 4):
            cursor = drain(connector, kind, cursor, book=book).cursor
            if late in book.upserts:
                return
            bench.now += POLL_S
        pytest.fail("an edit that commits as late would never come: look far back once an hour")

    @pytest.mark.parametrize("off", [-DAY_S, DAY_S], ids=["a day behind", "a day ahead"])
    def test_a_computer_whose_clock_is_wrong_loses_and_repeats_nothing(self, bench: WholeBench, off: float) -> None:
        self.need(bench, "pc_clock_off_by")
        kept = {kind: drain(bench.connector(), kind) for kind in LATE}
        bench.pc_clock_off_by(off)
        wrong = bench.connector()
        self._a_colleague_and_the_rep_work(bench, wrong, kept)
        bench.pc_clock_off_by(0)
        self._a_colleague_and_the_rep_work(bench, bench.connector(), kept)
        for kind, book in kept.items():
            assert set(synced(bench.connector(), kind, book).upserts) == set(bench.connector().ids(kind, EVERYTHING))

    def _a_colleague_and_the_rep_work(self, bench: WholeBench, connector: Connector, kept: dict[Kind, Book]) -> None:
        company = self.own(bench, Kind.COMPANY)
        bench.settle()
        bench.colleague.edit(Kind.COMPANY, company, {"name": "Punctual Ltd"})
        fields: dict[str, Value] = {"what": "note", "body": "On time", "at": AT}
        note = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"company": company}), Applied)
        bench.settle()
        before = kept[Kind.COMPANY].pages
        drain(connector, Kind.COMPANY, kept[Kind.COMPANY].cursor, book=kept[Kind.COMPANY])
        drain(connector, Kind.ACTIVITY, kept[Kind.ACTIVITY].cursor, book=kept[Kind.ACTIVITY])
        assert kept[Kind.COMPANY].pages - before < 5, "a window should not become a full pass"
        assert kept[Kind.COMPANY].upserts[company].fields["name"] == "Punctual Ltd"
        assert kept[Kind.ACTIVITY].upserts[note.remote_id].fields["at"] == AT

    @pytest.mark.parametrize("kind", LATE)
    def test_an_old_cursor_brings_everything_or_says_that_it_is_too_old(self, bench: WholeBench, kind: Kind) -> None:
        self.need(bench, "now")
        connector = bench.connector()
        gone, stays = self.own(bench, kind), self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        bench.colleague.delete(kind, gone)
        for days in (1, 20, 370):
            bench.now += days * DAY_S
            new = self.own(bench, kind)
            if kind is not Kind.ACTIVITY:
                bench.colleague.edit(kind, stays, {"name": f"After {days}"})
            bench.settle()
            try:
                synced(bench.connector(), kind, book)
            except CursorExpired:
                book = synced(bench.connector(), kind, Book())
            assert {new, stays} <= set(book.upserts)
            assert gone not in book.upserts
            if kind is not Kind.ACTIVITY:
                assert book.upserts[stays].fields["name"] == f"After {days}"

    @pytest.mark.parametrize("kind", LATE)
    def test_a_damaged_cursor_begins_a_full_pass_or_says_so(self, bench: WholeBench, kind: Kind) -> None:
        connector = bench.connector(page=5)
        first = connector.pull(kind, EVERYTHING, None)
        whole = set(connector.ids(kind, EVERYTHING))
        damaged = [b"", b"nonsense", b"[]", b"null", b"\xff\xfe", first.cursor[:-2], first.cursor + b"}"]
        for cursor in damaged:
            try:
                assert set(drain(connector, kind, cursor).upserts) == whole
            except CursorExpired:
                continue

    def test_the_cursor_moves_only_with_what_it_stands_for(self, bench: WholeBench) -> None:
        connector = bench.connector(page=4)
        whole = drain(connector, Kind.PERSON)
        for earlier, later in pairwise(whole.cursors):
            assert earlier != later, "a page whose cursor does not advance is read for ever"
        again = bench.connector(page=4).pull(Kind.PERSON, EVERYTHING, whole.cursors[0])
        assert [each.remote_id for each in again.upserts] == whole.by_page[1], "a cursor must not depend on the session"
        one = op(Kind.PERSON, Action.CREATE, fields={"name": "Meanwhile Mia"})
        made = push_one(connector, one, Applied).remote_id
        bench.settle()
        assert made in drain(connector, Kind.PERSON, whole.cursor).upserts
