"""The connector to the embedded CRM, and the reference for all others: every request passes through a `Wire`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from companion.connectors.base import (
    Action,
    Applied,
    Budget,
    Concurrency,
    Conflict,
    ConnectorError,
    CursorExpired,
    Description,
    Identity,
    KindFacts,
    Op,
    Page,
    Problem,
    RateLimited,
    Rejected,
    Result,
    RetryLater,
    Rewound,
    Schema,
    Scope,
    ScopeDenied,
    SignInNeeded,
    Unknown,
    Unreachable,
    Upsert,
)
from companion.connectors.demo import agreed
from companion.connectors.demo.reading import Puller, upsert, version
from companion.connectors.demo.rows import Answer, Change, Row
from companion.connectors.demo.rules import normalise
from companion.connectors.demo.server import WRITABLE, Server
from companion.connectors.demo.tokens import Keep, SignedWire
from companion.connectors.demo.wire import AnswerLost, NotSent, Refusal, T, Wire, straight
from companion.domain.field_map import NOTHING, FieldMap
from companion.domain.records import Kind, Value

SWEEP_PAGE = 1000
READ_AT_ONCE = 200
TAKEN_BACK = 424


class DemoConnector:
    """Speaks to `crm` in the name of the user with the id `user_id`. `page` asks for smaller pages than the CRM's.

    With a `secret` each request is signed; a new secret is given to `keep` before it is used for the first time.
    """

    def __init__(
        self,
        crm: Server,
        user_id: str,
        *,
        wire: Wire = straight,
        page: int | None = None,
        secret: str = "",
        keep: Keep = lambda secret: None,
        field_map: FieldMap = NOTHING,
    ) -> None:
        self._crm, self._user, self._map = crm, user_id, field_map
        self._wire = self.signed(wire, secret, keep) if secret else wire
        self._page = page
        self._puller = Puller(crm, user_id, self._read, page)
        self._sent: set[str] = set()
        self._doubted_at: dict[str, float] = {}

    def signed(self, wire: Wire, secret: str, keep: Keep) -> Wire:
        """The wire on which each request carries an access."""
        return SignedWire(wire, self._crm.sign, self._crm.check, secret, keep)

    def describe(self) -> Description:
        """Who we are there, and what this CRM's switches make of it."""
        me = self._read("who am I", lambda: self._crm.who_am_i(self._user))
        switches = self._crm.switches
        facts = {
            kind: KindFacts(
                changes=switches.changes,
                deletes=switches.deletes,
                create=switches.identity,
                concurrency=switches.concurrency,
                writable=kind in WRITABLE,
                page=self._page or switches.page,
                batch=switches.batch,
                overlap_s=switches.overlap_s,
                key_life_s=switches.key_life_s if switches.identity is Identity.IDEMPOTENCY_KEY else None,
            )
            for kind in Kind
        }
        return Description("demo", "1", self._crm.tenant, me.id, str(me.fields.get("name") or ""), facts)

    def schema(self) -> Schema:
        """The canonical fields; a name is required wherever there is one to write."""
        told = self._read("schema", lambda: self._crm.schema(self._user))
        return Schema(tuple(agreed.schema(told, self._map)))

    def pull(self, kind: Kind, scope: Scope, cursor: bytes | None) -> Page:
        """The page after `cursor`; tombstones come with the last page of a pull."""
        return self._puller.page(kind, scope, cursor)

    def ids(self, kind: Kind, scope: Scope) -> Iterator[str]:
        """All ids in scope, in pages by id."""
        after = ""
        while True:
            ask = lambda a=after: self._crm.ids(self._user, kind, scope.user_id, a, SWEEP_PAGE)  # noqa: E731
            page: list[str] = self._read("ids", ask)
            yield from page
            if len(page) < SWEEP_PAGE:
                return
            after = page[-1]

    def fetch(self, kind: Kind, remote_ids: Sequence[str]) -> list[Upsert]:
        """These records now."""
        return [upsert(row, self._crm.switches) for row in self._rows(kind, remote_ids)]

    def push(self, ops: Sequence[Op]) -> list[Result]:
        """Sends the ops in order, in the CRM's batches."""
        results: list[Result] = []
        rest = iter(ops)
        while batch := list(islice(rest, max(1, self._crm.switches.batch))):
            try:
                results += self._send(batch)
            except SignInNeeded:
                if not results:
                    raise
                results += [RetryLater(op.id, "sign in again") for op in (*batch, *rest)]
        return results

    def find_by_op(self, op: Op) -> str | None:
        """The id of what `op` made. While the CRM's search may lag, not to find it proves nothing: Unreachable."""
        switches = self._crm.switches
        if switches.identity is Identity.NONE:
            raise ConnectorError("this CRM keeps no trace of an op")
        found = self._read("find", lambda: self._crm.made_by(self._user, op.kind, op.id))
        if found is None and self._may_lag() and not self._waited_out(op):
            raise Unreachable("the CRM’s search may not have caught up yet")
        return found

    def budget(self) -> Budget:
        """What the CRM says is left."""
        return self._crm.budget(self._user)

    def close(self) -> None:
        """Nothing is held open."""

    # Sending ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _send(self, ops: Sequence[Op]) -> list[Result]:
        """One write request for those ops that a look at the CRM does not already answer."""
        answered: dict[str, Result] = {}
        changes: list[tuple[Op, Change]] = []
        try:
            for op in ops:
                ready = self._prepared(op)
                if isinstance(ready, Change):
                    changes.append((op, ready))
                else:
                    answered[op.id] = ready
        except ScopeDenied as error:
            return [answered.get(op.id) or Rejected(op.id, (Problem(str(error)),)) for op in ops]
        except Unreachable as error:
            wait = error.after_s if isinstance(error, RateLimited) else None
            return [answered.get(op.id) or RetryLater(op.id, str(error), wait) for op in ops]
        answered |= self._written(changes)
        return [answered[op.id] for op in ops]

    def _written(self, changes: Sequence[tuple[Op, Change]]) -> dict[str, Result]:
        if not changes:
            return {}
        self._sent |= {op.id for op, _ in changes}
        for op, _ in changes:
            # From here on the search may lag anew: what was waited out belongs to an earlier send.
            self._doubted_at.pop(op.id, None)
        try:
            items = [agreed.sent(change, self._map) for _, change in changes]
            answers = agreed.told(self._wire("write", lambda: self._crm.write(self._user, items)), self._map)
        except NotSent as error:
            return {op.id: RetryLater(op.id, str(error) or "no connection") for op, _ in changes}
        except AnswerLost as error:
            return {op.id: Unknown(op.id, str(error) or "no answer came back") for op, _ in changes}
        except Refusal as refusal:
            return {op.id: _refused(op, refusal) for op, _ in changes}
        told = {op.id: self._result(op, answer) for (op, _), answer in zip(changes, answers)}
        taken_back = [change for change, answer in zip(changes, answers) if answer.status == TAKEN_BACK]
        if 0 < len(taken_back) < len(changes):
            # The whole batch was taken back for the sake of one item: the others go again without it.
            told |= self._written(taken_back)
        return {op.id: told.get(op.id) or Unknown(op.id, "the answer was cut short") for op, _ in changes}

    def _prepared(self, op: Op) -> Change | Result:
        """The change to send, or the answer if a look at the CRM gives it."""
        if op.action is Action.CREATE:
            return self._prepared_create(op)
        if_version = op.version
        guard = self._crm.switches.concurrency
        if guard is Concurrency.CHECK_THEN_WRITE or (if_version is None and guard is not Concurrency.NONE):
            rows = self._rows(op.kind, [op.remote_id or ""])
            if not rows:
                return Applied(op.id, op.remote_id or "") if op.action is Action.DELETE else Conflict(op.id, None)
            if says_the_same(op, rows[0]):
                return self._applied(op, rows[0])
            if self._changed_under(op, rows[0]):
                return Conflict(op.id, upsert(rows[0], self._crm.switches))
            if_version = version(rows[0], self._crm.switches)
        conditional = guard in (Concurrency.ATOMIC, Concurrency.ONE_SECOND) and if_version is not None
        return _change(op, (if_version or "").partition(":")[0] if conditional else None)

    def _prepared_create(self, op: Op) -> Change | Result:
        """A create whose key may be dead, or that has only a marker, is looked for first."""
        again = op.first_sent_at is not None or op.id in self._sent
        identity = self._crm.switches.identity
        if identity is Identity.MARKER or (identity is Identity.IDEMPOTENCY_KEY and again):
            found = self._read("find", lambda: self._crm.made_by(self._user, op.kind, op.id))
            if found is not None:
                return self._landed(op, found)
            if identity is Identity.MARKER and again and self._may_lag() and not self._waited_out(op):
                return Unknown(op.id, "the CRM’s search may not have caught up yet")
        return _change(op, None)

    def _landed(self, op: Op, remote_id: str) -> Applied:
        rows = self._rows(op.kind, [remote_id])
        return self._applied(op, rows[0]) if rows else Applied(op.id, remote_id)

    def _changed_under(self, op: Op, row: Row) -> bool:
        """Whether somebody changed what the op changes; with nothing seen, whether anybody changed the record."""
        if op.seen:
            now = {**row.fields, **row.links}
            return any(name in now and not _same(name, now[name], seen) for name, seen in op.seen.items())
        return op.version is not None and op.version != version(row, self._crm.switches)

    def _result(self, op: Op, answer: Answer) -> Result:
        row = answer.row
        if answer.status == 200 and row is not None:
            return self._applied(op, row)
        if answer.status == 409 and row is not None:
            return self._applied(op, row)
        if answer.status == 412 and row is not None:
            same = says_the_same(op, row)
            return self._applied(op, row) if same else Conflict(op.id, upsert(row, self._crm.switches))
        if answer.status == 404:
            return Applied(op.id, op.remote_id or "") if op.action is Action.DELETE else Conflict(op.id, None)
        if answer.status == TAKEN_BACK:
            return RetryLater(op.id, "another change of the same request was refused")
        if answer.status == 423:
            return RetryLater(op.id, "the CRM was busy with this record")
        return Rejected(op.id, answer.problems or (Problem(f"The CRM answered {answer.status}"),))

    def _applied(self, op: Op, row: Row) -> Applied:
        return Applied(op.id, row.id, version(row, self._crm.switches))

    # Asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _rows(self, kind: Kind, remote_ids: Sequence[str]) -> list[Row]:
        found: list[Row] = []
        for start in range(0, len(remote_ids), READ_AT_ONCE):
            some = remote_ids[start : start + READ_AT_ONCE]
            found += self._read("read", lambda s=some: self._crm.read(self._user, kind, s))  # type: ignore[misc]
        return found

    def _read(self, request: str, do: Callable[[], T]) -> T:
        """A request without an effect: whatever goes wrong on the way, it may be asked again."""
        try:
            return agreed.told(self._wire(request, do), self._map)
        except (NotSent, AnswerLost) as error:
            raise Unreachable(str(error) or "no connection") from error
        except Refusal as refusal:
            raise _error(refusal) from refusal

    def _may_lag(self) -> bool:
        looks_up = self._crm.switches.identity in (Identity.MARKER, Identity.IDEMPOTENCY_KEY)
        return looks_up and self._crm.switches.search_lag_s > 0

    def _waited_out(self, op: Op) -> bool:
        """Whether the first look for `op` is so long ago, by the CRM's own clock, that its search has caught up."""
        now = self._crm.clock()
        return now - self._doubted_at.setdefault(op.id, now) > self._crm.switches.search_lag_s


