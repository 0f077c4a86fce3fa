"""The brief on one sheet: always one page, no line cut in two, plain words, and saved only when the rep says so."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSizeF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from companion.bootstrap import Core, demo_book
from companion.domain.records import Kind
from tests.journeys.window import Clock, demo_copy, opened
from tests.ui.pdf_text import read
from tests.ui.rep import NOW, person, session_of, unnamed
from ui.brief_print.paper import PAPERS, Paper, pdf, print_on, size_of
from ui.brief_print.saving import file_name, save
from ui.brief_print.screen import BriefPrintPage
from ui.brief_print.sheet import Section, Sheet, SheetLine, sheet_of
from ui.brief_print.typeset import TWIP, Placed, Typesetter
from ui.brief_print.viewmodel import BriefPrintViewModel
from ui.session import Subject
from ui.theme import fonts
from ui.theme.theme import Theme

EVERY = sorted(PAPERS)


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    """The demo book."""
    made = demo_book(lambda: NOW)
    yield made
    made.close()


def sheet(core: Core, subject: Subject) -> Sheet:
    with core.database.read() as rows:
        found = sheet_of(rows, subject, session_of(core))
    assert found is not None
    return found


def squeezed(words: str) -> str:
    return "".join(words.split())


def setting(made: Sheet, paper: Paper = "a4", rtl: bool = False) -> Typesetter:
    """The sheet set on a picture of the paper."""
    size = size_of(paper)
    picture = QImage(round(size.width() / 10), round(size.height() / 10), QImage.Format.Format_RGB32)
    found = Typesetter(made, size, rtl)
    painter = QPainter(picture)
    painter.scale(0.1, 0.1)
    found.draw(painter)
    painter.end()
    return found


def long_sheet(lines: int, text: str = "They asked for the vehicle list") -> Sheet:
    sections = tuple(
        Section(f"Part {part}", tuple(SheetLine(f"{text} {part}.{n}", "Call, 12 Nov") for n in range(lines)))
        for part in range(5)
    )
    return Sheet("Marta Ferreira", "Head of Operations", "+47 55 12 40 18", "Made today", sections)


# What it says ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("paper", EVERY)
def test_a_persons_brief_is_one_page_that_says_all(core: Core, theme: Theme, paper: Paper) -> None:
    found = read(pdf(sheet(core, person(core, "Marta Ferreira")), paper))

    assert (found.pages, found.size) == (1, {"a4": (595.0, 842.0), "letter": (612.0, 792.0)}[paper])
    for said in (
        "Marta Ferreira",
        "Head of Operations, Halvorsen Logistics",
        "+47 55 12 40 18",
        "Proposal sent 6 days ago, no reply",
        "Marta takes it to the board on the 27th.",
        "Board decides on 27 Nov",
        "Route planning rollout",
        "€48,000",
        "Ingrid Solheim",
        "Decides",
        "You, 21 days ago",
        "You emailed proposal v2",
        "May be mailed",
        "Made Tue 24 Nov",
    ):
        assert squeezed(said) in found.words, said
    assert "more in" not in found.words


@pytest.mark.parametrize("paper", EVERY)
def test_every_letter_of_the_pdf_lies_within_the_margins(core: Core, theme: Theme, paper: Paper) -> None:
    found = read(pdf(long_sheet(40), paper))

    wide, high = found.size
    assert len(found.glyphs) > 1_000
    assert all(41 <= glyph.x <= wide - 42 and 42 <= glyph.y <= high - 41 for glyph in found.glyphs)


def test_a_promise_the_meeting_and_a_company_stand_on_their_sheets(core: Core, theme: Theme) -> None:
    promised = sheet(core, person(core, "Daniel Osei"))
    assert ("Promises", "You promised: the security answers", "by today") in [
        (each.head, line.text, line.aside) for each in promised.sections for line in each.lines
    ]

    met = sheet(core, person(core, "Jonas Weber"))
    assert [line.bold or line.text for line in met.sections[0].lines] == [
        "Demo, 10:30 to 11:15",
        "With Jonas Weber (Decides)",
        "Not discussed yet: pricing",
    ]

    company_id = person(core, "Marta Ferreira").company_id
    assert company_id is not None
    company = sheet(core, Subject(Kind.COMPANY, company_id, "Halvorsen", company_id=company_id))
    found = read(pdf(company, "a4"))
    assert found.pages == 1
    for said in ("Halvorsen Logistics", "Ingrid Solheim", "Route planning rollout"):
        assert squeezed(said) in found.words, said


# How it is set ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("paper", EVERY)
@pytest.mark.parametrize("lines", [1, 7, 8, 9, 10, 60])
def test_what_does_not_fit_is_counted_and_nothing_is_cut_in_two(theme: Theme, paper: Paper, lines: int) -> None:
    made = long_sheet(lines)

    found = setting(made, paper)

    shown = [each.text for each in found.placed if each.text.startswith("They asked")]
    assert len(shown) + found.left_out == 5 * lines
    assert shown == [line.text for each in made.sections for line in each.lines][: len(shown)]
    size = size_of(paper)
    page = QRectF(42 * TWIP, 42 * TWIP, size.width() - 84 * TWIP, size.height() - 84 * TWIP)
    assert all(page.contains(each.rect) for each in found.placed)
    assert not overlapping(found.placed)
    foot = found.placed[-1].text
    assert (foot == f"{found.left_out} more in Companion") == (found.left_out > 0)


def overlapping(placed: list[Placed]) -> list[tuple[str, str]]:
    """Pairs of texts that lie on each other."""
    return [
        (one.text, other.text)
        for number, one in enumerate(placed)
        for other in placed[number + 1 :]
        if one.rect.intersected(other.rect).width() > 1 and one.rect.intersected(other.rect).height() > 1
    ]


def test_a_line_of_a_megabyte_ends_in_an_ellipsis_after_two_lines(theme: Theme) -> None:
    line = SheetLine("word " * 200_000, "Call, 12 Nov")
    endless = SheetLine("x" * 1_000_000)
    made = Sheet("N" * 1_000_000, "", "", "Made today", (Section("Part", (line, endless)),))

    found = setting(made)

    assert [each.text[-1] for each in found.placed if each.rect.height() > 28 * TWIP] == ["…", "…", "…"]
    assert found.left_out == 0
    assert not overlapping(found.placed)


def test_hostile_words_are_plain_words_on_one_page(theme: Theme) -> None:
    hostile = "\u202e<b>Eve</b>\x00 & \ud800\u2066<img src=x onerror=1>\u2028\n{0} %1 %n"
    made = Sheet(
        hostile, hostile, hostile, hostile, (Section(hostile, (SheetLine(hostile, hostile, bold=hostile),) * 3),)
    )

    found = read(pdf(made, "a4"))

    assert found.pages == 1
    assert "<b>Eve</b>&" in found.words
    assert "onerror=1>{0}%1%n" in found.words.replace("\n", "")
    assert not {"\u202e", "\u2066", "\x00"} & set(found.words)


def test_the_sheet_reads_from_the_right_where_the_rep_does(theme: Theme) -> None:
    made = long_sheet(3)
    ltr, rtl = setting(made).placed, setting(made, rtl=True).placed

    wide = size_of("a4").width()
    assert [each.text for each in ltr] == [each.text for each in rtl]
    for one, other in zip(ltr, rtl, strict=True):
        assert other.rect.left() == pytest.approx(wide - one.rect.right(), abs=1)


def test_the_text_size_of_the_screen_has_no_say_on_paper(core: Core, theme: Theme) -> None:
    made = sheet(core, person(core, "Marta Ferreira"))
    before = setting(made).placed
    theme.set_text_scale(200)
    assert fonts.scale() == 2

    assert setting(made).placed == before


def test_a_printer_gets_the_same_one_page(core: Core, theme: Theme, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))

    assert print_on(printer, sheet(core, person(core, "Marta Ferreira")))

    found = read((tmp_path / "out.pdf").read_bytes())
    assert found.pages == 1
    assert squeezed("Board decides on 27 Nov") in found.words


def test_a_page_too_small_for_anything_still_ends(theme: Theme) -> None:
    found = Typesetter(long_sheet(3), QSizeF(120 * TWIP, 120 * TWIP))
    picture = QImage(120, 120, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    found.draw(painter)
    painter.end()
    assert found.left_out == 15


# Where it goes ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Marta Ferreira", "Marta Ferreira, 2026-11-24.pdf"),
        ("../../etc/passwd", "etc passwd, 2026-11-24.pdf"),
        ("C:\\Windows\\x", "C Windows x, 2026-11-24.pdf"),
        ("\u202efdp.exe\x00", "fdp.exe, 2026-11-24.pdf"),
        ("CON", "Brief CON, 2026-11-24.pdf"),
        ("  ...  ", "Brief, 2026-11-24.pdf"),
        ("%2e%2e", "2e 2e, 2026-11-24.pdf"),
    ],
)
def test_the_file_has_a_name_that_any_system_takes(name: str, said: str) -> None:
    assert file_name(name, "2026-11-24") == said


def test_a_name_of_a_megabyte_is_a_file_name_all_the_same(tmp_path: Path) -> None:
    path = save(b"x", tmp_path, file_name("ж" * 1_000_000, "2026-11-24"))
    assert len(os.fsencode(path.name)) < 255


def test_a_file_is_never_written_over_and_is_for_the_reps_eyes(tmp_path: Path) -> None:
    there = tmp_path / "theirs.txt"
    there.write_text("kept")
    (tmp_path / "a.pdf").symlink_to(there)

    first, second = save(b"one", tmp_path, "a.pdf"), save(b"two", tmp_path, "a.pdf")

    assert (first.name, second.name) == ("a (2).pdf", "a (3).pdf")
    assert there.read_text() == "kept"
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert second.read_bytes() == b"two"


def test_the_page_shows_the_sheet_and_keeps_the_paper_that_was_chosen(core: Core, qtbot: QtBot, theme: Theme) -> None:
    page = BriefPrintPage(session_of(core))
    qtbot.addWidget(page)
    page.resize(1104, 800)
    assert page.show_brief(person(core, "Marta Ferreira"))
    page.show()
    qtbot.waitExposed(page)

    assert unnamed(page) == []
    assert "Board decides on 27 Nov" in page.preview.accessibleDescription()
    page.papers.findChildren(QPushButton)[1].click()
    assert page.paper == "letter"
    again = BriefPrintPage(session_of(core))
    qtbot.addWidget(again)
    assert again.paper == "letter"
    page._choose(0)


def test_nobody_who_is_gone_is_printed(core: Core, qtbot: QtBot, theme: Theme) -> None:
    page = BriefPrintPage(session_of(core))
    qtbot.addWidget(page)
    said: list[str] = []
    page.said.connect(said.append)

    assert not page.show_brief(Subject(Kind.PERSON, "nobody", "Gone Person", "nobody"))
    assert said == ["Gone Person is not on this computer any more"]


# The rep's way ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rep's documents."""
    home = tmp_path / "home"
    (home / "Documents").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    return home / "Documents"


