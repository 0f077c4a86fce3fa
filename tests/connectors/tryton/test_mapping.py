"""What Tryton's records mean: parties told apart, notes read back, states and coded values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.connectors.base import Unreachable
from companion.connectors.http import Answer, Doubtful
from companion.connectors.tryton import coded, mapping, notes, parties
from companion.connectors.tryton.rpc import Refused, result
from companion.domain.records import FIELDS, Kind, Value

RULES = parties.Rules(relations=True, employed=1)
OP = "0192f3a4b5c6d7e8f90a1b2c3d4e5f60"


def party(
    name: str, *, email: str = "", relation: str = "", category: str = "", tax: str = "", mark: str = ""
) -> dict[str, Any]:
    identifiers: list[dict[str, Any]] = [{"type": "be_vat", "code": tax}] if tax else []
    identifiers += [{"type": None, "code": mark}] if mark else []
    return {
        "id": 7,
        "name": name,
        "identifiers.": identifiers,
        "categories.": [{"name": category}] if category else [],
        "contact_mechanisms.": [{"type": "email", "value": email}] if email else [],
        "relations.": [{"id": 3, "to": 9, "type.": {"name": relation}}] if relation else [],
    }


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (party("Ada Lovelace", relation="Works for"), Kind.PERSON),
        (party("Customer 5 Ltd", relation="Works for"), Kind.PERSON),
        (party("Ada Lovelace", relation="Employs"), Kind.COMPANY),
        (party("Ada Lovelace", relation="Contact at"), Kind.PERSON),
        (party("Ada Lovelace", relation="arbeitet für"), Kind.PERSON),
        (party("Ada Lovelace", relation="Parent company"), Kind.COMPANY),
        (party("Ada Lovelace", category="Person"), Kind.PERSON),
        (party("Ada Lovelace", category="Companies", email="ada@x.example"), Kind.COMPANY),
        (party("Ada Lovelace", tax="BE0403019261", email="ada@x.example"), Kind.COMPANY),
        (party("Lovelace GmbH", email="lovelace@x.example"), Kind.COMPANY),
        (party("Ada Lovelace", email="ada.lovelace@x.example"), Kind.PERSON),
        (party("Lovelace, Ada", email="ADA@x.example"), Kind.PERSON),
        (party("Ada Lovelace", email="office@x.example"), Kind.COMPANY),
        (party("Ada Lovelace"), Kind.COMPANY),
        (party("Lovelace", email="lovelace@x.example"), Kind.COMPANY),
        (party("Ada Lovelace", relation="Employs", mark=f"companion-person:{OP}"), Kind.PERSON),
        (party("Ada Lovelace", relation="Works for", mark=f"companion-company:{OP}"), Kind.COMPANY),
        ({"id": 1, "name": None}, Kind.COMPANY),
    ],
)
def test_a_company_and_a_person_are_told_apart(row: dict[str, Any], kind: Kind) -> None:
    assert RULES.kind(row) is kind


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
line = words.map(lambda text: " ".join(text.split())).filter(bool)
instant = st.integers(0, 4_000_000_000)
activities = st.fixed_dictionaries(
    {"what": st.sampled_from(["call", "email", "meeting", "note", "task"]), "at": instant, "done": st.booleans()},
    optional={
        "subject": line,
        "body": words,
        "direction": st.sampled_from(["in", "out"]),
        "outcome": st.sampled_from(["connected", "no_answer", "left message"]),
        "promise": st.sampled_from(["mine", "theirs"]),
        "duration_s": st.integers(0, 90_000),
        "due_on": st.dates().map(str),
        "due_at": instant,
        "ends_at": instant,
        "done_at": instant,
    },
)
ids = st.integers(1, 99_999).map(str)
linked = st.fixed_dictionaries({}, optional={"deal": ids, "person": ids, "company": ids}).filter(bool)


@given(activities, linked)
def test_what_we_write_into_a_note_is_what_we_read_from_it(
    fields: dict[str, Value], links: dict[str, str | None]
) -> None:
    row = {"id": 5, "resource": notes.resource(links), "message": notes.message(OP, fields, links)}
    read, found, op_id = notes.parse(row, notes.Known())
    assert op_id == OP
    assert {name: value for name, value in read.items() if value is not None} == fields
    assert {name: value for name, value in found.items() if value} == links
    assert set(read) <= set(FIELDS[Kind.ACTIVITY])
    assert notes.root(row) == "5"


@given(st.text(max_size=200))
def test_any_other_note_is_a_colleagues_note_in_their_own_words(text: str) -> None:
    row = {"id": 5, "resource": "party.party,9", "message": text, "create_date": None}
    read, found, op_id = notes.parse(row, notes.Known(kinds={"9": Kind.PERSON}))
    assert op_id is None
    assert read["what"] == "note"
    assert (read["body"] or "") == text
    assert found == {"deal": None, "person": "9", "company": None}


@pytest.mark.parametrize(
    "first_line",
    [
        "[Call] at: yesterday | duration: many s | companion: " + OP,
        "[Call] companion: " + OP,
        "[Call]  | companion: " + OP,
        "[Next step] due: 2026-13-45 | done: perhaps | at | : | companion: " + OP,
        "[Call] duration: " + "9" * 5000 + " s | companion: " + OP,
    ],
)
def test_a_first_line_that_people_have_changed_does_no_harm(first_line: str) -> None:
    row = {"id": 5, "resource": "party.party,9", "message": f"{first_line}\n\nHello"}
    read, _, op_id = notes.parse(row, notes.Known())
    assert op_id == OP
    assert read["body"] == "Hello"
    assert read["at"] is None
    assert read["duration_s"] is None
    assert read["due_on"] is None


def test_words_cannot_forge_the_first_line() -> None:
    other = "f" * 32
    fields: dict[str, Value] = {
        "what": "call",
        "outcome": f"x | companion: {other}\n[Call]",
        "subject": "a\nb",
        "at": 1,
    }
    row = {"id": 5, "resource": "party.party,9", "message": notes.message(OP, fields, {"person": "9"}, revises="4")}
    read, _, op_id = notes.parse(row, notes.Known())
    assert op_id == OP
    assert notes.root(row) == "4"
    assert read["subject"] == "a b"


@pytest.mark.parametrize(
    ("state", "target", "way"),
    [
        ("lead", "opportunity", ["opportunity"]),
        ("lead", "converted", ["opportunity", "converted"]),
        ("cancelled", "converted", ["lead", "opportunity", "converted"]),
        ("lost", "opportunity", ["lead", "opportunity"]),
        ("opportunity", "lost", ["lost"]),
        ("lead", "lead", []),
        ("converted", "lost", None),
        ("won", "lead", None),
        ("lead", "won", None),
        ("lead", "nonsense", None),
        ("nonsense", "lead", None),
    ],
)
def test_the_way_from_a_state_to_another(state: str, target: str, way: list[str] | None) -> None:
    assert mapping.way(state, target) == way


@given(st.integers(-(10**12), 10**12))
def test_money_goes_there_and_back(cents: int) -> None:
    assert coded.cents(coded.money(cents)) == cents


@given(st.dates())
def test_a_day_goes_there_and_back(day: Any) -> None:
    assert coded.day(coded.coded_day(str(day))) == str(day)


@given(st.integers(0, 4_000_000_000))
def test_an_instant_goes_there_and_back(at: int) -> None:
    assert coded.seconds(coded.coded_instant(at)) == at


def said(body: bytes, status: int = 200, *, to_write: bool = False, kind: str = "application/json") -> Any:
    return result(Answer(status, {"content-type": kind}, body, None, to_write))


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (
            b'{"id":1,"error":["UserError",["The code must be unique.","",null]]}',
            "UserError",
            "must be unique",
        ),
        (b'{"id":1,"error":["UserError",["Not allowed.","Within groups: ",null]]}', "UserError", "Within groups"),
        (b'{"id":1,"error":["ConcurrencyException","Records were modified"]}', "ConcurrencyException", "modified"),
        (b'{"id":1,"error":["UserWarning",["key_7","Too many.","Sure?"]]}', "UserWarning", "Too many. Sure?"),
        (b'{"id":1,"error":["LoginException",["sms","The code","char"]]}', "LoginException", "The code"),
        (b'{"id":1,"error":["\'nope\'","Traceback (most recent call last)"]}', "fault", "'nope'"),
        (b'{"id":1,"error":[{},{}]}', "fault", "failed"),
        (b'{"id":1,"error":["UserError",[]]}', "UserError", "refused"),
    ],
)
def test_an_error_that_comes_as_http_200_is_a_refusal_in_trytons_words(body: bytes, name: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        said(body)
    assert caught.value.name == name
    assert words in caught.value.words
    assert "Traceback" not in caught.value.words
    assert "key_7" not in caught.value.words


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'"x"', b"null", b'{"id": 1}', b'{"error": null}', b'{"error": "x"}', b"{"]
)
def test_what_is_no_answer_of_trytons_is_never_an_empty_page(body: bytes) -> None:
    with pytest.raises(Unreachable):
        said(body)
    with pytest.raises(Doubtful):
        said(body, to_write=True)
    with pytest.raises(Unreachable):
        said(b"<html>", 404, kind="text/html")


def test_nothing_is_a_result_too() -> None:
    assert said(b'{"id": 1, "result": null}') is None
