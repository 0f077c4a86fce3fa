"""Odoo's search domains over the tables of the fake: prefix notation, dotted paths, and its own idea of emptiness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.connectors.odoo.fake_models import REVERSE

Record = dict[str, Any]


class Search:
    """Whether records of `model` fit a domain."""

    def __init__(self, tables: dict[str, dict[int, Record]], model: str) -> None:
        self._tables, self._model = tables, model

    def holds(self, row: Record, domain: list[Any]) -> bool:
        """Whether all of the domain's conditions hold: what is not joined by '|' is joined by 'and'."""
        parts = iter(domain)
        found = True
        for part in parts:
            found = self._one(row, part, parts) and found
        return found

    def _one(self, row: Record, part: Any, rest: Iterator[Any]) -> bool:
        if part == "|":
            left = self._one(row, next(rest), rest)
            return self._one(row, next(rest), rest) or left
        if part == "&":
            left = self._one(row, next(rest), rest)
            return self._one(row, next(rest), rest) and left
        name, operator, wanted = part
        return self._leaf(row, name.split("."), operator, wanted)

    def _leaf(self, row: Record, path: list[str], operator: str, wanted: Any) -> bool:
        if path[0] in REVERSE and len(path) > 1:
            model, back = REVERSE[path[0]]
            related = [each for each in self._tables[model].values() if each.get(back) == row["id"]]
            return any(self._leaf(each, path[1:], operator, wanted) for each in related)
        value = row.get(path[0])
        value = False if value is None or value == "" else value
        wanted = False if wanted == "" else wanted
        if operator in ("in", "not in"):
            options = [False if each == "" else each for each in wanted]
            there = any(each in options for each in value) if isinstance(value, list) else value in options
            return there == (operator == "in")
        if operator in ("=", "!="):
            same = (not value) if wanted is False and not isinstance(value, int | float) else value == wanted
            return bool(same) == (operator == "=")
        if operator in ("like", "not like"):
            return (str(wanted) in str(value or "")) == (operator == "like")
        if operator in ("=like", "=ilike"):
            parts = re.findall(r"\\.|.", str(wanted), re.DOTALL)
            pattern = "".join({"%": ".*", "_": "."}.get(each, re.escape(each[-1])) for each in parts)
            return re.fullmatch(pattern, str(value or ""), re.IGNORECASE if "i" in operator[1:2] else 0) is not None
        return bool(value is not False and (value >= wanted if operator == ">=" else value > wanted))
