"""The same scripted day of a rep ends in the same state over every CRM: her own book, a fresh one, and an empty outbox.

Tryton is a real server; EspoCRM, HubSpot and Salesforce are small ones over real HTTP, held to recordings, the vendors'
documents and clients that others wrote; Odoo is a small one too, and the demo has no wire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.connectors.contract import Bench
from tests.journeys.same_day import DEAL, EMAIL, HOUR, PERSON, STEP, Day, evening, prepare, work

CRMS: Final = ("demo", "odoo", "tryton", "espocrm", "hubspot", "salesforce")
CANT: Final[dict[str, dict[tuple[str, str], str]]] = {
    "demo": {},
    "odoo": {},
    "tryton": {},
    "espocrm": {},
    "hubspot": {},
    "salesforce": {},
}
"""What a CRM truly can't say: by (what, field) of an activity, with the reason. Nothing so far, since what has no field
stands in the text."""

TOUCHED: Final = {"of_her": 1, "of_it": 1, "done": 1}
EVENING: Final[dict[str, Any]] = {
    "person": {"name": PERSON, "email": EMAIL, "company": "Halden Works Ltd"},
    "deal": {
        "name": f"{DEAL}, twelve months",
        "amount": 5_250_000,
        "close_on": "2027-02-26",
        "status": "open",
        "stage": 1,
        "person": PERSON,
        "company": "Halden Works Ltd",
        "mine": True,
    },
    "activities": [
        {
            **TOUCHED,
            "what": "call",
            "direction": "out",
            "outcome": "interested",
            "duration_s": 240,
            "subject": "Call, 4 min · Interested",
            "body": "She wants twelve months.",
        },
        {**TOUCHED, "what": "call", "direction": "out", "outcome": "no_answer", "subject": "No answer"},
        {
            **TOUCHED,
            "what": "email",
            "direction": "out",
            "outcome": "emailed",
            "subject": "The offer",
            "body": "Here it is.",
        },
        {**TOUCHED, "what": "note", "subject": "Note", "body": "Her sister runs the depot."},
        {**TOUCHED, "what": "task", "subject": STEP},
    ],
    "waiting": 0,
}


@pytest.fixture(params=CRMS)
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    """A rep's empty desk before one of the CRMs."""
    bench, close = opened(request.param, tmp_path)
    day = Day(bench, tmp_path)
    yield day
    day.close()
    close()


def opened(crm: str, folder: Path) -> tuple[Bench, Callable[[], object]]:
    """A CRM with a small book, and how to close it."""
    if crm == "demo":
        from companion.connectors.demo.switches import PROFILES
        from tests.connectors.demo.contract_bench import DemoBench

        return DemoBench(PROFILES["odoo-like"]), lambda: None
    if crm == "odoo":
        from tests.connectors.odoo.bench import OdooBench

        odoo = OdooBench()
        return odoo, odoo.close
    if crm == "espocrm":
        from tests.connectors.espocrm.bench import EspoBench

        espo = EspoBench()
        return espo, espo.close
    if crm == "hubspot":
        from tests.connectors.hubspot.bench import HubSpotBench

        hubspot = HubSpotBench()
        return hubspot, hubspot.close
    if crm == "salesforce":
        from tests.connectors.salesforce.bench import SalesforceBench

        salesforce = SalesforceBench()
        return salesforce, salesforce.close
    return _tryton(folder)


def _tryton(folder: Path) -> tuple[Bench, Callable[[], object]]:
    from tests.connectors.tryton.bench import TrytonBench
    from tests.connectors.tryton_server import running

    pytest.importorskip("trytond")
    (folder / "server").mkdir()
    server = running(folder / "server")
    bench = TrytonBench(server.__enter__())

    def close() -> None:
        bench.close()
        server.__exit__(None, None, None)

    return bench, close


def expected(crm: str) -> dict[str, Any]:
    """The evening in our words, without what this CRM can't say."""
    cant = CANT[crm]
    activities = [
        {name: value for name, value in each.items() if (each["what"], name) not in cant}
        for each in EVENING["activities"]
    ]
    return {**EVENING, "activities": sorted(activities, key=str)}


def without_the_day(told: dict[str, Any]) -> dict[str, Any]:
    """The evening without the day on which the step was due: a real server's clock can't be moved by hand."""
    for each in told["activities"]:
        if each["what"] == "task":
            at = dt.datetime.fromtimestamp(each["due_at"], dt.UTC)
            assert (at.date().isoformat(), at.time()) == (each["due_on"], HOUR)
    timed = ("due_on", "due_at")
    trimmed = [{name: each[name] for name in sorted(each) if name not in timed} for each in told["activities"]]
    return {**told, "activities": sorted(({**each} for each in trimmed), key=_in_order)}


def _in_order(each: dict[str, Any]) -> str:
    return str(sorted(each.items()))


def test_the_same_day_ends_in_the_same_state(day: Day, request: pytest.FixtureRequest) -> None:
    crm: str = request.node.callspec.params["day"]
    made = prepare(day.bench)
    day.bench.settle()

    work(day, made)

    wanted = expected(crm)
    wanted["activities"] = sorted(wanted["activities"], key=_in_order)
    own, fresh = evening(day, made, "first"), evening(day, made, "fresh")
    assert without_the_day(own) == wanted, "her own book"
    assert without_the_day(fresh) == wanted, "what the CRM tells a fresh one"
