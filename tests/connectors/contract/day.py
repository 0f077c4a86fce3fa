"""A rep's day: calls, next steps, deals won, lost and moved."""

from __future__ import annotations

from companion.connectors.base import Action, Applied
from companion.domain.records import Kind
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.mirror import EVERYTHING, drain
from tests.connectors.contract.ops import AT, op, push_one, sent_before
from tests.connectors.contract.part import Part


class Day(Part):
    """What reps do all day."""

    def test_a_logged_call_appears_on_the_person_and_the_deal_exactly_once(self, bench: Bench) -> None:
        connector = bench.connector()
        before = drain(connector, Kind.ACTIVITY)
        company, person, deal = self.family(bench)
        call = op(
            Kind.ACTIVITY,
            fields={
                "what": "call",
                "direction": "out",
                "subject": "About the offer",
                "body": "She will ask her board.",
                "at": AT,
                "duration_s": 180,
                "outcome": "connected",
                "done": True,
            },
            links={"person": person, "deal": deal, "company": company},
        )
        made = push_one(connector, call, Applied)
        bench.settle()
        after = drain(connector, Kind.ACTIVITY, before.cursor)
        ours = [each for each in after.upserts.values() if "She will ask her board." in str(each.fields.get("body"))]
        assert [each.remote_id for each in ours] == [made.remote_id]
        assert ours[0].links["person"] == person
        assert ours[0].links["deal"] == deal
        assert ours[0].fields["what"] == "call"
        assert ours[0].fields["at"] == AT

    def test_a_next_step_is_made_and_completed(self, bench: Bench) -> None:
        connector = bench.connector()
        company, person, deal = self.family(bench)
        step = op(
            Kind.ACTIVITY,
            fields={"what": "task", "subject": "Send the offer", "due_on": "2026-12-31", "done": False, "at": AT},
            links={"person": person, "deal": deal, "company": company},
        )
        made = push_one(connector, step, Applied)
        (open_step,) = connector.fetch(Kind.ACTIVITY, [made.remote_id])
        assert open_step.fields["what"] == "task"
        assert open_step.fields["due_on"] == "2026-12-31"
        assert open_step.fields["done"] is False
        cursor = drain(connector, Kind.ACTIVITY).cursor

        done = op(Kind.ACTIVITY, Action.COMPLETE, made.remote_id, {"done": True, "done_at": AT + 3600})
        push_one(connector, done, Applied)
        push_one(connector, sent_before(done), Applied)
        bench.settle()
        closed = drain(connector, Kind.ACTIVITY, cursor).upserts[made.remote_id]
        assert closed.fields["done"] is True
        assert closed.fields["subject"] == "Send the offer"
        assert made.remote_id in set(connector.ids(Kind.ACTIVITY, EVERYTHING))

    def test_a_deal_is_won(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        won = op(Kind.DEAL, Action.WIN, deal)
        push_one(connector, won, Applied)
        push_one(connector, sent_before(won), Applied)
        (after,) = connector.fetch(Kind.DEAL, [deal])
        assert after.fields["status"] == "won"
        bench.settle()
        assert deal in set(connector.ids(Kind.DEAL, EVERYTHING))

    def test_a_deal_is_lost_with_its_reason(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        cursor = drain(connector, Kind.DEAL).cursor
        reason: dict[str, str | None] = {}
        if Kind.LOSS_REASON in connector.describe().kinds:
            reason["loss_reason"] = next(iter(drain(connector, Kind.LOSS_REASON).upserts))
        lost = op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "They chose the cheaper one"}, reason)
        push_one(connector, lost, Applied)
        push_one(connector, sent_before(lost), Applied)
        bench.settle()
        after = drain(connector, Kind.DEAL, cursor).upserts[deal]
        assert after.fields["status"] == "lost"
        if reason:
            assert after.links["loss_reason"] == reason["loss_reason"]
        else:
            assert after.fields["lost_note"] == "They chose the cheaper one"

    def test_a_deal_moves_to_another_stage(self, bench: Bench) -> None:
        connector = bench.connector()
        _, _, deal = self.family(bench)
        (before,) = connector.fetch(Kind.DEAL, [deal])
        stages = drain(connector, Kind.STAGE).upserts.values()
        following = next(
            stage.remote_id
            for stage in sorted(stages, key=lambda stage: int(stage.fields["position"] or 0))
            if stage.fields["outcome"] == "open" and stage.remote_id != before.links["stage"]
        )
        push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, links={"stage": following}), Applied)
        (after,) = connector.fetch(Kind.DEAL, [deal])
        assert after.links["stage"] == following
        assert after.fields["name"] == before.fields["name"]
