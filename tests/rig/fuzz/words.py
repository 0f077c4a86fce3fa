"""What reps type and colleagues write: log lines, dates, names, numbers, notes."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from companion.domain import dates, field_text, log_line, notes, phones, text, words
from companion.domain.quick_log import OutcomeButton, quick_log
from companion.domain.records import FIELDS
from companion.queries.search import names_query
from companion.store.records import phone_key
from tests.rig.fuzz.source import Source, swollen
from ui.widgets.plain import plain_line, plain_text, tooltip_of

NOW: Final = dt.datetime(2026, 11, 24, 9, 12, tzinfo=ZoneInfo("Europe/Oslo"))
_HIDDEN: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\0\x1b\x07\ud800"
_LINES: Final = (
    b"\0Wants 12 months, send revised quote thu 10",
    b"\0call back tomorrow 9:15, mail the offer by eom",
    b"\0+3d 27.11. 2026-12-01 25:00 31 nov next mon eod",
    b"\0in 99999999999 weeks at 7pm on 29 feb 9999",
    b'\0"send fri" \xe2\x80\x9cthu 10\xe2\x80\x9d http://x/1.2.2026',
    "\0Will 12 Monate, Angebot schicken nächsten Do um halb elf".encode(),
    "\0Veut 12 mois, envoyer devis d’ici la fin du mois, jeudi 10h30".encode(),
    "\0Quiere 12 meses, enviar la oferta pasado mañana a las 10 y media".encode(),
    "\0«am Mo» „bis Di“ le 27, el 1er".encode(),
    b"\xff thu 10,",
    b'\xff"',
    b"\xff1/",
    b"\xff. ",
    b"\xfd\xcc\x81",
)


class Typed:
    """A log line, each date in it, and a field that holds a date or an amount."""

    seeds = _LINES

    def __call__(self, data: bytes) -> None:
        """Spans lie in the line and never cross; nothing that was typed gets lost."""
        line = swollen(data, 20_000)
        _read(line, dates.words_for(("en", "de", "fr", "es")[len(line) % 4]))
        for kind, names in FIELDS.items():
            for name in names:
                if field_text.can_be_typed(kind, name):
                    _typed(name, line)


def _read(line: str, known: dates.DateWords) -> None:
    read = log_line.read(line, NOW, known)
    for begin, end in read.spans:
        assert 0 <= begin < end <= len(line)
    last = 0
    for found in dates.find(line, NOW, known):
        assert last <= found.start < found.end <= len(line)
        last = found.end
        found.moment(ZoneInfo("Europe/Oslo"))
    dates.parse(line, NOW, known)
    dates.suggestions(line[:200], NOW, known)
    if not read.spans:
        assert read.note == line.strip()


def _typed(name: str, line: str) -> None:
    try:
        value = field_text.read(name, line, NOW)
    except field_text.NotUnderstood:
        return
    field_text.written(name, value)


class QuickLog:
    """Person, outcome and line in one, over people with names of any kind."""

    seeds = (b"\x04marta no answer, try thu", b"\x04osei connected send answers fri", b"\x04\xcc\x81\xcc\x81 connected")

    def __call__(self, data: bytes) -> None:
        """The first bytes are a name of the book."""
        source = Source(data)
        people = [("1", "Marta Kova", "Nordfrakt"), ("2", source.word(), source.word())]
        buttons = [OutcomeButton("c", "Connected", ("spoke",)), OutcomeButton("n", "No answer", (source.word(),))]
        line = swollen(b"\0" + source.rest(), 20_000)
        read = quick_log(line, people, buttons, NOW)
        for span in (read.person_span, read.button_span):
            assert span is None or 0 <= span[0] < span[1] <= len(line)


class Names:
    """Names and numbers on their way to the screen and to the index."""

    seeds = (
        b"\0+49 (30) 23125-014 ext. 22", b"\0030/23125 014;x", "\0+\u0664\u0669 \u0663\u0660".encode(), b"\0\xc2\xb2",
        "\0Ana\u202egnp.exe \u200bKova".encode(), b"\xff\xcc\x81", b"\xff(0)", b"\0;ext=;phone-context=+1",
    )  # fmt: skip

    def __call__(self, data: bytes) -> None:
        """One line, bounded, encodable, and nothing in it that hides or turns text round."""
        given = swollen(data)
        for shown in (text.plain_name(given), plain_line(given), text.clean(given, 500), plain_text(given)):
            shown.encode()
            assert len(shown) <= 20_001
        for shown in (text.plain_name(given), plain_line(given)):
            assert not set(_HIDDEN) & set(shown)
            assert "\n" not in shown
        assert "<" not in "".join(tooltip_of(given).removeprefix("<qt>").removesuffix("</qt>").split("<br>"))
        assert set(phones.digits(given)) <= set("0123456789")
        names_query(given)
        phone_key(given.encode("utf-8", "replace").decode(), given[:40].encode("utf-8", "replace").decode())


class Notes:
    """The sentences that matter, out of what anybody wrote."""

    seeds = (
        b"\0The board decides on 12 December. They can't sign before the budget is approved!",
        b"\0> on monday 12 jan somebody wrote\nThanks, price is 12k", b"\xff. ", b"\xffon ", b"\xff\"\xe2\x80\x99)",
        b"\xffno a", b"\xff1 jan",
    )  # fmt: skip

    def __call__(self, data: bytes) -> None:
        """Facts are short and stand in the note."""
        note = swollen(data)
        for fact in notes.facts(note):
            assert len(fact.text) <= notes.LONGEST
        words.shortened(note, 40)
        words.one_line(note)
