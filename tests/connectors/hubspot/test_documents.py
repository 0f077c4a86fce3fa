"""HubSpot's own API documents judge what the connector asks, and what the small HubSpot answers."""

from __future__ import annotations

import pytest

from companion.connectors.base import Action, Applied, Scope
from companion.domain.records import Kind
from tests.connectors.contract import AT, drain, op, push_one
from tests.connectors.fake_server import Reply, Request
from tests.connectors.hubspot import documents
from tests.connectors.hubspot.bench import HubSpotBench


def test_a_whole_day_of_the_connector_is_in_the_words_of_the_documents(bench: HubSpotBench) -> None:
    connector = bench.connector(page=5)
    connector.schema()
    me = connector.describe().user_id
    cursors = {kind: drain(connector, kind).cursor for kind in connector.describe().kinds}

    # The rep works, and reads what changed in her own scope too.
    person, company = (
        bench.colleague.create(Kind.PERSON, {"name": "Ada Day"}, {}),
        bench.colleague.create(Kind.COMPANY, {"name": "Day Ltd"}, {}),
    )
    links: dict[str, str | None] = {"person": person, "company": company}
    deal = push_one(connector, op(Kind.DEAL, fields={"name": "Day", "amount": 1_00}, links=links), Applied).remote_id
    for what in ("call", "meeting", "email", "note", "task"):
        fields = {"what": what, "subject": "About it", "body": "A word", "at": AT, "done": what != "task"}
        push_one(connector, op(Kind.ACTIVITY, fields=fields, links={**links, "deal": deal}), Applied)
    push_one(connector, op(Kind.PERSON, Action.UPDATE, person, {"role": "Buyer"}, {"company": company}), Applied)
    push_one(connector, op(Kind.PERSON, Action.UPDATE, person, {}, {"company": None}), Applied)
    push_one(connector, op(Kind.DEAL, Action.LOSE, deal, {"lost_note": "Too dear"}), Applied)
    push_one(connector, op(Kind.DEAL, Action.DELETE, deal), Applied)
    bench.settle()
    for kind, cursor in cursors.items():
        drain(connector, kind, cursor)
        drain(connector, kind, cursor, Scope(user_id=me))
        set(connector.ids(kind, Scope(user_id=me)))

    assert bench.complaints == []
    paths = {(request.method, documents.place(request)) for request in bench.server.asked}
    assert len({pair for pair in paths if pair[1] is not None}) > 40


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (Request("POST", "/crm/objects/2026-09/deals/search", {}, {}, b'{"limit": "all"}'), "request"),
        (Request("POST", "/crm/objects/2026-09/deals/batch/upsert", {}, {}, b'{"inputs": [{"id": "1"}]}'), "request"),
        (Request("GET", "/crm/objects/2026-09/deals", {}, {}, b""), "answer"),
    ],
)
def test_what_is_against_the_documents_is_heard(request_: Request, what: str) -> None:
    reply = Reply(200, {"results": [{"id": 1}], "total": 1})

    found = documents.complaint(request_, reply)

    assert found is not None
    assert found.startswith(what)
