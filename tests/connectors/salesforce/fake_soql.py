"""SOQL as far as Companion and simple-salesforce speak it: read into a tree, and asked of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Lookup = Callable[[Row, str], Any]
"""The value of a dotted field of a row."""

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)


class Malformed(Exception):
    """MALFORMED_QUERY."""


@dataclass
class Query:
    """A statement. `fields` holds names and, for children, queries of their own; `count` for COUNT()."""

    fields: list[str | Query] = field(default_factory=list)
    source: str = ""
    where: Callable[[Row, Lookup], bool] | None = None
    named: list[tuple[str, str, Any]] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
    count: bool = False

    def answer(self, rows: Iterable[Row], value: Lookup) -> list[Row]:
        """The rows that it wants, in its order."""
        found = [row for row in rows if self.where is None or self.where(row, value)]
        for name, down in reversed(self.order):
            found.sort(key=lambda row: _rank(value(row, name)), reverse=down)
        return found[self.offset :][: self.limit if self.limit is not None else len(found)]


class Parser:
    """Reads one statement. `inner` answers a sub-select with the values of its only column."""

    def __init__(self, text: str, inner: Callable[[Query], list[Any]]) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._inner = inner
        self._depth_of_or = 0

    def statement(self) -> Query:
        """The whole statement."""
        query = self._select()
        if self._at < len(self._tokens):
            raise Malformed(f"unexpected token: '{self._tokens[self._at][1]}'")
        return query

    def _select(self) -> Query:
        query = Query()
        self._expect("SELECT")
        if self._is("COUNT"):
            self._next()
            self._expect("(")
            self._expect(")")
            query.count = True
        else:
            query.fields.append(self._column())
            while self._is(","):
                self._next()
                query.fields.append(self._column())
        self._expect("FROM")
        query.source = self._word()
        if self._is("WHERE"):
            self._next()
            query.where = self._either(query, top=True)
        if self._is("ORDER"):
            self._next()
            self._expect("BY")
            query.order.append(self._ordered())
            while self._is(","):
                self._next()
                query.order.append(self._ordered())
        if self._is("LIMIT"):
            self._next()
            query.limit = int(self._next()[1])
        if self._is("OFFSET"):
            self._next()
            query.offset = int(self._next()[1])
        return query

    def _column(self) -> str | Query:
        if self._is("("):
            self._next()
            inner = self._select()
            self._expect(")")
            return inner
        return self._word()

    def _ordered(self) -> tuple[str, bool]:
        name = self._word()
        down = False
        if self._is("ASC") or self._is("DESC"):
            down = self._next()[1].upper() == "DESC"
        if self._is("NULLS"):
            self._next()
            self._next()
        return name, down

    def _either(self, query: Query, *, top: bool) -> Callable[[Row, Lookup], bool]:
        first = self._all(query, top=top)
        if not self._is("OR"):
            return first
        parts = [first]
        while self._is("OR"):
            self._next()
            parts.append(self._all(query, top=False))
        if any(each == "semi" for each, _, _ in query.named):
            raise Malformed("Semi join sub-selects are not allowed with the 'OR' operator")
        return lambda row, value: any(part(row, value) for part in parts)

    def _all(self, query: Query, *, top: bool) -> Callable[[Row, Lookup], bool]:
        parts = [self._one(query, top=top)]
        while self._is("AND"):
            self._next()
            parts.append(self._one(query, top=top))
        if self._is("OR") and len(parts) > 1:
            raise Malformed("unexpected token: 'OR'")  # a mix of both needs parentheses
        return lambda row, value: all(part(row, value) for part in parts)

    def _one(self, query: Query, *, top: bool) -> Callable[[Row, Lookup], bool]:
        if self._is("NOT"):
            self._next()
            inner = self._one(query, top=False)
            return lambda row, value: not inner(row, value)
        if self._is("("):
            self._next()
            found = self._either(query, top=False)
            self._expect(")")
            return found
        return self._compared(query, top=top)

    def _compared(self, query: Query, *, top: bool) -> Callable[[Row, Lookup], bool]:
        name = self._word()
        kind, sign = self._next()
        sign = sign.upper()
        if sign == "NOT":
            self._expect("IN")
            sign = "NOT IN"
        elif kind == "word" and sign not in ("IN", "LIKE"):
            raise Malformed(f"unexpected token: '{sign}'")
        if sign in ("IN", "NOT IN"):
            wanted = self._listed(query, top=top)
            query.named.append((name, sign, wanted))
            known = {_alike(each) for each in wanted}
            return lambda row, value: (_alike(value(row, name)) in known) == (sign == "IN")
        literal = self._literal()
        query.named.append((name, sign, literal))
        return lambda row, value: _holds(value(row, name), sign, literal)

    def _listed(self, query: Query, *, top: bool) -> list[Any]:
        self._expect("(")
        if self._is("SELECT"):
            if not top:
                raise Malformed(
                    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested "
                    "WHERE expressions."
                )
            wanted = self._inner(self._select())
            query.named.append(("semi", "IN", None))
        else:
            wanted = [self._literal()]
            while self._is(","):
                self._next()
                wanted.append(self._literal())
        self._expect(")")
        return wanted

    def _literal(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r", "t": "\t"}.get(found[1], found[1]), text[1:-1])
        if kind == "stamp":
            return Stamp(text)
        if kind == "day":
            return text
        if kind == "number":
            return float(text)
        if kind == "word" and text.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text.lower()]
        raise Malformed(f"unexpected token: '{text}'")

    def _is(self, word: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][1].upper() == word and self._bare()

    def _bare(self) -> bool:
        return self._tokens[self._at][0] in ("word", "sign")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise Malformed("unexpected end of the statement")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, word: str) -> None:
        if not self._is(word):
            at = self._tokens[self._at][1] if self._at < len(self._tokens) else "<EOF>"
            raise Malformed(f"expecting '{word.lower()}', found '{at}'")
        self._next()

    def _word(self) -> str:
        kind, text = self._next()
        if kind != "word":
            raise Malformed(f"unexpected token: '{text}'")
        return text


class Stamp(str):
    """An instant in a statement; compared by the second."""

    __slots__ = ()


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise Malformed(f"unexpected character: '{text[at : at + 1]}'")
        found.append((token.lastgroup or "", token[0].strip()))
        at = token.end()
    return found


def _holds(value: Any, sign: str, literal: Any) -> bool:
    if sign in ("=", "!=", "<>"):
        return bool((_alike(value) == _alike(literal)) == (sign == "="))
    if sign == "LIKE":
        pattern = "".join(
            {"%": ".*", "_": "."}.get(each, re.escape(each[-1]))
            for each in re.findall(r"\\.|.", str(literal), re.DOTALL)
        )
        return re.fullmatch(pattern, str(value or ""), re.IGNORECASE | re.DOTALL) is not None
    if value is None or literal is None:
        return False
    mine, other = _alike(value), _alike(literal)
    try:
        return bool({"<": mine < other, ">": mine > other, "<=": mine <= other, ">=": mine >= other}[sign])
    except TypeError as error:
        raise Malformed(f"value of filter criterion '{literal}' is of the wrong type") from error


def _alike(value: Any) -> Any:
    """What compares equal: instants by the second, numbers as numbers, text without regard to case."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    text = str(value)
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return text[:19]
    return text if re.fullmatch(r"[A-Za-z0-9]{18}", text) else text.casefold()


def _rank(value: Any) -> tuple[int, Any]:
    return (0, "") if value is None else (1, _alike(value))
