"""The tail of the signed-in rep's day: quiet, unlogged, passed on, stuck; one signal each, as the README's table says."""

from __future__ import annotations

from collections.abc import Mapping

from companion.connectors.demo.exchanges import write_replies
from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import DISCOVERY, EVALUATION, INGRID, NEGOTIATION, NORA, PROPOSAL, Writer
from companion.domain.records import Value

Places = Mapping[str, Place]


def write_todays_tail(w: Writer, places: Places) -> None:
    """All of them."""
    for write in (_hanna, _rafael, _maya, _omar, _beatriz):
        write(w, places)


def _hanna(w: Writer, places: Places) -> None:
    """Quiet for 19 days, and a large deal that rests on her alone."""
    company = w.company("Koski Timber", places["Stockholm"], "Manufacturing", NORA, "koski.example", created=-240)
    hanna = w.person(company, "Hanna Koski", "Operations Director", created=-200, buying_role="Decides")
    deal = w.deal(hanna, "Sawmill planning", 84_000, DISCOVERY, 66, created=-58, since=-11)
    write_replies(w, hanna, deal, 2, (-70, -56, -41, -21))


def _rafael(w: Writer, places: Places) -> None:
    """Quiet for 17 days, and no next step."""
    company = w.company("Viana Ceramics", places["Lyon"], "Manufacturing", NORA, "viana.example", created=-260)
    rafael = w.person(company, "Rafael Viana", "Plant Manager", created=-220, buying_role="Decides")
    lia = w.person(company, "Lia Prado", "Planner", created=-150, buying_role="Uses it")
    deal = w.deal(rafael, "Kiln schedule", 22_000, EVALUATION, 44, created=-66, since=-11, others=((lia, "Uses it"),))
    write_replies(w, rafael, deal, 6, (-95, -72, -48, -23))


def _maya(w: Writer, places: Places) -> None:
    """A meeting yesterday at two, and nothing logged yet."""
    d = w.days
    company = w.company("Sandvik Harbour Hotel", places["Oslo"], "Hospitality", NORA, "sandvik.example", created=-110)
    maya = w.person(company, "Maya Lindqvist", "Hotel Director", created=-90, buying_role="Decides")
    tobias = w.person(company, "Tobias Wik", "Night Manager", created=-80, buying_role="Uses it")
    deal = w.deal(
        maya, "Night audit desk", 12_000, EVALUATION, 38, created=-36, since=-7, others=((tobias, "Uses it"),)
    )
    w.call(
        maya, deal, d.at(-7, "11:15"), "interested", "Sees the point. Wants the night team to see it too.", minutes=10
    )
    w.meeting(maya, deal, d.at(-1, "14:00"), 45, "Walk-through", held=False, with_people=(tobias,))
    w.task(maya, deal, d.at(-7, "11:30"), 6, "Agree on a trial")


def _omar(w: Writer, places: Places) -> None:
    """Passed on by a colleague some days ago; his deal has no amount, which Negotiation will not accept."""
    d = w.days
    then = d.workday(-4)
    company = w.company("Haddad Yards", places["Nantes"], "Transport", NORA, "haddad.example", created=-130)
    omar = w.person(company, "Omar Haddad", "Yard Manager", created=-120, buying_role="Decides")
    salma = w.person(company, "Salma Idrissi", "Accountant", created=-60, buying_role="Signs off the budget")
    deal = w.deal(
        omar, "Yard sensors", None, PROPOSAL, 30, created=-45, since=then, others=((salma, "Signs off the budget"),)
    )
    call: dict[str, Value] = {"direction": "out", "outcome": "interested", "duration_s": 900}
    body = "He knows our scanners from his last job. Price per gate is still to be found."
    w.activity("call", omar, deal, d.at(then, "13:30"), "Call, 15 min", body, by=INGRID, more=call)
    passed = "Passed to Nora: the yard is in her region."
    w.note(omar, deal, d.at(then, "14:10"), "Passed on", passed, by=INGRID, outcome="passed_on")
    w.task(omar, deal, d.at(then, "14:12"), 3, "Get to know Omar")


def _beatriz(w: Writer, places: Places) -> None:
    """In Negotiation for 31 days, where most deals stay 12."""
    d = w.days
    company = w.company("Nunes Cold Store", places["Hamburg"], "Food and drink", NORA, "nunes.example", created=-280)
    beatriz = w.person(company, "Beatriz Nunes", "COO", created=-250, buying_role="Decides")
    karl = w.person(company, "Karl-Heinz Voss", "Quality Lead", created=-240, buying_role="Champion")
    deal = w.deal(
        beatriz, "Cold chain sensors", 39_000, NEGOTIATION, 17, created=-98, since=-31, others=((karl, "Champion"),)
    )
    w.meeting(
        beatriz, deal, d.at(-33, "10:00"), 60, "Negotiation", "Price is agreed. Their lawyer reads the liability part."
    )
    w.call(
        beatriz,
        deal,
        d.at(-6, "09:25"),
        "connected",
        "The lawyer is still at it. She is as tired of it as we are.",
        minutes=6,
    )
    w.task(beatriz, deal, d.at(-6, "09:33"), 6, "Ask about the lawyer")
