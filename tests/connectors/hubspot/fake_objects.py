"""How the small HubSpot answers about objects and associations: one by one, in lists, searches and batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.connectors.fake_server import Reply, Request
from tests.connectors.hubspot.fake_paths import listed, paged, plural
from tests.connectors.hubspot.fake_properties import iso
from tests.connectors.hubspot.fake_records import (
    DEFAULTS,
    PRIMARY,
    SINGULAR,
    TYPES,
    WITH_FIRST,
    Record,
    Records,
    Refused,
    sortable,
    told_of,
)

MOST_FOUND = 10_000
"""Rows that one search gives at most."""

MOST_LINKED = 500
"""Associations of one record that one answer tells; where there are more, it says how to go on."""

BATCH = 100
_NONE = "crm.associations.NO_ASSOCIATIONS_FOUND"
_LABEL = {number: {"label": "Primary"} for number in PRIMARY}
_TOLD = {
    "contacts": ["email", "firstname", "lastname"],
    "companies": ["name", "domain"],
    "deals": ["dealname", "amount", "dealstage", "pipeline"],
}
"""What is told of a type where nothing is asked for."""


class Objects:
    """Objects and associations. `shuffles` turns the answer to a batch round, `does_part` does its first item only."""

    def __init__(self, now: Callable[[], float], lag_s: float) -> None:
        self.records = Records(now, lag_s)
        self.shuffles = self.does_part = False
        self.most_found, self.most_linked = MOST_FOUND, MOST_LINKED

    # Associations ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _associations(self, request: Request, parts: list[str]) -> Reply:
        a, b, what = plural(parts[0]), plural(parts[1]), "/".join(parts[2:])
        inputs = request.json["inputs"]
        if what == "batch/read":
            return self._read_links(a, b, inputs)
        for each in inputs:
            i = int(each["from"]["id"])
            others = each["to"] if isinstance(each["to"], list) else [each["to"]]
            for other in others:
                if self.records.get(a, i) is None or self.records.get(b, int(other["id"])) is None:
                    raise Refused(400, "VALIDATION_ERROR", f"One of {i} and {other['id']} does not exist")
                if what == "batch/archive":
                    self.records.unlink(a, i, b, int(other["id"]))
                else:
                    types = [one["associationTypeId"] for one in each.get("types") or ()]
                    if what != "batch/associate/default":
                        self._check_types(a, b, types)
                    self.records.link(a, i, b, int(other["id"]), types)
        if what == "batch/archive":
            return Reply(204)
        if what == "batch/associate/default":
            spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
            told = [{"from": each["from"], "to": each["to"], "associationSpec": spec} for each in inputs]
            return Reply(200, {**self._batch(), "results": told})
        results = [
            {
                "fromObjectTypeId": "0-1", "fromObjectId": int(each["from"]["id"]), "toObjectTypeId": "0-2",
                "toObjectId": int(each["to"]["id"]), "labels": [],
            }
            for each in inputs
        ]  # fmt: skip
        return Reply(201, {**self._batch(), "results": results})

    def _check_types(self, a: str, b: str, types: list[int]) -> None:
        pair = DEFAULTS.get((a, b))
        known = {pair[0]} if pair else {DEFAULTS[(b, a)][1]}
        known |= set(PRIMARY) | set(PRIMARY.values()) | set(WITH_FIRST)
        if not set(types) <= known:
            raise Refused(400, "VALIDATION_ERROR", f"{types} are no types of association between {a} and {b}")

    def _read_links(self, a: str, b: str, inputs: list[dict[str, Any]]) -> Reply:
        results, errors = [], []
        for each in inputs:
            found = self.records.linked(a, int(each["id"]), b)
            if found:
                to = [
                    {"toObjectId": j, "associationTypes": [
                        {"category": "HUBSPOT_DEFINED", "typeId": one, **_LABEL.get(one, {})} for one in sorted(types)
                    ]}
                    for j, types in found.items()
                ]  # fmt: skip
                page, paging = self._part(to, int(each.get("after") or 0))
                results.append({"from": {"id": each["id"]}, "to": page, **paging})
            else:
                errors.append({
                    "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": {"value": _NONE},
                    "message": f"No {b} is associated with {a} {each['id']}", "context": {"fromObjectId": [each["id"]]},
                    "errors": [], "links": {},
                })  # fmt: skip
        told = {**self._batch(), "results": results}
        return Reply(207, {**told, "errors": errors, "numErrors": len(errors)}) if errors else Reply(200, told)

    # Objects ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _objects(self, request: Request, parts: list[str]) -> Reply:
        name = plural(parts[0])
        if name not in TYPES:
            raise Refused(404, "OBJECT_NOT_FOUND", f"Unable to infer object type from: {parts[0]}")
        if len(parts) == 1:
            return self._list(request, name) if request.method == "GET" else self._create(request, name)
        if parts[1] == "search":
            return self._search(request, name)
        if parts[1] == "batch":
            return self._in_batch(request, name, parts[2])
        if parts[1] == "merge":
            told = request.json
            row = self.records.merge(name, int(told["primaryObjectId"]), int(told["objectIdToMerge"]))
            return Reply(200, self.told(name, row))
        if len(parts) > 3 and parts[2] == "associations":
            return self._one_link(request, name, parts)
        return self._one(request, name, parts[1])

    def _list(self, request: Request, name: str) -> Reply:
        archived = request.one("archived").lower() == "true"
        rows = self.records.alive(name, archived)
        after, limit = int(request.one("after", "0")), int(request.one("limit", "10"))
        if not 1 <= limit <= 100:
            raise Refused(400, "VALIDATION_ERROR", "limit must be between 1 and 100")
        later = [row for row in rows if row.number > after]
        wanted = listed(request, "properties")
        told = [self.told(name, row, wanted) for row in later[:limit]]
        for each, row in zip(told, later):
            if links := self._listed_links(name, row, listed(request, "associations")):
                each["associations"] = links
        return Reply(200, paged(told, later[limit:]))

    def _listed_links(self, name: str, row: Record, wanted: list[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for other in map(plural, wanted):
            word = f"{SINGULAR[name]}_to_{SINGULAR[other]}"
            results = []
            for j, types in self.records.linked(name, row.number, other).items():
                if {name, other} & {"companies"} and name in ("contacts", "deals"):
                    results += [{"id": str(j), "type": word}] if types & set(PRIMARY) else []
                    results.append({"id": str(j), "type": f"{word}_unlabeled"})
                else:
                    results.append({"id": str(j), "type": word})
            if results:
                page, paging = self._part(results)
                found[other] = {"results": page, **paging}
        return found

    def _part(self, told: list[dict[str, Any]], after: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Some of a record's associations, and where they go on."""
        end = after + self.most_linked
        link = f"https://api.hubapi.com/?after={end}"
        return told[after:end], {"paging": {"next": {"after": str(end), "link": link}}} if end < len(told) else {}

    def _create(self, request: Request, name: str) -> Reply:
        return Reply(201, self.told(name, self._made(name, request.json)))

    def _made(self, name: str, told: dict[str, Any]) -> Record:
        links = [(each["to"]["id"], each["types"]) for each in told.get("associations") or ()]
        ends = [(self._end_of(name, types), int(number), types) for number, types in links]
        row = self.records.create(name, told["properties"])
        for other, number, types in ends:
            self.records.link(name, row.number, other, number, [one["associationTypeId"] for one in types])
        return row

    def _end_of(self, name: str, types: list[dict[str, Any]]) -> str:
        number = types[0]["associationTypeId"]
        if number in PRIMARY:
            return "companies"
        return next(b for (a, b), pair in DEFAULTS.items() if a == name and number == pair[0])

    def _one(self, request: Request, name: str, number: str) -> Reply:
        row = self._found(name, number, request.one("idProperty"))
        if request.method == "DELETE":
            if row is not None:
                self.records.archive(name, row.number)
            return Reply(204)
        if row is None or (row.archived_at is not None) != (request.one("archived").lower() == "true"):
            raise Refused(404, "OBJECT_NOT_FOUND", f"Object not found.  objectId are usually numeric. {number}")
        if request.method == "PATCH":
            self.records.update(name, row, request.json["properties"])
        told = self.told(name, row, listed(request, "properties"))
        if links := self._listed_links(name, row, listed(request, "associations")):
            told["associations"] = links
        return Reply(200, told)

    def _found(self, name: str, number: str, key: str) -> Record | None:
        if key:
            known = self.records.properties[name].get(key)
            if known is None or not known.unique:
                raise Refused(400, "VALIDATION_ERROR", f"{key} is not a property with unique values")
            return self.records.by_value(name, key, number)
        return self.records.get(name, int(number)) if number.isdecimal() else None

    def _one_link(self, request: Request, name: str, parts: list[str]) -> Reply:
        if parts[3] == "default":
            other, i, j = plural(parts[4]), int(parts[1]), int(parts[5])
            self.records.link(name, i, other, j, [])
            spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}
            one = {"from": {"id": str(i)}, "to": {"id": str(j)}, "associationSpec": spec}
            return Reply(200, {**self._batch(), "results": [one]})
        other = plural(parts[3])
        if request.method == "GET":
            to = self._read_links(name, other, [{"id": parts[1]}]).body
            assert isinstance(to, dict)
            return Reply(200, {"results": to["results"][0]["to"] if to["results"] else []})
        if request.method == "DELETE":
            self.records.unlink(name, int(parts[1]), other, int(parts[4]))
            return Reply(204)
        types = [one["associationTypeId"] for one in request.json]
        self._check_types(name, other, types)
        self.records.link(name, int(parts[1]), other, int(parts[4]), types)
        pair = {"fromObjectId": int(parts[1]), "toObjectId": int(parts[4]), "labels": []}
        return Reply(201, {**pair, "fromObjectTypeId": "0-1", "toObjectTypeId": "0-2"})

    # Search ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _search(self, request: Request, name: str) -> Reply:
        told = request.json
        groups = [group["filters"] for group in told.get("filterGroups") or ()]
        if len(groups) > 5 or any(len(group) > 6 for group in groups) or sum(map(len, groups)) > 18:
            raise Refused(400, "VALIDATION_ERROR", "too many filters")
        limit, after = int(told.get("limit") or 10), int(told.get("after") or 0)
        if not 1 <= limit <= 200 or after + limit > self.most_found:
            raise Refused(400, "VALIDATION_ERROR", "There was a problem with the request: paging beyond 10,000 results")
        rows = [
            row
            for row in self.records.indexed(name)
            if not groups or any(all(self._fits(name, row, one) for one in group) for group in groups)
        ]
        for sort in reversed(told.get("sorts") or ()):
            by, back = (
                (sort, False) if isinstance(sort, str) else (sort["propertyName"], sort["direction"] != "ASCENDING")
            )
            by, back = (by[1:], True) if by.startswith("-") else (by, back)
            rows.sort(key=lambda row: self._place(name, row, by), reverse=back)
        page = rows[after : after + limit]
        answer: dict[str, Any] = {
            "total": len(rows),
            "results": [self.told(name, row, told.get("properties") or []) for row in page],
        }
        if after + limit < len(rows):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return Reply(200, answer)

    def _place(self, name: str, row: Record, by: str) -> tuple[bool, float | str]:
        value = told_of(name, row).get(by)
        return (True, sortable(self.records.properties[name].get(by), value)) if value is not None else (False, 0.0)

    def _fits(self, name: str, row: Record, one: dict[str, Any]) -> bool:
        known = self.records.properties[name].get(one["propertyName"])
        if known is None:
            raise Refused(
                400, "VALIDATION_ERROR", f"There was a problem with the request: no property {one['propertyName']}"
            )
        told, operator = told_of(name, row).get(one["propertyName"]), one["operator"]
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            return bool((told is not None) == (operator == "HAS_PROPERTY"))
        if told is None:
            return False
        has, wants = sortable(known, told), sortable(known, one.get("value", "")) if "value" in one else ""
        compare: dict[str, Callable[[], bool]] = {
            "EQ": lambda: has == wants, "NEQ": lambda: has != wants,
            "GT": lambda: has > wants, "GTE": lambda: has >= wants,  # type: ignore[operator]
            "LT": lambda: has < wants, "LTE": lambda: has <= wants,  # type: ignore[operator]
            "IN": lambda: told in one.get("values", ()),
        }  # fmt: skip
        return bool(compare[operator]())

    # Batches ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _in_batch(self, request: Request, name: str, what: str) -> Reply:
        told = request.json
        inputs = told["inputs"]
        if len(inputs) > BATCH:
            raise Refused(400, "VALIDATION_ERROR", f"Maximum batch size of {BATCH} exceeded")
        if what == "archive":
            for each in inputs:
                self.records.archive(name, int(each["id"]))
            return Reply(204)
        doing = {
            "read": self._read_one,
            "create": self._create_one,
            "update": self._update_one,
            "upsert": self._upsert_one,
        }
        results, errors = [], []
        for place, each in enumerate(inputs):
            try:
                if self.does_part and what in ("create", "update", "upsert") and place:
                    raise Refused(503, "SERVICE_UNAVAILABLE", "This one was not done in time.")
                results.append(doing[what](name, each, told))
            except Refused as refused:
                errors.append(self._batch_error(each, refused))
        if self.shuffles:
            results.reverse()
        answer = {**self._batch(), "results": results}
        if errors:
            if what != "read" and not results and len(inputs) == 1:
                error = errors[0]
                status = {"CONFLICT": 409, "SERVICE_UNAVAILABLE": 503}.get(error["category"], 400)
                raise Refused(status, error["category"], error["message"])
            return Reply(207, {**answer, "errors": errors, "numErrors": len(errors)})
        return Reply(201 if what == "create" else 200, answer)

    def _batch_error(self, each: dict[str, Any], refused: Refused) -> dict[str, Any]:
        trace = each.get("objectWriteTraceId")
        context = {"objectWriteTraceId": [trace]} if trace else {"ids": [str(each.get("id"))]}
        return {
            "status": "error", "category": refused.category, "message": refused.message, "context": context,
            "errors": [], "links": {},
        }  # fmt: skip

    def _read_one(self, name: str, each: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        row = self._found(name, str(each["id"]), told.get("idProperty") or "")
        if row is None or row.archived_at is not None:
            raise Refused(
                404, "OBJECT_NOT_FOUND", f"Could not get some {name} objects, they may be deleted or not exist"
            )
        return self.told(name, row, told.get("properties") or [])

    def _create_one(self, name: str, each: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        return self.told(name, self._made(name, each), list(each["properties"]))

    def _update_one(self, name: str, each: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        row = self._found(name, str(each["id"]), each.get("idProperty") or "")
        if row is None or row.archived_at is not None:
            raise Refused(404, "OBJECT_NOT_FOUND", f"{each['id']} was not found")
        self.records.update(name, row, each["properties"])
        return self.told(name, row, list(each["properties"]))

    def _upsert_one(self, name: str, each: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        key = each.get("idProperty") or ""
        row = self._found(name, str(each["id"]), key)
        new = row is None
        if row is None:
            row = self.records.create(name, {**each["properties"], **({key: each["id"]} if key else {})})
        else:
            self.records.update(name, row, each["properties"])
        found = {**self.told(name, row, [*each["properties"], key]), "new": new}
        found["properties"] = {prop: value for prop, value in found["properties"].items() if value is not None}
        return found | ({"objectWriteTraceId": each["objectWriteTraceId"]} if each.get("objectWriteTraceId") else {})

    def _batch(self) -> dict[str, Any]:
        return {"status": "COMPLETE", "startedAt": iso(self.records.now()), "completedAt": iso(self.records.now())}

    def told(self, name: str, row: Record, wanted: list[str] | None = None) -> dict[str, Any]:
        """A record as HubSpot answers: a few properties by itself, those asked for, null where there is none."""
        every = told_of(name, row)
        always = ["hs_object_id", "hs_lastmodifieddate", "createdate", "hs_createdate", "lastmodifieddate"]
        names = [*always, *(wanted or _TOLD.get(name, []))]
        known = self.records.properties[name]
        found = {each: every.get(each) for each in names if each in known and (each not in always or each in every)}
        told = {
            "id": str(row.number), "properties": found, "createdAt": iso(row.created), "updatedAt": iso(row.updated),
            "archived": row.archived_at is not None,
        }  # fmt: skip
        return told | ({"archivedAt": iso(row.archived_at)} if row.archived_at is not None else {})
