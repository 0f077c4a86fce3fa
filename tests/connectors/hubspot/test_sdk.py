"""HubSpot's own client for Python drives the small HubSpot: what nobody here wrote must be at home in it."""

from __future__ import annotations

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm import companies, contacts, deals, objects, properties
from hubspot.crm.associations import v4

from tests.connectors.hubspot.bench import HubSpotBench


@pytest.fixture
def sdk(bench: HubSpotBench) -> Any:
    """The vendor's client, which was told another host and nothing else."""
    return HubSpot(access_token="key-nora", host=bench.server.url)


KINDS = (("contacts", contacts, "email"), ("companies", companies, "name"), ("deals", deals, "dealname"))


def values(name: str, number: int) -> dict[str, str]:
    """Properties of a new record."""
    stage = {"dealstage": "appointmentscheduled", "pipeline": "default", "dealname": f"Sdk deal {number}"}
    return {"contacts": {"email": f"a{number}@sdk.example"}, "companies": {"name": f"Sdk {number}"}, "deals": stage}[
        name
    ]


@pytest.mark.parametrize(("name", "models", "prop"), KINDS)
def test_it_creates_reads_changes_and_archives(sdk: Any, name: str, models: Any, prop: str) -> None:
    api = getattr(sdk.crm, name)
    made = api.basic_api.create(models.SimplePublicObjectInputForCreate(properties=values(name, 1), associations=[]))
    assert api.basic_api.get_by_id(made.id, properties=[prop]).properties[prop] == values(name, 1)[prop]

    changed = api.basic_api.update(made.id, models.SimplePublicObjectInput(properties={prop: values(name, 2)[prop]}))
    assert changed.properties[prop] == values(name, 2)[prop]
    assert made.id in {row.id for row in api.get_all(properties=[prop])}

    api.basic_api.archive(made.id)
    assert made.id not in {row.id for row in api.get_all()}
    (gone,) = (row for row in api.get_all(archived=True) if row.id == made.id)
    assert gone.archived_at is not None
    with pytest.raises(models.ApiException) as missing:
        api.basic_api.get_by_id(made.id)
    assert missing.value.status == 404


@pytest.mark.parametrize(("name", "models", "prop"), KINDS)
def test_it_upserts_a_batch_by_our_unique_property(sdk: Any, name: str, models: Any, prop: str) -> None:
    def sent(numbers: range) -> Any:
        return models.BatchInputSimplePublicObjectBatchInputUpsert(
            inputs=[
                models.SimplePublicObjectBatchInputUpsert(
                    id=f"op-{number}",
                    id_property="companion_op_id",
                    object_write_trace_id=f"trace-{number}",
                    properties=values(name, number),
                )
                for number in numbers
            ]
        )

    api = getattr(sdk.crm, name).batch_api
    first = api.upsert(sent(range(3)))
    second = api.upsert(sent(range(5)))

    assert [row.new for row in first.results] == [True, True, True]
    assert [row.new for row in second.results] == [False, False, False, True, True]
    assert {row.id for row in first.results} < {row.id for row in second.results}


def test_a_batch_that_is_wrong_in_part_is_answered_as_such(sdk: Any) -> None:
    inputs = [
        companies.SimplePublicObjectBatchInputUpsert(
            id=f"op-{number}", id_property="companion_op_id", object_write_trace_id=f"trace-{number}", properties=its
        )
        for number, its in enumerate(({"name": "Good"}, {"name": "Bad", "nothing": "x"}))
    ]

    told = sdk.crm.companies.batch_api.upsert(companies.BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs))

    assert told.num_errors == 1
    assert told.errors[0].context == {"objectWriteTraceId": ["trace-1"]}
    assert [row.properties["name"] for row in told.results] == ["Good"]


@pytest.mark.parametrize(("name", "models", "prop"), KINDS)
def test_it_searches_what_the_index_knows(bench: HubSpotBench, sdk: Any, name: str, models: Any, prop: str) -> None:
    api = getattr(sdk.crm, name)
    made = api.basic_api.create(models.SimplePublicObjectInputForCreate(properties=values(name, 7), associations=[]))
    wanted = models.Filter(property_name=prop, operator="EQ", value=values(name, 7)[prop])
    search = models.PublicObjectSearchRequest(
        filter_groups=[models.FilterGroup(filters=[wanted])], sorts=["-hs_object_id"], limit=5, properties=[prop]
    )

    assert api.search_api.do_search(search).total == 0
    bench.settle()
    found = api.search_api.do_search(search)
    assert [row.id for row in found.results] == [made.id]


