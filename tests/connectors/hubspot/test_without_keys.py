"""An account in which nobody may add our unique property: what was created is known again by what it says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from companion.connectors.base import Applied, Identity, RetryLater, Unreachable
from companion.domain.records import Kind
from tests.connectors.contract import BOOK, WholeBench, op, push_one, sent_before
from tests.connectors.contract.doubt import Doubt
from tests.connectors.hubspot.bench import HubSpotBench
from tests.connectors.hubspot.fake_paths import normal


@pytest.fixture
def bench() -> Iterator[HubSpotBench]:
    """A fresh account, in which the rep's token may not change what an administrator set up."""
    bench = HubSpotBench(keyed=False)
    yield bench
    bench.close()


class TestWithoutKeys(Doubt):
    """What the contract says of a create in doubt, where a search that lags is all there is."""

    @pytest.mark.parametrize("kind", BOOK)
    def test_an_op_that_was_never_sent_is_not_found(self, bench: WholeBench, kind: Kind) -> None:
        one = self.sample(bench, kind)
        bench.settle()
        assert bench.connector().find_by_op(one) is None

    @pytest.mark.parametrize("kind", BOOK)
    def test_a_second_send_waits_until_the_search_knows_of_the_first(self, bench: WholeBench, kind: Kind) -> None:
        connector = bench.connector()
        one = self.sample(bench, kind)
        first = push_one(connector, one, Applied)
        again = replace(sent_before(one), first_sent_at=int(bench.now))
        push_one(connector, again, RetryLater)
        bench.settle()
        assert push_one(connector, again, Applied).remote_id == first.remote_id


def test_it_is_told_with_what_an_administrator_can_do(bench: HubSpotBench) -> None:
    told = bench.connector().describe()
    assert {told.kinds[kind].create for kind in BOOK} == {Identity.MARKER}
    assert any("companion_op_id" in note and "contacts" in note for note in told.notes)


def test_where_the_token_may_the_property_is_made_once() -> None:
    bench = HubSpotBench(keyed=False)
    for key in bench.hubspot.keys.values():
        key.may_make_properties = True
    for _ in range(2):
        told = bench.connector().describe()
        assert {told.kinds[kind].create for kind in BOOK} == {Identity.EXTERNAL_KEY}
        assert not any("companion_op_id" in note for note in told.notes)
    made = [each for each in bench.server.asked if each.method == "POST" and normal(each.path)[0] == "properties"]
    assert len(made) == 8
    assert all(bench.hubspot.records.properties[name]["companion_op_id"].unique for name in ("notes", "contacts"))
    bench.close()


def test_a_record_of_a_colleague_that_says_the_same_but_is_older_is_not_taken_for_ours(bench: HubSpotBench) -> None:
    bench.now -= 3600
    theirs = bench.colleague.create(Kind.COMPANY, {"name": "Twin Ltd"}, {})
    bench.now += 3600
    connector = bench.connector()
    one = op(Kind.COMPANY, fields={"name": "Twin Ltd"})
    bench.settle()
    assert connector.find_by_op(one) is None
    made = push_one(connector, sent_before(one), Applied)
    assert made.remote_id != theirs


def test_nobody_says_that_it_did_not_land_while_the_search_may_not_know(bench: HubSpotBench) -> None:
    one = op(Kind.COMPANY, fields={"name": "Fresh Ltd"}, first_sent_at=int(bench.now))
    with pytest.raises(Unreachable):
        bench.connector().find_by_op(one)
    bench.settle()
    assert bench.connector().find_by_op(one) is None
