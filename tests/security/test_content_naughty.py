"""Texts that break programs, through every field, view, search and log: kept letter by letter, or marked (S-32)."""

from __future__ import annotations

import datetime as dt
from itertools import count
from pathlib import Path

import pytest

from companion.actions.desk import Desk
from companion.actions.keep_draft import Draft
from companion.actions.log_activity import LogEntry, NextStep, log_activity
from companion.domain import log_line, phones, text
from companion.domain.records import FIELDS, Kind
from companion.queries import brief, search, timeline
from companion.store import outbox, records
from tests.book import ZONE, Book
from tests.security.naughty import BROKEN, NAUGHTY, SOUND
from ui.widgets.plain import plain_line, tooltip_of

TEXTS = {
    kind: [n for n in names if not n.endswith(("_at", "_on")) and n not in ("at", "done", "active", "is_lead")]
    for kind, names in FIELDS.items()
}
NUMBERS = {"amount", "probability", "position", "count", "duration_s"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """One person and her deal."""
    made = Book(tmp_path)
    made.put(Kind.PERSON, id="marta", name="Marta Ferreira", owner_id="me", remote_id="P1")
    made.deal("marta", id="rollout", remote_id="D1")
    return made


@pytest.fixture
def desk(book: Book) -> Desk:
    """Where the rep acts."""
    ids = count(1)
    return Desk(book.database, lambda: book.now, lambda: f"{next(ids):032x}", lambda *_: None, "me", "tenant", "U1")


def test_there_are_as_many_as_we_say() -> None:
    assert len(set(NAUGHTY)) >= 150


@pytest.mark.parametrize("kind", [Kind.COMPANY, Kind.PERSON, Kind.DEAL, Kind.ACTIVITY, Kind.ENGAGEMENT])
def test_every_field_gives_back_what_it_was_given(kind: Kind, book: Book) -> None:
    names = [name for name in TEXTS[kind] if name not in NUMBERS]
    rows = [
        {"id": f"{kind}-{n}", "remote_id": f"r{n}", "extra": {naughty[:50]: naughty}, **dict.fromkeys(names, naughty)}
        for n, naughty in enumerate(SOUND)
    ]

    with book.database.write() as write:
        records.put(write, kind, rows)

    with book.database.read() as read:
        for n, naughty in enumerate(SOUND):
            kept = records.get(read, kind, f"{kind}-{n}")
            assert kept is not None
            assert {kept.fields[name] for name in names} == {naughty}, naughty[:40]
            assert kept.extra == {naughty[:50]: naughty}


def test_a_log_of_each_is_kept_queued_and_undoable(book: Book, desk: Desk) -> None:
    for naughty in SOUND:
        entry = LogEntry("note", naughty[:200], body=naughty, next_step=NextStep(naughty[:200], dt.date(2026, 12, 1)))
        done = log_activity(desk, entry, "marta", "rollout", "Logged", Draft("marta", "note", naughty[:5000]))
        with book.database.read() as rows:
            ops = outbox.of_gesture(rows, done.gesture_id)
        # NUL alone is taken out: no CRM keeps it.
        kept = naughty.replace("\0", "")
        assert [op.fields["body"] for op in ops if op.fields.get("body")] == ([kept] if kept else [])
    with book.database.read() as rows:
        assert rows.value("SELECT count(*) FROM activities WHERE what = 'note'") == len(SOUND)


@pytest.mark.parametrize("broken", BROKEN)
def test_half_a_character_that_was_typed_is_marked_and_the_note_is_saved(broken: str, book: Book, desk: Desk) -> None:
    entry = LogEntry("note", f"Call {broken}", body=f"She said {broken}!", next_step=NextStep(f"Ask {broken}"))

    log_activity(desk, entry, "marta", "rollout", f"Logged {broken}", Draft("marta", "note", f"She said {broken}"))

    with book.database.read() as rows:
        subject, body = rows.all("SELECT subject, body FROM activities WHERE what = 'note'")[0]
        ops = outbox.of_record(rows, str(rows.value("SELECT id FROM activities WHERE what = 'note'")))
    assert body.startswith("She said ")
    assert "\N{REPLACEMENT CHARACTER}" in body
    assert "\N{REPLACEMENT CHARACTER}" in subject
    assert ops[0].fields["body"] == body


def test_each_can_be_looked_for(book: Book) -> None:
    with book.database.write() as write:
        records.put(write, Kind.PERSON, [{"id": f"p{n}", "name": each[:200]} for n, each in enumerate(SOUND)])
    with book.database.read() as rows:
        for naughty in NAUGHTY:
            typed = naughty[:300]
            found = search.search(rows, typed)
            search.people_like(rows, typed)
            if any(letter.isalnum() for letter in typed) and typed in SOUND and len(typed) < 30 and typed.isascii():
                assert found.places or search.names_query(typed) is None or typed.isdigit(), typed
        assert rows.value("SELECT count(*) FROM people") == len(SOUND) + 1


def test_each_is_shown_in_the_views(book: Book) -> None:
    with book.database.write() as write:
        for n, naughty in enumerate(SOUND):
            row = {"id": f"a{n}", "what": "note", "person_id": "marta", "at": book.at(-1), "done": True}
            records.put(write, Kind.ACTIVITY, [{**row, "subject": naughty[:300], "body": naughty}])
    book.refresh()

    assert book.today().rows is not None
    with book.database.read() as rows:
        brief.reasons(rows, "rollout")
        for naughty in NAUGHTY:
            timeline.timeline(rows, "person", "marta", book.now, ZONE, find=naughty)
        seen, before = 0, None
        while True:
            page = timeline.timeline(rows, "person", "marta", book.now, ZONE, before=before)
            seen += len(page.entries)
            if page.before is None:
                break
            before = page.before
    assert seen > 100, "some are alike in the eyes of the history, most are not"


@pytest.mark.parametrize("make", [text.plain_name, plain_line], ids=["names", "lines"])
def test_near_a_button_nothing_hides_turns_round_or_runs_on(make: object) -> None:
    assert callable(make)
    for naughty in NAUGHTY:
        shown = make(naughty)
        shown.encode()
        assert len(shown) <= 402
        assert not any(
            letter in shown for letter in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\0\n\x1b"
        )


def test_each_is_read_as_a_line_a_number_and_a_tooltip() -> None:
    now = dt.datetime(2026, 11, 24, 9, 12, tzinfo=dt.UTC)
    for naughty in NAUGHTY:
        assert log_line.read(naughty, now).note is not None
        assert set(phones.digits(naughty)) <= set("0123456789")
        assert "<" not in "".join(tooltip_of(naughty).removeprefix("<qt>").removesuffix("</qt>").split("<br>"))
        text.clean(naughty, 1000).encode()
