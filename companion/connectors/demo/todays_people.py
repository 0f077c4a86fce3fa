"""The signed-in rep's day: each person here is planted to raise one signal, as the README's table says."""

from __future__ import annotations

from collections.abc import Mapping

from companion.connectors.demo.exchanges import write_replies
from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import (
    DISCOVERY,
    EVALUATION,
    NEGOTIATION,
    NORA,
    PROPOSAL,
    Writer,
)

Places = Mapping[str, Place]


def write_todays_people(w: Writer, places: Places) -> None:
    """All of them, in the order of the picture of Today."""
    for write in (_jonas, _daniel, _priya, _tom, _sofia, _kenji, _aisha):
        write(w, places)


def _jonas(w: Writer, places: Places) -> None:
    """A demo within the next hours; nobody has spoken of money yet."""
    d = w.days
    foods = w.company(
        "Brightwater Foods", places["Hamburg"], "Food and drink", NORA, "brightwater.example", created=-210
    )
    jonas = w.person(
        foods, "Jonas Weber", "Head of Logistics", created=-74, best_time="Mornings", buying_role="Decides"
    )
    ana = w.person(foods, "Ana Kovač", "Warehouse Lead", created=-60, buying_role="Champion")
    deal = w.deal(
        jonas, "Depot scanners", 31_000, EVALUATION, d.month_end(), created=-48, since=-9, others=((ana, "Champion"),)
    )
    w.email(
        "in",
        jonas,
        deal,
        d.at(-14, "09:31"),
        "Scanners for two depots",
        "We scan with phones today. Could you show yours?",
    )
    w.email(
        "out",
        jonas,
        deal,
        d.at(-14, "11:02"),
        "Re: Scanners for two depots",
        "Gladly, with your own labels if you send me ten.",
    )
    w.call(
        jonas, deal, d.at(-7, "10:20"), "interested", "Ten labels are here. Ana shows us the gate camera.", minutes=12
    )
    w.email(
        "out",
        jonas,
        deal,
        d.at(-4, "15:45"),
        "Demo: the order of things",
        "Labels first, then the gate, then your questions.",
    )
    w.call(
        jonas, deal, d.at(-1, "11:40"), "connected", "Confirmed for the demo; three of them will be there.", minutes=4
    )
    w.meeting(jonas, deal, d.next_half_hour(60), 45, "Demo", "Labels, gate, questions.", held=False)


def _daniel(w: Writer, places: Places) -> None:
    """A promise of ours that is due today."""
    d = w.days
    clinics = w.company("Northgate Clinics", places["London"], "Health care", NORA, "northgate.example", created=-190)
    daniel = w.person(clinics, "Daniel Osei", "IT Director", created=-80, buying_role="Evaluates", consent="yes")
    ruth = w.person(clinics, "Ruth Abara", "Clinical Operations Lead", created=-75, buying_role="Champion")
    deal = w.deal(
        daniel,
        "Clinic onboarding",
        22_000,
        EVALUATION,
        d.month_end(),
        created=-40,
        since=-8,
        others=((ruth, "Champion"),),
    )
    w.meeting(
        daniel,
        deal,
        d.at(-20, "14:00"),
        30,
        "First meeting",
        "Six clinics, one rota each. Patient data stays out of it.",
    )
    w.email(
        "in",
        daniel,
        deal,
        d.at(-5, "13:22"),
        "Security questionnaire",
        "38 questions, sorry. Number 12 is the one that matters.",
    )
    w.call(
        daniel,
        deal,
        d.at(-1, "16:10"),
        "interested",
        "Went through the questionnaire. He needs it for the board pack.",
        minutes=14,
    )
    w.task(daniel, deal, d.at(-1, "16:25"), 0, "Send the security answers", promise="mine")


def _priya(w: Writer, places: Places) -> None:
    """Opens the quote again and again."""
    d = w.days
    kestrel = w.company("Kestrel Energy", places["Leeds"], "Energy", NORA, "kestrel.example", created=-260)
    priya = w.person(kestrel, "Priya Raman", "Head of Planning", created=-100, buying_role="Decides", consent="yes")
    owen = w.person(kestrel, "Owen Pryce", "Grid Analyst", created=-96, buying_role="Champion")
    deal = w.deal(priya, "Grid forecasting", 76_000, PROPOSAL, 21, created=-62, since=-5, others=((owen, "Champion"),))
    w.meeting(
        priya, deal, d.at(-26, "10:00"), 60, "Demo", "Forecast against last winter’s load. Within 3 % on most days."
    )
    w.call(
        priya,
        deal,
        d.at(-11, "09:50"),
        "interested",
        "Wants prices for two regions and the option of a third.",
        minutes=16,
    )
    w.email(
        "out",
        priya,
        deal,
        d.at(-5, "10:30"),
        "Quote for two regions",
        "Two regions, three years, the third region as an option.",
    )
    w.email(
        "in",
        priya,
        deal,
        d.at(-1, "11:20"),
        "Re: Quote for two regions",
        "Thank you. Could you walk us through page 4?",
    )
    w.email(
        "out", priya, deal, d.at(-1, "11:48"), "Re: Quote for two regions", "Gladly. I’ll bring the numbers behind it."
    )
    w.engagement("quote_opened", priya, deal, d.at(-1, "15:20"), "Quote for two regions")
    w.engagement("quote_opened", priya, deal, d.at(-1, "21:05"), "Quote for two regions", count=2)
    w.engagement("quote_opened", priya, deal, d.ago(41), "Quote for two regions")
    w.note(priya, deal, d.at(-5, "10:31"), "Stage moved", "Evaluation to Proposal", outcome="stage_moved")
    w.task(priya, deal, d.at(-1, "11:50"), 2, "Walk through quote")


