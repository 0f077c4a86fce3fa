"""A CRM on the loopback, in a process of its own: pages of people as Odoo writes them, made ahead; and a whole book."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from types import MappingProxyType
from typing import Final

_ADDRESS: Final = re.compile(r"/(\w+)/(\d+)$")
COMPANIES: Final = 500
FIRM: Final = 1_000_000
"""The number before that of the first company."""
USER: Final = "2"
STAGES: Final = ("Discovery", "Evaluation", "Proposal", "Negotiation", "Closing")
BEGAN: Final = 1_795_500_000
"""22 November 2026: what is ahead of it is still to come."""
_DAY: Final = 86_400


def page(first: int, size: int) -> bytes:
    """The people with the ids from `first` on, as JSON."""
    chance = Random(first)
    rows = [
        {
            "id": n,
            "name": f"Person {n} Halvorsen",
            "email": f"person.{n}@example.com",
            "phone": f"+47 {chance.randrange(10**7, 10**8)}",
            "mobile": f"+47 {chance.randrange(10**7, 10**8)}",
            "function": "Head of operations",
            "street": "Storgata 12",
            "city": "Bergen",
            "website": False,
            "tz": "Europe/Oslo",
            "type": "contact",
            "is_company": False,
            "active": True,
            "user_id": [2, "Nora Lind"],
            "category_id": [1, 3],
            "commercial_partner_id": [FIRM + n % COMPANIES, "Halvorsen Logistics"],
            "is_blacklisted": False,
            "create_uid": [2, "Nora Lind"],
            "create_date": "2026-03-04 10:20:30",
            "write_date": "2026-11-20 08:00:01",
        }
        for n in range(first, first + size)
    ]
    return json.dumps(rows).encode()


Plain = tuple[str, dict[str, object], dict[str, str]]
"""A record that no vendor's mapping stands before: its number, fields and links."""


def around(people: int) -> dict[str, list[Plain]]:
    """What stands around so many people, by kind: companies, a deal for every fifth, ten entries of history each."""
    chance = Random(people)
    firms = range(FIRM, FIRM + COMPANIES)
    return {
        "user": [(USER, {"name": "Nora Lind"}, {})],
        "pipeline": [("1", {"name": "Sales"}, {})],
        "stage": [(str(n), _stage(n), {"pipeline": "1"}) for n in range(1, len(STAGES) + 1)],
        "company": [(str(n), {"name": f"Firm {n - FIRM}", "city": "Bergen"}, {"owner": USER}) for n in firms],
        "deal": [_deal(n, chance) for n in range(1, people + 1, 5)],
        "activity": [_activity(n, 1 + n % people, chance) for n in range(people * 10)],
    }


def _stage(n: int) -> dict[str, object]:
    return {"name": STAGES[n - 1], "position": n, "probability": 18 * n, "outcome": "open"}


def _deal(person: int, chance: Random) -> Plain:
    fields: dict[str, object] = {
        "name": f"Rollout {person}",
        "amount": chance.randrange(2_000, 90_000) * 100,
        "currency": "EUR",
        "status": "open",
        "close_on": f"2026-{chance.randrange(11, 13)}-{chance.randrange(10, 29)}",
        "stage_since_at": BEGAN - chance.randrange(60) * _DAY,
    }
    links = {"person": str(person), "company": str(FIRM + person % COMPANIES), "owner": USER, "pipeline": "1"}
    return str(person), fields, {**links, "stage": str(chance.randrange(1, len(STAGES) + 1))}


def _activity(n: int, person: int, chance: Random) -> Plain:
    what = chance.choice(("email", "email", "call", "note", "task"))
    fields: dict[str, object] = {
        "what": what,
        "subject": f"About the offer {n}",
        "body": "Asked for the price of the roll-out and the date of delivery " * 3,
        "direction": chance.choice(("in", "out")) if what in ("email", "call") else None,
        "at": BEGAN - chance.randrange(400 * _DAY),
        "done": what != "task",
    }
    if what == "task":
        fields["due_on"] = f"2026-{chance.randrange(11, 13)}-{chance.randrange(10, 29)}"
    return str(n), fields, {"person": str(person), "owner": USER}


class Handler(BaseHTTPRequestHandler):
    """Answers with one of the pages; with an empty one where there is none."""

    protocol_version = "HTTP/1.1"
    pages: Mapping[tuple[str, int], bytes] = MappingProxyType({})

    def do_GET(self) -> None:
        """Page n of a kind."""
        found = _ADDRESS.match(self.path)
        body = self.pages.get((found[1], int(found[2])), b"[]") if found else b"[]"
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Says nothing."""


def main() -> int:
    """Serves until it is ended; says its port first.

    Arguments: how many pages, of how many people; 'around' with what stands around them.
    """
    count, size = int(sys.argv[1]), int(sys.argv[2])
    pages = {("people", n): page(1 + n * size, size) for n in range(count)}
    for kind, rows in (around(count * size) if "around" in sys.argv[3:] else {}).items():
        for n in range(0, len(rows), size):
            pages[kind, n // size] = json.dumps(rows[n : n + size]).encode()
    Handler.pages = pages
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
