"""Reads what changed in the CRM, page by page: records, deletions and the cursor of a page in one commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from companion.connectors.base import ConnectorError, CursorExpired, Page, Poison, ScopeDenied, Tombstone, Upsert
from companion.database import Write
from companion.domain.language import tr
from companion.domain.ops import OpState
from companion.domain.records import FIELDS, LINKS, Kind, Value
from companion.store import cursors, edits, findable, identities, meta, outbox, poison, records, sweep_questions
from companion.store.outbox import QueuedOp
from companion.store.records import Loose
from companion.store.versions import OUTGROWN
from companion.sync import brake, fields, rewind, soundness
from companion.sync.leaving import bury_one
from companion.sync.session import LocalIds, Session, local_ids, stranger, values

BARREN: Final = 10_000
"""Pages in a row with nothing in them, after which a pull is taken to have no end. So it is after as many records that
the book has as they are, and twice as many again as it has of the kind: a large book may be read whole once more."""
Progress = Callable[[Kind, int, int | None], None]
"""Told after each page of a first reading: kind, records so far, the CRM's own count."""


class Endless(ConnectorError):
    """The CRM says again and again that there is more of a kind, and brings nothing new; the other kinds go on."""


class Pull:
    """Reading one kind after the other. `progress` hears of a first reading."""

    def __init__(self, session: Session, progress: Progress) -> None:
        self.session = session
        self.progress = progress

    def kind(self, kind: Kind) -> None:
        """Reads a kind up to now. Raises Endless, and what stops a cycle; a kind that may not be read is noted and
        passed over."""
        with self.session.database.read() as rows:
            place = cursors.get(rows, kind)
        cursor, total, done, gone = place.cursor, place.total, 0, 0
        began_afresh, been_at, barren, again = False, {cursor}, 0, 0
        while True:
            try:
                page = soundness.findable(self.session.connector.pull(kind, self.session.scope, cursor))
            except CursorExpired:
                if began_afresh:
                    raise
                cursor, began_afresh, been_at = None, True, {None}
                self.begin_afresh(kind)
                continue
            except ScopeDenied as error:
                with self.session.write() as write:
                    cursors.put(write, kind, problem=error.title)
                return
            left = self.leaving(kind, page.gone)
            gone += left
            if gone > brake.ALWAYS_ALLOWED:
                match self.brakes(kind, gone, last=not page.more):
                    case brake.Verdict.ASK:
                        return
                    case brake.Verdict.KEEP:
                        page = replace(page, gone=())
            news = self.save(kind, page, cursor, denied=place.problem is not None)
            done, total = done + len(page.upserts), page.total if page.total is not None else total
            if place.full_at is None:
                self.progress(kind, done, total)
            if not page.more:
                return
            if news or (left and page.gone):
                barren = again = 0
            elif page.upserts:
                again += len(page.upserts)
            else:
                barren += 1
            if page.cursor in been_at or barren > BARREN or (again > BARREN and again > self._enough(kind)):
                # What was read stays; without an end here nothing would ever be sent again.
                raise Endless(f"the pull of {kind} does not move on")
            cursor = page.cursor
            been_at.add(cursor)

    def _enough(self, kind: Kind) -> int:
        with self.session.database.read() as rows:
            return BARREN + 2 * records.count(rows, kind)

    def leaving(self, kind: Kind, gone: Sequence[Tombstone]) -> int:
        """How many of these are in the book: a CRM also tells of what never was, such as a colleague's import."""
        if not gone:
            return 0
        with self.session.database.read() as rows:
            known = records.local_ids(rows, kind, [each.remote_id for each in gone])
            states = records.versions(rows, kind, list(known.values()))
        return sum(why is None for _, why in states.values())

    def begin_afresh(self, kind: Kind) -> None:
        """The next pull is a full pass; what left meanwhile is not told again, so a sweep is due."""
        with self.session.write() as write:
            cursors.forget(write, kind)
            cursors.put(write, kind, swept_at=None)

    def brakes(self, kind: Kind, gone: int, *, last: bool) -> brake.Verdict:
        """What to do when the CRM tells of so many removals that the rep should be asked first."""
        with self.session.write() as write:
            verdict = brake.judge(write, kind, gone, self.session.wall())
            if last and verdict is brake.Verdict.REMOVE:
                sweep_questions.forget(write, kind)
        return verdict

    def save(self, kind: Kind, page: Page, cursor: bytes | None, *, denied: bool = False) -> int:
        """Commits a page, in several transactions where it is long; its cursor moves with the last.

        One that brings nothing costs no commit, unless the kind was `denied` when it was asked for last. Returns how
        many records were new.
        """
        worth_it = page.upserts or page.gone or page.poison or page.more or denied
        if not worth_it and page.cursor == cursor:
            return 0
        winners = self.winners(kind, page.gone)
        upserts = [*page.upserts, *winners]
        at_once, news = self.session.rows_at_once, 0
        for start in range(0, max(1, len(upserts)), at_once):
            with self.session.write() as write:
                news += self.take(write, kind, upserts[start : start + at_once])
                if start + at_once >= len(upserts):
                    self.bury(write, kind, page.gone)
                    self.set_aside(write, kind, page.poison)
                    self.advance(write, kind, page)
        if len(upserts) >= at_once:
            with self.session.write() as write:
                findable.merge(write, findable.STEP)
        return news

    def advance(self, write: Write, kind: Kind, page: Page) -> None:
        """Moves the cursor, in the commit that keeps the page."""
        now = self.session.wall()
        columns: dict[str, object] = {"cursor": page.cursor, "read_at": now, "problem": None}
        if page.total is not None:
            columns["total"] = page.total
        cursors.put(write, kind, **columns)
        place = cursors.get(write, kind)
        if page.total is not None:
            meta.put(write, f"gap_{kind.value}", None)
        if not page.more and (place.full_at is None or meta.get(write, f"gap_{kind.value}") is None):
            # What the CRM counted and we could not keep stays missing until the next full pass says otherwise.
            gap = None if place.total is None else place.total - records.count(write, kind)
            meta.put(write, f"gap_{kind.value}", gap)
            cursors.put(write, kind, full_at=now)

    # Records ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def take(self, write: Write, kind: Kind, upserts: Sequence[Upsert]) -> int:
        """Saves records; one that is not new (same version) costs no write, one that can't be kept is set aside.

        Returns how many were new.
        """
        upserts, bad = soundness.sorted_out(upserts)
        self.set_aside(write, kind, bad)
        known = records.local_ids(write, kind, [each.remote_id for each in upserts])
        rewind.part(write, kind, upserts, known, self.session.description)
        self.adopt(write, kind, upserts, known)
        upserts = [each for each in upserts if not _is_disputed(write, each, known)]
        versions = records.versions(write, kind, list(known.values()))
        news = [each for each in upserts if not _same(each, known, versions)] if known else upserts
        if not news:
            return 0
        old = [known[each.remote_id] for each in news if each.remote_id in known]
        fresh = {each.remote_id: self.session.new_id() for each in news if each.remote_id not in known}
        known.update(fresh)
        editing = outbox.of_records(write, old)
        ids = local_ids(write, kind, news)
        records.forget_loose(write, old)
        if old and fields.untold(write, kind, news, known):
            fields.doubt(write)
        rows = [self.row(write, each, known[each.remote_id], ids, editing) for each in news]
        records.put(write, kind, rows, known=frozenset(old))
        _link_loosely(write, kind, news, known, ids)
        _set_people(write, news, known, ids, frozenset(old))
        records.tie_loose(write, kind, fresh)
        for each in news if editing else ():
            if known[each.remote_id] in editing:
                self.keep_mine(write, each, known[each.remote_id], values(each, ids), editing)
        poison.forget(write, kind, (each.remote_id for each in news))
        return len(news)

    def row(
        self, write: Write, upsert: Upsert, record_id: str, ids: LocalIds, editing: Mapping[str, list[QueuedOp]]
    ) -> dict[str, object]:
        """A record as the store wants it, without what the rep is changing."""
        row: dict[str, object] = {"id": record_id, "remote_id": upsert.remote_id, "version": upsert.version}
        names, targets = _NAMES[upsert.kind], LINKS[upsert.kind]
        if upsert.fields.keys() <= names:
            row.update(upsert.fields)
        else:
            row.update((name, value) for name, value in upsert.fields.items() if name in names)
        for name, remote_id in upsert.links.items():
            if name in targets:
                row[f"{name}_id"] = ids[targets[name]].get(remote_id) if remote_id is not None else None
        row["extra"] = upsert.extra
        row["gone"] = row["gone_at"] = None
        for op in editing.get(record_id, ()):
            for name in op.values:
                row.pop(name, None)
                row.pop(f"{name}_id", None)
            if op.action == "delete":
                row.pop("gone", None)
                row.pop("gone_at", None)
        return row

    def keep_mine(
        self,
        write: Write,
        upsert: Upsert,
        record_id: str,
        theirs: Mapping[str, Value],
        editing: Mapping[str, list[QueuedOp]],
    ) -> None:
        """The rep's unsent values stay on the screen; the CRM's are kept beneath them, and on the cards."""
        names = {name for op in editing[record_id] for name in op.values if name in theirs}
        for name in names:
            outbox.put_held(write, record_id, name, theirs[name])
        for op in editing[record_id]:
            if op.state is OpState.CONFLICT:
                self.refresh_card(write, op, theirs, upsert)
        edits.settle(write, upsert.kind, record_id, names)

    def refresh_card(self, write: Write, op: QueuedOp, theirs: Mapping[str, Value], upsert: Upsert) -> None:
        """A conflict shows what the CRM has now; one that has vanished by itself is sent on, to be found done.

        What the CRM does not tell any more, as of a field that it hides, has not become the rep's value.
        """
        before = op.theirs or {}
        now = {name: theirs[name] if name in theirs else before.get(name) for name in op.values}
        if now != before:
            who, at = stranger(upsert, self.session.description)
            outbox.rewrite(write, op, theirs=now, who=who, theirs_at=at)
        alike = self.session.normalise
        if all(
            name in theirs and alike(op.kind, name, theirs[name]) == alike(op.kind, name, mine)
            for name, mine in op.values.items()
        ):
            outbox.move(write, op, OpState.PENDING, self.session.wall(), tr("the CRM has the same value now"))

    def adopt(self, write: Write, kind: Kind, upserts: Sequence[Upsert], known: dict[str, str]) -> None:
        """A record that carries the mark of one of our ops is that op's record, not another one."""
        for upsert in upserts:
            if upsert.op_id is None or upsert.remote_id in known:
                continue
            op = outbox.get(write, upsert.op_id)
            if op is None or op.action != "create" or records.get(write, kind, op.record_id) is None:
                continue
            identities.identify(write, kind, op.record_id, upsert.remote_id)
            known[upsert.remote_id] = op.record_id
            now = self.session.wall()
            if op.state is OpState.ATTENTION:
                outbox.move(write, op, OpState.PENDING, now, tr("found in the CRM"), problems=())
            if op.state in (OpState.UNKNOWN, OpState.NEEDS_REP):
                outbox.move(
                    write, op, OpState.DONE, now, tr("found in the CRM"), remote_id=upsert.remote_id, done_at=now
                )
            elif op.state is OpState.ATTENTION and any(problem.get("struck") for problem in op.problems):
                outbox.move(write, op, OpState.PENDING, self.session.wall(), tr("found in the CRM"), problems=[])

    # What left ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def winners(self, kind: Kind, gone: Sequence[Tombstone]) -> list[Upsert]:
        """The records that others were merged into and that the book does not have yet."""
        wanted = {each.winner_id for each in gone if each.winner_id is not None}
        with self.session.database.read() as rows:
            missing = sorted(wanted - records.local_ids(rows, kind, wanted).keys())
        return list(self.session.connector.fetch(kind, missing)) if missing else []

    def bury(self, write: Write, kind: Kind, gone: Sequence[Tombstone]) -> None:
        """Marks what left; the rep's unsent changes of it are shown, never dropped."""
        if not gone:
            return
        known = records.local_ids(
            write, kind, {each.remote_id for each in gone} | {each.winner_id or "" for each in gone}
        )
        poison.forget(write, kind, (each.remote_id for each in gone))
        for each in gone:
            if each.remote_id in known:
                bury_one(
                    write, kind, known[each.remote_id], each.why, known.get(each.winner_id or ""), self.session.wall()
                )

    def set_aside(self, write: Write, kind: Kind, bad: Sequence[Poison]) -> None:
        """Keeps what could not be read where the rep can see it."""
        for each in bad:
            poison.put(write, kind, each.remote_id, each.why, self.session.wall())


