"""The demo book: a sales team's year, written around today so that the rep's list has something to say at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from typing import Final

from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.crowd import Crowd
from companion.connectors.demo.days import Days
from companion.connectors.demo.halvorsen import write_halvorsen
from companion.connectors.demo.places import Place, make_places
from companion.connectors.demo.rows import Row
from companion.connectors.demo.team_mates import write_team_mates
from companion.connectors.demo.todays_people import write_todays_people
from companion.connectors.demo.todays_tail import write_todays_tail
from companion.connectors.demo.wire import T, Wire
from companion.connectors.demo.writer import (
    BRUNO,
    CHEN,
    DORA,
    EMIL,
    INES,
    INGRID,
    KARL,
    NEGOTIATION,
    NORA,
    PIPELINE,
    PROBABILITY,
    Writer,
)
from companion.domain.records import Kind, Value

SIGNED_IN: Final = NORA
"""The rep whose book it is."""
USERS: Final = {
    NORA: "Nora Lind",
    BRUNO: "Bruno Costa",
    CHEN: "Chen Wei",
    DORA: "Dora Nagy",
    EMIL: "Emil Strand",
    INES: "Ines Duarte",
    KARL: "Karl Brenner",
    INGRID: "Ingrid Moen",
}
STAGES: Final = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closing", "Won", "Lost")
LOSS: Final = ("Price", "Chose a competitor", "No budget", "No decision", "Missing feature", "Bad timing", "Not a fit")


def make_book(crm: DemoCrm, today: date, zone: tzinfo, seed: int) -> str:
    """Fills `crm` with a year of five reps, 610 people, 205 companies and 125 deals; returns the rep to sign in as.

    Everything lies relative to `today` in the rep's `zone`. Where the CRM's clock stands on that day, what happened
    "this morning" and the next meeting keep their distance from it; else the day begins at 09:12. The same arguments
    and clock give the same book.
    """
    _team(crm)
    writer = Writer(Days(today, zone, crm.clock), crm.next_id)
    places = make_places()
    write_halvorsen(writer, places["Bergen"])
    write_todays_people(writer, places)
    write_todays_tail(writer, places)
    write_team_mates(writer, places)
    Crowd(writer, _spread(places), seed).write()
    crm.load(writer.rows)
    return SIGNED_IN


def plant_conflict(crm: DemoCrm) -> str:
    """A colleague, Karl, moves the Route planning rollout to Negotiation; returns the deal's id.

    Where the rep has moved it elsewhere in the meantime, a conflict is born.
    """
    deal_id = _deal(crm, "Route planning rollout")
    crm.edit(KARL, Kind.DEAL, deal_id, stage=NEGOTIATION)
    return deal_id


def a_colleague_moves_first(crm: DemoCrm) -> Wire:
    """A wire on which Karl is once faster: `plant_conflict` right before the first change of the rep's arrives."""
    moved: list[str] = []

    def wire(request: str, do: Callable[[], T], /) -> T:
        if request == "write" and not moved:
            moved.append(plant_conflict(crm))
        return do()

    return wire


def pass_on(crm: DemoCrm) -> str:
    """A colleague, Ingrid, passes Leila Farahani and her deal on to the signed-in rep; returns her id."""
    person_id = next(row.id for row in crm.rows(Kind.PERSON) if row.fields["name"] == "Leila Farahani")
    crm.reassign(INGRID, Kind.PERSON, person_id, SIGNED_IN)
    crm.reassign(INGRID, Kind.DEAL, _deal(crm, "Loom planning"), SIGNED_IN)
    return person_id


def deal_without_amount(crm: DemoCrm) -> str:
    """The id of the deal that the CRM will not let into Negotiation, for it has no amount."""
    return _deal(crm, "Yard sensors")


def _deal(crm: DemoCrm, name: str) -> str:
    return next(row.id for row in crm.rows(Kind.DEAL) if row.fields["name"] == name)


def _team(crm: DemoCrm) -> None:
    rows = [
        Row(
            Kind.USER, user, {"name": name, "email": f"{name.split()[0].lower()}@companion.example", "active": True}, {}
        )
        for user, name in USERS.items()
    ]
    rows.append(Row(Kind.PIPELINE, PIPELINE, {"name": "Sales", "position": 1}, {}))
    for position, (stage, name) in enumerate(zip(PROBABILITY, STAGES), 1):
        outcome = name.lower() if name in ("Won", "Lost") else "open"
        fields: dict[str, Value] = {
            "name": name,
            "position": position,
            "probability": PROBABILITY[stage],
            "outcome": outcome,
        }
        rows.append(Row(Kind.STAGE, stage, fields, {"pipeline": PIPELINE}))
    rows += [Row(Kind.LOSS_REASON, f"R{n}", {"name": name, "position": n}, {}) for n, name in enumerate(LOSS, 1)]
    crm.load(rows)


def _spread(places: dict[str, Place]) -> list[Place]:
    """The cities by how many companies they shall have; Stockholm's free numbers are few."""
    return [place for name, place in places.items() for _ in range(1 if name == "Stockholm" else 3)]
