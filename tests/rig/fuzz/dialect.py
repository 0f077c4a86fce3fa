"""A CRM in memory behind a wire that warps what it answers, and everything that a sync asks a connector for."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qs, unquote

import httpx
import msgspec

from companion.connectors.base import Action, Connector, Op, Scope
from companion.connectors.http import Client
from companion.domain.records import Kind
from tests.connectors.fake_server import Reply, Request
from tests.rig.fuzz.odoo import OP_ID, op_of
from tests.rig.fuzz.source import Source
from tests.rig.fuzz.transport import CALM, MOST_REQUESTS, checked, refused, sound

PAGES: Final = 4
"""So many pages of one pull are followed by their cursors."""
_KINDS: Final = tuple(Kind)
_NEVER_OURS: Final = ("", "x", "٣", "7:", ":7", "\0", "9" * 40, "a/../b")


@dataclass(frozen=True)
class Crm:
    """What is attacked. `tables` holds all that a write changes in the CRM, and `fill` puts it back there.

    `opened` makes a connector; `ids` are records that are there, `cursors` such as were stored after a whole pull.
    """

    dialect: Callable[[Request], Reply]
    writes: Callable[[Request], bool]
    now: float
    tables: Callable[[], Any]
    fill: Callable[[Any], None]
    opened: Callable[[Client], Connector]
    ids: Mapping[Kind, Sequence[str]]
    cursors: Sequence[bytes]
    refusals: Sequence[Reply]


@dataclass
class Warped(httpx.BaseTransport):
    """Asks the CRM in this process. Of its answers values become odd ones, and one may become a refusal.

    `wrote` counts the requests that may have changed something.
    """

    crm: Crm
    source: Source = field(default_factory=lambda: CALM)
    wrote: int = 0
    asked: int = 0
    touched: bool = False
    _trouble: int = 0

    def begin(self, source: Source) -> None:
        """From here on answers are strange: the first byte says which of them is a refusal, and of what sort."""
        self.source, self.wrote, self.asked, self._trouble = source, 0, 0, source.byte()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One answer."""
        self.asked += 1
        assert self.asked < MOST_REQUESTS, "it asks for ever"
        asked = _request(request)
        reply = self._refusal() or self._answer(asked)
        self.wrote += self.crm.writes(asked) and not 400 <= reply.status < 500
        told = reply.body if isinstance(reply.body, bytes) else json.dumps(self.source.warped(reply.body)).encode()
        headers = {"Date": formatdate(self.crm.now, usegmt=True), "Content-Type": reply.kind, **self._warped(reply)}
        return httpx.Response(reply.status, headers=headers, stream=httpx.ByteStream(told))

    def _refusal(self) -> Reply | None:
        at, which = self._trouble & 7, self._trouble >> 3
        return self.crm.refusals[which % len(self.crm.refusals)] if at and at == self.asked else None

    def _answer(self, asked: Request) -> Reply:
        self.touched = self.touched or self.crm.writes(asked)
        try:
            return self.crm.dialect(asked)
        except Exception:  # noqa: BLE001 - a CRM in memory need not bear what strange answers made us ask
            return Reply(500, {"message": "Internal server error"})

    def _warped(self, reply: Reply) -> dict[str, str]:
        if not reply.headers or self.source.byte() < 0xF0:
            return dict(reply.headers)
        return {name: self.source.word().encode("ascii", "ignore").decode().strip() for name in reply.headers}


