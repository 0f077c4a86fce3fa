"""A write that comes back as the CRM stored it is never a stranger's change: 10,000 rounds with each CRM's habits."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

import pytest

from companion.connectors import hypertext, payload
from companion.connectors.demo import rules
from companion.connectors.odoo import mapping as odoo
from companion.connectors.tryton import coded, notes
from companion.domain.records import Kind, Value
from companion.store.edits import storable
from companion.sync.merge import plan


def at_demo(kind: Kind, name: str, value: Value) -> Value:
    """Trims, tidies phones, lowers addresses."""
    return rules.normalise(name, value)


def at_odoo(kind: Kind, name: str, value: Value) -> Value:
    """Through the values that are sent and the row that comes back; the text of an activity through HTML."""
    if name == "body":
        return hypertext.plain(hypertext.html(str(value or ""))).body or None
    if kind is Kind.DEAL and name in odoo.TO_LEAD:
        theirs = odoo.TO_LEAD[name]
        row = odoo.values({name: value}, odoo.TO_LEAD, dict.fromkeys(odoo.TO_LEAD.values()))
        row = {each: payload.clean(text) if isinstance(text, str) else text for each, text in row.items()}
        return odoo.deal({"id": 1, "type": "opportunity", theirs: row[theirs]}, odoo.Lookups()).fields[name]
    if kind is Kind.PERSON and name in odoo.TO_PARTNER and name != "website":
        theirs = odoo.TO_PARTNER[name]
        row = odoo.values({name: value}, odoo.TO_PARTNER, dict.fromkeys(odoo.TO_PARTNER.values()))
        row = {each: payload.clean(text) if isinstance(text, str) else text for each, text in row.items()}
        return odoo.person({"id": 1, "mobile": False, theirs: row[theirs]}, odoo.Lookups()).fields[name]
    return value


def at_tryton(kind: Kind, name: str, value: Value) -> Value:
    """One line for a name or a way to reach somebody, decimals for money, a note of several lines for an activity."""
    if name == "amount":
        return coded.cents(coded.money(value))
    if name == "close_on":
        return coded.day(coded.coded_day(value))
    if kind is Kind.ACTIVITY:
        text = notes.message("0" * 32, {"what": "call", name: value}, {})
        fields, _, _ = notes.parse({"message": text}, notes.Known())
        return fields.get(name)
    return coded.one_line(value) or None if isinstance(value, str) else value


ECHOES: Final = {"demo": at_demo, "odoo": at_odoo, "tryton": at_tryton}

ROUNDS: Final = 10_000
_TEXTS: Final = ("name", "role", "phone", "mobile", "email", "city")
_LETTERS: Final = (
    " \t\n\r\u00a0\u2009\u2028\x0b\x0c\x1c\x85\0<>&'\"|:[]()+-.@0123456789AaÄßİı²٣\ufeff\u200b\u202e\U0001f680"
)
_OF_PHONES: Final = "0123456789+ ()-/.\u00a0²٣x"


def typed(rng: Random, name: str) -> Value:
    """What a rep may type into a field."""
    if rng.random() < 0.1:
        return None
    if name == "amount":
        return rng.randrange(-(10**14), 10**14)
    if name == "probability":
        return rng.randrange(101)
    if name == "close_on":
        return date.fromordinal(rng.randrange(1, 3_000_000)).isoformat()
    letters = _OF_PHONES if name in ("phone", "mobile") and rng.random() < 0.7 else _LETTERS
    text = "".join(rng.choice(letters) for _ in range(rng.randrange(13)))
    if rng.random() < 0.2:
        text += "".join(chr(rng.randrange(0x110000)) for _ in range(3))
    return storable(text)


def edited(rng: Random) -> tuple[Kind, str]:
    """A field that the rep writes into."""
    return rng.choice(
        [
            *((Kind.PERSON, name) for name in _TEXTS),
            *((Kind.DEAL, name) for name in ("amount", "close_on", "probability", "name")),
            *((Kind.ACTIVITY, name) for name in ("body", "subject")),
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("crm", ECHOES)
def test_no_write_ever_collides_with_its_own_echo(crm: str) -> None:
    echo, rng = ECHOES[crm], Random(7)
    for _ in range(ROUNDS):
        kind, name = edited(rng)
        first, second = typed(rng, name), typed(rng, name)
        stored = echo(kind, name, first)
        told = (crm, name, first, stored)
        # The first write comes back changed before the second is sent, made over what the rep had typed …
        assert not plan(kind, {name: second}, {name: first}, {name: stored}, {}).conflict, told
        # … and the first one itself, its answer lost, is found to be there.
        assert plan(kind, {name: first}, {name: second}, {name: stored}, {}).done == {name}, told
        # What was stored once is stored as it is from then on.
        again = echo(kind, name, stored)
        assert not plan(kind, {name: second}, {name: stored}, {name: again}, {}).conflict, (*told, again)


def test_a_real_difference_is_still_one() -> None:
    for name, one, other in (("name", "Ada", "Adah"), ("phone", "+43 1 1", "+43 1 2"), ("amount", 100, 101)):
        kind = Kind.DEAL if name == "amount" else Kind.PERSON
        assert plan(kind, {name: "3"}, {name: one}, {name: other}, {}).conflict == {name: other}
