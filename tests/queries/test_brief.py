"""The prep card: where it stopped, what they said in their own words, what was promised; each with its source."""

from __future__ import annotations

from typing import Any

from companion.queries import brief, company, deal, person
from tests.book import ZONE, Book


def marta(book: Book) -> str:
    who = book.person(
        role="Head of Operations",
        mobile="+47 55 12 40 18",
        time_zone="Europe/Oslo",
        city="Bergen",
        extra={"Vehicles": "12"},
    )
    one = book.deal(who, close_on=book.on(3))
    book.call(
        who,
        book.at(-12, "14:05"),
        "interested",
        duration_s=18 * 60,
        deal_id=one,
        body="Board decides on 27 Nov. Wants a 12-month option next to the 24-month one. CFO joins the decision.",
    )
    book.email(
        who,
        book.at(-8, "08:41"),
        "in",
        "Onboarding in December?",
        body="We can’t take drivers off the road before the 20th. Could onboarding wait until January?",
    )
    book.email(
        who,
        book.at(-6, "16:20"),
        subject="Proposal v2, 12 vehicles, 24 months",
        body="Includes the Bergen depot. Marta takes it to the board on the 27th.",
        deal_id=one,
    )
    book.refresh()
    return who


def read(book: Book, subject: str, kind: str = "person") -> brief.Brief:
    found: Any = book.read(brief.brief, kind, subject, book.now, ZONE, book.workspace)
    assert isinstance(found, brief.Brief)
    return found


def test_the_brief_says_where_it_stopped_in_two_sentences_with_their_sources(book: Book) -> None:
    card = read(book, marta(book))

    assert [(each.text, each.source) for each in card.left_off] == [
        ("You emailed proposal v2 on Wed 18 Nov.", "Email, 18 Nov"),
        ("Marta takes it to the board on the 27th.", "Email, 18 Nov"),
    ]


def test_before_you_call_tells_three_things_that_they_said_word_for_word(book: Book) -> None:
    card = read(book, marta(book))

    assert [(each.text, each.source) for each in card.before_you_call] == [
        ("Board decides on 27 Nov", "Call, 12 Nov"),
        ("Wants a 12-month option next to the 24-month one", "Call, 12 Nov"),
        ("We can’t take drivers off the road before the 20th", "Email, 16 Nov"),
    ]


def test_every_sentence_stands_in_the_entry_that_it_names(book: Book) -> None:
    card = read(book, marta(book))

    for fact in card.before_you_call:
        body = book.read(lambda rows, fact=fact: rows.value("SELECT body FROM activities WHERE id = ?", (fact.id,)))
        assert fact.text in body


def test_the_strip_has_the_full_sentence_and_the_other_reasons_follow(book: Book) -> None:
    card = read(book, marta(book))

    assert [reason.sentence for reason in card.reasons] == [
        "Proposal sent 6 days ago, no reply · €48k closes Friday",
        "€48k in Proposal · no next step",
    ]


def test_the_head_the_deal_and_the_last_three(book: Book) -> None:
    card = read(book, marta(book))
    (one,) = card.deals

    assert (card.name, card.subtitle, card.number) == (
        "Marta Ferreira",
        "Head of Operations, Halvorsen Logistics",
        "+47 55 12 40 18",
    )
    assert one.amount
    assert one.stage
    assert (one.amount.words, one.stage.name, one.stage.number, one.stage.of) == ("€48,000", "Proposal", 3, 5)
    assert one.next_step is None
    assert [entry.line for entry in card.recently] == [
        "You emailed proposal v2",
        "Marta emailed: Onboarding in December?",
        "Call, 18 min",
    ]


def test_promises_tell_whose_they_are_and_how_old(book: Book) -> None:
    who = marta(book)
    book.task(who, -2, "Send a quote", promise="mine")
    book.task(who, 3, "Send the vehicle list", promise="theirs")

    assert [(each.whose, each.text, each.words, each.late) for each in read(book, who).promises] == [
        ("mine", "A quote", "2 days late", True),
        ("theirs", "The vehicle list", "by Friday", False),
    ]


