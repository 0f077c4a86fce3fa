"""Activities as Tryton's notes: a first line that people can read and we can read back, then the words themselves.

    [Call] at: 2026-11-21 14:05:00 | direction: out | outcome: connected | duration: 180 s | companion: 0192…
    Subject: About the offer

    She will ask her board.

A note is the only thing in Tryton that one may hang on a party or an opportunity. It hangs on the deal if there is
one, else on the person, else on the company; the others are named in its first line. From 8.0 on nobody may change a
written note, so a change is a further note that says which one it `revises`; the latest counts, and the first one's id
is the activity's. A note without our first line is a colleague's, and is a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from companion.connectors import payload
from companion.connectors.base import Upsert
from companion.connectors.naive_utc import instant, stamp
from companion.connectors.tryton import coded
from companion.connectors.tryton.rpc import Row
from companion.domain.records import Fields, Kind, Value

FIELDS: Final = [
    "message", "resource", "create_uid.employee", "create_uid.name", "write_uid.name", "create_date", "write_date",
    "_timestamp",
]  # fmt: skip
MODELS: Final = {"deal": "sale.opportunity", "person": "party.party", "company": "party.party"}
REVISION: Final = "%revises: %| companion: %"
"""What the text of a revising note is like."""

_TITLES: Final = {"call": "Call", "email": "E-mail", "meeting": "Meeting", "note": "Note", "task": "Next step"}
_WHATS: Final = {title: what for what, title in _TITLES.items()}
_FIRST_LINE = re.compile(r"\[(Call|E-mail|Meeting|Note|Next step)\] (?:(.*) \| )?companion: ([0-9a-f]{32})\s*")
_WORDS: Final = ("direction", "outcome", "promise")
_INSTANTS: Final = {"at": "at", "ends_at": "ends", "due_at": "due at", "done_at": "done at"}
_LINKS: Final = ("deal", "person", "company")


class Known(Struct, frozen=True):
    """What is known of the parties that notes name: which kind each is, and which was merged into which. Tryton moves a
    merged party's opportunities to the winner, but not its notes."""

    kinds: Mapping[str, Kind] = {}
    winners: Mapping[str, str] = {}


def resource(links: Mapping[str, str | None]) -> str | None:
    """What the note of an activity hangs on, such as 'sale.opportunity,12'; None if it has no link at all."""
    return next((f"{MODELS[name]},{links[name]}" for name in _LINKS if links.get(name)), None)


def message(op_id: str, fields: Fields, links: Mapping[str, str | None], revises: str | None = None) -> str:
    """The whole text of the note."""
    parts = [
        f"{label}: {stamp(int(fields[name] or 0))}" for name, label in _INSTANTS.items() if fields.get(name) is not None
    ]
    parts += [f"{name}: {_word(fields[name])}" for name in _WORDS if fields.get(name)]
    if fields.get("duration_s") is not None:
        parts.append(f"duration: {fields['duration_s']} s")
    if fields.get("due_on"):
        parts.append(f"due: {fields['due_on']}")
    if fields.get("done") is not None:
        parts.append(f"done: {'yes' if fields['done'] else 'no'}")
    parts += [f"{name}: {links[name]}" for name in _LINKS if links.get(name)]
    if revises:
        parts.append(f"revises: {revises}")
    title = _TITLES.get(str(fields.get("what")), "Note")
    lines = [f"[{title}] {' | '.join([*parts, f'companion: {op_id}'])}"]
    if fields.get("subject"):
        lines.append(f"Subject: {coded.one_line(fields['subject'])}")
    if fields.get("body"):
        lines += ["", payload.clean(str(fields["body"]))]
    return "\n".join(lines)


def root(row: Row) -> str:
    """The id of the activity that a note belongs to: its own, or that of the note it revises."""
    found = _FIRST_LINE.fullmatch(_lines(row)[0])
    return (_facts(found[2]).get("revises") if found else None) or str(row["id"])


def marked(row: Row, op_id: str) -> bool:
    """Whether the op `op_id` wrote this note."""
    found = _FIRST_LINE.fullmatch(_lines(row)[0])
    return found is not None and found[3] == op_id


def named_parties(row: Row) -> set[str]:
    """The ids of the parties that a note hangs on or names."""
    _, links, _ = parse(row, Known())
    return {str(links[name]) for name in ("person", "company") if links.get(name)}


def activity(first: Row, revisions: Sequence[Row], known: Known) -> Upsert:
    """An activity out of its first note and what revises it."""
    last = max(revisions, key=lambda row: int(row["id"]), default=first)
    fields, links, _ = parse(last, known)
    _, _, op_id = parse(first, known)
    links["owner"] = coded.text_id((first.get("create_uid.") or {}).get("employee"))
    return coded.finished(Upsert(Kind.ACTIVITY, str(first["id"]), "", fields, links, op_id=op_id), last)


def parse(row: Row, known: Known) -> tuple[dict[str, Value], dict[str, str | None], str | None]:
    """Fields, links and the op's id of one note."""
    line, rest = _lines(row)
    hangs_on = _hangs_on(str(row.get("resource") or ""), known)
    found = _FIRST_LINE.fullmatch(line)
    if found is None:
        written = str(row.get("message") or "")
        at = coded.seconds(row.get("create_date"))
        return {"what": "note", "body": written or None, "at": at, "done": True}, hangs_on, None
    facts = _facts(found[2])
    subject, body = _words(rest)
    fields: dict[str, Value] = {"what": _WHATS[found[1]], "subject": subject, "body": body}
    fields |= {name: instant(facts.get(label)) for name, label in _INSTANTS.items()}
    fields |= {name: facts.get(name) for name in _WORDS}
    duration = (facts.get("duration") or "").removesuffix(" s")
    fields["duration_s"] = int(duration) if duration.isdigit() and len(duration) < 10 else None
    fields["due_on"] = _day(facts.get("due"))
    fields["done"] = {"yes": True, "no": False}.get(facts.get("done") or "", fields["what"] != "task")
    links: dict[str, str | None] = {name: facts.get(name) for name in _LINKS}
    if not set(filter(None, hangs_on.values())) <= set(links.values()):
        links |= {name: remote_id for name, remote_id in hangs_on.items() if remote_id}
    for name in ("person", "company"):
        links[name] = known.winners.get(links[name] or "", links[name])
    return fields, links, found[3]


def _lines(row: Row) -> tuple[str, str]:
    line, _, rest = str(row.get("message") or "").partition("\n")
    return line.rstrip("\r"), rest


def _hangs_on(where: str, known: Known) -> dict[str, str | None]:
    model, _, remote_id = where.partition(",")
    links: dict[str, str | None] = {"deal": None, "person": None, "company": None}
    if model == MODELS["deal"]:
        links["deal"] = remote_id
    else:
        remote_id = known.winners.get(remote_id, remote_id)
        links["person" if known.kinds.get(remote_id) is Kind.PERSON else "company"] = remote_id
    return links


def _words(rest: str) -> tuple[str | None, str | None]:
    """Subject and body out of what follows the first line."""
    subject = None
    if rest.startswith("Subject: "):
        line, _, rest = rest.partition("\n")
        subject = line.removeprefix("Subject: ")
    return subject, rest.removeprefix("\n") or None


def _facts(line: str | None) -> dict[str, str]:
    pairs = (part.partition(": ") for part in (line or "").split(" | "))
    return {name: value for name, colon, value in pairs if colon}


def _word(value: Value) -> str:
    return str(coded.one_line(value)).replace("|", "/")


def _day(day: str | None) -> str | None:
    try:
        return date.fromisoformat(day or "").isoformat()
    except ValueError:
        return None
