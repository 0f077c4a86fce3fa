"""Chatter's HTML as plain text and back, the markers on our own records, and the cursor."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.connectors.base import CursorExpired
from companion.connectors.hypertext import head, html, plain
from companion.connectors.naive_utc import instant, stamp
from companion.connectors.odoo.cursor import Cursor
from companion.connectors.odoo.marker import Marker, answer_of, copy_of, external_id, op_of, read
from companion.connectors.window import LONG_OVERLAP_S

OP = "0192f0c4a1b27000800000000000abcd"
NOW = 1_795_300_000
words = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=60)


@given(words, words)
def test_what_we_write_is_read_back_letter_by_letter(subject: str, note: str) -> None:
    told = plain(head(subject, "left message", "4 min") + html(note))
    assert told.body == note
    assert told.subject == " ".join(subject.split()) or not subject.strip() or not subject.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<p>Spoke to <b>them</b>,<br/>twice &amp; again</p><p>Bye</p>", "Spoke to them,\ntwice & again\n\nBye"),
        ("<ul><li>budget ok</li><li>needs legal</li></ul>", "- budget ok\n- needs legal"),
        ("<div>Thanks<blockquote data-o-mail-quote='1'>older <p>mail</p></blockquote></div>", "Thanks"),
        ("<style>p{}</style><script>alert(1)</script><p>x<img src='file:///etc/passwd'></p>", "x"),
        ("<p>not closed <b>at all", "not closed at all"),
        ("</p></div><p>closed too often</p></b>", "closed too often"),
        ("", ""),
        (False, ""),
        (None, ""),
        ("<p>\u202eevil</p>", "\u202eevil"),
    ],
)
def test_chatter_is_read_as_plain_text(text: object, shown: str) -> None:
    assert plain(text).body == shown


@given(st.text(max_size=400))
def test_no_html_whatever_stops_the_reader(text: str) -> None:
    assert isinstance(plain(text).body, str)


def test_a_megabyte_of_html_is_cut() -> None:
    assert len(plain("<p>" + "word " * 300_000 + "</p>").body) <= 64_000


@given(words, st.one_of(st.none(), words), st.one_of(st.none(), st.integers(0, 10**6)))
def test_a_marker_survives_its_message_id(what: str, outcome: str | None, seconds: int | None) -> None:
    mark = Marker(OP, what or "note", "out", outcome or None, seconds)
    assert read(mark.message_id()) == mark


def test_our_other_messages_are_told_apart() -> None:
    assert read(answer_of(OP)) == Marker(OP, answered=True)
    assert copy_of(OP).endswith(".copy@companion>")
    assert read("<092118764105992.1795299092-openerp-86-crm.lead@vm>") is None
    assert read(False) is None


def test_only_our_external_ids_name_an_op() -> None:
    assert op_of(external_id(OP)) == OP
    assert op_of("base.partner_admin") is None
    assert op_of("") is None


def test_a_window_reaches_back_behind_the_last_one_and_further_once_an_hour() -> None:
    first = Cursor.resume(None, NOW)
    assert first.full
    done = first.next_phase(1)
    assert done.done
    soon = Cursor.resume(done.bytes(), NOW + 60)
    assert soon.since == NOW - Cursor.overlap_s
    assert soon.fresh
    late = Cursor.resume(Cursor(began=NOW + 60, since=NOW, long_at=NOW, done=True).bytes(), NOW + 4000)
    assert late.since == NOW + 60 - LONG_OVERLAP_S
    assert late.long_at == NOW + 4000


def test_a_pull_that_was_interrupted_goes_on_where_it_was() -> None:
    cursor = Cursor(began=NOW, since=NOW - 10, long_at=NOW, phase=1, last=77)
    assert Cursor.resume(cursor.bytes(), NOW + 500) == cursor


@pytest.mark.parametrize(
    "stored", [b"", b"null", b"{}", b'{"began":"x"}', b'{"began":1795292117,"phase":-2}', b"\xff\xfe", b"[1]"]
)
def test_a_damaged_cursor_begins_a_full_pass(stored: bytes) -> None:
    with pytest.raises(CursorExpired):
        Cursor.resume(stored, NOW)


def test_a_server_whose_clock_went_back_is_read_afresh() -> None:
    with pytest.raises(CursorExpired):
        Cursor.resume(Cursor(began=NOW, since=0, done=True).bytes(), NOW - 3600)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01 00:00:00", False, None, 7, "2026-11-21T20:00:00+99:99"])
def test_a_time_that_is_none_is_not_known(text: object) -> None:
    assert instant(text) is None


def test_times_are_utc_both_ways() -> None:
    assert stamp(NOW) == "2026-11-21 22:26:40"
    assert instant(stamp(NOW)) == NOW


@pytest.mark.parametrize("piece", ["<a ", '<a b="', "</a <", "<![x[", "<!", "<div ", "&#9", "<a '\"", "<p><", "<?"])
def test_a_quarter_of_a_megabyte_of_broken_tags_is_read_in_a_moment(piece: str) -> None:
    began = time.thread_time()

    plain(piece * (250_000 // len(piece)) + "<p>End</p>")

    assert time.thread_time() - began < 1.0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<![C8ATA[x]]><p>Hello</p>", "Hello"),
        ("<!-- a > b --><p>Hello</p>", "Hello"),
        ("<p>a < b and c > d</p>", "a < b and c > d"),
        ("<p>see <a href='x>y'>this</a></p>", "see this"),
        ("<script>if (a<b) {}</SCRIPT><p>Hello</p>", "Hello"),
        ("<style>never closed <p>x</p>", ""),
        (f"<p>&#{'9' * 5000};x</p>", "\N{REPLACEMENT CHARACTER}x"),
        ("<p>open <b", "open <b"),
        ("<DIV DATA-O-MAIL-QUOTE=1>old</DIV>new", "new"),
    ],
)
def test_html_that_no_parser_would_write_is_read_all_the_same(text: str, shown: str) -> None:
    assert plain(text).body == shown
