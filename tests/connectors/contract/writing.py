"""Creating, changing and deleting records."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Identity
from companion.domain.records import Kind
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import BOOK, EVERYTHING, drain
from tests.connectors.contract.ops import op, push_one, sent_before
from tests.connectors.contract.part import Part


class Writing(Part):
    """One answer an op, and only what the op names is changed."""

    @pytest.mark.parametrize("kind", BOOK)
    def test_the_same_create_sent_twice_makes_one_record(self, bench: WholeBench, kind: Kind) -> None:
        connector = bench.connector()
        if connector.describe().kinds[kind].create is Identity.NONE:
            pytest.skip("this CRM can't recognise a second send")
        before = set(connector.ids(kind, EVERYTHING))
        one = self.sample(bench, kind)
        first = push_one(connector, one, Applied)
        second = push_one(bench.connector(), sent_before(one), Applied)
        assert first.remote_id == second.remote_id
        bench.settle()
        assert len(set(connector.ids(kind, EVERYTHING)) - before) == 1
        assert connector.find_by_op(one) == first.remote_id

    @pytest.mark.parametrize("kind", BOOK)
    def test_what_is_created_comes_back_as_it_was_sent(self, bench: WholeBench, kind: Kind) -> None:
        connector = bench.connector()
        cursor = drain(connector, kind).cursor
        one = self.sample(bench, kind)
        made = push_one(connector, one, Applied)
        bench.settle()
        echo = drain(connector, kind, cursor).upserts[made.remote_id]
        for name, value in one.fields.items():
            assert echo.fields[name] == value, name
        for name, remote_id in one.links.items():
            assert echo.links[name] == remote_id, name
        if made.version is not None:
            assert echo.version == made.version, "the echo of our own write must not look like a change"
        if echo.op_id is not None:
            assert echo.op_id == one.id

    def test_an_update_changes_only_what_it_names(self, bench: WholeBench) -> None:
        connector = bench.connector()
        company = self.own(
            bench, Kind.COMPANY, {"name": "Whole & Sons", "city": "Ghent", "email": "hello@whole.example"}
        )
        (before,) = connector.fetch(Kind.COMPANY, [company])
        push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"city": "Bruges"}), Applied)
        (after,) = connector.fetch(Kind.COMPANY, [company])
        assert after.fields == {**before.fields, "city": "Bruges"}
        assert after.links == before.links

    def test_an_emptied_field_is_emptied(self, bench: WholeBench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY, {"name": "Silent Ltd", "email": "hello@silent.example"})
        push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"email": None}), Applied)
        (after,) = connector.fetch(Kind.COMPANY, [company])
        assert not after.fields.get("email")
        assert after.fields["name"] == "Silent Ltd"

    def test_every_op_gets_its_own_answer_in_order(self, bench: WholeBench) -> None:
        connector = bench.connector()
        ops = [self.sample(bench, Kind.COMPANY), self.sample(bench, Kind.PERSON), self.sample(bench, Kind.COMPANY)]
        refused = bench.refused()
        if refused is not None:
            ops.insert(1, refused)
        results = connector.push(ops)
        assert [each.op_id for each in results] == [each.id for each in ops]
        assert [type(each) for each in results if each.op_id != (refused and refused.id)] == [Applied] * 3
        assert connector.push([]) == []

    def test_a_delete_deletes_and_may_be_repeated(self, bench: WholeBench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY)
        gone = op(Kind.COMPANY, Action.DELETE, company)
        push_one(connector, gone, Applied)
        push_one(connector, sent_before(gone), Applied)
        assert company not in set(connector.ids(Kind.COMPANY, EVERYTHING))
