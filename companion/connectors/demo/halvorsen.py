"""Halvorsen Logistics: the person whom the pictures of the product show, with her whole history."""

from __future__ import annotations

from typing import Final

from companion.connectors.demo.days import FRIDAY
from companion.connectors.demo.places import Place
from companion.connectors.demo.writer import NORA, PROPOSAL, Company, Deal, Person, Writer


def write_halvorsen(w: Writer, bergen: Place) -> Deal:
    """Marta Ferreira waits for nobody: a proposal six days ago, no reply, and it closes on Friday."""
    company = w.company("Halvorsen Logistics", bergen, "Transport", NORA, "halvorsen.example", created=-402)
    marta = w.person(
        company,
        "Marta Ferreira",
        "Head of Operations",
        created=-400,
        email="marta@halvorsen.example",
        mobile="+47 55 12 40 18",
        best_time="Before 10:00",
        source="Webinar",
        campaign="Winter capacity",
        journey="Comparing",
        consent="yes",
        buying_role="Evaluates",
        extra={"Vehicles": "12"},
    )
    ingrid = w.person(company, "Ingrid Solheim", "CFO", created=-120, buying_role="Decides")
    petter = w.person(company, "Petter Aas", "Depot lead, Bergen", created=-200, buying_role="Champion")
    deal = w.deal(
        marta,
        "Route planning rollout",
        48_000,
        PROPOSAL,
        w.days.until(FRIDAY),
        created=-33,
        since=-6,
        others=((ingrid, "Decides"), (petter, "Champion")),
        source="Webinar",
        medium="Webinar",
        campaign="Winter capacity",
    )
    _the_deal_so_far(w, company, marta, (ingrid, petter), deal)
    _before_the_deal(w, marta, petter)
    return deal


def _the_deal_so_far(w: Writer, company: Company, marta: Person, others: tuple[Person, Person], deal: Deal) -> None:
    days, board = w.days, w.days.until(FRIDAY)
    w.engagement("webinar", marta, None, days.at(-34, "11:00"), "Webinar “Winter capacity”", campaign="Winter capacity")
    w.meeting(
        marta,
        deal,
        days.at(-21, "10:00"),
        45,
        "Demo",
        "Used their own depot data. The driver app was the favourite. Asked about scanner support.",
        with_people=others,
    )
    w.engagement(
        "page_read",
        marta,
        deal,
        days.at(-15, "21:17"),
        "Read the pricing page and the Nordfrakt case study.",
        source="Web site",
    )
    w.call(
        marta,
        deal,
        days.at(-12, "14:05"),
        "interested",
        f"Board decides on {days.words(board)}. Wants a 12-month option next to the 24-month one."
        " CFO Ingrid Solheim joins the decision.",
        minutes=18,
    )
    w.email(
        "in",
        marta,
        deal,
        days.at(-8, "08:41"),
        "Onboarding in December?",
        "We can’t take drivers off the road before the 20th. Could onboarding wait until January?",
    )
    w.email(
        "out",
        marta,
        deal,
        days.at(-6, "16:20"),
        "Proposal v2, 12 vehicles, 24 months",
        f"Includes the Bergen depot. Marta takes it to the board on the {days.ordinal(board)}.",
    )


def _before_the_deal(w: Writer, marta: Person, petter: Person) -> None:
    """What makes the count up to 6 calls, 14 emails, 3 meetings and 4 notes."""
    days = w.days
    for offset, hour, direction, subject, body in _EMAILS:
        w.email(direction, marta, None, days.at(offset, hour), subject, body)
    for offset, hour, outcome, minutes, said in _CALLS:
        w.call(marta, None, days.at(offset, hour), outcome, said, minutes=minutes)
    for offset, hour, subject, body in _NOTES:
        w.note(marta, None, days.at(offset, hour), subject, body)
    w.meeting(
        marta,
        None,
        days.at(-230, "13:00"),
        30,
        "First meeting",
        "Planning is done on a wall map and by phone. Two planners, one of them retires next year.",
    )
    w.meeting(
        marta,
        None,
        days.at(-139, "09:30"),
        60,
        "Depot visit",
        "Walked the Bergen depot with Petter. Drivers get their route on paper at six.",
        with_people=(petter,),
    )


_EMAILS = (
    (
        -37,
        "10:02",
        "out",
        "Recording: winter capacity",
        "Here is the recording. The part on depots begins at minute 19.",
    ),
    (
        -40,
        "09:12",
        "in",
        "Re: Webinar on winter capacity",
        "Signed up, and Petter joins me. Will there be a recording?",
    ),
    (-39, "08:55", "out", "Re: Webinar on winter capacity", "There will, you get it the day after."),
    (
        -96,
        "10:20",
        "out",
        "The tender you mentioned",
        "Hello Marta, is the tender out? I can send what others asked for.",
    ),
    (-94, "15:41", "in", "Re: The tender you mentioned", "It waits until autumn. Send it all the same, it helps me."),
    (-93, "09:05", "out", "Re: The tender you mentioned", "Attached: nine questions that hauliers of your size asked."),
    (
        -138,
        "16:02",
        "out",
        "Thank you for the tour",
        "Thank you and Petter for the tour. The gate list is the quick win.",
    ),
    (
        -137,
        "11:30",
        "in",
        "Re: Thank you for the tour",
        "Petter talks of nothing else. We look at it after the summer.",
    ),
    (-188, "08:47", "out", "How Nordfrakt plans", "Here is how Nordfrakt plans 40 vans with one planner."),
    (-185, "12:15", "in", "Re: How Nordfrakt plans", "One planner, really? I’d like to see that on our roads."),
    (-229, "14:30", "out", "Summary of today", "In short: 12 vehicles, two planners, routes on paper at six."),
    (-227, "09:58", "in", "Re: Summary of today", "Correct. The wall map stays until somebody shows me better."),
)
_CALLS: Final[tuple[tuple[int, str, str, int, str | None], ...]] = (
    (-38, "15:10", "interested", 9, "Liked the webinar. Wants to see it with the data of the Bergen depot."),
    (-36, "13:20", "no_answer", 0, None),
    (-97, "11:05", "connected", 6, "A tender comes up in autumn. She collects what to ask for."),
    (-142, "08:40", "connected", 5, "Agreed on the depot visit. Petter Aas shows us round."),
    (-233, "10:15", "interested", 11, "Found us through the fair. Asked for a first meeting."),
)
_NOTES = (
    (-38, "15:25", "Who is who", "Ingrid Solheim signs, the board wants two offers. Petter is on our side."),
    (-90, "16:00", "How they buy", "Everything above 20k goes to the board, on the last Friday of the month."),
    (-139, "11:10", "From the depot", "Scanners are six years old, a Windows CE thing. Nobody likes them."),
    (-230, "13:45", "Good to know", "Best before ten; then she is on the phone with drivers."),
)
