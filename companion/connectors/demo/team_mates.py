"""The deals of colleagues that the team's screens talk of: slipping, quiet, promised late, tried in vain."""

from __future__ import annotations

from collections.abc import Mapping

from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import (
    BRUNO,
    CHEN,
    DISCOVERY,
    DORA,
    EMIL,
    EVALUATION,
    INGRID,
    NEGOTIATION,
    NORA,
    PROPOSAL,
    Writer,
)

Places = Mapping[str, Place]


def write_team_mates(w: Writer, places: Places) -> None:
    """All of them, and a company that the search finds next to Marta."""
    for write in (_martens, _port_of_aven, _olu, _yuki, _late_promise, _retry, _leila):
        write(w, places)


def _martens(w: Writer, places: Places) -> None:
    """A quiet customer of the signed-in rep, whose name begins as Marta's."""
    group = w.company("Martens Group", places["Hamburg"], "Construction", NORA, "martens.example", created=-500)
    dieter = w.person(group, "Dieter Martens", "Managing Director", created=-480)
    w.person(group, "Svenja Albers", "Office Manager", created=-470)
    w.call(
        dieter,
        None,
        w.days.at(-71, "10:30"),
        "connected",
        "All well. New site in the spring, he calls us then.",
        minutes=8,
    )


def _port_of_aven(w: Writer, places: Places) -> None:
    """The close date moved twice this month."""
    d = w.days
    port = w.company("Port of Aven", places["Nantes"], "Transport", CHEN, "portofaven.example", created=-400)
    ama = w.person(port, "Ama Owusu", "Terminal Director", created=-380, buying_role="Decides")
    piet = w.person(port, "Piet Vos", "IT Lead", created=-300, buying_role="Influences")
    deal = w.deal(
        ama, "Harbour terminals", 64_000, NEGOTIATION, 24, created=-120, since=-10, others=((piet, "Influences"),)
    )
    moves = ((-15, -11, 3), (-4, 3, 24))
    for at, old, new in moves:
        words = f"{d.words(old)} to {d.words(new)}"
        w.note(ama, deal, d.at(at, "11:10"), "Close date moved", words, outcome="close_moved")
    w.call(ama, deal, d.at(-4, "11:00"), "wants_changes", "The board of the port was put off once more.", minutes=7)
    w.task(ama, deal, d.at(-4, "11:12"), 7, "Call after the board")


def _olu(w: Writer, places: Places) -> None:
    """Quiet for 15 days, usually replies within 4."""
    company = w.company("Bankole Bricks", places["Leeds"], "Construction", BRUNO, "bankole.example", created=-240)
    olu = w.person(company, "Olu Bankole", "Works Manager", created=-200, buying_role="Decides")
    deal = w.deal(olu, "Kiln shifts", 15_000, EVALUATION, 40, created=-70, since=-9)
    for asked in (-60, -41, -19):
        w.email(
            "out", olu, deal, w.days.at(asked, "15:05"), "Shifts in winter", "How many shifts will you run in winter?"
        )
        w.email("in", olu, deal, w.days.at(asked + 4, "12:40"), "Re: Shifts in winter", "Three, if the orders hold.")
    w.email("out", olu, deal, w.days.at(-15, "16:00"), "Re: Shifts in winter", "Then I plan for three.")


def _yuki(w: Writer, places: Places) -> None:
    """Quiet for 14 days, usually replies within 5."""
    company = w.company("Tanaka Instruments", places["Berlin"], "Manufacturing", DORA, "tanaka.example", created=-240)
    yuki = w.person(company, "Yuki Tanaka", "Head of Service", created=-200, buying_role="Decides")
    deal = w.deal(yuki, "Service calendar", 27_000, DISCOVERY, 55, created=-70, since=-9)
    for asked in (-61, -40, -19):
        w.email("out", yuki, deal, w.days.at(asked, "15:05"), "Your service calendar", "Who books the visits today?")
        w.email(
            "in",
            yuki,
            deal,
            w.days.at(asked + 5, "12:40"),
            "Re: Your service calendar",
            "All of us, that is the trouble.",
        )
    w.email("out", yuki, deal, w.days.at(-14, "16:00"), "Re: Your service calendar", "I’ll draw up how one desk could.")


def _late_promise(w: Writer, places: Places) -> None:
    """A quote was promised by Monday; and a lead that Emil has left alone for four days."""
    d = w.days
    company = w.company("Alves Bakeries", places["Lyon"], "Food and drink", EMIL, "alves.example", created=-100)
    ines = w.person(company, "Inês Alves", "Owner", created=-90, buying_role="Decides")
    deal = w.deal(ines, "Oven planning", 11_000, PROPOSAL, 20, created=-30, since=-6)
    w.call(ines, deal, d.at(-5, "10:00"), "interested", "Wants a quote for three shops.", minutes=9)
    w.task(ines, deal, d.at(-5, "10:10"), -2, "Send the quote", promise="mine")


def _retry(w: Writer, places: Places) -> None:
    """No answer yesterday at 16:40; before eleven is the better time."""
    d = w.days
    company = w.company("Farouk Marine", places["Bristol"], "Transport", BRUNO, "farouk.example", created=-150)
    ahmed = w.person(company, "Ahmed Farouk", "Harbour Master", created=-140, best_time="Before 11:00")
    w.call(ahmed, None, d.at(-40, "10:15"), "interested", "Thinks about it for the small boats.", minutes=12)
    w.call(ahmed, None, d.at(-1, "16:40"), "no_answer")
    w.task(ahmed, None, d.at(-1, "16:41"), 0, "Try again", due_at=d.at(0, "10:30"))


def _leila(w: Writer, places: Places) -> None:
    """Still with Ingrid, until `book.pass_on` passes her to the signed-in rep."""
    d = w.days
    company = w.company("Farahani Textiles", places["Leeds"], "Manufacturing", INGRID, "farahani.example", created=-30)
    leila = w.person(
        company, "Leila Farahani", "Operations Director", created=-20, buying_role="Decides", source="Fair"
    )
    deal = w.deal(leila, "Loom planning", 26_000, DISCOVERY, 58, created=-12, since=-6)
    w.call(
        leila,
        deal,
        d.at(-6, "13:30"),
        "interested",
        "Forty looms, two shifts. Wants somebody nearby.",
        minutes=15,
    )
    w.task(leila, deal, d.at(-6, "13:50"), 6, "Meet in Leeds")
