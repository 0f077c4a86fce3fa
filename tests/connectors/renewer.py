"""A process that asks a CRM in a book's name, and renews: `python -m tests.connectors.renewer what folder url`.

It tells on its standard output where it stands, and waits there for a line where a test wants to look.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from companion import rescue
from companion.connectors.base import SignInNeeded
from companion.connectors.grant import Grant
from companion.connectors.http import Client
from companion.connectors.renewing import renewal
from companion.connectors.tokens import Signed, Tokens
from companion.kept_tokens import KeptTokens
from tests.connectors.fake_sign_in import CLIENT

KEY = bytes(range(32))
THREADS, REQUESTS = 3, 12


def step(words: str) -> None:
    """Tells where it is, and waits."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def signed(keeper: KeptTokens, url: str) -> Signed:
    """A client of its own over the keeper that all share."""
    http = Client(time.monotonic)
    grant = Grant(f"{url}/authorize", f"{url}/token", CLIENT)
    return Signed(http, keeper, renewal(http, grant, time.time), time.time)


def works(keeper: KeptTokens, url: str) -> None:
    """Many requests on several threads; tells how many renewals were refused.

    A token may end again before the request that renewed it is repeated: that is the test's haste.
    """
    refused: list[str] = []

    def run() -> None:
        calls = signed(keeper, url)
        for _ in range(REQUESTS):
            try:
                calls.read("GET", f"{url}/me")
            except SignInNeeded as error:
                refused.extend([str(error)] if "not renewed" in str(error) else [])
        calls.close()

    step("ready")
    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    sys.stdout.write(f"refused {len(refused)}\n")


def stops_between(keeper: KeptTokens, url: str) -> None:
    """Stands still after the answer and before it is kept: there it is killed."""
    calls = signed(keeper, url)
    renew = calls._renew

    def renewed(stale: Tokens) -> Tokens:
        fresh = renew(stale)
        step("answered")
        return fresh

    keeper.renewed(keeper.now(), renewed)


def holds(keeper: KeptTokens, url: str) -> None:
    """Renews, and takes its time over it."""
    calls = signed(keeper, url)
    renew = calls._renew

    def renewed(stale: Tokens) -> Tokens:
        step("holding")
        return renew(stale)

    keeper.renewed(keeper.now(), renewed)
    sys.stdout.write("kept\n")
    calls.close()


WHAT: dict[str, Callable[[KeptTokens, str], None]] = {"works": works, "stops": stops_between, "holds": holds}


def main() -> int:
    """What was asked for."""
    what, folder, url = sys.argv[1:]
    database = rescue.open_book(Path(folder), KEY, int(time.time()))
    WHAT[what](KeptTokens(database, Path(folder), time.monotonic), url)
    database.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