def test_it_reads_pipelines_properties_and_owners(sdk: Any) -> None:
    (pipeline,) = sdk.crm.pipelines.pipelines_api.get_all("deals").results
    assert [stage.metadata["isClosed"] for stage in pipeline.stages][-2:] == ["true", "true"]
    told = {each.name: each for each in sdk.crm.properties.core_api.get_all("contacts").results}
    assert told["companion_op_id"].has_unique_value
    assert told["createdate"].modification_metadata.read_only_value
    assert told["hs_buying_role"].options[0].value == "DECISION_MAKER"
    (nora,) = sdk.crm.owners.owners_api.get_page(email="nora@sales.example").results
    assert (nora.id, nora.user_id) == ("11", 71)


def test_it_makes_a_property_once(sdk: Any) -> None:
    new = properties.PropertyCreate(
        name="score", label="Score", type="number", field_type="number", group_name="information"
    )
    assert sdk.crm.properties.core_api.create("deals", new).name == "score"
    with pytest.raises(properties.ApiException) as again:
        sdk.crm.properties.core_api.create("deals", new)
    assert again.value.status == 409


def test_it_associates_and_reads_associations(sdk: Any) -> None:

    person = sdk.crm.contacts.basic_api.create(
        contacts.SimplePublicObjectInputForCreate(properties={"email": "b@sdk.example"}, associations=[])
    )
    firms = [
        sdk.crm.companies.basic_api.create(
            companies.SimplePublicObjectInputForCreate(properties={"name": f"Firm {n}"}, associations=[])
        )
        for n in range(2)
    ]
    for firm in firms:
        spec = v4.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)
        sdk.crm.associations.v4.basic_api.create("contacts", person.id, "companies", firm.id, [spec])

    inputs = v4.BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[v4.PublicFetchAssociationsBatchRequest(id=person.id)]
    )
    (told,) = sdk.crm.associations.v4.batch_api.get_page("contacts", "companies", inputs).results
    types = {str(to.to_object_id): {each.type_id for each in to.association_types} for to in told.to}
    assert types == {firms[0].id: {279}, firms[1].id: {1, 279}}
    sdk.crm.associations.v4.basic_api.archive("contacts", person.id, "companies", firms[1].id)
    page = sdk.crm.associations.v4.basic_api.get_page("contacts", person.id, "companies")
    assert [str(each.to_object_id) for each in page.results] == [firms[0].id]


@pytest.mark.parametrize("name", ["calls", "meetings", "emails", "notes", "tasks"])
def test_it_logs_activities_with_their_associations(bench: HubSpotBench, sdk: Any, name: str) -> None:
    person = sdk.crm.contacts.basic_api.create(
        contacts.SimplePublicObjectInputForCreate(properties={"email": "c@sdk.example"}, associations=[])
    )
    number = {"calls": 194, "meetings": 200, "emails": 198, "notes": 202, "tasks": 204}[name]
    link = objects.PublicAssociationsForObject(
        to=objects.PublicObjectId(id=person.id),
        types=[objects.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=number)],
    )
    made = sdk.crm.objects.basic_api.create(
        name,
        objects.SimplePublicObjectInputForCreate(properties={"hs_timestamp": "1795298400000"}, associations=[link]),
    )
    told = sdk.crm.objects.basic_api.get_by_id(name, made.id, properties=["hs_timestamp"], associations=["contacts"])
    assert told.properties["hs_timestamp"] == "2026-11-21T22:00:00.000Z"
    assert [each.id for each in told.associations["contacts"].results] == [person.id]


def test_a_contact_that_is_there_is_named_in_words(sdk: Any) -> None:
    new = contacts.SimplePublicObjectInputForCreate(properties={"email": "d@sdk.example"}, associations=[])
    there = sdk.crm.contacts.basic_api.create(new)
    with pytest.raises(contacts.ApiException) as again:
        sdk.crm.contacts.basic_api.create(new)
    assert again.value.status == 409
    assert f"Existing ID: {there.id}" in again.value.body


def test_the_number_of_a_merged_record_leads_to_the_other(sdk: Any) -> None:
    new = [
        sdk.crm.contacts.basic_api.create(
            contacts.SimplePublicObjectInputForCreate(properties={"email": f"e{n}@sdk.example"}, associations=[])
        )
        for n in range(2)
    ]
    merge = contacts.PublicMergeInput(primary_object_id=new[0].id, object_id_to_merge=new[1].id)
    assert sdk.crm.contacts.basic_api.merge(merge).id == new[0].id
    assert sdk.crm.contacts.basic_api.get_by_id(new[1].id).id == new[0].id


def test_a_limit_is_told_by_its_name(bench: HubSpotBench, sdk: Any) -> None:
    bench.hubspot.per_ten_seconds = 0
    with pytest.raises(contacts.ApiException) as limited:
        sdk.crm.contacts.basic_api.get_page()
    assert limited.value.status == 429
    assert "TEN_SECONDLY_ROLLING" in limited.value.body
    bench.hubspot.per_ten_seconds = None
