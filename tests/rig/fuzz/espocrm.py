"""EspoCRM's answers, read and written to."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from companion.connectors.espocrm.connector import EspoConnector
from companion.connectors.espocrm.cursor import Cursor
from companion.domain.account import Account
from companion.domain.field_map import FieldMap
from companion.domain.records import Kind
from tests.connectors.espocrm.bench import PIPELINES, Bo
from tests.connectors.espocrm.fake_espocrm import FakeEspo, invalid
from tests.connectors.espocrm.fake_tables import enum
from tests.connectors.fake_server import Reply
from tests.rig.fuzz.dialect import Attack, Crm

NOW: Final = 1_795_292_179.0
REFUSALS: Final = (
    invalid("Account", "name", "required").reply,
    invalid("Opportunity", "stage", "valid").reply,
    Reply(409, [{"id": "6b01f001", "name": "Firm 0", "emailAddress": "a@x.example"}], {"X-Status-Reason": "duplicate"}),
    Reply(409, {"values": {"name": "Theirs"}, "versionNumber": 4}, {"X-Status-Reason": "modified"}),
    Reply(403, "", {"X-Status-Reason": "No edit access."}),
    Reply(404, {"message": "Record not found"}, {"X-Status-Reason": "Record x not found."}),
    Reply(400, {"messageTranslation": {"label": "x", "data": {"field": "amount", "type": "maxLength"}}}),
    Reply(429, {}, {"Retry-After": "5"}),
    Reply(401, ""),
    Reply(500, {"message": "internal error"}),
    Reply(502, b"<html>", kind="text/html"),
)
AGREED: Final = FieldMap(
    fields={"deal.loss_reason": "lossReason", "activity.outcome": "cOutcome"}, shown={Kind.PERSON: ("title",)}
)


class EspoCrm(Attack):
    """All that is asked of EspoCRM, with pipelines of version 10 and the conflict control of an administrator."""

    def __init__(self) -> None:
        super().__init__(_crm())


def _crm() -> Crm:
    espo = FakeEspo(lambda: NOW, "10.0.1")
    espo.pipelines = [dict(each) for each in PIPELINES]
    espo.guarded = {"Account", "Contact", "Opportunity"}
    espo.entities["Opportunity"].fields["lossReason"] = {**enum("Price", "Timing"), "isCustom": True}
    espo.entities["Call"].fields["cOutcome"] = {**enum("Reached", "Busy"), "isCustom": True}
    ana = espo.user("ana", email="ana@us.example")
    account = Account("espocrm", "https://x.example", user="ana")
    token = espo.token(ana)
    ids = _book(espo, ana)

    def fill(tables: dict[str, object]) -> None:
        vars(espo).update(tables)

    began = int(NOW) - 60
    whole = Cursor(began=began, long_at=began, done=True)
    cursors = (whole, replace(whole, long_at=began - 9_999), Cursor(began=began, since=began - 120, long=True, phase=1))
    return Crm(
        espo.dialect,
        lambda request: request.writes,
        NOW,
        lambda: {name: vars(espo)[name] for name in ("tables", "_next", "_number")},
        fill,
        lambda http: EspoConnector(http, account, token, page=3, field_map=AGREED),
        ids,
        [each.bytes() for each in cursors],
        REFUSALS,
    )


def _book(espo: FakeEspo, ana: str) -> dict[Kind, list[str]]:
    """Two companies with what belongs to them, a lead, and what marketing did."""
    bo = Bo(espo, espo.user("bo", email="bo@us.example"))
    ids: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    ids[Kind.USER], ids[Kind.PIPELINE] = [ana, bo.user], ["pipe-sales"]
    ids[Kind.STAGE], ids[Kind.LOSS_REASON] = [f"stage-{place}" for place in range(5)], ["Price"]
    campaign = espo.act(bo.user, "Campaign", {"name": "Spring"})["id"]
    for number in range(2):
        firm = bo.create(Kind.COMPANY, {"name": f"Firm {number}", "email": f"f{number}@x.example"}, {"owner": ana})
        person = bo.create(
            Kind.PERSON, {"name": f"Ada Adler {number}", "email": f"a{number}@x.example"}, {"company": firm}
        )
        deal = bo.create(Kind.DEAL, {"name": f"Deal {number}"}, {"company": firm, "person": person, "owner": ana})
        ids[Kind.COMPANY].append(firm)
        ids[Kind.PERSON].append(person)
        ids[Kind.DEAL].append(deal)
        ids[Kind.ACTIVITY].append(bo.create(Kind.ACTIVITY, {"body": f"Note {number}"}, {"deal": deal}))
        ids[Kind.ACTIVITY] += _activities(espo, ana, deal, person)
        opened = {"action": "Opened", "actionDate": espo.stamp(), "campaignId": campaign, "application": "Espo"}
        made = espo.act("", "CampaignLogRecord", {**opened, "parentType": "Contact", "parentId": person})
        ids[Kind.ENGAGEMENT].append(made["id"])
    lead = espo.act(bo.user, "Lead", {"firstName": "Lea", "lastName": "Lead", "accountName": "Hope Ltd"})["id"]
    for kind in (Kind.PERSON, Kind.DEAL):
        ids[kind].append(f"lead-{lead}")
    return ids


def _activities(espo: FakeEspo, ana: str, deal: str, person: str) -> list[str]:
    """One of each sort on a deal."""
    about = {"parentType": "Opportunity", "parentId": deal, "assignedUserId": ana}
    when = {"dateStart": espo.stamp(), "dateEnd": espo.stamp()}
    held = {"status": "Held", **when, **about, "contactsIds": [person], "usersIds": [ana], "description": "Yes"}
    mail = {"name": "Offer", "status": "Sent", "dateSent": espo.stamp(), "from": "ana@us.example", "to": "a@x.example",
            "fromString": "Ana <ana@us.example>", "body": "<p>Hello</p>", "isHtml": True, **about}  # fmt: skip
    made: dict[str, dict[str, object]] = {
        "Call": {"name": "Call", "direction": "Outbound", **held},
        "Meeting": {"name": "Demo", **held},
        "Task": {"name": "Send it", "status": "Completed", "dateEnd": espo.stamp(), **about},
        "Email": mail,
    }
    return [f"{entity}:{espo.act(ana, entity, body)['id']}" for entity, body in made.items()]
