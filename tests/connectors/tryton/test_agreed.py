"""What a team agreed on for its Tryton, on a real server: fields taken from elsewhere, shown, and on offer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from companion.connectors.base import Action, Applied, Op, Rejected, Result, Scope, Upsert
from companion.connectors.http import Client
from companion.connectors.tryton import TrytonConnector
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.contract import op
from tests.connectors.tryton.bench import TrytonBench
from tests.connectors.tryton_server import DATABASE, PASSWORD, REP

ASIDE = FieldMap(
    {"deal.lost_note": "reference", "deal.contract_ends_on": "start_date", "person.time_zone": "lang",
     "person.buying_role": "x_gone"},
    shown={"deal": ("converted_by", "start_date"), "person": ("lang",)},
)  # fmt: skip
START = {"__class__": "date", "year": 2027, "month": 1, "day": 31}


@pytest.fixture
def connector(bench: TrytonBench) -> Iterator[TrytonConnector]:
    """A connector to which the map was given."""
    made = TrytonConnector(
        bench.tryton.url, DATABASE, REP, PASSWORD, client=Client(time.monotonic), clock=time.monotonic, field_map=ASIDE
    )
    yield made
    made.close()


def read(connector: TrytonConnector, kind: Kind, remote_id: str) -> Upsert:
    (found,) = connector.fetch(kind, [remote_id])
    return found


def pushed(connector: TrytonConnector, change: Op) -> Result:
    (answer,) = connector.push([change])
    return answer


def test_the_teams_fields_are_read_in_our_words_and_stand_beside_the_record(
    bench: TrytonBench, connector: TrytonConnector
) -> None:
    deal = str(bench.tryton.facts["deals"][6])
    bench.tryton.colleague.write("sale.opportunity", deal, reference="Too dear", start_date=START)

    told = read(connector, Kind.DEAL, deal)
    pulled = {each.remote_id: each for each in connector.pull(Kind.DEAL, Scope(), None).upserts}[deal]

    assert (told.fields["lost_note"], told.fields["contract_ends_on"]) == ("Too dear", "2027-01-31")
    assert told.extra["Start Date"] == "2027-01-31"
    assert pulled == told
    person = read(connector, Kind.PERSON, str(bench.tryton.facts["people"][0]))
    assert "buying_role" not in person.fields, "a field that Tryton does not have is not known, rather than empty"


def test_what_the_rep_writes_goes_into_the_teams_fields_and_nowhere_else(
    bench: TrytonBench, connector: TrytonConnector
) -> None:
    direct, deal = bench.tryton.colleague, str(bench.tryton.facts["deals"][1])
    names = ("description", "lost_reason", "reference", "start_date", "end_date")
    before = direct.read("sale.opportunity", deal, *names)
    fields = {"lost_note": "Went elsewhere", "contract_ends_on": "2027-01-31"}

    answer = pushed(connector, op(Kind.DEAL, Action.UPDATE, deal, fields=fields))

    assert isinstance(answer, Applied)
    after = direct.read("sale.opportunity", deal, *names)
    assert after == {**before, "reference": "Went elsewhere", "start_date": START}
    again = read(connector, Kind.DEAL, deal)
    assert {name: again.fields[name] for name in fields} == fields
    emptied = pushed(connector, op(Kind.DEAL, Action.UPDATE, deal, fields={"lost_note": None}))
    assert isinstance(emptied, Applied)
    assert direct.read("sale.opportunity", deal, "reference")["reference"] is None


def test_a_record_that_is_linked_to_is_found_by_name_and_refused_by_our_field(
    bench: TrytonBench, connector: TrytonConnector
) -> None:
    person = str(bench.tryton.facts["people"][1])

    taken = pushed(connector, op(Kind.PERSON, Action.UPDATE, person, fields={"time_zone": "English"}))
    refused = pushed(connector, op(Kind.PERSON, Action.UPDATE, person, fields={"time_zone": "Klingon"}))

    assert isinstance(taken, Applied)
    told = read(connector, Kind.PERSON, person)
    assert (told.fields["time_zone"], told.extra["Language"]) == ("English", "English")
    assert isinstance(refused, Rejected)
    assert refused.problems[0].field == "time_zone"


def test_what_is_none_of_ours_is_offered_with_how_often_it_is_filled(bench: TrytonBench) -> None:
    deals = bench.tryton.facts["deals"]
    for number, deal in enumerate(deals):
        bench.tryton.colleague.write("sale.opportunity", deal, reference="R" if number % 3 == 0 else None)

    told = bench.connector().schema().fields

    offered = {(each.kind, each.theirs): each for each in told if not each.name}
    reference = offered[Kind.DEAL, "reference"]
    assert (reference.label, reference.holds, reference.filled) == ("Reference", "text", round(5 / 15, 2))
    assert not {theirs for _, theirs in offered} & {"comment", "party", "state", "name", "write_date"}
