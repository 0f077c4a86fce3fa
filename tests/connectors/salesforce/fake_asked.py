"""Asking the org in memory: what a query may ask, and what its rows say."""

from __future__ import annotations

import re
from typing import Any

from tests.connectors.salesforce.fake_schema import Field, owner_of
from tests.connectors.salesforce.fake_soql import Malformed, Parser, Query

Row = dict[str, Any]


class Refused(Exception):
    """A definite no: HTTP status and Salesforce's list of errors."""

    def __init__(self, status: int, code: str, message: str, fields: list[str] | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.errors: list[dict[str, Any]] = [{"message": message, "errorCode": code, "fields": fields or [], **more}]


class Asked:
    """The half of an org that is asked. `hidden` objects are not the user's to see, `unseen` rows neither."""

    objects: dict[str, dict[str, Field]]
    rows: dict[str, dict[str, Row]]
    hidden: set[str]
    unseen: set[str]

    def fields(self, owner: str) -> dict[str, Field]:
        """The fields of an object that the user may see."""
        if owner not in self.objects or owner in self.hidden:
            raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
        return self.objects[owner]

    def query(self, text: str, *, deleted: bool = False) -> tuple[Query, list[Row]]:
        """The statement and the rows that it finds."""
        try:
            query = Parser(text, self._column_of).statement()
            self._check(query)
            return query, self._found(query, deleted=deleted)
        except Malformed as error:
            raise Refused(400, "MALFORMED_QUERY", str(error)) from error

    def told(self, query: Query, row: Row) -> Row:
        """A row as a query's answer tells it."""
        found: Row = {
            "attributes": {"type": query.source, "url": f"/services/data/v67.0/sobjects/{query.source}/{row.get('Id')}"}
        }
        for name in query.fields:
            if isinstance(name, Query):
                found[name.source] = self._children(query.source, row, name)
            elif "." in name:
                self._nest(found, query.source, row, name)
            else:
                found[name] = self._shown(query.source, row, name)
        return found

    def value(self, owner: str, row: Row, name: str) -> Any:
        """The value of a dotted field."""
        head, _, rest = name.partition(".")
        if not rest:
            return row.get(head)
        target = self.rows.get(owner_of(str(row.get(f"{head}Id") or "")) or "", {}).get(str(row.get(f"{head}Id")))
        if target is None:
            return None
        return self.value(owner_of(target["Id"]) or "", target, rest)

    def _found(self, query: Query, *, deleted: bool) -> list[Row]:
        rows = [
            row
            for row in self.rows[query.source].values()
            if (deleted or not row["IsDeleted"]) and row["Id"] not in self.unseen
        ]
        return query.answer(rows, lambda row, name: self.value(query.source, row, name))

    def _column_of(self, query: Query) -> list[Any]:
        self._check(query)
        name = query.fields[0]
        assert isinstance(name, str)
        return [self.value(query.source, row, name) for row in self._found(query, deleted=False)]

    def _check(self, query: Query) -> None:
        if query.source not in self.objects or query.source in self.hidden:
            raise Refused(
                400,
                "INVALID_TYPE",
                f"\nsObject type '{query.source}' is not supported.",
            )
        for name in (*(each for each in query.fields if isinstance(each, str)),
                     *(each for each, _, _ in query.named), *(each for each, _ in query.order)):  # fmt: skip
            if name != "semi":
                self._known(query.source, name)
        for name, sign, literal in query.named:
            self._fits(query.source, name, sign, literal)
        if query.source == "ContentDocumentLink" and not any(
            name in ("Id", "ContentDocumentId", "LinkedEntityId") and sign in ("=", "IN")
            for name, sign, _ in query.named
        ):
            raise Malformed(
                "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId "
                "or LinkedEntityId using the equals operator or multiple Id's using the IN operator."
            )

    def _known(self, owner: str, name: str) -> None:
        head, _, rest = name.partition(".")
        fields = self.objects[owner]
        if rest:
            link = fields.get(f"{head}Id")
            if link is None or not link.to:
                raise Refused(400, "INVALID_FIELD", f"\nDidn't understand relationship '{head}' in field path.")
            if len(link.to) == 1:
                self._known(link.to[0], rest)
            return
        if name not in fields:
            raise Refused(
                400,
                "INVALID_FIELD",
                f"\nNo such column '{name}' on entity '{owner}'.",
            )

    def _fits(self, owner: str, name: str, sign: str, literal: Any) -> None:
        known = self.objects[owner].get(name)
        if known is None:
            return
        if known.type in ("textarea", "base64"):
            raise Refused(400, "INVALID_FIELD", f"\nfield '{name}' can not be filtered in a query call")
        if known.type == "datetime" and isinstance(literal, str) and not re.match(r"\d{4}-\d\d-\d\dT", literal):
            raise Refused(
                400,
                "INVALID_FIELD",
                f"\nvalue of filter criterion for field '{name}' must be of type dateTime",
            )
        if known.type in ("id", "reference") and sign in ("=", "IN"):
            for each in literal if isinstance(literal, list) else [literal]:
                if each is not None and not re.fullmatch(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", str(each)):
                    raise Refused(400, "INVALID_QUERY_FILTER_OPERATOR", f"\ninvalid ID field: {each}")

    def _children(self, owner: str, row: Row, inner: Query) -> Any:
        child = {
            "OpportunityContactRoles": "OpportunityContactRole",
            "EventRelations": "EventRelation",
            "EmailMessageRelations": "EmailMessageRelation",
        }[inner.source]
        parent = "OpportunityId" if owner == "Opportunity" else f"{owner}Id"
        asked = Query(inner.fields, child, inner.where, inner.named, inner.order, inner.limit)
        found = [each for each in self._found(asked, deleted=False) if each.get(parent) == row["Id"]]
        if not found:
            return None
        return {"totalSize": len(found), "done": True, "records": [self.told(asked, each) for each in found]}

    def _nest(self, found: Row, owner: str, row: Row, name: str) -> None:
        head, _, rest = name.partition(".")
        if row.get(f"{head}Id") is None:
            found[head] = None
            return
        inner = found.setdefault(head, {"attributes": {"type": owner_of(row[f"{head}Id"])}})
        for part in rest.split(".")[:-1]:
            inner = inner.setdefault(part, {"attributes": {}})
        inner[rest.rpartition(".")[2]] = self.value(owner, row, name)

    def _shown(self, owner: str, row: Row, name: str) -> Any:
        if self.objects[owner][name].type == "base64":
            return f"/services/data/v67.0/sobjects/{owner}/{row['Id']}/{name}"
        return row.get(name)
