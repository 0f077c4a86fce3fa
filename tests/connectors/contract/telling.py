"""What a connector says of the CRM, and that its records bear it out."""

from __future__ import annotations

from msgspec.structs import replace

from companion.connectors.base import Budget
from companion.domain.records import FIELDS, LINKS, Kind
from tests.connectors.contract.bench import Bench
from tests.connectors.contract.mirror import BOOK, EVERYTHING, drain
from tests.connectors.contract.part import Part


class Telling(Part):
    """Who we are, what is there, and records in the words of the book."""

    def test_it_says_truthfully_who_we_are_and_what_is_there(self, bench: Bench) -> None:
        connector = bench.connector()
        told = connector.describe()
        assert told.vendor
        assert told.tenant
        assert told.user_id
        assert set(BOOK) <= set(told.kinds)
        for kind in told.kinds:
            pulled = set(drain(connector, kind).upserts)
            assert pulled == set(connector.ids(kind, EVERYTHING)), kind
        if Kind.USER in told.kinds:
            assert told.user_id in set(connector.ids(Kind.USER, EVERYTHING))
        again = bench.connector().describe()
        assert replace(again, server_time=None) == replace(told, server_time=None)

    def test_its_schema_and_budget_can_be_read(self, bench: Bench) -> None:
        connector = bench.connector()
        told = connector.describe()
        schema = connector.schema()
        assert {each.kind for each in schema.fields} >= {kind for kind in BOOK if told.kinds[kind].writable}
        assert all(each.label for each in schema.fields)
        assert isinstance(connector.budget(), Budget)

    def test_records_use_the_names_of_the_book_and_nothing_else(self, bench: Bench) -> None:
        connector = bench.connector()
        for kind in connector.describe().kinds:
            for upsert in drain(connector, kind).upserts.values():
                assert upsert.kind is kind
                assert upsert.version
                assert set(upsert.fields) <= set(FIELDS[kind]), upsert
                assert set(upsert.links) <= set(LINKS[kind]), upsert
                for name, value in upsert.fields.items():
                    if value is not None and name.endswith(("_at", "_s")):
                        assert isinstance(value, int), (kind, name, value)
                    if value is not None and name.endswith("_on"):
                        assert isinstance(value, str)
                        assert len(value) == 10, (kind, name, value)

    def test_what_a_link_points_at_is_there(self, bench: Bench) -> None:
        connector = bench.connector()
        kinds = connector.describe().kinds
        there = {kind: set(connector.ids(kind, EVERYTHING)) for kind in kinds}
        linked = 0
        for kind in kinds:
            for upsert in drain(connector, kind).upserts.values():
                for name, remote_id in upsert.links.items():
                    target = LINKS[kind][name]
                    if remote_id is not None and target in there:
                        assert remote_id in there[target], (kind, upsert.remote_id, name, remote_id)
                        linked += 1
        assert linked > 10

    def test_every_stage_has_a_place_an_outcome_and_a_pipeline(self, bench: Bench) -> None:
        connector = bench.connector()
        stages = drain(connector, Kind.STAGE).upserts.values()
        assert {stage.fields["outcome"] for stage in stages} >= {"open", "won"}
        assert len({stage.fields["position"] for stage in stages}) == len(stages)
        assert all(stage.links["pipeline"] for stage in stages)
