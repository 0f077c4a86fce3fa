"""The tail of the signed-in rep's day; one signal each, as the README's table says."""

from __future__ import annotations

from collections.abc import Mapping

from companion.connectors.demo.days import MONDAY, THURSDAY
from companion.connectors.demo.exchanges import write_replies
from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import CLOSING, DISCOVERY, EVALUATION, NEGOTIATION, NORA, PROPOSAL, Writer

Places = Mapping[str, Place]


def write_todays_tail(w: Writer, places: Places) -> None:
    """All of them."""
    for write in (_lukas, _elena, _ruben, _henrik, _hanna, _rafael, _maya, _omar, _beatriz):
        write(w, places)


def _lukas(w: Writer, places: Places) -> None:
    """A trial that ends tomorrow with two of five seats in use; and a second card of the same man."""
    d = w.days
    tools = w.company("Meridian Tools", places["Berlin"], "Manufacturing", NORA, "meridian.example", created=-60)
    lukas = w.person(tools, "Lukas Novak", "Toolroom Manager", created=-28, email="lukas.novak@meridian.example")
    w.person(tools, "Lukáš Novák", "Toolroom", created=-27, email="lukas.novak@meridian.example", source="Web form")
    greta = w.person(tools, "Greta Lang", "Buyer", created=-26, buying_role="Signs off the budget")
    deal = w.deal(
        lukas,
        "Toolroom seats",
        6_000,
        EVALUATION,
        24,
        created=-27,
        since=-13,
        others=((greta, "Signs off the budget"),),
        trial_ends_on=d.on(1),
        extra={"Seats": "2 of 5 seats active"},
    )
    w.call(lukas, deal, d.at(-13, "13:10"), "interested", "Trial for five, two weeks. Two begin this week.", minutes=8)
    w.call(
        lukas,
        deal,
        d.at(-5, "10:30"),
        "connected",
        "Two use it daily. The other three wait for their tablets.",
        minutes=6,
    )
    w.task(lukas, deal, d.at(-13, "13:20"), 1, "Trial ends")


def _elena(w: Writer, places: Places) -> None:
    """Done this morning: a voicemail, the next try is set."""
    d = w.days
    company = w.company("Castell Print", places["Leeds"], "Media", NORA, "castell.example", created=-140)
    elena = w.person(company, "Elena Petrova", "Operations Manager", created=-130)
    w.call(
        elena,
        None,
        d.at(-34, "10:30"),
        "connected",
        "Presses are booked out until Christmas. Call again then.",
        minutes=7,
    )
    w.call(elena, None, d.ago(20), "voicemail")
    w.task(elena, None, d.ago(20), d.until(THURSDAY), "Try again")


def _ruben(w: Writer, places: Places) -> None:
    """Done this morning: spoke, sent pricing, a demo is agreed."""
    d = w.days
    company = w.company("Cumbre Outdoor", places["Bristol"], "Retail", NORA, "cumbre.example", created=-90)
    ruben = w.person(company, "Ruben Salas", "Head of Retail", created=-85)
    w.call(
        ruben, None, d.at(-15, "15:00"), "interested", "Eleven shops, rotas by e-mail. Asked for prices.", minutes=10
    )
    w.call(ruben, None, d.ago(37), "connected", minutes=7, subject="Sent pricing")
    w.task(ruben, None, d.ago(30), d.until(MONDAY), "Demo")


def _henrik(w: Writer, places: Places) -> None:
    """Calm: only the signature is missing, and its day is agreed."""
    d = w.days
    nordfrakt = w.company("Nordfrakt", places["Trondheim"], "Transport", NORA, "nordfrakt.example", created=-900)
    henrik = w.person(nordfrakt, "Henrik Dahl", "Fleet Manager", created=-880, buying_role="Decides")
    sunniva = w.person(nordfrakt, "Sunniva Berg", "Controller", created=-600, buying_role="Signs off the budget")
    deal = w.deal(
        henrik,
        "Fleet analytics",
        21_000,
        CLOSING,
        35,
        created=-55,
        since=-4,
        others=((sunniva, "Signs off the budget"),),
    )
    w.meeting(henrik, deal, d.at(-16, "13:00"), 45, "Demo", "Fuel by route convinced them. Legal has the contract.")
    w.call(henrik, deal, d.at(-1, "14:50"), "interested", "Legal is through. They sign next week.", minutes=5)
    w.task(henrik, deal, d.at(-1, "14:56"), 8, "Signature")


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
    w.meeting(maya, deal, d.at(-1, "14:00"), 45, "Walk-through", held=False)
    w.task(maya, deal, d.at(-7, "11:30"), 6, "Agree on a trial")


def _omar(w: Writer, places: Places) -> None:
    """Calm; but his deal has no amount, and so the CRM will not let it into Negotiation."""
    d = w.days
    company = w.company("Haddad Yards", places["Nantes"], "Transport", NORA, "haddad.example", created=-130)
    omar = w.person(company, "Omar Haddad", "Yard Manager", created=-120, buying_role="Decides")
    salma = w.person(company, "Salma Idrissi", "Accountant", created=-60, buying_role="Signs off the budget")
    others = ((salma, "Signs off the budget"),)
    deal = w.deal(omar, "Yard sensors", None, PROPOSAL, 30, created=-45, since=-4, others=others)
    words = "Knows our scanners from his last job. The price per gate is still to be found."
    w.call(omar, deal, d.at(d.workday(-4), "13:30"), "interested", words, minutes=15)
    w.task(omar, deal, d.at(d.workday(-4), "13:50"), 3, "Agree on a price per gate")


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
