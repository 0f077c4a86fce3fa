"""How a record that was made here is known again on EspoCRM, which keeps no key: by a mark in its text or a field."""

from __future__ import annotations

from companion.connectors.base import Applied
from companion.domain.records import Kind, Value
from tests.connectors.contract import AT, op, push_one
from tests.connectors.espocrm.bench import EspoBench
from tests.connectors.espocrm.fake_tables import text
from tests.connectors.espocrm.look import fetched, row_of, some_deal


def test_the_mark_is_nothing_that_a_rep_or_a_colleague_reads(bench: EspoBench) -> None:
    made = push_one(bench.connector(), op(Kind.COMPANY, fields={"name": "Marked Ltd"}), Applied)

    upsert = fetched(bench.connector(), Kind.COMPANY, made.remote_id)

    assert row_of(bench, "Account", made.remote_id)["description"].startswith("[companion]: # (")
    assert upsert.extra == {}
    assert upsert.op_id is not None


def test_a_field_of_the_administrators_takes_the_mark_out_of_the_text(bench: EspoBench) -> None:
    for entity in ("Account", "Call"):
        bench.espo.entities[entity].fields["cCompanionOpId"] = text(isCustom=True)
    one = op(Kind.COMPANY, fields={"name": "Marked Ltd"})

    made = push_one(bench.connector(), one, Applied)

    row = row_of(bench, "Account", made.remote_id)
    assert (row["cCompanionOpId"], row.get("description")) == (one.id, None)
    assert bench.connector().find_by_op(one) == made.remote_id
    assert fetched(bench.connector(), Kind.COMPANY, made.remote_id).op_id == one.id


def test_what_a_colleague_writes_below_a_call_of_ours_leaves_its_words_whole(bench: EspoBench) -> None:
    connector, deal = bench.connector(), some_deal(bench)
    fields: dict[str, Value] = {"what": "call", "body": "She agrees.", "outcome": "connected", "at": AT, "done": True}
    made = push_one(connector, op(Kind.ACTIVITY, fields=fields, links={"deal": deal.remote_id}), Applied)
    row = row_of(bench, "Call", made.remote_id)
    bench.espo.act(bench.bo.user, "Call", {"description": row["description"] + "\nSo do I."}, row["id"])

    told = fetched(connector, Kind.ACTIVITY, made.remote_id)

    assert (told.fields["outcome"], str(told.fields["body"])[:11]) == ("connected", "She agrees.")
    assert "So do I." in str(told.fields["body"])
