"""Two people change one record."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Concurrency, Conflict
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.ops import op, push_one
from tests.connectors.contract.part import Part


class TwoReps(Part):
    """Different fields, then the same field."""

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_an_update_of_what_a_colleague_changed_meanwhile_is_a_conflict(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        facts = connector.describe().kinds[kind]
        if facts.concurrency is Concurrency.NONE:
            pytest.skip("this CRM has no way to tell")
        remote_id = self.own(bench, kind)
        (seen,) = connector.fetch(kind, [remote_id])
        bench.settle()
        bench.colleague.edit(kind, remote_id, {"name": "Theirs"})
        stale = op(kind, Action.UPDATE, remote_id, {"name": "Mine"}, seen={"name": "Before"}, version=seen.version)
        result = push_one(connector, stale, Conflict)
        assert result.server is not None
        assert result.server.fields["name"] == "Theirs"
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Theirs"
        fresh = op(kind, Action.UPDATE, remote_id, {"name": "Mine"}, version=result.server.version)
        push_one(connector, fresh, Applied)
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Mine"

    def test_an_update_of_what_is_gone_is_a_conflict_with_nothing(self, bench: Bench) -> None:
        connector = bench.connector()
        company = self.own(bench, Kind.COMPANY)
        bench.colleague.delete(Kind.COMPANY, company)
        result = push_one(connector, op(Kind.COMPANY, Action.UPDATE, company, {"name": "Too late"}), Conflict)
        assert result.server is None

    @pytest.mark.parametrize(
        ("kind", "ours"),
        [(Kind.COMPANY, {"email": "new@ours.example"}), (Kind.PERSON, {"email": "new@ours.example"}),
         (Kind.DEAL, {"amount": 77_700})],
    )  # fmt: skip
    def test_two_reps_who_change_different_fields_both_keep_theirs(
        self, bench: Bench, kind: Kind, ours: dict[str, Value]
    ) -> None:
        connector = bench.connector()
        remote_id = self.own(bench, kind)
        bench.settle()
        (seen,) = connector.fetch(kind, [remote_id])
        bench.colleague.edit(kind, remote_id, {"name": "Renamed by a colleague"})
        bench.settle()
        before = {name: seen.fields.get(name) for name in ours}
        mine = op(kind, Action.UPDATE, remote_id, ours, seen=before, version=seen.version)
        (result,) = connector.push([mine])
        if isinstance(result, Conflict):
            assert result.server is not None
            assert result.server.fields["name"] == "Renamed by a colleague"
            result = push_one(
                connector, op(kind, Action.UPDATE, remote_id, ours, seen=before, version=result.server.version), Applied
            )
        assert isinstance(result, Applied)
        (after,) = connector.fetch(kind, [remote_id])
        assert {name: after.fields[name] for name in ours} == ours
        assert after.fields["name"] == "Renamed by a colleague"

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL])
    def test_two_reps_who_change_the_same_field_are_shown_the_conflict(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        if connector.describe().kinds[kind].concurrency is Concurrency.NONE:
            pytest.skip("this CRM has no way to tell")
        remote_id = self.own(bench, kind)
        bench.settle()
        (seen,) = connector.fetch(kind, [remote_id])
        bench.colleague.edit(kind, remote_id, {"name": "Theirs"})
        bench.settle()
        mine = op(
            kind, Action.UPDATE, remote_id, {"name": "Mine"}, seen={"name": seen.fields["name"]}, version=seen.version
        )
        result = push_one(connector, mine, Conflict)
        assert result.server is not None
        assert result.server.fields["name"] == "Theirs"
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Theirs"

    @pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.DEAL])
    def test_two_reps_who_make_the_same_change_have_no_conflict(self, bench: Bench, kind: Kind) -> None:
        connector = bench.connector()
        remote_id = self.own(bench, kind)
        bench.settle()
        (seen,) = connector.fetch(kind, [remote_id])
        bench.colleague.edit(kind, remote_id, {"name": "Agreed"})
        bench.settle()
        mine = op(
            kind, Action.UPDATE, remote_id, {"name": "Agreed"}, seen={"name": seen.fields["name"]}, version=seen.version
        )
        (result,) = connector.push([mine])
        assert isinstance(result, Applied | Conflict), result
        assert connector.fetch(kind, [remote_id])[0].fields["name"] == "Agreed"
