"""What the CRM will not take, in its own words."""

from __future__ import annotations

from typing import ClassVar

from companion.connectors.base import Action, Applied, Rejected
from companion.domain.records import Kind, Value
from tests.connectors.contract.bench import WholeBench
from tests.connectors.contract.mirror import EVERYTHING, drain
from tests.connectors.contract.ops import op, push_one
from tests.connectors.contract.part import Part


class Refusals(Part):
    """Validation, duplicates, choices, stages and rights to fields."""

    DEMANDED: ClassVar[tuple[Kind, str, Value]] = (Kind.DEAL, "amount", 50_000)
    """The deal's field that `require_at_stage` demands, and a value that will do."""

    FORBIDDEN: ClassVar[tuple[Kind, str, Value]] = (Kind.COMPANY, "city", "Bruges")
    """The field that `forbid_field` closes, and a value that would do otherwise."""

    def test_a_refused_op_brings_the_crms_own_words(self, bench: WholeBench) -> None:
        refused = self.given(bench, "refused")
        result = push_one(bench.connector(), refused, Rejected)
        assert result.problems
        assert all(problem.words.strip() and "Traceback" not in problem.words for problem in result.problems)

    def test_a_duplicate_is_refused_and_names_what_is_there(self, bench: WholeBench) -> None:
        connector = bench.connector()
        twin = self.given(bench, "duplicate")
        bench.settle()
        before = set(connector.ids(twin.kind, EVERYTHING))
        result = push_one(connector, twin, Rejected)
        existing = next((problem.existing_id for problem in result.problems if problem.existing_id), None)
        assert existing in before, result
        assert all(problem.words.strip() for problem in result.problems)
        assert connector.fetch(twin.kind, [existing or ""])[0].remote_id == existing
        bench.settle()
        assert set(connector.ids(twin.kind, EVERYTHING)) == before
        assert connector.find_by_op(twin) is None, "what was refused was not created"

    def test_a_choice_that_another_field_rules_out_is_refused_in_words(self, bench: WholeBench) -> None:
        connector = bench.connector()
        result = push_one(connector, self.given(bench, "dependent"), Rejected)
        assert all(problem.words.strip() and "Traceback" not in problem.words for problem in result.problems)

    def test_a_field_that_a_stage_demands_is_named(self, bench: WholeBench) -> None:
        if "require_at_stage" in self.CANT:
            self.cannot("require_at_stage")
        connector = bench.connector()
        kind, ours, value = self.DEMANDED
        _, _, deal = self.family(bench)
        push_one(connector, op(kind, Action.UPDATE, deal, {ours: None}), Applied)
        (before,) = connector.fetch(kind, [deal])
        stage = next(
            each.remote_id
            for each in drain(connector, Kind.STAGE).upserts.values()
            if each.fields["outcome"] == "open" and each.remote_id != before.links["stage"]
        )
        self.administer(bench, "require_at_stage", ours, stage)
        result = push_one(connector, op(kind, Action.UPDATE, deal, links={"stage": stage}), Rejected)
        assert any(problem.field == ours for problem in result.problems), result
        assert all(problem.words.strip() for problem in result.problems)
        (unmoved,) = connector.fetch(kind, [deal])
        assert unmoved.links["stage"] == before.links["stage"]
        push_one(connector, op(kind, Action.UPDATE, deal, {ours: value}, {"stage": stage}), Applied)
        assert connector.fetch(kind, [deal])[0].links["stage"] == stage

    def test_a_field_that_the_rep_may_not_write_is_refused_and_the_others_are_written(self, bench: WholeBench) -> None:
        connector = bench.connector()
        kind, ours, value = self.FORBIDDEN
        remote_id = self.own(bench, kind)
        (before,) = connector.fetch(kind, [remote_id])
        self.administer(bench, "forbid_field", kind, ours)
        for each in (connector, bench.connector()):
            result = push_one(each, op(kind, Action.UPDATE, remote_id, {ours: value}), Rejected)
            assert all(problem.words.strip() and "Traceback" not in problem.words for problem in result.problems)
            assert {problem.field for problem in result.problems} <= {ours, None}
            (after,) = each.fetch(kind, [remote_id])
            assert after.fields.get(ours) == before.fields.get(ours)
        push_one(connector, op(kind, Action.UPDATE, remote_id, {"name": "Still free"}), Applied)
        told = {facts.name: facts for facts in bench.connector().schema().fields if facts.kind is kind}
        assert ours not in told or not told[ours].writable or not bench.connector().schema().rules_complete