class Attack:
    """Pages, windows, ids, single records, what is there, and ops. Every input meets the same connector."""

    seeds: Sequence[bytes] = (
        b"",
        *(bytes([what, kind, (2, 5)[kind & 1]]) for what in range(4) for kind in range(len(_KINDS))),
        *(bytes([what, kind, 0, 0] + [kind * 20] * 60) for what in range(2) for kind in range(len(_KINDS))),
        *(bytes([5, 0, (0, 12)[action & 1], kind, action]) for kind in range(4) for action in range(len(Action))),
        *(bytes([5, 0, 0, 3, action, what, what]) for action in range(2) for what in range(5)),
        *(bytes([5, 0, 2, which & 1, 0, 0, 0, which << 3 | 1]) for which in range(12)),
        *(bytes([5, 0, 0, which & 1, 1, 0, 0, which << 3 | 2]) for which in range(12)),
        bytes([4]),
        bytes([4, 0, 0, 0] + [0xD0] * 40),
        bytes([3, 4, 0, 0, 0, 0, 0, 0, 0xE2, 0xE2, 0xE2, 0, 0, 0, 0, 0]),
    )

    def __init__(self, crm: Crm) -> None:
        self.crm, self.wire = crm, Warped(crm)
        self._tables = copy.deepcopy(crm.tables())
        self.connector: Any = crm.opened(Client(lambda: 0.0, transport=self.wire, wall=lambda: crm.now))
        self._blank = _memory(self.connector)
        self.connector.describe()
        self.connector.schema()
        self.wire.begin(CALM)
        self._known = _memory(self.connector)

    def __call__(self, data: bytes) -> None:
        """The first byte says what is asked for, the second the kind, the third how; the rest warps the answers."""
        source = Source(data)
        what, kind, how = source.below(8), _KINDS[source.below(len(_KINDS))], source.byte()
        connector = self._ready(knows=not how & 1)
        act = (self._pull, self._window, self._ids, self._fetch, self._look)[what] if what < 5 else self._push
        act(connector, kind, how, source)

    def _ready(self, *, knows: bool) -> Connector:
        """The connector as a sound server left it; what strange answers told it is forgotten, or all of it."""
        if self.wire.touched:
            self.crm.fill(copy.deepcopy(self._tables))
            self.wire.touched = False
        for part, known in self._known if knows else [*self._known, *self._blank]:
            vars(part).update(_copied(known))
        connector: Connector = self.connector
        return connector

    def _pull(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        self._pages(connector, kind, Scope(self.crm.ids[Kind.USER][0]) if how & 4 else Scope(), None, source)

    def _window(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        stored = self.crm.cursors[(how >> 3) % len(self.crm.cursors)]
        self._pages(connector, kind, Scope(self.crm.ids[Kind.USER][0]) if how & 4 else Scope(), stored, source)

    def _pages(self, connector: Connector, kind: Kind, whose: Scope, stored: bytes | None, source: Source) -> None:
        self.wire.begin(source)
        for _ in range(PAGES):
            page = refused(lambda after=stored: connector.pull(kind, whose, after))  # type: ignore[misc]
            if page is None:
                return
            checked(page)
            assert not page.more or page.cursor != stored, "a pull that does not move on"
            if not page.more:
                return
            stored = page.cursor

    def _ids(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        self.wire.begin(source)
        whose = Scope(self.crm.ids[Kind.USER][0]) if how & 4 else Scope()
        for each in refused(lambda: list(connector.ids(kind, whose))) or ():
            assert isinstance(each, str)

    def _fetch(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        wanted = [*self.crm.ids.get(kind, ()), *(_NEVER_OURS if how & 2 else ()), *([source.word()] if how & 8 else [])]
        self.wire.begin(source)
        for upsert in refused(lambda: connector.fetch(kind, wanted)) or ():
            sound(upsert)
            assert upsert.remote_id in wanted

    def _look(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        self.wire.begin(source)
        if how & 2:
            refused(connector.schema)
            return
        told = refused(connector.describe)
        assert told is None or all(isinstance(each, str) for each in (told.tenant, told.user_id, *told.notes))

    def _push(self, connector: Connector, kind: Kind, how: int, source: Source) -> None:
        op = self._op(source, OP_ID, how)
        ops = [op] if not how & 2 else [op, msgspec.structs.replace(op, id=OP_ID[::-1])]
        self.wire.begin(source)
        results = refused(lambda: connector.push(ops))
        if results is None:
            assert self.wire.wrote == 0, "raised after something was sent"
        else:
            assert [each.op_id for each in results] == [each.id for each in ops]
        refused(lambda: connector.find_by_op(op))

    def _op(self, source: Source, op_id: str, how: int) -> Op:
        """An op on records that are there."""
        op = op_of(source)
        there = self.crm.ids[op.kind]
        links: dict[str, str | None] = {name: self.crm.ids[Kind(name)][0] for name in op.links}
        if op.kind is Kind.DEAL and how & 4:
            links |= {"stage": self.crm.ids[Kind.STAGE][how % len(self.crm.ids[Kind.STAGE])]}
        seen = dict.fromkeys(op.fields, "Somebody else's") if how & 8 else {}
        return msgspec.structs.replace(
            op,
            id=op_id,
            remote_id=None if op.remote_id is None else there[how % len(there)],
            links=links,
            seen=seen,
            version="none" if how & 16 else None,
            at=int(self.crm.now),
            first_sent_at=None if op.first_sent_at is None else int(self.crm.now) - 30,
        )


def _request(request: httpx.Request) -> Request:
    return Request(
        request.method,
        unquote(request.url.path),
        parse_qs(request.url.query.decode(), keep_blank_values=True),
        {name.lower(): value for name, value in request.headers.items()},
        request.read(),
        request.url.raw_path.decode(),
    )


def _memory(connector: object) -> list[tuple[object, dict[str, Any]]]:
    """All parts of a connector, and what each of them knows now."""
    found: dict[int, object] = {}
    look = [connector]
    while look:
        part = look.pop()
        if id(part) in found or not type(part).__module__.startswith("companion.connectors") or isinstance(part, type):
            continue
        if hasattr(part, "__dict__"):
            found[id(part)] = part
            look += vars(part).values()
    return [(part, _copied(vars(part))) for part in found.values()]


def _copied(memory: Mapping[str, Any]) -> dict[str, Any]:
    return {name: copy.copy(its) if isinstance(its, dict | list | set) else its for name, its in memory.items()}
