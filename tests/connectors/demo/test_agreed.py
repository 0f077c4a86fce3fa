"""The embedded CRM's further fields as fields of ours."""

from __future__ import annotations

from companion.connectors.base import Action, Applied, Conflict, Scope
from companion.connectors.demo.connector import DemoConnector
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.contract import op
from tests.connectors.demo.bench import NORA, Bench

ASIDE = FieldMap({"deal.lost_note": "Why we lost", "person.best_time": "Ring at"})


def test_what_the_rep_writes_goes_into_the_teams_field_and_comes_back_from_it() -> None:
    bench = Bench()
    agreed = DemoConnector(bench.crm, NORA, field_map=ASIDE)
    deal = bench.crm.create(NORA, Kind.DEAL, name="Fleet", lost_note="as shipped", owner=NORA)

    (answer,) = agreed.push([op(Kind.DEAL, Action.UPDATE, deal, fields={"lost_note": "Too dear", "name": "Vans"})])

    assert isinstance(answer, Applied)
    (plain,) = bench.connector.fetch(Kind.DEAL, [deal])
    assert (plain.fields["lost_note"], plain.fields["name"]) == ("as shipped", "Vans")
    assert plain.extra == {"Why we lost": "Too dear"}
    (told,) = agreed.fetch(Kind.DEAL, [deal])
    assert told.fields["lost_note"] == "Too dear"
    assert [each.fields["lost_note"] for each in agreed.pull(Kind.DEAL, Scope(), None).upserts] == ["Too dear"]
    assert (told.version, plain.version) == (answer.version, answer.version)


def test_somebody_elses_change_of_the_teams_field_is_a_conflict() -> None:
    bench = Bench()
    agreed = DemoConnector(bench.crm, NORA, field_map=ASIDE)
    deal = bench.crm.create(NORA, Kind.DEAL, name="Fleet", owner=NORA)
    agreed.push([op(Kind.DEAL, Action.UPDATE, deal, fields={"lost_note": "Theirs"})])

    mine = op(Kind.DEAL, Action.UPDATE, deal, fields={"lost_note": "Mine"}, seen={"lost_note": None})
    (answer,) = agreed.push([mine])

    assert isinstance(answer, Conflict)
    assert answer.server is not None
    assert answer.server.fields["lost_note"] == "Theirs"


def test_further_fields_are_on_offer_until_they_are_ours() -> None:
    bench = Bench()
    agreed = DemoConnector(bench.crm, NORA, field_map=ASIDE)
    deals = [bench.crm.create(NORA, Kind.DEAL, name=f"Deal {n}", owner=NORA) for n in range(4)]
    agreed.push([op(Kind.DEAL, Action.UPDATE, deals[0], fields={"lost_note": "Too dear"})])

    (offered,) = (each for each in bench.connector.schema().fields if not each.name)
    (ours,) = (each for each in agreed.schema().fields if (each.kind, each.name) == (Kind.DEAL, "lost_note"))

    assert (offered.kind, offered.theirs, offered.custom, offered.filled) == (Kind.DEAL, "Why we lost", True, 0.25)
    assert (ours.theirs, ours.custom) == ("Why we lost", True)
    assert all(each.name for each in agreed.schema().fields)
