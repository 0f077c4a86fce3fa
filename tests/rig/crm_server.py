"""The demo CRM behind a real socket, in a process of its own: `python -m tests.rig.crm_server --profile odoo-like`.

Listens on `--port` (0: any that is free) and prints it as the first line. `POST /crm/<verb>` is what Companion asks
(the public methods of the demo's `Server`, arguments by name, see `remote_connector.py`); `POST /admin/<verb>` is what
colleagues, administrators and a judge do:

    {"args": ["U2", "deal", "D1"], "fields": {"amount": 5}}   to /admin/edit   any public method of DemoCrm
    {}                                                        to /admin/log    the provenance log, a list of `Write`
    {"args": [30.0]}                                          to /admin/pass_time   moves the CRM's own clock
    {"fields": {"profile": "odoo-like"}}                      to /admin/reset  another CRM with the small book
    {}                                                        to /admin/requests    how often each verb was asked

With `--state FILE` the CRM begins with what the file holds and leaves everything there when it is terminated.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, get_type_hints

import msgspec
from msgspec import Struct

from companion.connectors.demo.crm import DemoCrm
from companion.connectors.demo.rows import Row, Write
from companion.connectors.demo.server import Server
from companion.connectors.demo.switches import PROFILES, DemoSwitches
from companion.connectors.demo.wire import Refusal
from companion.domain.records import Kind
from tests.sync.world import small_book

_STATUS_OF_A_BUG: Final = 400
_counting = threading.Lock()


class Traits(Struct, frozen=True):
    """What a connector may know of the CRM before it asks: its tenant, its switches and its own clock."""

    tenant: str
    switches: DemoSwitches
    now: float


class State(Struct):
    """All that the CRM knows, as the state file keeps it."""

    rows: list[Row]
    graves: list[Row]
    log: list[Write]
    seq: int
    numbers: dict[Kind, int]


class Office:
    """The CRM that is served, and its clock: the computer's, moved by `pass_time`."""

    def __init__(self, profile: str = "the best", crm: DemoCrm | None = None, **switches: Any) -> None:
        self.ahead_s = 0.0
        self.requests: Counter[str] = Counter()
        self.hear: Callable[[str], None] = lambda verb: None
        """Called with the verb of each request before it is done, on the thread that serves it."""
        self.crm = crm or self._made(profile, switches)

    def now(self) -> float:
        """The CRM's own time in seconds since 1970."""
        return time.time() + self.ahead_s

    def reset(self, profile: str = "the best", **switches: Any) -> None:
        """Another CRM with the small book, its log empty, its clock the computer's."""
        self.ahead_s = 0.0
        self.crm = self._made(profile, switches)
        self.requests.clear()

    def pass_time(self, seconds: float) -> None:
        """Moves the CRM's clock."""
        self.ahead_s += seconds

    def traits(self) -> Traits:
        """What a connector may know before it asks."""
        return Traits(self.crm.tenant, self.crm.switches, self.now())

    def state(self) -> State:
        """All that the CRM knows."""
        truth = self.crm.snapshot()
        living = sorted((row for rows in truth.rows.values() for row in rows.values()), key=lambda row: row.seq)
        graves = [row for rows in truth.graves.values() for row in rows.values()]
        return State(living, graves, list(truth.log), truth.seq, dict(truth._numbers))

    def restore(self, state: State) -> None:
        """Goes on where `state` ended."""
        self.crm = DemoCrm(self.now, self.crm.switches, tenant=self.crm.tenant)
        truth = self.crm._truth
        for kind in Kind:
            truth.rows[kind] = {row.id: row for row in state.rows if row.kind is kind}
            truth.graves[kind] = {row.id: row for row in state.graves if row.kind is kind}
        marked = (row for row in [*state.graves, *state.rows] if row.marker is not None)
        truth._by_marker = {(row.kind, row.marker or ""): row.id for row in marked}
        truth.log, truth.seq, truth._numbers = list(state.log), state.seq, dict(state.numbers)
        self.ahead_s = 0.0
        self.requests.clear()

    def _made(self, profile: str, switches: Mapping[str, Any]) -> DemoCrm:
        crm = DemoCrm(self.now, msgspec.structs.replace(PROFILES[profile], **switches))
        crm.load(small_book())
        return crm


