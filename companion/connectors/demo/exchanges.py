"""Exchanges of e-mails with people who answer after a certain number of days, so that their silence means something."""

from __future__ import annotations

from companion.connectors.demo.writer import Deal, Person, Writer


def write_replies(w: Writer, person: Person, deal: Deal, days: int, asked: tuple[int, ...]) -> None:
    """Exchanges that were answered after so many days each; after the last one we had the last word the same day."""
    for offset, (subject, ask, answer) in zip(asked, _EXCHANGES):
        w.email("out", person, deal, w.days.at(offset, "15:20"), subject, ask)
        w.email("in", person, deal, w.days.at(offset + days, "10:12"), f"Re: {subject}", answer)
    w.email("out", person, deal, w.days.at(asked[-1] + days, "15:30"), "Re: What comes next", "Thank you, talk soon.")


_EXCHANGES = (
    (
        "A first look",
        "Shall I show you the week view with your own names in it?",
        "Yes please. Ours is a wall of paper.",
    ),
    ("How many seats", "How many people would plan, and how many only look?", "Four plan, about twenty look."),
    ("A page on integrations", "Here is the page on integrations.", "Read it. The calendar is the one that counts."),
    ("What comes next", "Would a small trial help you to decide?", "Maybe. Let me talk to the others first."),
)
