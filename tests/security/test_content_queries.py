"""Words that want to be SQL, FTS, a search pattern or a CRM's filter stay words (S-33)."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from companion.connectors import payload
from companion.connectors.base import Action, Op
from companion.connectors.tryton import TrytonConnector
from companion.domain.records import Kind
from companion.queries import search
from companion.store import outbox, records
from tests.book import Book
from tests.rig.fuzz import tryton
from tests.rig.fuzz.odoo import OP_ID, ROWS, Answers
from tests.rig.fuzz.transport import Strange

ROOT = Path(__file__).parents[2]
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
spiteful = words | st.text(st.sampled_from("\"'*%_()\\;:-^{}+~ aA1é"), max_size=30)


@cache
def book() -> Book:
    """One for all examples."""
    made = Book(Path(tempfile.mkdtemp()))
    made.put(Kind.PERSON, id="marta", name="Marta Ferreira", phone="+47 55 12 40 18")
    made.put(Kind.ACTIVITY, id="note", what="note", person_id="marta", subject="Offer", body="A note", at=made.at(-1))
    return made


@given(spiteful)
@example('a" , "b')
@example("'; DROP TABLE people; --")
@example('" OR names MATCH "')
def test_what_is_looked_for_is_quoted_word_by_word(typed: str) -> None:
    with book().database.read() as rows:
        search.search(rows, typed)
        assert rows.value("SELECT count(*) FROM people") == 1
    query = search.names_query(typed)
    assert query is None or re.fullmatch(r'(?:numbers : )?"\w+"\*(?: "\w+"\*)*', query)


@given(spiteful.filter(lambda name: name.strip() != ""))
def test_what_is_kept_is_found_as_it_was_written(name: str) -> None:
    with book().database.write() as write:
        records.put(write, Kind.COMPANY, [{"id": "c", "name": name, "remote_id": name}])
        assert records.local_ids(write, Kind.COMPANY, [name]) == {name: "c"}
        kept = records.get(write, Kind.COMPANY, "c")
        assert kept is not None
        assert kept.fields["name"] == name
        assert outbox.hanging_on(write, name) == []


@given(spiteful)
def test_a_pattern_that_is_meant_literally_fits_itself_alone(typed: str) -> None:
    with book().database.read() as rows:
        fits = rows.value("SELECT ? LIKE ? ESCAPE '\\'", (typed, payload.literally(typed)))
        other = rows.value("SELECT ? LIKE ? ESCAPE '\\'", (typed + "x", payload.literally(typed)))
    assert fits == 1
    assert other == 0


@given(spiteful)
def test_a_name_in_odoos_domain_is_one_value_of_one_condition(name: str) -> None:
    asked: list[Any] = []

    class Listening(Answers):
        def answer(self, path: str, body: Mapping[str, Any]) -> Any:
            if "res.country/search" in path:
                asked.append(body["domain"])
            if "res.partner/search_read" in path:
                return [{**ROWS["res.partner"], "is_company": True}]
            return super().answer(path, body)

    op = Op(OP_ID, Kind.COMPANY, Action.UPDATE, "7", {"country": name})
    Listening("19.0").connector().push([op])

    for domain in asked:
        assert domain == [["name", "=ilike", payload.literally(name.strip())]]


@given(spiteful)
def test_a_name_in_trytons_domain_is_one_value_of_one_condition(name: str) -> None:
    asked: list[Any] = []

    def answer(path: str, body: Mapping[str, Any]) -> Any:
        if body.get("method") == "model.country.country.search":
            asked.append(body["params"][0])
        return tryton.answer(path, body)

    client = Strange(answer, tryton.changes).client()
    connector = TrytonConnector("https://x.example", "db", "nora", "pw", client=client, clock=lambda: 0.0, page=3)
    connector.push([Op(OP_ID, Kind.COMPANY, Action.CREATE, None, {"name": "Nordfrakt", "country": name})])

    for domain in asked:
        either, by_name, by_code = domain
        assert (either, by_name[:2], by_code[:2]) == ("OR", ["name", "ilike"], ["code", "="])
        assert by_name[2] == payload.literally(" ".join(name.split()))
        assert len(by_name) == len(by_code) == 3


def names_in(node: ast.AST) -> set[str]:
    """What an f-string puts in, as it is written."""
    return {ast.unparse(part.value) for part in ast.walk(node) if isinstance(part, ast.FormattedValue)}


SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|ATTACH|MATCH|WHERE)\b")
FROM_OUTSIDE = re.compile(
    r"\b(text|typed|query|value|values\[|body|subject|words|remote_id|needle|name_of_person|line)\b(?!s)"
)


@pytest.mark.parametrize("folder", ["companion/store", "companion/queries", "companion/actions", "companion/sync"])
def test_sql_is_put_together_from_our_own_names_alone(folder: str) -> None:
    found = []
    for file in sorted((ROOT / folder).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and SQL.search(ast.unparse(node)):
                found += [f"{file.name}:{node.lineno} {each}" for each in names_in(node) if FROM_OUTSIDE.search(each)]

    assert found == []
