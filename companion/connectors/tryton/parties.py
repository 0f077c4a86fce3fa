"""A Tryton party is a company or a person, and Tryton does not say which: how we tell, and how its parts are mapped.

In this order: who made it with Companion said it; a relation such as "Works for" makes a person, its reverse a company;
a category called Person or Company; a tax number; a legal form in the name; a name that its own e-mail address repeats
("Ada Lovelace", ada@…). Whatever is left is a company, as most parties of a sales database are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from companion.connectors.base import Tombstone, Upsert
from companion.connectors.tryton.coded import seconds
from companion.connectors.tryton.rpc import Row
from companion.domain.records import Gone, Kind, Value

MARK: Final = {Kind.COMPANY: "companion-company:", Kind.PERSON: "companion-person:"}
"""What begins the identifier that holds the id of the op that made a party."""

LIGHT: Final = [
    "name", "identifiers.code", "identifiers.type", "categories.name", "contact_mechanisms.type",
    "contact_mechanisms.value", "replaced_by", "active",
]  # fmt: skip
"""What is needed to tell a company from a person."""
RELATIONS: Final = ["relations.to", "relations.type", "relations.type.name"]
FULL: Final = [
    *LIGHT, "code", "addresses.city", "addresses.country.name", "create_date", "write_date", "_timestamp",
    "contact_mechanisms._timestamp", "addresses._timestamp", "write_uid.name", "create_uid.name",
]  # fmt: skip

_EMPLOYED = re.compile(
    r"\bworks? (for|at|in)\b|\bemploy(ee|ed)\b|\bcontact (of|at|for|de|von|bei)\b|\bmember of\b|\barbeitet\b"
    r"|\bmitarbeiter(in)?\b|\bangestellte|\btravaille\b|\bemployée? (de|chez)\b|\btrabaja\b|\bempleado\b|\blavora\b"
    r"|\bdipendente\b|\bwerkt\b|\bmedewerker\b",
    re.IGNORECASE,
)
_EMPLOYS = re.compile(
    r"\bemploys\b|\bemployer\b|\bhas (employee|contact|member)|\bbeschäftigt\b|\barbeitgeber\b|\bemploie\b"
    r"|\bemployeur\b|\bemplea\b|\bwerkgever\b",
    re.IGNORECASE,
)
_PERSONS = re.compile(
    r"\b(person|people|contact|individual|privat\w*|particulier|particular|persona|personne)s?\b", re.IGNORECASE
)
_COMPANIES = re.compile(
    r"\b(compan(y|ies)|organi[sz]ations?|firma|firmen|entreprises?|empresas?|azienda|aziende)\b", re.IGNORECASE
)
_LEGAL_FORM = re.compile(
    r"\b(ltd|limited|llc|llp|inc|corp(oration)?|plc|gmbh|ag|kg|ohg|ug|sarl|sàrl|sas|sasu|sa|bv|bvba|nv|vof|srl|spa|snc|oy"
    r"|oyj|ab|as|aps|sl|lda|kft|zrt|doo|sro|pty|pte|co|group|holding|bank|university|ministry|council|foundation)\b\.?"
    r"|\be\.\s?v\.|\bs\.\s?[ap]\.|\bs\.\s?r\.\s?l\.",
    re.IGNORECASE,
)


class Rules(Struct, frozen=True):
    """What of Tryton's modules is there: relations between parties, and the type that says who works where."""

    relations: bool = False
    employed: int | None = None

    def light(self) -> list[str]:
        """The fields to read to tell a company from a person."""
        return LIGHT + RELATIONS if self.relations else LIGHT

    def full(self) -> list[str]:
        """The fields to read for a whole record."""
        return FULL + RELATIONS if self.relations else FULL

    def kind(self, row: Row) -> Kind:
        """Whether a party is a company or a person."""
        codes = [str(each.get("code")) for each in row.get("identifiers.") or ()]
        for kind, mark in MARK.items():
            if any(code.startswith(mark) for code in codes):
                return kind
        return _by_relation(row) or _by_category(row) or _by_looks(row)


def is_employment(name: object) -> bool:
    """Whether a type of relation leads from a person to where they work."""
    return isinstance(name, str) and bool(_EMPLOYED.search(name)) and not _EMPLOYS.search(name)


