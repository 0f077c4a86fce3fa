"""Marketing in one look: what the CRM holds, and None for what it does not."""

from __future__ import annotations

from companion.domain.records import Kind
from companion.queries import deal
from companion.queries.marketing import Marketing, marketing
from companion.queries.person import find
from tests.book import ZONE, Book


def read(book: Book, who: str) -> Marketing:
    def asked(rows: object) -> Marketing:
        found = find(rows, who, ZONE)  # type: ignore[arg-type]
        assert found is not None
        return marketing(rows, found, deal.of_person(rows, who, ZONE), book.now, ZONE)  # type: ignore[arg-type]

    found = book.read(asked)
    assert isinstance(found, Marketing)
    return found


def test_the_newest_campaign_and_what_was_read_last_come_with_their_entries(book: Book) -> None:
    who = book.person(source="Webinar", campaign="Winter capacity", journey="Comparing", consent="yes")
    book.engagement("email_sent", who, book.at(-20), "October letter", campaign="October letter")
    newest = book.engagement("email_sent", who, book.at(-4), "November letter", campaign="November letter")
    book.engagement("page_read", who, book.at(-9), "Pricing page")
    read_last = book.engagement("page_read", who, book.at(-3), "Case study")
    book.engagement("page_read", who, book.at(2), "From a wrong clock")

    found = read(book, who)

    assert (found.source, found.campaign, found.stage, found.consent) == (
        "Webinar",
        "November letter",
        "Comparing",
        "yes",
    )
    assert found.campaign_touch is not None
    assert found.campaign_touch.id == newest
    assert found.content is not None
    assert (found.content.text, found.content.on.isoformat(), found.content.id) == (
        "Read the case study",
        book.on(-3),
        read_last,
    )


def test_what_the_crm_does_not_hold_is_none_unless_the_deal_knows(book: Book) -> None:
    who = book.person()
    assert read(book, who) == Marketing(None, None, None, None, None, None)

    book.deal(who, source="Fair", campaign="Hannover")

    assert (read(book, who).source, read(book, who).campaign) == ("Fair", "Hannover")


def test_hostile_words_of_a_campaign_become_one_plain_line(book: Book) -> None:
    who = book.person()
    book.put(
        Kind.ENGAGEMENT, what="campaign", person_id=who, at=book.at(-1), subject="\u202e<b>x</b>\x00\n" + "y" * 9_999
    )

    campaign = read(book, who).campaign

    assert campaign is not None
    assert campaign.startswith("<b>x</b> y")
    assert campaign.isprintable()
    assert len(campaign) <= 2_000
