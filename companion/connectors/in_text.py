"""What a CRM has no field for, told in the first line of the text, where colleagues see it, and taken off again.

    [Companion · Outcome: no answer · Duration: 3 min 20 s]
    She is back on Thursday.

The line is in English whatever the rep speaks: a colleague's Companion in another language reads it too. Whoever edits
it in the CRM changes what it says; a line that is no longer understood is text like any other, and nothing is lost.
"""

from __future__ import annotations

import json
import re
from calendar import timegm
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from companion.connectors import payload
from companion.domain.records import FIELDS, LINKS, Fields, Kind, Value

_TOLD: Final = frozenset(
    name for kind in (Kind.PERSON, Kind.DEAL, Kind.ACTIVITY) for name in (*FIELDS[kind], *LINKS[kind])
) - {"name", "subject", "body", "done", "is_lead", "amount", "probability"}
_LINE: Final = re.compile(r"\[Companion((?: · [^\r\n]*)?)\]")
_FACT: Final = re.compile(r' · ([A-Z][a-z ]*): ("(?:[^"\\]|\\.)*"|[^"·\]]*?)(?= · |\Z)')
_LENGTH: Final = re.compile(r"(?:([0-9]{1,6}) h)? ?(?:([0-9]{1,2}) min)? ?(?:([0-9]{1,2}) s)?")
_WAYS: Final = {"out": "outgoing", "in": "incoming"}
_MOMENT: Final = "%Y-%m-%d %H:%M:%S UTC"


def put(body: str | None, fields: Fields, names: Iterable[str]) -> str:
    """The text to write: those of `names` that `fields` has, in a line of its own, and then the body."""
    facts = [(name, fields[name]) for name in names if fields.get(name) not in (None, "")]
    body = body or ""
    if not facts and not _LINE.match(body):
        return body
    line = "".join(f" · {_label(name)}: {_said(name, value)}" for name, value in facts)
    return f"[Companion{line}]\n{body}" if body else f"[Companion{line}]"


def taken(text: str | None) -> tuple[str, dict[str, Value]]:
    """The body without our line, and what the line says by our names of fields."""
    text = text or ""
    found = _LINE.match(text)
    facts = _facts(found[1]) if found is not None else None
    if found is None or facts is None:
        return text, {}
    rest = text[found.end() :]
    if rest and not rest.startswith(("\n", "\r\n")):
        return text, {}
    return rest.removeprefix("\r").removeprefix("\n"), facts


def put_anew(text: str | None, fields: Fields, names: Iterable[str]) -> str:
    """The text that a record has now, with what `fields` changes of its body and of its line; the rest as it was.

    What the line says already stays there though it is not among `names`.
    """
    body, facts = taken(text)
    names = dict.fromkeys((*names, *facts))
    after = {**facts, **{name: fields[name] for name in names if name in fields}}
    return put(str(fields["body"] or "") if "body" in fields else body, after, names)


def _label(name: str) -> str:
    return "Duration" if name == "duration_s" else name.replace("_", " ").capitalize()


def _name(label: str) -> str | None:
    name = "duration_s" if label == "Duration" else label.lower().replace(" ", "_")
    return name if name in _TOLD else None


def _facts(line: str) -> dict[str, Value] | None:
    """What the line says; None where it says something else as well."""
    facts: dict[str, Value] = {}
    at = 0
    while (found := _FACT.match(line, at)) is not None:
        name = _name(found[1])
        value = _heard(name, found[2]) if name is not None else None
        if name is None or value is None or name in facts:
            return None
        facts[name] = value
        at = found.end()
    return facts if at == len(line) else None


def _said(name: str, value: Value) -> str:
    if name == "duration_s" and isinstance(value, int):
        return _length(value)
    if _is_instant(name) and isinstance(value, int):
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value):{_MOMENT}}"
    text = payload.clean(str(value))
    plain = _WAYS.get(text, text) if name == "direction" else text.replace("_", " ") if name == "outcome" else text
    return plain if _heard(name, plain) == text and not re.search(r'["·\]\\\r\n]|^\s|\s$', plain) else json.dumps(text)


def _heard(name: str, said: str) -> Value:
    """The value that was said; None where it can't be one of this field."""
    if said.startswith('"'):
        return _unquoted(said)
    said = said.strip()
    if name == "duration_s":
        found = _LENGTH.fullmatch(said)
        return (
            sum(int(part or 0) * unit for part, unit in zip(found.groups(), (3600, 60, 1))) if found and said else None
        )
    if _is_instant(name):
        return _moment(said)
    if name == "direction":
        return next((ours for ours, theirs in _WAYS.items() if theirs == said.lower()), None)
    return (said.lower().replace(" ", "_") if name == "outcome" else said) or None


def _unquoted(said: str) -> str | None:
    try:
        text = json.loads(said)
    except ValueError:
        return None
    return payload.clean(text) if isinstance(text, str) else None


def _length(seconds: int) -> str:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def _moment(said: str) -> int | None:
    try:
        return timegm(datetime.strptime(said, _MOMENT).replace(tzinfo=UTC).timetuple())
    except ValueError:
        return None


def _is_instant(name: str) -> bool:
    return name == "at" or name.endswith("_at")