def _tom(w: Writer, places: Places) -> None:
    """The close date passed three days ago; the contract has not gone out."""
    d = w.days
    alder = w.company(
        "Alder & Finch", places["Bristol"], "Professional services", NORA, "alderfinch.example", created=-330
    )
    tom = w.person(alder, "Tom Brandt", "Managing Partner", created=-300, buying_role="Decides")
    ellen = w.person(alder, "Ellen Moss", "Practice Manager", created=-280, buying_role="Champion")
    deal = w.deal(tom, "Seat expansion", 18_000, NEGOTIATION, -3, created=-50, since=-10, others=((ellen, "Champion"),))
    w.meeting(
        tom,
        deal,
        d.at(-18, "16:00"),
        30,
        "Quarterly review",
        "Twenty more seats from the new year, if the price holds.",
    )
    w.call(
        tom,
        deal,
        d.at(-10, "12:15"),
        "wants_changes",
        "Wants the old price for the new seats. We meet half way.",
        minutes=9,
    )
    w.call(tom, deal, d.at(-3, "10:05"), "connected", "Half way is fine. He waits for the contract.", minutes=5)
    w.task(tom, deal, d.at(-3, "10:12"), -1, "Send contract")


def _sofia(w: Writer, places: Places) -> None:
    """Answered within three days, always; and then nothing for 24."""
    lumen = w.company("Lumen Studios", places["Lyon"], "Media", NORA, "lumen.example", created=-170)
    sofia = w.person(lumen, "Sofia Marchetti", "Studio Manager", created=-150, buying_role="Decides")
    remi = w.person(lumen, "Rémi Fontanel", "Producer", created=-120, buying_role="Uses it")
    deal = w.deal(sofia, "Studio licences", 9_000, DISCOVERY, 52, created=-60, since=-12, others=((remi, "Uses it"),))
    write_replies(w, sofia, deal, 3, (-75, -61, -45, -27))


def _kenji(w: Writer, places: Places) -> None:
    """A renewal sixty days ahead; he is best reached before eleven."""
    d = w.days
    hotels = w.company("Port Azul Hotels", places["Nantes"], "Hospitality", NORA, "portazul.example", created=-760)
    kenji = w.person(
        hotels,
        "Kenji Watanabe",
        "Group Operations Director",
        created=-700,
        best_time="Before 11:00",
        buying_role="Decides",
    )
    ines = w.person(hotels, "Inès Caron", "Front Desk Lead", created=-500, buying_role="Champion")
    deal = w.deal(
        kenji,
        "Front desk rollout",
        54_000,
        NEGOTIATION,
        27,
        created=-80,
        since=-8,
        others=((ines, "Champion"),),
        contract_ends_on=d.on(60),
    )
    w.meeting(
        kenji,
        deal,
        d.at(-31, "09:30"),
        60,
        "Yearly review",
        "Four houses run on it. Wants the two new ones in the contract.",
    )
    w.call(
        kenji,
        deal,
        d.at(-12, "09:40"),
        "interested",
        "Six houses, three years. His board meets in January.",
        minutes=21,
    )
    w.task(kenji, deal, d.at(-12, "10:05"), 0, "Renewal call", promise="theirs")


def _aisha(w: Writer, places: Places) -> None:
    """A new lead: she asked for a callback after the webinar. The pilot next door is a colleague of hers'."""
    d = w.days
    corvid = w.company("Corvid Insurance", places["Oslo"], "Finance", NORA, "corvid.example", created=-9)
    campaign = "Winter capacity"
    aisha = w.person(
        corvid,
        "Aisha Bello",
        "Claims Director",
        created=-2,
        journey="New lead",
        source="Webinar",
        campaign=campaign,
        consent="yes",
    )
    maren = w.person(corvid, "Maren Holt", "Claims Process Lead", created=-9, buying_role="Champion")
    tor = w.person(corvid, "Tor Lie", "IT Architect", created=-8, buying_role="Influences")
    others = ((tor, "Influences"),)
    deal = w.deal(
        maren,
        "Claims pilot",
        14_000,
        DISCOVERY,
        22,
        created=-9,
        since=-8,
        others=others,
        source="Webinar",
        medium="Webinar",
        campaign=campaign,
    )
    w.call(maren, deal, d.at(-2, "11:30"), "interested", "Ninety claims a day, by hand. Rings with dates.", minutes=11)
    w.task(maren, deal, d.at(-2, "11:45"), 0, "Callback", promise="theirs")
    w.engagement("webinar", aisha, None, d.at(-5, "11:00"), f"Webinar “{campaign}”", campaign=campaign)
    w.engagement("form", aisha, None, d.at(-2, "16:12"), "Asked for a callback after the webinar", source="Web form")