def test_a_planned_task_is_the_deals_next_step_and_their_promise_is_not(book: Book) -> None:
    who = marta(book)
    book.task(who, 1, "They send the list", promise="theirs")
    book.task(who, 2, "Send revised quote", due_at=book.at(2, "10:00"))
    step = read(book, who).deals[0].next_step

    assert step
    assert step.at
    assert (step.subject, f"{step.at:%a %d %b, %H:%M}") == ("Send revised quote", "Thu 26 Nov, 10:00")


def test_a_person_without_any_history_has_a_brief_all_the_same(book: Book) -> None:
    card = read(book, book.person("Nobody Yet"))

    assert (card.left_off, card.before_you_call, card.promises, card.deals, card.recently) == ((), (), (), (), ())


def test_a_deal_without_a_person_has_a_brief_too(book: Book) -> None:
    one = book.deal(None, close_on=book.on(-1))
    book.activity("note", None, book.at(-1), deal_id=one, body="Legal reads the contract until Friday.")
    book.refresh()
    card = read(book, one, "deal")

    assert (card.kind, card.name, card.person) == ("deal", "Route planning rollout", None)
    assert card.left_off[1].text == "Legal reads the contract until Friday."
    assert card.reasons[0].rule_id == "close-date-passed"


def test_an_unknown_id_has_no_brief_and_no_page(book: Book) -> None:
    assert book.read(brief.brief, "person", "nobody", book.now, ZONE) is None
    assert book.read(brief.brief, "deal", "nothing", book.now, ZONE) is None
    assert book.read(person.person, "nobody", book.now, ZONE) is None
    assert book.read(company.company, "nothing", book.now, ZONE) is None
    assert book.read(deal.deal, "nothing", book.now, ZONE) is None


def test_small_talk_and_quoted_mail_are_no_facts(book: Book) -> None:
    who = book.person()
    body = "Thanks for the board meeting on Friday!\n> We decide on 27 Nov\nThe weather is fine."
    book.email(who, book.at(-1), "in", "Hello", body=body)

    assert read(book, who).before_you_call == ()


def test_the_person_page_shows_filled_fields_only_and_the_deciders_first(book: Book) -> None:
    who = marta(book)
    at = book.read(lambda rows: rows.value("SELECT company_id FROM people WHERE id = ?", (who,)))
    book.person("Petter Aas", company_id=at, role="Depot lead", buying_role="Champion")
    book.person("Ingrid Solheim", company_id=at, role="CFO", buying_role="Decides")
    book.person("Somebody", company_id=at)
    page = book.read(person.person, who, book.now, ZONE)

    assert page.there == "Bergen, 09:12 there"
    assert [(each.name, each.tag) for each in page.people] == [
        ("Ingrid Solheim", "Decides"),
        ("Petter Aas", "Champion"),
        ("Somebody", None),
    ]
    assert [(each.label, each.value) for each in page.details] == [("Mobile", "+47 55 12 40 18"), ("Vehicles", "12")]
    assert page.deals[0].name == "Route planning rollout"


def test_the_company_page_has_its_people_and_deals(book: Book) -> None:
    who = marta(book)
    at = book.read(lambda rows: rows.value("SELECT company_id FROM people WHERE id = ?", (who,)))
    page = book.read(company.company, at, book.now, ZONE)

    assert ([each.name for each in page.people], [each.name for each in page.deals]) == (
        ["Marta Ferreira"],
        ["Route planning rollout"],
    )


def test_the_deal_page_has_its_contacts_and_tells_until_when_it_is_parked(book: Book) -> None:
    who = marta(book)
    (one,) = read(book, who).deals
    other = book.person("Ingrid Solheim")
    with book.database.write() as write:
        write.text("INSERT INTO participants VALUES (?, ?, 'Decides')", (one.id, other))
    book.snooze(one.id, book.at(9), "until the budget is out")
    page = book.read(deal.deal, one.id, book.now, ZONE)

    assert [(each.name, each.tag) for each in page.people] == [("Ingrid Solheim", "Decides"), ("Marta Ferreira", None)]
    assert page.away
    assert page.away.until.date().isoformat() == book.on(9)
    assert page.away.words == "until the budget is out"
