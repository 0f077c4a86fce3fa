"""What files hold: the book asked by what a rep types, the outbox, the agreed set-up, settings, the key."""

from __future__ import annotations

import dataclasses
import json
import logging
import tempfile
from pathlib import Path
from typing import Any, Final

from companion import credentials, settings
from companion.connectors.payload import unsound
from companion.credentials import KeyProblem, PassphraseVault
from companion.domain import workspace
from companion.domain.records import Kind
from companion.queries import search
from companion.store import outbox
from companion.store.outbox import QueuedOp
from tests.book import Book
from tests.rig.fuzz.source import Source, swollen

NOW: Final = 1_795_292_179
_PEOPLE: Final = ("Marta Kova", "Osei Mensah", 'a" OR "b', "100% _ \\", "محمد بن سلمان", "Zoë Ångström", "日本 太郎")


class Search:
    """What is typed into the palette never speaks FTS or SQL."""

    seeds = (
        b"\0marta",
        b'\0a" OR names MATCH "b',
        b"\0NEAR(a b, 3) AND NOT *",
        b"\0+47 55 12 40 18",
        b"\0'; DROP TABLE people",
        b"\0{numbers} : ^a",
        b"\0\xcc\x81\xcc\x81 \xe2\x80\x8b",
        b'\xff"',
        b"\xff* ",
        b"\xf8marta ",
        b"\0\xed\xa0\x80x",
    )

    def __init__(self) -> None:
        self._book = Book(Path(tempfile.mkdtemp()))
        for name in _PEOPLE:
            self._book.put(Kind.PERSON, name=name, phone="+47 55 12 40 18")
        self._book.put(Kind.ACTIVITY, what="note", subject="Offer", body='He said "a* OR b" (twice).', at=NOW)

    def __call__(self, data: bytes) -> None:
        """Everything is still there, and a name is found by its own words."""
        typed = swollen(data)
        with self._book.database.read() as rows:
            search.search(rows, typed)
            search.people_like(rows, typed)
            assert rows.value("SELECT count(*) FROM people") == len(_PEOPLE)


class Outbox:
    """An op that is queued is the op that is read, whatever the rep wrote."""

    seeds = (b"", b"\x05hello\x03\xed\xa0\x80", bytes(range(60)), bytes([60] * 30))

    def __init__(self) -> None:
        self._book = Book(Path(tempfile.mkdtemp()))
        self._count = 0

    def __call__(self, data: bytes) -> None:
        """Fields, links and what was seen; the words as the act says them."""
        source = Source(data)
        self._count += 1
        op = QueuedOp(
            id=f"{self._count:032x}",
            kind=Kind.DEAL,
            record_id="d",
            action="update",
            said=source.word().encode("utf-8", "replace").decode(),
            gesture_id="g",
            created_at=NOW,
            fields={"name": source.word(), "amount": _single(source.odd()), "lost_note": _single(source.odd())},
            links={"company": source.word() or None},
            seen={"name": source.word(), "amount": _single(source.odd())},
        )
        with self._book.database.write() as write:
            outbox.add(write, op)
            kept = outbox.get(write, op.id)
            write.text("DELETE FROM outbox")
            write.text("DELETE FROM op_events")
        assert kept is not None
        assert dataclasses.replace(kept, seq=0) == op


def _single(value: Any) -> Any:
    return value if not isinstance(value, list | dict) and unsound(value) is None else None


class AgreedFile:
    """workspace.json of another team, or of an attacker: read, or refused in sentences."""

    seeds = (
        (Path(__file__).parents[3] / "resources/workspace.json").read_bytes()[:4_000],
        b'{"version":1,"buttons":[{"code":"c","label":"Call","key":"C","icon":"phone","records":"call","done_words":"x"}]}',
        b'{"rules":[{"id":"a","name":"n","sentence":"s","weight":5,"when":[{"signal":"x","op":">","value":1}]}]}',
        b'{"buttons":[{"code":1,"label":[],"key":5,"records":"call"}],"stages":[{"name":7}],"topics":[{"topic":1,"marks":2}]}',
        b"[" * 2_000,
        b"9" * 5_000,
    )

    def __call__(self, data: bytes) -> None:
        """What was read can be worked with."""
        for made in (data, _warped(data)):
            try:
                agreed = workspace.decode(made)
            except workspace.WorkspaceProblem:
                continue
            for note in agreed.stages:
                agreed.stage_note(note.name)
            agreed.agreed({})
            agreed.outcome("x")
            assert agreed.anchored in (True, False)


_GOOD: Final = json.loads((Path(__file__).parents[3] / "resources/workspace.json").read_bytes())


def _warped(data: bytes) -> bytes:
    return json.dumps(Source(data).warped(_GOOD)).encode()


class SettingsFile:
    """settings.toml, however it came to be what it is: never an error, always settings that are allowed."""

    seeds = (
        b'theme = "dark"\ntext_size = 120\n',
        b"poll_minutes = 1e400\n[theme]\n",
        b"a = [" * 300,
        b"\xff",
        b'x="\\u0000"',
    )

    def __init__(self) -> None:
        logging.getLogger(settings.__name__).setLevel(logging.CRITICAL)
        self._file = Path(tempfile.mkdtemp()) / settings.FILE

    def __call__(self, data: bytes) -> None:
        """What was loaded is saved and loaded again."""
        self._file.write_bytes(data)
        loaded = settings.load(self._file)
        assert loaded.theme in ("system", "light", "dark")
        assert settings.BOUNDS["text_size"][0] <= loaded.text_size <= settings.BOUNDS["text_size"][1]
        settings.save(self._file, loaded)
        assert settings.load(self._file) == loaded


class KeyFile:
    """key.json of a damaged disk or of another hand: no key, and nothing but a KeyProblem."""

    seeds = (
        b'{"version":1,"profile":"p","method":"passphrase","salt":"AAAAAAAAAAA=","memory_kib":8,"passes":1,'
        b'"nonce":"AAAAAAAAAAAAAAAA","wrapped":"' + b"A" * 64 + b'"}',
        b'{"version":1,"memory_kib":99999999999,"passes":1e9}',
        b'{"nonce":"\xd9\xa3"}',
        b"[" * 2_000,
        b"9" * 5_000,
    )

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp())

    def __call__(self, data: bytes) -> None:
        """Opened by a passphrase: that reads most of the file. One that asks for much memory has a test of its own."""
        if b'"memory_kib":8,' not in data:
            data = data.replace(b"memory_kib", b"memory_kiB")
        (self._folder / credentials.KEY_FILE).write_bytes(data)
        for look in (
            lambda: credentials.method_of(self._folder),
            lambda: credentials.unlock(self._folder, PassphraseVault("correct horse battery", memory_kib=8)),
        ):
            try:
                look()
            except KeyProblem:
                continue
