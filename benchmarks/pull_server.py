"""A CRM on the loopback, in a process of its own: pages of people as Odoo writes them, made ahead."""

from __future__ import annotations

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from typing import Final

_ADDRESS: Final = re.compile(r"/people/(\d+)$")
COMPANIES: Final = 500


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
            "commercial_partner_id": [1_000_000 + n % COMPANIES, "Halvorsen Logistics"],
            "is_blacklisted": False,
            "create_uid": [2, "Nora Lind"],
            "create_date": "2026-03-04 10:20:30",
            "write_date": "2026-11-20 08:00:01",
        }
        for n in range(first, first + size)
    ]
    return json.dumps(rows).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers with one of the pages."""

    protocol_version = "HTTP/1.1"
    pages: tuple[bytes, ...] = ()

    def do_GET(self) -> None:
        """Page n."""
        found = _ADDRESS.match(self.path)
        body = self.pages[int(found[1])] if found and int(found[1]) < len(self.pages) else b"[]"
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Says nothing."""


def main() -> int:
    """Serves until it is ended; says its port first. Arguments: how many pages, of how many people."""
    count, size = int(sys.argv[1]), int(sys.argv[2])
    Handler.pages = tuple(page(1 + n * size, size) for n in range(count))
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