def test_two_keys_put_the_brief_among_the_documents_and_esc_goes_back_to_the_row(
    qapp: QApplication, documents: Path
) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        # Given Marta is selected; when Ctrl+P
        rep.choose(rep.id_of("Marta Ferreira"))
        rep.press("Ctrl+P")

        # Then the sheet stands in the window, and nothing has left the book
        assert rep.app.window.here == "print"
        assert list(documents.iterdir()) == []

        # When Ctrl+S
        rep.press("Ctrl+S")

        # Then the file is where the toast says, and holds the brief
        (file,) = documents.iterdir()
        assert file.name == "Marta Ferreira, 2026-11-24.pdf"
        assert rep.toast == "Saved in Documents as Marta Ferreira, 2026-11-24.pdf"
        assert squeezed("Board decides on 27 Nov") in read(file.read_bytes()).words

        # When Esc, the keys are the row's again
        rep.press("Escape")
        assert rep.app.window.here == "go.today"
        assert rep.focus is rep.app.page.list
        assert rep.selected == rep.id_of("Marta Ferreira")


def test_a_folder_that_takes_nothing_is_said_and_nothing_is_left(core: Core, theme: Theme, tmp_path: Path) -> None:
    (tmp_path / "Documents").write_text("a file in its place")
    model = BriefPrintViewModel(session_of(core), folder=lambda: tmp_path / "Documents")
    said: list[str] = []
    model.said.connect(said.append)
    assert model.show(person(core, "Marta Ferreira"))

    model.save(b"%PDF")

    (words,) = said
    assert words.startswith("Not saved: Documents can’t be written to. Nothing left Companion (")
    assert model.folder is None
    assert (tmp_path / "Documents").read_text() == "a file in its place"


def test_from_a_companys_page_its_own_brief_is_printed(qapp: QApplication, documents: Path) -> None:
    with opened(qapp, demo_copy(Clock())) as rep:
        subject = person(rep.core, "Marta Ferreira")
        assert subject.company_id is not None
        rep.app.going.open_record(Kind.COMPANY, subject.company_id)
        QCoreApplication.processEvents()
        rep.press("Ctrl+P", "Ctrl+S")

        (file,) = documents.iterdir()
        assert file.name == "Halvorsen Logistics, 2026-11-24.pdf"


def test_the_choice_of_printers_leaves_the_window_alive(core: Core, qtbot: QtBot, theme: Theme) -> None:
    page = BriefPrintPage(session_of(core))
    qtbot.addWidget(page)
    assert page.show_brief(person(core, "Marta Ferreira"))
    page.show()
    qtbot.waitExposed(page)

    page.print_button.click()
    dialog = page.findChild(QPrintDialog)
    assert dialog is not None
    assert not dialog.isModal()
    page.print_now()
    assert len(page.findChildren(QPrintDialog)) == 1

    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page.print_now()
    (again,) = page.findChildren(QPrintDialog)
    again.reject()
