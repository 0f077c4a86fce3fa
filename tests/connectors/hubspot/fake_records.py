"""The records of an account of HubSpot in memory: values, stamps, associations, merges, and an index that lags."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.connectors.hubspot.fake_properties import Property, iso, millis, properties_of, stored, words_of

TYPES = ("contacts", "companies", "deals", "leads", "calls", "meetings", "emails", "notes", "tasks")
SINGULAR = {name: "company" if name == "companies" else name.removesuffix("s") for name in TYPES}
DEFAULTS = {
    ("contacts", "companies"): (279, 280), ("deals", "contacts"): (3, 4), ("deals", "companies"): (341, 342),
    ("calls", "contacts"): (194, 193), ("calls", "companies"): (182, 181), ("calls", "deals"): (206, 205),
    ("emails", "contacts"): (198, 197), ("emails", "companies"): (186, 185), ("emails", "deals"): (210, 209),
    ("meetings", "contacts"): (200, 199), ("meetings", "companies"): (188, 187), ("meetings", "deals"): (212, 211),
    ("notes", "contacts"): (202, 201), ("notes", "companies"): (190, 189), ("notes", "deals"): (214, 213),
    ("tasks", "contacts"): (204, 203), ("tasks", "companies"): (192, 191), ("tasks", "deals"): (216, 215),
    ("leads", "contacts"): (608, 607), ("leads", "companies"): (610, 609), ("leads", "calls"): (596, 595),
    ("leads", "emails"): (598, 597), ("leads", "meetings"): (600, 599), ("leads", "notes"): (854, 853),
    ("leads", "tasks"): (646, 645),
}  # fmt: skip
PRIMARY = {1: 2, 5: 6}
WITH_FIRST = {578: 577}
"""A lead's first contact."""
INVERSE = dict(DEFAULTS.values()) | PRIMARY | WITH_FIRST
INVERSE |= {b: a for a, b in INVERSE.items()}


class Refused(Exception):
    """HubSpot says no."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.category, self.message, self.more = status, category, message, more


@dataclass
class Record:
    """A record: its values, and since when it is archived."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    created: float = 0.0
    updated: float = 0.0
    archived_at: float | None = None
    merged_into: int | None = None


@dataclass
class Stage:
    """A stage of a pipeline; without the properties `needs` no deal enters it, `state` is that of a lead in it."""

    id: str
    label: str
    probability: float
    closed: bool = False
    needs: list[str] = field(default_factory=list)
    state: str = ""


