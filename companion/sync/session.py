"""What push, pull and sweep share during a cycle, and how a CRM's record reads in the book's own ids."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from companion.connectors.base import Connector, Description, Scope, ScopeDenied, Upsert
from companion.database import Database, Rows, Write
from companion.domain import text
from companion.domain.ids import NewId
from companion.domain.records import LINKS, STRANGER, Kind, Value
from companion.store import records
from companion.sync.merge import Normaliser
from companion.sync.retry import Backoff

_log = logging.getLogger(__name__)

AfterPage = Callable[[Write, frozenset[tuple[Kind, str]]], None]
"""Called inside each transaction of the sync with the records that it touched: what is derived from them follows."""

LocalIds = Mapping[Kind, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Session:
    """An account and the ways to it. `wall` gives seconds since 1970, for stamps; `rows_at_once` bounds a commit."""

    database: Database
    connector: Connector
    description: Description
    scope: Scope
    wall: Callable[[], int]
    new_id: NewId
    normalise: Normaliser
    backoff: Backoff
    after_page: AfterPage
    rows_at_once: int
    troubles: list[str] = field(default_factory=list)
    """What went wrong in `after_page`, by kind of error only."""

    @contextmanager
    def write(self) -> Iterator[Write]:
        """One transaction of the sync's: it lets the rep's go first, and what is derived follows in it."""
        with self.database.write(patient=True, from_sync=True) as write:
            yield write
            if write.touched_records:
                self._derive(write)

    def ask_about_me(self) -> bool:
        """A request that costs the CRM little and can't fail for the sake of an op: raises if it can't be reached.

        Returns whether there is one: a CRM that tells of no users has none.
        """
        if Kind.USER not in self.description.kinds:
            return False
        with suppress(ScopeDenied):
            self.connector.fetch(Kind.USER, [self.description.user_id])
        return True

    def _derive(self, write: Write) -> None:
        """What can't be derived from a record must not keep the record away: it is undone alone, and told."""
        write.text("SAVEPOINT derived")
        try:
            self.after_page(write, write.touched_records)
        except Exception as error:  # noqa: BLE001 - whatever it is, the book goes on
            write.text("ROLLBACK TO derived")
            self.troubles.append(type(error).__name__)
            _log.error("nothing derived from a page: %s", type(error).__name__)
        write.text("RELEASE derived")


def stranger(upsert: Upsert, me: Description) -> tuple[str | None, int | None]:
    """Who changed a record last and when, by the CRM's clock; (None, None) where that is unknown or was the rep."""
    if upsert.changed_by in (None, me.user_id, me.user_name):
        return None, None
    return text.plain_name(upsert.changed_by or ""), upsert.changed_at


def local_ids(rows: Rows, kind: Kind, upserts: Iterable[Upsert]) -> LocalIds:
    """The local ids of all that these records link to, by kind and remote id."""
    wanted: dict[Kind, set[str]] = {target: set() for target in LINKS[kind].values()}
    wanted.setdefault(Kind.PERSON, set())
    for upsert in upserts:
        for name, remote_id in upsert.links.items():
            if remote_id is not None and name in LINKS[kind]:
                wanted[LINKS[kind][name]].add(remote_id)
        wanted[Kind.PERSON].update(remote_id for remote_id, _ in upsert.people)
    return {target: records.local_ids(rows, target, ids) for target, ids in wanted.items() if ids}


def values(upsert: Upsert, ids: LocalIds) -> dict[str, Value]:
    """A record's fields and links by name, links as local ids; one to a stranger reads 'remote:…'."""
    found: dict[str, Value] = dict(upsert.fields)
    for name, remote_id in upsert.links.items():
        target = LINKS[upsert.kind].get(name)
        if target is not None:
            known = ids.get(target, {}).get(remote_id or "")
            found[name] = known if known or remote_id is None else f"{STRANGER}{remote_id}"
    return found
