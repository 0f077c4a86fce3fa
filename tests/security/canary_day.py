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
    code: str
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


def browser(wanted: Wanted) -> None:
    """Signs in through the browser, syncs and renews, and then fails everywhere with secrets in sight."""
    from companion import bootstrap
    from companion.connectors.base import ConnectorError
    from companion.domain.problems import CannotConnect
    from tests.connectors.fake_sign_in import FakeBrowser

    rep = FakeBrowser(lambda asked: {"code": wanted.code, "state": asked["state"]})
    account = bootstrap.Account("hubspot", wanted.url, way="browser", client_id="app-1")
    account, tokens = bootstrap.browser_sign_in(account, wanted.key, rep.open)
    trial = bootstrap.try_out(account, tokens)
    core = bootstrap.connect(
        Path(wanted.folder), account, trial.secret, tried=trial, passphrase=wanted.passphrase, whole_team=True
    )
    assert core is not None
    before = core.tokens().now()
    assert bootstrap.sync_once(core).last_success_at
    assert core.tokens().now() != before, "nothing was renewed"
    step("working")
    log = logging.getLogger("companion")
    log.debug("%r %r %s %r", trial, tokens, core, core.tokens())
    slips = FakeBrowser(lambda asked: {"code": f"{wanted.code}wrong", "state": asked["state"]})
    stranger = core.tokens().now().with_new(refresh=f"{tokens.refresh}x")
    for failing in (
        lambda: bootstrap.browser_sign_in(account, wanted.key, slips.open),
        lambda: bootstrap.browser_sign_in(account, f"{wanted.key}x", rep.open),
        lambda: bootstrap.try_out(account, stranger),
        lambda: bootstrap.sign_in_again(core, f"{stranger.access}x"),
    ):
        try:
            failing()
        except (CannotConnect, ConnectorError):
            log.exception("as it should")
    core.close()
    step("failed everywhere")


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
    for name in ("sqlalchemy.engine", "httpx", "httpcore", "hpack", "asyncio", "keyring", "authlib", "urllib3"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    faulthandler.enable()
    {"day": day, "crash": crash, "browser": browser}[sys.argv[1]](wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