class Records:
    """All records. `lag_s` is how long the search does not know of a change."""

    def __init__(self, now: Callable[[], float], lag_s: float) -> None:
        self.now, self.lag_s = now, lag_s
        self.of: dict[str, dict[int, Record]] = {name: {} for name in TYPES}
        self.properties: dict[str, dict[str, Property]] = {name: properties_of(name) for name in TYPES}
        self.links: dict[tuple[str, int, str], dict[int, set[int]]] = {}
        self.pipelines: dict[str, tuple[str, list[Stage]]] = {}
        self.lead_pipelines: dict[str, tuple[str, list[Stage]]] = {}
        self.required: dict[str, list[str]] = {}
        self._index: dict[str, dict[int, Record]] = {name: {} for name in TYPES}
        self._unindexed: list[tuple[float, str, Record]] = []
        self._last = 100

    # Reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, name: str, number: int) -> Record | None:
        """The record as it is; of a merged one, the survivor."""
        found = self.of[name].get(number)
        while found is not None and found.merged_into is not None:
            found = self.of[name].get(found.merged_into)
        return found

    def alive(self, name: str, archived: bool = False) -> list[Record]:
        """All that are not (or are) archived, in the order of their numbers."""
        rows = (row for row in self.of[name].values() if row.merged_into is None)
        return sorted((row for row in rows if (row.archived_at is not None) == archived), key=lambda row: row.number)

    def by_value(self, name: str, prop: str, value: str) -> Record | None:
        """The record with a unique value."""
        rows = self.alive(name)
        return next((row for row in rows if (row.values.get(prop) or "").casefold() == value.casefold()), None)

    def indexed(self, name: str) -> list[Record]:
        """What the search knows now."""
        due = [each for each in self._unindexed if each[0] <= self.now()]
        if due:
            self._unindexed = [each for each in self._unindexed if each[0] > self.now()]
        for _, type_name, row in due:
            if row.archived_at is not None or row.merged_into is not None:
                self._index[type_name].pop(row.number, None)
            else:
                self._index[type_name][row.number] = row
        return sorted(self._index[name].values(), key=lambda row: row.number)

    # Writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def create(self, name: str, values: Mapping[str, object], *, at: float | None = None) -> Record:
        """Makes a record. Raises Refused."""
        told = self.checked(name, values, None)
        self._last += 1
        at = self.now() if at is None else at
        row = Record(self._last, {}, at, at)
        self.of[name][row.number] = row
        self._put(name, row, told)
        return row

    def update(self, name: str, row: Record, values: Mapping[str, object]) -> None:
        """Changes values. Raises Refused."""
        self._put(name, row, self.checked(name, values, row))

    def archive(self, name: str, number: int) -> None:
        """Puts a record into the bin; there is no harm in doing so twice."""
        row = self.of[name].get(number)
        if row is not None and row.archived_at is None:
            row.archived_at = self.now()
            self.touch(name, row)

    def restore(self, name: str, number: int) -> None:
        """Out of the bin again."""
        row = self.of[name][number]
        row.archived_at = None
        self.touch(name, row)

    def merge(self, name: str, winner: int, loser: int) -> Record:
        """One record out of two; the loser's number leads to the winner."""
        kept, lost = self.of[name][winner], self.of[name][loser]
        lost.merged_into = winner
        before = kept.values.get("hs_merged_object_ids")
        kept.values["hs_merged_object_ids"] = ";".join(filter(None, [before, str(loser)]))
        for a, i, b in [each for each in self.links if each[:2] == (name, loser)]:
            for j, types in list(self.links[a, i, b].items()):
                self.link(name, winner, b, j, types - set(PRIMARY) - set(PRIMARY.values()))
        self.touch(name, lost)
        self.touch(name, kept)
        return kept

    def touch(self, name: str, row: Record, *, at: float | None = None) -> None:
        """Stamps a change and lets the index hear of it later."""
        row.updated = self.now() if at is None else at
        self.index(name, row)

    def index(self, name: str, row: Record) -> None:
        """The index will know of the record as it is now."""
        known = copy.copy(row)
        known.values = dict(row.values)
        self._unindexed.append((self.now() + self.lag_s, name, known))

    def know_all(self) -> None:
        """The index hears of everything at once."""
        self._unindexed = [(self.now(), name, row) for _, name, row in self._unindexed]

    def link(self, a: str, i: int, b: str, j: int, types: Iterable[int]) -> None:
        """Associates two records, both ways. One primary company pushes out the other."""
        told = set(types)
        pair = DEFAULTS.get((a, b))
        told |= {pair[0]} if pair else {DEFAULTS[(b, a)][1]}
        for primary in told & set(PRIMARY):
            for w, others in self.links.get((a, i, b), {}).items():
                if w != j and primary in others:
                    others.discard(primary)
                    self.links[b, w, a][i].discard(PRIMARY[primary])
        if {a, b} == {"contacts", "companies"} and a == "contacts" and not self.primary(a, i, b):
            told.add(1)
        if (a, b) == ("deals", "companies") and not self.primary(a, i, b):
            told.add(5)
        self.links.setdefault((a, i, b), {}).setdefault(j, set()).update(told)
        back = {INVERSE[each] for each in told if each in INVERSE}
        self.links.setdefault((b, j, a), {}).setdefault(i, set()).update(back)

    def unlink(self, a: str, i: int, b: str, j: int) -> None:
        """No association any more."""
        self.links.get((a, i, b), {}).pop(j, None)
        self.links.get((b, j, a), {}).pop(i, None)

    def linked(self, a: str, i: int, b: str) -> dict[int, set[int]]:
        """The associations of one record to those of a type that are there."""
        return {j: types for j, types in sorted(self.links.get((a, i, b), {}).items()) if self.is_there(b, j)}

    def is_there(self, name: str, number: int) -> bool:
        """Whether a record is neither archived nor merged into another."""
        row = self.of[name].get(number)
        return row is not None and row.archived_at is None and row.merged_into is None

    def primary(self, a: str, i: int, b: str) -> int | None:
        """The company that stands out."""
        return next((w for w, types in self.linked(a, i, b).items() if types & set(PRIMARY)), None)

    # Rules ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def checked(self, name: str, values: Mapping[str, object], row: Record | None) -> dict[str, str | None]:
        """The values as they are kept. Raises Refused with all that is wrong."""
        faults: list[dict[str, Any]] = []
        told: dict[str, str | None] = {}
        for prop, value in values.items():
            known = self.properties[name].get(prop)
            if known is None:
                faults.append(_fault(prop, f'Property "{prop}" does not exist', "PROPERTY_DOESNT_EXIST"))
            elif known.read_only or known.calculated:
                faults.append(_fault(prop, f'"{prop}" is a read only property', "READ_ONLY_VALUE"))
            else:
                try:
                    told[prop] = stored(known, value)
                except ValueError as error:
                    faults.append(_fault(prop, str(error.args[0]), str(error.args[1])))
        after = {**(row.values if row else {}), **told}
        faults += self._missing(name, after, told, row)
        if faults:
            raise Refused(400, "VALIDATION_ERROR", words_of(faults))
        self._unique(name, told, row)
        return told

    def _missing(
        self, name: str, after: Mapping[str, str | None], told: Mapping[str, str | None], row: Record | None
    ) -> list[dict[str, Any]]:
        wanted = list(self.required.get(name, ())) if row is None else []
        wanted += {"deals": ["dealname"], "leads": ["hs_lead_name"]}.get(name, [])
        if name in ("calls", "meetings", "emails", "notes", "tasks"):
            wanted.append("hs_timestamp")
        faults = [
            _fault(prop, f"Required property {prop} is missing", "REQUIRED_FIELD")
            for prop in wanted
            if not after.get(prop)
        ]
        if name == "companies" and not (after.get("name") or after.get("domain")):
            faults.append(_fault("name", "A company needs a name or a domain", "REQUIRED_FIELD"))
        if name == "contacts" and not any(after.get(prop) for prop in ("email", "firstname", "lastname")):
            faults.append(_fault("email", "A contact needs an email, a first or a last name", "REQUIRED_FIELD"))
        return faults + self._stage(name, after, told)

    def _stage(
        self, name: str, after: Mapping[str, str | None], told: Mapping[str, str | None]
    ) -> list[dict[str, Any]]:
        at, within = ("hs_pipeline_stage", "hs_pipeline") if name == "leads" else ("dealstage", "pipeline")
        if name not in ("deals", "leads") or not told.get(at):
            return []
        known = self.lead_pipelines if name == "leads" else self.pipelines
        _, stages = known.get(str(after.get(within)), ("", []))
        stage = next((each for each in stages if each.id == told[at]), None)
        if stage is None:
            words = f"{told[at]} was not one of the allowed options for pipeline {after.get(within)}"
            return [_fault(at, words, "INVALID_OPTION")]
        return [
            _fault(prop, f"{prop} is required in the stage {stage.label}", "REQUIRED_FIELD")
            for prop in stage.needs
            if not after.get(prop)
        ]

    def _unique(self, name: str, told: Mapping[str, str | None], row: Record | None) -> None:
        for prop, value in told.items():
            if value and self.properties[name][prop].unique:
                other = self.by_value(name, prop, value)
                if other is not None and other is not row:
                    what = SINGULAR[name].capitalize()
                    raise Refused(409, "CONFLICT", f"{what} already exists. Existing ID: {other.number}")

    def _put(self, name: str, row: Record, told: Mapping[str, str | None]) -> None:
        moved = name == "deals" and told.get("dealstage") not in (None, row.values.get("dealstage"))
        owned = "hubspot_owner_id" in told and told["hubspot_owner_id"] != row.values.get("hubspot_owner_id")
        done = told.get("hs_task_status") == "COMPLETED" != row.values.get("hs_task_status")
        for prop, value in told.items():
            if value is None:
                row.values.pop(prop, None)
            else:
                row.values[prop] = value
        at = (
            row.created
            if row.created == row.updated and not row.values.get("hs_v2_date_entered_current_stage")
            else self.now()
        )
        if moved:
            row.values["hs_v2_date_entered_current_stage"] = iso(at)
            stages = self.pipelines.get(row.values.get("pipeline", ""), ("", []))[1]
            stage = next((each for each in stages if each.id == row.values["dealstage"]), None)
            row.values["hs_deal_stage_probability"] = str(stage.probability if stage else 0)
        if name == "leads" and told.get("hs_pipeline_stage"):
            stages = self.lead_pipelines[row.values["hs_pipeline"]][1]
            stage = next(each for each in stages if each.id == row.values["hs_pipeline_stage"])
            row.values["hs_v2_date_entered_current_stage"] = iso(at)
            row.values["hs_lead_is_qualified"] = str(stage.state == "QUALIFIED").lower()
            row.values["hs_lead_is_disqualified"] = str(stage.state == "UNQUALIFIED").lower()
        if owned:
            row.values["hubspot_owner_assigneddate"] = iso(self.now())
        if done:
            row.values["hs_task_completion_date"] = iso(self.now())
        self.touch(name, row, at=max(row.updated, row.created) if row.created > self.now() else None)


def told_of(name: str, row: Record) -> dict[str, str]:
    """All values of a record, those that HubSpot keeps itself among them."""
    stamps = {"hs_object_id": str(row.number), "hs_lastmodifieddate": iso(row.updated)}
    stamps |= {"lastmodifieddate": iso(row.updated)} if name == "contacts" else {}
    stamps |= {"createdate" if name in ("contacts", "companies", "deals") else "hs_createdate": iso(row.created)}
    return {**row.values, **stamps}


def sortable(known: Property | None, value: str) -> float | str:
    """A value as the search compares it."""
    if known is not None and known.kind in ("datetime", "date"):
        return float(millis(value))
    if known is not None and known.kind == "number":
        return float(value)
    return value.casefold()


def _fault(prop: str, words: str, code: str) -> dict[str, Any]:
    return {"isValid": False, "message": words, "error": code, "name": prop, "localizedErrorMessage": words}