_NAMES = {kind: frozenset(names) for kind, names in FIELDS.items()}


def _same(upsert: Upsert, known: Mapping[str, str], versions: Mapping[str, tuple[str | None, str | None]]) -> bool:
    """Whether it is known; so is the version that a record has outgrown, as a search that lags tells it once more."""
    ours = versions.get(known.get(upsert.remote_id, ""))
    return ours == (upsert.version, None) or ours == (f"{upsert.version}{OUTGROWN}", None)


def _is_disputed(write: Write, upsert: Upsert, known: Mapping[str, str]) -> bool:
    """Whether it carries the mark of a creation of ours in doubt, under the id of another record that is here.

    Two were merged, or a CRM that was set back has given the id anew: what settles the doubt finds out. To take it now
    would write the one's values over the other's.
    """
    if upsert.op_id is None or upsert.remote_id not in known:
        return False
    op = outbox.get(write, upsert.op_id)
    return op is not None and op.state is OpState.UNKNOWN and op.record_id != known[upsert.remote_id]


def _link_loosely(write: Write, kind: Kind, news: Sequence[Upsert], known: Mapping[str, str], ids: LocalIds) -> None:
    loose = []
    targets, people = LINKS[kind], ids.get(Kind.PERSON, {})
    for each in news:
        for name, remote_id in each.links.items():
            if remote_id is not None and name in targets and remote_id not in ids[targets[name]]:
                loose.append(Loose(kind, known[each.remote_id], name, targets[name], remote_id))
        for person, role in each.people:
            if person not in people:
                loose.append(Loose(kind, known[each.remote_id], "participant", Kind.PERSON, person, role))
    if loose:
        records.remember_loose(write, loose)


def _set_people(
    write: Write, news: Sequence[Upsert], known: Mapping[str, str], ids: LocalIds, old: frozenset[str]
) -> None:
    people = ids.get(Kind.PERSON, {})
    told = {
        known[each.remote_id]: [(people[person], role) for person, role in each.people if person in people]
        for each in news
        if each.people or known[each.remote_id] in old
    }
    if told:
        records.set_participants(write, told)