def says_the_same(op: Op, row: Row) -> bool:
    """Whether the record is already as the op wants it."""
    if op.action is Action.DELETE:
        return False
    wanted: dict[str, Value] = {**op.fields, **op.links}
    if op.action in (Action.WIN, Action.LOSE):
        wanted["status"] = "won" if op.action is Action.WIN else "lost"
    if op.action is Action.COMPLETE:
        wanted["done"] = True
    now: Mapping[str, Value] = {**row.fields, **row.links}
    return all(_same(name, now.get(name), value) for name, value in wanted.items())


def _same(name: str, a: Value, b: Value) -> bool:
    return (normalise(name, a) or None) == (normalise(name, b) or None)


def _change(op: Op, if_version: str | None) -> Change:
    return Change(op.id, op.action, op.kind, op.remote_id, op.fields, op.links, if_version, op.at)


def _refused(op: Op, refusal: Refusal) -> Result:
    if refusal.status == 401:
        raise SignInNeeded(str(refusal)) from refusal
    if refusal.status in (429, 503):
        return RetryLater(op.id, str(refusal), refusal.after_s)
    if refusal.status >= 500:
        return Unknown(op.id, f"the CRM answered {refusal.status}", answered=refusal.status == 500)
    return Rejected(op.id, (Problem(str(refusal)),))


def _error(refusal: Refusal) -> ConnectorError:
    words = str(refusal)
    if refusal.status == 429:
        return RateLimited(words, after_s=refusal.after_s if refusal.after_s is not None else 1.0)
    errors = {401: SignInNeeded, 403: ScopeDenied, 410: CursorExpired, 416: Rewound}
    return errors.get(refusal.status, Unreachable)(words)
