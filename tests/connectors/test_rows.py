"""What the rows of a page tell: a row that can't be read takes no other along, and half a record is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from companion.connectors.base import Poison, Tombstone, Upsert
from companion.connectors.digest import digest
from companion.connectors.rows import told
from companion.domain.records import Gone, Kind


def company(remote_id: str, row: dict[str, Any]) -> Iterator[Upsert | Tombstone]:
    """A company; one that was deleted; or nothing at all."""
    if row.get("deleted"):
        yield Tombstone(Kind.COMPANY, remote_id, Gone.DELETED)
    elif not row.get("hidden"):
        yield Upsert(Kind.COMPANY, remote_id, "", {"name": row["name"]})
        if row["children"].strip():
            yield Upsert(Kind.COMPANY, f"{remote_id}.1", "", {"name": row["children"]})


def test_each_row_tells_a_record_several_one_that_left_or_nothing() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("1", {"name": "Acme", "children": "Acme East"}),
        ("2", {"deleted": True}),
        ("3", {"hidden": True}),
        ("4", {"name": "Bolt", "children": ""}),
    ]

    found = told(Kind.COMPANY, rows, company)

    assert [each.remote_id for each in found.upserts] == ["1", "1.1", "4"]
    assert [each.remote_id for each in found.gone] == ["2"]
    assert found.poison == []


def test_a_row_that_cannot_be_read_stops_itself_alone_and_leaves_no_half_behind() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("1", {"name": "Acme", "children": None}),
        ("2", {"name": "Broken \ud800", "children": ""}),
        ("3", {"name": "Bolt", "children": ""}),
    ]

    found = told(Kind.COMPANY, rows, company)

    assert [each.remote_id for each in found.upserts] == ["3"]
    assert found.poison == [
        Poison(Kind.COMPANY, "1", "its fields are not as expected (AttributeError)"),
        Poison(Kind.COMPANY, "2", "it holds broken Unicode"),
    ]


def test_a_digest_tells_records_apart_by_what_they_say_and_not_by_its_order() -> None:
    one = Upsert(Kind.COMPANY, "1", "", {"name": "Acme", "city": "Ghent"}, {"owner": "7"})
    same = Upsert(Kind.COMPANY, "1", "older", {"city": "Ghent", "name": "Acme"}, {"owner": "7"})
    others = [
        Upsert(Kind.COMPANY, "1", "", {"name": "Acme", "city": "Bruges"}, {"owner": "7"}),
        Upsert(Kind.COMPANY, "1", "", {"name": "Acme", "city": "Ghent"}, {"owner": "8"}),
        Upsert(Kind.COMPANY, "1", "", {"name": "Acme", "city": "Ghent"}, {"owner": "7"}, (("9", "Champion"),)),
        Upsert(Kind.COMPANY, "1", "", {"name": "Acme", "city": "Ghent"}, {"owner": "7"}, extra={"Tags": "VIP"}),
    ]

    assert digest(one) == digest(same)
    assert len({digest(each) for each in (one, *others)}) == 5
