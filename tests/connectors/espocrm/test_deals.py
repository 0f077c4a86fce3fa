"""Stages and pipelines of EspoCRM’s versions, and fields of a company’s own."""

from __future__ import annotations

from companion.connectors.base import Action, Applied, Rejected
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.contract import drain, op, push_one
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.fake_tables import enum, text
from tests.connectors.espocrm.look import fetched, row_of, some_deal

# Stages ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pipelines_of_version_ten_are_pipelines_and_their_stages_move_deals(ten: EspoBench) -> None:
    connector = ten.connector()
    stages = drain(connector, Kind.STAGE).upserts
    deal = some_deal(ten)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal.remote_id, links={"stage": "stage-2"}), Applied)

    assert drain(connector, Kind.PIPELINE).upserts["pipe-sales"].fields["name"] == "Sales"
    assert (stages["stage-2"].fields["name"], stages["stage-4"].fields["outcome"]) == ("Proposal!", "won")
    row = row_of(ten, "Opportunity", deal.remote_id)
    assert (row["pipelineStageId"], row["stage"], row["probability"]) == ("stage-2", "Proposal", 50)
    push_one(connector, op(Kind.DEAL, Action.WIN, deal.remote_id), Applied)
    assert row_of(ten, "Opportunity", deal.remote_id)["pipelineStageId"] == "stage-4"


def test_a_deal_from_before_pipelines_were_switched_on_stands_at_the_stage_that_means_its_own(ten: EspoBench) -> None:
    connector, (old, won) = ten.connector(), list(drain(ten.connector(), Kind.DEAL).upserts)[:2]
    for deal, stage in ((old, "Proposal"), (won, "Closed Won")):
        row_of(ten, "Opportunity", deal).update(stage=stage, pipelineId=None, pipelineStageId=None)

    told = fetched(connector, Kind.DEAL, old)

    assert (told.links["stage"], told.links["pipeline"], told.fields["status"]) == ("stage-2", "pipe-sales", "open")
    assert fetched(connector, Kind.DEAL, won).fields["status"] == "won"
    push_one(connector, op(Kind.DEAL, Action.UPDATE, old, links={"stage": "stage-3"}), Applied)
    assert row_of(ten, "Opportunity", old)["pipelineStageId"] == "stage-3"


def test_version_ten_without_pipelines_keeps_the_choice(bench: EspoBench) -> None:
    bench.espo.version = "10.0.0"

    assert drain(bench.connector(), Kind.PIPELINE).upserts.keys() == {"opportunity", "lead"}


def test_a_stage_that_is_gone_is_refused_and_the_deal_is_not_taken_for_deleted(bench: EspoBench) -> None:
    move = op(Kind.DEAL, Action.UPDATE, some_deal(bench).remote_id, links={"stage": "Nowhere"})

    assert push_one(bench.connector(), move, Rejected).problems[0].field == "stage"


def test_a_lost_deal_that_is_opened_again_begins_anew(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench).remote_id
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)

    push_one(connector, op(Kind.DEAL, Action.UPDATE, deal, {"status": "open"}, seen={"status": "lost"}), Applied)

    assert fetched(connector, Kind.DEAL, deal).links["stage"] == "Prospecting"


# Fields of a company's own ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reason_and_words_of_a_loss_go_where_the_team_agreed(bench: EspoBench) -> None:
    fields = bench.espo.entities["Opportunity"].fields
    fields["cReason"], fields["cWhy"] = enum("Price", "Time", isCustom=True), text(isCustom=True)
    agreed = FieldMap({"deal.loss_reason": "cReason", "deal.lost_note": "cWhy"})
    deal = some_deal(bench).remote_id
    row_of(bench, "Opportunity", deal).update(cReason=None, cWhy=None)
    connector = bench.connector(field_map=agreed)
    assert set(drain(connector, Kind.LOSS_REASON).upserts) == {"Price", "Time"}

    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Dear"}, {"loss_reason": "Price"}), Applied)

    row = row_of(bench, "Opportunity", deal)
    assert (row["cReason"], row["cWhy"], row["stage"], row.get("description")) == ("Price", "Dear", "Closed Lost", None)
    told = fetched(connector, Kind.DEAL, deal)
    assert (told.links["loss_reason"], told.fields["lost_note"]) == ("Price", "Dear")


def test_fields_of_the_companys_own_are_offered_shown_and_counted(bench: EspoBench) -> None:
    bench.espo.entities["Account"].fields["cRegion"] = enum("North", "South", isCustom=True)
    firms = list(bench.espo.tables["Account"].values())
    for firm in firms:
        firm["cRegion"] = "North" if firm is not firms[0] and firm is not firms[1] and firm is not firms[2] else None
    connector = bench.connector(field_map=FieldMap(shown={"company": ("cRegion",)}))

    (offered,) = [each for each in connector.schema().fields if each.theirs == "cRegion"]

    assert (offered.name, offered.custom, offered.holds, offered.filled) == ("", True, "choice", 0.75)
    assert offered.choices == ("North", "South")
    assert drain(connector, Kind.COMPANY).upserts[firms[5]["id"]].extra["C region"] == "North"


def test_labels_are_espocrms_own_words(bench: EspoBench) -> None:
    facts = {(each.kind, each.name): each for each in bench.connector().schema().fields}

    assert facts[Kind.DEAL, "close_on"].label == "Close Date"
    assert facts[Kind.COMPANY, "industry"].choices == ("Software", "Banking", "Energy and Water")
    assert not facts[Kind.DEAL, "amount"].required
