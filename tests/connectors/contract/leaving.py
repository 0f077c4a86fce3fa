"""What leaves the book, and what comes back: no ghosts."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Conflict, Finds, Rejected, Scope, ScopeDenied
from companion.domain.records import Gone, Kind
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.mirror import EVERYTHING, Book, drain, synced
from tests.connectors.contract.ops import op, push_one
from tests.connectors.contract.part import Part


class Leaving(Part):
    """Moved away, forbidden, merged, archived, deleted, brought back."""

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.ACTIVITY])
    def test_what_a_colleague_deletes_leaves_the_book(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        doomed = self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        assert doomed in book.upserts
        bench.colleague.delete(kind, doomed)
        bench.settle()
        facts = connector.describe().kinds[kind]
        if facts.deletes is Finds.SWEEP:
            left = set(connector.ids(kind, EVERYTHING))
            assert set(book.upserts) - left == {doomed}
        else:
            drain(connector, kind, book.cursor, book=book)
            assert book.gone[doomed].why in (Gone.DELETED, Gone.ARCHIVED)
        assert connector.fetch(kind, [doomed]) == []

    def test_the_scope_of_one_user_holds_that_users_deals(self, bench: Bench) -> None:
        connector = bench.connector()
        mine = connector.describe().user_id
        company = self.own(bench, Kind.COMPANY)
        ours = push_one(
            connector, op(Kind.DEAL, fields={"name": "Mine"}, links={"company": company, "owner": mine}), Applied
        )
        bench.settle()
        scoped = drain(connector, Kind.DEAL, scope=Scope(user_id=mine))
        assert ours.remote_id in scoped.upserts
        assert {each.links.get("owner") for each in scoped.upserts.values()} == {mine}
        assert set(scoped.upserts) == set(connector.ids(Kind.DEAL, Scope(user_id=mine)))

    @pytest.mark.parametrize("kind", [Kind.PERSON, Kind.DEAL])
    def test_a_record_that_goes_to_another_owner_leaves_the_scope(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        mine = Scope(user_id=connector.describe().user_id)
        _, person, deal = self.family(bench)
        moved = person if kind is Kind.PERSON else deal
        bench.settle()
        book = synced(connector, kind, Book(), mine)
        assert moved in book.upserts
        self.administer(bench, "move_away", kind, moved)
        bench.settle()
        synced(connector, kind, book, mine)
        assert moved not in book.upserts
        if moved in book.gone:
            assert book.gone[moved].why in (Gone.OUT_OF_SCOPE, Gone.DELETED)

    def test_a_kind_that_the_rep_may_no_longer_see_is_refused_and_never_empty(self, bench: Bench) -> None:
        connector = bench.connector()
        company, _, deal = self.family(bench)
        bench.settle()
        book = drain(connector, Kind.DEAL)
        self.administer(bench, "forbid", Kind.DEAL)
        for each in (connector, bench.connector()):
            for cursor in (None, book.cursor):
                with pytest.raises(ScopeDenied):
                    drain(each, Kind.DEAL, cursor)
            with pytest.raises(ScopeDenied):
                list(each.ids(Kind.DEAL, EVERYTHING))
            result = each.push([op(Kind.DEAL, Action.UPDATE, deal, {"name": "No longer mine"})])[0]
            assert isinstance(result, Rejected | Conflict), result
        fresh = bench.connector()
        told = fresh.describe()
        assert company in drain(fresh, Kind.COMPANY).upserts
        assert Kind.COMPANY in told.kinds
        self.administer(bench, "permit", Kind.DEAL)
        back = bench.connector()
        assert Kind.DEAL in back.describe().kinds
        assert set(synced(back, Kind.DEAL, book).upserts) == set(back.ids(Kind.DEAL, EVERYTHING))
        assert deal in book.upserts

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_a_record_that_was_merged_leaves_and_the_winner_stays(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        loser, winner = self.own(bench, kind), self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        self.administer(bench, "merge", kind, loser, winner)
        bench.settle()
        synced(connector, kind, book)
        assert loser not in book.upserts
        assert winner in book.upserts
        if loser in book.gone and book.gone[loser].why is Gone.MERGED:
            assert book.gone[loser].winner_id == winner
        assert [each.remote_id for each in connector.fetch(kind, [winner])] == [winner]

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_a_record_that_was_archived_leaves_the_book(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        put_away = self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        assert put_away in book.upserts
        self.administer(bench, "archive", kind, put_away)
        bench.settle()
        synced(connector, kind, book)
        assert put_away not in book.upserts
        if put_away in book.gone:
            assert book.gone[put_away].why in (Gone.ARCHIVED, Gone.DELETED)

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_a_record_that_was_deleted_and_brought_back_is_there_again(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        lost = self.own(bench, kind)
        bench.settle()
        book = drain(connector, kind)
        bench.colleague.delete(kind, lost)
        bench.settle()
        synced(connector, kind, book)
        assert lost not in book.upserts
        self.administer(bench, "undelete", kind, lost)
        bench.settle()
        synced(connector, kind, book)
        assert book.upserts[lost].fields["name"]
