"""Once a day: do both sides have the same records, in the same versions? What sync missed is read again.

Ids are compared whole where nothing else does it, by a sum that knows no order; versions of a window of records that
moves on every day, as only a look at each record tells its version. A difference alone proves nothing: a colleague may
have written a moment ago, or a search may lag. So what differs is looked at again later; what is still as it was then,
though sync has read since, is what it should have known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from math import inf
from typing import Any, Final

from companion.connectors.base import CursorExpired, Finds, ScopeDenied, Upsert
from companion.domain.notices import Notice
from companion.domain.records import Kind
from companion.store import cursors, meta, notices, poison, records, versions
from companion.sync.brake import ALWAYS_ALLOWED
from companion.sync.pull import Pull
from companion.sync.session import Session
from companion.sync.sweep import Sweep

EVERY_S: Final = 24 * 3600
LATER_S: Final = 900
WINDOW: Final = 200
"""Records of a kind whose versions are compared in one audit: one request each kind."""
MOST_IDS: Final = 50_000
"""Records of a kind beyond which its ids are not compared whole."""
REQUESTS_TO_SPARE: Final = 500
"""Requests that a day must have left."""
A_KIND: Final = 60
"""Requests that some seconds must have left, where a CRM tells no day: a look at one kind takes fewer."""
SECONDS: Final = 30.0
"""What is given back within so many seconds is no day's."""

_KEY: Final = "audit"
_EARLY_S: Final = 20 * 3600


class Audit:
    """What is left of the last audit lies in the file; `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began_at: float | None = None
        self._doubted_at: float | None = None

    def maybe(self, session: Session, pull: Pull) -> None:
        """The next step, if its time has come; costs nothing else. What it can't learn now is left for another day."""
        with session.database.read() as rows:
            state: dict[str, Any] = meta.get(rows, _KEY) or {}
        try:
            if state.get("rest"):
                self._compare(session, state)
            elif state.get("doubts"):
                self._look_again(session, pull, state)
            elif self._due(session, state):
                kinds = [kind.value for kind in session.description.kinds]
                self._compare(session, {**state, "at": session.wall(), "rest": kinds, "doubts": {}, "checked": 0})
        except (ScopeDenied, CursorExpired):
            return

    def _due(self, session: Session, state: dict[str, Any]) -> bool:
        now = session.wall()
        if "at" not in state:
            # The first reading has just been: nothing can differ yet.
            self._keep(session, {"at": now})
            return False
        # A clock that jumps must not make this come often: the other clock bounds it within a process.
        recently = self._began_at is not None and self._clock() - self._began_at < EVERY_S
        if recently or abs(now - state["at"]) < _EARLY_S:
            return False
        return _may_ask(session) >= A_KIND

    def _compare(self, session: Session, state: dict[str, Any]) -> None:
        """Compares one kind after the other; those for which too few requests are left wait for the next look."""
        self._began_at = self._doubted_at = self._clock()
        while state["rest"] and (may_ask := _may_ask(session)) >= A_KIND:
            kind = Kind(state["rest"].pop(0))
            self._keep(session, state)  # one that can't be compared is left for another day and holds up no other
            if kind in session.description.kinds:
                _compare_kind(session, state, kind, may_ask)
        self._keep(session, state)

    def _look_again(self, session: Session, pull: Pull, state: dict[str, Any]) -> None:
        """Reads what is as it was: it differs still, and no pull has brought it."""
        if self._doubted_at is None:
            self._doubted_at = self._clock()
        if self._clock() - self._doubted_at < LATER_S:
            return
        self._doubted_at = None
        doubts, differing = dict(state["doubts"]), state.get("differing", 0)
        while doubts and _may_ask(session) >= A_KIND:
            kind, found = doubts.popitem()
            differing += _put_right(session, pull, Kind(kind), found)
        with session.write() as write:
            meta.put(write, _KEY, {**state, "doubts": doubts, "differing": differing if doubts else 0})
            if differing and not doubts:
                facts = {"differing": differing, "checked": state["checked"]}
                notices.put(write, Notice("audit", at=session.wall(), facts=facts))

    @staticmethod
    def _keep(session: Session, state: dict[str, Any]) -> None:
        with session.database.write(patient=True, from_sync=True) as write:
            meta.put(write, _KEY, state)


