"""A session that ends by itself is renewed without a word; one that was ended by somebody is said so at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from companion.connectors.base import Applied, Connector, SignInNeeded
from companion.domain.records import Kind
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import EVERYTHING, Book, drain
from tests.connectors.contract.ops import push_one
from tests.connectors.contract.part import Part

AT_ONCE = 8


class SignIn(Part):
    """Renewed once by whoever comes first."""

    def test_a_session_that_ended_is_renewed_in_the_middle_of_the_work(self, bench: WholeBench) -> None:
        self.need(bench, "expire")
        connector = bench.connector(page=4)
        whole = set(connector.ids(Kind.PERSON, EVERYTHING))
        first = connector.pull(Kind.PERSON, EVERYTHING, None)
        bench.expire()
        rest = drain(connector, Kind.PERSON, first.cursor)
        assert {each.remote_id for each in first.upserts} | set(rest.upserts) == whole
        bench.expire()
        one = self.sample(bench, Kind.COMPANY)
        before = set(bench.connector().ids(Kind.COMPANY, EVERYTHING))
        bench.expire()
        made = push_one(connector, one, Applied)
        bench.settle()
        assert set(connector.ids(Kind.COMPANY, EVERYTHING)) - before == {made.remote_id}

    def test_many_who_find_the_session_ended_at_once_renew_it_once(self, bench: WholeBench) -> None:
        self.need(bench, "expire", "renewals")
        connectors = [bench.connector(page=4) for _ in range(AT_ONCE)]
        for connector in connectors:
            connector.describe()
        whole = set(connectors[0].ids(Kind.PERSON, EVERYTHING))
        before = bench.renewals
        bench.expire()
        together = Barrier(AT_ONCE)

        def read(connector: Connector) -> Book:
            together.wait(10)
            return drain(connector, Kind.PERSON)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            books = list(pool.map(read, connectors))
        assert all(set(book.upserts) == whole for book in books)
        assert bench.renewals == before + 1

    def test_a_sign_in_that_was_revoked_is_asked_for_and_nothing_is_lost(self, bench: WholeBench) -> None:
        self.need(bench, "revoke")
        connector, fresh = bench.connector(page=4), bench.connector()
        one = self.sample(bench, Kind.COMPANY)
        first = connector.pull(Kind.PERSON, EVERYTHING, None)
        bench.revoke()
        with pytest.raises(SignInNeeded):
            connector.pull(Kind.PERSON, EVERYTHING, first.cursor)
        with pytest.raises(SignInNeeded):
            list(connector.ids(Kind.PERSON, EVERYTHING))
        with pytest.raises(SignInNeeded):
            connector.fetch(Kind.PERSON, [each.remote_id for each in first.upserts])
        with pytest.raises(SignInNeeded):
            connector.push([one])
        with pytest.raises(SignInNeeded):
            connector.find_by_op(one)
        with pytest.raises(SignInNeeded):
            fresh.describe()
