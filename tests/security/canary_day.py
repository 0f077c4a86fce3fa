"""A day with Companion in a process of its own, with canaries for everything that is secret: `python -m … stage`.

Reads one line of JSON from its standard input: where the CRM and the profile are, and what to type. Tells each step on
its standard output and waits there for a line, so that the test can look at the living process.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@dataclass(frozen=True)
class Wanted:
    """What the test asks for."""

    url: str
    folder: str
    key: str
    passphrase: str
    note: str
    typed: str
    person: str
    log: str


def step(words: str) -> None:
    """Tells where the day is, and waits to be looked at."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def day(wanted: Wanted) -> None:
    """Connects, reads everything, works in the window, leaves changes behind."""
    from PySide6.QtWidgets import QApplication

    from companion import bootstrap
    from tests.journeys.window import opened

    account = bootstrap.Account("odoo", wanted.url, "books", "ana")
    core = bootstrap.connect(Path(wanted.folder), account, wanted.key, passphrase=wanted.passphrase)
    assert core is not None
    assert bootstrap.sync_once(core).last_success_at
    application = QApplication.instance() or QApplication(["companion"])
    assert isinstance(application, QApplication)
    with opened(application, core) as rep:
        for place in ("Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4"):
            rep.press(place)
        rep.press("Ctrl+K")
        rep.type(wanted.typed)
        rep.press("Escape", "Ctrl+K")
        rep.type(wanted.person)
        rep.press("Return")
        rep.press("O")
        rep.type(wanted.note)
        rep.press("Return", "Ctrl+Z")
        rep.press("O")
        rep.type(wanted.note)
        rep.press("Return")
        step("working")
    rows = core.database.path
    assert rows.exists()
    step("closed")


def crash(wanted: Wanted) -> None:
    """Opens the book, raises everywhere with secrets in sight, and dies of a broken pointer."""
    import ctypes

    from companion import bootstrap
    from companion.connectors.base import Unreachable
    from companion.sync.worker import Worker

    core = bootstrap.open_with(Path(wanted.folder), wanted.passphrase)

    def listener(_: object) -> None:
        secret, note = wanted.key, wanted.note
        raise RuntimeError(f"a bug in a listener beside {len(secret) + len(note)} secrets")

    core.database.subscribe(listener)
    engine = bootstrap.make_engine(core)
    worker = Worker(engine)

    def unreachable() -> None:
        raise Unreachable(f"no answer for {wanted.note}")

    for failing in (lambda: listener(None), lambda: Path(f"{wanted.note}\0").stat(), unreachable):
        worker._guarded(failing)
    try:
        with core.database.write() as write:
            write.text("INSERT INTO meta VALUES (?, ?, ?)", (wanted.note, wanted.person, wanted.key))
    except Exception:
        logging.getLogger("companion").exception("a statement that does not fit")
    try:
        from sqlalchemy import column, insert, table

        with core.database.write() as write:
            write.run(insert(table("meta", column("key"), column("nope"))).values(key=wanted.note, nope=wanted.key))
    except Exception:
        logging.getLogger("companion").exception("another one, by way of SQLAlchemy")
    step("about to crash")
    ctypes.string_at(0)


def main() -> int:
    """The stage that was asked for, with every logger at its most talkative."""
    wanted = Wanted(**json.loads(sys.stdin.readline()))
    logging.basicConfig(filename=wanted.log, level=logging.DEBUG)
    for name in ("sqlalchemy.engine", "httpx", "httpcore", "hpack", "asyncio", "keyring"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    faulthandler.enable()
    {"day": day, "crash": crash}[sys.argv[1]](wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
