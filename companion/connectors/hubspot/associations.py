"""Which record belongs to which: associations out of a list, read for many records at once, made and undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from companion.connectors.base import Unreachable
from companion.connectors.http import Doubtful
from companion.connectors.hubspot.objects import TARGETS, ObjectType
from companion.connectors.hubspot.session import Session
from companion.connectors.hubspot.told import next_after
from companion.connectors.hubspot.wire import VERSION, Refusal, Row, refusal

AT_ONCE: Final = 1000
_NONE_FOUND: Final = "NO_ASSOCIATIONS_FOUND"

Linked = dict[str, list[str]]


def targets(session: Session, of: ObjectType) -> dict[str, str]:
    """Our links of a type that can be read, and the types they lead to."""
    return {link: TARGETS[link] for link in of.links if session.readable(TARGETS[link])}


def of_row(row: Row, of: ObjectType) -> Linked:
    """The associations that a list brings along, the one that stands out first."""
    told = row.get("associations")
    found: Linked = {}
    for link in of.links:
        part = told.get(TARGETS[link]) if isinstance(told, dict) else None
        rows = part.get("results") if isinstance(part, dict) else None
        pairs = [(str(each["id"]), _stands_out(each.get("type"), of, link)) for each in rows or () if each.get("id")]
        found[link] = _ordered(pairs)
    return found


def cut(row: Row, of: ObjectType) -> bool:
    """Whether a list brought only the first of a record's associations."""
    told = row.get("associations")
    return isinstance(told, dict) and any(next_after(told.get(TARGETS[link]) or {}) for link in of.links)


def read(session: Session, of: ObjectType, ids: Sequence[str]) -> dict[str, Linked]:
    """The associations of many records, by their numbers. Strongly consistent, unlike a search."""
    found: dict[str, Linked] = {number: {} for number in ids}
    for link, target in targets(session, of).items():
        for start in range(0, len(ids), AT_ONCE):
            for number, others in _asked(session, of, link, target, ids[start : start + AT_ONCE]).items():
                found.setdefault(number, {})[link] = others
    return found


def make(session: Session, of: ObjectType, link: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Associates records, by pairs of numbers. May be repeated. Raises Refusal where HubSpot refuses one of them."""
    told = types_of(of, link)
    inputs = [{"from": {"id": a}, "to": {"id": b}, **({"types": told} if told else {})} for a, b in pairs]
    if inputs:
        path = f"/crm/associations/{VERSION}/{of.name}/{TARGETS[link]}/batch/"
        path += "create" if told else "associate/default"
        answer = session.wire.write("POST", path, {"inputs": inputs})
        raise_first(answer)
        if not isinstance(answer.get("results"), list):
            raise Doubtful("nothing was answered about the associations")


def types_of(of: ObjectType, link: str) -> list[Row]:
    """What sort of association a link is; nothing where HubSpot is left to choose."""
    numbers = [each for each in (of.primary.get(link), of.links[link]) if each]
    return [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each} for each in numbers]


def undo(session: Session, of: ObjectType, link: str, number: str, others: Sequence[str]) -> None:
    """Takes associations of one record away. May be repeated."""
    if others:
        path = f"/crm/associations/{VERSION}/{of.name}/{TARGETS[link]}/batch/archive"
        inputs = [{"from": {"id": number}, "to": [{"id": other} for other in others]}]
        session.wire.write("POST", path, {"inputs": inputs})


def raise_first(answer: Row) -> None:
    """Raises what a batch says of the first thing that it did not do; Doubtful where it doesn't even say what."""
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        if not isinstance(errors[0], dict):
            raise Doubtful("a batch that was not done in full")
        raise refusal(400, errors[0])


def _asked(session: Session, of: ObjectType, link: str, target: str, ids: Sequence[str]) -> Linked:
    """Those of each record, page by page: a record with hundreds tells only the first of them at once."""
    path = f"/crm/associations/{VERSION}/{of.name}/{target}/batch/read"
    pairs: dict[str, list[tuple[str, bool]]] = {}
    inputs = [{"id": each} for each in ids]
    before: list[Row] = []
    while inputs:
        if any(each in before for each in inputs):
            raise Unreachable("the same page of associations came again")
        before += inputs
        answer = _page(session, path, inputs)
        inputs = []
        for each in answer.get("results", ()):
            number, after = str(each["from"]["id"]), next_after(each)
            pairs.setdefault(number, []).extend(_pairs(each["to"], of, link))
            inputs += [{"id": number, "after": after}] if after else []
    return {number: _ordered(some) for number, some in pairs.items()}


def _page(session: Session, path: str, inputs: Sequence[Mapping[str, str]]) -> Row:
    try:
        answer = session.wire.ask(path, {"inputs": inputs})
    except Refusal as error:
        if error.denied:
            return {}
        raise Unreachable(f"associations could not be read: {error.status}") from error
    if any(_NONE_FOUND not in str(each.get("subCategory")) for each in answer.get("errors") or ()):
        raise Unreachable("some associations could not be read")
    if not isinstance(answer.get("results"), list):
        raise Unreachable("no answer about associations")
    return answer


def _pairs(to: Sequence[Row], of: ObjectType, link: str) -> list[tuple[str, bool]]:
    stands_out = of.primary.get(link)
    return [(str(each["toObjectId"]), any(kind.get("typeId") == stands_out for kind in _types(each))) for each in to]


def _types(other: Mapping[str, object]) -> list[Row]:
    told = other.get("associationTypes")
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _stands_out(word: object, of: ObjectType, link: str) -> bool:
    return link in of.primary and word == f"{of.name.removesuffix('s')}_to_{_singular(TARGETS[link])}"


def _singular(name: str) -> str:
    return "company" if name == "companies" else name.removesuffix("s")


def _ordered(pairs: Sequence[tuple[str, bool]]) -> list[str]:
    first = [number for number, stands_out in pairs if stands_out]
    rest = sorted({number for number, _ in pairs} - set(first), key=lambda each: (len(each), each))
    return list(dict.fromkeys((*first, *rest)))