def answered(office: Office, path: str, body: bytes) -> Any:
    """The answer to a request; raises Refusal."""
    _, area, verb = path.split("/", 2)
    asked = json.loads(body or b"{}")
    office.requests[verb] += 1
    office.hear(verb)
    if path == "/crm/traits":
        return office.traits()
    if area == "crm" and not verb.startswith("_"):
        method = getattr(office.crm, verb)
        return method(**_by_hints(getattr(Server, verb), asked))
    if area != "admin" or verb.startswith("_"):
        raise Refusal(404, "no such verb")
    return _administered(office, verb, asked.get("args", []), asked.get("fields", {}))


def _administered(office: Office, verb: str, args: list[Any], fields: dict[str, Any]) -> Any:
    if verb == "load":
        return office.crm.load(msgspec.convert(args[0], list[Row]))
    target = office if hasattr(office, verb) else office.crm
    found = getattr(target, verb)
    if not callable(found):
        return found
    method = getattr(type(target), verb)
    hints = get_type_hints(method)
    names = [name for name in inspect.signature(method).parameters if name != "self"]
    given = [msgspec.convert(value, hints.get(name, Any)) for name, value in zip(names, args)]
    return found(*given, **{name: msgspec.convert(value, hints.get(name, Any)) for name, value in fields.items()})


def _by_hints(method: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(method)
    return {name: msgspec.convert(value, hints[name]) for name, value in asked.items()}


class Served:
    """Serves an office on a loopback port, on threads of this process, until the block ends."""

    def __init__(self, office: Office, port: int = 0) -> None:
        class Handler(_Handler):
            served = office

        self.office = office
        self._http = _Http(("127.0.0.1", port), Handler)
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="crm", daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def rest(self, seconds: float = 20.0) -> None:
        """Waits until whatever a dead client sent is done. TimeoutError where one of its connections stays."""
        # Connections are taken in their order: once this one is, none of the dead client's is still in the queue.
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as last:
            last.sendall(b"POST /admin/now HTTP/1.1\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            while last.recv(4096):
                pass
        until = time.monotonic() + seconds
        while self._http.open_connections:
            if time.monotonic() > until:
                raise TimeoutError("a connection stays open")
            time.sleep(0.0005)

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    open_connections = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        """Counts it in on the one thread that accepts."""
        with _counting:
            self.open_connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Counts it out."""
        super().shutdown_request(request)
        with _counting:
            self.open_connections -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that died in the middle of a request is no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    served: Office

    def do_POST(self) -> None:
        """One request."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True  # the client died while it asked: what is not whole has no effect
            return
        try:
            self._send(200, msgspec.json.encode(answered(self.served, self.path, body)))
        except Refusal as refusal:
            told = json.dumps({"words": str(refusal), "after_s": refusal.after_s}).encode()
            self._send(refusal.status, told, refusal.after_s)
        except Exception as error:  # noqa: BLE001 - the caller hears of its mistake
            self._send(_STATUS_OF_A_BUG, json.dumps({"words": f"{type(error).__name__}: {error}"}).encode())

    def _send(self, status: int, body: bytes, after_s: float | None = None) -> None:
        lines = [f"HTTP/1.1 {status} .", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines.append(f"Date: {self.date_time_string(self.served.now())}")
        if after_s is not None:
            lines.append(f"Retry-After: {math.ceil(after_s)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)  # one packet: no wait for an ACK

    def log_message(self, *_: Any, **__: Any) -> None:
        """Says nothing."""


def main(arguments: Iterable[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.rig.crm_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--profile", choices=sorted(PROFILES), default="the best")
    parser.add_argument("--state", type=Path, default=None)
    options = parser.parse_args(list(arguments))
    office = Office(options.profile)
    if options.state is not None and options.state.exists():
        office.restore(msgspec.json.decode(options.state.read_bytes(), type=State))
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Served(office, options.port) as served:
        sys.stdout.write(f"{served.port}\n")
        sys.stdout.flush()
        ended.wait()
    if options.state is not None:
        options.state.write_bytes(msgspec.json.encode(office.state()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
