"""No definite answer is doubt, and doubt ends with exactly one record."""

from __future__ import annotations

import pytest

from companion.connectors.base import Applied, RetryLater, Unknown, Unreachable
from companion.domain.records import Kind
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import BOOK, EVERYTHING
from tests.connectors.contract.ops import op, op_id, push_one, sent_before
from tests.connectors.contract.part import Part


class Doubt(Part):
    """Honest doubt."""

    @pytest.mark.parametrize("kind", BOOK)
    def test_an_answer_lost_after_the_commit_is_doubt_and_the_record_is_found(
        self, bench: WholeBench, kind: Kind
    ) -> None:
        one = self.sample(bench, kind)
        connector = bench.connector()
        before = set(connector.ids(kind, EVERYTHING))
        self.need(bench, "unlucky")
        unlucky = bench.unlucky()
        if unlucky is None:
            self.cannot("unlucky")
        push_one(unlucky, one, Unknown)
        bench.settle()
        found = connector.find_by_op(one)
        assert found is not None
        assert set(connector.ids(kind, EVERYTHING)) - before == {found}

    @pytest.mark.parametrize("kind", BOOK)
    def test_an_op_that_was_never_sent_is_not_found(self, bench: WholeBench, kind: Kind) -> None:
        assert bench.connector().find_by_op(self.sample(bench, kind)) is None

    @pytest.mark.parametrize("kind", BOOK)
    def test_nobody_says_too_early_that_a_lost_create_did_not_land(self, bench: WholeBench, kind: Kind) -> None:
        self.need(bench, "unlucky")
        unlucky = bench.unlucky()
        if unlucky is None:
            self.cannot("unlucky")
        one = self.sample(bench, kind)
        push_one(unlucky, one, Unknown)
        for connector in (unlucky, bench.connector()):
            try:
                assert connector.find_by_op(one) is not None, "a search that lags is no proof"
            except Unreachable:
                continue
        bench.settle()
        found = bench.connector().find_by_op(one)
        assert found is not None
        assert push_one(bench.connector(), sent_before(one), Applied).remote_id == found

    def test_a_batch_that_is_done_in_part_is_answered_for_each_op(self, bench: WholeBench) -> None:
        self.need(bench, "partial_batches")
        bench.partial_batches()
        self._a_batch_of_creates_ends_well(bench)

    def test_answers_in_another_order_are_given_to_the_right_ops(self, bench: WholeBench) -> None:
        self.need(bench, "shuffled_answers")
        bench.shuffled_answers()
        self._a_batch_of_creates_ends_well(bench)

    def _a_batch_of_creates_ends_well(self, bench: WholeBench) -> None:
        connector = bench.connector()
        before = set(connector.ids(Kind.COMPANY, EVERYTHING))
        waiting = [op(Kind.COMPANY, fields={"name": f"Batch {number} {op_id()[:6]}"}) for number in range(5)]
        names: dict[str, str] = {}
        for attempt in range(10):
            sent = [sent_before(each) for each in waiting] if attempt else waiting
            results = connector.push(sent)
            assert [each.op_id for each in results] == [each.id for each in sent]
            assert all(isinstance(each, Applied | RetryLater | Unknown) for each in results), results
            for one, result in zip(sent, results, strict=True):
                if isinstance(result, Applied):
                    names[result.remote_id] = str(one.fields["name"])
            waiting = [one for one, result in zip(sent, results, strict=True) if not isinstance(result, Applied)]
            bench.settle()
            if not waiting:
                break
        assert not waiting
        assert len(names) == 5
        there = {each.remote_id: each.fields["name"] for each in connector.fetch(Kind.COMPANY, list(names))}
        assert there == names
        assert set(connector.ids(Kind.COMPANY, EVERYTHING)) - before == set(names)