def employer(row: Row) -> tuple[int, int] | None:
    """The relation to where a person works and that company, as ids."""
    for relation in row.get("relations.") or ():
        if is_employment((relation.get("type.") or {}).get("name")):
            return int(relation["id"]), int(relation["to"])
    return None


def mechanism(row: Row, *types: str) -> Row | None:
    """The first phone, e-mail or website of a party, as Tryton orders them."""
    return next((each for each in row.get("contact_mechanisms.") or () if each.get("type") in types), None)


def gone(kind: Kind, row: Row) -> Tombstone:
    """A party that was archived, or merged into another."""
    winner = row.get("replaced_by")
    return Tombstone(kind, str(row["id"]), Gone.MERGED if winner else Gone.ARCHIVED, str(winner) if winner else None)


def company(row: Row) -> Upsert:
    """A company, its version still empty."""
    address = _address(row)
    fields: dict[str, Value] = {
        **_common(row),
        "website": _value(row, "website"),
        "city": address.get("city") or None,
        "country": (address.get("country.") or {}).get("name"),
    }
    return Upsert(Kind.COMPANY, str(row["id"]), "", fields, extra=_extra(row), op_id=_op_id(row))


def person(row: Row) -> Upsert:
    """A person, the version still empty."""
    fields: dict[str, Value] = {
        **_common(row),
        "mobile": _value(row, "mobile"),
        "city": _address(row).get("city") or None,
    }
    works = employer(row)
    links = {"company": str(works[1]) if works else None}
    return Upsert(Kind.PERSON, str(row["id"]), "", fields, links, extra=_extra(row), op_id=_op_id(row))


def _common(row: Row) -> dict[str, Value]:
    return {
        "name": row.get("name") or f"Party {row.get('code') or row['id']}",
        "phone": _value(row, "phone"),
        "email": _value(row, "email"),
        "created_at": seconds(row.get("create_date")),
    }


def _value(row: Row, *types: str) -> str | None:
    found = mechanism(row, *types)
    return found.get("value") if found else None


def _address(row: Row) -> Mapping[str, Any]:
    addresses = row.get("addresses.") or ()
    return next((each for each in addresses if each.get("city")), addresses[0] if addresses else {})


def _extra(row: Row) -> dict[str, str]:
    extra = {"Party": str(row.get("code") or "")}
    for each in row.get("identifiers.") or ():
        if each.get("type"):
            extra[str(each["type"]).replace("_", " ").upper()] = str(each.get("code"))
    names = [str(each.get("name")) for each in row.get("categories.") or ()]
    extra["Categories"] = ", ".join(names)
    return {label: value for label, value in extra.items() if value}


def _op_id(row: Row) -> str | None:
    for each in row.get("identifiers.") or ():
        for mark in MARK.values():
            if str(each.get("code")).startswith(mark):
                return str(each["code"])[len(mark) :]
    return None


def _by_relation(row: Row) -> Kind | None:
    names = [str((each.get("type.") or {}).get("name")) for each in row.get("relations.") or ()]
    if any(is_employment(name) for name in names):
        return Kind.PERSON
    return Kind.COMPANY if any(_EMPLOYS.search(name) for name in names) else None


def _by_category(row: Row) -> Kind | None:
    names = [str(each.get("name")) for each in row.get("categories.") or ()]
    if any(_COMPANIES.search(name) for name in names):
        return Kind.COMPANY
    return Kind.PERSON if any(_PERSONS.search(name) for name in names) else None


def _by_looks(row: Row) -> Kind:
    name = str(row.get("name") or "")
    taxed = any(each.get("type") for each in row.get("identifiers.") or ())
    words = [word for word in re.split(r"[\s,]+", name) if word]
    if taxed or _LEGAL_FORM.search(name) or not 2 <= len(words) <= 4 or re.search(r"\d", name):
        return Kind.COMPANY
    local = str(_value(row, "email") or "").partition("@")[0].casefold()
    own = set(re.split(r"[._+-]+", local))
    return Kind.PERSON if any(len(word) > 1 and word.casefold() in own for word in words) else Kind.COMPANY
