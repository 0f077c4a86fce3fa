"""What a client knows that pulls page by page, and that compares all ids now and then as the engine's sweep does."""

from __future__ import annotations

from dataclasses import dataclass, field

from companion.connectors.base import Connector, Scope, Tombstone, Upsert
from companion.domain.records import Kind

EVERYTHING = Scope()
BOOK = (Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY)


@dataclass
class Book:
    """What pulls brought: the last state of each record, those that left, and where to go on."""

    upserts: dict[str, Upsert] = field(default_factory=dict)
    gone: dict[str, Tombstone] = field(default_factory=dict)
    pages: int = 0
    cursors: list[bytes] = field(default_factory=list)
    by_page: list[list[str]] = field(default_factory=list)

    @property
    def cursor(self) -> bytes:
        return self.cursors[-1]


def drain(
    connector: Connector, kind: Kind, cursor: bytes | None = None, scope: Scope = EVERYTHING, book: Book | None = None
) -> Book:
    """Pulls until there is no more, and fails on a pull that never ends."""
    book = book if book is not None else Book()
    while True:
        page = connector.pull(kind, scope, cursor)
        for upsert in page.upserts:
            book.upserts[upsert.remote_id] = upsert
            book.gone.pop(upsert.remote_id, None)
        for tombstone in page.gone:
            book.upserts.pop(tombstone.remote_id, None)
            book.gone[tombstone.remote_id] = tombstone
        assert not page.poison, page.poison
        book.by_page.append([upsert.remote_id for upsert in page.upserts])
        book.pages += 1
        cursor = page.cursor
        book.cursors.append(cursor)
        if not page.more:
            return book
        assert book.pages < 500, "a pull that never ends: does its cursor advance?"


def synced(connector: Connector, kind: Kind, book: Book, scope: Scope = EVERYTHING) -> Book:
    """Pulls what is new, then sweeps: what the list of ids lacks goes, what only it has is read."""
    drain(connector, kind, book.cursor if book.cursors else None, scope, book)
    theirs = set(connector.ids(kind, scope))
    for remote_id in set(book.upserts) - theirs:
        del book.upserts[remote_id]
    for upsert in connector.fetch(kind, sorted(theirs - set(book.upserts))):
        book.upserts[upsert.remote_id] = upsert
        book.gone.pop(upsert.remote_id, None)
    return book