def digest(ids: Iterable[str]) -> int:
    """A sum over ids that is the same in any order."""
    parts = (blake2b(each.encode("utf-8", "surrogatepass"), digest_size=8).digest() for each in ids)
    return sum(int.from_bytes(part, "big") for part in parts) % 2**64


def _may_ask(session: Session) -> float:
    """How many requests may be made now, so that enough are left for what the rep does: none, where a day has few."""
    budget = session.connector.budget()
    if budget.left is None:
        return inf
    if budget.resets_in_s is not None and budget.resets_in_s <= SECONDS:
        return budget.left
    return inf if budget.left >= REQUESTS_TO_SPARE else 0


def _compare_kind(session: Session, state: dict[str, Any], kind: Kind, may_ask: float) -> None:
    """Notes in `state` what differs, and from where the next audit goes on."""
    facts, after = session.description.kinds[kind], state.setdefault("after", {})
    with session.database.read() as rows:
        here = records.living(rows, kind)
        unread = poison.ids(rows, kind)
        outgrown = versions.outgrown(rows, kind)[:WINDOW]
    window = _window(sorted(here), after.get(kind.value, ""))
    found = _differing(session, kind, here, sorted({*window, *outgrown}))
    if facts.deletes is Finds.IN_STREAM and len(here) <= min(MOST_IDS, facts.page * (may_ask - A_KIND)):
        theirs = set(session.connector.ids(kind, session.scope)) - unread
        if digest(theirs) != digest(here):
            found |= dict.fromkeys(theirs ^ here.keys())
    after[kind.value] = window[-1] if len(window) == WINDOW else ""
    state["checked"] += len(here) if facts.deletes is Finds.IN_STREAM else len(window)
    if found:
        state["doubts"][kind.value] = found


def _window(ids: list[str], after: str) -> list[str]:
    return [each for each in ids if each > after][:WINDOW] or ids[:WINDOW]


def _differing(session: Session, kind: Kind, here: dict[str, str], window: list[str]) -> dict[str, str | None]:
    """Our version of those records of the window that the CRM has in another one."""
    with session.database.read() as rows:
        ours = records.versions(rows, kind, [here[each] for each in window])
    theirs = _fetched(session, kind, window)
    known = {each: ours.get(here[each], (None, None))[0] for each in window}
    return {each: known[each] for each in window if each in theirs and theirs[each].version != known[each]}


def _put_right(session: Session, pull: Pull, kind: Kind, found: dict[str, str | None]) -> int:
    """How many of a kind sync should have known; they are read, or taken away as a sweep would."""
    with session.database.read() as rows:
        here = records.living(rows, kind)
        ours = records.versions(rows, kind, [here[each] for each in found if each in here])
    theirs = _fetched(session, kind, sorted(found))
    gone = [each for each in found if each in here and each not in theirs]
    missed = [
        upsert
        for each, upsert in theirs.items()
        if (each not in here and found[each] is None)
        or (each in here and ours[here[each]][0] == found[each] != upsert.version)
    ]
    with session.write() as write:
        versions.forget_of(write, kind, [here[each.remote_id] for each in missed if each.remote_id in here])
        pull.take(write, kind, missed)
        if len(gone) > ALWAYS_ALLOWED:
            cursors.put(write, kind, swept_at=None)  # the sweep asks before it takes so many away
    if 0 < len(gone) <= ALWAYS_ALLOWED:
        Sweep(session, pull).remove(kind, gone, here)
    return len(missed) + len(gone)


def _fetched(session: Session, kind: Kind, remote_ids: list[str]) -> dict[str, Upsert]:
    found: dict[str, Upsert] = {}
    for start in range(0, len(remote_ids), WINDOW):
        some = session.connector.fetch(kind, remote_ids[start : start + WINDOW])
        found |= {each.remote_id: each for each in some}
    return found
