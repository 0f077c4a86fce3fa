"""Single requests for records: by their numbers, by a unique property, by a search; and what a record is read by."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from companion.connectors.base import ScopeDenied, Unreachable, Upsert
from companion.connectors.hubspot import activities, engagements, mapping
from companion.connectors.hubspot.mapping import BEHIND, OWNER, Around, Found
from companion.connectors.hubspot.objects import ACTIVITIES, COMPANIES, CONTACTS, DEALS, LEADS, OP_ID, TYPES
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.wire import VERSION, Refusal, Row
from companion.domain.records import Kind

MAPS: Final[Mapping[str, Callable[[Row, Found, Around], Upsert]]] = {
    COMPANIES: mapping.company, CONTACTS: mapping.person, DEALS: mapping.deal, LEADS: mapping.lead,
    **dict.fromkeys(ACTIVITIES, activities.activity),
}  # fmt: skip


_NOT_FOR_US: Final = re.compile("NOT_FOUND|VALIDATION|FORBIDDEN|SCOPES|PERMISSION")
"""What a batch says of a record that is not there, or not for this token: asking again would change nothing."""


class Reader:
    """Asks for records. Raises ScopeDenied where the token may not read a type, else Unreachable."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def by_number(
        self, name: str, numbers: Sequence[str], properties: Sequence[str] | None = None, *, key: str = ""
    ) -> list[Row]:
        """Records by their numbers or by a unique property, as they are now; those that are not there are left out.

        Raises Unreachable where one could not be read just now: left out, it would be taken for gone.
        """
        body: dict[str, object] = {
            "inputs": [{"id": each} for each in numbers],
            "properties": list(self.properties(TYPES[name].kind, name) if properties is None else properties),
            "propertiesWithHistory": [],
        }
        if key:
            body["idProperty"] = key
        answer = self.asked("POST", f"/crm/objects/{VERSION}/{name}/batch/read", body, name)
        if any(not _is_not_for_us(each) for each in answer.get("errors") or ()):
            raise Unreachable(f"some {name} could not be read")
        asked = set(numbers)
        rows = rows_of(answer)
        return [row for row in rows if not row.get("archived") and (key or str(row["id"]) in asked)]

    def versions(
        self, around: Around, rows: Sequence[Row], made: Mapping[str, tuple[str, Mapping[str, str]]]
    ) -> dict[str, str]:
        """The versions of records that have just been created, by what `made` them: an op's id and its links."""
        found: dict[str, str] = {}
        for row in rows:
            op_id, links = made.get(str(row["id"]), ("", {}))
            linked = {link: [other] for link, other in links.items()}
            found[op_id] = MAPS[around.name](row, linked, around).version
        return found

    def around(self, name: str) -> Around:
        """What a record of the type is read by."""
        session = self.session
        pipelines, properties = session.pipelines(name), session.properties(name)
        portal = session.portal
        return Around(
            name, properties, session.agreed, portal, session.wire.zone, pipelines, session.outcomes, session.now
        )

    def some(self, name: str, properties: Sequence[str], limit: int) -> list[Row]:
        """Any records of a type."""
        params = {"limit": limit, "properties": ",".join(properties)}
        return rows_of(self.asked("GET", f"/crm/objects/{VERSION}/{name}", params, name))

    def search(self, name: str, groups: Sequence[Sequence[Row]], properties: Sequence[str], limit: int) -> list[Row]:
        """The records that fit one of the groups of filters, in the order of their numbers. The index lags."""
        body = {
            "filterGroups": [{"filters": list(group)} for group in groups],
            "sorts": ["hs_object_id"],
            "properties": list(properties),
            "limit": limit,
        }
        return rows_of(self.asked("POST", f"/crm/objects/{VERSION}/{name}/search", body, name))

    def properties(self, kind: Kind, name: str) -> list[str]:
        """The properties to ask for by name, those that are there: HubSpot tells few by itself."""
        known = self.session.properties(name)
        if kind is Kind.ENGAGEMENT:
            wanted: tuple[str, ...] = (*engagements.read_properties(), OWNER)
        else:
            agreed = mapping.names_of(name, self.session.agreed, known)
            besides = BEHIND[name] if name in BEHIND else activities.read_properties(name)
            wanted = (*agreed.values(), *besides, *self.session.agreed.shown.get(kind, ()), OP_ID)
        return [each for each in dict.fromkeys((*wanted, "hs_updated_by_user_id")) if each in known]

    def asked(self, method: str, path: str, what: Mapping[str, Any], name: str) -> Row:
        try:
            return self.session.wire.get(path, what) if method == "GET" else self.session.wire.ask(path, what)
        except Refusal as refusal:
            if refusal.denied:
                raise ScopeDenied(f"no right to read {name}") from refusal
            if refusal.missing and method == "GET":
                raise ScopeDenied(f"no {name} there") from refusal
            raise Unreachable(f"{name} could not be read: {refusal.status} {refusal.category}") from refusal


def rows_of(answer: Row) -> list[Row]:
    """The records of an answer; raises Unreachable where one has no number: to leave it out would be to skip it."""
    rows = answer.get("results")
    if not isinstance(rows, list) or not all(_is_record(row) for row in rows):
        raise Unreachable("a record without a number")
    return rows


def _is_not_for_us(error: object) -> bool:
    told = error if isinstance(error, dict) else {}
    category, words = str(told.get("category") or ""), str(told.get("message") or "")
    return bool(_NOT_FOR_US.search(category)) or (not category and "not exist" in words)


def _is_record(row: object) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("properties"), dict):
        return False
    number = row.get("id")
    return isinstance(number, str) and number.isascii() and number.isdecimal()
